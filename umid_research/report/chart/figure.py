"""The Figure class and what all figures share: notes, series, intervals, the withheld mark."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.files import save
from umid_research.report.chart.rows import Axis, percent_axis
from umid_research.report.chart.style import NARROW, WIDTH, Series
from umid_research.report.chart.style import WITHHELD as WITHHELD
from umid_research.report.study_report import Report
from umid_research.report.topics import tables_named
from umid_research.study import Side

# MIME type of the phone version. Notebook viewers ignore a type that they do not know.
NARROW_TYPE = "image/vnd.umid.narrow+svg"
_WIDTHS: ContextVar[tuple[float, ...]] = ContextVar("widths", default=(WIDTH, NARROW))


@dataclass(frozen=True)
class Figure:
    """A drawing with its texts.

    `alt` lists all its numbers, `caption` says what it shows. `short` is the alternative text of
    a document that has the numbers in tables, "" if it has not. `narrow` is the version for a
    phone; drawings for slides and those made `for_paper_alone` have none. Drawings for slides have
    the chart itself and its notes, so that a program can draw it.
    """

    svg: str
    alt: str
    caption: str
    narrow: str | None = None
    short: str = ""
    form: "Form | None" = None
    notes: tuple[str, ...] = ()

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        data = {"image/svg+xml": self.svg, "text/plain": self.alt}
        if self.narrow:
            data[NARROW_TYPE] = self.narrow
        return data, {"image/svg+xml": {"alt": self.short or self.alt, "caption": self.caption}}

    def save(self, path: str | Path) -> Path:
        """Write the drawing to a .png, .svg or .pdf file, as wide as on paper; return the path.

        Raises ParameterError if the ending is another, or the folder does not exist.
        """
        return save(self.svg, path, width=WIDTH)

    def __repr__(self) -> str:
        return self.alt


class Form(Protocol):
    """A chart that can be drawn at any width."""

    def draw(self, canvas: Canvas) -> float:
        """Draw the chart at the top of the canvas; return its lower edge."""


@contextmanager
def for_paper_alone() -> Iterator[None]:
    """Draw charts without their version for a phone, where nobody can see it."""
    before = _WIDTHS.set((WIDTH,))
    try:
        yield
    finally:
        _WIDTHS.reset(before)


def figure_of(
    report: Report,
    form: Form,
    *,
    caption: str,
    alt: Iterable[str],
    notes: Sequence[str] = (),
    width: float | None = None,
    tables: Sequence[str] = (),
) -> Figure:
    """Return the chart with its notes and texts, drawn for paper and for a phone.

    With a `width` in points it is drawn once, at this width. `tables` have all numbers in `alt`.
    """
    mark = _mark(report)
    svg, *narrow = (
        _drawn(form, Canvas(points), [*notes, *mark])
        for points in ([width] if width else _WIDTHS.get())
    )
    on_phone = narrow[0] if narrow else None
    found = [str(one.number) for name in tables for one in tables_named(report, name)]
    elsewhere = (
        [report.text("figure.numbers_in", n=len(found), tables=report.text.listed(found))]
        if found
        else []
    )
    short = " ".join([caption, *elsewhere, *mark]) if elsewhere else ""
    return Figure(svg, " ".join([caption, *alt, *mark]), caption, on_phone, short)


def height_of(report: Report, form: Form, *, width: float, notes: Sequence[str] = ()) -> float:
    """Return the height in points at which the chart would be drawn, without its margins."""
    return round(_laid_out(form, Canvas(width), [*notes, *_mark(report)]), 6)  # as in a drawing


def _mark(report: Report) -> list[str]:
    return [report.text("mark")] if report.study.provenance == "simulated" else []


def _drawn(form: Form, canvas: Canvas, notes: Sequence[str]) -> str:
    return canvas.svg(_laid_out(form, canvas, notes))


def _laid_out(form: Form, canvas: Canvas, notes: Sequence[str]) -> float:
    bottom = form.draw(canvas)
    for note in notes:
        lines = style.wrapped(note, canvas.width)
        bottom = canvas.lines(0, bottom + 3, lines, colour=style.QUIET)
    return bottom + 4


def withheld_note(report: Report, *, any_withheld: bool) -> list[str]:
    """Return the note on the withheld mark, if the mark was drawn."""
    if not any_withheld:
        return []
    return [
        report.text("figure.withheld_note", mark=WITHHELD, reason=report.text("withheld_reason"))
    ]


def unscored_note(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return a note that lists the dimensions without any row in the given scores."""
    scored = set(rows["dimension"])
    without = [
        report.dimension(key) for key in report.questionnaire.dimensions if key not in scored
    ]
    if not without:
        return []
    return [report.text("figure.unscored", dimensions=report.text.listed(without))]


def group_series(report: Report) -> dict[str, Series]:
    """Return the series of every group of the study; it does not depend on the figure."""
    return style.series_of(report.study.groups)


def side_series(report: Report) -> dict[Side, Series]:
    """Return the series of each side: that of its first group, unless groups have letters."""
    every: tuple[Side, ...] = ("demand", "supply")
    leads = {side: groups[0] for side in every if (groups := report.study.groups_on(side))}
    series = group_series(report)
    if any(drawn.letter for drawn in series.values()):
        return dict(zip(leads, style.series_of(leads).values(), strict=True))
    return {side: series[lead] for side, lead in leads.items()}


def signed(report: Report, value: float) -> str:
    """Format a difference with its sign; zero has no sign, a missing value is empty."""
    if pd.isna(value):
        return ""
    return report.text.signed(value) if value else report.text.number(0)


@dataclass(frozen=True)
class _Text:
    text: str

    def draw(self, canvas: Canvas) -> float:
        lines = style.wrapped(self.text, canvas.width, size=style.TEXT)
        return canvas.lines(0, 0, lines, size=style.TEXT)


def nothing_to_show(report: Report) -> Figure:
    """Return a figure that says there is nothing to draw, for instance no groups to compare."""
    text = report.text("figure.nothing")
    return figure_of(report, _Text(text), caption=text, alt=[])


def limits_of(row: Any) -> tuple[float, float] | None:
    """Return the limits of a row's interval, if it is published."""
    return None if pd.isna(row.low) or pd.isna(row.high) else (row.low, row.high)


def score_axis(report: Report) -> Axis:
    """Return the scale of scores, from 0 to 100."""
    return percent_axis([report.text.number(value) for value in range(0, 101, 25)])


def dimension_sentence(report: Report, label: str, values: list[str]) -> str:
    """Return the numbers of a dimension in one sentence."""
    return report.text("figure.dimension", dimension=label, values=report.text.listed(values))


def base(report: Report) -> dict[str, int]:
    """Return the number of respondents and units of the whole study, for captions."""
    everybody = report.rows("field_work")
    total = everybody[everybody[["group", "district", "locality"]].isna().all(axis=1)]
    return {"n": int(total["respondents"].iloc[0]), "units": int(total["units"].iloc[0])}
