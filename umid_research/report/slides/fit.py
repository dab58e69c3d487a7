"""Compute the sizes of texts, figures and tables on a slide so that nothing overflows.

All lengths are points of a 16:9 page. Both files use these sizes; PowerPoint does not measure text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from umid_research.errors import ReportError
from umid_research.report.chart import style
from umid_research.report.slides.slide import Point, Slide, plain

WIDTH, HEIGHT = 960.0, 540.0
EDGE = 48.0
INSIDE = WIDTH - 2 * EDGE
TITLE_TOP, TITLE_HEIGHT, RULE = 30.0, 76.0, 108.0
TOP, BOTTOM = 130.0, 502.0
ROOM = BOTTOM - TOP
# How much lower the texts of the first slide are than those of the others.
DROP = {"opening": 120.0}
ROW_PAD = 9.0
GAP = 16.0
LEADING, BETWEEN = 1.22, 0.55
_TITLE_LINES = 2
_TITLE_SIZES = {"opening": (44.0, 36.0, 30.0, 26.0, 22.0, 18.0)}
_SIZES = tuple(map(float, range(24, 15, -1)))
_SIZES_ABOVE = _SIZES[4:]
_ROW_SIZES = (22.0, 20.0, 18.0, 16.0, 15.0, 14.0, 12.0)
_INDENT = 1.1
# A fallback font may be a little wider than ours.
_SPARE = 0.95
# Share of the height that points above a figure or a table may take.
_MAX_POINTS = 0.4
# Rows of a table grow to fill the height, up to this multiple of the letter size; number columns
# grow up to this width.
_MAX_ROW, _MAX_NUMBERS = 2.6, 150.0
# A figure is drawn smaller than it is shown by this factor, so that its smallest letters have 14
# points on the slide; 0.05 allows for rounding in the drawing.
_ENLARGED = 14.05 / style.SMALL
# The margin around every drawing.
FRAME = 5.0
# Share of the width that a figure next to a table gets.
_FIGURE_SHARE = 0.45


@dataclass(frozen=True)
class TableLayout:
    """The letter size of a table, its column widths and its row heights."""

    size: float
    widths: list[float]
    heights: list[float]


def title_size(title: str, *, key: str = "") -> float:
    """Return the largest size at which a title has at most two lines."""
    for size in _TITLE_SIZES.get(key, (30.0, 28.0, 26.0, 22.0, 18.0)):
        if len(_lines(title, size, bold=True)) <= _TITLE_LINES:
            return size
    raise ReportError("the title is too long for a slide", found=title)


def is_short(title: str) -> bool:
    """Return whether a title fits two lines at a size that is readable from the back."""
    return len(_lines(title, 26.0, bold=True)) <= _TITLE_LINES


def points_size(slide: Slide) -> float:
    """Return the largest size at which the points leave space for the figure or table."""
    is_alone = slide.figure is None and slide.table is None
    return _points_size(slide.points, is_alone=is_alone, title=slide.title)


def _points_size(points: Sequence[Point], *, is_alone: bool, title: str) -> float:
    room = ROOM + GAP if is_alone else ROOM * _MAX_POINTS
    for size in _SIZES if is_alone else _SIZES_ABOVE:
        if points_height(points, size) <= room:
            return size
    raise ReportError("there is too much text for a slide", found=title)


def points_height(points: Sequence[Point], size: float) -> float:
    """Return the height of the points at a size, with the space below them."""
    if not points:
        return 0.0
    lines = sum(len(_lines(plain(point), size)) for point in points)
    return lines * size * LEADING + (len(points) - 1) * size * BETWEEN + GAP


def drawing_room(
    points: Sequence[Point] = (), *, title: str = "", beside_table: bool = False
) -> tuple[float, float]:
    """Return the width and height at which to draw a figure below these points."""
    above = points_height(points, _points_size(points, is_alone=False, title=title))
    width = INSIDE * (_FIGURE_SHARE if beside_table else 1)
    return width / _ENLARGED - 2 * FRAME, (ROOM - above) / _ENLARGED - 2 * FRAME


def figure_box(slide: Slide) -> tuple[float, float]:
    """Return width and height of the figure, as large as points and table allow."""
    if slide.figure is None:
        raise ReportError("the slide has no figure", found=slide.key)
    wide, high = figure_size(slide.figure.svg)
    room = ROOM - points_height(slide.points, points_size(slide))
    width = INSIDE * (1 if slide.table is None else _FIGURE_SHARE)
    scale = min(width / wide, room / high)
    return wide * scale, high * scale


def figure_size(svg: str) -> tuple[float, float]:
    """Return width and height of a drawing in points."""
    match = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if match is None:
        raise ReportError("the drawing has no viewBox with its size")
    return float(match[1]), float(match[2])


def table_layout(slide: Slide) -> TableLayout:
    """Return the layout with the largest letters at which the table and the points fit."""
    if slide.table is None:
        raise ReportError("the slide has no table", found=slide.key)
    rows = [slide.table.head, *slide.table.rows]
    room = ROOM - points_height(slide.points, points_size(slide)) - GAP / 2
    width = INSIDE if slide.figure is None else INSIDE * (1 - _FIGURE_SHARE) - GAP
    for size in _ROW_SIZES:
        minima = _min_widths(rows, size)
        widths = _column_widths(rows, size, minima, width)
        heights = _row_heights(rows, size, widths)
        is_whole = all(wide <= given for wide, given in zip(minima, widths, strict=True))
        if sum(heights) <= room and (is_whole or size == _ROW_SIZES[-1]):
            return TableLayout(size, widths, _with_spacing(heights, room, size))
    raise ReportError("the table is too long for a slide", found=slide.table.caption)


def _with_spacing(heights: Sequence[float], room: float, size: float) -> list[float]:
    """Return the row heights, increased below the head to fill the height up to a limit."""
    head, *others = heights
    spare = (room - sum(heights)) / max(len(others), 1)
    extra = min(spare, size * (_MAX_ROW - LEADING) - ROW_PAD)
    return [head, *(height + max(extra, 0) for height in others)]


def _min_widths(rows: Sequence[Sequence[str]], size: float) -> list[float]:
    """Return the smallest column widths: the widest cell or the longest word of the head.

    The names in the first column may be wrapped.
    """
    first, *others = zip(*rows, strict=True)
    words = [" ".join(first).split(), *([*head.split(), *cells] for head, *cells in others)]
    return [
        max(style.text_width(text, size=size, weight="bold") for text in column) / _SPARE
        + 2 * ROW_PAD
        for column in words
    ]


def _column_widths(
    rows: Sequence[Sequence[str]], size: float, minima: Sequence[float], width: float
) -> list[float]:
    """Return column widths: equal ones for numbers, the rest for the names."""
    count = len(minima) - 1
    if not count:
        return [width]
    names = max(style.text_width(row[0], size=size, weight="bold") for row in rows)
    names = names / _SPARE + 2 * ROW_PAD
    share = max(*minima[1:], min(_MAX_NUMBERS, (width - names) / count))
    share = min(share, (width - min(minima[0], width / 2)) / count)
    return [width - share * count, *[share] * count]


def _row_heights(
    rows: Sequence[Sequence[str]], size: float, widths: Sequence[float]
) -> list[float]:
    """Return the smallest height of each row of a table."""
    return [
        max(
            len(style.wrapped(text, (width - 2 * ROW_PAD) * _SPARE, size=size, weight="bold"))
            for text, width in zip(row, widths, strict=True)
        )
        * size
        * LEADING
        + ROW_PAD
        for row in rows
    ]


def _lines(text: str, size: float, *, bold: bool = False) -> list[str]:
    width = (INSIDE - (0 if bold else _INDENT * size)) * _SPARE
    return style.wrapped(text, width, size=size, weight="bold" if bold else "normal")
