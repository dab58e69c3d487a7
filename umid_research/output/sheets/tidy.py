"""Reshape a table for readers into tidy data: one variable per column, one number per cell.

    Dimension  Communities      NGOs  ─►  Dimension  Group        group_key  Score  Units  status
    Trust      62 (55–69) [12]  ×         Trust      Communities  community     62     12  shown
                                          Trust      NGOs         ngo                      withheld

A table with a column per group becomes one with a row per group; each part of a cell becomes a
column. Machine names stand beside the labels. No mark stands among numbers: a number that is not
there is blank, and the status says why.

    shown     all numbers of the row          below   the number is smaller than the one given
    withheld  to protect those who answered   above   the number is larger than the one given
    none      there is no such number         in_part some numbers of the row are one of the others

or the code of a reason why a number cannot be estimated (`analysis.verdicts.Reason`). Where several
numbers stand in a row, `status_detail` names those that are not shown.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from umid_research.errors import ReportError
from umid_research.messages import Messages
from umid_research.output.sheets.keys import (
    ABOVE,
    ALL,
    BELOW,
    KINDS,
    NUMBER,
    REASON,
    VERSUS,
    Key,
    keys_in,
)
from umid_research.report.chart.figure import WITHHELD
from umid_research.report.table import Cell, Part, Table

Value = str | int | float | None
Kind = Literal["text", "number", "key", "status"]
_DECIMALS = 3
OWN = "value"  # the kind of a part that the head of the column describes
OTHER = "other"  # the key of a row that names none of the things in its column
STATUS, DETAIL = "status", "status_detail"
MACHINE_HEADS = {STATUS, DETAIL, *(f"{kind}_key" for kind in (*KINDS, VERSUS))}
STATUSES = ("shown", "withheld", "none", "below", "above", "in_part")
SHOWN, _WITHHELD, NONE, _, _, IN_PART = STATUSES


@dataclass(frozen=True)
class Column:
    """A column of the files: its head, what it holds, and its values."""

    head: str
    kind: Kind
    values: tuple[Value, ...]


@dataclass(frozen=True)
class _Cell:
    """A cell of the table and the keys of what it names."""

    cell: Cell
    keys: tuple[Key, ...] = ()

    @property
    def instead(self) -> Key | None:
        """Return what stands in place of a number: a bound or a reason."""
        return next((key for key in self.keys if key.kind in (BELOW, ABOVE, REASON)), None)


@dataclass(frozen=True)
class _Source:
    """A column of the table, or of the longer table, before its cells are taken apart."""

    head: str
    cells: tuple[_Cell, ...]
    is_numeric: bool
    has_status: bool  # holds numbers, which do not just identify a row

    @cached_property
    def kinds(self) -> list[str]:
        """Return the kinds of parts of all cells, in order of first appearance."""
        return list(dict.fromkeys(kind for one in self.cells for kind in one.cell.parts)) or [OWN]

    @property
    def statuses(self) -> tuple[str, ...]:
        """Return for each cell whether its numbers are there."""
        return tuple(map(self._status, self.cells))

    def _status(self, one: _Cell) -> str:
        """Return whether the numbers of a cell are there, else why not."""
        if one.cell.parts:
            known = [one.cell.parts.get(kind) is not None for kind in self.kinds]
            return SHOWN if all(known) else IN_PART if any(known) else NONE
        if one.cell.text == WITHHELD:
            return _WITHHELD
        if one.instead:
            return one.instead.name if one.instead.kind == REASON else one.instead.kind
        return NONE


def tidy(
    table: Table, text: Messages, marked: Table | None = None
) -> tuple[tuple[Column, ...], tuple[Key, ...]]:
    """Return the columns of a table for the files, and what it names.

    `marked` is the same table of the report with marked names (see `keys`); without it there are no
    machine names.
    """
    sources = list(_sources(table, marked or table, text))
    columns = [column for source in sources for column in _columns(source, text)]
    columns += _status_columns([source for source in sources if source.has_status], text)
    named = dict.fromkeys(key for source in sources for one in source.cells for key in one.keys)
    return tuple(_distinct(columns)), tuple(named)


def _status_columns(sources: Sequence[_Source], text: Messages) -> Iterator[Column]:
    """Yield the status of each row; of several numbers in a row also which of them are not shown.

    The columns of a file do not depend on what can be estimated or shown.
    """
    if not sources:
        return
    rows = list(zip(*(source.statuses for source in sources), strict=True))
    common = [row[0] if len(set(row)) == 1 else IN_PART for row in rows]
    yield Column(STATUS, "status", tuple(common))
    if len(sources) > 1:
        details = [
            "; ".join(
                text("table.part_of", name=source.head, part=status)
                for source, status in zip(sources, row, strict=True)
                if status != SHOWN and len(set(row)) > 1
            )
            for row in rows
        ]
        pairs = zip(details, common, strict=True)
        yield Column(DETAIL, "status", tuple(detail or status for detail, status in pairs))


def _sources(table: Table, marked: Table, text: Messages) -> Iterator[_Source]:
    """Yield the columns of the table, or of a longer one if it is spread over columns."""
    heads = _with_keys(map(Cell, table.head), map(Cell, marked.head))
    rows = [_with_keys(*pair) for pair in zip(table.cells, marked.cells, strict=True)]
    ids, name = _spread(table, heads, rows, text)
    names, numeric, first = table.head, table.numeric, 0
    if name:
        places = range(ids, len(heads))
        long = [
            [*row[:ids], heads[place], row[place]]
            for row in rows
            for place in places
            if row[place].cell.text
        ]
        rows = long or [[rows[0][0], *[_Cell(Cell(""))] * (ids + 1)]]
        names, first = (*table.head[:ids], name, ""), ids + 1
        numeric = frozenset(
            {*numeric & set(range(ids)), *([first] if numeric & set(places) else [])}
        )
    for place, head in enumerate(names):
        cells = tuple(row[place] for row in rows)
        if place in numeric:
            cells = tuple(map(_with_number, cells))
        is_numeric = _is_numeric(cells, is_declared=place in numeric)
        yield _Source(head, cells, is_numeric, has_status=is_numeric and place >= first)


def _with_keys(cells: Iterable[Cell], marked: Iterable[Cell]) -> list[_Cell]:
    return [
        _Cell(cell, tuple(keys_in(cell.text, other.text)))
        for cell, other in zip(cells, marked, strict=True)
    ]


def _with_number(one: _Cell) -> _Cell:
    """Return a cell whose text is a number with this number."""
    numbers = [float(key.name) for key in one.keys if key.kind == NUMBER]
    if one.cell.parts or not numbers:
        return one
    return replace(one, cell=replace(one.cell, parts={OWN: numbers[0]}))


def _spread(
    table: Table, heads: Sequence[_Cell], rows: Sequence[Sequence[_Cell]], text: Messages
) -> tuple[int, str]:
    """Return how many columns identify a row, and the name of what the others differ in, or "".

    A table says so itself. Else the others must be named after things, such as districts, and hold
    the same parts.
    """
    if table.spread_over:
        return table.ids, table.spread_over
    named = [place for place, head in enumerate(heads) if head.keys and head.keys[0].kind in KINDS]
    kinds = dict.fromkeys(heads[place].keys[0].kind for place in named)
    parts = {tuple(one.cell.parts) for row in rows for one in row[min(named, default=0) :]}
    if len(named) < 2 or len(parts - {()}) > 1:
        return 0, ""
    return named[0], " / ".join(text(f"sheets.kind.{kind}") for kind in kinds)


def _is_numeric(cells: Sequence[_Cell], *, is_declared: bool) -> bool:
    """Return whether a column holds numbers; if none is shown, the table declares it."""
    parts = [part for one in cells for part in one.cell.parts.values() if part is not None]
    without = [one for one in cells if not one.cell.parts]
    only_marks = all(one.cell.text in ("", WITHHELD) or one.instead for one in without)
    return (is_declared and only_marks and not parts) or any(not isinstance(p, str) for p in parts)


def _columns(source: _Source, text: Messages) -> Iterator[Column]:
    """Yield a column per part; after a column of names, those of the machine names."""
    for place, kind in enumerate(source.kinds):
        head = source.head or text(f"table.part.{kind}")
        if source.head and len(source.kinds) > 1 and kind != OWN:
            head = text("table.part_of", name=head, part=text(f"table.part.{kind}"))
        parts = [one.cell.parts.get(kind) for one in source.cells]
        if source.is_numeric and not any(isinstance(part, str) for part in parts):
            bounds = [_bound(one) if place == 0 else None for one in source.cells]
            pairs = zip(parts, bounds, strict=True)
            values = [_number(bound if part is None else part) for part, bound in pairs]
            yield Column(head, "number", tuple(values))
        else:
            words = [
                _word(one, kind, text) if place == 0 else one.cell.parts.get(kind)
                for one in source.cells
            ]
            yield Column(head, "text", tuple(str(word or text("table.none")) for word in words))
    if not source.is_numeric:
        yield from _key_columns(source.cells)


def _word(one: _Cell, kind: str, text: Messages) -> Part:
    if one.cell.parts:
        return one.cell.parts.get(kind)
    return text("sheets.withheld_word") if one.cell.text == WITHHELD else one.cell.text


def _bound(one: _Cell) -> float | None:
    """Return the number of a cell such as `< 0.001`."""
    if one.instead is None or one.instead.kind == REASON:
        return None
    return float(one.instead.name)


def _number(part: Part) -> float | int | None:
    """Round a number to three decimals, as it is printed; a whole number is an integer."""
    if part is None or isinstance(part, str):
        return None
    if not math.isfinite(part):
        raise ReportError("a cell of a published table has an invalid number", found=part)
    rounded = round(float(part), _DECIMALS)
    return int(rounded) if rounded.is_integer() else rounded


def _key_columns(cells: Sequence[_Cell]) -> Iterator[Column]:
    """Yield a column of machine names per kind of thing, if most cells are names.

    Where a cell names a thing of another kind, such as a district among groups, it stands for all
    things of this kind, and so does a total.
    """
    kinds = list(dict.fromkeys(key.kind for one in cells for key in one.keys))
    named = [kind for kind in (*KINDS, VERSUS) if kind in kinds]
    if 2 * sum(any(key.kind in named for key in one.keys) for one in cells) < len(cells):
        return
    for kind in named:
        names = [{key.kind: key.name for key in one.keys} for one in cells]
        values = tuple(name.get(kind, ALL if name else OTHER) for name in names)
        yield Column(f"{kind}_key", "key", values)


def _distinct(columns: Sequence[Column]) -> Iterator[Column]:
    """Make the heads unique: a repeated head gets a number; machine names stay as they are."""
    seen = {column.head: 1 for column in columns if column.head in MACHINE_HEADS}
    for column in columns:
        if column.head in MACHINE_HEADS:
            yield column
            continue
        key = column.head.casefold()
        seen[key] = seen.get(key, 0) + 1
        again = f"{column.head} ({seen[key]})"
        yield column if seen[key] == 1 else replace(column, head=again)
