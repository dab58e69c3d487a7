"""Plant the planned flaws in a register.

`issues` has one row per flawed row: its final row number (as in a spreadsheet), column, rule and
action. `merged` lists the merged cells: column, first and last row.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from umid_research.errors import StudyError
from umid_research.simulate.activity_plan import FILE, Cells, Flaw

_DAY_0 = datetime.date(1899, 12, 30)


@dataclass(frozen=True)
class Planted:
    """The rows with their flaws; see the module."""

    rows: pd.DataFrame
    issues: pd.DataFrame
    merged: list[tuple[str, int, int]]


def plant(name: str, rows: pd.DataFrame, flaws: Iterable[Flaw]) -> Planted:
    """Return the register `name` with its flaws.

    Raises
    ------
    StudyError
        The register does not have the row or column of a flaw.
    """
    written: dict[float, Cells] = dict(enumerate(rows.to_dict("records"), start=1))
    placed: list[tuple[float, Flaw]] = []
    for number, flaw in enumerate((f for f in flaws if f.register_name == name), start=1):
        _check(flaw, rows)
        for place, cells in _flawed(flaw, rows, number):
            written[place] = cells
            placed.append((place, flaw))
    order = {place: row for row, place in enumerate(sorted(written), start=2)}
    merged = [(flaw.column, order[place]) for place, flaw in placed if flaw.kind == "merged"]
    # An issue about merged cells names the id column, as the library reports it.
    named = [rows.columns[0] if flaw.kind == "merged" else flaw.column for _, flaw in placed]
    found = [
        (order[place], column, flaw.rule, flaw.action)
        for column, (place, flaw) in zip(named, placed, strict=True)
    ]
    return Planted(
        pd.DataFrame([written[place] for place in order], columns=rows.columns).fillna(""),
        pd.DataFrame(found, columns=["row", "column", "rule", "action"]),
        [(column, row, row + 1) for column, row in merged[::2]],
    )


def _flawed(flaw: Flaw, rows: pd.DataFrame, number: int) -> Iterator[tuple[float, Cells]]:
    """Return the rows that a flaw adds or changes, each with its position among the others."""
    if flaw.kind == "rows":
        for position, cells in enumerate(flaw.rows):
            yield len(rows) + number + position / 100, cells
        return
    row = rows.iloc[flaw.row - 1].to_dict()
    changed = {**row, **flaw.cells, **_rewritten(flaw, row)}
    if flaw.kind == "cell":
        yield flaw.row, changed
    elif flaw.kind == "twin":
        yield flaw.row + number / 100, changed
    else:
        for position in range(2 if flaw.kind == "merged" else 1):
            own = {flaw.column: ""} if position else {}
            place = flaw.row + number / 100 + position / 1000
            yield place, {**changed, **_new_id(rows, 2 * number + position), **own}


def _new_id(rows: pd.DataFrame, number: int) -> Cells:
    """Return an unused id, or nothing if the rows have no unique ids."""
    ids = rows.iloc[:, 0]
    letter, digits = ids.iloc[0][0], ids.iloc[0][1:]
    if not digits.isdigit() or ids.duplicated().any():
        return {}
    return {str(ids.name): f"{letter}{len(rows) + number:0{len(digits)}d}"}


def _rewritten(flaw: Flaw, row: Cells) -> Cells:
    """Return the cell in another form: a place in capitals, or a date in another format."""
    text = row[flaw.column]
    if not flaw.form:
        return {}
    if flaw.form == "spelling":
        return {flaw.column: text.upper().replace(" ", "-")}
    day = datetime.date.fromisoformat(text)
    if flaw.form == "serial":
        return {flaw.column: str((day - _DAY_0).days)}
    return {flaw.column: day.strftime(flaw.form)}


def _check(flaw: Flaw, rows: pd.DataFrame) -> None:
    columns = {flaw.column, *flaw.cells, *(name for cells in flaw.rows for name in cells)}
    unknown = sorted(columns - set(rows.columns))
    if unknown or flaw.row > len(rows):
        raise StudyError(
            "a flaw names a row or column that the register does not have",
            where=f"{FILE}, entry flaws",
            found=unknown[0] if unknown else f"{flaw.register_name}, row {flaw.row}",
        )
