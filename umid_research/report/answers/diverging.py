"""Draw a diverging bar: low-scoring answers to the left, high-scoring answers to the right.

The length of a bar is the share of those who answered; the number in it counts people. The item
score decides the side, not the wording of the question. The middle answer has a column of its
own, and so have "don't know" and refusals: neither moves the bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from umid_research.report.answers.bars import BAR, GAP, PITCH, Bar, By, ScalePoles
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.labels import Label, label_of
from umid_research.report.chart.style import QUIET, SMALL
from umid_research.report.study_report import Report

_LEAST, _NARROW_LEAST = 64.0, 48.0


@dataclass(frozen=True)
class Columns:
    """Positions and widths of the parts of diverging bars, in points.

    `unit` is the length of a bar for all who answered. `left` is the width of the names and `base`
    that of the bases (n); both are 0 on a phone, where they are above the bars. `margin` is the
    space for a number at the end of a bar. `least` is the smallest width of the columns of middle
    and unscored answers. `low`, `high`, `middle` and `unscored` are the largest shares (0–1).
    """

    left: float
    base: float
    least: float
    margin: float
    unit: float
    low: float
    high: float
    middle: float
    unscored: float

    @cached_property
    def zero(self) -> float:
        """Return the position of the line between both sides."""
        return self.left + self.margin + self.low * self.unit

    @cached_property
    def middle_left(self) -> float:
        """Return the left edge of the column of middle answers."""
        return self.zero + self.high * self.unit + self.margin + GAP

    @cached_property
    def unscored_left(self) -> float:
        """Return the left edge of the column of "don't know" and refusals."""
        column = max(self.middle * self.unit, self.least) + GAP if self.middle else 0.0
        return self.middle_left + column


def columns_of(
    canvas: Canvas, report: Report, bars: Sequence[tuple[ScalePoles, Bar]], by: By | None
) -> Columns:
    """Return columns with one unit of length for all parts, so that all bars are comparable.

    The unit is the largest at which all parts fit the width. The columns of middle and unscored
    answers are never narrower than their heads need.
    """
    low, high, middle, unscored = (
        max(bar.share(getattr(scale, part)) for scale, bar in bars)
        for part in ("negative", "positive", "middle", "unscored")
    )
    left = _label_width([bar for _, bar in bars]) if by and not canvas.is_narrow else 0.0
    base = 0.0 if canvas.is_narrow else _base_width(report, [bar for _, bar in bars])
    least = _NARROW_LEAST if canvas.is_narrow else _LEAST
    numbers = [count for _, bar in bars for count in (bar.counts or {}).values()]
    margin = style.text_width(report.text.number(max(numbers, default=0))) + 3
    room = canvas.width - left - 2 * margin - 2 * GAP - base
    columns = [share for share in (middle, unscored) if share]
    units = []
    for wide in ([], *([share] for share in columns), columns):
        narrow = len(columns) - len(wide)
        total = low + high + sum(wide)
        if total:
            units.append((room - narrow * least) / total)
    unit = min(units, default=room)
    return Columns(left, base, least, margin, unit, low, high, middle, unscored)


def _base_width(report: Report, bars: Sequence[Bar]) -> float:
    return style.text_width(report.text("figure.n", n=max(bar.n for bar in bars))) + 8


def _label_width(bars: Sequence[Bar]) -> float:
    widest = max(style.text_width(bar.label or "") for bar in bars)
    return min(widest, 150.0) + 4


def draw_row(
    canvas: Canvas, report: Report, scale: ScalePoles, bar: Bar, columns: Columns, top: float
) -> float:
    """Draw one bar with its name at the left and its base at the right; return the lower edge.

    On a phone both are above the bar. The base of a bar without a name is drawn by the caller,
    next to the question.
    """
    if bar.counts is None:
        return top
    base = report.text("figure.n", n=bar.n)
    label = _label(canvas, bar, columns, base)
    depth = label.depth(PITCH)
    y = label.draw(canvas, top, depth)
    counts, colours = bar.counts, colours_of(scale)
    left = columns.zero - bar.share(scale.negative) * columns.unit
    _draw_parts(canvas, report, bar, columns, left, y, (*scale.negative, *scale.positive), colours)
    for codes, x, colour in (
        (scale.middle, columns.middle_left, style.MIDDLE),
        (scale.unscored, columns.unscored_left, style.UNSCORED),
    ):
        count = sum(counts[code] for code in codes)
        if count:
            width = count / bar.n * columns.unit
            canvas.bar(x, y, width, BAR, colour)
            _number(canvas, report, count, x, width, y, style.INK)
    if canvas.is_narrow:
        draw_zero(canvas, columns, label.below(top), top + depth)
    if bar.label or not canvas.is_narrow:
        canvas.text(canvas.width, label.first_line(top, y), base, colour=QUIET, align="right")
    return top + depth


def draw_zero(canvas: Canvas, columns: Columns, top: float, bottom: float) -> None:
    """Draw the line between the two sides of the bars."""
    canvas.line((columns.zero, top), (columns.zero, bottom), style.INK, width=0.8)


def _label(canvas: Canvas, bar: Bar, columns: Columns, base: str) -> Label:
    if not bar.label:
        return Label([], SMALL, "normal", is_above=False)
    reserved = style.text_width(base) + GAP
    return label_of(canvas, bar.label, columns.left, reserved=reserved)


def _draw_parts(
    canvas: Canvas,
    report: Report,
    bar: Bar,
    columns: Columns,
    left: float,
    y: float,
    codes: Sequence[str],
    colours: dict[str, str],
) -> None:
    """Draw the parts of a diverging bar from left to right, each with its number.

    A number that does not fit the first or last part is drawn outside the bar.
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


def colours_of(scale: ScalePoles) -> dict[str, str]:
    """Return a colour per scored answer: dark at the ends, light towards the middle."""
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
