"""The charts of differences: between pairs of groups, and between the two sides."""

from collections.abc import Callable, Mapping, Sequence
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
from umid_research.report.differences.text import limit_notes
from umid_research.report.study_report import Report

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
        tables=["differences-by-group"],
    )


def plot_sides(report: Report) -> Figure:
    """Draw a line per dimension with a marker per matched group, and the gap at the right.

    Dimensions that were asked of only one of these groups are left out: there is nothing to
    compare.
    """
    return _matched_groups(report, report.rows("differences_by_side"), "sides")


def plot_topics(report: Report) -> Figure:
    """Draw a line per dimension with a marker per matched group: what each group sees."""
    return _matched_groups(report, report.rows("differences_by_side").head(0), "topics")


def _matched_groups(report: Report, gaps: pd.DataFrame, topic: str) -> Figure:
    scores = report.rows("scores_by_group")
    scores = scores[scores["group"].isin(report.study.matched_groups)]
    asked = scores.groupby("dimension")["group"].nunique()
    scores = scores[scores["dimension"].map(asked) > 1]
    if scores.empty:
        return nothing_to_show(report)
    most = scores.groupby("group")["units"].max().fillna(0)
    return gap_figure(
        report,
        scores,
        gaps,
        topic,
        name=report.dimension,
        legend=lambda key: report.text(
            "figure.sides.group", group=report.group(key), n=int(most[key])
        ),
        form=partial(Rows, link=RULE),
        number=report.text.number,
        tables=["scores-by-group", *(["differences-by-side"] if len(gaps) else [])],
    )


def gap_figure(
    report: Report,
    scores: pd.DataFrame,
    gaps: pd.DataFrame,
    topic: str,
    *,
    name: Callable[[str], str],
    legend: Callable[[str], str],
    form: Callable[..., Rows],
    caption: str = "caption",
    number: Callable[[float], str] = lambda _: "",
    bars: Mapping[str, tuple[Mark, str]] | None = None,
    bar_entry: Sequence[tuple[Series, str]] = (),
    notes: Sequence[str] = (),
    tables: Sequence[str] = (),
) -> Figure:
    """Draw a row per dimension with a marker per group, and the gap of the sides at the right.

    `bars` are drawn above the markers, each with its words; `bar_entry` is their legend.
    `number` gives the text beside a marker.
    """
    gaps = gaps.assign(clear=is_clear(gaps)) if len(gaps) else gaps
    gap_of = {row.dimension: row for row in gaps.itertuples()}
    series = group_series(report)
    rows, alt = [], []
    for key, block in scores.groupby("dimension", sort=False):
        gap, (bar, *words) = gap_of.get(key), (bars or {}).get(key, (None,))
        marks = [
            Mark(series[row.group], row.value, text=number(row.value))
            if row.shown
            else Mark(series[row.group], None)
            for row in block.itertuples()
        ]
        line = Line(marks, [_gap_cell(report, gap)] if gap_of else [])
        rows.append(Row(name(key), [line], bar, is_total=key == INDEX))
        values = [_group_value(report, row) for row in block.itertuples()] + words
        if gap is not None and gap.shown:
            wording = "gap_value" if limits_of(gap) else "gap_alone"
            values.append(report.text(f"figure.sides.{wording}", **_signed_numbers(report, gap)))
        alt.append(dimension_sentence(report, name(key), values))
    present = [key for key in report.study.groups if (scores["group"] == key).any()]
    opposed = []
    if gap_of:
        opposed = _opposed_notes(report, gaps, lambda gap: name(gap.dimension))
        notes = [*notes, report.text(f"figure.{topic}.note_gap"), *limit_notes(report, gaps)]
        notes += [*_skew_notes(report, gaps, name), *opposed]
    return figure_of(
        report,
        form(
            score_axis(report),
            rows,
            legend=[*((series[key], legend(key)) for key in present), *bar_entry],
            heads=[report.text("figure.supply_demand.gap")] if gap_of else [],
        ),
        caption=report.text(f"figure.{topic}.{caption}", **base(report)),
        alt=[*alt, *opposed],
        notes=[*notes, *withheld_note(report, any_withheld=not scores["shown"].all())],
        tables=tables,
    )


def _gap_cell(report: Report, gap: Any) -> Cell:
    """Return a gap and its interval; empty if it cannot be estimated, marked if withheld."""
    if gap is None or not gap.shown:
        return Cell("" if gap is None or gap.reason else WITHHELD)
    numbers = _signed_numbers(report, gap)
    below = report.text("figure.supply_demand.interval", **numbers) if limits_of(gap) else ""
    return Cell(numbers["value"], below, is_bold=bool(gap.clear))


def _group_value(report: Report, row: Any) -> str:
    """Return the score of a group in words, without its interval."""
    name = report.group(row.group)
    if not row.shown:
        return report.text("figure.withheld_value", name=name)
    return report.text("figure.score_alone", name=name, value=row.value, n=int(row.units))


def _signed_numbers(report: Report, row: Any) -> dict[str, str]:
    """Return a difference and its limits with their signs."""
    return {name: signed(report, getattr(row, name)) for name in ("value", "low", "high")}


def difference_text(report: Report, row: Any) -> str:
    """Return one difference in words, for the alternative text."""
    unclear = "opposed_said" if row.opposed == 1 else "not_clear"
    return report.text(
        "figure.differences.with_interval" if limits_of(row) else "figure.differences.alone",
        first=report.group(row.group),
        second=report.group(row.versus),
        **_signed_numbers(report, row),
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
