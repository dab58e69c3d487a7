"""Read the sheets of an XLSX file as tables.

Cells that hide an answer are errors: merged cells, formulas without a saved result, and error
values of the spreadsheet.
"""

import datetime
import re
import warnings
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from umid_research.errors import ExportError
from umid_research.raw.table import Table, as_table, fewer_names

# A workbook is a compressed archive: a small, malicious one could fill the whole memory.
MAX_BYTES = 1 << 29
# Old Excel files and password-protected workbooks begin with these bytes.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Cells of a table; a million submissions of fifty questions have fewer.
_LARGE = 60_000_000
# Placeholder for a formula until its result is known.
_FORMULA = "="
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z0-9:]{1,30})"')
# Errors that openpyxl and zipfile raise on files that are truncated, damaged or not workbooks. Both
# XML parsers that openpyxl may use raise SyntaxError.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, InvalidFileException, LookupError),
    *(OSError, SyntaxError, RuntimeError, TypeError, ValueError, zlib.error),
)


def read_workbook(path: Path, *, merged: bool, beside: Collection[str]) -> list[Table]:
    """Return the sheets that hold cells, without those whose lower-case names are in `beside`."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and drop-down lists that it does not know.
            warnings.simplefilter("ignore", UserWarning)
            _check_archive(path, merged=merged)
            sheets, hidden = _sheets(path)
    except _UNREADABLE as error:
        with path.open("rb") as file:
            if file.read(len(_OLE)) == _OLE:
                raise ExportError(
                    "is protected by a password, or in an old Excel format; save it as .xlsx "
                    "without a password",
                    where=str(path),
                ) from error
        reason = " ".join(str(error).split())
        raise ExportError(f"is not a readable workbook: {reason}", where=str(path)) from error
    sheets = {name: rows for name, rows in sheets.items() if name.lower() not in beside}
    if not sheets:
        raise ExportError("has no submission", where=str(path), found="only blank cells")
    tables = (_sheet_table(path, name, rows) for name, rows in sheets.items())
    return [replace(table, hidden=table.sheet in hidden) for table in tables]


def merged_rows_of(path: Path) -> frozenset[int]:
    """Return the rows of a readable workbook that have merged cells."""
    rows: set[int] = set()
    with ZipFile(path) as archive:
        for found in _merged_ranges(archive):
            _, first, _, last = range_boundaries(found)
            rows.update(range(first, last + 1))
    return frozenset(rows)


def _check_archive(path: Path, *, merged: bool) -> None:
    """Raise ExportError if the archive unpacks to too many bytes, or has forbidden merged cells."""
    with ZipFile(path) as archive:
        # zipfile never unpacks more of a part than the size that the archive declares.
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_BYTES:
            raise ExportError(
                "unpacks to more than a workbook of answers can hold",
                where=str(path),
                found=f"{unpacked:,} bytes",
                possible=[f"at most {MAX_BYTES:,} bytes"],
            )
        first = None if merged else next(_merged_ranges(archive), None)
        if first is not None:
            raise ExportError(
                "has merged cells, which hide answers; unmerge them, and remove titles above the "
                "column names",
                where=str(path),
                found=first,
            )


def _merged_ranges(archive: ZipFile) -> Iterator[str]:
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            with archive.open(name) as part:
                yield from _ranges_in(part)


def _ranges_in(part: IO[bytes]) -> Iterator[str]:
    """Yield the merged ranges of a sheet, read in chunks; one near a boundary may come twice."""
    tail = b""
    while chunk := part.read(1 << 20):
        for match in _MERGED.finditer(tail + chunk):
            yield match.group(1).decode()
        tail = chunk[-200:]


def _sheets(path: Path) -> tuple[dict[str, list[list[str]]], set[str]]:
    """Return the rows of each sheet as text, without trailing blank rows and blank sheets.

    The second value are the names of the hidden sheets.
    """
    sheets, formulas, hidden = {}, [], set()
    for name, rows, is_hidden in _cells(path, computed=False):
        texts = []
        hidden |= {name} if is_hidden else set()
        for row in rows:
            formulas += [(name, cell.coordinate) for cell in row if _is_formula(cell)]
            texts.append([_text(cell, path, name) for cell in row])
        while texts and not any(texts[-1]):
            texts.pop()
        if texts:
            sheets[name] = texts
    if formulas:
        _insert_results(sheets, set(formulas), path)
    return sheets, hidden


def _cells(path: Path, *, computed: bool) -> Iterator[tuple[str, Iterable[tuple[Any, ...]], bool]]:
    """Yield every sheet's name, rows of cells, and whether it is hidden.

    With `computed`, formulas are their results.
    """
    book = load_workbook(path, read_only=True, data_only=computed)
    try:
        for sheet in book.worksheets:
            # The size that a sheet declares can be far too large.
            sheet.reset_dimensions()
            yield sheet.title, sheet.iter_rows(), sheet.sheet_state != "visible"
    finally:
        book.close()


def _is_formula(cell: Any) -> bool:
    return getattr(cell, "data_type", None) == "f"


def _insert_results(
    sheets: dict[str, list[list[str]]], at: set[tuple[str, str]], path: Path
) -> None:
    """Replace each formula by its saved result, in place."""
    for name, rows, _ in _cells(path, computed=True):
        for number, row in enumerate(rows):
            for position, cell in enumerate(row):
                if (name, getattr(cell, "coordinate", "")) not in at:
                    continue
                # A saved empty text has the type of a text; without a saved result, the type is n.
                if cell.value is None and cell.data_type == "n":
                    raise ExportError(
                        "holds a formula without a saved result; open the file in a spreadsheet "
                        "program and save it, or paste the values",
                        where=f"{path}, sheet {name}, cell {cell.coordinate}",
                    )
                sheets[name][number][position] = _text(cell, path, name)


def _text(cell: Any, path: Path, sheet: str) -> str:
    """Return the text that a person would type for the cell; dates in ISO format."""
    value = cell.value
    if value is None:
        return ""
    if _is_formula(cell):
        return _FORMULA
    if cell.data_type == "e":
        raise ExportError(
            "holds an error value of the spreadsheet",
            where=f"{path}, sheet {sheet}, cell {cell.coordinate}",
            found=value,
        )
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _width(path: Path, name: str, rows: list[list[str]]) -> int:
    """Return the number of columns that the table of a sheet has.

    One stray cell at the last row and column would make a table of 17 billion cells. So in a large
    table this refuses columns without a name before the table is made, and leaves blank ones out.
    """
    width, named = max(map(len, rows)), len(rows[0])
    if width * len(rows) <= _LARGE:
        return width
    for number, row in enumerate(rows[1:], start=2):
        for position, cell in enumerate(row[named:], start=named + 1):
            if cell:
                at = f"; the first cell beside them is {get_column_letter(position)}{number}"
                raise fewer_names(f"{path}, sheet {name}", rows[0], at)
    return named


def _sheet_table(path: Path, name: str, rows: list[list[str]]) -> Table:
    width = _width(path, name, rows)
    names, *below = (row[:width] + [""] * (width - len(row)) for row in rows)
    index = pd.RangeIndex(2, 2 + len(below))
    cells = pd.DataFrame(below, index=index, columns=range(width), dtype="str")
    return as_table(path, name, names, cells)
