"""What was spoken about and proposed, and how far its coders agree."""

from typing import Any

import pandas as pd

from umid_research.figures.bars import By
from umid_research.figures.figure import WITHHELD, withheld_note
from umid_research.report import Report
from umid_research.sentences import theme_name
from umid_research.tables.table import Table, grid, implementation_heads


def table_themes(report: Report, by: By = "group", *, proposals: bool = False) -> Table:
    """In how many meetings, or proposals, each theme came up: over all, by group or district."""
    source, words = ("survey", "proposals") if proposals else ("meetings", "themes")
    rows = report.rows(f"themes_{source}")
    other = "district" if by == "group" else "group"
    rows = rows[rows[other].isna()].fillna({by: ""})
    keys = report.study.groups if by == "group" else report.study.districts
    name = report.group if by == "group" else report.district_name
    columns = ["", *(key for key in keys if (rows[by] == key).any())]
    cells = {(row.dimension, getattr(row, by)): _counted(report, row) for row in rows.itertuples()}
    present = set(rows["dimension"])
    return grid(
        report,
        report.text(f"table.implementation.{words}_caption_{by}"),
        [
            *implementation_heads(report, "theme", "all"),
            *(name(key) for key in columns[1:]),
        ],
        [
            (theme_name(report, key), *(cells.get((key, column), "") for column in columns))
            for key in report.study.themes
            if key in present
        ],
        notes=[
            report.text(f"table.implementation.{words}_note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _counted(report: Report, row: Any) -> str:
    """So many of so many meetings or proposals, which are no people."""
    if not row.shown:
        return WITHHELD
    return report.text("table.implementation.counted", k=row.value, n=row.respondents)


def table_coding(report: Report) -> Table:
    """Krippendorff's alpha of each theme, with its interval."""
    rows = report.rows("coding")
    differ = rows[rows["statistic"] == "differ"].set_index("dimension")["value"]
    body = []
    for row in rows[rows["statistic"] == "alpha"].itertuples():
        low, high = (
            "" if pd.isna(limit) else report.text.number(round(limit, 2))
            for limit in (row.low, row.high)
        )
        body.append(
            (
                theme_name(report, row.dimension),
                "" if pd.isna(row.value) else report.text.number(round(row.value, 2)),
                report.text("table.range", low=low, high=high) if low else "",
                report.text.number(row.units),
                report.text.number(differ[row.dimension]),
            )
        )
    return grid(
        report,
        report.text("table.implementation.coding_caption"),
        implementation_heads(report, "theme", "alpha", "interval", "segments", "differ"),
        body,
        notes=[report.text("table.implementation.coding_note")],
    )
