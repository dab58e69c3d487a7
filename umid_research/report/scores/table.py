"""Tables of scores by dimension and group, district or side."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from umid_research.report.answers.bars import By
from umid_research.report.chart.figure import WITHHELD, unscored_note, withheld_note
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, make_table, parts_of


def table_scores_by_group(report: Report) -> Table:
    """Return mean, interval and number of units by dimension and group."""
    return _scores(report, "group", report.study.groups, report.group)


def table_scores_by_district(report: Report) -> Table:
    """Return the district scores by dimension and district."""
    return _scores(report, "district", report.study.districts, report.district_name)


def table_scores_by_side(report: Report) -> Table:
    """Return the scores by dimension and side, for the report's district or for each one."""
    rows = report.rows("scores_by_side")
    districts = [report.district] if report.district else list(report.study.districts)
    rows = rows[rows["district"].isin(districts)]
    pairs = [(district, side) for district in districts for side in ("demand", "supply")]

    def name(pair: tuple[str, str]) -> str:
        district, side = pair
        text = report.text(f"table.side.{side}")
        if report.district:
            return text
        return report.text("table.side_of", district=report.district_name(district), side=text)

    rows = rows.assign(column=list(zip(rows["district"], rows["side"], strict=True)))
    anchor = f"scores-by-side-{report.district}" if report.district else ""
    return _wide(report, "scores_by_side", rows, pairs, name, anchor=anchor, spread_over="side")


def _scores(report: Report, by: By, keys: Iterable[str], name: Callable[[str], str]) -> Table:
    rows = report.rows(f"scores_by_{by}")
    present = [key for key in keys if (rows[by] == key).any()]
    rows = rows.assign(column=rows[by])
    return _wide(
        report, f"scores_by_{by}", rows, present, name, anchor=f"scores-by-{by}", spread_over=by
    )


def _wide(
    report: Report,
    key: str,
    rows: pd.DataFrame,
    columns: Sequence[Any],
    name: Callable[[Any], str],
    *,
    anchor: str,
    spread_over: str,
) -> Table:
    """Return a table of dimensions × `columns` with one score cell each."""
    cells = {(row.dimension, row.column): score_cell(report, row) for row in rows.itertuples()}
    return make_table(
        report,
        report.text(f"table.{key}.caption"),
        [report.text("table.head.dimension"), *(name(column) for column in columns)],
        [
            (report.dimension(key), *(cells.get((key, column), "") for column in columns))
            for key in dict.fromkeys(rows["dimension"])
        ],
        anchor=anchor,
        layout=[report.text(f"table.{key}.note")],
        notes=[
            *withheld_note(report, any_withheld=not rows["shown"].all()),
            *(unscored_note(report, rows) if spread_over == "group" else []),
        ],
        spread_over=report.text(f"table.head.{spread_over}"),
    )


def score_cell(report: Report, row: Any) -> Cell:
    """Return a mean with its interval and number of units, or the withheld mark."""
    if not row.shown:
        return Cell(WITHHELD)
    parts = parts_of(row, value="score", low="low", high="high", units="units")
    if pd.isna(row.low) or pd.isna(row.high):
        return Cell(report.text("table.score", value=row.value, n=int(row.units)), parts)
    limits = {"low": row.low, "high": row.high}
    text = report.text("table.score_with_interval", value=row.value, n=int(row.units), **limits)
    return Cell(text, parts)
