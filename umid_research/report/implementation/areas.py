"""Table of supply and demand by part of the plan."""

from typing import Any

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import Reason
from umid_research.report.chart.figure import WITHHELD, signed, withheld_note
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.differences.table import opposed_note, said_of, skew_note
from umid_research.report.differences.text import limit_notes
from umid_research.report.names import area_name
from umid_research.report.scores.table import score_cell
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, implementation_heads, make_table, parts_of


def table_supply_demand(report: Report) -> Table:
    """Return the groups' views, the documentary evidence if any, and the gap of each area."""
    views = report.rows("views_by_area")
    documents = report.rows("documentary_by_area")
    documents = documents[documents["district"].isna()]
    gaps = report.rows("gap_by_area")
    gaps = gaps.assign(clear=is_clear(gaps)) if len(gaps) else gaps
    groups = [key for key in report.study.groups if (views["group"] == key).any()]
    seen = {(row.dimension, row.group): score_cell(report, row) for row in views.itertuples()}
    shown = {row.dimension: row for row in documents.itertuples()}
    gap_of = {row.dimension: row for row in gaps.itertuples()}
    body = [
        (
            area_name(report, area),
            *(seen.get((area, group), "") for group in groups),
            *([_documents(report, shown.get(area))] if report.is_documented else []),
            *(_gap(report, gap_of.get(area)) if len(gaps) else ()),
        )
        for area in (*report.study.areas, INDEX)
        if (views["dimension"] == area).any()
    ]
    ends = ["documents"] if report.is_documented else []
    ends += ["gap", "interval", "said_of_gap"] if len(gaps) else []
    kind = "areas" if report.is_documented else "views"
    hidden = not views["shown"].all() or not gaps.loc[gaps["reason"] == "", "shown"].all()
    return make_table(
        report,
        report.text(f"table.implementation.{kind}_caption"),
        [
            *implementation_heads(report, "area"),
            *(report.group(key) for key in groups),
            *implementation_heads(report, *ends),
        ],
        body,
        anchor="supply-demand",
        layout=[report.text(f"table.implementation.{kind}_note")],
        notes=[
            *([_different(report)] if report.is_documented else []),
            *limit_notes(report, gaps),
            *skew_note(report, gaps),
            *opposed_note(report, gaps),
            *withheld_note(report, any_withheld=hidden),
        ],
    )


def _different(report: Report) -> str:
    """Return the note that views and documents measure different things."""
    return report.text("figure.supply_demand.note_documents")


def _documents(report: Report, row: Any) -> Cell:
    """Return the share of the requirements that documents show, and the number of checks."""
    if row is None or pd.isna(row.value):
        return Cell("")
    text = report.text("table.implementation.documents_cell", value=row.value, n=int(row.checks))
    return Cell(text, parts_of(row, value="percent", checks="checks"))


def _gap(report: Report, row: Any) -> tuple[Cell | str, ...]:
    """Return the gap, its interval and whether it is clear enough to be stated."""
    if row is None:
        return ("", "", report.text(f"reason.{Reason.TOO_FEW_SCORES}"))
    if row.reason:
        return ("", "", report.text(f"reason.{row.reason}"))
    if not row.shown:
        return (WITHHELD,) * 3
    difference = Cell(signed(report, row.value), parts_of(row, value="value"))
    if pd.isna(row.low):
        return (difference, "", report.text(said_of(row, is_lead=True)))
    low, high = signed(report, row.low), signed(report, row.high)
    return (
        difference,
        Cell(
            report.text("table.interval", low=low, high=high), parts_of(row, low="low", high="high")
        ),
        report.text(said_of(row, is_lead=True)),
    )
