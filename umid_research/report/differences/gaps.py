"""Shared parts of figures that compare groups: gap column, lanes and withheld markers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import WITHHELD, signed
from umid_research.report.chart.style import QUIET, SMALL, TEXT, Scale, Series
from umid_research.report.study_report import Report

# Points: width of a marker; width of the column of gaps with their intervals.
MARK = 13.0
_GAP, _NARROW_GAP = 96.0, 62.0


def score_scale(canvas: Canvas, left: float, hidden: int, *, has_gap: bool, free: float) -> Scale:
    """Return a scale from 0 to 100 between `left` and the withheld markers and gaps.

    On a phone the withheld markers are next to the names and need no width here.
    """
    gap = (_NARROW_GAP if canvas.is_narrow else _GAP) if has_gap else 0
    withheld = 0 if canvas.is_narrow else withheld_width(hidden)
    return Scale(0, 100, left, canvas.width - gap - withheld - free)


def draw_heads(canvas: Canvas, report: Report, scale: Scale, top: float, *, has_gap: bool) -> float:
    """Draw the numbers of the scale and the head of the gaps; return the top of the rows."""
    y = top + SMALL
    for value in range(0, 101, 25):
        canvas.text(scale.at(value), y, report.text.number(value), colour=QUIET, align="center")
    if has_gap:
        head = report.text("figure.supply_demand.gap")
        canvas.text(canvas.width, y, head, colour=QUIET, align="right")
    return top + 2 * SMALL


def lanes_of(places: Sequence[float]) -> list[int]:
    """Return a lane number per marker, from left to right, so that no markers overlap."""
    ends: list[float] = []
    lanes = []
    for x in places:
        lane = next((number for number, end in enumerate(ends) if x - end >= MARK), len(ends))
        ends[lane : lane + 1] = [x]
        lanes.append(lane)
    return lanes


def withheld_width(count: int) -> float:
    """Return the width of the markers of `count` groups with withheld values."""
    return 2 * MARK * count


def draw_withheld(
    canvas: Canvas,
    scale: Scale,
    rows: pd.DataFrame,
    series: dict[str, Series],
    y: float,
) -> None:
    """Draw the markers of the groups with withheld values, each with the withheld mark."""
    hidden = rows.loc[~rows["shown"], "group"]
    left = canvas.width - withheld_width(len(hidden)) - 6 if canvas.is_narrow else scale.right
    for place, group in enumerate(hidden):
        x = left + 12 + 2 * MARK * place
        drawn = series[group]
        canvas.mark(x, y, replace(drawn, hollow=True), radius=3.2)
        canvas.text(x + 7, y, WITHHELD, colour=QUIET)


def draw_gap(canvas: Canvas, report: Report, gap: Any, y: float) -> None:
    """Draw the gap and its interval below it."""
    if not gap["shown"]:
        canvas.text(canvas.width, y, "" if gap["reason"] else WITHHELD, align="right")
        return
    weight: style.Weight = "bold" if gap["clear"] else "normal"
    canvas.text(
        canvas.width, y - 6, signed(report, gap["value"]), align="right", weight=weight, size=TEXT
    )
    if pd.notna(gap["low"]):
        limits = {name: signed(report, gap[name]) for name in ("low", "high")}
        text = report.text("figure.supply_demand.interval", **limits)
        canvas.text(canvas.width, y + 6, text, align="right", colour=QUIET)
