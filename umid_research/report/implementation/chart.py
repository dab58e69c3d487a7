"""The chart of supply and demand: each group's view per part of the plan, and the documents."""

from functools import partial
from typing import Any

from umid_research.analysis.score import INDEX
from umid_research.report.chart.figure import Figure, nothing_to_show
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Rows
from umid_research.report.chart.style import Series
from umid_research.report.differences.chart import gap_figure
from umid_research.report.names import area_name
from umid_research.report.study_report import Report

DOCUMENTS = Series("#b9b9b9", "swatch")


def plot_supply_demand(report: Report) -> Figure:
    """Draw a block per area: a grey bar for the documents, a marker per group, and the gap.

    A study without documentary evidence has no bars and no text on documents.
    """
    views = report.rows("views_by_area")
    areas, groups = [*report.study.areas, INDEX], list(report.study.groups)
    views = views[views["dimension"].isin(areas)]
    if views.empty:
        return nothing_to_show(report)
    order = {"dimension": areas.index, "group": groups.index}
    views = views.sort_values(list(order), key=lambda column: column.map(order[column.name]))
    bars, entry, notes = {}, [], []
    if report.is_documented:
        documents = report.rows("documentary_by_area")
        documents = documents[documents["district"].isna()].dropna(subset=["value"])
        checked = {row.dimension: row for row in documents.itertuples()}
        bars = {area: _bar(report, checked.get(area)) for area in areas}
        entry = [(DOCUMENTS, report.text("figure.supply_demand.documents"))]
        notes = [report.text("figure.supply_demand.note_documents")]
    return gap_figure(
        report,
        views,
        report.rows("gap_by_area"),
        "supply_demand",
        name=partial(area_name, report),
        legend=report.group,
        form=partial(Rows, names=116),
        caption="caption" if report.is_documented else "caption_views",
        bars=bars,
        bar_entry=entry,
        notes=notes,
        tables=["supply-demand"],
    )


def _bar(report: Report, row: Any) -> tuple[Mark, str]:
    """Return the share that documents show, or that none was checked, and its words."""
    if row is None:
        text = report.text("figure.supply_demand.no_documents")
        return Mark(DOCUMENTS, None, text=text), text
    mark = Mark(DOCUMENTS, row.value, text=f"{report.text.number(row.value)} %")
    numbers = {"value": row.value, "n": int(row.checks)}
    return mark, report.text("figure.supply_demand.documents_value", **numbers)
