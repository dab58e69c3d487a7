"""Draw supply and demand: each group's view per area of the plan, and what documents show."""

from dataclasses import dataclass
from functools import partial
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
    draw_gap,
    draw_heads,
    draw_withheld,
    lanes_of,
    score_scale,
    withheld_width,
)
from umid_research.report.study_report import Report
from umid_research.report.texts import area_name, limit_notes

_LABEL = 112.0
_BAR, _LANE, _PAD, _LEAST = 7.0, 10.0, 6.0, 34.0
_DOCUMENTS = "#b9b9b9"


@dataclass(frozen=True)
class _Block:
    """An area: its views, its name, the lanes of its markers, and the height of its bar."""

    area: str
    rows: pd.DataFrame
    label: Label
    lanes: list[int]
    bar: float

    @property
    def shown(self) -> pd.DataFrame:
        """Return the published views, from the lowest to the highest."""
        return self.rows[self.rows["shown"]].sort_values("value", kind="stable")

    @property
    def depth(self) -> float:
        """Return the height of the block."""
        marks = self.bar + _LANE * (max(self.lanes, default=0) + 1) + 2 * _PAD
        return self.label.depth(max(marks, _LEAST), spare=2 * _PAD)


@with_phone_version
def plot_supply_demand(canvas: Canvas, report: Report) -> Figure:
    """Draw a block per area: a grey bar for the documents, a marker per group, and the gap.

    A study without documentary evidence has no bars and no text on documents.
    """
    views = report.rows("views_by_area")
    documents = report.rows("documentary_by_area")
    documents = documents[documents["district"].isna()].set_index("dimension")
    gaps = report.rows("gap_by_area")
    gaps = gaps.assign(clear=is_clear(gaps)).set_index("dimension") if len(gaps) else gaps
    areas = [key for key in (*report.study.areas, INDEX) if (views["dimension"] == key).any()]
    if not areas:
        return nothing_to_show(report, canvas)
    present = [key for key in report.study.groups if (views["group"] == key).any()]
    series = group_series(report)
    hidden = int((~views["shown"]).groupby(views["dimension"]).sum().max())
    entries = _entries(report, {key: series[key] for key in present})
    top = canvas.legend(0, 0, canvas.width, entries)
    left = marks_from(canvas, _LABEL) + 12
    scale = score_scale(canvas, left, hidden, has_gap=bool(len(gaps)), free=14)
    y = draw_heads(canvas, report, scale, top, has_gap=bool(len(gaps)))
    blocks = [_block(canvas, report, scale, views, area, present) for area in areas]
    bottom = y + sum(block.depth for block in blocks)
    for value in range(0, 101, 25):
        x = scale.at(value)
        canvas.line((x, y), (x, bottom), RULE if value in (0, 100) else style.FAINT)
    alt = []
    for block in blocks:
        percent = documents.loc[block.area] if block.area in documents.index else None
        gap = gaps.loc[block.area] if block.area in gaps.index else None
        _draw_block(canvas, report, scale, block, series, percent, gap, y)
        alt.append(_sentence(report, block, percent, gap))
        y += block.depth
    opposed = (
        opposed_notes(report, gaps.reset_index(), lambda gap: area_name(report, gap.dimension))
        if len(gaps)
        else []
    )
    notes = [
        *_notes(report, gaps),
        *opposed,
        *withheld_note(report, any_withheld=hidden > 0),
    ]
    key = "caption" if report.is_documented else "caption_views"
    caption = report.text(f"figure.supply_demand.{key}", **base(report))
    return with_notes(report, canvas, bottom, caption=caption, alt=[*alt, *opposed], notes=notes)


def _entries(report: Report, series: dict[str, Series]) -> list[tuple[Series, str]]:
    """Return the legend: a marker per group, and the bar of the documents."""
    entries = [(drawn, report.group(key)) for key, drawn in series.items()]
    if report.is_documented:
        entries.append(
            (Series(_DOCUMENTS, "swatch"), report.text("figure.supply_demand.documents"))
        )
    return entries


def _block(
    canvas: Canvas, report: Report, scale: Scale, views: pd.DataFrame, area: str, groups: list[str]
) -> _Block:
    rows = views[views["dimension"] == area]
    shown = rows.loc[rows["shown"], "value"].sort_values(kind="stable")
    return _Block(
        area=area,
        rows=rows.iloc[rows["group"].map(groups.index).argsort()],
        label=label_of(
            canvas,
            area_name(report, area),
            _LABEL,
            size=TEXT,
            weight="bold" if area == INDEX else "normal",
            reserved=withheld_width(int((~rows["shown"]).sum())),
        ),
        lanes=lanes_of([scale.at(value) for value in shown]),
        bar=_BAR if report.is_documented else 0.0,
    )


def _draw_block(
    canvas: Canvas,
    report: Report,
    scale: Scale,
    block: _Block,
    series: dict[str, Series],
    percent: Any,
    gap: Any,
    top: float,
) -> None:
    """Draw the name, the bar, the markers and the gap of an area."""
    canvas.line((0, top), (canvas.width, top), QUIET if block.area == INDEX else RULE)
    middle = block.label.draw(canvas, top, block.depth)
    first_line = block.label.first_line(top, middle)
    top = block.label.below(top) + _PAD
    if report.is_documented:
        _bar(canvas, report, scale, percent, top + _BAR / 2)
    for row, lane in zip(block.shown.itertuples(), block.lanes, strict=True):
        place = top + block.bar + _LANE * (lane + 0.5) + 2
        canvas.mark(scale.at(row.value), place, series[row.group], radius=4.0)
    draw_withheld(canvas, scale, block.rows, series, first_line)
    if gap is not None:
        draw_gap(canvas, report, gap, middle)


def _notes(report: Report, gaps: pd.DataFrame) -> list[str]:
    notes = [report.text("figure.supply_demand.note_documents")] if report.is_documented else []
    if len(gaps):
        notes.append(report.text("figure.supply_demand.note_gap"))
        notes += limit_notes(report, gaps)
        notes += skew_notes(report, gaps.reset_index(), partial(area_name, report))
    return notes


def _bar(canvas: Canvas, report: Report, scale: Scale, percent: Any, y: float) -> None:
    """Draw the share that documents show as a bar from zero, with its number."""
    if percent is None or pd.isna(percent["value"]):
        text = report.text("figure.supply_demand.no_documents")
        canvas.text(scale.left + 4, y, text, colour=QUIET)
        return
    end = scale.at(percent["value"])
    if end > scale.left:
        canvas.bar(scale.left, y, end - scale.left, _BAR, _DOCUMENTS)
    number = f"{report.text.number(percent['value'])} %"
    inside = end + 6 + style.text_width(number) > scale.right
    x, align = (end - 5, "right") if inside else (end + 5, "left")
    canvas.text(x, y, number, colour=style.INK if inside else QUIET, align=align)  # type: ignore[arg-type]


def _sentence(report: Report, block: _Block, percent: Any, gap: Any) -> str:
    """Return all numbers of an area in one sentence, for the alternative text."""
    values = [
        report.text(
            "figure.score_alone",
            name=report.group(row.group),
            value=row.value,
            n=int(row.units),
        )
        if row.shown
        else report.text("figure.withheld_value", name=report.group(row.group))
        for row in block.rows.itertuples()
    ]
    if report.is_documented:
        values.append(_checked(report, percent))
    if gap is not None and gap["shown"]:
        numbers = {name: signed(report, gap[name]) for name in ("value", "low", "high")}
        values.append(report.text("figure.supply_demand.gap_value", **numbers))
    return dimension_sentence(report, area_name(report, block.area), values)


def _checked(report: Report, percent: Any) -> str:
    """Return the share that documents show, or a text that none was checked."""
    if percent is None or pd.isna(percent["value"]):
        return report.text("figure.supply_demand.no_documents")
    return report.text(
        "figure.supply_demand.documents_value", value=percent["value"], n=int(percent["checks"])
    )
