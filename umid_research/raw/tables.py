"""A CSV or XLSX file -> its tables, all text.

A table keeps the row numbers that a spreadsheet shows: the header is row 1. What would lose a
cell in silence (a short row, a merged cell, a formula without a result) is an error instead.
"""

import codecs
import csv
import datetime
import io
import re
import unicodedata
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from umid_research.errors import ExportError

SUFFIXES = (".csv", ".xlsx")
# A workbook is a compressed archive; a small one can be made to unpack to more than a computer has.
MOST_BYTES = 1 << 29
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
# Stands for a formula until its result is put there.
_FORMULA = "="
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z0-9:]{1,30})"')
# What openpyxl and zipfile raise on files that are no workbooks, cut off or damaged.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, InvalidFileException, LookupError),
    *(OSError, ParseError, RuntimeError, TypeError, ValueError, zlib.error),
)


@dataclass(frozen=True)
class Table:
    """One sheet: `header` maps the position of a column to its text, `cells` has these columns.

    The index of `cells` holds the row numbers; blank rows and blank columns are left out.
    """

    path: Path
    sheet: str | None
    header: dict[int, str]
    cells: pd.DataFrame

    @property
    def where(self) -> str:
        """The file, and the sheet where there are sheets, as errors name them."""
        return str(self.path) if self.sheet is None else f"{self.path}, sheet {self.sheet}"


def read_tables(path: Path, *, merged: bool = False) -> list[Table]:
    """The tables of a file: one of a CSV, one per sheet that holds anything of a workbook.

    With `merged`, a workbook may have merged cells: their value stands in the first of them, and
    `merged_rows` says where they are. Raises ExportError naming the file, and row, column or cell,
    when it cannot be read exactly.
    """
    if path.suffix.lower() == ".xlsx":
        return _read_xlsx(path, merged=merged)
    return [_read_csv(path)]


def merged_rows(path: Path) -> frozenset[int]:
    """The rows of a workbook that read_tables can read in which cells are merged."""
    if path.suffix.lower() != ".xlsx":
        return frozenset()
    rows: set[int] = set()
    with ZipFile(path) as archive:
        for found in _merged_ranges(archive):
            _, first, _, last = range_boundaries(found)
            rows.update(range(first, last + 1))
    return frozenset(rows)


def normal(text: str) -> str:
    """The text in one Unicode form (NFC), with straight quotation marks and single spaces.

    pyxform makes the marks of labels straight, so a form's text differs there from its source.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_STRAIGHT).split())


def _table(path: Path, sheet: str | None, names: list[str], cells: pd.DataFrame) -> Table:
    """A table of `cells`, whose columns are positions and whose index holds row numbers."""
    cells = _without_blank_rows(cells)
    header = {position: name for position, name in enumerate(names) if name.strip()}
    table = Table(path, sheet, header, cells[list(header)])
    for position in cells.columns.difference(list(header)):
        filled = cells[position] != ""
        if filled.any():
            raise ExportError(
                "has a column without a name; name it or empty it. If KoboToolbox wrote it, a "
                "question was of another type before: export answers in a single column",
                where=f"{table.where}, row {filled.idxmax()}, column {position + 1}",
                found=_short(cells.loc[filled.idxmax(), position]),
            )
    if not header:
        raise ExportError("has no column names in row 1", where=table.where)
    return table


def _without_blank_rows(cells: pd.DataFrame) -> pd.DataFrame:
    blank = pd.Series(True, index=cells.index)
    for position in cells.columns:
        blank &= cells[position] == ""
        if not blank.any():
            return cells
    return cells[~blank]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


# --- CSV ----------------------------------------------------------------------------------------


def _read_csv(path: Path) -> Table:
    """The cells of a CSV; `;` and `,` are told apart by the header."""
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if b"\x00" in content:
        raise ExportError("holds a NUL character; is it a text file?", where=str(path))
    if not content.strip():
        raise ExportError("has no submission", where=str(path), found="an empty file")
    try:
        return _parsed(content, path)
    except UnicodeDecodeError:
        raise _not_utf8(content, path) from None


def _parsed(content: bytes, path: Path) -> Table:
    separator, names = _header(content, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.BytesIO(content),
                sep=separator,
                header=0,
                names=range(len(names)),
                index_col=False,
                dtype=str,
                na_filter=False,
                skip_blank_lines=False,
            )
    except pd.errors.ParserWarning:
        raise ExportError(
            "has a row that does not fit: more cells than the header",
            where=f"{path}, row 2",
            possible=[len(names)],
        ) from None
    except pd.errors.ParserError as error:
        reason = " ".join(str(error).split())
        raise ExportError(f"has a row that does not fit: {reason}", where=str(path)) from None
    # pandas fills a short row with blanks; only a blank last cell can hide one.
    if (cells[len(names) - 1] == "").any():
        _check_widths(content, separator, path)
    cells.index += 2
    return _table(path, None, names, cells)


def _not_utf8(content: bytes, path: Path) -> ExportError:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return ExportError(
            "is not UTF-8 text; export it again as UTF-8",
            where=f"{path}, byte {error.start}",
            found=content[error.start : error.end],
        )
    return ExportError("is not UTF-8 text; export it again as UTF-8", where=str(path))


def _header(content: bytes, path: Path) -> tuple[str, list[str]]:
    """The separator that gives the first row the most cells, and those cells."""
    read = {separator: next(_rows(content, separator, path)) for separator in ";,"}
    separator = max(read, key=lambda separator: len(read[separator]))
    if not read[separator]:
        raise ExportError("has no column names in row 1", where=str(path))
    return separator, read[separator]


def _rows(content: bytes, separator: str, path: Path) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    # The limit is the csv module's for all readers; a cell can be as long as the file.
    limit = csv.field_size_limit(max(len(content), 1))
    try:
        yield from csv.reader(text, delimiter=separator)
    except csv.Error as error:
        raise ExportError(f"is not a CSV file: {error}", where=str(path)) from None
    finally:
        csv.field_size_limit(limit)


def _check_widths(content: bytes, separator: str, path: Path) -> None:
    """Refuses a row with fewer cells than the header; blank lines are no rows."""
    widths = list(map(len, _rows(content, separator, path)))
    if len(set(widths) - {0}) > 1:
        row = next(number for number, width in enumerate(widths) if width not in (0, widths[0]))
        raise ExportError(
            "has fewer cells than the header",
            where=f"{path}, row {row + 1}",
            found=widths[row],
            possible=[widths[0]],
        )


# --- XLSX ---------------------------------------------------------------------------------------


def _read_xlsx(path: Path, *, merged: bool) -> list[Table]:
    """The sheets of a workbook that hold anything."""
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and drop-down lists that it does not know.
            warnings.simplefilter("ignore", UserWarning)
            _check_archive(path, merged=merged)
            sheets = _sheets(path)
    except _UNREADABLE as error:
        reason = " ".join(str(error).split())
        raise ExportError(f"is not a readable workbook: {reason}", where=str(path)) from error
    if not sheets:
        raise ExportError("has no submission", where=str(path), found="no cell with anything")
    return [_sheet_table(path, name, rows) for name, rows in sheets.items()]


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
                "has merged cells, which hide answers; unmerge them",
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
    return _table(path, name, names, cells)
