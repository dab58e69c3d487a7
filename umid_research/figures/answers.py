"""The scored questions of a dimension as diverging bars.

A bar's length is the share of those who answered; the number in it is people. The answers scored
below the middle of the scale stand to the left and those above it to the right, whichever way the
question is worded. A middle answer takes no side and stands in a column of its own, and so do
those who don't know or refuse: neither moves the bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from umid_research import style
from umid_research.canvas import Canvas
from umid_research.errors import ParameterError
from umid_research.figures.bars import (
    BAR,
    GAP,
    PITCH,
    Bar,
    By,
    Sides,
    bars_of,
    check_by,
    draw_withheld,
    everybody,
    sentence,
    sides_of,
)
from umid_research.figures.figure import (
    Figure,
    finished,
    nothing_to_show,
    withheld_note,
)
from umid_research.questionnaire import Question
from umid_research.report import Report
from umid_research.style import LEADING, QUIET, SMALL, TEXT, WIDTH, Series

_LEAST_COLUMN = 64.0


@dataclass(frozen=True)
class _Item:
    """A question with its bars."""

    question: Question
    scale: Sides
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class _Columns:
    """Where the parts of diverging bars stand; `unit` is the length of all who answered.

    `margin` has room for a number at the end of a bar.
    """

    left: float
    margin: float
    unit: float
    low: float
    high: float
    middle: float
    beside: float

    @cached_property
    def zero(self) -> float:
        return self.left + self.margin + self.low * self.unit

    @cached_property
    def middle_left(self) -> float:
        return self.zero + self.high * self.unit + self.margin + GAP

    @cached_property
    def beside_left(self) -> float:
        column = max(self.middle * self.unit, _LEAST_COLUMN) + GAP if self.middle else 0.0
        return self.middle_left + column


def plot_answers(report: Report, dimension: str, *, by: By | None = None) -> Figure:
    """The answers to the scored questions of a dimension, question by question.

    Raises ParameterError for a dimension into which nothing is scored.
    """
    if dimension not in report.questionnaire.dimensions:
        raise ParameterError(
            "no question is scored into this dimension",
            found=dimension,
            possible=report.questionnaire.dimensions,
        )
    check_by(by)
    questions = report.questionnaire.items(dimension)
    items = [_Item(q, sides_of(q), tuple(bars_of(report, q, by))) for q in questions]
    items = [item for item in items if item.bars]
    if not items:
        return nothing_to_show(report)
    canvas = Canvas()
    columns = _columns(report, [(item.scale, bar) for item in items for bar in item.bars], by)
    bottom = 0.0
    for _, block in groupby(items, key=lambda item: _wordings(report, item)):
        bottom = _draw_block(canvas, report, list(block), columns, bottom)
    bars = [bar for item in items for bar in item.bars]
    turned = any(item.question.reverse for item in items)
    notes = [report.text("figure.answers.turned")] if turned else []
    notes += withheld_note(report, any_withheld=any(bar.counts is None for bar in bars))
    return finished(
        report,
        canvas,
        bottom,
        caption=_caption(report, dimension, by, questions, bars),
        alt=[sentence(report, item.question, bar) for item in items for bar in item.bars],
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
    return report.text(
        f"figure.answers.caption_{'one_district' if alone else by or 'all'}",
        dimension=report.dimension(dimension),
        district=report.district_name(report.district) if report.district else "",
        n=n,
    )


def _columns(report: Report, bars: Sequence[tuple[Sides, Bar]], by: By | None) -> _Columns:
    """One unit of length for all parts, so that bars may be compared across columns.

    The unit is the largest at which both sides, the middle and those beside fit the width; the
    two columns are never narrower than their heads need.
    """
    low, high, middle, beside = (
        max(bar.share(getattr(scale, part)) for scale, bar in bars)
        for part in ("negative", "positive", "middle", "beside")
    )
    left = _label_width([bar for _, bar in bars]) if by else 0.0
    base = _base_width(report, [bar for _, bar in bars])
    numbers = [count for _, bar in bars for count in (bar.counts or {}).values()]
    margin = style.text_width(report.text.number(max(numbers, default=0))) + 3
    room = WIDTH - left - 2 * margin - 2 * GAP - base
    columns = [share for share in (middle, beside) if share]
    units = []
    for wide in ([], *([share] for share in columns), columns):
        narrow = len(columns) - len(wide)
        total = low + high + sum(wide)
        if total:
            units.append((room - narrow * _LEAST_COLUMN) / total)
    unit = min(units, default=room)
    return _Columns(left, margin, unit, low, high, middle, beside)


def _base_width(report: Report, bars: Sequence[Bar]) -> float:
    return style.text_width(report.text("figure.n", n=max(bar.n for bar in bars))) + 8


def _label_width(bars: Sequence[Bar]) -> float:
    widest = max(style.text_width(bar.label or "") for bar in bars)
    return min(widest, 150.0) + 4


def _wordings(report: Report, item: _Item) -> tuple[tuple[str, ...], ...]:
    """What the key must say; questions that share it stand under one key."""
    scale, name = item.scale, item.question.name
    parts = (scale.negative, scale.middle, scale.positive)
    return tuple(tuple(report.answer(name, code) for code in part) for part in parts)


def _draw_block(
    canvas: Canvas, report: Report, items: Sequence[_Item], columns: _Columns, top: float
) -> float:
    """The questions that share one key; returns where they end."""
    if top:
        top += GAP
    if any(bar.counts for item in items for bar in item.bars):
        top = _draw_key(canvas, report, items[0], columns, top) + 2
    for item in items:
        wording = report.question(item.question.name)
        if item.question.reverse:
            wording = report.text("figure.answers.turned_question", question=wording)
        lines = style.wrapped(wording, WIDTH, size=TEXT)
        top = canvas.lines(0, top + GAP / 2, lines, size=TEXT) + 2
        start = top
        for bar in item.bars:
            top = _draw_row(canvas, report, item.scale, bar, columns, top)
        if top > start:
            canvas.line((columns.zero, start), (columns.zero, top), style.INK, width=0.8)
        top = draw_withheld(canvas, report, item.bars, top) + GAP / 2
    return top


def _draw_key(canvas: Canvas, report: Report, item: _Item, columns: _Columns, top: float) -> float:
    """The answers in their colours, and the heads of the two columns beside."""
    name, scale = item.question.name, item.scale
    colours = _colours(scale)
    entries = [
        (Series(colours[code], "swatch"), report.answer(name, code))
        for code in (*scale.negative, *scale.positive)
    ]
    head = max(columns.middle_left - GAP, 0)
    ends = [canvas.key(0, top, head, entries)]
    if columns.middle and scale.middle:
        text = report.text.listed(report.answer(name, code) for code in scale.middle)
        lines = style.wrapped(text, columns.beside_left - columns.middle_left - GAP)
        ends.append(canvas.lines(columns.middle_left, top + 1, lines, colour=QUIET))
    if columns.beside:
        base = _base_width(report, item.bars)
        room = WIDTH - columns.beside_left - base
        lines = style.wrapped(report.text("figure.answers.beside"), room)
        ends.append(canvas.lines(columns.beside_left, top + 1, lines, colour=QUIET))
    return max(ends)


def _draw_row(
    canvas: Canvas, report: Report, scale: Sides, bar: Bar, columns: _Columns, top: float
) -> float:
    """One bar with its name to the left and its base to the right."""
    if bar.counts is None:
        return top
    lines = style.wrapped(bar.label or "", columns.left or WIDTH)
    depth = max(PITCH, len(lines) * SMALL * LEADING)
    y = top + depth / 2
    if bar.label:
        canvas.lines(0, y - len(lines) * SMALL * LEADING / 2, lines)
    counts, colours = bar.counts, _colours(scale)
    left = columns.zero - bar.share(scale.negative) * columns.unit
    _draw_parts(canvas, report, bar, columns, left, y, (*scale.negative, *scale.positive), colours)
    for codes, x, colour in (
        (scale.middle, columns.middle_left, style.MIDDLE),
        (scale.beside, columns.beside_left, style.BESIDE),
    ):
        count = sum(counts[code] for code in codes)
        if count:
            width = count / bar.n * columns.unit
            canvas.bar(x, y, width, BAR, colour)
            _number(canvas, report, count, x, width, y, style.INK)
    base = report.text("figure.n", n=bar.n)
    canvas.text(WIDTH, y, base, colour=QUIET, align="right")
    return top + depth


def _draw_parts(
    canvas: Canvas,
    report: Report,
    bar: Bar,
    columns: _Columns,
    left: float,
    y: float,
    codes: Sequence[str],
    colours: dict[str, str],
) -> None:
    """The parts of a diverging bar from left to right, each with its number.

    At the ends there is room beside the bar for a number that does not fit its part.
    """
    counts = bar.counts or {}
    drawn = [code for code in codes if counts[code]]
    for code in drawn:
        width = counts[code] / bar.n * columns.unit
        canvas.bar(left, y, width, BAR, colours[code])
        text = report.text.number(counts[code])
        fits = style.text_width(text) + 3 <= width
        ink = _ink_on(colours[code])
        if fits:
            canvas.text(left + width / 2, y, text, align="center", colour=ink)
        elif code == drawn[0]:
            canvas.text(left - 2, y, text, align="right")
        elif code == drawn[-1]:
            canvas.text(left + width + 2, y, text)
        left += width


def _number(
    canvas: Canvas, report: Report, count: int, x: float, width: float, y: float, colour: str
) -> None:
    text = report.text.number(count)
    if style.text_width(text) + 3 <= width:
        canvas.text(x + width / 2, y, text, align="center", colour=colour)
    else:
        canvas.text(x + width + 2, y, text)


def _colours(scale: Sides) -> dict[str, str]:
    """Dark at the ends of the scale, light towards its middle."""
    negative = style.shades(len(scale.negative), style.NEGATIVE)
    positive = style.shades(len(scale.positive), style.POSITIVE)
    return dict(
        [
            *zip(scale.negative, negative, strict=True),
            *zip(scale.positive, reversed(positive), strict=True),
        ]
    )


def _ink_on(colour: str) -> str:
    return style.PAPER if style.is_dark(colour) else style.INK
