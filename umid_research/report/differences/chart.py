"""Draw differences between groups: a panel per pair of groups, a line per dimension."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    Figure,
    base,
    dimension_sentence,
    draw_interval,
    nothing_to_show,
    signed,
    with_notes,
    with_phone_version,
)
from umid_research.report.chart.labels import label_of, marks_from
from umid_research.report.chart.style import QUIET, SMALL, Scale, Series
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.study_report import Report
from umid_research.report.texts import limit_notes

_LABEL, _BETWEEN, _PITCH = 130.0, 16.0, 25.0
_PANELS, _NARROW_BETWEEN, _NARROW_FREE = 3, 4.0, 16.0
_WEIGHTS: dict[bool, style.Weight] = {True: "bold", False: "normal"}


@with_phone_version
def plot_differences_by_group(canvas: Canvas, report: Report) -> Figure:
    """Draw the published differences and intervals around zero, a panel per pair of groups.

    A dot is filled if the difference is clear enough to be stated, else hollow.
    """
    rows = report.rows("differences_by_group")
    shown = rows[rows["shown"]].assign(clear=is_clear(rows[rows["shown"]]))
    if shown.empty:
        return nothing_to_show(report, canvas)
    pairs = list(dict.fromkeys(zip(shown["group"], shown["versus"], strict=True)))
    filled, hollow = _clear_key(report)
    bottom = canvas.legend(0, 0, canvas.width, [filled, hollow])
    furthest = shown[["value", "low", "high"]].abs().max().max()
    limit = min(max(style.rounded_up(furthest, 10), 20), 100)
    panels = 1 if canvas.is_narrow else _PANELS
    for start in range(0, len(pairs), panels):
        band = pairs[start : start + panels]
        bottom = _draw_band(canvas, report, shown, band, panels, bottom, limit)
    alt = [
        dimension_sentence(
            report,
            report.dimension(key),
            [difference_text(report, row) for row in block.itertuples()],
        )
        for key, block in shown.groupby("dimension", sort=False)
    ]
    wording = "caption" if report.study.is_matched else "caption_unmatched"
    caption = report.text(f"figure.differences.{wording}", **base(report))
    left_out = len(rows) - len(shown)
    notes = [report.text("figure.differences.rule")]
    notes += limit_notes(report, shown)
    notes += skew_notes(report, shown, report.dimension)
    notes += opposed_notes(report, shown, partial(_pair_of, report))
    notes += [report.text("figure.differences.left_out", n=left_out)] if left_out else []
    return with_notes(report, canvas, bottom, caption=caption, alt=[*alt, *notes], notes=notes)


def skew_notes(report: Report, rows: pd.DataFrame, name: Callable[[str], str]) -> list[str]:
    """Return a note that lists the dimensions of clear differences with very skewed scores."""
    warned = dict.fromkeys(rows.loc[rows["clear"] & (rows["skewed"] == 1), "dimension"])
    if not warned:
        return []
    listed = report.text.listed(name(key) for key in warned)
    return [report.text("figure.differences.skewed", dimensions=listed)]


def opposed_notes(report: Report, rows: pd.DataFrame, name: Callable[[Any], str]) -> list[str]:
    """Return a note that lists the drawn differences whose tested difference has another sign."""
    opposed = rows[rows["shown"] & (rows["opposed"] == 1)]
    if opposed.empty:
        return []
    listed = report.text.listed(name(row) for row in opposed.itertuples())
    return [report.text("figure.differences.opposed", differences=listed)]


def _pair_of(report: Report, row: Any) -> str:
    return report.text(
        "figure.differences.opposed_pair",
        dimension=report.dimension(row.dimension),
        first=report.group(row.group),
        second=report.group(row.versus),
    )


def _draw_band(
    canvas: Canvas,
    report: Report,
    rows: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    panels: int,
    top: float,
    limit: float,
) -> float:
    """Draw panels side by side, each as wide as one of `panels`; return the lower edge."""
    left, between = marks_from(canvas, _LABEL), _NARROW_BETWEEN if canvas.is_narrow else _BETWEEN
    width = (canvas.width - left - between * panels) / panels
    lefts = [left + between + place * (width + between) for place in range(len(pairs))]
    heads = [_head_lines(report, pair, width) for pair in pairs]
    deepest = max(len(higher) + len(lower) for higher, lower in heads)
    first = top + 6 + deepest * SMALL * style.LEADING + 16
    drawn = [pair in pairs for pair in zip(rows["group"], rows["versus"], strict=True)]
    dimensions = list(dict.fromkeys(rows.loc[drawn, "dimension"]))
    labels = [label_of(canvas, report.dimension(key), _LABEL) for key in dimensions]
    bottom = first + sum(label.depth(_PITCH) for label in labels)
    for x in lefts:
        _difference_axis(canvas, report, Scale(-limit, limit, x, x + width), first, bottom, limit)
    places, y = {}, first
    for key, label in zip(dimensions, labels, strict=True):
        places[key] = label.draw(canvas, y, label.depth(_PITCH))
        y += label.depth(_PITCH)
    for (a, b), x, (higher, lower) in zip(pairs, lefts, heads, strict=True):
        spare = (deepest - len(higher) - len(lower)) * SMALL * style.LEADING
        y = canvas.lines(x + width, top + 6 + spare, higher, align="right", weight="bold")
        canvas.lines(x, y, lower, weight="bold")
        scale = Scale(-limit, limit, x, x + width)
        panel = rows[(rows["group"] == a) & (rows["versus"] == b)]
        for row in panel.itertuples():
            _difference(canvas, report, scale, row, places[str(row.dimension)])
    return bottom + (_NARROW_FREE if canvas.is_narrow else 6)


def _head_lines(report: Report, pair: tuple[str, str], width: float) -> tuple[list[str], list[str]]:
    """Return the head lines: which group is higher to the right, and which to the left."""
    a, b = pair
    higher = report.text("figure.differences.higher_right", group=report.group(a))
    lower = report.text("figure.differences.higher_left", group=report.group(b))
    return (
        style.wrapped(higher, width, weight="bold"),
        style.wrapped(lower, width, weight="bold"),
    )


def _difference_axis(
    canvas: Canvas, report: Report, scale: Scale, top: float, bottom: float, limit: float
) -> None:
    ends: list[tuple[float, style.Align]] = [(-limit, "left"), (0, "center"), (limit, "right")]
    for value, align in ends:
        x = scale.at(value)
        colour, weight = (style.RULE, 0.6) if value else (QUIET, 1.0)
        canvas.line((x, top), (x, bottom), colour, weight)
        canvas.text(x, top - 7, signed(report, value), colour=QUIET, align=align)


def _difference(canvas: Canvas, report: Report, scale: Scale, row: Any, y: float) -> None:
    """Draw the dot and interval of a difference, and its number above the dot."""
    draw_interval(canvas, scale, row, y + 4, style.INK)
    canvas.mark(scale.at(row.value), y + 4, Series(style.INK, "circle", hollow=not row.clear))
    text, weight = signed(report, row.value), _WEIGHTS[bool(row.clear)]
    wide = style.text_width(text, weight=weight)
    x = min(max(scale.at(row.value), scale.left + wide / 2), scale.right - wide / 2)
    canvas.bar(x - wide / 2 - 1, y - 6, wide + 2, SMALL, style.PAPER)
    canvas.text(x, y - 6, text, align="center", weight=weight)


def _clear_key(report: Report) -> list[tuple[Series, str]]:
    return [
        (Series(style.INK, "circle"), report.text("figure.differences.clear")),
        (Series(style.INK, "circle", hollow=True), report.text("figure.differences.not_clear")),
    ]


def difference_text(report: Report, row: Any) -> str:
    """Return one difference in words, for the alternative text."""
    known = pd.notna(row.low) and pd.notna(row.high)
    unclear = "opposed_said" if row.opposed == 1 else "not_clear"
    said = report.text(f"figure.differences.{'clear' if row.clear else unclear}")
    return report.text(
        "figure.differences.with_interval" if known else "figure.differences.alone",
        first=report.group(row.group),
        second=report.group(row.versus),
        value=signed(report, row.value),
        low=signed(report, row.low),
        high=signed(report, row.high),
        n=int(row.units),
        said=said,
    )
