"""One look for all figures: paper width, type, colours that survive grey print, and a canvas.

A figure is laid out by hand from the top, in points: wordings differ in length from language to
language, and only measured text can be wrapped so that nothing overlaps or is cut off.
"""

import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import fontpkg_fira_sans
import matplotlib
import numpy as np
from matplotlib import colors, font_manager, style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import Circle, Polygon, Rectangle

FAMILY = fontpkg_fira_sans.FAMILY
# With its edges the text width of an A4 page; sizes are legible at half of it, on a phone.
WIDTH = 508.0
_EDGE = 5.0
TEXT, SMALL = 11.0, 9.5
LEADING = 1.3

INK, QUIET, RULE, FAINT, PAPER = "#1a1a1a", "#595959", "#c8c8c8", "#ececec", "#ffffff"
# After Okabe and Ito: told apart with any colour vision; the markers tell them apart in grey.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#b0508a", "#8a6d00", "#1a1a1a", "#56b4e9")
_MARKERS = ("circle", "square", "diamond", "triangle", "wedge", "cross", "bar")
NEGATIVE, POSITIVE = ("#b84a00", "#f7c9a6"), ("#00568c", "#a9d3ef")
MIDDLE, BESIDE = "#a6a6a6", "#d4d4d4"

_UNBROKEN = "\N{NO-BREAK SPACE}"
_LOOK = {
    "svg.fonttype": "none",
    "svg.hashsalt": "umid",
    "font.family": [FAMILY, "sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
}
Weight = Literal["normal", "bold"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Series:
    """How one group or district is drawn throughout a figure."""

    colour: str
    marker: str
    hollow: bool = False


def series_of(keys: Iterable[str]) -> dict[str, Series]:
    """A colour and a marker for each key, in the order given."""
    return {
        key: Series(_COLOURS[place % len(_COLOURS)], _MARKERS[place % len(_MARKERS)])
        for place, key in enumerate(keys)
    }


def shades(count: int, ends: tuple[str, str]) -> list[str]:
    """`count` colours from the dark end to the light one."""
    dark, light = (np.array(colors.to_rgb(colour)) for colour in ends)
    steps = np.linspace(0, 1, count) if count > 1 else np.zeros(count)
    return [colors.to_hex(dark + step * (light - dark)) for step in steps]


def is_dark(colour: str) -> bool:
    """Whether white letters read better on the colour than black ones (WCAG 2 contrast)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in colors.to_rgb(colour)
    ]
    luminance = sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05


@dataclass(frozen=True)
class Scale:
    """Numbers from `low` to `high` as places from `left` to `right`."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """The place of a number; what lies outside the scale is drawn at its end."""
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)


def text_width(text: str, *, size: float = SMALL, weight: Weight = "normal") -> float:
    """How wide a line of text is, in points."""
    font = _font(weight)
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return font.get_width_height()[0] / 64


def wrapped(
    text: str, width: float, *, size: float = SMALL, weight: Weight = "normal"
) -> list[str]:
    """The text in lines that are at most `width` wide; a word that is too wide is cut."""
    lines = [""]
    for word in _clean(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size=size, weight=weight) <= width:
            lines[-1] = longer
            continue
        *full, rest = _cut(word, width, size, weight)
        lines += [*full, rest]
    return [line for line in lines if line] or [""]


class Canvas:
    """What is to be drawn, in points from the top left; `svg` draws it."""

    def __init__(self) -> None:
        self._strokes: list[Callable[[Axes], Artist]] = []

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
        """One line of text with its middle at height `y`; never read as markup."""
        self._strokes.append(
            lambda axes: axes.text(
                x,
                y + 0.35 * size,
                _clean(text),
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
        """Lines of text below `top`; returns where they end."""
        for place, line in enumerate(lines):
            y = top + (place + 0.5) * size * LEADING
            self.text(x, y, line, size=size, colour=colour, weight=weight, align=align)
        return top + len(lines) * size * LEADING

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 0.6
    ) -> None:
        """A straight line."""
        xs, ys = [start[0], end[0]], [start[1], end[1]]
        self._strokes.append(
            lambda axes: axes.plot(xs, ys, color=colour, linewidth=width, clip_on=False)[0]
        )

    def bar(self, left: float, y: float, width: float, height: float, colour: str) -> None:
        """A bar with its middle at height `y`; a white edge parts it from its neighbour."""
        corner = (left, y - height / 2)
        self._strokes.append(
            lambda axes: axes.add_patch(
                Rectangle(corner, width, height, fc=colour, ec=PAPER, lw=0.6, clip_on=False)
            )
        )

    def area(self, corners: np.ndarray, colour: str) -> None:
        """A filled shape, parted from its neighbours by a white edge."""
        self._strokes.append(
            lambda axes: axes.add_patch(
                Polygon(corners, closed=True, fc=colour, ec=PAPER, lw=1.4, clip_on=False)
            )
        )

    def mark(self, x: float, y: float, series: Series, *, radius: float = 3.6) -> None:
        """The marker of a series, on a white rim that keeps it apart from lines below it."""
        fill = PAPER if series.hollow else series.colour
        self._strokes.append(lambda axes: axes.add_patch(_rim(x, y, series.marker, radius + 1)))
        self._strokes.append(
            lambda axes: axes.add_patch(
                _shape(x, y, series.marker, radius, fc=fill, ec=series.colour, lw=1.2)
            )
        )

    def key(
        self, left: float, top: float, right: float, entries: Sequence[tuple[Series, str]]
    ) -> float:
        """Markers with their names, in as many lines as they need; returns where they end."""
        x, y, height = left, top, SMALL * 1.6
        for series, name in entries:
            lines = wrapped(name, right - left - 14)
            width = 14 + max(text_width(line) for line in lines)
            if x > left and x + width > right:
                x, y = left, y + height
            self.mark(x + 4, y + height / 2, series)
            end = self.lines(x + 14, y + (height - SMALL * LEADING) / 2, lines)
            x += width + 12
            if len(lines) > 1:
                x, y = left, end
        return y + height if x > left else y

    def svg(self, height: float) -> str:
        """The drawing as SVG whose text is text; the same bytes for the same drawing."""
        _register()
        with style.context(["default", _LOOK]):
            size = (WIDTH + 2 * _EDGE) / 72, (height + 2 * _EDGE) / 72
            drawing = Drawing(figsize=size, facecolor=PAPER)
            axes = drawing.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            for order, stroke in enumerate(self._strokes):
                stroke(axes).set_zorder(order)
            axes.set(xlim=(-_EDGE, WIDTH + _EDGE), ylim=(height + _EDGE, -_EDGE))
            written = io.StringIO()
            nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
            FigureCanvasSVG(drawing).print_svg(written, metadata=nothing)
        svg = written.getvalue()
        # Without the XML prologue it can stand inside a page as it is.
        return svg[svg.index("<svg") :]


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


def _shape(
    x: float, y: float, marker: str, radius: float, *, fc: str, ec: str, lw: float
) -> Circle | Polygon:
    if marker == "circle":
        return Circle((x, y), radius, fc=fc, ec=ec, lw=lw, clip_on=False)
    corners = [(x + radius * dx, y + radius * dy) for dx, dy in _OUTLINES[marker]]
    return Polygon(corners, closed=True, fc=fc, ec=ec, lw=lw, clip_on=False)


def _rim(x: float, y: float, marker: str, radius: float) -> Circle | Polygon:
    return _shape(x, y, marker, radius, fc=PAPER, ec=PAPER, lw=0.6)


@lru_cache(maxsize=1)
def _register() -> None:
    """Makes the two cuts that are used known to matplotlib, on the first drawing."""
    for weight in ("normal", "bold"):
        font_manager.fontManager.addfont(str(_font_file(weight)))


def _font_file(weight: str) -> Path:
    cut = {"normal": "Regular", "bold": "Bold"}[weight]
    return fontpkg_fira_sans.ROOT / "files" / f"FiraSans-{cut}.ttf"


@lru_cache(maxsize=2)
def _font(weight: Weight) -> FT2Font:
    fallback = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return font_manager.get_font([_font_file(weight), fallback])


def _clean(text: str) -> str:
    """The text without control characters, which no drawing may hold."""
    return "".join(sign if sign.isprintable() or sign == _UNBROKEN else " " for sign in text)


def _cut(word: str, width: float, size: float, weight: Weight) -> list[str]:
    pieces = [""]
    for sign in word:
        if pieces[-1] and text_width(pieces[-1] + sign, size=size, weight=weight) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def rounded_up(value: float, step: float) -> float:
    """The next multiple of `step`."""
    return math.ceil(value / step) * step
