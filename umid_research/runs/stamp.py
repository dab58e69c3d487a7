"""Record what the derived frames were made from, and check whether they are up to date.

The stamp lists the study's id, the SHA-256 of every input and frame, and one digest of the code.
Every run compares contents, not file times. The stamp is written after all frames, so after an
interruption or a manual edit the frames do not match it and are made again.

The module uses only the standard library, so that the check takes a fraction of a second and make
can ask for a study's id before the environment is installed:

    python -m umid_research.runs.stamp --id data/raw
"""

import hashlib
import json
import os
import platform
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from umid_research.errors import FrameError, StudyError, UmidError

BUNDLED = Path("data/raw")
STAMP = "stamp.json"
PACKAGE = "umid_research"
_CODE = Path(__file__).resolve().parents[1]
_LOCK = _CODE.parent / "requirements.lock"
_DESCRIPTION = "study"
_LEFT_BY_SYSTEMS = frozenset({"Thumbs.db", "desktop.ini", "__pycache__"})


def made_from(raw: Path, code: dict[str, str] | None = None) -> dict[str, Any]:
    """Return everything that determines the frames of a study: its id, its inputs, the code.

    `code` are the files of this package, by default as they are now.

    Raises StudyError if the folder is not a study or a file in it cannot be read.
    """
    return {"study": study_id(raw), "inputs": inputs(raw), "code": code_digest(code)}


def inputs(raw: Path) -> dict[str, str]:
    """Return the SHA-256 of every visible file in a study folder, keyed by its relative path.

    Links are followed; see `is_visible` for the files that are skipped.
    """
    return {path.relative_to(raw).as_posix(): _input_digest(path) for path in _files(Path(raw))}


def is_visible(name: str) -> bool:
    """Return whether a file or folder with this name was made by a person.

    Hidden files and the temporary files of editors, spreadsheets and desktops are not: `.DS_Store`,
    `~$export.xlsx`, `study.toml~`, `#study.toml#`, `Thumbs.db`.
    """
    left_by_editor = name.endswith("~") or (name.startswith("#") and name.endswith("#"))
    hidden = name.startswith((".", "~$"))
    return not (hidden or left_by_editor or name in _LEFT_BY_SYSTEMS)


def _files(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yield the visible files below `folder` in the order of their names; follow links."""
    real = folder.resolve()
    if real in above:  # a link back to a parent folder would never end
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise StudyError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    for path in entries:
        if not is_visible(path.name):
            continue
        if not path.name.isprintable():  # bytes that are not UTF-8, or a line break
            raise StudyError(
                "has a name with signs that cannot be written; rename it", where=ascii(str(path))
            )
        if path.is_dir():
            yield from _files(path, (*above, real))
        elif path.is_file():
            yield path
        else:
            raise StudyError(
                "is neither a file nor a folder, perhaps a broken link; remove it or put the file "
                "in its place",
                where=str(path),
            )


def _input_digest(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise StudyError(f"cannot be read: {error.strerror}", where=str(path)) from None


def code_digest(code: dict[str, str] | None = None) -> str:
    """Return one digest of the package's files, the lock file and the software versions."""
    content = code_files() if code is None else code
    return digest([content, lock_digest(), platform.python_version(), software()])


def code_folder() -> Path:
    """Return the folder of this package."""
    return _CODE


def code_files() -> dict[str, str]:
    """Return the SHA-256 of every file of this package, keyed by its path in the package."""
    files = [path for path in _files(_CODE) if path.suffix != ".pyc"]
    return {path.relative_to(_CODE).as_posix(): sha256(path) for path in files}


def lock_digest() -> str | None:
    """Return the SHA-256 of the list of locked versions, None if there is none."""
    return sha256(_LOCK) if _LOCK.is_file() else None


def software() -> dict[str, str]:
    """Return the versions of this package and of its direct dependencies, without optional ones."""
    required = [entry for entry in metadata.requires(PACKAGE) or [] if "extra ==" not in entry]
    asked = [re.split(r"[^\w.-]", entry)[0] for entry in required]  # without a range of versions
    return {name: metadata.version(name) for name in (PACKAGE, *sorted(asked, key=str.lower))}


def digest(content: object) -> str:
    """Return the SHA-256 of a value, serialised as JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_stamp(processed: Path) -> dict[str, Any]:
    """Return the stamp in `processed`, empty if there is none or it cannot be read."""
    return read_json(Path(processed) / STAMP)


def stamp_of_frames(processed: Path) -> dict[str, Any]:
    """Return the stamp if the frames match it byte for byte, else an empty dictionary."""
    stamp = read_stamp(processed)
    return stamp if stamp and stamp.get("frames") == frame_files(Path(processed)) else {}


def frames_folder(raw: Path) -> Path:
    """Return where the frames of a study go: data/processed for the bundled one, else build/."""
    return (
        Path("data/processed") if is_bundled(raw) else Path("build") / study_id(raw) / "processed"
    )


def is_bundled(raw: Path) -> bool:
    """Return whether this is the study that comes with the package."""
    return os.path.realpath(raw) == os.path.realpath(BUNDLED)


def frames_are_current(processed: Path, source: dict[str, Any]) -> bool:
    """Return whether the frames were made from `source` (see `made_from`) and are unchanged.

    Raises FrameError if `processed` holds the frames of another study.
    """
    refuse_outputs_of_another(processed, STAMP, source["study"])
    stamp = stamp_of_frames(processed)
    return bool(stamp) and stamp == {**source, "frames": stamp["frames"]}


def stamp_frames(processed: Path, source: dict[str, Any]) -> None:
    """Write the stamp of the frames that were just made from `source`."""
    write_json(Path(processed) / STAMP, {**source, "frames": frame_files(Path(processed))})


def frame_files(processed: Path, wanted: Callable[[str], bool] = lambda _: True) -> dict[str, str]:
    """Return the SHA-256 of each wanted frame, and of each file of the study's description."""
    described = processed / _DESCRIPTION
    frames = [*sorted(processed.glob("*.csv")), *sorted(processed.glob("published/*.csv"))]
    # A link that leads nowhere is a missing frame, which is made again.
    files = [path for path in frames if is_visible(path.name) and path.is_file()]
    files += _files(described) if described.is_dir() else []
    named = {path.relative_to(processed).as_posix(): path for path in files}
    return {name: sha256(path) for name, path in named.items() if wanted(name)}


def stamped_inputs(processed: Path) -> dict[str, str]:
    """Return the inputs that the stamp in `processed` lists, empty if there is no stamp."""
    return dict(read_stamp(processed).get("inputs", {}))


def refuse_outputs_of_another(folder: Path, listing: str, study: str) -> None:
    """Raise FrameError if the file `listing` in `folder` names another study."""
    found = read_json(Path(folder) / listing).get("study", study)
    if found != study:
        raise FrameError(
            f"holds another study's outputs, not those of {study!r}; choose another folder with "
            "PROCESSED= and REPORTS=, or remove it",
            where=str(folder),
            found=found,
        )


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, empty if there is none or it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` as JSON to a temporary file, then move it to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".writing-{path.name}")
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def study_id(raw: Path) -> str:
    """Return the study's id from `study.toml`, without checking the rest of the file."""
    path = Path(raw) / "study.toml"
    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8-sig"))["id"])
    except (FileNotFoundError, NotADirectoryError):
        raise StudyError(
            "no study description here; a study is the folder that holds it", where=str(path)
        ) from None
    except OSError as error:
        raise StudyError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise StudyError("is not UTF-8 text", where=f"{path}, byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"is not valid TOML: {error}", where=str(path)) from None
    except KeyError:
        raise StudyError("lacks the study's `id`", where=str(path)) from None


def main(arguments: list[str]) -> int:
    """Print the id of the study in a folder and return the exit status."""
    try:
        sys.stdout.write(study_id(Path(arguments[arguments.index("--id") + 1])))
    except UmidError as error:
        sys.stderr.write(f"umid_research: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
