"""Reshape a table for readers into tidy data: one variable per column.

    Dimension  Communities      NGOs       ─►   Dimension  Group        Score  Low  High  Units
    Trust      62 (55–69) [12]  ×               Trust      Communities     62   55    69     12
                                                Trust      NGOs             ×    ×     ×      ×

For example, in a table with a column per group, each cell becomes a row, and each part of the cell
becomes a column. In any other table a cell with several parts becomes several columns.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from umid_research.errors import ReportError
from umid_research.messages import Messages
from umid_research.report.chart.figure import WITHHELD
from umid_research.report.table import Cell, Part, Table

Value = str | int | float | None
_DECIMALS = 3
OWN = "value"  # the kind of a part that the head of the column describes


def tidy(table: Table, text: Messages) -> tuple[list[str], list[list[Value]]]:
    """Return the heads and rows of a table; a blank cell is None."""
    if table.spread_over:
        return _long(table, text)
    columns = [_kinds(row[place] for row in table.cells) for place in range(len(table.head))]
    heads = [
        head
        for name, kinds in zip(table.head, columns, strict=True)
        for head in _heads(name, kinds, text)
    ]
    rows: list[list[Value]] = [
        [value for cell, kinds in zip(row, columns, strict=True) for value in _values(cell, kinds)]
        for row in table.cells
    ]
    return _distinct(heads), rows


def _long(table: Table, text: Messages) -> tuple[list[str], list[list[Value]]]:
    """Return heads and rows with one row per cell; empty cells are left out."""
    kinds = _kinds(cell for row in table.cells for cell in row[table.ids :])
    heads = [*table.head[: table.ids], table.spread_over, *(text(f"table.part.{k}") for k in kinds)]
    rows: list[list[Value]] = [
        [*(_values(one, _kinds([one]))[0] for one in row[: table.ids]), name, *_values(cell, kinds)]
        for row in table.cells
        for name, cell in zip(table.head[table.ids :], row[table.ids :], strict=True)
        if cell.text
    ]
    nothing: list[Value] = [table.cells[0][0].text, *[None] * (len(heads) - 1)]
    return _distinct(heads), rows or [nothing]


def _kinds(cells: Iterable[Cell]) -> list[str]:
    """Return the kinds of parts of all cells, in order of first appearance."""
    return list(dict.fromkeys(kind for cell in cells for kind in cell.parts)) or [OWN]


def _heads(name: str, kinds: Sequence[str], text: Messages) -> Iterator[str]:
    for kind in kinds:
        if len(kinds) == 1 or kind == OWN:
            yield name
        else:
            yield text("table.part_of", name=name, part=text(f"table.part.{kind}"))


def _values(cell: Cell, kinds: Sequence[str]) -> list[Value]:
    """Return one value per kind; a text without parts comes first, the mark is repeated."""
    if cell.parts:
        return [_value(cell.parts.get(kind)) for kind in kinds]
    if cell.text == WITHHELD:
        return [WITHHELD] * len(kinds)
    return [cell.text or None, *[None] * (len(kinds) - 1)]


def _value(part: Part) -> Value:
    """Round a number to three decimals, as it is printed; a whole number is an integer."""
    if part is None or isinstance(part, str):
        return part or None
    if not math.isfinite(part):
        raise ReportError("a cell of a published table has an invalid number", found=part)
    rounded = round(float(part), _DECIMALS)
    return int(rounded) if rounded.is_integer() else rounded


def _distinct(heads: Sequence[str]) -> list[str]:
    """Make the heads unique: a repeated head gets a number."""
    seen: dict[str, int] = {}
    distinct = []
    for head in heads:
        key = head.casefold()
        seen[key] = seen.get(key, 0) + 1
        distinct.append(head if seen[key] == 1 else f"{head} ({seen[key]})")
    return distinct
