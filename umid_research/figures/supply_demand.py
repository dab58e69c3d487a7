"""Supply and demand: per area of the plan, what each group sees beside what documents show."""

from functools import partial
from typing import Any

import pandas as pd

from umid_research import style
from umid_research.figures.differences import skew_notes
from umid_research.figures.figure import (
    Figure,
    base,
    dimension_sentence,
    finished,
    nothing_to_show,
    signed,
    withheld_note,
)
from umid_research.figures.gaps import GAP, MARK, draw_gap, draw_heads, draw_withheld, lanes_of
from umid_research.report import Report
from umid_research.score import INDEX
from umid_research.sentences import area_name, is_clear
from umid_research.style import QUIET, RULE, TEXT, WIDTH, Canvas, Scale, Series

_LABEL = 112.0
_BAR, _LANE, _PAD = 7.0, 10.0, 6.0
_DOCUMENTS = "#b9b9b9"


def plot_supply_demand(report: Report) -> Figure:
    """A block an area: a grey bar for the documents, a marker a group, the gap to the right."""
    views = report.rows("views_by_area")
    documents = report.rows("documentary_by_area")
    documents = documents[documents["district"].isna()].set_index("dimension")
    gaps = report.rows("gap_by_area")
    gaps = gaps.assign(clear=is_clear(gaps)).set_index("dimension") if len(gaps) else gaps
    areas = [key for key in (*report.study.areas, INDEX) if (views["dimension"] == key).any()]
    if not areas:
        return nothing_to_show(report)
    present = [key for key in report.study.groups if (views["group"] == key).any()]
    series = style.series_of(present)
    hidden = int((~views["shown"]).groupby(views["dimension"]).sum().max())
    canvas = Canvas()
    entries = [(series[key], report.group(key)) for key in present]
    bar = (Series(_DOCUMENTS, "swatch"), report.text("figure.supply_demand.documents"))
    top = canvas.key(0, 0, WIDTH, [*entries, bar])
    right = WIDTH - (GAP if len(gaps) else 0) - hidden * 2 * MARK - 14
    scale = Scale(0, 100, _LABEL + 12, right)
    y = draw_heads(canvas, report, scale, top, has_gap=bool(len(gaps)))
    first, alt = y, []
    blocks = []
    for area in areas:
        rows = views[views["dimension"] == area]
        rows = rows.iloc[rows["group"].map(present.index).argsort()]
        shown = rows[rows["shown"]].sort_values("value", kind="stable")
        label = style.wrapped(area_name(report, area), _LABEL, size=TEXT, weight=_weight(area))
        lanes = lanes_of([scale.at(value) for value in shown["value"]])
        depth = _BAR + _LANE * (max(lanes, default=0) + 1) + 2 * _PAD
        depth = max(depth, len(label) * TEXT * style.LEADING + 2 * _PAD, 34)
        blocks.append((area, rows, shown, label, lanes, depth))
    bottom = first + sum(block[-1] for block in blocks)
    for value in range(0, 101, 25):
        x = scale.at(value)
        canvas.line((x, first), (x, bottom), RULE if value in (0, 100) else style.FAINT)
    for area, rows, shown, label, lanes, depth in blocks:
        canvas.line((0, y), (WIDTH, y), QUIET if area == INDEX else RULE)
        middle = y + depth / 2
        height = len(label) * TEXT * style.LEADING
        canvas.lines(0, middle - height / 2, label, size=TEXT, weight=_weight(area))
        percent = documents.loc[area] if area in documents.index else None
        _bar(canvas, report, scale, percent, y + _PAD + _BAR / 2)
        for row, lane in zip(shown.itertuples(), lanes, strict=True):
            place = y + _PAD + _BAR + _LANE * (lane + 0.5) + 2
            canvas.mark(scale.at(row.value), place, series[row.group], radius=4.0)
        draw_withheld(canvas, scale, rows, series, middle)
        if area in gaps.index:
            draw_gap(canvas, report, gaps.loc[area], middle)
        alt.append(_sentence(report, area, rows, percent, gaps))
        y += depth
    notes = [report.text("figure.supply_demand.note_documents")]
    if len(gaps):
        notes.append(report.text("figure.supply_demand.note_gap"))
        notes += skew_notes(report, gaps.reset_index(), partial(area_name, report))
    notes += withheld_note(report, any_withheld=hidden > 0)
    caption = report.text("figure.supply_demand.caption", **base(report))
    return finished(report, canvas, bottom, caption=caption, alt=alt, notes=notes)


def _weight(area: str) -> style.Weight:
    return "bold" if area == INDEX else "normal"


def _bar(canvas: Canvas, report: Report, scale: Scale, percent: Any, y: float) -> None:
    """The share that documents show, as a bar from nought with its number."""
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


def _sentence(
    report: Report, area: str, rows: pd.DataFrame, percent: Any, gaps: pd.DataFrame
) -> str:
    """All numbers of an area, for those who do not see the figure."""
    values = [
        report.text(
            "figure.score_alone",
            name=report.group(row.group),
            value=row.value,
            n=int(row.units),
        )
        if row.shown
        else report.text("figure.withheld_value", name=report.group(row.group))
        for row in rows.itertuples()
    ]
    if percent is None or pd.isna(percent["value"]):
        values.append(report.text("figure.supply_demand.no_documents"))
    else:
        values.append(
            report.text(
                "figure.supply_demand.documents_value",
                value=percent["value"],
                n=int(percent["units"]),
            )
        )
    if area in gaps.index and gaps.loc[area, "shown"]:
        numbers = {name: signed(report, gaps.loc[area, name]) for name in ("value", "low", "high")}
        values.append(report.text("figure.supply_demand.gap_value", **numbers))
    return dimension_sentence(report, area_name(report, area), values)
