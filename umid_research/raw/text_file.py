"""A CSV file -> its table. A row that is too short or too long is an error.

The text is UTF-8, or UTF-16 with its mark, as Excel writes "Unicode text"; cells are set apart by
`;`, `,` or tabs. A first line `sep=;` is for Excel, which does not show it.
"""

import codecs
import csv
import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from umid_research.errors import ExportError
from umid_research.raw.table import Table, as_table

_TOO_WIDE = "has a row that does not fit: more cells than the header"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FOR_EXCEL = re.compile(rb"\Asep=.\r?\n")
_TOO_LONG = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_text_file(path: Path) -> Table:
    """The cells of a CSV; what sets them apart is seen in the header."""
    content = _FOR_EXCEL.sub(b"", _utf8(path.read_bytes(), path)).removeprefix(codecs.BOM_UTF8)
    if b"\x00" in content:
        raise ExportError(
            "holds a NUL character; is it a text file? Export it again, as CSV UTF-8",
            where=str(path),
        )
    if not content.strip():
        raise ExportError("has no submission", where=str(path), found="an empty file")
    try:
        return _parsed(content, path)
    except UnicodeDecodeError:
        raise _not_utf8(content, path) from None


def _utf8(content: bytes, path: Path) -> bytes:
    """The text in UTF-8, without a mark at its beginning."""
    if not content.startswith(_UTF16):
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-16").encode()
    except UnicodeError:
        raise ExportError("begins as UTF-16 text and does not go on so", where=str(path)) from None


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
            f"{_TOO_WIDE}; the names must stand in row 1, with nothing above",
            where=f"{path}, row 2",
            possible=[len(names)],
        ) from None
    except pd.errors.ParserError as error:
        raise _misfit(" ".join(str(error).split()), path) from None
    # pandas fills a short row with blanks; only a blank last cell can hide one.
    if (cells[len(names) - 1] == "").any():
        _check_widths(content, separator, path)
    cells.index += 2
    return as_table(path, None, names, cells)


def _misfit(reason: str, path: Path) -> ExportError:
    """What pandas says of a row that cannot be read, in words and with the row's number."""
    if too_long := _TOO_LONG.search(reason):
        width, row, cells = too_long.groups()
        return ExportError(
            _TOO_WIDE,
            where=f"{path}, row {row}",
            found=int(cells),
            possible=[width],
        )
    if "EOF inside string" in reason:
        return ExportError(
            "ends within a cell: the file is cut off, or a quotation mark is not closed",
            where=f"{path}, row {int(reason.split()[-1]) + 1}",
        )
    return ExportError(f"has a row that does not fit: {reason}", where=str(path))


def _not_utf8(content: bytes, path: Path) -> ExportError:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return ExportError(
            "is not UTF-8 text; export it again, or save it as CSV UTF-8",
            where=f"{path}, byte {error.start}",
            found=content[error.start : error.end],
        )
    return ExportError(
        "is not UTF-8 text; export it again, or save it as CSV UTF-8", where=str(path)
    )


def _header(content: bytes, path: Path) -> tuple[str, list[str]]:
    """The separator that gives the first row the most cells, and those cells."""
    read = {separator: next(_rows(content, separator, path)) for separator in ";,\t"}
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
