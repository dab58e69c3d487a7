"""Scores: one block a dimension, one line a group or district, or both sides of a district."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from umid_research import style
from umid_research.canvas import Canvas
from umid_research.errors import ParameterError
from umid_research.figures.figure import (
    WITHHELD,
    Figure,
    base,
    dimension_sentence,
    draw_interval,
    finished,
    nothing_to_show,
    unscored_note,
    withheld_note,
)
from umid_research.report import Report
from umid_research.study import Side
from umid_research.style import QUIET, SMALL, TEXT, WIDTH, Scale, Series

_LABEL = 142.0
_LINE = 11.2
_GAP = 7.0
_HEADS = 2 * SMALL
_DISTRICT = Series(style.INK, "bar")
_SIDES: dict[Side, Series] = {
    "demand": Series("#d55e00", "square"),
    "supply": Series("#0072b2", "circle"),
}


def plot_scores_by_group(report: Report) -> Figure:
    """Every group's mean on every dimension, with its interval where it is published."""
    rows = report.rows("scores_by_group")
    if rows.empty:
        return nothing_to_show(report)
    present = [key for key in report.study.groups if (rows["group"] == key).any()]
    series = style.series_of(present)
    canvas = Canvas()
    top = canvas.key(0, 0, WIDTH, [(series[key], report.group(key)) for key in present])
    scale, columns = _score_heads(canvas, report, top, "score", "units")

    def draw(row: Any, y: float) -> None:
        if not row.shown:
            canvas.text(columns["score"], y, WITHHELD, align="right")
            return
        draw_interval(canvas, scale, row, y, series[row.group].colour)
        canvas.mark(scale.at(row.value), y, series[row.group])
        canvas.text(columns["score"], y, report.text.number(row.value), align="right")
        canvas.text(columns["units"], y, report.text.number(row.units), colour=QUIET, align="right")

    blocks = _blocks_of(report, rows, "group", present)
    bottom = _blocks(canvas, top + _HEADS, blocks, draw, scale)
    alt = [
        dimension_sentence(report, label, [_score_text(report, row) for row in block.itertuples()])
        for label, block in blocks
    ]
    caption = report.text("figure.scores_by_group.caption", **base(report))
    hidden = not rows["shown"].all()
    unscored = unscored_note(report, rows)
    notes = [*withheld_note(report, any_withheld=hidden), *unscored]
    return finished(report, canvas, bottom, caption=caption, alt=[*alt, *unscored], notes=notes)


def plot_districts(report: Report) -> Figure:
    """Every district's score on every dimension, in the study's order and not in a ranking."""
    rows = report.rows("scores_by_district")
    if rows.empty:
        return nothing_to_show(report)
    present = [key for key in report.study.districts if (rows["district"] == key).any()]
    return _plot_district_scores(report, rows, present, "figure.districts.caption")


def plot_district_profile(report: Report) -> Figure:
    """Supply and demand of the report's district on every dimension, and the district's score.

    In a study without sides, only the scores. Raises ParameterError when the report has no
    district.
    """
    if report.district is None:
        raise ParameterError(
            "a district's profile needs the parameter `district`", possible=report.study.districts
        )
    scores = report.rows("scores_by_district", district=report.district)
    sides = report.rows("scores_by_side", district=report.district)
    if scores.empty:
        return nothing_to_show(report)
    if sides.empty:
        return _plot_district_scores(
            report, scores, [report.district], "figure.district_profile.caption_scores"
        )
    return _plot_sides(report, scores, sides)


def _plot_district_scores(
    report: Report, rows: pd.DataFrame, districts: list[str], caption: str
) -> Figure:
    series = style.series_of(districts)
    canvas = Canvas()
    scale, columns = _score_heads(canvas, report, 0, "units")

    def draw(row: Any, y: float) -> None:
        name = report.district_name(row.district)
        if not row.shown:
            canvas.text(scale.left + 4, y, f"{WITHHELD} {name}", colour=QUIET)
            return
        label = f"{name} {report.text.number(row.value)}"
        _labelled_mark(canvas, scale, row.value, y, series[row.district], label)
        canvas.text(columns["units"], y, report.text.number(row.units), colour=QUIET, align="right")

    blocks = _blocks_of(report, rows, "district", districts)
    bottom = _blocks(canvas, _HEADS, blocks, draw, scale)
    alt = [
        dimension_sentence(report, label, [_score_text(report, row) for row in block.itertuples()])
        for label, block in blocks
    ]
    hidden = not rows["shown"].all()
    return finished(
        report,
        canvas,
        bottom,
        caption=report.text(caption, district=report.district_name(districts[0]), **base(report)),
        alt=alt,
        notes=withheld_note(report, any_withheld=hidden),
    )


def _plot_sides(report: Report, scores: pd.DataFrame, sides: pd.DataFrame) -> Figure:
    """The dumbbells of one district."""
    canvas = Canvas()
    entries = [(_SIDES[side], _side_name(report, sides, side)) for side in _SIDES]
    entries.append((_DISTRICT, report.text("figure.district_profile.score")))
    top = canvas.key(0, 0, WIDTH, entries)
    scale, columns = _score_heads(canvas, report, top, "district_score")
    values = sides[sides["shown"]].pivot(index="dimension", columns="side", values="value")
    values = values.reindex(columns=list(_SIDES))

    def draw(row: Any, y: float) -> None:
        present = values.loc[row.dimension].dropna() if row.dimension in values.index else {}
        ends = sorted((value, side) for side, value in present.items())
        _dumbbell(canvas, report, scale, ends, row.value if row.shown else None, y)
        text = report.text.number(row.value) if row.shown else WITHHELD
        canvas.text(columns["district_score"], y, text, align="right")

    blocks = _blocks_of(report, scores, "district", [str(report.district)])
    bottom = _blocks(canvas, top + _HEADS, blocks, draw, scale, line=20)
    alt = []
    for label, block in blocks:
        of_both = sides[sides["dimension"] == block["dimension"].iloc[0]]
        told = [_score_text(report, row) for row in (*of_both.itertuples(), *block.itertuples())]
        alt.append(dimension_sentence(report, label, told))
    hidden = not (scores["shown"].all() and sides["shown"].all())
    caption = report.text(
        "figure.district_profile.caption",
        district=report.district_name(str(report.district)),
        n=_most(scores["respondents"]),
        units=_most(scores["units"]),
    )
    notes = withheld_note(report, any_withheld=hidden)
    return finished(report, canvas, bottom, caption=caption, alt=alt, notes=notes)


def _dumbbell(
    canvas: Canvas,
    report: Report,
    scale: Scale,
    ends: Sequence[tuple[float, Side]],
    score: float | None,
    y: float,
) -> None:
    """Both sides with their numbers outside, and the district's score as a tick between."""
    places = [scale.at(value) for value, _ in ends]
    # Two sides at nearly the same place would cover each other; one stands higher then.
    aside = 4.5 if len(ends) == 2 and places[1] - places[0] < 10 else 0.0
    if len(ends) == 2 and not aside:
        canvas.line((places[0], y), (places[1], y), style.RULE, width=3)
    for place, (x, (value, side)) in enumerate(zip(places, ends, strict=True)):
        is_lower = place == 0 and len(ends) == 2
        shifted = y + (aside if is_lower else -aside)
        canvas.mark(x, shifted, _SIDES[side], radius=4.2)
        align: style.Align = "right" if is_lower else "left"
        canvas.text(x + (-9 if is_lower else 9), shifted, report.text.number(value), align=align)
    # Drawn last and narrow, so that neither side hides it.
    if score is not None:
        canvas.mark(scale.at(score), y, _DISTRICT, radius=5)


def _side_name(report: Report, sides: pd.DataFrame, side: Side) -> str:
    """Who makes up a side, and how many units they are."""
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
    """A dot with its name beside it, on the side that has room."""
    x = scale.at(value)
    canvas.mark(x, y, series)
    fits = x + 8 + style.text_width(label) <= scale.right + 8
    canvas.text(x + 8 if fits else x - 8, y, label, align="left" if fits else "right")


# --- parts of all of them ------------------------------------------------------------------------

Block = tuple[str, pd.DataFrame]


def _blocks_of(report: Report, rows: pd.DataFrame, key: str, order: Iterable[str]) -> list[Block]:
    """Per dimension its name and its rows in the study's order."""
    place = {name: number for number, name in enumerate(order)}
    rows = rows.assign(place=rows[key].map(place)).sort_values("place", kind="stable")
    by_dimension = dict(tuple(rows.groupby("dimension", sort=False)))
    names = dict.fromkeys(report.published["dimension"].dropna())
    return [(report.dimension(name), by_dimension[name]) for name in names if name in by_dimension]


def _blocks(
    canvas: Canvas,
    top: float,
    blocks: Sequence[Block],
    draw: Callable[[Any, float], None],
    scale: Scale,
    line: float = _LINE,
) -> float:
    """Draws every dimension's name and lines below `top`; returns where they end."""
    depths = []
    for label, rows in blocks:
        lines = style.wrapped(label, _LABEL, size=TEXT)
        depths.append((lines, max(len(lines) * TEXT * style.LEADING, len(rows) * line)))
    bottom = top + sum(depth + _GAP for _, depth in depths)
    _grid(canvas, scale, top, bottom)
    y = top
    for (_, rows), (lines, depth) in zip(blocks, depths, strict=True):
        if y > top:
            canvas.line((0, y), (WIDTH, y), style.RULE)
        y += _GAP / 2
        canvas.lines(0, y + max(0, line - TEXT * style.LEADING) / 2, lines, size=TEXT)
        indent = (depth - len(rows) * line) / 2
        for place, row in enumerate(rows.itertuples()):
            draw(row, y + indent + (place + 0.5) * line)
        y += depth + _GAP / 2
    return bottom


def _grid(canvas: Canvas, scale: Scale, top: float, bottom: float) -> None:
    for value in range(0, 101, 25):
        x = scale.at(value)
        canvas.line((x, top), (x, bottom), style.RULE if value in (0, 100) else style.FAINT)


def _score_heads(
    canvas: Canvas, report: Report, top: float, *columns: str
) -> tuple[Scale, dict[str, float]]:
    """The heads of the scale and of the columns to its right; returns the places of both."""
    y, right, rights = top + SMALL, WIDTH, {}
    for name in reversed(columns):
        head = report.text(f"figure.{name}")
        canvas.text(right, y, head, colour=QUIET, align="right")
        rights[name] = right
        right -= style.text_width(head) + 14
    scale = Scale(0, 100, _LABEL + 12, right - 10)
    for value in range(0, 101, 25):
        canvas.text(scale.at(value), y, report.text.number(value), colour=QUIET, align="center")
    return scale, rights


def _score_text(report: Report, row: Any) -> str:
    """One score in words, for those who do not see the figure."""
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
    if pd.notna(row.group):
        return report.group(row.group)
    if pd.notna(row.side):
        return report.text(f"figure.side.{row.side}")
    return report.district_name(row.district)


def _most(counts: pd.Series) -> int:
    return int(counts.max()) if counts.notna().any() else 0
