"""The chart of supply and demand: each group's view per area of the plan, and the documents."""

from functools import partial
from typing import Any

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report.chart.figure import (
    Figure,
    base,
    dimension_sentence,
    figure_of,
    group_series,
    nothing_to_show,
    score_axis,
    withheld_note,
)
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Line, Row, Rows
from umid_research.report.chart.style import Series
from umid_research.report.differences.chart import (
    gap_cell,
    gap_notes,
    gaps_of,
    group_values,
    signed_numbers,
)
from umid_research.report.study_report import Report
from umid_research.report.texts import area_name

DOCUMENTS = Series("#b9b9b9", "swatch")


def plot_supply_demand(report: Report) -> Figure:
    """Draw a block per area: a grey bar for the documents, a marker per group, and the gap.

    A study without documentary evidence has no bars and no text on documents.
    """
    views = report.rows("views_by_area")
    areas = [key for key in (*report.study.areas, INDEX) if (views["dimension"] == key).any()]
    if not areas:
        return nothing_to_show(report)
    documents = report.rows("documentary_by_area")
    documents = documents[documents["district"].isna()]
    checked = {row.dimension: row for row in documents.itertuples() if pd.notna(row.value)}
    gaps = gaps_of(report, "gap_by_area")
    present = [key for key in report.study.groups if (views["group"] == key).any()]
    series = group_series(report)
    rows, alt = [], []
    for area in areas:
        block = views[views["dimension"] == area]
        block = block.iloc[block["group"].map(present.index).argsort()]
        gap, name = gaps.get(area), area_name(report, area)
        marks = [
            Mark(series[row.group], row.value if row.shown else None) for row in block.itertuples()
        ]
        line = Line(marks, [gap_cell(report, gap)] if gaps else [])
        values = group_values(report, block)
        bar = None
        if report.is_documented:
            bar = _bar(report, checked.get(area))
            values.append(_checked(report, checked.get(area)))
        if gap is not None and gap.shown:
            values.append(
                report.text("figure.supply_demand.gap_value", **signed_numbers(report, gap))
            )
        rows.append(Row(name, [line], bar, is_total=area == INDEX))
        alt.append(dimension_sentence(report, name, values))
    legend = [(series[key], report.group(key)) for key in present]
    notes = []
    if report.is_documented:
        legend.append((DOCUMENTS, report.text("figure.supply_demand.documents")))
        notes.append(report.text("figure.supply_demand.note_documents"))
    opposed, of_gaps = gap_notes(report, gaps, partial(area_name, report))
    notes += [report.text("figure.supply_demand.note_gap"), *of_gaps] if gaps else []
    caption = "caption" if report.is_documented else "caption_views"
    return figure_of(
        report,
        Rows(
            score_axis(report),
            rows,
            legend=legend,
            heads=[report.text("figure.supply_demand.gap")] if gaps else [],
            names=116,
        ),
        caption=report.text(f"figure.supply_demand.{caption}", **base(report)),
        alt=[*alt, *opposed],
        notes=[*notes, *withheld_note(report, any_withheld=not views["shown"].all())],
    )


def _bar(report: Report, row: Any) -> Mark:
    if row is None:
        return Mark(DOCUMENTS, None, text=report.text("figure.supply_demand.no_documents"))
    return Mark(DOCUMENTS, row.value, text=f"{report.text.number(row.value)} %")


def _checked(report: Report, row: Any) -> str:
    """Return the share that documents show, or a text that none was checked."""
    if row is None:
        return report.text("figure.supply_demand.no_documents")
    return report.text("figure.supply_demand.documents_value", value=row.value, n=int(row.checks))
