"""An XLSX file -> its tables. What hides an answer is an error.

That is a merged cell, a formula without a saved result, an error of the spreadsheet.
"""

import datetime
import re
import warnings
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from umid_research.errors import ExportError
from umid_research.raw.table import Table, as_table

# A workbook is a compressed archive; a small one can be made to unpack to more than a computer has.
MOST_BYTES = 1 << 29
# With this begin the older Excel files, and workbooks that a password protects.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Stands for a formula until its result is put there.
_FORMULA = "="
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z0-9:]{1,30})"')
# What openpyxl and zipfile raise on files that are no workbooks, cut off or damaged; what is no XML
# is a SyntaxError to either of the two parsers that openpyxl reads with.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, InvalidFileException, LookupError),
    *(OSError, SyntaxError, RuntimeError, TypeError, ValueError, zlib.error),
)


def read_workbook(path: Path, *, merged: bool, beside: Collection[str]) -> list[Table]:
    """The sheets of a workbook that hold anything, but for those called as in `beside`."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and drop-down lists that it does not know.
            warnings.simplefilter("ignore", UserWarning)
            _check_archive(path, merged=merged)
            sheets = _sheets(path)
    except _UNREADABLE as error:
        with path.open("rb") as file:
            if file.read(len(_OLE)) == _OLE:
                raise ExportError(
                    "is protected by a password, or of an older Excel; save it as .xlsx without "
                    "a password",
                    where=str(path),
                ) from error
        reason = " ".join(str(error).split())
        raise ExportError(f"is not a readable workbook: {reason}", where=str(path)) from error
    sheets = {name: rows for name, rows in sheets.items() if name.lower() not in beside}
    if not sheets:
        raise ExportError("has no submission", where=str(path), found="no cell with anything")
    return [_sheet_table(path, name, rows) for name, rows in sheets.items()]


def merged_rows_of(path: Path) -> frozenset[int]:
    """The rows of a workbook that read_tables can read in which cells are merged."""
    rows: set[int] = set()
    with ZipFile(path) as archive:
        for found in _merged_ranges(archive):
            _, first, _, last = range_boundaries(found)
            rows.update(range(first, last + 1))
    return frozenset(rows)


def _check_archive(path: Path, *, merged: bool) -> None:
    """Refuses an archive that unpacks to too much, and sheets with merged cells if none may be."""
    with ZipFile(path) as archive:
        # No part of an archive can unpack to more than it announces.
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MOST_BYTES:
            raise ExportError(
                "unpacks to more than a workbook of answers can hold",
                where=str(path),
                found=f"{unpacked:,} bytes",
                possible=[f"at most {MOST_BYTES:,} bytes"],
            )
        first = None if merged else next(_merged_ranges(archive), None)
        if first is not None:
            raise ExportError(
                "has merged cells, which hide answers; unmerge them, and remove titles above the "
                "names",
                where=str(path),
                found=first,
            )


def _merged_ranges(archive: ZipFile) -> Iterator[str]:
    for name in archive.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            with archive.open(name) as part:
                yield from _ranges_in(part)


def _ranges_in(part: IO[bytes]) -> Iterator[str]:
    """The merged ranges of a sheet, read piece by piece; one on the edge of two comes twice."""
    tail = b""
    while chunk := part.read(1 << 20):
        for match in _MERGED.finditer(tail + chunk):
            yield match.group(1).decode()
        tail = chunk[-200:]


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    """Sheet -> its rows as text, without those that are wholly blank."""
    sheets, formulas = {}, []
    for name, rows in _cells(path, computed=False):
        texts = []
        for row in rows:
            formulas += [(name, cell.coordinate) for cell in row if _is_formula(cell)]
            texts.append([_text(cell, path, name) for cell in row])
        while texts and not any(texts[-1]):
            texts.pop()
        if texts:
            sheets[name] = texts
    if formulas:
        _put_results(sheets, set(formulas), path)
    return sheets


def _cells(path: Path, *, computed: bool) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    """Every sheet's name and rows of cells; formulas as their results where `computed`."""
    book = load_workbook(path, read_only=True, data_only=computed)
    try:
        for sheet in book.worksheets:
            # The size that a sheet announces can be wrong, by a lot.
            sheet.reset_dimensions()
            yield sheet.title, sheet.iter_rows()
    finally:
        book.close()


def _is_formula(cell: Any) -> bool:
    return getattr(cell, "data_type", None) == "f"


def _put_results(sheets: dict[str, list[list[str]]], at: set[tuple[str, str]], path: Path) -> None:
    """Puts the saved result of each formula where the formula stood."""
    for name, rows in _cells(path, computed=True):
        for number, row in enumerate(rows):
            for position, cell in enumerate(row):
                if (name, getattr(cell, "coordinate", "")) not in at:
                    continue
                # A result that is an empty text has the type of a text, an unsaved one has none.
                if cell.value is None and cell.data_type == "n":
                    raise ExportError(
                        "holds a formula without a saved result; open the file in a spreadsheet "
                        "program and save it, or paste the values",
                        where=f"{path}, sheet {name}, cell {cell.coordinate}",
                    )
                sheets[name][number][position] = _text(cell, path, name)


def _text(cell: Any, path: Path, sheet: str) -> str:
    """What a person would type for the cell; dates as ISO text."""
    value = cell.value
    if value is None:
        return ""
    if _is_formula(cell):
        return _FORMULA
    if cell.data_type == "e":
        raise ExportError(
            "holds an error of the spreadsheet",
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


def _sheet_table(path: Path, name: str, rows: list[list[str]]) -> Table:
    width = max(map(len, rows))
    names, *below = (row + [""] * (width - len(row)) for row in rows)
    index = pd.RangeIndex(2, 2 + len(below))
    cells = pd.DataFrame(below, index=index, columns=range(width), dtype="str")
    return as_table(path, name, names, cells)
