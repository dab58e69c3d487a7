"""Draw how many people gave each answer to one question.

Each bar lies on a pale bar for all who answered. Over everybody, each answer is a row with
`k of n`; by group or district, each group or district is a column of bars.
"""

import math
from collections.abc import Sequence

from umid_research.report.answers.bars import (
    BAR,
    GAP,
    PITCH,
    Bar,
    By,
    bars_of,
    counted_note,
    draw_withheld,
    everybody,
    published_question,
    sentence,
    unweighted_note,
)
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    nothing_to_show,
    with_notes,
    with_phone_version,
    withheld_note,
)
from umid_research.report.chart.labels import label_of, marks_from
from umid_research.report.chart.style import LEADING, QUIET, SMALL, TEXT
from umid_research.report.study_report import Report
from umid_research.study.questionnaire import Question

_CHOICE = 190.0
_COUNT = 64.0
_PANELS, _NARROW_PANELS = 4, 3


@with_phone_version
def plot_counts(canvas: Canvas, report: Report, question: str, *, by: By | None = None) -> Figure:
    """Draw how many of those who answered a question with choices gave each answer.

    Raise ParameterError for a question without choices or one that is not published by `by`.
    """
    asked = published_question(report, question, by)
    bars = list(bars_of(report, asked, by))
    if not bars:
        return nothing_to_show(report, canvas)
    wording = style.wrapped(report.question(question), canvas.width, size=TEXT, weight="bold")
    bottom = canvas.lines(0, 0, wording, size=TEXT, weight="bold") + 4
    if by is None:
        bottom = _draw_counts(canvas, report, asked, bars[0], bottom)
    else:
        bottom = _draw_counts_by(canvas, report, asked, bars, bottom)
    hidden = any(bar.counts is None or len(bar.counts) < len(asked.answers) for bar in bars)
    several = asked.kind == "select_multiple"
    notes = [report.text("figure.counts.several")] if several else []
    notes += unweighted_note(report)
    notes += withheld_note(report, any_withheld=hidden)
    caption = report.text(f"figure.counts.caption_{by or 'all'}", n=everybody(report, [asked]))
    caption = " ".join([caption, *counted_note(report, [asked])])
    return with_notes(
        report,
        canvas,
        bottom,
        caption=caption,
        alt=[*(sentence(report, asked, bar) for bar in bars), *unweighted_note(report)],
        notes=notes,
    )


def _draw_counts(canvas: Canvas, report: Report, question: Question, bar: Bar, top: float) -> float:
    """Draw a row per answer: its bar on a pale bar for all who answered, and `k of n`."""
    start = marks_from(canvas, _CHOICE + 6)
    length = canvas.width - start - _COUNT
    for code in question.answers:
        y, top = _draw_choice(canvas, report, question, code, top)
        if bar.counts is None or code not in bar.counts:
            canvas.text(canvas.width, y, WITHHELD, align="right")
            continue
        canvas.bar(start, y, length, BAR, style.FAINT)
        if bar.counts[code]:
            colour = _count_colour(report, question, code)
            canvas.bar(start, y, length * bar.counts[code] / bar.n, BAR, colour)
        text = report.text("figure.counts.of", k=bar.counts[code], n=bar.n)
        canvas.text(canvas.width, y, text, align="right")
    return top


def _draw_counts_by(
    canvas: Canvas, report: Report, question: Question, bars: Sequence[Bar], top: float
) -> float:
    """Draw one column of bars per group or district, in as many rows of columns as needed."""
    shown = [bar for bar in bars if bar.counts]
    panels = _NARROW_PANELS if canvas.is_narrow else _PANELS
    rows_of_columns = max(math.ceil(len(shown) / panels), 1)
    size = math.ceil(len(shown) / rows_of_columns)
    for start in range(0, len(shown), max(size, 1)):
        band = shown[start : start + size]
        top = _draw_panels(canvas, report, question, band, size, top) + GAP
    return draw_withheld(canvas, report, bars, top)


def _draw_panels(
    canvas: Canvas,
    report: Report,
    question: Question,
    bars: Sequence[Bar],
    size: int,
    top: float,
) -> float:
    """Draw columns side by side, each as wide as one of `size` columns."""
    left = marks_from(canvas, _CHOICE + GAP)
    width = (canvas.width - left + GAP) / size - GAP
    lefts = [left + place * (width + GAP) for place in range(len(bars))]
    heads = [style.wrapped(bar.label or "", width) for bar in bars]
    base = top + max(len(lines) for lines in heads) * SMALL * LEADING
    for x, lines, bar in zip(lefts, heads, bars, strict=True):
        canvas.lines(x, base - len(lines) * SMALL * LEADING, lines)
        text = report.text("figure.n", n=bar.n)
        canvas.text(x, base + SMALL * LEADING / 2, text, colour=QUIET)
    top = base + SMALL * LEADING + 3
    for code in question.answers:
        y, top = _draw_choice(canvas, report, question, code, top)
        colour = _count_colour(report, question, code)
        for x, bar in zip(lefts, bars, strict=True):
            _draw_cell(canvas, report, bar, code, colour, (x, width), y)
    return top


def _draw_choice(
    canvas: Canvas, report: Report, question: Question, code: str, top: float
) -> tuple[float, float]:
    """Draw an answer's wording; return the middle of its bars and its lower edge."""
    label = label_of(canvas, report.answer(question.name, code), _CHOICE)
    depth = label.depth(PITCH, spare=3)
    return label.draw(canvas, top, depth), top + depth


def _draw_cell(
    canvas: Canvas,
    report: Report,
    bar: Bar,
    code: str,
    colour: str,
    place: tuple[float, float],
    y: float,
) -> None:
    """Draw a bar on a pale bar for all people of the column, and its number."""
    left, width = place
    if bar.counts is None or code not in bar.counts:
        canvas.text(left + width, y, WITHHELD, align="right")
        return
    length = width - style.text_width(report.text.number(bar.n)) - 5
    canvas.bar(left, y, length, BAR, style.FAINT)
    if bar.counts[code]:
        canvas.bar(left, y, length * bar.counts[code] / bar.n, BAR, colour)
    canvas.text(left + width, y, report.text.number(bar.counts[code]), align="right")


def _count_colour(report: Report, question: Question, code: str) -> str:
    missing = {other for codes in report.study.missing.values() for other in codes}
    return style.MIDDLE if code in missing else style.POSITIVE[0]
