"""How often a comparison survives other choices, and how far the scales hold together."""

from typing import Any

import numpy as np
import pandas as pd

from umid_research.figures.figure import WITHHELD, withheld_note
from umid_research.report import Report
from umid_research.sentences import compared_name
from umid_research.tables.table import Table, grid, worded


def table_robustness(report: Report) -> Table:
    """Every comparison of families A and D × kinds of runs: how many leave it as it is."""
    rows = report.rows("robustness")
    rows = rows.assign(by=np.where(rows["side"].isna(), "group", "side"))
    rows = rows.assign(first=rows["group"].fillna(rows["side"]))
    kinds = list(dict.fromkeys(rows["statistic"]))
    keys = ["family", "dimension", "by", "first", "versus"]
    body = []
    for (_, dimension, by, first, versus), block in rows.groupby(keys, sort=False):
        cells = {row.statistic: _survived(report, row) for row in block.itertuples()}
        names = (compared_name(report, by, key) for key in (first, versus))
        contrast = report.text(
            "table.contrast", **dict(zip(("first", "second"), names, strict=True))
        )
        row = (report.dimension(dimension), contrast, *(cells.get(kind, "") for kind in kinds))
        body.append(row)
    heads = [report.text(f"table.head.{name}") for name in ("dimension", "contrast")]
    return grid(
        report,
        report.text("table.robustness.caption"),
        [*heads, *(report.text(f"table.run.{kind}") for kind in kinds)],
        body,
        numeric=range(2, 2 + len(kinds)),
        notes=[
            report.text("table.robustness.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _survived(report: Report, row: Any) -> str:
    if not row.shown:
        return WITHHELD
    return report.text("table.robustness.cell", k=int(row.value), n=int(row.runs))


def table_reliability(report: Report) -> Table:
    """Per dimension: questions, alpha with its interval, omega, people kept and lost."""
    rows = report.rows("reliability")
    body = []
    for dimension, block in rows.groupby("dimension", sort=False):
        found = {row.statistic: row for row in block.itertuples()}
        cells = [_reliability(report, found[name]) for name in ("alpha", "omega", "lost")]
        base = next((row for row in found.values() if row.shown), None)
        counts = [
            report.text.number(getattr(base, name)) if base else WITHHELD
            for name in ("units", "respondents")
        ]
        body.append((report.dimension(str(dimension)), counts[0], *cells[:2], counts[1], cells[2]))
    return worded(
        report,
        "reliability",
        ["dimension", "items", "alpha", "omega", "complete", "lost"],
        body,
        notes=[report.text("table.reliability.note")],
    )


def _reliability(report: Report, row: Any) -> str:
    if row.note:
        return report.text("table.reliability.none")
    if not row.shown:
        return WITHHELD
    if pd.isna(row.low):
        return report.text.number(row.value)
    return report.text(
        "table.score_with_bare_interval", value=row.value, low=row.low, high=row.high
    )
