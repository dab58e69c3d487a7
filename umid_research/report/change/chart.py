"""The chart of change: each topic's score in both rounds, and the change beside it."""

from typing import Any

from umid_research.report.change.change_report import ChangeReport
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    figure_of,
    limits_of,
    nothing_to_show,
    score_axis,
    signed,
    withheld_note,
)
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Cell, Line, Row, Rows
from umid_research.report.chart.style import POSITIVE, QUIET, SMALL, Series
from umid_research.report.differences.comparisons import is_clear

_EARLIER, _LATER = Series("#8a8a8a", "circle", hollow=True), Series(POSITIVE[0], "circle")


def plot_change(report: ChangeReport, group: str) -> Figure:
    """Draw the scores of a group in both rounds, a line per dimension; blank is all groups."""
    rows = report.changes[report.changes["group"] == group]
    if rows.empty:
        return nothing_to_show(report)
    rows = rows.assign(clear=is_clear(rows))
    places = rows["places"].dropna()
    return figure_of(
        report,
        Rows(
            score_axis(report),
            [_row(report, row) for row in rows.itertuples()],
            legend=[(_EARLIER, report.rounds["before"]), (_LATER, report.rounds["after"])],
            heads=[report.text("figure.knowledge.change")],
            names=176,
            size=SMALL,
            link=QUIET,
        ),
        caption=report.text(
            "change.caption",
            group=report.group_name(group),
            n=int(places.max()) if len(places) else 0,
            **report.rounds,
        ),
        alt=[_sentence(report, row) for row in rows.itertuples()],
        notes=[
            report.text("change.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _row(report: ChangeReport, row: Any) -> Row:
    name, is_total = report.dimension(row.dimension), row.dimension == "index"
    if not row.shown:
        return Row(name, [Line(cells=[Cell(WITHHELD)])], is_total=is_total)
    numbers = _numbers(report, row)
    marks = [
        Mark(_EARLIER, row.earlier, text=numbers["earlier"]),
        Mark(_LATER, row.later, text=numbers["later"]),
    ]
    below = report.text("figure.knowledge.interval", **numbers) if limits_of(row) else ""
    cell = Cell(numbers["change"], below, is_bold=bool(row.clear))
    return Row(name, [Line(marks, [cell])], is_total=is_total)


def _numbers(report: ChangeReport, row: Any) -> dict[str, str]:
    means = {name: report.text.number(getattr(row, name)) for name in ("earlier", "later")}
    return means | {name: signed(report, getattr(row, name)) for name in ("change", "low", "high")}


def _sentence(report: ChangeReport, row: Any) -> str:
    name = report.dimension(row.dimension)
    if not row.shown:
        return report.text("figure.withheld_sentence", name=name)
    key = "sentence" if limits_of(row) else "sentence_alone"
    return report.text(f"change.{key}", dimension=name, **_numbers(report, row))
