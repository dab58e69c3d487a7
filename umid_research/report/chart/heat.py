"""Draw a heat map: a shaded cell with its number per row and column; zeros are framed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.style import FAINT, INK, LEADING, PAPER, QUIET, RULE, SMALL, TEXT

_LABEL, _TOTAL, _ROW, _GAP = 84.0, 36.0, 21.0, 10.0
_INDENT, _LETTER = 6.0, 12.0
_HEAD, _SMALLEST_HEAD = 8.5, 6.5
_SHADES = style.shades(4, ("#00568c", "#cfe5f5"))[::-1]
_FRAME = style.Series(INK, "swatch", hollow=True)


@dataclass(frozen=True)
class HeatMap:
    """A chart of counts with column totals.

    `groups` are the heads of groups of rows; a row has a name and a count per column. The first
    `summed` columns are added up in a column of their own, the others stand apart at the right.
    """

    columns: Sequence[str]
    summed: int
    groups: Sequence[tuple[str, Sequence[tuple[str, Sequence[int]]]]]
    total: str
    zero: str
    more: Callable[[int], str]
    number: Callable[[float], str]

    def draw(self, canvas: Canvas) -> float:
        """Draw the legend, the heads, the cells and the totals; return the lower edge."""
        return _Sheet(canvas, self).draw()


class _Sheet:
    """A heat map on a canvas, with the left edge and width of each column."""

    def __init__(self, canvas: Canvas, chart: HeatMap) -> None:
        self.canvas, self.chart = canvas, chart
        names = [name for _, rows in chart.groups for name, _ in rows]
        widest = max(map(style.text_width, names), default=0.0) + _INDENT + 4
        self.label = min(widest, _LABEL) if canvas.is_narrow else _LABEL
        count, summed = len(chart.columns), chart.summed
        apart = (_TOTAL if summed else 0) + (_GAP if 0 < summed < count else 0)
        self.width = (canvas.width - self.label - apart) / count
        self.lefts = [
            self.label + place * self.width + (apart if place >= summed else 0)
            for place in range(count)
        ]
        self.total = self.label + summed * self.width + _TOTAL - 8

    def draw(self) -> float:
        y = self._draw_legend() if self.chart.summed else 0.0
        y = self._draw_letters(y) if self.canvas.is_narrow else self._draw_heads(y)
        for head, rows in self.chart.groups:
            self.canvas.line((0, y), (self.canvas.width, y), RULE)
            self.canvas.text(0, y + _ROW / 2, head, weight="bold")
            y += _ROW - 3
            for name, counts in rows:
                y = self._draw_row(name, counts, y)
            y += 3
        return self._draw_totals(y)

    def _draw_legend(self) -> float:
        """Draw the shades and the frame with their meanings; return the lower edge."""
        texts = [self.chart.number(count) for count in range(1, len(_SHADES))]
        texts = [self.chart.zero, *texts, self.chart.more(len(_SHADES))]
        shades = [_FRAME, *(style.Series(shade, "swatch") for shade in _SHADES)]
        entries = list(zip(shades, texts, strict=True))
        return self.canvas.legend(0, 0, self.canvas.width, entries)

    def _draw_box(self, left: float, top: float, width: float, height: float, fill: str) -> None:
        """Draw a filled cell, or a white cell with a frame if there is no fill."""
        self.canvas.bar(left, top + height / 2, width, height, fill or PAPER)
        if not fill:
            xs, ys = (left + 1, left + width - 1), (top + 1, top + height - 1)
            for x, y in zip(xs, ys, strict=True):
                self.canvas.line((x, ys[0]), (x, ys[1]), INK, width=0.9)
                self.canvas.line((xs[0], y), (xs[1], y), INK, width=0.9)

    def _draw_heads(self, top: float) -> float:
        """Draw the column names in one size, small enough that words fit if possible."""
        words = [word for name in self.chart.columns for word in name.split()]
        widest = max(style.text_width(word, size=_HEAD) for word in words)
        size = max(_SMALLEST_HEAD, _HEAD * min(1.0, (self.width - 3) / widest))
        heads = [style.wrapped(name, self.width - 3, size=size) for name in self.chart.columns]
        base = top + max(map(len, heads)) * size * LEADING
        for left, lines in zip(self.lefts, heads, strict=True):
            x, start = left + self.width / 2, base - len(lines) * size * LEADING
            self.canvas.lines(x, start, lines, size=size, colour=QUIET, align="center")
        self._draw_total_head(base - size * LEADING / 2, size)
        return base + 2

    def _draw_letters(self, top: float) -> float:
        """Draw a letter per column and a list of their meanings: names do not fit on a phone."""
        half, y = self.canvas.width / 2, top + 2
        names = self.chart.columns
        fits = max(map(style.text_width, names)) + _LETTER + 4 <= half
        letters = ascii_uppercase[: len(names)]
        for place, (letter, name) in enumerate(zip(letters, names, strict=True)):
            left = half if fits and place % 2 else 0.0
            self.canvas.lines(left, y, [letter], weight="bold")
            lines = style.wrapped(name, self.canvas.width - _LETTER)
            end = self.canvas.lines(left + _LETTER, y, lines)
            y = y if fits and not place % 2 and place + 1 < len(names) else end
        y += SMALL * LEADING
        for letter, left in zip(letters, self.lefts, strict=True):
            self.canvas.text(left + self.width / 2, y, letter, weight="bold", align="center")
        self._draw_total_head(y, SMALL)
        return y + SMALL * LEADING / 2 + 2

    def _draw_total_head(self, y: float, size: float) -> None:
        if self.chart.summed:
            text = self.chart.total
            self.canvas.text(self.total, y, text, size=size, colour=QUIET, align="right")

    def _draw_row(self, name: str, counts: Sequence[int], top: float) -> float:
        lines = style.wrapped(name, self.label - _INDENT - 2)
        depth = max(_ROW, len(lines) * SMALL * LEADING)
        middle = top + depth / 2
        self.canvas.lines(_INDENT, middle - len(lines) * SMALL * LEADING / 2, lines)
        for left, count in zip(self.lefts, counts, strict=True):
            shade = _SHADES[min(count, len(_SHADES)) - 1] if count else ""
            self._draw_box(left, top, self.width, depth, shade)
            ink = PAPER if shade and style.is_dark(shade) else INK
            weight: style.Weight = "normal" if count else "bold"
            x, number = left + self.width / 2, self.chart.number(count)
            self.canvas.text(x, middle, number, colour=ink, weight=weight, align="center")
        self._draw_sum(counts, middle, "normal")
        return top + depth

    def _draw_totals(self, top: float) -> float:
        """Draw the column totals on a grey band; return its lower edge."""
        middle = top + _ROW / 2
        self.canvas.bar(0, middle, self.canvas.width, _ROW, FAINT)
        self.canvas.text(_INDENT, middle, self.chart.total, weight="bold")
        counts = [counts for _, rows in self.chart.groups for _, counts in rows]
        sums = [sum(row[place] for row in counts) for place in range(len(self.lefts))]
        for left, count in zip(self.lefts, sums, strict=True):
            x, number = left + self.width / 2, self.chart.number(count)
            self.canvas.text(x, middle, number, weight="bold", align="center")
        self._draw_sum(sums, middle, "bold")
        return top + _ROW

    def _draw_sum(self, counts: Sequence[int], y: float, weight: style.Weight) -> None:
        if self.chart.summed:
            text = self.chart.number(sum(counts[: self.chart.summed]))
            self.canvas.text(self.total, y, text, size=TEXT, weight=weight, align="right")
