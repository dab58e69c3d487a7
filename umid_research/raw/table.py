"""A table as read: a header, and cells that are all text.

A table keeps the row numbers that a spreadsheet shows: the header is row 1.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.errors import ExportError

# How far down names that stand too low are looked for.
_ROWS_ABOVE = 10
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


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


def normal(text: str) -> str:
    """The text in one Unicode form (NFC), with straight quotation marks and single spaces.

    pyxform makes the marks of labels straight, so a form's text differs there from its source.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_STRAIGHT).split())


def as_table(path: Path, sheet: str | None, names: list[str], cells: pd.DataFrame) -> Table:
    """A table of `cells`, whose columns are positions and whose index holds row numbers."""
    cells = _without_blank_rows(cells)
    header = {position: name for position, name in enumerate(names) if name.strip()}
    table = Table(path, sheet, header, cells[list(header)])
    nameless = cells.columns.difference(list(header))
    if len(nameless) > len(header) and (cells[nameless] != "").any(axis=None):
        raise ExportError(
            "has fewer names than columns in row 1; the names must stand there, with nothing above"
            + _seem_to_stand(cells),
            where=table.where,
            found=", ".join(header.values()),
        )
    for position in nameless:
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


def _seem_to_stand(cells: pd.DataFrame) -> str:
    """Where to look for the names: the first row below with the most cells, if most are filled."""
    filled = (cells.head(_ROWS_ABOVE) != "").sum(axis=1)
    if 2 * filled.max() < cells.shape[1]:
        return ""
    return f"; they seem to stand in row {filled.idxmax()}: remove what is above"


def _without_blank_rows(cells: pd.DataFrame) -> pd.DataFrame:
    blank = pd.Series(True, index=cells.index)
    for position in cells.columns:
        blank &= cells[position] == ""
        if not blank.any():
            return cells
    return cells[~blank]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
