"""The classes Table and Cell, and the cells that all tables share.

A cell has a formatted text for readers and parts, the numbers in that text, for the files:

    text             parts
    62 (55–69) [12]  {"score": 62, "low": 55, "high": 69, "units": 12}
    ×                {}
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umid_research.report.chart.figure import WITHHELD
from umid_research.report.study_report import Report
from umid_research.report.topics import references
from umid_research.report.workbook import write_workbook

Part = float | str | None


@dataclass(frozen=True)
class Foreign:
    """Part of a cell's text in another language than the report."""

    words: str
    language: str


@dataclass(frozen=True)
class Cell:
    """A formatted text and its parts: a mapping from a kind to a number, a word or None.

    The catalogue has a text for every kind (`table.part`); the kind `value` is described by the
    head of the column. `light` names a status that the stylesheets draw as a coloured shape; `link`
    is the address that the text leads to.
    """

    text: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    foreign: Foreign | None = None
    light: str = ""
    link: str = ""

    def html(self) -> str:
        """Return the text as HTML; foreign words have a `lang` attribute for screen readers."""
        if self.link:
            return f'<a href="{escape(self.link)}">{escape(self.text)}</a>'
        if self.foreign is None:
            return escape(self.text)
        before, words, after = map(escape, self.text.partition(self.foreign.words))
        return f'{before}<span lang="{escape(self.foreign.language)}">{words}</span>{after}'


@dataclass(frozen=True)
class Table:
    """A table of cells; the first column holds the row heads.

    `numeric` has the positions of the numeric columns. `number` and `anchor` come from the
    reference of a published table, else they are empty. The first `ids` columns identify a row. If
    the other columns are values of one variable, such as groups, `spread_over` names it. `layout`
    explains the format of the texts; the files omit it. With `row_groups`, consecutive rows with
    the same first cell are shown under one head.
    """

    caption: str
    head: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int]
    notes: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    number: str = ""
    anchor: str = ""
    ids: int = 1
    spread_over: str = ""
    row_groups: bool = False

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the texts of all cells."""
        return tuple(tuple(cell.text for cell in row) for row in self.cells)

    @property
    def title(self) -> str:
        """Return the number and the caption."""
        return ". ".join(filter(None, (self.number, self.caption)))

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a DataFrame: a column per column, or per number in its cells.

        A cell such as 62 (55–69) has a column for each of its numbers; a withheld number is
        missing. A column without numbers has its texts.
        """
        columns = []
        for head, cells in zip(self.head, zip(*self.cells, strict=True), strict=True):
            kinds = list(dict.fromkeys(kind for cell in cells for kind in cell.parts))
            for kind in kinds:
                name = f"{head} ({kind})" if len(kinds) > 1 else head
                columns.append(pd.Series([cell.parts.get(kind) for cell in cells], name=name))
            if not kinds:
                columns.append(pd.Series([cell.text for cell in cells], name=head))
        return pd.concat(columns, axis="columns")

    def to_excel(self, path: str | Path) -> Path:
        """Write the table and its notes to an .xlsx file; return the path.

        Raises ParameterError if the ending is another, or the folder does not exist.
        """
        about = pd.DataFrame({"about": [self.title, *self.notes]})
        return write_workbook(path, {"table": self.to_frame(), "about": about})

    def _repr_html_(self) -> str:
        first = int(self.row_groups)
        heads = "".join(
            f'<th scope="col"{self._class(place)}>{escape(text)}</th>'
            for place, text in enumerate(self.head)
            if place >= first
        )
        bodies = "\n".join(f"<tbody>\n{body}\n</tbody>" for body in self._bodies())
        notes = "".join(
            f'\n<p class="note">{escape(note)}</p>' for note in (*self.layout, *self.notes)
        )
        name = f' id="{escape(self.anchor)}"' if self.anchor else ""
        return (
            f"<table{name}>\n<caption>{escape(self.title)}</caption>\n"
            f"<thead>\n<tr>{heads}</tr>\n</thead>\n{bodies}\n</table>{notes}"
        )

    def _bodies(self) -> Iterator[str]:
        """Yield the table bodies: one for all rows, or one per row group with its head."""
        if not self.row_groups:
            yield "\n".join(f"<tr>{self._row(row)}</tr>" for row in self.cells)
            return
        columns = len(self.head) - 1
        for _, block in groupby(self.cells, key=lambda row: row[0]):
            rows = list(block)
            head = f'<th scope="rowgroup" colspan="{columns}">{rows[0][0].html()}</th>'
            lines = [head, *(self._row(row, start=1) for row in rows)]
            yield "\n".join(f"<tr>{line}</tr>" for line in lines)

    def _row(self, row: Sequence[Cell], *, start: int = 0) -> str:
        first, *others = row[start:]
        cells = "".join(
            f"<td{self._class(place, cell.light)}>{cell.html()}</td>"
            for place, cell in enumerate(others, start=start + 1)
        )
        return f'<th scope="row">{first.html()}</th>{cells}'

    def _class(self, place: int, light: str = "") -> str:
        names = ["num"] if place in self.numeric else []
        names += ["light", light] if light else []
        return f' class="{" ".join(names)}"' if names else ""

    def __repr__(self) -> str:
        rows = (" | ".join(row) for row in (self.head, *self.rows))
        return "\n".join([self.title, *rows, *self.layout, *self.notes])


def table_from_catalogue(
    report: Report,
    key: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell | str]],
    *,
    anchor: str = "",
    numeric: Iterable[int] | None = None,
    notes: Sequence[str] = (),
    row_groups: bool = False,
) -> Table:
    """Return a table with its caption and heads from the catalogue; see `make_table`."""
    return make_table(
        report,
        report.text(f"table.{key}.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        rows,
        anchor=anchor,
        numeric=numeric,
        notes=notes,
        row_groups=row_groups,
    )


def make_table(
    report: Report,
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell | str]],
    *,
    anchor: str = "",
    part: tuple[str, str] | None = None,
    numeric: Iterable[int] | None = None,
    notes: Sequence[str] = (),
    layout: Sequence[str] = (),
    ids: int = 1,
    spread_over: str = "",
    row_groups: bool = False,
) -> Table:
    """Return a table; without rows it has one row that says there are none.

    All columns after the first are numeric unless `numeric` lists positions. `anchor` is the name
    of a published table and gives the table its number. A table that is printed in parts adds the
    number and name of its `part`.
    """
    cells = tuple(tuple(_cell(one) for one in row) for row in rows)
    nothing = (Cell(report.text("table.none")), *[Cell("")] * (len(head) - 1))
    number, name = _reference(report, anchor, part)
    return Table(
        caption=caption,
        head=tuple(head),
        cells=cells or (nothing,),
        numeric=frozenset(range(1, len(head)) if numeric is None else numeric),
        notes=tuple(notes) if cells else (),
        layout=tuple(layout) if cells else (),
        number=number,
        anchor=name,
        ids=ids,
        spread_over=spread_over,
        row_groups=row_groups and bool(cells),
    )


def _reference(report: Report, anchor: str, part: tuple[str, str] | None) -> tuple[str, str]:
    """Return number and anchor of a published table or its part; empty for other tables."""
    reference = references(report).get(anchor)
    if reference is None:
        return "", ""
    number, name = part or ("", "")
    whole = ".".join(filter(None, (str(reference.number), number)))
    return report.text("table.number", number=whole), "-".join(filter(None, (anchor, name)))


def _cell(cell: Cell | str) -> Cell:
    return Cell(cell) if isinstance(cell, str) else cell


def number_cell(report: Report, value: float, kind: str = "value") -> Cell:
    """Return a number in the notation of the report's language."""
    return Cell(report.text.number(value), {kind: value})


def count_cell(report: Report, row: Any) -> Cell:
    """Return a count, or the withheld mark."""
    return number_cell(report, row.value) if row.shown else Cell(WITHHELD)


def parts_of(row: Any, **kinds: str) -> dict[str, Part]:
    """Return the values of the given columns of a published row: column=kind; skip missing."""
    values = {kind: getattr(row, column) for column, kind in kinds.items()}
    return {kind: value for kind, value in values.items() if pd.notna(value)}


def k_of_n(report: Report, row: Any) -> Cell:
    """Return a count as 'k of n', with the percentage if it is published."""
    if not row.shown:
        return Cell(WITHHELD)
    counted = report.text("table.answers.of", k=row.value, n=row.respondents)
    parts = parts_of(row, value="count", respondents="of")
    if pd.isna(getattr(row, "percent", np.nan)):
        return Cell(counted, parts)
    limits = {"low": row.low, "high": row.high}
    text = report.text("table.answers.percent", counted=counted, percent=row.percent, **limits)
    return Cell(text, {**parts, "percent": row.percent, **limits})


def implementation_heads(report: Report, *names: str) -> list[str]:
    """Return column heads of the tables of measures, evidence and meetings."""
    return [report.text(f"table.implementation.{name}") for name in names]
