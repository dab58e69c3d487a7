"""List the files in `responses/` and find which of their tables hold submissions."""

from dataclasses import dataclass
from pathlib import Path

from umid_research.errors import ExportError
from umid_research.raw.headers import Headers
from umid_research.raw.repeats import check_repeat, is_repeat
from umid_research.raw.table import Table, normal
from umid_research.raw.tables import SUFFIXES, read_tables
from umid_research.runs.stamp import is_visible

FOLDER = "responses"
_NOTES = "README.md"
_REMEDIES = {
    ".xls": "is in an old Excel format; save it as .xlsx",
    ".xlsm": "is a workbook with macros; save it as .xlsx",
    ".xlsb": "is a binary workbook; save it as .xlsx",
    ".ods": "is an OpenDocument sheet; save it as .xlsx",
    ".tsv": "is a text file with tabs; rename it to .csv",
    ".txt": "is not an export; rename it to .csv if it is one, or move it out of here",
    ".zip": "is an archive; unpack it here",
}


def submission_files(folder: Path) -> list[Path]:
    """Return the exports of a study folder in the order of their names.

    Raises ExportError at the first file that is not an export, or if there is no file.
    """
    folder = Path(folder) / FOLDER
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in found if is_visible(path.name) and path.name != _NOTES]
    for path in files:
        if not path.name.isprintable():
            raise ExportError(
                "has a name with signs that cannot be written; rename it", where=ascii(str(path))
            )
        if path.is_dir():
            raise ExportError(
                "is a folder; put all exports directly into `responses`", where=str(path)
            )
        if (suffix := path.suffix.lower()) not in SUFFIXES:
            raise ExportError(
                _REMEDIES.get(suffix, "is not an export that can be read; move it out of here"),
                where=str(path),
                possible=SUFFIXES,
            )
    if not files:
        raise ExportError("no export here", where=str(folder), possible=SUFFIXES)
    return files


@dataclass(frozen=True)
class Sheets:
    """The tables of a file: the one of submissions, if any, and those that are not read."""

    submissions: Table | None
    repeats: tuple[Table, ...]
    passed_over: tuple[Table, ...]


def submission_tables(path: Path, headers: Headers) -> Sheets:
    """Return the tables of a file by what they hold.

    Beside a sheet with questions, hidden sheets and sheets without any question are passed over: a
    list of choices, a legend, a chart. Raises ExportError if several visible sheets have questions.
    """
    tables = read_tables(path)
    main = [table for table in tables if not is_repeat(table)]
    repeats = [table for table in tables if is_repeat(table)]
    for table in repeats:
        check_repeat(table, headers.questionnaire)
    asking = [table for table in main if _has_question(table, headers)]
    visible = [table for table in asking if not table.hidden]
    held = visible or asking or main
    if len(held) > 1:
        raise ExportError(
            "has several sheets that could hold submissions; keep one per file",
            where=str(path),
            found=", ".join(table.sheet or "" for table in held),
        )
    for table in held:
        if table.cells.empty:
            raise ExportError("has no submission", where=table.where, found="0 rows")
    passed = tuple(table for table in main if all(table is not one for one in held))
    return Sheets(held[0] if held else None, tuple(repeats), passed)


def _has_question(table: Table, headers: Headers) -> bool:
    return any(headers.targets(normal(text)) for text in table.header.values())
