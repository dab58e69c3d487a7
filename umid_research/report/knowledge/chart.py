"""The charts of knowledge: before and after by question, and how many took each step."""

from typing import Any

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    figure_of,
    limits_of,
    nothing_to_show,
    signed,
    withheld_note,
)
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Cell, Line, Row, Rows, percent_axis
from umid_research.report.chart.stacked import Bars, Column
from umid_research.report.chart.style import POSITIVE, QUIET, SMALL, Series
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.differences.text import limit_notes

_BEFORE, _AFTER = Series("#8a8a8a", "circle", hollow=True), Series(POSITIVE[0], "circle")


def plot_knowledge(report: ActivityReport) -> Figure:
    """Draw the share of correct answers before and after, a line per question, and its change."""
    rows = report.frame("knowledge")
    if rows.empty:
        return nothing_to_show(report)
    rows = rows.assign(clear=is_clear(rows))
    rows = rows.iloc[(rows["question"] != "").argsort(kind="stable")]
    percents = [report.text("figure.knowledge.percent", value=v) for v in range(0, 101, 25)]
    shown = rows[rows["shown"]]
    caption = report.text("figure.knowledge.caption_withheld")
    if len(shown):
        n, units = int(shown["n"].max()), int(shown["municipalities"].max())
        caption = report.text("figure.knowledge.caption", n=n, units=units)
    return figure_of(
        report,
        Rows(
            percent_axis(percents),
            [_row(report, row) for row in rows.itertuples()],
            legend=[
                (_BEFORE, report.text("figure.knowledge.before")),
                (_AFTER, report.text("figure.knowledge.after")),
            ],
            heads=[report.text("figure.knowledge.change")],
            names=176,
            size=SMALL,
            link=QUIET,
        ),
        caption=caption,
        alt=[_sentence(report, row) for row in rows.itertuples()],
        tables=["knowledge"],
        notes=[
            report.text("figure.knowledge.note"),
            *limit_notes(report, rows),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def plot_attrition(report: ActivityReport) -> Figure:
    """Draw how many people took each step, from attending to knowing more, as bars."""
    rows = report.frame("attrition")
    if rows.empty:
        return nothing_to_show(report)
    names = [report.text(f"activities.step.{step}") for step in rows["step"]]
    counts = [int(row.people) if row.shown else None for row in rows.itertuples()]
    texts = [WITHHELD if k is None else report.text.number(k) for k in counts]
    most = max((k for k in counts if k is not None), default=0)
    return figure_of(
        report,
        Bars(names, [POSITIVE[0]] * len(rows), [Column(most, counts, texts)]),
        caption=report.text("figure.knowledge.steps_caption"),
        alt=[
            report.text("figure.knowledge.step", step=name, k=text)
            for name, text in zip(names, texts, strict=True)
        ],
        notes=withheld_note(report, any_withheld=not rows["shown"].all()),
    )


def _row(report: ActivityReport, row: Any) -> Row:
    name, is_total = _question(report, row.question), not row.question
    if not row.shown:
        return Row(name, [Line(cells=[Cell(WITHHELD)])], is_total=is_total)
    numbers = _numbers(report, row)
    marks = [
        Mark(_BEFORE, row.before, text=numbers["before"]),
        Mark(_AFTER, row.after, text=numbers["after"]),
    ]
    below = report.text("figure.knowledge.interval", **numbers) if limits_of(row) else ""
    cell = Cell(numbers["change"], below, is_bold=bool(row.clear))
    return Row(name, [Line(marks, [cell])], is_total=is_total)


def _question(report: ActivityReport, key: str) -> str:
    if not key:
        return report.text("activities.all_questions")
    return report.name(report.definitions.questions[key].text)


def _numbers(report: ActivityReport, row: Any) -> dict[str, str]:
    """Return the numbers of a question as they are drawn."""
    shares = {name: report.text.number(round(getattr(row, name))) for name in ("before", "after")}
    return shares | {name: signed(report, getattr(row, name)) for name in ("change", "low", "high")}


def _sentence(report: ActivityReport, row: Any) -> str:
    """Return the numbers of a question in words."""
    name = _question(report, row.question)
    if not row.shown:
        return report.text("figure.withheld_sentence", name=name)
    key = "sentence" if pd.notna(row.low) else "sentence_alone"
    return report.text(f"figure.knowledge.{key}", question=name, **_numbers(report, row))
