"""The charts of differences: between pairs of groups, and between the two sides."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report.chart import style
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    base,
    dimension_sentence,
    figure_of,
    group_series,
    limits_of,
    nothing_to_show,
    score_axis,
    signed,
    withheld_note,
)
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Axis, Cell, Line, Row, Rows
from umid_research.report.chart.style import INK, QUIET, RULE, SMALL, Series
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.study_report import Report
from umid_research.report.texts import limit_notes

_CLEAR = {True: Series(INK, "circle"), False: Series(INK, "circle", hollow=True)}


def plot_differences_by_group(report: Report) -> Figure:
    """Draw the published differences and intervals around zero, a panel per pair of groups.

    A dot is filled if the difference is clear enough to be stated, else hollow.
    """
    rows = report.rows("differences_by_group")
    shown = rows[rows["shown"]].assign(clear=is_clear(rows[rows["shown"]]))
    if shown.empty:
        return nothing_to_show(report)
    pairs = list(dict.fromkeys(zip(shown["group"], shown["versus"], strict=True)))
    blocks = {
        key: list(block.itertuples()) for key, block in shown.groupby("dimension", sort=False)
    }

    def line(key: str, pair: tuple[str, str]) -> Line:
        found = [row for row in blocks[key] if (row.group, row.versus) == pair]
        return Line(
            [
                Mark(
                    _CLEAR[bool(row.clear)],
                    row.value,
                    limits_of(row),
                    text=signed(report, row.value),
                    is_bold=bool(row.clear),
                )
                for row in found
            ]
        )

    chart = Rows(
        _around_zero(report, shown[["value", "low", "high"]].abs().max().max()),
        [Row(report.dimension(key), [line(key, pair) for pair in pairs]) for key in blocks],
        legend=[
            (_CLEAR[True], report.text("figure.differences.clear")),
            (_CLEAR[False], report.text("figure.differences.not_clear")),
        ],
        panels=[
            (
                report.text("figure.differences.higher_right", group=report.group(a)),
                report.text("figure.differences.higher_left", group=report.group(b)),
            )
            for a, b in pairs
        ],
        names=130,
        size=SMALL,
    )
    wording = "caption" if report.study.is_matched else "caption_unmatched"
    left_out = len(rows) - len(shown)
    notes = [
        report.text("figure.differences.rule"),
        *limit_notes(report, shown),
        *_skew_notes(report, shown, report.dimension),
        *_opposed_notes(report, shown, partial(_pair_of, report)),
        *([report.text("figure.differences.left_out", n=left_out)] if left_out else []),
    ]
    alt = [
        dimension_sentence(
            report, report.dimension(key), [difference_text(report, row) for row in block]
        )
        for key, block in blocks.items()
    ]
    return figure_of(
        report,
        chart,
        caption=report.text(f"figure.differences.{wording}", **base(report)),
        alt=[*alt, *notes],
        notes=notes,
    )


def plot_sides(report: Report) -> Figure:
    """Draw a line per dimension with a marker per matched group, and the gap at the right.

    Dimensions that were asked of only one of these groups are left out: there is nothing to
    compare.
    """
    scores = report.rows("scores_by_group")
    scores = scores[scores["group"].isin(report.study.matched_groups)]
    asked = scores.groupby("dimension")["group"].nunique()
    scores = scores[scores["dimension"].map(asked) > 1]
    if scores.empty:
        return nothing_to_show(report)
    gaps = gaps_of(report, "differences_by_side")
    series = group_series(report)
    rows, alt = [], []
    for key, block in scores.groupby("dimension", sort=False):
        gap = gaps.get(key)
        marks = [
            Mark(series[row.group], row.value, text=report.text.number(row.value))
            if row.shown
            else Mark(series[row.group], None)
            for row in block.itertuples()
        ]
        line = Line(marks, [gap_cell(report, gap)] if gaps else [])
        rows.append(Row(report.dimension(key), [line], is_total=key == INDEX))
        values = group_values(report, block)
        if gap is not None and gap.shown:
            wording = "gap_value" if limits_of(gap) else "gap_alone"
            values.append(report.text(f"figure.sides.{wording}", **signed_numbers(report, gap)))
        alt.append(dimension_sentence(report, report.dimension(key), values))
    present = [key for key in report.study.groups if (scores["group"] == key).any()]
    opposed, notes = gap_notes(report, gaps, report.dimension)
    return figure_of(
        report,
        Rows(
            score_axis(report),
            rows,
            legend=[(series[key], _with_n(report, scores, key)) for key in present],
            heads=[report.text("figure.supply_demand.gap")] if gaps else [],
            link=RULE,
        ),
        caption=report.text("figure.sides.caption", **base(report)),
        alt=[*alt, *opposed],
        notes=[
            *([report.text("figure.sides.note_gap")] if gaps else []),
            *notes,
            *withheld_note(report, any_withheld=not scores["shown"].all()),
        ],
    )


def gaps_of(report: Report, table: str) -> dict[str, Any]:
    """Return the rows of a table of gaps by dimension, each with `clear`."""
    gaps = report.rows(table)
    if gaps.empty:
        return {}
    return {row.dimension: row for row in gaps.assign(clear=is_clear(gaps)).itertuples()}


def gap_cell(report: Report, gap: Any) -> Cell:
    """Return a gap and its interval; empty if it cannot be estimated, marked if withheld."""
    if gap is None or not gap.shown:
        return Cell("" if gap is None or gap.reason else WITHHELD)
    numbers = signed_numbers(report, gap)
    below = report.text("figure.supply_demand.interval", **numbers) if limits_of(gap) else ""
    return Cell(numbers["value"], below, is_bold=bool(gap.clear))


def gap_notes(
    report: Report, gaps: dict[str, Any], name: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """Return the note on gaps with an opposed sign, alone and among all notes on the gaps."""
    if not gaps:
        return [], []
    rows = pd.DataFrame(gaps.values())
    opposed = _opposed_notes(report, rows, lambda gap: name(gap.dimension))
    return opposed, [*limit_notes(report, rows), *_skew_notes(report, rows, name), *opposed]


def group_values(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return the score of each group in words, without its interval."""
    return [
        report.text(
            "figure.score_alone", name=report.group(row.group), value=row.value, n=int(row.units)
        )
        if row.shown
        else report.text("figure.withheld_value", name=report.group(row.group))
        for row in rows.itertuples()
    ]


def signed_numbers(report: Report, row: Any) -> dict[str, str]:
    """Return a difference and its limits with their signs."""
    return {name: signed(report, getattr(row, name)) for name in ("value", "low", "high")}


def difference_text(report: Report, row: Any) -> str:
    """Return one difference in words, for the alternative text."""
    unclear = "opposed_said" if row.opposed == 1 else "not_clear"
    return report.text(
        "figure.differences.with_interval" if limits_of(row) else "figure.differences.alone",
        first=report.group(row.group),
        second=report.group(row.versus),
        **signed_numbers(report, row),
        n=int(row.units),
        said=report.text(f"figure.differences.{'clear' if row.clear else unclear}"),
    )


def _around_zero(report: Report, furthest: float) -> Axis:
    """Return a scale around zero that is as long on both sides."""
    limit = min(max(style.rounded_up(furthest, 10), 20), 100)
    colours = {-limit: RULE, 0.0: QUIET, limit: RULE}
    return Axis(-limit, limit, [(v, signed(report, v), colour) for v, colour in colours.items()])


def _skew_notes(report: Report, rows: pd.DataFrame, name: Callable[[str], str]) -> list[str]:
    """Return a note that lists the dimensions of clear differences with very skewed scores."""
    warned = dict.fromkeys(rows.loc[rows["clear"] & (rows["skewed"] == 1), "dimension"])
    if not warned:
        return []
    listed = report.text.listed(name(key) for key in warned)
    return [report.text("figure.differences.skewed", dimensions=listed)]


def _opposed_notes(report: Report, rows: pd.DataFrame, name: Callable[[Any], str]) -> list[str]:
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


def _with_n(report: Report, scores: pd.DataFrame, group: str) -> str:
    """Return a group's name with the largest number of units of its means."""
    units = scores.loc[scores["group"] == group, "units"]
    n = int(units.max()) if units.notna().any() else 0
    return report.text("figure.sides.group", group=report.group(group), n=n)
