"""The Figure class and what all figures share: notes, series, intervals, the withheld mark."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pandas as pd

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.style import NARROW, WIDTH, Scale, Series
from umid_research.report.study_report import Report
from umid_research.study import Side

# Replaces a withheld number in figures and tables, in every language.
WITHHELD = "×"
# MIME type of the phone version. Notebook viewers ignore a type that they do not know.
NARROW_TYPE = "image/vnd.umid.narrow+svg"
P = ParamSpec("P")


@dataclass(frozen=True)
class Figure:
    """A drawing with its texts.

    `alt` lists all its numbers, `caption` says what it shows. `narrow` is the version for a
    phone; drawings for slides have none.
    """

    svg: str
    alt: str
    caption: str
    narrow: str | None = None

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        data = {"image/svg+xml": self.svg, "text/plain": self.alt}
        if self.narrow:
            data[NARROW_TYPE] = self.narrow
        return data, {"image/svg+xml": {"alt": self.alt, "caption": self.caption}}

    def __repr__(self) -> str:
        return self.alt


def with_phone_version(plot: Callable[Concatenate[Canvas, P], Figure]) -> Callable[P, Figure]:
    """Return the plot without its canvas parameter, drawn at paper width and for a phone."""

    @wraps(plot)
    def both(*given: P.args, **named: P.kwargs) -> Figure:
        wide, narrow = (plot(Canvas(width), *given, **named) for width in (WIDTH, NARROW))
        return replace(wide, narrow=narrow.svg)

    signature = inspect.signature(plot)
    _, *without_canvas = signature.parameters.values()
    both.__signature__ = signature.replace(parameters=without_canvas)  # type: ignore[attr-defined]
    return both


def with_notes(
    report: Report,
    canvas: Canvas,
    bottom: float,
    *,
    caption: str,
    alt: Iterable[str],
    notes: Sequence[str] = (),
) -> Figure:
    """Draw the notes below `bottom`, mark a simulated study, and return the figure."""
    is_simulated = report.study.provenance == "simulated"
    mark = [report.text("mark")] if is_simulated else []
    for note in [*notes, *mark]:
        lines = style.wrapped(note, canvas.width)
        bottom = canvas.lines(0, bottom + 3, lines, colour=style.QUIET)
    return Figure(svg=canvas.svg(bottom + 4), alt=" ".join([caption, *alt, *mark]), caption=caption)


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


def nothing_to_show(report: Report, canvas: Canvas) -> Figure:
    """Return a figure that says there is nothing to draw, for instance no groups to compare."""
    text = report.text("figure.nothing")
    lines = style.wrapped(text, canvas.width, size=style.TEXT)
    bottom = canvas.lines(0, 0, lines, size=style.TEXT)
    return with_notes(report, canvas, bottom, caption=text, alt=[])


def draw_interval(canvas: Canvas, scale: Scale, row: Any, y: float, colour: str) -> None:
    """Draw the interval of a row as a line, if it is published."""
    if pd.notna(row.low) and pd.notna(row.high):
        canvas.line((scale.at(row.low), y), (scale.at(row.high), y), colour, width=1.6)


def dimension_sentence(report: Report, label: str, values: list[str]) -> str:
    """Return the numbers of a dimension in one sentence."""
    return report.text("figure.dimension", dimension=label, values=report.text.listed(values))


def base(report: Report) -> dict[str, int]:
    """Return the number of respondents and units of the whole study, for captions."""
    everybody = report.rows("field_work")
    total = everybody[everybody[["group", "district", "locality"]].isna().all(axis=1)]
    return {"n": int(total["respondents"].iloc[0]), "units": int(total["units"].iloc[0])}
