"""Tables of the themes of meetings and proposals, and of the agreement of their coders."""

from typing import Any

import pandas as pd

from umid_research.report.answers.bars import By
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.names import theme_name
from umid_research.report.study_report import Report
from umid_research.report.table import (
    Cell,
    Table,
    implementation_heads,
    make_table,
    number_cell,
    parts_of,
)


def table_themes_by_group(report: Report) -> Table:
    """Return the number of meetings per theme, over all and by group."""
    return _themes(report, "group")


def table_themes_by_district(report: Report) -> Table:
    """Return the number of meetings per theme, over all and by district."""
    return _themes(report, "district")


def table_proposals_by_group(report: Report) -> Table:
    """Return the number of proposals of the survey per theme, over all and by group."""
    return _themes(report, "group", proposals=True)


def _themes(report: Report, by: By, *, proposals: bool = False) -> Table:
    source, words = ("survey", "proposals") if proposals else ("meetings", "themes")
    rows = report.rows(f"themes_{source}")
    other = "district" if by == "group" else "group"
    rows = rows[rows[other].isna()].fillna({by: ""})
    keys = report.study.groups if by == "group" else report.study.districts
    name = report.group if by == "group" else report.district_name
    columns = ["", *(key for key in keys if (rows[by] == key).any())]
    cells = {(row.theme, getattr(row, by)): theme_cell(report, row) for row in rows.itertuples()}
    present = set(rows["theme"])
    anchor = f"{'proposals' if proposals else 'themes'}-by-{by}"
    return make_table(
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
        anchor=anchor,
        notes=[
            report.text(f"table.implementation.{words}_note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
        spread_over=report.text(f"table.head.{by}"),
    )


def theme_cell(report: Report, row: Any) -> Cell:
    """Return a count of meetings or proposals as 'k of n'; they are not people."""
    if not row.shown:
        return Cell(WITHHELD)
    text = report.text("table.implementation.counted", k=row.value, n=row.of)
    return Cell(text, parts_of(row, value="count", of="of"))


def table_coding(report: Report) -> Table:
    """Return Krippendorff's alpha of each theme with its interval."""
    rows = report.rows("coding")
    differ = rows[rows["statistic"] == "differ"].set_index("theme")["value"]
    body = []
    for row in rows[rows["statistic"] == "alpha"].itertuples():
        body.append(
            (
                theme_name(report, row.theme),
                "" if pd.isna(row.value) else number_cell(report, round(row.value, 2)),
                _interval(report, row),
                number_cell(report, row.segments),
                number_cell(report, differ[row.theme]),
            )
        )
    return make_table(
        report,
        report.text("table.implementation.coding_caption"),
        implementation_heads(report, "theme", "alpha", "interval", "segments", "differ"),
        body,
        anchor="coding",
        notes=[report.text("table.implementation.coding_note")],
    )


def _interval(report: Report, row: Any) -> Cell:
    if pd.isna(row.low) or pd.isna(row.high):
        return Cell("")
    limits = {"low": round(row.low, 2), "high": round(row.high, 2)}
    return Cell(report.text("table.interval", **limits), limits)
