"""How large the words of a slide may be: measured, so that nothing runs over its edge.

In points of a 16:9 page. Both files use what is found here, since PowerPoint does not measure.
"""

import re
from collections.abc import Sequence

from umid_research import style
from umid_research.errors import ReportError
from umid_research.slides.slide import Point, Slide, plain

WIDTH, HEIGHT = 960.0, 540.0
EDGE = 48.0
INSIDE = WIDTH - 2 * EDGE
TOP, BOTTOM = 122.0, 500.0
# How far the first slide's words stand below where those of the others do.
DROP = {"opening": 120.0}
TITLE_SIZE, TITLE_LINES = 30.0, 2
ROW_PAD = 9.0
GAP = 14.0
_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0)
_ROW_SIZES = (20.0, 18.0, 16.0, 15.0)
_LEADING, _BETWEEN, _INDENT = 1.28, 0.5, 1.1
# Another typeface than ours may be a little wider.
_SPARE = 0.95
_LEAST_FIGURE = 200.0


def title_size(title: str) -> float:
    """The size at which a title has at most two lines."""
    for size in (TITLE_SIZE, 26.0, 22.0, 18.0):
        if len(_lines(title, size, bold=True)) <= TITLE_LINES:
            return size
    raise ReportError("the title is too long for a slide", found=title)


def points_size(slide: Slide) -> float:
    """The largest size at which the points leave room for the figure or the table."""
    room = BOTTOM - TOP - _shown_height(slide)
    for size in _SIZES:
        if points_height(slide.points, size) <= room:
            return size
    raise ReportError("there are too many words for a slide", found=slide.title)


def points_height(points: Sequence[Point], size: float) -> float:
    """How high the points are at a size, with the space below them."""
    if not points:
        return 0.0
    lines = sum(len(_lines(plain(point), size)) for point in points)
    return lines * size * _LEADING + (len(points) - 1) * size * _BETWEEN + GAP


def figure_box(slide: Slide) -> tuple[float, float]:
    """Width and height of the figure: as large as the points above it leave room for."""
    if slide.figure is None:
        raise ReportError("the slide has no figure", found=slide.key)
    wide, high = figure_size(slide.figure.svg)
    room = BOTTOM - TOP - points_height(slide.points, points_size(slide))
    scale = min(INSIDE / wide, room / high)
    return wide * scale, high * scale


def figure_size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing, in points."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        raise ReportError("the drawing does not say how large it is")
    return float(found[1]), float(found[2])


def row_size(slide: Slide) -> float:
    """The largest size at which a table leaves room for the points."""
    if slide.table is None:
        raise ReportError("the slide has no table", found=slide.key)
    rows = [slide.table.head, *slide.table.rows]
    room = BOTTOM - TOP - points_height(slide.points, _SIZES[-2])
    for size in _ROW_SIZES:
        if sum(row_heights(rows, size)) <= room:
            return size
    raise ReportError("the table is too long for a slide", found=slide.table.caption)


def column_widths(rows: Sequence[Sequence[str]], size: float) -> list[float]:
    """A table's columns: the first as wide as its words want, the others share what is left."""
    wanted = [
        max(style.text_width(text, size=size) for text in column)
        for column in zip(*rows, strict=True)
    ]
    wanted = [width + 2 * ROW_PAD for width in wanted]
    first = min(wanted[0], INSIDE * (0.5 if len(wanted) > 2 else 0.7))
    share = (INSIDE - first) / max(len(wanted) - 1, 1)
    return [first, *[share] * (len(wanted) - 1)]


def row_heights(rows: Sequence[Sequence[str]], size: float) -> list[float]:
    """How high each row of a table is."""
    widths = column_widths(rows, size)
    return [
        max(
            len(style.wrapped(text, width * _SPARE - 2 * ROW_PAD, size=size, weight="bold"))
            for text, width in zip(row, widths, strict=True)
        )
        * size
        * _LEADING
        + ROW_PAD
        for row in rows
    ]


def _shown_height(slide: Slide) -> float:
    if slide.table is not None:
        rows = [slide.table.head, *slide.table.rows]
        return sum(row_heights(rows, row_size(slide)))
    if slide.figure is not None:
        wide, high = figure_size(slide.figure.svg)
        return min(_LEAST_FIGURE, high * INSIDE / wide)
    return 0.0


def _lines(text: str, size: float, *, bold: bool = False) -> list[str]:
    width = (INSIDE - (0 if bold else _INDENT * size)) * _SPARE
    return style.wrapped(text, width, size=size, weight="bold" if bold else "normal")
