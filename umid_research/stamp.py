"""What a folder of derived frames was made from: the study's id and its inputs with their hashes.

The stamp changes when an input is added, changed or removed, and only then; make rebuilds what
is older than it. Only the standard library is needed, so that the check costs a blink:

    python -m umid_research.stamp data/raw data/processed reports
"""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

from umid_research.errors import FrameError, StudyError, UmidError

STAMP = "stamp.json"
MANIFEST = "manifest.json"


def inputs(raw: Path) -> dict[str, str]:
    """Every file of a study folder, by its path in it, with its SHA-256; hidden files left out."""
    paths = sorted(path for path in Path(raw).rglob("*") if path.is_file())
    visible = [path for path in paths if not _is_hidden(path.relative_to(raw))]
    return {path.relative_to(raw).as_posix(): sha256(path) for path in visible}


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_stamp(raw: Path, processed: Path) -> bool:
    """Whether the stamp in `processed` had to be written because the inputs differ from it.

    Raises FrameError when `processed` holds the frames of another study.
    """
    stamp = {"study": study_id(raw), "inputs": inputs(raw)}
    path = Path(processed) / STAMP
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    if before is not None and before["study"] != stamp["study"]:
        raise FrameError(
            f"holds another study's outputs, not those of {stamp['study']!r}; choose another "
            "folder with PROCESSED= and REPORTS=, or remove it",
            where=str(processed),
            found=before["study"],
        )
    if stamp == before:
        return False
    write_json(path, stamp)
    return True


def stamped_inputs(processed: Path) -> dict[str, str]:
    """The inputs that the stamp in `processed` lists; none where there is no stamp."""
    path = Path(processed) / STAMP
    if not path.is_file():
        return {}
    return dict(json.loads(path.read_text(encoding="utf-8"))["inputs"])


def write_json(path: Path, content: dict) -> None:
    """Writes `content` beside `path` and moves it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.writing")
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def study_id(raw: Path) -> str:
    """The id that `study.toml` gives the study; the rest of the file is not looked at."""
    path = Path(raw) / "study.toml"
    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8-sig"))["id"])
    except (FileNotFoundError, NotADirectoryError):
        raise StudyError(
            "no study description here; a study is the folder that holds it", where=str(path)
        ) from None
    except UnicodeDecodeError as error:
        raise StudyError("is not UTF-8 text", where=f"{path}, byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"is not valid TOML: {error}", where=str(path)) from None
    except KeyError:
        raise StudyError("lacks the study's `id`", where=str(path)) from None


def drop_broken_manifest(reports: Path) -> None:
    """Removes the manifest of `reports` when a file it lists is gone or was changed.

    The manifest is what make looks at; without it the reports are made again.
    """
    path = Path(reports) / MANIFEST
    if not path.is_file():
        return
    listed = json.loads(path.read_text(encoding="utf-8"))["files"]
    intact = all(
        (Path(reports) / name).is_file() and sha256(Path(reports) / name) == digest
        for name, digest in listed.items()
    )
    if not intact:
        path.unlink()


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def main(arguments: list[str]) -> int:
    """The exit status: writes the stamp and drops a broken manifest, or prints the study's id."""
    try:
        if arguments[0] == "--id":
            sys.stdout.write(study_id(Path(arguments[1])))
        else:
            raw, processed, reports = (Path(argument) for argument in arguments)
            write_stamp(raw, processed)
            drop_broken_manifest(reports)
    except UmidError as error:
        sys.stderr.write(f"umid_research: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
