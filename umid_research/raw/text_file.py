"""Read a CSV file as a table. A row that is too short or too long is an error.

The text is UTF-8, or UTF-16 with a byte order mark (Excel's "Unicode text"). The separator is `;`,
`,` or a tab. A first line such as `sep=;`, which is meant for Excel, is skipped.
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
    """Return the table of a CSV file; the header decides which separator is used."""
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
    """Return the text as UTF-8, without a byte order mark."""
    if not content.startswith(_UTF16):
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-16").encode()
    except UnicodeError:
        raise ExportError(
            "begins as UTF-16 text but is not valid UTF-16", where=str(path)
        ) from None


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
            f"{_TOO_WIDE}; the names must be in row 1, with nothing above",
            where=f"{path}, row 2",
            possible=[len(names)],
        ) from None
    except pd.errors.ParserError as error:
        raise _misfit(" ".join(str(error).split()), path) from None
    # pandas pads a short row with blanks, so only a row with a blank last cell can be short.
    if (cells[len(names) - 1] == "").any():
        _check_widths(content, separator, path)
    cells.index += 2
    return as_table(path, None, names, cells)


def _misfit(reason: str, path: Path) -> ExportError:
    """Turn the message of pandas about a row into an error that names the row."""
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
    """Return the separator that gives the first row the most cells, and these cells."""
    read = {separator: next(_rows(content, separator, path)) for separator in ";,\t"}
    separator = max(read, key=lambda separator: len(read[separator]))
    if not read[separator]:
        raise ExportError("has no column names in row 1", where=str(path))
    return separator, read[separator]


def _rows(content: bytes, separator: str, path: Path) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    # The limit applies to all readers of the csv module, so it is restored; a cell may be long.
    limit = csv.field_size_limit(max(len(content), 1))
    try:
        yield from csv.reader(text, delimiter=separator)
    except csv.Error as error:
        raise ExportError(f"is not a CSV file: {error}", where=str(path)) from None
    finally:
        csv.field_size_limit(limit)


def _check_widths(content: bytes, separator: str, path: Path) -> None:
    """Raise ExportError for a row with fewer cells than the header; blank lines do not count."""
    widths = list(map(len, _rows(content, separator, path)))
    if len(set(widths) - {0}) > 1:
        row = next(number for number, width in enumerate(widths) if width not in (0, widths[0]))
        raise ExportError(
            "has fewer cells than the header",
            where=f"{path}, row {row + 1}",
            found=widths[row],
            possible=[widths[0]],
        )
