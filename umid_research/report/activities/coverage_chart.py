"""Draw what was published: one cell per municipality and category, zeros framed."""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    Figure,
    nothing_to_show,
    with_notes,
    with_phone_version,
)
from umid_research.report.chart.style import FAINT, INK, LEADING, PAPER, QUIET, RULE, SMALL, TEXT
from umid_research.report.texts import category_name

PAGE = "page:"
_LABEL, _TOTAL, _ROW, _GAP = 84.0, 36.0, 21.0, 10.0
_INDENT, _LETTER = 6.0, 12.0
_HEAD, _SMALLEST_HEAD = 8.5, 6.5
_SHADES = style.shades(4, ("#00568c", "#cfe5f5"))[::-1]


@with_phone_version
def plot_coverage(canvas: Canvas, report: ActivityReport) -> Figure:
    """Draw a row per municipality and a column per category; page columns are at the right."""
    cells = report.frame("coverage")
    if cells.empty:
        return nothing_to_show(report, canvas)
    wide = cells.pivot(index=["district", "locality"], columns="category", values="pieces")
    categories = list(dict.fromkeys(cells["category"]))
    wide = wide[categories]
    topics = [key for key in categories if not key.startswith(PAGE)]
    pages = [key for key in categories if key.startswith(PAGE)]
    columns = _columns(canvas, _label_width(canvas, wide.index), topics, pages)
    top = _draw_legend(canvas, report, bool(topics))
    draw_heads = _draw_letters if canvas.is_narrow else _draw_heads
    y = draw_heads(canvas, report, columns, topics, top)
    for district in report.study.districts:
        if district not in wide.index.get_level_values("district"):
            continue
        canvas.line((0, y), (canvas.width, y), RULE)
        canvas.text(0, y + _ROW / 2, report.district_name(district), weight="bold")
        y += _ROW - 3
        for locality, row in wide.loc[district].iterrows():
            y = _draw_row(canvas, report, str(locality), row, columns, topics, y)
        y += 3
    y = _draw_totals(canvas, report, wide, columns, topics, y)
    caption = _caption(report, wide[topics] if topics else None, len(wide))
    alt = [_sentence(report, place, row, topics) for place, row in wide.iterrows()]
    return with_notes(report, canvas, y, caption=caption, alt=alt)


def _label_width(canvas: Canvas, places: pd.MultiIndex) -> float:
    """Return the width of the column of names; on a phone it is no wider than necessary."""
    if not canvas.is_narrow:
        return _LABEL
    widest = max(style.text_width(str(locality)) for _, locality in places)
    return min(widest + _INDENT + 4, _LABEL)


def _columns(
    canvas: Canvas, label: float, topics: Sequence[str], pages: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Return the left edge and width of each column; totals and a gap precede the pages."""
    between = (_TOTAL if topics else 0) + (_GAP if topics and pages else 0)
    width = (canvas.width - label - between) / (len(topics) + len(pages))
    columns = {key: (label + place * width, width) for place, key in enumerate(topics)}
    start = label + len(topics) * width + between
    return columns | {key: (start + place * width, width) for place, key in enumerate(pages)}


def _total_at(columns: dict[str, tuple[float, float]], topics: Sequence[str]) -> float:
    left, width = columns[topics[-1]]
    return left + width + _TOTAL - 8


def _draw_legend(canvas: Canvas, report: ActivityReport, has_topics: bool) -> float:
    """Draw the legend of the shades and of the frame; return its lower edge."""
    if not has_topics:
        return 0.0
    x, y = 0.0, SMALL * 0.9
    for count, shade in enumerate(["", *_SHADES]):
        text = report.text("figure.coverage.gap") if not count else report.text.number(count)
        if count == len(_SHADES):
            text = report.text("figure.coverage.more", n=count)
        width = 20 + style.text_width(text)
        if x and x + width > canvas.width:
            x, y = 0.0, y + SMALL * 1.8
        _draw_box(canvas, x, y - 6, 16, 12, shade)
        canvas.text(x + 20, y, text, colour=QUIET)
        x += width + 14
    return y + SMALL * 1.3


def _draw_box(
    canvas: Canvas, left: float, top: float, width: float, height: float, fill: str
) -> None:
    """Draw a filled cell, or a white cell with a frame if there is no fill."""
    if fill:
        canvas.bar(left, top + height / 2, width, height, fill)
        return
    right, bottom = left + width, top + height
    canvas.bar(left, top + height / 2, width, height, PAPER)
    edge = 1.0
    corners = [
        (left + edge, top + edge),
        (right - edge, top + edge),
        (right - edge, bottom - edge),
        (left + edge, bottom - edge),
    ]
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        canvas.line(start, end, INK, width=0.9)


def _draw_heads(
    canvas: Canvas,
    report: ActivityReport,
    columns: dict[str, tuple[float, float]],
    topics: Sequence[str],
    top: float,
) -> float:
    """Draw the column names in one size, small enough that words fit if possible."""
    names = {key: category_name(report, key) for key in columns}
    width = min(width for _, width in columns.values()) - 3
    widest = max(style.text_width(word, size=_HEAD) for n in names.values() for word in n.split())
    size = max(_SMALLEST_HEAD, _HEAD * min(1.0, width / widest))
    heads = {key: style.wrapped(name, width, size=size) for key, name in names.items()}
    base = top + max(len(lines) for lines in heads.values()) * size * LEADING + 2
    for key, lines in heads.items():
        left, width = columns[key]
        start = base - 2 - len(lines) * size * LEADING
        canvas.lines(left + width / 2, start, lines, size=size, colour=QUIET, align="center")
    _draw_total_head(canvas, report, columns, topics, base - 2 - size * LEADING / 2, size)
    return base


def _draw_letters(
    canvas: Canvas,
    report: ActivityReport,
    columns: dict[str, tuple[float, float]],
    topics: Sequence[str],
    top: float,
) -> float:
    """Draw one letter per column and a list of their meanings: names do not fit on a phone."""
    letters = dict(zip(columns, ascii_uppercase, strict=False))
    names = {key: category_name(report, key) for key in columns}
    half = canvas.width / 2
    fits = max(style.text_width(name) for name in names.values()) + _LETTER + 4 <= half
    y = top + 2
    for place, (key, letter) in enumerate(letters.items()):
        left = half if fits and place % 2 else 0.0
        canvas.lines(left, y, [letter], weight="bold")
        end = canvas.lines(left + _LETTER, y, style.wrapped(names[key], canvas.width - _LETTER))
        y = y if fits and not place % 2 and place + 1 < len(letters) else end
    y += SMALL * LEADING
    for key, (left, width) in columns.items():
        canvas.text(left + width / 2, y, letters[key], weight="bold", align="center")
    _draw_total_head(canvas, report, columns, topics, y, SMALL)
    return y + SMALL * LEADING / 2 + 2


def _draw_total_head(
    canvas: Canvas,
    report: ActivityReport,
    columns: dict[str, tuple[float, float]],
    topics: Sequence[str],
    y: float,
    size: float,
) -> None:
    """Draw the head of the totals, if there are topics to add up."""
    if topics:
        place = _total_at(columns, topics), y
        canvas.text(*place, report.text("table.total"), size=size, colour=QUIET, align="right")


def _draw_row(
    canvas: Canvas,
    report: ActivityReport,
    locality: str,
    row: pd.Series,
    columns: dict[str, tuple[float, float]],
    topics: Sequence[str],
    y: float,
) -> float:
    """Draw the cells of a municipality; return their lower edge."""
    label = min(left for left, _ in columns.values())
    lines = style.wrapped(locality, label - _INDENT - 2)
    depth = max(_ROW, len(lines) * SMALL * LEADING)
    middle = y + depth / 2
    canvas.lines(_INDENT, middle - len(lines) * SMALL * LEADING / 2, lines)
    for key, (left, width) in columns.items():
        pieces = int(row[key])
        shade = _SHADES[min(pieces, len(_SHADES)) - 1] if pieces else ""
        _draw_box(canvas, left, y, width, depth, shade)
        colour = PAPER if shade and style.is_dark(shade) else INK
        weight: style.Weight = "normal" if pieces else "bold"
        number = report.text.number(pieces)
        canvas.text(left + width / 2, middle, number, colour=colour, weight=weight, align="center")
    if topics:
        total = report.text.number(int(row[list(topics)].sum()))
        canvas.text(_total_at(columns, topics), middle, total, size=TEXT, align="right")
    return y + depth


def _draw_totals(
    canvas: Canvas,
    report: ActivityReport,
    wide: pd.DataFrame,
    columns: dict[str, tuple[float, float]],
    topics: Sequence[str],
    y: float,
) -> float:
    """Draw the column totals on a grey band; return its lower edge."""
    canvas.bar(0, y + _ROW / 2, canvas.width, _ROW, FAINT)
    middle = y + _ROW / 2
    canvas.text(_INDENT, middle, report.text("table.total"), weight="bold")
    for key, (left, width) in columns.items():
        number = report.text.number(int(wide[key].sum()))
        canvas.text(left + width / 2, middle, number, weight="bold", align="center")
    if topics:
        number = report.text.number(int(wide[list(topics)].to_numpy().sum()))
        place = _total_at(columns, topics), middle
        canvas.text(*place, number, size=TEXT, weight="bold", align="right")
    return y + _ROW


def _caption(report: ActivityReport, pieces: pd.DataFrame | None, places: int) -> str:
    if pieces is None:
        return report.text("figure.coverage.caption_pages", n=places)
    numbers = pieces.to_numpy()
    return report.text(
        "figure.coverage.caption",
        pieces=int(numbers.sum()),
        n=places,
        gaps=int((numbers == 0).sum()),
        cells=numbers.size,
    )


def _sentence(report: ActivityReport, place: Any, row: pd.Series, topics: Sequence[str]) -> str:
    """Return the numbers of a municipality in words."""
    counts = [
        report.text("figure.coverage.count", name=category_name(report, key), k=int(pieces))
        for key, pieces in row.items()
    ]
    district, locality = place
    whole = f"{report.district_name(district)}, {locality}"
    if not topics:
        return report.text("figure.dimension", dimension=whole, values=report.text.listed(counts))
    total = int(row[list(topics)].sum())
    return report.text(
        "figure.coverage.sentence", name=whole, counts=report.text.listed(counts), n=total
    )
