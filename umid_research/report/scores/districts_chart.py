"""Draw scores of districts: a line per district, or both sides of one district."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from umid_research.errors import ParameterError
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    base,
    dimension_sentence,
    nothing_to_show,
    side_series,
    with_notes,
    with_phone_version,
    withheld_note,
)
from umid_research.report.chart.style import QUIET, Scale, Series
from umid_research.report.scores.blocks import (
    HEADS,
    blocks_of,
    draw_blocks,
    score_heads,
    score_text,
)
from umid_research.report.study_report import Report
from umid_research.study import Side

_NUMBER = 24.0
_DISTRICT = Series(style.INK, "bar")


@with_phone_version
def plot_districts(canvas: Canvas, report: Report) -> Figure:
    """Draw every district's score on every dimension, in the study's order, not ranked."""
    rows = report.rows("scores_by_district")
    if rows.empty:
        return nothing_to_show(report, canvas)
    present = [key for key in report.study.districts if (rows["district"] == key).any()]
    return _plot_district_scores(canvas, report, rows, present, "figure.districts.caption")


@with_phone_version
def plot_district_profile(canvas: Canvas, report: Report) -> Figure:
    """Draw supply, demand and the score of the report's district on every dimension.

    A study without sides has only the scores. Raise ParameterError if the report has no district.
    """
    if report.district is None:
        raise ParameterError(
            "a district's profile needs the parameter `district`", possible=report.study.districts
        )
    scores = report.rows("scores_by_district", district=report.district)
    sides = report.rows("scores_by_side", district=report.district)
    if scores.empty:
        return nothing_to_show(report, canvas)
    if sides.empty:
        return _plot_district_scores(
            canvas, report, scores, [report.district], "figure.district_profile.caption_scores"
        )
    return _plot_sides(canvas, report, scores, sides)


def _plot_district_scores(
    canvas: Canvas, report: Report, rows: pd.DataFrame, districts: list[str], caption: str
) -> Figure:
    # every mark has its district's name, so a letter adds nothing
    series = {
        key: replace(drawn, letter="")
        for key, drawn in style.series_of(report.study.districts).items()
    }
    scale, columns = score_heads(canvas, report, 0, "units")

    def draw(row: Any, y: float) -> None:
        name = report.district_name(row.district)
        if not row.shown:
            canvas.text(scale.left + 4, y, f"{WITHHELD} {name}", colour=QUIET)
            return
        label = f"{name} {report.text.number(row.value)}"
        _labelled_mark(canvas, scale, row.value, y, series[row.district], label)
        canvas.text(columns["units"], y, report.text.number(row.units), colour=QUIET, align="right")

    blocks = blocks_of(report, rows, "district", districts)
    bottom = draw_blocks(canvas, HEADS, blocks, draw, scale)
    alt = [
        dimension_sentence(report, label, [score_text(report, row) for row in block.itertuples()])
        for label, block in blocks
    ]
    hidden = not rows["shown"].all()
    return with_notes(
        report,
        canvas,
        bottom,
        caption=report.text(caption, district=report.district_name(districts[0]), **base(report)),
        alt=alt,
        notes=withheld_note(report, any_withheld=hidden),
    )


def _plot_sides(
    canvas: Canvas, report: Report, scores: pd.DataFrame, sides: pd.DataFrame
) -> Figure:
    """Draw the dumbbells of one district."""
    series = side_series(report)
    entries = [(drawn, _side_name(report, sides, side)) for side, drawn in series.items()]
    entries.append((_DISTRICT, report.text("figure.district_profile.score")))
    top = canvas.legend(0, 0, canvas.width, entries)
    scale, columns = score_heads(canvas, report, top, "district_score")
    values = sides[sides["shown"]].pivot(index="dimension", columns="side", values="value")
    values = values.reindex(columns=list(series))

    def draw(row: Any, y: float) -> None:
        present = values.loc[row.dimension].dropna() if row.dimension in values.index else {}
        ends = sorted((value, side) for side, value in present.items())
        _dumbbell(canvas, report, scale, series, ends, row.value if row.shown else None, y)
        text = report.text.number(row.value) if row.shown else WITHHELD
        canvas.text(columns["district_score"], y, text, align="right")

    blocks = blocks_of(report, scores, "district", [str(report.district)])
    bottom = draw_blocks(canvas, top + HEADS, blocks, draw, scale, line=20)
    alt = []
    for label, block in blocks:
        of_both = sides[sides["dimension"] == block["dimension"].iloc[0]]
        rows = (*of_both.itertuples(), *block.itertuples())
        scores_text = [score_text(report, row) for row in rows]
        alt.append(dimension_sentence(report, label, scores_text))
    hidden = not (scores["shown"].all() and sides["shown"].all())
    caption = report.text(
        "figure.district_profile.caption",
        district=report.district_name(str(report.district)),
        n=_most(scores["respondents"]),
        units=_most(scores["units"]),
    )
    notes = withheld_note(report, any_withheld=hidden)
    return with_notes(report, canvas, bottom, caption=caption, alt=alt, notes=notes)


def _dumbbell(
    canvas: Canvas,
    report: Report,
    scale: Scale,
    series: dict[Side, Series],
    ends: Sequence[tuple[float, Side]],
    score: float | None,
    y: float,
) -> None:
    """Draw both sides with their numbers outside, and the district's score as a tick."""
    places = [scale.at(value) for value, _ in ends]
    # Two sides at nearly the same position would overlap, so one is drawn lower, one higher.
    aside = 4.5 if len(ends) == 2 and places[1] - places[0] < 10 else 0.0
    if len(ends) == 2 and not aside:
        canvas.line((places[0], y), (places[1], y), style.RULE, width=3)
    for place, (x, (value, side)) in enumerate(zip(places, ends, strict=True)):
        is_lower = place == 0 and (len(ends) == 2 or _hides(scale, value, score))
        shifted = y + (aside if is_lower else -aside)
        canvas.mark(x, shifted, series[side], radius=4.2)
        align: style.Align = "right" if is_lower else "left"
        canvas.text(x + (-9 if is_lower else 9), shifted, report.text.number(value), align=align)
    # The tick is drawn last and is narrow, so that neither side hides it.
    if score is not None:
        canvas.mark(scale.at(score), y, _DISTRICT, radius=5)


def _hides(scale: Scale, value: float, score: float | None) -> bool:
    """Return whether the score's tick would cover the number of a single side on its left."""
    return score is not None and 0 <= scale.at(score) - scale.at(value) < _NUMBER


def _side_name(report: Report, sides: pd.DataFrame, side: Side) -> str:
    """Return the groups of a side and its largest number of units."""
    groups = [key for key in report.study.groups_on(side) if key in report.study.matched_groups]
    units = sides.loc[sides["side"] == side, "units"]
    return report.text(
        "figure.district_profile.side",
        groups=report.text.listed(report.group(key) for key in groups),
        n=_most(units),
    )


def _labelled_mark(
    canvas: Canvas, scale: Scale, value: float, y: float, series: Series, label: str
) -> None:
    """Draw a dot with its name at the right, or at the left if the right has no room."""
    x = scale.at(value)
    canvas.mark(x, y, series)
    fits = x + 8 + style.text_width(label) <= scale.right + 8
    canvas.text(x + 8 if fits else x - 8, y, label, align="left" if fits else "right")


def _most(counts: pd.Series) -> int:
    return int(counts.max()) if counts.notna().any() else 0
