"""What the reports were made from, which of their files still hold, and which no longer belong.

`manifest.json` lists every file with its SHA-256, the study's languages, and one digest of
everything that decides their content. It is removed while reports are made; meanwhile
`.manifest-before.json` remembers the files of earlier runs, so that those which are not made
again can be removed even after an interruption.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from umid_research.stamp import (
    digest,
    is_visible,
    read_json,
    refuse_outputs_of_another,
    sha256,
    stamp_of_frames,
    write_json,
)

MANIFEST = "manifest.json"
_BEFORE = ".manifest-before.json"
_KEPT_IN_GIT = "README.md"


def source_digest(processed: Path, notebooks: Path) -> str:
    """Return one digest of what decides the reports: the frames with their stamp, the notebooks.

    It is "" where the stamp does not hold for the frames; then no report is up to date.
    """
    stamp = stamp_of_frames(processed)
    numbered = sorted(Path(notebooks).glob("[0-9]*.ipynb"))
    return digest([stamp, {path.name: sha256(path) for path in numbered}]) if stamp else ""


def read_manifest(reports: Path, source: str) -> dict[str, Any]:
    """Return the manifest if it lists reports made from `source`; else empty."""
    manifest = read_json(Path(reports) / MANIFEST)
    return manifest if manifest.get("seal") == _seal(source, manifest) else {}


def refuse_another_study(reports: Path, study: str) -> None:
    """Raise FrameError when `reports` holds the reports of another study."""
    for name in (MANIFEST, _BEFORE):
        refuse_outputs_of_another(reports, name, study)


def languages_to_make(
    reports: Path, manifest: Mapping[str, Any], asked: Iterable[str]
) -> list[str]:
    """Return the languages that have no reports, or of which a file is gone or was changed."""
    files = manifest["files"]
    whole = {name for name, expected in files.items() if _digest(reports, name) == expected}
    listed = {language: of_language(files, language) for language in asked}
    return [language for language, names in listed.items() if not names or names - whole]


def _digest(reports: Path, name: str) -> str | None:
    path = _inside(Path(reports), name)
    return sha256(path) if path is not None and path.is_file() else None


def withdraw_manifest(reports: Path, study: str) -> None:
    """Remove the manifest, since reports are about to be made, and remember the files it lists."""
    if files := earlier_files(reports):
        write_json(Path(reports) / _BEFORE, {"study": study, "files": files})
    (Path(reports) / MANIFEST).unlink(missing_ok=True)


def complete_manifest(reports: Path, source: str, manifest: dict[str, Any]) -> None:
    """Remove the files of earlier manifests that are not in this one, and write it."""
    reports = Path(reports)
    for name in earlier_files(reports):
        if name not in manifest["files"]:
            _remove(reports, name)
    # Without a source nothing can be vouched for.
    write_json(reports / MANIFEST, {**manifest, "seal": source and _seal(source, manifest)})
    (reports / _BEFORE).unlink(missing_ok=True)


def remove_earlier_files(reports: Path, kept: Iterable[str]) -> None:
    """Remove the files of the manifest and of interrupted runs, but for those that are kept."""
    for name in set(earlier_files(reports)) - set(kept):
        _remove(Path(reports), name)


def earlier_files(reports: Path) -> list[str]:
    """Return the files of the manifest and of interrupted runs, but none outside `reports`."""
    listed: set[str] = set()
    for name in (MANIFEST, _BEFORE):
        files = read_json(Path(reports) / name).get("files")
        listed |= set(map(str, files)) if isinstance(files, dict | list) else set()
    return sorted(name for name in listed if _inside(Path(reports), name))


def of_language(files: Iterable[str], language: str) -> set[str]:
    """Return those of the files that are in one language."""
    return {name for name in files if name.startswith(f"{language}/")}


def unlisted_files(reports: Path) -> list[str]:
    """Return the visible files among the reports that no manifest lists, which people put there."""
    reports = Path(reports)
    known = {*earlier_files(reports), MANIFEST, _KEPT_IN_GIT}
    found = (path for path in sorted(reports.rglob("*")) if not path.is_dir())
    paths = (path.relative_to(reports) for path in found)
    visible = [path.as_posix() for path in paths if all(is_visible(part) for part in path.parts)]
    return [name for name in visible if name not in known]


def _seal(source: str, manifest: Mapping[str, Any]) -> str:
    """Return a digest that also changes when somebody edits the lists in the manifest."""
    return digest([source, manifest.get("study"), manifest.get("languages"), manifest.get("files")])


def _remove(reports: Path, name: str) -> None:
    """Remove one report, and its folder if nothing else is in it."""
    path = _inside(reports, name)
    if path is None or not (path.is_file() or path.is_symlink()):
        return
    path.unlink()
    for folder in path.parents:
        if folder == reports or any(folder.iterdir()):
            return
        folder.rmdir()


def _inside(reports: Path, name: str) -> Path | None:
    """Return the path of a report in the folder of its language, None if the name leads outside."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or ".." in parts or "\\" in name or PurePosixPath(name).is_absolute():
        return None
    path = reports / name
    try:
        path.is_symlink()
        within = path.parent.resolve().is_relative_to(reports.resolve())
    except (OSError, ValueError):  # no system has a file of this name
        return None
    return path if within else None
