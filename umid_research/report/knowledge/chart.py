"""Draw knowledge before and after by question, and how many people took each step."""

from typing import Any

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    nothing_to_show,
    signed,
    with_notes,
    with_phone_version,
    withheld_note,
)
from umid_research.report.chart.labels import Label, label_of, marks_from
from umid_research.report.chart.style import (
    FAINT,
    POSITIVE,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    Scale,
    Series,
)
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.texts import limit_notes

_LABEL, _CHANGE, _NARROW_CHANGE, _PAD, _LEAST = 176.0, 84.0, 62.0, 7.0, 34.0
_BEFORE, _AFTER = Series("#8a8a8a", "circle", hollow=True), Series(POSITIVE[0], "circle")
_STEP, _PITCH, _BAR = 176.0, 20.0, 13.0


@with_phone_version
def plot_knowledge(canvas: Canvas, report: ActivityReport) -> Figure:
    """Draw the share of correct answers before and after, a line per question, and its change."""
    rows = report.frame("knowledge")
    if rows.empty:
        return nothing_to_show(report, canvas)
    rows = rows.assign(clear=is_clear(rows))
    rows = rows.iloc[(rows["question"] != "").argsort(kind="stable")]
    words = [(_BEFORE, "before"), (_AFTER, "after")]
    key = [(series, report.text(f"figure.knowledge.{name}")) for series, name in words]
    top = canvas.legend(0, 0, canvas.width, key)
    change = _NARROW_CHANGE if canvas.is_narrow else _CHANGE
    scale = Scale(0, 100, marks_from(canvas, _LABEL) + 16, canvas.width - change - 18)
    first = y = _heads(canvas, report, scale, top)
    labels = [_label(canvas, report, key) for key in rows["question"]]
    depths = [label.depth(_LEAST, spare=2 * _PAD) for label in labels]
    bottom = first + sum(depths)
    for value in range(0, 101, 25):
        x = scale.at(value)
        canvas.line((x, first), (x, bottom), RULE if value in (0, 100) else FAINT)
    for row, label, depth in zip(rows.itertuples(), labels, depths, strict=True):
        _draw_question(canvas, report, scale, row, label, y, depth)
        y += depth
    canvas.line((0, bottom), (canvas.width, bottom), RULE)
    withheld = withheld_note(report, any_withheld=not rows["shown"].all())
    return with_notes(
        report,
        canvas,
        bottom,
        caption=_caption(report, rows),
        alt=[_sentence(report, row) for row in rows.itertuples()],
        notes=[report.text("figure.knowledge.note"), *limit_notes(report, rows), *withheld],
    )


@with_phone_version
def plot_attrition(canvas: Canvas, report: ActivityReport) -> Figure:
    """Draw how many people took each step, from attending to knowing more, as bars."""
    rows = report.frame("attrition")
    if rows.empty:
        return nothing_to_show(report, canvas)
    most = rows["people"].max()
    start = marks_from(canvas, _STEP + 6)
    length = canvas.width - start - 40
    y = 2.0
    for row in rows.itertuples():
        label = label_of(canvas, report.text(f"activities.step.{row.step}"), _STEP)
        depth = label.depth(_PITCH, spare=4)
        middle = label.draw(canvas, y, depth)
        if row.shown and most:
            canvas.bar(start, middle, length, _BAR, FAINT)
            canvas.bar(start, middle, length * row.people / most, _BAR, POSITIVE[0])
        canvas.text(canvas.width, middle, _people(report, row), size=TEXT, align="right")
        y += depth
    alt = [
        report.text(
            "figure.knowledge.step",
            step=report.text(f"activities.step.{row.step}"),
            k=_people(report, row),
        )
        for row in rows.itertuples()
    ]
    withheld = withheld_note(report, any_withheld=not rows["shown"].all())
    caption = report.text("figure.knowledge.steps_caption")
    return with_notes(report, canvas, y, caption=caption, alt=alt, notes=withheld)


def _people(report: ActivityReport, row: Any) -> str:
    return report.text.number(int(row.people)) if row.shown else WITHHELD


def _caption(report: ActivityReport, rows: pd.DataFrame) -> str:
    shown = rows[rows["shown"]]
    if shown.empty:
        return report.text("figure.knowledge.caption_withheld")
    return report.text(
        "figure.knowledge.caption",
        n=int(shown["n"].max()),
        units=int(shown["municipalities"].max()),
    )


def _question(report: ActivityReport, key: str) -> str:
    if not key:
        return report.text("activities.all_questions")
    return report.name(report.definitions.questions[key].text)


def _heads(canvas: Canvas, report: ActivityReport, scale: Scale, top: float) -> float:
    y = top + SMALL
    for value in range(0, 101, 25):
        text = report.text("figure.knowledge.percent", value=value)
        canvas.text(scale.at(value), y, text, colour=QUIET, align="center")
    head = report.text("figure.knowledge.change")
    canvas.text(canvas.width, y, head, colour=QUIET, align="right")
    return top + 2 * SMALL


def _label(canvas: Canvas, report: ActivityReport, key: str) -> Label:
    weight: style.Weight = "normal" if key else "bold"
    return label_of(canvas, _question(report, key), _LABEL, weight=weight)


def _draw_question(
    canvas: Canvas,
    report: ActivityReport,
    scale: Scale,
    row: Any,
    label: Label,
    y: float,
    depth: float,
) -> None:
    canvas.line((0, y), (canvas.width, y), RULE)
    middle = label.draw(canvas, y, depth)
    if not row.shown:
        canvas.text(canvas.width, middle, WITHHELD, align="right")
        return
    before, after = (scale.at(value) for value in (row.before, row.after))
    canvas.line((before, middle), (after, middle), QUIET, width=1.6)
    canvas.mark(before, middle, _BEFORE, radius=4.2)
    canvas.mark(after, middle, _AFTER, radius=4.2)
    out = 8 if row.after >= row.before else -8
    aligns: tuple[style.Align, style.Align] = ("right", "left") if out > 0 else ("left", "right")
    canvas.text(before - out, middle, _percent(report, row.before), colour=QUIET, align=aligns[0])
    canvas.text(after + out, middle, _percent(report, row.after), align=aligns[1])
    change: style.Weight = "bold" if row.clear else "normal"
    has_limits = pd.notna(row.low)
    at = middle - 6 if has_limits else middle
    canvas.text(
        canvas.width, at, signed(report, row.change), size=TEXT, weight=change, align="right"
    )
    if has_limits:
        limits = {name: signed(report, getattr(row, name)) for name in ("low", "high")}
        text = report.text("figure.knowledge.interval", **limits)
        canvas.text(canvas.width, middle + 6, text, colour=QUIET, align="right")


def _percent(report: ActivityReport, value: float) -> str:
    return report.text.number(round(value))


def _sentence(report: ActivityReport, row: Any) -> str:
    """Return the numbers of a question in words."""
    name = _question(report, row.question)
    if not row.shown:
        return report.text("figure.withheld_sentence", name=name)
    limits = {name: signed(report, getattr(row, name)) for name in ("low", "high")}
    key = "sentence" if pd.notna(row.low) else "sentence_alone"
    return report.text(
        f"figure.knowledge.{key}",
        question=name,
        before=_percent(report, row.before),
        after=_percent(report, row.after),
        change=signed(report, row.change),
        **(limits if key == "sentence" else {}),
    )
