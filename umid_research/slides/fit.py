"""How large the words, figures and tables of a slide may be: measured, so that nothing runs over.

In points of a 16:9 page. Both files use what is found here, since PowerPoint does not measure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from umid_research import style
from umid_research.errors import ReportError
from umid_research.slides.slide import Point, Slide, plain

WIDTH, HEIGHT = 960.0, 540.0
EDGE = 48.0
INSIDE = WIDTH - 2 * EDGE
TITLE_TOP, TITLE_HEIGHT, RULE = 30.0, 76.0, 108.0
TOP, BOTTOM = 130.0, 502.0
ROOM = BOTTOM - TOP
# How far the first slide's words stand below where those of the others do.
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
# Another typeface than ours may be a little wider.
_SPARE = 0.95
# How much of the room points may take where they stand above a figure or a table.
_MAX_POINTS = 0.4
# A table's rows grow to fill the room, up to so many times the height of their letters; so do its
# columns of numbers, up to this width.
_TALLEST_ROW, _WIDEST_NUMBERS = 2.6, 150.0
# A figure is drawn this much smaller than it is shown, so that its smallest letters have 14 points
# and what drawings round off.
_ENLARGED = 14.05 / style.SMALL
# What every drawing has around it.
FRAME = 5.0
# The share of the width that a figure gets beside a table.
_BESIDE = 0.45


@dataclass(frozen=True)
class TableLayout:
    """The size of a table's letters, and how wide and high its columns and rows are."""

    size: float
    widths: list[float]
    heights: list[float]


def title_size(title: str, *, key: str = "") -> float:
    """The largest size at which a title has at most two lines."""
    for size in _TITLE_SIZES.get(key, (30.0, 28.0, 26.0, 22.0, 18.0)):
        if len(_lines(title, size, bold=True)) <= _TITLE_LINES:
            return size
    raise ReportError("the title is too long for a slide", found=title)


def is_short(title: str) -> bool:
    """Whether a title can be read from the last row."""
    return len(_lines(title, 26.0, bold=True)) <= _TITLE_LINES


def points_size(slide: Slide) -> float:
    """The largest size at which the points leave room for the figure or the table."""
    is_alone = slide.figure is None and slide.table is None
    return _points_size(slide.points, is_alone=is_alone, title=slide.title)


def _points_size(points: Sequence[Point], *, is_alone: bool, title: str) -> float:
    room = ROOM + GAP if is_alone else ROOM * _MAX_POINTS
    for size in _SIZES if is_alone else _SIZES_ABOVE:
        if points_height(points, size) <= room:
            return size
    raise ReportError("there are too many words for a slide", found=title)


def points_height(points: Sequence[Point], size: float) -> float:
    """How high the points are at a size, with the space below them."""
    if not points:
        return 0.0
    lines = sum(len(_lines(plain(point), size)) for point in points)
    return lines * size * LEADING + (len(points) - 1) * size * BETWEEN + GAP


def drawing_room(
    points: Sequence[Point] = (), *, title: str = "", beside_table: bool = False
) -> tuple[float, float]:
    """For what width and height a figure is to be drawn that stands below these points."""
    above = points_height(points, _points_size(points, is_alone=False, title=title))
    width = INSIDE * (_BESIDE if beside_table else 1)
    return width / _ENLARGED - 2 * FRAME, (ROOM - above) / _ENLARGED - 2 * FRAME


def figure_box(slide: Slide) -> tuple[float, float]:
    """Width and height of the figure: as large as the points and the table leave room for."""
    if slide.figure is None:
        raise ReportError("the slide has no figure", found=slide.key)
    wide, high = figure_size(slide.figure.svg)
    room = ROOM - points_height(slide.points, points_size(slide))
    width = INSIDE * (1 if slide.table is None else _BESIDE)
    scale = min(width / wide, room / high)
    return wide * scale, high * scale


def figure_size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing, in points."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        raise ReportError("the drawing does not say how large it is")
    return float(found[1]), float(found[2])


def table_layout(slide: Slide) -> TableLayout:
    """The largest letters at which a table leaves room for the points; what is left is air."""
    if slide.table is None:
        raise ReportError("the slide has no table", found=slide.key)
    rows = [slide.table.head, *slide.table.rows]
    room = ROOM - points_height(slide.points, points_size(slide)) - GAP / 2
    width = INSIDE if slide.figure is None else INSIDE * (1 - _BESIDE) - GAP
    for size in _ROW_SIZES:
        least = _least_widths(rows, size)
        widths = _column_widths(rows, size, least, width)
        heights = _row_heights(rows, size, widths)
        is_whole = all(wide <= given for wide, given in zip(least, widths, strict=True))
        if sum(heights) <= room and (is_whole or size == _ROW_SIZES[-1]):
            return TableLayout(size, widths, _with_air(heights, room, size))
    raise ReportError("the table is too long for a slide", found=slide.table.caption)


def _with_air(heights: Sequence[float], room: float, size: float) -> list[float]:
    """The rows below the head as high as there is room for, up to a measure."""
    head, *others = heights
    spare = (room - sum(heights)) / max(len(others), 1)
    air = min(spare, size * (_TALLEST_ROW - LEADING) - ROW_PAD)
    return [head, *(height + max(air, 0) for height in others)]


def _least_widths(rows: Sequence[Sequence[str]], size: float) -> list[float]:
    """How wide columns must be: as their widest cell, the longest word of their head.

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
    rows: Sequence[Sequence[str]], size: float, least: Sequence[float], width: float
) -> list[float]:
    """Columns of numbers are equally wide; names on one line have what these can spare."""
    count = len(least) - 1
    if not count:
        return [width]
    names = max(style.text_width(row[0], size=size, weight="bold") for row in rows)
    names = names / _SPARE + 2 * ROW_PAD
    share = max(*least[1:], min(_WIDEST_NUMBERS, (width - names) / count))
    share = min(share, (width - min(least[0], width / 2)) / count)
    return [width - share * count, *[share] * count]


def _row_heights(
    rows: Sequence[Sequence[str]], size: float, widths: Sequence[float]
) -> list[float]:
    """How high each row of a table is at least."""
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
