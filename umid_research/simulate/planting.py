"""A register without a flaw, and the plan's flaws -> the register as it was written down.

`issues`, one row a flawed row: where it stands in the end (as a spreadsheet counts), its column,
rule and action. `merged` are the cells that are merged: column, first and last row.
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
    """The rows with their flaws; see the module's docstring."""

    rows: pd.DataFrame
    issues: pd.DataFrame
    merged: list[tuple[str, int, int]]


def plant(name: str, rows: pd.DataFrame, flaws: Iterable[Flaw]) -> Planted:
    """The register `name` with the flaws that are meant for it.

    Raises StudyError for a flaw whose row or column the register does not have.
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
    # A row in merged cells is named by its id: nobody can say whose value the cell holds.
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
    """The rows that a flaw adds or changes, each with its place among the others."""
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
    """An id that no row has, where the rows have ids of their own."""
    ids = rows.iloc[:, 0]
    letter, digits = ids.iloc[0][0], ids.iloc[0][1:]
    if not digits.isdigit() or ids.duplicated().any():
        return {}
    return {str(ids.name): f"{letter}{len(rows) + number:0{len(digits)}d}"}


def _rewritten(flaw: Flaw, row: Cells) -> Cells:
    """The cell in another form: a place in capitals, a date as its number or in another order."""
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
            "is planted where the register has nothing",
            where=f"{FILE}, entry flaws",
            found=unknown[0] if unknown else f"{flaw.register_name}, row {flaw.row}",
        )
