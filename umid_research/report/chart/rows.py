"""Draw rows of markers and intervals on a scale, with numbers in columns at the right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.labels import label_of, marks_from
from umid_research.report.chart.marks import Mark, Placed, extent, place_marks
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

_PAD, _EDGE, _BETWEEN, _LINE, _BAR = 10.0, 14.0, 14.0, 11.2, 7.0
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
        widths = [
            max(
                [
                    style.text_width(head) if isinstance(head, str) else 2 * SMALL,
                    *map(self._wide, cells),
                ]
            )
            for head, *cells in zip(
                self.chart.heads,
                *(line.cells for row in self.rows for line in row.lines if line.cells),
                strict=True,
            )
        ]
        self.taken = sum(widths) + _BETWEEN * max(len(widths) - 1, 0)
        if self.canvas.width - left - self.taken < _MIN_SCALE * self.canvas.width:
            self.taken = 0.0
            return []
        rights = [self.canvas.width]
        for wide in widths[:0:-1]:
            rights.insert(0, rights[0] - wide - _BETWEEN)
        return rights

    def _wide(self, cell: Cell) -> float:
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
            middles = row.draw(self.canvas, y)
            for line, middle in zip(row.row.lines, middles, strict=True):
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
        self.chart, self.row, self.scales = chart, row, scales
        marks = [mark for line in row.lines for mark in line.marks]
        self.label = label_of(
            canvas,
            row.name,
            chart.names - 4,
            size=chart.size,
            weight=_weight(row.is_total),
            withheld=[mark.series for mark in marks if mark.value is None and not mark.text],
        )
        self.placed = [
            place_marks(
                line.marks,
                scales[place % len(scales)],
                chart.radius,
                tick=line.tick.value if line.tick else None,
                may_overlap=chart.may_overlap,
            )
            for place, line in enumerate(row.lines)
        ]
        self.heights = [max(_LINE, bottom - top) for top, bottom in map(extent, self.placed)]
        self.bar = _BAR + 3 if row.bar and row.bar.text else 0.0
        lines = max(self.heights) if chart.panels else sum(self.heights)
        has_limits = any(cell.below for line in row.lines for cell in line.cells)
        self.high = max(self.bar + lines, 2 * _LINE if has_limits else 0.0)
        self.depth = self.label.depth(self.high) + _PAD + chart.space

    def draw(self, canvas: Canvas, top: float) -> list[float]:
        """Draw the row below `top`; return the middle of the cells of each line."""
        canvas.line((0, top), (canvas.width, top), QUIET if self.row.is_total else RULE)
        middle = self.label.draw(
            canvas, top + _PAD / 2, self.depth - _PAD, at_top=self.chart.is_stacked
        )
        y = middle - self.high / 2
        if self.row.bar:
            self._draw_bar(canvas, self.row.bar, y + _BAR / 2 if self.bar else middle)
        if self.chart.panels or len(self.placed) == 1:
            for line, placed, scale in zip(self.row.lines, self.placed, self.scales, strict=True):
                self._draw_line(canvas, line, placed, scale, middle + self.bar / 2)
            return [middle] * len(self.placed)
        middles = []
        for line, placed, height in zip(self.row.lines, self.placed, self.heights, strict=True):
            middles.append(y + height / 2)
            self._draw_line(canvas, line, placed, self.scales[0], middles[-1])
            y += height
        return middles

    def _draw_line(
        self, canvas: Canvas, line: Line, placed: Sequence[Placed], scale: Scale, middle: float
    ) -> None:
        """Draw the marks of a line with their joint extent around its middle."""
        y = middle - sum(extent(placed)) / 2
        if self.chart.link and len(placed) > 1:
            wide = 3.0 if self.chart.link == RULE else 1.6
            canvas.line((placed[0].x, y), (placed[-1].x, y), self.chart.link, wide)
        for one in placed:
            if one.interval:
                ends = [(x, y + one.y) for x in one.interval]
                canvas.line(ends[0], ends[1], one.mark.series.colour, 1.6)
        for one in placed:
            one.draw(canvas, y)
        if line.tick and line.tick.value is not None:
            canvas.mark(scale.at(line.tick.value), middle, line.tick.series, radius=5)
        for mark in line.marks:
            if mark.value is None and mark.text:
                canvas.text(scale.left + 4, y, mark.text, colour=QUIET)

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


def _weight(is_bold: bool) -> Weight:
    return "bold" if is_bold else "normal"
