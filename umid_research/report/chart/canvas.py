"""The drawing surface of a figure, in points from the top left.

The figures compute the position of every item themselves, from the top down. Texts differ in
length between languages, and only measured text can be wrapped without overlaps or cut-offs.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from typing import Any, cast

import numpy as np
from matplotlib import style as looks
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Circle, Polygon, Rectangle

from umid_research.report.chart import style
from umid_research.report.chart.style import (
    INK,
    LEADING,
    PAPER,
    RULE,
    SMALL,
    WIDTH,
    Align,
    Series,
    Weight,
)

_EDGE = 5.0
# Fallback fonts where Fira Sans is missing, as in JupyterLab; their letters are not much wider.
_FALLBACK_FONTS = "Arial, 'Liberation Sans', 'DejaVu Sans'"
# In a legend: distance from a marker to its name, possible distances between two entries, and
# the number of entries a line must exceed before it gives one to a last line of one entry.
_NAME, _SPACINGS = 14.0, (12.0, 6.0)
_MAX_KEPT = 2
LETTERED = 5.0  # the smallest radius of a marker with a letter on it


class Canvas:
    """Collect drawing instructions in points from the top left; `svg` executes them."""

    def __init__(self, width: float = WIDTH) -> None:
        self.width = width
        self._strokes: list[Callable[[Axes], Artist]] = []

    @property
    def is_narrow(self) -> bool:
        """Return whether the canvas is narrower than on paper, as on a phone."""
        return self.width < WIDTH

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        colour: str = INK,
        weight: Weight = "normal",
        align: Align = "left",
    ) -> None:
        """Draw one line of text, vertically centred on `y`; markup in it is not interpreted."""
        self._strokes.append(
            lambda axes: axes.text(
                x,
                y + 0.35 * size,
                style.clean(text),
                fontsize=size,
                color=colour,
                fontweight=weight,
                ha=align,
                va="baseline",
                parse_math=False,
            )
        )

    def lines(
        self,
        x: float,
        top: float,
        lines: Sequence[str],
        *,
        size: float = SMALL,
        colour: str = INK,
        weight: Weight = "normal",
        align: Align = "left",
    ) -> float:
        """Draw lines of text below `top`; return their lower edge."""
        for place, line in enumerate(lines):
            y = top + (place + 0.5) * size * LEADING
            self.text(x, y, line, size=size, colour=colour, weight=weight, align=align)
        return top + len(lines) * size * LEADING

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 0.6
    ) -> None:
        """Draw a straight line."""
        xs, ys = [start[0], end[0]], [start[1], end[1]]
        self._strokes.append(
            lambda axes: axes.plot(xs, ys, color=colour, linewidth=width, clip_on=False)[0]
        )

    def bar(self, left: float, y: float, width: float, height: float, colour: str) -> None:
        """Draw a bar vertically centred on `y`, with a white edge against its neighbour."""
        corner = (left, y - height / 2)
        self._strokes.append(
            lambda axes: axes.add_artist(
                Rectangle(corner, width, height, fc=colour, ec=PAPER, lw=0.6, clip_on=False)
            )
        )

    def picture(self, left: float, top: float, width: float, height: float, pixels: Any) -> None:
        """Draw an array of pixels, row by row from the top, with a thin frame around it."""
        box = (left, left + width, top + height, top)
        self._strokes.append(
            lambda axes: axes.imshow(
                pixels, extent=box, aspect="auto", interpolation="none", clip_on=False
            )
        )
        corners = [(left, top), (left + width, top), (left + width, top + height)]
        outline = [*corners, (left, top + height), (left, top)]
        for start, end in pairwise(outline):
            self.line(start, end, RULE)

    def area(self, corners: np.ndarray, colour: str) -> None:
        """Draw a filled polygon with a white edge against its neighbours."""
        self._strokes.append(
            lambda axes: axes.add_artist(
                Polygon(corners, closed=True, fc=colour, ec=PAPER, lw=1.4, clip_on=False)
            )
        )

    def mark(self, x: float, y: float, series: Series, *, radius: float = 3.6) -> None:
        """Draw the marker of a series on a white rim that separates it from lines behind it."""
        fill = PAPER if series.hollow else series.colour
        radius = max(radius, LETTERED) if series.letter else radius
        self._strokes.append(lambda axes: axes.add_artist(_rim(x, y, series.marker, radius + 1)))
        self._strokes.append(
            lambda axes: axes.add_artist(
                _shape(x, y, series.marker, radius, fc=fill, ec=series.colour, lw=1.2)
            )
        )
        if series.letter:
            ink = series.colour if series.hollow else PAPER
            size = 1.5 * radius / max(1, 0.7 * len(series.letter))
            self.text(x, y, series.letter, size=size, colour=ink, weight="bold", align="center")

    def legend(
        self, left: float, top: float, right: float, entries: Sequence[tuple[Series, str]]
    ) -> float:
        """Draw markers with their names in as few lines as possible; return their lower edge."""
        room, height = right - left, SMALL * 1.6
        names = [style.wrapped(name, room - _NAME) for _, name in entries]
        wide = [_NAME + max(style.text_width(line) for line in lines) for lines in names]
        # use the closer spacing only if it saves a line
        between = min(_SPACINGS, key=lambda gap: len(_legend_lines(wide, room, gap)))
        y = top
        for line in _legend_lines(wide, room, between):
            x, end = left, y + height
            for place in line:
                self.mark(x + 4, y + height / 2, entries[place][0])
                first = y + (height - SMALL * LEADING) / 2
                bottom = self.lines(x + _NAME, first, names[place])
                end = max(end, bottom) if len(names[place]) > 1 else end
                x += wide[place] + between
            y = end
        return y

    def svg(self, height: float) -> str:
        """Return the drawing as SVG with text elements; the same drawing gives the same bytes."""
        style.register_fonts()
        with looks.context(["default", style.LOOK]):
            written = io.StringIO()
            with self._drawn(_sheet(), height) as drawing:
                nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
                FigureCanvasSVG(drawing).print_svg(written, metadata=nothing)
        svg = written.getvalue().replace("'DejaVu Sans'", _FALLBACK_FONTS)
        # Without the XML prologue the SVG can be embedded in an HTML page.
        return svg[svg.index("<svg") :]

    @contextmanager
    def _drawn(self, axes: Axes, height: float) -> Iterator[Drawing]:
        """Execute the drawing instructions on empty axes, which are empty again afterwards."""
        drawing = cast(Drawing, axes.figure)
        drawing.set_size_inches((self.width + 2 * _EDGE) / 72, (height + 2 * _EDGE) / 72)
        drawn: list[Artist] = []
        try:
            for order, stroke in enumerate(self._strokes):
                drawn.append(stroke(axes))
                drawn[-1].set_zorder(order)
            axes.set(xlim=(-_EDGE, self.width + _EDGE), ylim=(height + _EDGE, -_EDGE))
            yield drawing
        finally:
            for artist in drawn:
                artist.remove()


@lru_cache(maxsize=1)
def _sheet() -> Axes:
    """Return the empty axes that all drawings use in turn, as new ones take a third of the time."""
    axes = Drawing(facecolor=PAPER).add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    return axes


_OUTLINES = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "triangle": [(0, -1.15), (1.15, 0.9), (-1.15, 0.9)],
    "wedge": [(0, 1.15), (1.15, -0.9), (-1.15, -0.9)],
    "cross": [
        *[(-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4)],
        *[(0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)],
    ],
    "bar": [(-0.15, -1.5), (0.15, -1.5), (0.15, 1.5), (-0.15, 1.5)],
    "swatch": [(-1.2, -1.2), (1.2, -1.2), (1.2, 1.2), (-1.2, 1.2)],
}


def _legend_lines(widths: Sequence[float], room: float, between: float) -> list[list[int]]:
    """Distribute entries of the given widths over lines; return their positions line by line.

    A single entry in the last line gets a second one if the line above has more than two.
    """
    lines: list[list[int]] = []
    end = room
    for place, width in enumerate(widths):
        if not lines or end + between + width > room:
            lines.append([])
            end = -between
        lines[-1].append(place)
        end += between + width
    if len(lines) > 1 and len(lines[-1]) == 1 and len(lines[-2]) > _MAX_KEPT:
        moved = lines[-2][-1]
        if widths[moved] + between + widths[moved + 1] <= room:
            lines[-1].insert(0, lines[-2].pop())
    return lines


def _shape(
    x: float, y: float, marker: str, radius: float, *, fc: str, ec: str, lw: float
) -> Circle | Polygon:
    if marker == "circle":
        return Circle((x, y), radius, fc=fc, ec=ec, lw=lw, clip_on=False)
    corners = [(x + radius * dx, y + radius * dy) for dx, dy in _OUTLINES[marker]]
    return Polygon(corners, closed=True, fc=fc, ec=ec, lw=lw, clip_on=False)


def _rim(x: float, y: float, marker: str, radius: float) -> Circle | Polygon:
    return _shape(x, y, marker, radius, fc=PAPER, ec=PAPER, lw=0.6)
