"""Draw dumbbells: the matched groups on one line per dimension, and the gap of the sides."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    Figure,
    base,
    dimension_sentence,
    group_series,
    nothing_to_show,
    signed,
    with_notes,
    with_phone_version,
    withheld_note,
)
from umid_research.report.chart.labels import Label, label_of, marks_from
from umid_research.report.chart.style import QUIET, RULE, TEXT, Scale, Series
from umid_research.report.differences.chart import opposed_notes, skew_notes
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.differences.gaps import (
    MARK,
    draw_gap,
    draw_heads,
    draw_withheld,
    score_scale,
    withheld_width,
)
from umid_research.report.study_report import Report
from umid_research.report.texts import limit_notes

_LABEL = 142.0
_PAD, _ROW, _ASIDE = 7.0, 36.0, 9.0


@with_phone_version
def plot_sides(canvas: Canvas, report: Report) -> Figure:
    """Draw a line per dimension with a marker per matched group, and the gap at the right.

    Dimensions that were asked of only one of these groups are left out: there is nothing to
    compare.
    """
    scores = report.rows("scores_by_group")
    scores = scores[scores["group"].isin(report.study.matched_groups)]
    asked = scores.groupby("dimension")["group"].nunique()
    names = [key for key in dict.fromkeys(scores["dimension"]) if asked[key] > 1]
    if not names:
        return nothing_to_show(report, canvas)
    gaps = report.rows("differences_by_side")
    gaps = gaps.assign(clear=is_clear(gaps)).set_index("dimension") if len(gaps) else gaps
    present = [key for key in report.study.groups if (scores["group"] == key).any()]
    series = group_series(report)
    top = canvas.legend(
        0, 0, canvas.width, [(series[key], _with_n(report, scores, key)) for key in present]
    )
    hidden = int((~scores["shown"]).groupby(scores["dimension"]).sum().max())
    left = marks_from(canvas, _LABEL) + 16
    scale = score_scale(canvas, left, hidden, has_gap=bool(len(gaps)), free=16)
    y = draw_heads(canvas, report, scale, top, has_gap=bool(len(gaps)))
    labels = [_label(canvas, report, name, withheld_width(hidden)) for name in names]
    bottom = y + sum(label.depth(_ROW) for label in labels)
    for value in range(0, 101, 25):
        x = scale.at(value)
        canvas.line((x, y), (x, bottom), RULE if value in (0, 100) else style.FAINT)
    alt = []
    for name, label in zip(names, labels, strict=True):
        rows = scores[scores["dimension"] == name]
        gap = gaps.loc[name] if name in gaps.index else None
        _draw_row(canvas, report, scale, label, rows, series, gap, y)
        y += label.depth(_ROW)
        alt.append(_sentence(report, rows, gap))
    notes = [report.text("figure.sides.note_gap")] if len(gaps) else []
    notes += limit_notes(report, gaps)
    notes += skew_notes(report, gaps.reset_index(), report.dimension) if len(gaps) else []
    opposed = (
        opposed_notes(report, gaps.reset_index(), lambda gap: report.dimension(gap.dimension))
        if len(gaps)
        else []
    )
    notes += opposed
    notes += withheld_note(report, any_withheld=hidden > 0)
    caption = report.text("figure.sides.caption", **base(report))
    return with_notes(report, canvas, bottom, caption=caption, alt=[*alt, *opposed], notes=notes)


def _with_n(report: Report, scores: pd.DataFrame, group: str) -> str:
    """Return a group's name with the largest number of units of its means."""
    units = scores.loc[scores["group"] == group, "units"]
    n = int(units.max()) if units.notna().any() else 0
    return report.text("figure.sides.group", group=report.group(group), n=n)


def _label(canvas: Canvas, report: Report, name: str, reserved: float) -> Label:
    weight: style.Weight = "bold" if name == INDEX else "normal"
    text = report.dimension(name)
    return label_of(canvas, text, _LABEL, size=TEXT, weight=weight, reserved=reserved)


def _draw_row(
    canvas: Canvas,
    report: Report,
    scale: Scale,
    label: Label,
    rows: pd.DataFrame,
    series: dict[str, Series],
    gap: Any,
    top: float,
) -> None:
    """Draw the name, the dumbbell and the gap of a dimension."""
    is_index = rows["dimension"].iloc[0] == INDEX
    canvas.line((0, top), (canvas.width, top), QUIET if is_index else RULE)
    middle = label.draw(canvas, top, label.depth(_ROW))
    shown = rows[rows["shown"]].sort_values("value", kind="stable")
    _draw_dumbbell(canvas, report, scale, list(shown.itertuples()), series, middle)
    draw_withheld(canvas, scale, rows, series, label.first_line(top, middle))
    if gap is not None:
        draw_gap(canvas, report, gap, middle)


def _draw_dumbbell(
    canvas: Canvas,
    report: Report,
    scale: Scale,
    rows: Sequence[Any],
    series: dict[str, Series],
    y: float,
) -> None:
    """Draw markers on a line from the lowest to the highest value, each with its number."""
    places = [scale.at(row.value) for row in rows]
    if len(rows) > 1:
        canvas.line((places[0], y), (places[-1], y), RULE, width=3)
    heights = _heights(places)
    last = len(rows) - 1
    for number, (row, x, height) in enumerate(zip(rows, places, heights, strict=True)):
        canvas.mark(x, y + height, series[row.group], radius=4.0)
        text = report.text.number(row.value)
        if number == 0 and last:
            canvas.text(x - 8, y + height, text, align="right")
        elif number == last or height:
            canvas.text(x + 8, y + height, text)
        else:
            canvas.text(x, y - 11, text, align="center")


def _heights(places: Sequence[float]) -> list[float]:
    """Return the vertical offset of each marker so that no markers overlap."""
    heights: list[float] = []
    for number, x in enumerate(places):
        taken = {heights[k] for k in range(number) if x - places[k] < MARK}
        free = [height for height in (0.0, _ASIDE, -_ASIDE) if height not in taken]
        heights.append(free[0] if free else 0.0)
    return heights


def _sentence(report: Report, rows: pd.DataFrame, gap: Any) -> str:
    """Return all numbers of a dimension in one sentence, for the alternative text."""
    values = []
    for row in rows.itertuples():
        key = "score_alone" if row.shown else "withheld_value"
        number = {"value": row.value, "n": int(row.units)} if row.shown else {}
        values.append(report.text(f"figure.{key}", name=report.group(row.group), **number))
    if gap is not None and gap["shown"]:
        limits = {name: signed(report, gap[name]) for name in ("value", "low", "high")}
        key = "gap_value" if pd.notna(gap["low"]) else "gap_alone"
        values.append(report.text(f"figure.sides.{key}", **limits))
    return dimension_sentence(report, report.dimension(rows["dimension"].iloc[0]), values)
