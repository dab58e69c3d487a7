"""A diverging bar: what scores low to the left, what scores high to the right.

A bar's length is the share of those who answered; the number in it is people. The answers scored
below the middle of the scale stand to the left and those above it to the right, whichever way the
question is worded. A middle answer takes no side and stands in a column of its own, and so do
those who don't know or refuse: neither moves the bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from umid_research import style
from umid_research.canvas import Canvas
from umid_research.figures.bars import BAR, GAP, PITCH, Bar, By, ScalePoles
from umid_research.figures.labels import Label, label_of
from umid_research.report import Report
from umid_research.style import QUIET, SMALL

_LEAST, _NARROW_LEAST = 64.0, 48.0


@dataclass(frozen=True)
class Columns:
    """Where the parts of diverging bars stand; `unit` is the length of all who answered.

    `left` is the width of the names, `base` that of the bases; names above their bars take the
    bases with them. `margin` has room for a number at the end of a bar, and `least` is how narrow
    the columns of the middle and of those beside may be.
    """

    left: float
    base: float
    least: float
    margin: float
    unit: float
    low: float
    high: float
    middle: float
    beside: float

    @cached_property
    def zero(self) -> float:
        """The line between both sides."""
        return self.left + self.margin + self.low * self.unit

    @cached_property
    def middle_left(self) -> float:
        """Where the column of the middle answers begins."""
        return self.zero + self.high * self.unit + self.margin + GAP

    @cached_property
    def beside_left(self) -> float:
        """Where the column of those who don't know or refuse begins."""
        column = max(self.middle * self.unit, self.least) + GAP if self.middle else 0.0
        return self.middle_left + column


def columns_of(
    canvas: Canvas, report: Report, bars: Sequence[tuple[ScalePoles, Bar]], by: By | None
) -> Columns:
    """One unit of length for all parts, so that bars may be compared across columns.

    The unit is the largest at which both sides, the middle and those beside fit the width; the
    two columns are never narrower than their heads need.
    """
    low, high, middle, beside = (
        max(bar.share(getattr(scale, part)) for scale, bar in bars)
        for part in ("negative", "positive", "middle", "beside")
    )
    left = _label_width([bar for _, bar in bars]) if by and not canvas.is_narrow else 0.0
    base = 0.0 if canvas.is_narrow else _base_width(report, [bar for _, bar in bars])
    least = _NARROW_LEAST if canvas.is_narrow else _LEAST
    numbers = [count for _, bar in bars for count in (bar.counts or {}).values()]
    margin = style.text_width(report.text.number(max(numbers, default=0))) + 3
    room = canvas.width - left - 2 * margin - 2 * GAP - base
    columns = [share for share in (middle, beside) if share]
    units = []
    for wide in ([], *([share] for share in columns), columns):
        narrow = len(columns) - len(wide)
        total = low + high + sum(wide)
        if total:
            units.append((room - narrow * least) / total)
    unit = min(units, default=room)
    return Columns(left, base, least, margin, unit, low, high, middle, beside)


def _base_width(report: Report, bars: Sequence[Bar]) -> float:
    return style.text_width(report.text("figure.n", n=max(bar.n for bar in bars))) + 8


def _label_width(bars: Sequence[Bar]) -> float:
    widest = max(style.text_width(bar.label or "") for bar in bars)
    return min(widest, 150.0) + 4


def draw_row(
    canvas: Canvas, report: Report, scale: ScalePoles, bar: Bar, columns: Columns, top: float
) -> float:
    """One bar with its name to the left and its base to the right, or with both above.

    Above a bar without a name there is nothing: whoever draws its question tells its base there.
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
        (scale.beside, columns.beside_left, style.BESIDE),
    ):
        count = sum(counts[code] for code in codes)
        if count:
            width = count / bar.n * columns.unit
            canvas.bar(x, y, width, BAR, colour)
            _number(canvas, report, count, x, width, y, style.INK)
    if canvas.is_narrow:
        draw_zero(canvas, columns, label.below(top), top + depth)
    if bar.label or not canvas.is_narrow:
        canvas.text(canvas.width, label.beside(top, y), base, colour=QUIET, align="right")
    return top + depth


def draw_zero(canvas: Canvas, columns: Columns, top: float, bottom: float) -> None:
    """The line from which bars go to the left and to the right."""
    canvas.line((columns.zero, top), (columns.zero, bottom), style.INK, width=0.8)


def _label(canvas: Canvas, bar: Bar, columns: Columns, base: str) -> Label:
    if not bar.label:
        return Label([], SMALL, "normal", is_above=False)
    beside = style.text_width(base) + GAP
    return label_of(canvas, bar.label, columns.left, beside=beside)


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


def colours_of(scale: ScalePoles) -> dict[str, str]:
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
