"""Draw the scored questions of a dimension as diverging bars with a legend of the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from umid_research.errors import ParameterError
from umid_research.report.answers.bars import (
    GAP,
    Bar,
    By,
    ScalePoles,
    bars_of,
    check_by,
    counted_note,
    draw_withheld,
    everybody,
    poles_of,
    sentence,
    unweighted_note,
)
from umid_research.report.answers.diverging import (
    Columns,
    colours_of,
    columns_of,
    draw_row,
    draw_zero,
)
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    Figure,
    nothing_to_show,
    with_notes,
    with_phone_version,
    withheld_note,
)
from umid_research.report.chart.style import LEADING, QUIET, TEXT, Series
from umid_research.report.study_report import Report
from umid_research.study.questionnaire import Question


@dataclass(frozen=True)
class _Item:
    """A question with its bars."""

    question: Question
    scale: ScalePoles
    bars: tuple[Bar, ...]


@with_phone_version
def plot_answers(canvas: Canvas, report: Report, dimension: str, *, by: By | None = None) -> Figure:
    """Draw the answers to the scored questions of a dimension, question by question.

    Raise ParameterError for a dimension without scored questions.
    """
    if dimension not in report.questionnaire.dimensions:
        raise ParameterError(
            "no question is scored into this dimension",
            found=dimension,
            possible=report.questionnaire.dimensions,
        )
    check_by(by)
    questions = report.questionnaire.items(dimension)
    items = [_Item(q, poles_of(q), tuple(bars_of(report, q, by))) for q in questions]
    items = [item for item in items if item.bars]
    if not items:
        return nothing_to_show(report, canvas)
    columns = columns_of(
        canvas, report, [(item.scale, bar) for item in items for bar in item.bars], by
    )
    bottom = 0.0
    for _, block in groupby(items, key=lambda item: _wordings(report, item)):
        bottom = _draw_block(canvas, report, list(block), columns, bottom)
    bars = [bar for item in items for bar in item.bars]
    turned = any(item.question.reverse for item in items)
    notes = [report.text("figure.answers.turned")] if turned else []
    notes += unweighted_note(report)
    notes += withheld_note(report, any_withheld=any(bar.counts is None for bar in bars))
    return with_notes(
        report,
        canvas,
        bottom,
        caption=_caption(report, dimension, by, questions, bars),
        alt=[
            *(sentence(report, item.question, bar) for item in items for bar in item.bars),
            *unweighted_note(report),
        ],
        notes=notes,
    )


def _caption(
    report: Report,
    dimension: str,
    by: By | None,
    questions: Sequence[Question],
    bars: Sequence[Bar],
) -> str:
    alone = by == "district" and report.district is not None
    n = max(bar.n for bar in bars) if by is None or alone else everybody(report, questions)
    caption = report.text(
        f"figure.answers.caption_{'one_district' if alone else by or 'all'}",
        dimension=report.dimension(dimension),
        district=report.district_name(report.district) if report.district else "",
        n=n,
    )
    return " ".join([caption, *counted_note(report, questions)])


def _wordings(report: Report, item: _Item) -> tuple[tuple[str, ...], ...]:
    """Return the texts of the legend; questions with equal texts share one legend."""
    scale, name = item.scale, item.question.name
    parts = (scale.negative, scale.middle, scale.positive)
    return tuple(tuple(report.answer(name, code) for code in part) for part in parts)


def _draw_block(
    canvas: Canvas, report: Report, items: Sequence[_Item], columns: Columns, top: float
) -> float:
    """Draw the questions that share one legend; return their lower edge."""
    if top:
        top += GAP
    if any(bar.counts for item in items for bar in item.bars):
        top = _draw_legend(canvas, report, items[0], columns, top) + 2
    for item in items:
        wording = report.question(item.question.name)
        if item.question.reverse:
            wording = report.text("figure.answers.turned_question", question=wording)
        top = _draw_question(canvas, report, wording, item.bars, top + GAP / 2) + 2
        start = top
        for bar in item.bars:
            top = draw_row(canvas, report, item.scale, bar, columns, top)
        if top > start and not canvas.is_narrow:
            draw_zero(canvas, columns, start, top)
        top = draw_withheld(canvas, report, item.bars, top) + GAP / 2
    return top


def _draw_question(
    canvas: Canvas, report: Report, wording: str, bars: Sequence[Bar], top: float
) -> float:
    """Draw a question's wording; on a phone, also the base of a bar without a label."""
    lone = [bar for bar in bars if canvas.is_narrow and bar.counts and not bar.label]
    base = report.text("figure.n", n=lone[0].n) if lone else ""
    room = canvas.width - (style.text_width(base) + GAP if base else 0)
    bottom = canvas.lines(0, top, style.wrapped(wording, room, size=TEXT), size=TEXT)
    if base:
        y = bottom - TEXT * LEADING / 2
        canvas.text(canvas.width, y, base, colour=QUIET, align="right")
    return bottom


def _draw_legend(
    canvas: Canvas, report: Report, item: _Item, columns: Columns, top: float
) -> float:
    """Draw the legend of the answers and the heads of the middle and unscored columns."""
    name, scale = item.question.name, item.scale
    colours = colours_of(scale)
    entries = [
        (Series(colours[code], "swatch"), report.answer(name, code))
        for code in (*scale.negative, *scale.positive)
    ]
    head = max(columns.middle_left - GAP, 0)
    ends = [canvas.legend(0, top, head, entries)]
    if columns.middle and scale.middle:
        text = report.text.listed(report.answer(name, code) for code in scale.middle)
        lines = style.wrapped(text, columns.unscored_left - columns.middle_left - GAP)
        ends.append(canvas.lines(columns.middle_left, top + 1, lines, colour=QUIET))
    if columns.unscored:
        room = canvas.width - columns.unscored_left - columns.base
        lines = style.wrapped(report.text("figure.answers.beside"), room)
        ends.append(canvas.lines(columns.unscored_left, top + 1, lines, colour=QUIET))
    return max(ends)
