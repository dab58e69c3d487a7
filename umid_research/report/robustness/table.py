"""Tables of the robustness of comparisons and of the reliability of the scales."""

from typing import Any

import numpy as np
import pandas as pd

from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.names import compared_name
from umid_research.report.study_report import Report
from umid_research.report.table import (
    Cell,
    Table,
    make_table,
    number_cell,
    parts_of,
    table_from_catalogue,
)


def table_robustness(report: Report) -> Table:
    """Return how many runs of each kind leave each comparison of families A and D unchanged.

    Rows are grouped by dimension, whatever the family.
    """
    rows = report.rows("robustness")
    rows = rows.iloc[pd.factorize(rows["dimension"])[0].argsort(kind="stable")]
    rows = rows.assign(by=np.where(rows["side"].isna(), "group", "side"))
    rows = rows.assign(first=rows["group"].fillna(rows["side"]))
    kinds = list(dict.fromkeys(rows["run"]))
    keys = ["family", "dimension", "by", "first", "versus"]
    body = []
    for (_, dimension, by, first, versus), block in rows.groupby(keys, sort=False):
        cells = {row.run: _survived(report, row) for row in block.itertuples()}
        names = (compared_name(report, by, key) for key in (first, versus))
        contrast = report.text(
            "table.contrast", **dict(zip(("first", "second"), names, strict=True))
        )
        row = (report.dimension(dimension), contrast, *(cells.get(kind, "") for kind in kinds))
        body.append(row)
    heads = [report.text(f"table.head.{name}") for name in ("dimension", "contrast")]
    return make_table(
        report,
        report.text("table.robustness.caption"),
        [*heads, *(report.text(f"table.run.{kind}") for kind in kinds)],
        body,
        anchor="robustness",
        numeric=range(2, 2 + len(kinds)),
        notes=[
            report.text("table.robustness.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
        ids=2,
        spread_over=report.text("table.head.run"),
        row_groups=True,
    )


def _survived(report: Report, row: Any) -> Cell:
    if not row.shown:
        return Cell(WITHHELD)
    text = report.text("table.robustness.cell", k=int(row.value), n=int(row.runs))
    return Cell(text, parts_of(row, value="same", runs="runs"))


def table_reliability(report: Report) -> Table:
    """Return items, alpha with interval, omega, and complete and lost cases per dimension."""
    rows = report.rows("reliability")
    any_withheld = bool((~rows["shown"] & (rows["reason"] == "")).any())
    body = []
    for dimension, block in rows.groupby("dimension", sort=False):
        by_statistic = {row.statistic: row for row in block.itertuples()}
        cells = [_reliability(report, by_statistic[name]) for name in ("alpha", "omega", "lost")]
        base = next((row for row in by_statistic.values() if row.shown), None)
        counts = [
            number_cell(report, getattr(base, name)) if base else WITHHELD
            for name in ("items", "respondents")
        ]
        body.append((report.dimension(str(dimension)), counts[0], *cells[:2], counts[1], cells[2]))
    return table_from_catalogue(
        report,
        "reliability",
        ["dimension", "items", "alpha", "omega", "complete", "lost"],
        body,
        anchor="reliability",
        notes=[
            report.text("table.reliability.note"),
            *withheld_note(report, any_withheld=any_withheld),
        ],
    )


def _reliability(report: Report, row: Any) -> Cell:
    if row.reason:
        return Cell(report.text(f"reason.{row.reason}"))
    if not row.shown:
        return Cell(WITHHELD)
    if pd.isna(row.low):
        return number_cell(report, row.value)
    limits = {"low": row.low, "high": row.high}
    text = report.text("table.score_with_bare_interval", value=row.value, **limits)
    return Cell(text, {"value": row.value, **limits})
