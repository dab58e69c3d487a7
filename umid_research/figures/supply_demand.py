"""Supply and demand: per area of the plan, what each group sees beside what documents show."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from umid_research import style
from umid_research.figures.differences import skew_notes
from umid_research.figures.figure import (
    WITHHELD,
    Figure,
    base,
    dimension_sentence,
    finished,
    nothing_to_show,
    signed,
    withheld_note,
)
from umid_research.report import Report
from umid_research.score import INDEX
from umid_research.sentences import area_name, is_clear
from umid_research.style import QUIET, RULE, SMALL, TEXT, WIDTH, Canvas, Scale, Series

_LABEL, _GAP = 112.0, 96.0
_BAR, _LANE, _PAD = 7.0, 10.0, 6.0
_MARK = 13.0
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
    right = WIDTH - (_GAP if len(gaps) else 0) - hidden * 2 * _MARK - 14
    scale = Scale(0, 100, _LABEL + 12, right)
    y = _heads(canvas, report, scale, top, has_gap=bool(len(gaps)))
    first, alt = y, []
    blocks = []
    for area in areas:
        rows = views[views["dimension"] == area]
        rows = rows.iloc[rows["group"].map(present.index).argsort()]
        shown = rows[rows["shown"]].sort_values("value", kind="stable")
        label = style.wrapped(area_name(report, area), _LABEL, size=TEXT, weight=_weight(area))
        lanes = _lanes([scale.at(value) for value in shown["value"]])
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
        _withheld(canvas, scale, rows, series, middle)
        if area in gaps.index:
            _gap(canvas, report, gaps.loc[area], middle)
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


def _heads(canvas: Canvas, report: Report, scale: Scale, top: float, *, has_gap: bool) -> float:
    y = top + SMALL
    for value in range(0, 101, 25):
        canvas.text(scale.at(value), y, report.text.number(value), colour=QUIET, align="center")
    if has_gap:
        head = report.text("figure.supply_demand.gap")
        canvas.text(WIDTH, y, head, colour=QUIET, align="right")
    return top + 2 * SMALL


def _lanes(places: Sequence[float]) -> list[int]:
    """A lane for each marker, from left to right, so that none covers its neighbour."""
    ends: list[float] = []
    lanes = []
    for x in places:
        lane = next((number for number, end in enumerate(ends) if x - end >= _MARK), len(ends))
        ends[lane : lane + 1] = [x]
        lanes.append(lane)
    return lanes


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


def _withheld(
    canvas: Canvas, scale: Scale, rows: pd.DataFrame, series: dict[str, Series], y: float
) -> None:
    """The markers of the groups whose view is withheld, each with the mark for that."""
    for place, group in enumerate(rows.loc[~rows["shown"], "group"]):
        x = scale.right + 12 + 2 * _MARK * place
        drawn = series[group]
        canvas.mark(x, y, Series(drawn.colour, drawn.marker, hollow=True), radius=3.2)
        canvas.text(x + 7, y, WITHHELD, colour=QUIET)


def _gap(canvas: Canvas, report: Report, gap: Any, y: float) -> None:
    """The gap, and below it its interval."""
    if not gap["shown"]:
        canvas.text(WIDTH, y, "" if gap["note"] else WITHHELD, align="right")
        return
    weight: style.Weight = "bold" if gap["clear"] else "normal"
    canvas.text(WIDTH, y - 6, signed(report, gap["value"]), align="right", weight=weight, size=TEXT)
    if pd.notna(gap["low"]):
        limits = {name: signed(report, gap[name]) for name in ("low", "high")}
        text = report.text("figure.supply_demand.interval", **limits)
        canvas.text(WIDTH, y + 6, text, align="right", colour=QUIET)


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
