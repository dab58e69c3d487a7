"""Draw rows of markers and intervals on a scale, with numbers in columns at the right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.labels import label_of, marks_from
from umid_research.report.chart.marks import Mark, Placed, draw_marks, extent, place_marks
from umid_research.report.chart.style import (
    FAINT,
    INK,
    LEADING,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    Scale,
    Series,
    Weight,
)

_PAD, _EDGE, _BETWEEN, _LINE, _BAR = 7.0, 14.0, 14.0, 11.2, 7.0
# Panels side by side on paper; the narrowest scale beside columns, as a share of the width.
_PANELS, _MIN_SCALE = 3, 0.3


@dataclass(frozen=True)
class Axis:
    """The ends of a scale, and its ticks: value, text, colour of the grid line.

    The texts are centred on the ticks, or begin there if `starts`.
    """

    low: float
    high: float
    ticks: Sequence[tuple[float, str, str]]
    starts: bool = False


@dataclass(frozen=True)
class Cell:
    """A number in a column, and a smaller text below it."""

    text: str
    below: str = ""
    is_bold: bool = False
    colour: str = INK


@dataclass(frozen=True)
class Line:
    """Marks at one height, a tick drawn over them, and the numbers in the columns."""

    marks: Sequence[Mark] = ()
    cells: Sequence[Cell] = ()
    tick: Mark | None = None


@dataclass(frozen=True)
class Row:
    """A named row of lines; a bar shows what is measured in another way.

    The bar is above the lines, or behind them if it has no text.
    """

    name: str
    lines: Sequence[Line]
    bar: Mark | None = None
    is_total: bool = False


@dataclass(frozen=True)
class Rows:
    """A chart of rows.

    `heads` are the columns at the right: a text or a marker. `panels` are the texts at the right
    and at the left end of each panel; a row then has one line per panel, else its lines are below
    each other. `names` is the width of the names on paper and `space` the height added to every
    row, in points. `link` is the colour of a line that joins the marks.
    """

    axis: Axis
    rows: Sequence[Row]
    legend: Sequence[tuple[Series, str]] = ()
    heads: Sequence[str | Series] = ()
    panels: Sequence[tuple[str, str]] = ()
    names: float = 142.0
    size: float = TEXT
    radius: float = 4.0
    link: str = ""
    may_overlap: bool = False
    space: float = 0.0

    def draw(self, canvas: Canvas) -> float:
        """Draw the legend, the scale and the rows; return their lower edge."""
        bottom = canvas.legend(0, 0, canvas.width, self.legend)
        slots = min(len(self.panels), 1 if canvas.is_narrow else _PANELS) or 1
        for start in range(0, len(self.panels) or 1, slots):
            bottom = _Band(canvas, self, start, slots).draw(bottom)
        return bottom

    @property
    def is_stacked(self) -> bool:
        """Return whether rows have several lines below each other."""
        return not self.panels and any(len(row.lines) > 1 for row in self.rows)


class _Band:
    """The rows with some of the panels, side by side."""

    def __init__(self, canvas: Canvas, chart: Rows, start: int, slots: int) -> None:
        part = slice(start, start + slots) if chart.panels else slice(None)
        rows = [replace(row, lines=row.lines[part]) for row in chart.rows]
        if chart.panels:
            rows = [row for row in rows if any(line.marks for line in row.lines)]
        self.canvas, self.chart, self.rows = canvas, chart, rows
        self.panels = chart.panels[part]
        left = marks_from(canvas, chart.names)
        self.cell_size = SMALL if chart.is_stacked else TEXT
        self.rights = self._columns(left)
        width = (canvas.width - left - self.taken) / slots
        lefts = [left + place * width for place in range(len(self.panels) or 1)]
        axis = chart.axis
        self.scales = [Scale(axis.low, axis.high, x + _EDGE, x + width - _EDGE) for x in lefts]

    def _columns(self, left: float) -> list[float]:
        """Return the right edge of each column; none if they leave too narrow a scale."""
        cells = [line.cells for row in self.rows for line in row.lines if line.cells]
        widths = [
            max(_head_width(head), *map(self._width, column), 0.0)
            for head, *column in zip(self.chart.heads, *cells, strict=True)
        ]
        self.taken = sum(widths) + _BETWEEN * max(len(widths) - 0.5, 0)
        if self.canvas.width - left - self.taken < _MIN_SCALE * self.canvas.width:
            self.taken = 0.0
            return []
        after = [widths[place + 1 :] for place in range(len(widths))]
        return [self.canvas.width - sum(some) - _BETWEEN * len(some) for some in after]

    def _width(self, cell: Cell) -> float:
        number = style.text_width(cell.text, size=self.cell_size, weight=_weight(cell.is_bold))
        return max(number, style.text_width(cell.below))

    def draw(self, top: float) -> float:
        """Draw everything below `top`; return the lower edge."""
        first = y = self._draw_axes(self._draw_heads(top))
        laid = [_Laid(self.canvas, self.chart, self.scales, row) for row in self.rows]
        bottom = first + sum(row.depth for row in laid)
        for scale in self.scales:
            for value, _, colour in self.chart.axis.ticks:
                x = scale.at(value)
                self.canvas.line((x, first), (x, bottom), colour, 1.0 if colour == QUIET else 0.6)
        for row in laid:
            for line, middle in row.draw(self.canvas, y):
                self._draw_cells(line.cells, middle)
            y += row.depth
        self.canvas.line((0, bottom), (self.canvas.width, bottom), RULE)
        return bottom + (_PAD if self.panels else 0)

    def _draw_heads(self, top: float) -> float:
        """Draw the heads of the panels: what is at the right end, then what is at the left."""
        if not self.panels:
            return top
        ends = [(scale.left - 6, scale.right + 6) for scale in self.scales]
        heads = [
            [style.wrapped(text, right - left, weight="bold") for text in texts]
            for texts, (left, right) in zip(self.panels, ends, strict=True)
        ]
        bottom = top + 6 + max(sum(map(len, head)) for head in heads) * SMALL * LEADING
        for (upper, lower), (left, right) in zip(heads, ends, strict=True):
            y = bottom - (len(upper) + len(lower)) * SMALL * LEADING
            y = self.canvas.lines(right, y, upper, align="right", weight="bold")
            self.canvas.lines(left, y, lower, weight="bold")
        return bottom

    def _draw_axes(self, top: float) -> float:
        """Draw the numbers of the scales and the heads of the columns that fit."""
        y = top + SMALL
        for scale in self.scales:
            free = scale.left - _EDGE
            for value, text, _ in self.chart.axis.ticks:
                wide = style.text_width(text)
                x = scale.at(value) + (2 if self.chart.axis.starts else -wide / 2)
                if free <= x and x + wide <= scale.right + _EDGE:
                    self.canvas.text(x, y, text, colour=QUIET)
                    free = x + wide + 4
        for head, right in zip(self.chart.heads, self.rights, strict=False):
            if isinstance(head, str):
                self.canvas.text(right, y, head, colour=QUIET, align="right")
            else:
                self.canvas.mark(right - 6, y, head)
        return top + 2 * SMALL

    def _draw_cells(self, cells: Sequence[Cell], y: float) -> None:
        for cell, right in zip(cells, self.rights, strict=False):
            self.canvas.text(
                right,
                y - 6 if cell.below else y,
                cell.text,
                size=self.cell_size,
                colour=cell.colour,
                weight=_weight(cell.is_bold),
                align="right",
            )
            if cell.below:
                self.canvas.text(right, y + 6, cell.below, colour=QUIET, align="right")


class _Laid:
    """A row with the place of each mark, from which its height follows."""

    def __init__(self, canvas: Canvas, chart: Rows, scales: Sequence[Scale], row: Row) -> None:
        self.chart, self.row = chart, row
        marks = [mark for line in row.lines for mark in line.marks]
        self.label = label_of(
            canvas,
            row.name,
            chart.names - 4,
            size=chart.size,
            weight=_weight(row.is_total),
            withheld=[mark.series for mark in marks if mark.value is None and not mark.text],
        )
        self.scales = scales if chart.panels else [scales[0]] * len(row.lines)
        self.placed = [
            place_marks(
                line.marks,
                scale,
                chart.radius,
                tick=line.tick,
                may_overlap=chart.may_overlap,
            )
            for line, scale in zip(row.lines, self.scales, strict=True)
        ]
        heights = [self._height(*pair) for pair in zip(row.lines, self.placed, strict=True)]
        self.heights = [max(heights)] * len(heights) if chart.panels else heights
        self.bar = _BAR + 1 if row.bar and row.bar.text else 0.0
        self.high = self.bar + (self.heights[0] if chart.panels else sum(heights))
        self.depth = self.label.depth(self.high) + _PAD + chart.space

    def _height(self, line: Line, placed: Sequence[Placed]) -> float:
        top, bottom = extent(placed)
        least = 2 * _LINE if any(cell.below for cell in line.cells) else _LINE
        return max(bottom - top, least, 1.5 * _LINE if line.tick else 0.0)

    def draw(self, canvas: Canvas, top: float) -> list[tuple[Line, float]]:
        """Draw the row below `top`; return its lines with the middle of each."""
        canvas.line((0, top), (canvas.width, top), QUIET if self.row.is_total else RULE)
        depth = self.depth - _PAD
        middle = self.label.draw(canvas, top + _PAD / 2, depth, at_top=self.chart.is_stacked)
        y = middle - self.high / 2
        if self.row.bar:
            self._draw_bar(canvas, self.row.bar, y + _BAR / 2 if self.bar else middle)
        y += self.bar
        middles = []
        for placed, scale, height, line in zip(
            self.placed, self.scales, self.heights, self.row.lines, strict=True
        ):
            middles.append((line, y + height / 2))
            draw_marks(canvas, placed, scale, middles[-1][1], link=self.chart.link, tick=line.tick)
            for mark in line.marks:
                if mark.value is None and mark.text:
                    canvas.text(scale.left + 4, middles[-1][1], mark.text, colour=QUIET)
            y += 0 if self.chart.panels else height
        return middles

    def _draw_bar(self, canvas: Canvas, bar: Mark, y: float) -> None:
        """Draw the bar with its text behind its end, or in it where there is no room behind."""
        scale = self.scales[0]
        end = scale.left if bar.value is None else scale.at(bar.value)
        if end > scale.left:
            thick = _BAR if bar.text else 2 * _BAR
            canvas.bar(scale.left, y, end - scale.left, thick, bar.series.colour)
        if end + 6 + style.text_width(bar.text) > scale.right:
            canvas.text(end - 5, y, bar.text, align="right")
        else:
            canvas.text(end + 5, y, bar.text, colour=QUIET)


def percent_axis(texts: Sequence[str]) -> Axis:
    """Return a scale from 0 to 100 with five ticks that have the given texts."""
    values = zip(range(0, 101, 25), texts, strict=True)
    return Axis(0, 100, [(v, text, FAINT if 0 < v < 100 else RULE) for v, text in values])


def _head_width(head: str | Series) -> float:
    return style.text_width(head) if isinstance(head, str) else 2 * SMALL


def _weight(is_bold: bool) -> Weight:
    return "bold" if is_bold else "normal"
