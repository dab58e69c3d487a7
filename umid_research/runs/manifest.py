"""Record what the reports were made from, which files are up to date, and which are left over.

`manifest.json` lists every file with its SHA-256, the study's languages, and one digest of
everything that determines their content. It is removed while reports are made. Meanwhile
`.manifest-before.json` lists the files of earlier runs, so that those which are not made again can
be removed even after an interruption.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from umid_research.runs.stamp import (
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
    """Return one digest of what determines the reports: the stamp of the frames, the notebooks.

    It is "" if the frames do not match their stamp; then no report is up to date.
    """
    stamp = stamp_of_frames(processed)
    numbered = sorted(Path(notebooks).glob("[0-9]*.ipynb"))
    return digest([stamp, {path.name: sha256(path) for path in numbered}]) if stamp else ""


def read_manifest(reports: Path, source: str) -> dict[str, Any]:
    """Return the manifest if its reports were made from `source`, else an empty dictionary."""
    manifest = read_json(Path(reports) / MANIFEST)
    return manifest if manifest.get("seal") == _seal(source, manifest) else {}


def refuse_another_study(reports: Path, study: str) -> None:
    """Raise FrameError if `reports` holds the reports of another study."""
    for name in (MANIFEST, _BEFORE):
        refuse_outputs_of_another(reports, name, study)


def languages_to_make(
    reports: Path, manifest: Mapping[str, Any], asked: Iterable[str]
) -> list[str]:
    """Return the languages without reports, or with a missing or changed file."""
    files = manifest["files"]
    whole = {name for name, expected in files.items() if file_digest(reports, name) == expected}
    listed = {language: of_language(files, language) for language in asked}
    return [language for language, names in listed.items() if not names or names - whole]


def file_digest(reports: Path, name: str) -> str | None:
    """Return the SHA-256 of a report, None if it is missing or lies outside the folder."""
    path = _inside(Path(reports), name)
    return sha256(path) if path is not None and path.is_file() else None


def withdraw_manifest(reports: Path, study: str) -> None:
    """Remove the manifest before reports are made, and keep the list of its files."""
    if files := earlier_files(reports):
        write_json(Path(reports) / _BEFORE, {"study": study, "files": files})
    (Path(reports) / MANIFEST).unlink(missing_ok=True)


def complete_manifest(reports: Path, source: str, manifest: dict[str, Any]) -> None:
    """Write the manifest, and remove the files of earlier manifests that are not in it."""
    reports = Path(reports)
    for name in earlier_files(reports):
        if name not in manifest["files"]:
            _remove(reports, name)
    # Without a source the seal stays blank, so that no later run takes the reports as up to date.
    write_json(reports / MANIFEST, {**manifest, "seal": source and _seal(source, manifest)})
    (reports / _BEFORE).unlink(missing_ok=True)


def remove_earlier_files(reports: Path, kept: Iterable[str]) -> None:
    """Remove the files of the manifest and of interrupted runs, except those in `kept`."""
    for name in set(earlier_files(reports)) - set(kept):
        _remove(Path(reports), name)


def earlier_files(reports: Path) -> list[str]:
    """Return the files of the manifest and of interrupted runs, without any outside `reports`."""
    listed: set[str] = set()
    for name in (MANIFEST, _BEFORE):
        files = read_json(Path(reports) / name).get("files")
        listed |= set(map(str, files)) if isinstance(files, dict | list) else set()
    return sorted(name for name in listed if _inside(Path(reports), name))


def of_language(files: Iterable[str], language: str) -> set[str]:
    """Return the files of one language."""
    return {name for name in files if name.startswith(f"{language}/")}


def unlisted_files(reports: Path) -> list[str]:
    """Return the visible files in `reports` that no manifest lists: people put them there."""
    reports = Path(reports)
    known = {*earlier_files(reports), MANIFEST, _KEPT_IN_GIT}
    found = (path for path in sorted(reports.rglob("*")) if not path.is_dir())
    paths = (path.relative_to(reports) for path in found)
    visible = [path.as_posix() for path in paths if all(is_visible(part) for part in path.parts)]
    return [name for name in visible if name not in known]


def _seal(source: str, manifest: Mapping[str, Any]) -> str:
    """Return a digest that also changes if somebody edits the lists in the manifest."""
    return digest([source, manifest.get("study"), manifest.get("languages"), manifest.get("files")])


def _remove(reports: Path, name: str) -> None:
    """Remove one report, and its folders if they are empty."""
    path = _inside(reports, name)
    if path is None or not (path.is_file() or path.is_symlink()):
        return
    path.unlink()
    for folder in path.parents:
        if folder == reports or any(folder.iterdir()):
            return
        folder.rmdir()


def _inside(reports: Path, name: str) -> Path | None:
    """Return the path of a report in its language folder, None if the name leads outside."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or ".." in parts or "\\" in name or PurePosixPath(name).is_absolute():
        return None
    path = reports / name
    try:
        path.is_symlink()
        within = path.parent.resolve().is_relative_to(reports.resolve())
    except (OSError, ValueError):  # not a valid file name
        return None
    return path if within else None
