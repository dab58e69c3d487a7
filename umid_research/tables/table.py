"""Rows of finished text under a caption, and what the tables have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from umid_research.figures.figure import WITHHELD
from umid_research.report import Report


@dataclass(frozen=True)
class Table:
    """Rows of finished text; the first column heads its row, `numeric` names number columns."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int]
    notes: tuple[str, ...] = field(default=())

    def _repr_html_(self) -> str:
        heads = "".join(
            f'<th scope="col"{self._class(place)}>{escape(text)}</th>'
            for place, text in enumerate(self.head)
        )
        rows = "\n".join(f"<tr>{self._cells(row)}</tr>" for row in self.rows)
        notes = "".join(f'\n<p class="note">{escape(note)}</p>' for note in self.notes)
        return (
            f"<table>\n<caption>{escape(self.caption)}</caption>\n"
            f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>{notes}"
        )

    def _cells(self, row: Sequence[str]) -> str:
        first, *others = row
        cells = "".join(
            f"<td{self._class(place)}>{escape(text)}</td>"
            for place, text in enumerate(others, start=1)
        )
        return f'<th scope="row">{escape(first)}</th>{cells}'

    def _class(self, place: int) -> str:
        return ' class="num"' if place in self.numeric else ""

    def __repr__(self) -> str:
        lines = [self.caption, *(" | ".join(row) for row in (self.head, *self.rows)), *self.notes]
        return "\n".join(lines)


def worded(
    report: Report,
    key: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    *,
    numeric: Iterable[int] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table whose caption and heads are named in the catalogue."""
    return grid(
        report,
        report.text(f"table.{key}.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        rows,
        numeric=numeric,
        notes=notes,
    )


def grid(
    report: Report,
    caption: str,
    head: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    *,
    numeric: Iterable[int] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table whose columns after the first are numbers; without rows it says there are none."""
    nothing = (report.text("table.none"), *([""] * (len(head) - 1)))
    return Table(
        caption=caption,
        head=tuple(head),
        rows=tuple(rows) or (nothing,),
        numeric=frozenset(range(1, len(head)) if numeric is None else numeric),
        notes=tuple(notes) if rows else (),
    )


def count_cell(report: Report, row: Any) -> str:
    """A count as a number, or the mark of what is withheld."""
    return report.text.number(row.value) if row.shown else WITHHELD


def k_of_n(report: Report, row: Any) -> str:
    """So many of so many, with the percentage where that is precise enough."""
    if not row.shown:
        return WITHHELD
    counted = report.text("table.answers.of", k=row.value, n=row.respondents)
    if pd.isna(row.percent):
        return counted
    limits = {"low": row.low, "high": row.high}
    return report.text("table.answers.percent", counted=counted, percent=row.percent, **limits)


def implementation_heads(report: Report, *names: str) -> list[str]:
    """Column heads of the tables of measures, evidence and meetings."""
    return [report.text(f"table.implementation.{name}") for name in names]
