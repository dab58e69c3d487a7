"""Keep what was fetched in the study folder, completely or not at all.

    questionnaire.xlsx           the form, unless people have changed it
    responses/kobotoolbox-v1.csv the submissions, a file per form version (`tables`)
    server/form.xlsx             the form as the server has it
    server/versions.csv          the versions of the form, and the address of the server
    server/attachments.csv       the names of the files that belong to the submissions
    server/.submissions.jsonl    each submission as it came, so that the next run asks for new ones

Everything is written to a temporary folder first and then moved, file by file; a file that would
not change is left alone.
"""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from zipfile import BadZipFile

from umid_research.errors import ServerError, StudyError
from umid_research.fieldwork.server.form import Submission
from umid_research.fieldwork.server.tables import ATTACHMENTS, RESPONSES, VERSIONS
from umid_research.output.office import with_fixed_timestamps
from umid_research.runs.processes import UNFINISHED

CACHE, FORM = "server/.submissions.jsonl", "server/form"
_REPOSITORY = Path(__file__).resolve().parents[3]
_CONFIDENTIAL = "studies"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refuse_tracked(folder: Path) -> None:
    """Raise StudyError if git tracks the folder, where real answers would be published."""
    inside = folder.resolve()
    tracked = (_REPOSITORY / ".git").exists() and inside.is_relative_to(_REPOSITORY)
    if tracked and not inside.is_relative_to(_REPOSITORY / _CONFIDENTIAL):
        raise StudyError(
            "real answers must not get into a folder that git tracks; choose another folder",
            where=f"RAW={folder}",
            possible=[f"RAW={_CONFIDENTIAL}/<name>"],
        )


def earlier_versions(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the list of versions, empty if nothing was fetched before."""
    try:
        text = (folder / VERSIONS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return list(csv.DictReader(io.StringIO(text)))


def earlier_files(folder: Path) -> list[str]:
    """Return the files of the last run that this run may have to remove."""
    stems = [Path(row["file"]).stem for row in earlier_versions(folder) if row.get("file")]
    found = [
        path
        for stem in stems
        for pattern in (f"{stem}.csv", f"{stem}-*.csv")
        for path in sorted((folder / RESPONSES).glob(pattern))
    ]
    return [ATTACHMENTS, *(path.relative_to(folder).as_posix() for path in found)]


def known_submissions(folder: Path) -> dict[str, Submission]:
    """Return the submissions of the last run by id; empty if they cannot be read."""
    try:
        lines = (folder / CACHE).read_text(encoding="utf-8").splitlines()
        known = [Submission(**json.loads(line)) for line in lines]
    except (OSError, TypeError, ValueError):
        return {}
    return {one.id: one for one in known}


def cached(submissions: Iterable[Submission]) -> bytes:
    """Return the submissions as `known_submissions` reads them."""
    # Only ASCII: some characters of texts would end a line.
    lines = (json.dumps(vars(one), sort_keys=True) for one in submissions)
    return "".join(f"{line}\n" for line in lines).encode()


def form_file(workbook: bytes, where: str) -> tuple[str, bytes]:
    """Return the suffix of the form's file and its content, the same for an equal form.

    A server writes the time of the request into the workbook; it is replaced by a fixed one. Raises
    ServerError if the workbook is cut off or none.
    """
    if workbook.startswith(_OLD_EXCEL):
        return ".xls", workbook
    try:
        return ".xlsx", with_fixed_timestamps(workbook)
    except (BadZipFile, EOFError, OSError, ValueError):
        raise ServerError(
            "the form that came is no complete workbook; try again",
            where=where,
            found=f"{len(workbook)} bytes",
        ) from None


def write_files(folder: Path, files: Mapping[str, bytes], earlier: Iterable[str]) -> list[str]:
    """Write the files, remove those of `earlier` that are not among them; return what changed.

    Raises ServerError if they cannot be written; the folder has no incomplete file then either.
    """
    changed = {path: content for path, content in files.items() if _differs(folder / path, content)}
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as temporary:
            for place, content in enumerate(changed.values()):
                (Path(temporary) / str(place)).write_bytes(content)
            for place, path in enumerate(changed):
                (folder / path).parent.mkdir(exist_ok=True)
                (Path(temporary) / str(place)).replace(folder / path)
    except OSError as error:
        raise ServerError(
            f"cannot be written: {error.strerror}; free some space or make the folder writable",
            where=str(folder),
        ) from None
    gone = [path for path in earlier if path not in files and (folder / path).exists()]
    for path in gone:
        (folder / path).unlink()
    return [*changed, *gone]


def _differs(path: Path, content: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != content
