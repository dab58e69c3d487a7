"""The charts of scores: by group, by district, and both sides of one district."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from umid_research.errors import ParameterError
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
    side_series,
    unscored_note,
    withheld_note,
)
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Cell, Line, Row, Rows
from umid_research.report.chart.style import QUIET, RULE, Series
from umid_research.report.study_report import Report
from umid_research.study import Side

_DISTRICT = Series(style.INK, "bar")


def plot_scores_by_group(report: Report) -> Figure:
    """Draw every group's mean on every dimension, with its interval if published."""
    rows = report.rows("scores_by_group")
    if rows.empty:
        return nothing_to_show(report)
    present = [key for key in report.study.groups if (rows["group"] == key).any()]
    series = group_series(report)

    def line(row: Any) -> Line:
        if not row.shown:
            return Line(cells=[Cell(WITHHELD), Cell("")])
        numbers = Cell(report.text.number(row.value)), _units(report, row)
        return Line([Mark(series[row.group], row.value, limits_of(row))], numbers)

    chart = Rows(
        score_axis(report),
        _blocks(report, rows, "group", present, line),
        legend=[(series[key], report.group(key)) for key in present],
        heads=[report.text("figure.score"), report.text("figure.units")],
    )
    unscored = unscored_note(report, rows)
    return figure_of(
        report,
        chart,
        caption=report.text("figure.scores_by_group.caption", **base(report)),
        alt=[*_sentences(report, rows, "group", present), *unscored],
        tables=["scores-by-group"],
        notes=[*withheld_note(report, any_withheld=not rows["shown"].all()), *unscored],
    )


def plot_districts(report: Report) -> Figure:
    """Draw every district's score on every dimension, in the study's order, not ranked."""
    rows = report.rows("scores_by_district")
    return _district_scores(report, rows, "figure.districts.caption", **base(report))


def plot_district_profile(report: Report) -> Figure:
    """Draw supply, demand and the score of the report's district on every dimension.

    A study without sides has only the scores. Raise ParameterError if the report has no district.
    """
    if report.district is None:
        raise ParameterError(
            "a district's profile needs the parameter `district`", possible=report.study.districts
        )
    scores = report.rows("scores_by_district", district=report.district)
    sides = report.rows("scores_by_side", district=report.district)
    name = report.district_name(report.district)
    if scores.empty or sides.empty:
        caption = "figure.district_profile.caption_scores"
        return _district_scores(report, scores, caption, district=name, **base(report))
    series = side_series(report)

    def line(row: Any) -> Line:
        of_row = sides[sides["dimension"] == row.dimension]
        marks = [
            Mark(series[each.side], each.value, text=report.text.number(each.value))
            if each.shown
            else Mark(series[each.side], None)
            for each in of_row.itertuples()
        ]
        if not row.shown:
            return Line(marks, [Cell(WITHHELD)])
        return Line(marks, [Cell(report.text.number(row.value))], Mark(_DISTRICT, row.value))

    entries = [(drawn, _side_name(report, sides, side)) for side, drawn in series.items()]
    both = pd.concat([sides[sides["dimension"].isin(scores["dimension"])], scores])
    return figure_of(
        report,
        Rows(
            score_axis(report),
            _blocks(report, scores, "district", [report.district], line),
            legend=[*entries, (_DISTRICT, report.text("figure.district_profile.score"))],
            heads=[report.text("figure.district_score")],
            link=RULE,
        ),
        caption=report.text(
            "figure.district_profile.caption",
            district=name,
            n=_most(scores["respondents"]),
            units=_most(scores["units"]),
        ),
        alt=_sentences(report, both, "district", [report.district]),
        notes=withheld_note(report, any_withheld=not both["shown"].all()),
    )


def _district_scores(report: Report, rows: pd.DataFrame, caption: str, **named: Any) -> Figure:
    """Draw a line per district with its name beside its mark."""
    if rows.empty:
        return nothing_to_show(report)
    order = list(report.study.districts)
    series = {key: replace(drawn, letter="") for key, drawn in style.series_of(order).items()}

    def line(row: Any) -> Line:
        name = report.district_name(row.district)
        if not row.shown:
            return Line([Mark(series[row.district], None, text=f"{WITHHELD} {name}")], [Cell("")])
        text = f"{name} {report.text.number(row.value)}"
        return Line([Mark(series[row.district], row.value, text=text)], [_units(report, row)])

    blocks = _blocks(report, rows, "district", order, line)
    return figure_of(
        report,
        Rows(score_axis(report), blocks, heads=[report.text("figure.units")]),
        caption=report.text(caption, **named),
        alt=_sentences(report, rows, "district", order),
        tables=["scores-by-district"],
        notes=withheld_note(report, any_withheld=not rows["shown"].all()),
    )


def _by_dimension(
    report: Report, rows: pd.DataFrame, key: str, order: Iterable[str]
) -> list[tuple[str, list[Any]]]:
    """Return the name and the rows of each dimension, rows sorted as in `order`."""
    place = {name: number for number, name in enumerate(order)}
    rows = rows.assign(place=rows[key].map(place)).sort_values("place", kind="stable")
    blocks = {name: list(block.itertuples()) for name, block in rows.groupby("dimension")}
    names = report.dimensions
    return [(report.dimension(name), blocks[name]) for name in names if name in blocks]


def _blocks(
    report: Report,
    rows: pd.DataFrame,
    key: str,
    order: Sequence[str],
    line: Callable[[Any], Line],
) -> list[Row]:
    blocks = _by_dimension(report, rows, key, order)
    return [Row(name, [line(row) for row in block]) for name, block in blocks]


def _sentences(report: Report, rows: pd.DataFrame, key: str, order: Sequence[str]) -> list[str]:
    """Return the scores of each dimension in one sentence."""
    return [
        dimension_sentence(report, name, [score_text(report, row) for row in block])
        for name, block in _by_dimension(report, rows, key, order)
    ]


def score_text(report: Report, row: Any) -> str:
    """Return one score in words, with its interval if it is published."""
    name = _row_name(report, row)
    if not row.shown:
        return report.text("figure.withheld_value", name=name)
    key = "figure.score_with_interval" if pd.notna(row.low) else "figure.score_alone"
    limits = {"low": row.low, "high": row.high}
    return report.text(key, name=name, value=row.value, n=int(row.units), **limits)


def _row_name(report: Report, row: Any) -> str:
    if pd.notna(getattr(row, "group", None)):
        return report.group(row.group)
    if pd.notna(getattr(row, "side", None)):
        return report.text(f"figure.side.{row.side}")
    return report.district_name(row.district)


def _units(report: Report, row: Any) -> Cell:
    return Cell(report.text.number(row.units), colour=QUIET)


def _side_name(report: Report, sides: pd.DataFrame, side: Side) -> str:
    """Return the groups of a side and its largest number of units."""
    groups = [key for key in report.study.groups_on(side) if key in report.study.matched_groups]
    units = sides.loc[sides["side"] == side, "units"]
    return report.text(
        "figure.district_profile.side",
        groups=report.text.listed(report.group(key) for key in groups),
        n=_most(units),
    )


def _most(counts: pd.Series) -> int:
    return int(counts.max()) if counts.notna().any() else 0
