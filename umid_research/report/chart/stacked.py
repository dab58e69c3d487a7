"""Draw bars: one count on a pale bar for all, or answers stacked to both sides of a line."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.labels import label_of, marks_from
from umid_research.report.chart.style import (
    FAINT,
    INK,
    LEADING,
    QUIET,
    SMALL,
    TEXT,
    WITHHELD,
    Series,
)

_BAR, _PITCH, _GAP = 13.0, 16.0, 10.0
_PANELS, _NARROW_PANELS = 4, 3  # columns of bars side by side
_LEAST, _NARROW_LEAST = 64.0, 48.0  # smallest width of the columns of middle and other answers
_MAX_NAME = 150.0


@dataclass(frozen=True)
class Column:
    """Bars with one total, and their numbers; a count is None if withheld."""

    total: int
    counts: Sequence[int | None]
    texts: Sequence[str]
    head: str = ""
    base: str = ""


@dataclass(frozen=True)
class Bars:
    """A chart with a named row per answer and a bar per column.

    `title` is above the bars and `below` a line under them. `width` is that of the names on
    paper and `space` the height added to every row, in points.
    """

    names: Sequence[str]
    colours: Sequence[str]
    columns: Sequence[Column]
    title: str = ""
    below: str = ""
    width: float = 190.0
    size: float = SMALL
    space: float = 0.0

    def draw(self, canvas: Canvas) -> float:
        """Draw the columns side by side, in as many bands as needed; return the lower edge."""
        y = 0.0
        if self.title:
            lines = style.wrapped(self.title, canvas.width, size=TEXT, weight="bold")
            y = canvas.lines(0, 0, lines, size=TEXT, weight="bold") + 4
        panels = _NARROW_PANELS if canvas.is_narrow else _PANELS
        bands = math.ceil(len(self.columns) / panels)
        size = math.ceil(len(self.columns) / max(bands, 1))
        for band in range(bands):
            y += _GAP if band else 0
            y = self._draw_band(canvas, self.columns[band * size : (band + 1) * size], size, y)
        return _draw_below(canvas, self.below, y + 4)

    def _draw_band(self, canvas: Canvas, columns: Sequence[Column], size: int, top: float) -> float:
        """Draw columns side by side, each as wide as one of `size` columns."""
        start = marks_from(canvas, self.width + _GAP)
        width = (canvas.width - start + _GAP) / size - _GAP
        lefts = [start + place * (width + _GAP) for place in range(len(columns))]
        heads = [style.wrapped(column.head, width) if column.head else [] for column in columns]
        base = top + max(map(len, heads)) * SMALL * LEADING
        for column, left, lines in zip(columns, lefts, heads, strict=True):
            canvas.lines(left, base - len(lines) * SMALL * LEADING, lines)
            if column.base:
                canvas.text(left, base + SMALL * LEADING / 2, column.base, colour=QUIET)
        top = base + SMALL * LEADING + 3 if any(heads) else top
        for row, name in enumerate(self.names):
            label = label_of(canvas, name, self.width, size=self.size)
            depth = label.depth(_PITCH * self.size / SMALL - 3) + 3 + self.space
            middle = label.draw(canvas, top, depth)
            for column, left in zip(columns, lefts, strict=True):
                self._draw_bar(canvas, column, row, left, left + width, middle)
            top += depth
        return top

    def _draw_bar(
        self, canvas: Canvas, column: Column, row: int, left: float, right: float, y: float
    ) -> None:
        """Draw a bar on a pale bar for the total, and its number at the right."""
        count = column.counts[row]
        text = WITHHELD if count is None else column.texts[row]
        canvas.text(right, y, text, size=self.size, align="right")
        if count is None or not column.total:
            return
        numbers = max(style.text_width(each, size=self.size) for each in column.texts)
        length = right - left - numbers - 5
        thick = _BAR * self.size / SMALL + self.space / 3
        canvas.bar(left, y, length, thick, FAINT)
        if count:
            canvas.bar(left, y, length * count / column.total, thick, self.colours[row])


@dataclass(frozen=True)
class Stack:
    """The answers of `n` people: counts and colours at the left and at the right of the line.

    `middle` and `other` count the answers that belong to no side. `base` says what n is.
    """

    name: str
    n: int
    base: str
    left: Sequence[tuple[int, str]]
    right: Sequence[tuple[int, str]]
    middle: int
    other: int

    def share(self, part: str) -> float:
        """Return the share (0–1) of `left`, `right`, `middle` or `other` among all answers."""
        count = getattr(self, part)
        total = count if isinstance(count, int) else sum(number for number, _ in count)
        return total / self.n if self.n else 0.0


@dataclass(frozen=True)
class Question:
    """A question, its stacks, and a line below them."""

    text: str
    stacks: Sequence[Stack]
    below: str = ""


@dataclass(frozen=True)
class Block:
    """Questions that share a legend and the heads of the middle and the other answers."""

    legend: Sequence[tuple[Series, str]]
    middle: str
    other: str
    questions: Sequence[Question]


@dataclass(frozen=True)
class Stacked:
    """A chart of stacks: every answer as a share of those who answered, on one scale.

    The middle answers and those without a score have columns of their own and move no bar.
    """

    blocks: Sequence[Block]
    number: Callable[[float], str]

    def draw(self, canvas: Canvas) -> float:
        """Draw the blocks below each other; return the lower edge."""
        stacks = [
            stack for b in self.blocks for question in b.questions for stack in question.stacks
        ]
        columns = _Columns(canvas, stacks, self.number)
        bottom = 0.0
        for block in self.blocks:
            bottom = _draw_block(canvas, block, columns, bottom + (_GAP if bottom else 0))
        return bottom


class _Columns:
    """The positions of the parts of all stacks, in points.

    `unit` is the length of a bar for all who answered: the largest at which everything fits.
    """

    def __init__(
        self, canvas: Canvas, stacks: Sequence[Stack], number: Callable[[float], str]
    ) -> None:
        self.number = number
        is_wide = not canvas.is_narrow
        self.least = _LEAST if is_wide else _NARROW_LEAST
        names = max((style.text_width(stack.name) for stack in stacks), default=0)
        self.names = min(names, _MAX_NAME) + 4 if names and is_wide else 0.0
        bases = max((style.text_width(stack.base) for stack in stacks), default=0.0)
        self.base = bases + 8 if is_wide else 0.0
        numbers = [stack.middle for stack in stacks]
        numbers += [count for stack in stacks for count, _ in (*stack.left, *stack.right)]
        self.margin = style.text_width(number(max(numbers, default=0))) + 3
        self.shares = {
            part: max((stack.share(part) for stack in stacks), default=0.0)
            for part in ("left", "right", "middle", "other")
        }
        room = canvas.width - self.names - 2 * self.margin - 2 * _GAP - self.base
        self.unit = self._largest_unit(room)
        self.zero = self.names + self.margin + self.shares["left"] * self.unit
        self.middle = self.zero + self.shares["right"] * self.unit + self.margin + _GAP
        middle = max(self.shares["middle"] * self.unit, self.least) + _GAP
        self.other = self.middle + (middle if self.shares["middle"] else 0)

    def _largest_unit(self, room: float) -> float:
        """Return the unit; a column of middle or other answers has at least its smallest width."""
        bars = self.shares["left"] + self.shares["right"]
        columns = [self.shares[part] for part in ("middle", "other") if self.shares[part]]
        units = []
        for wide in ([], *([share] for share in columns), columns):
            if bars + sum(wide):
                narrow = (len(columns) - len(wide)) * self.least
                units.append((room - narrow) / (bars + sum(wide)))
        return min(units, default=room)


def _draw_block(canvas: Canvas, block: Block, columns: _Columns, top: float) -> float:
    if any(question.stacks for question in block.questions):
        top = _draw_legend(canvas, block, columns, top) + 2
    for question in block.questions:
        # on a phone, the base of a stack without a name stands beside the question
        lone = [stack.base for stack in question.stacks if canvas.is_narrow and not stack.name]
        room = canvas.width - sum(style.text_width(base) + _GAP for base in lone)
        lines = style.wrapped(question.text, room, size=TEXT)
        top = canvas.lines(0, top + _GAP / 2, lines, size=TEXT)
        for base in lone:
            canvas.text(canvas.width, top - TEXT * LEADING / 2, base, colour=QUIET, align="right")
        top += 2
        for stack in question.stacks:
            top = _draw_stack(canvas, stack, columns, top)
        top = _draw_below(canvas, question.below, top) + _GAP / 2
    return top


def _draw_legend(canvas: Canvas, block: Block, columns: _Columns, top: float) -> float:
    ends = [canvas.legend(0, top, columns.middle - _GAP, block.legend)]
    rights = (columns.other - _GAP, canvas.width - columns.base)
    parts = (("middle", block.middle), ("other", block.other))
    for (part, text), right in zip(parts, rights, strict=True):
        if text and columns.shares[part]:
            left = getattr(columns, part)
            lines = style.wrapped(text, right - left)
            ends.append(canvas.lines(left, top + 1, lines, colour=QUIET))
    return max(ends)


def _draw_stack(canvas: Canvas, stack: Stack, columns: _Columns, top: float) -> float:
    """Draw a stack with its name at the left and its base at the right, or above on a phone."""
    label = label_of(
        canvas, stack.name, columns.names, reserved=style.text_width(stack.base) + _GAP
    )
    depth = label.depth(_PITCH)
    y = label.draw(canvas, top, depth)
    x = columns.zero - stack.share("left") * columns.unit
    parts = [part for part in (*stack.left, *stack.right) if part[0]]
    for place, (count, colour) in enumerate(parts):
        width = count / stack.n * columns.unit
        canvas.bar(x, y, width, _BAR, colour)
        outside = -1 if place == 0 else 1 if place == len(parts) - 1 else 0
        _draw_number(canvas, columns.number(count), (x, width), y, colour, outside)
        x += width
    for count, x, colour in (
        (stack.middle, columns.middle, style.MIDDLE),
        (stack.other, columns.other, style.UNSCORED),
    ):
        if count:
            width = count / stack.n * columns.unit
            canvas.bar(x, y, width, _BAR, colour)
            _draw_number(canvas, columns.number(count), (x, width), y, colour, 1)
    canvas.line((columns.zero, label.below(top)), (columns.zero, top + depth), INK, width=0.8)
    if stack.name or not canvas.is_narrow:
        y = label.first_line(top, y)
        canvas.text(canvas.width, y, stack.base, colour=QUIET, align="right")
    return top + depth


def _draw_number(
    canvas: Canvas, text: str, bar: tuple[float, float], y: float, colour: str, outside: int
) -> None:
    """Draw a number in its bar, or where it does not fit left (-1) or right (1) of it."""
    left, width = bar
    if style.text_width(text) + 1 <= width:
        ink = style.PAPER if style.is_dark(colour) else INK
        canvas.text(left + width / 2, y, text, colour=ink, align="center")
    elif outside:
        x = left - 2 if outside < 0 else left + width + 2
        canvas.text(x, y, text, align="right" if outside < 0 else "left")


def _draw_below(canvas: Canvas, text: str, top: float) -> float:
    """Draw a line below bars, for those that are withheld; return its lower edge."""
    if not text:
        return top
    return canvas.lines(0, top + 1, style.wrapped(text, canvas.width), colour=QUIET)
