"""A table as read from a file: a header, and cells that are all text.

Row numbers are those of a spreadsheet: the header is row 1.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.errors import ExportError

# How many rows below row 1 are searched for the column names.
_ROWS_ABOVE = 10
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True)
class Table:
    """One sheet: `header` maps the position of a column to its name.

    The columns of `cells` are these positions, its index the row numbers. Blank rows and blank
    columns are left out. `hidden` is true for a sheet that the spreadsheet program does not show.
    `aside` are rows of submissions that are set aside whatever their answers are, so that no
    mistake in them is an error.
    """

    path: Path
    sheet: str | None
    header: dict[int, str]
    cells: pd.DataFrame
    hidden: bool = False
    aside: frozenset[int] = frozenset()

    @property
    def judged(self) -> np.ndarray:
        """Which rows must be right: all that are not set aside."""
        return ~self.cells.index.isin(list(self.aside))

    @property
    def where(self) -> str:
        """The file, and the sheet if it has sheets, for error messages."""
        return str(self.path) if self.sheet is None else f"{self.path}, sheet {self.sheet}"


def normal(text: str) -> str:
    """Return the text in Unicode form NFC, with straight quotation marks and single spaces.

    Quotation marks are made straight because pyxform does so in labels.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_STRAIGHT).split())


def fewer_names(where: str, names: Iterable[str], hint: str = "") -> ExportError:
    """Return the error for a sheet whose first row is not that of the names."""
    return ExportError(
        "has fewer names than columns in row 1; the names must be in row 1, with nothing above"
        + hint,
        where=where,
        found=", ".join(name for name in names if name.strip()),
    )


def as_table(path: Path, sheet: str | None, names: list[str], cells: pd.DataFrame) -> Table:
    """Return a table of `cells`, whose columns are positions and whose index holds row numbers.

    Raises ExportError if row 1 lacks names, or a column with cells has no name.
    """
    cells = _without_blank_rows(cells)
    header = {position: name for position, name in enumerate(names) if name.strip()}
    table = Table(path, sheet, header, cells[list(header)])
    nameless = cells.columns.difference(list(header))
    if len(nameless) > len(header) and (cells[nameless] != "").any(axis=None):
        raise fewer_names(table.where, header.values(), _suggested_row(cells))
    for position in nameless:
        filled = cells[position] != ""
        if filled.any():
            raise ExportError(
                "has a column without a name; name it or empty it. If KoboToolbox wrote it, a "
                "question had another type before: export answers in a single column",
                where=f"{table.where}, row {filled.idxmax()}, column {position + 1}",
                found=_short(cells.loc[filled.idxmax(), position]),
            )
    if not header:
        raise ExportError("has no column names in row 1", where=table.where)
    return table


def _suggested_row(cells: pd.DataFrame) -> str:
    """Suggest the row of the names: the fullest row below row 1, if it is at least half full."""
    filled = (cells.head(_ROWS_ABOVE) != "").sum(axis=1)
    if 2 * filled.max() < cells.shape[1]:
        return ""
    return f"; they seem to be in row {filled.idxmax()}: remove the rows above"


def _without_blank_rows(cells: pd.DataFrame) -> pd.DataFrame:
    blank = pd.Series(True, index=cells.index)
    for position in cells.columns:
        blank &= cells[position] == ""
        if not blank.any():
            return cells
    return cells[~blank]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
