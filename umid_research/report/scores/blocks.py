"""Draw scores from 0 to 100: one block per dimension, one line per group or district."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.labels import label_of, marks_from
from umid_research.report.chart.style import QUIET, SMALL, TEXT, Scale
from umid_research.report.study_report import Report

HEADS = 2 * SMALL
_LABEL, _LINE, _GAP = 142.0, 11.2, 7.0
Block = tuple[str, pd.DataFrame]


def blocks_of(report: Report, rows: pd.DataFrame, key: str, order: Iterable[str]) -> list[Block]:
    """Return the name and the rows of each dimension, rows sorted as in `order`."""
    place = {name: number for number, name in enumerate(order)}
    rows = rows.assign(place=rows[key].map(place)).sort_values("place", kind="stable")
    by_dimension = dict(tuple(rows.groupby("dimension", sort=False)))
    return [
        (report.dimension(name), by_dimension[name])
        for name in report.dimensions
        if name in by_dimension
    ]


def draw_blocks(
    canvas: Canvas,
    top: float,
    blocks: Sequence[Block],
    draw: Callable[[Any, float], None],
    scale: Scale,
    line: float = _LINE,
) -> float:
    """Draw the name and the lines of every dimension below `top`; return the lower edge."""
    labels = [label_of(canvas, name, _LABEL, size=TEXT) for name, _ in blocks]
    depths = [
        label.depth(len(rows) * line) for label, (_, rows) in zip(labels, blocks, strict=True)
    ]
    bottom = top + sum(depth + _GAP for depth in depths)
    _grid(canvas, scale, top, bottom)
    y = top
    for (_, rows), label, depth in zip(blocks, labels, depths, strict=True):
        if y > top:
            canvas.line((0, y), (canvas.width, y), style.RULE)
        y += _GAP / 2
        high = len(rows) * line
        if label.is_above:
            middle = label.draw(canvas, y, depth)
        else:
            # align the name with the first line, not with the middle of a tall block
            canvas.lines(0, y + max(0, line - TEXT * style.LEADING) / 2, label.lines, size=TEXT)
            middle = y + depth / 2
        for place, row in enumerate(rows.itertuples()):
            draw(row, middle - high / 2 + (place + 0.5) * line)
        y += depth + _GAP / 2
    return bottom


def _grid(canvas: Canvas, scale: Scale, top: float, bottom: float) -> None:
    for value in range(0, 101, 25):
        x = scale.at(value)
        canvas.line((x, top), (x, bottom), style.RULE if value in (0, 100) else style.FAINT)


def score_heads(
    canvas: Canvas, report: Report, top: float, *columns: str
) -> tuple[Scale, dict[str, float]]:
    """Draw the heads of the scale and of the columns to its right; return both positions."""
    y, right, rights = top + SMALL, canvas.width, {}
    for name in reversed(columns):
        head = report.text(f"figure.{name}")
        canvas.text(right, y, head, colour=QUIET, align="right")
        rights[name] = right
        right -= style.text_width(head) + 14
    scale = Scale(0, 100, marks_from(canvas, _LABEL) + 12, right - 10)
    for value in range(0, 101, 25):
        canvas.text(scale.at(value), y, report.text.number(value), colour=QUIET, align="center")
    return scale, rights


def score_text(report: Report, row: Any) -> str:
    """Return one score in words, for the alternative text."""
    name = _row_name(report, row)
    if not row.shown:
        return report.text("figure.withheld_value", name=name)
    key = (
        "figure.score_with_interval"
        if pd.notna(getattr(row, "low", None))
        else "figure.score_alone"
    )
    limits = {"low": row.low, "high": row.high}
    return report.text(key, name=name, value=row.value, n=int(row.units), **limits)


def _row_name(report: Report, row: Any) -> str:
    if hasattr(row, "group"):
        return report.group(row.group)
    if hasattr(row, "side"):
        return report.text(f"figure.side.{row.side}")
    return report.district_name(row.district)
