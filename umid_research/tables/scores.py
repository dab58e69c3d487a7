"""Dimensions by group, district or side: means, intervals, units."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from umid_research.figures.bars import By
from umid_research.figures.figure import WITHHELD, withheld_note
from umid_research.report import Report
from umid_research.tables.table import Table, grid


def table_scores_by_group(report: Report) -> Table:
    """Dimensions × groups: the mean with its interval, and the units behind it."""
    return _scores(report, "group", report.study.groups, report.group)


def table_scores_by_district(report: Report) -> Table:
    """Dimensions × districts: the district scores."""
    return _scores(report, "district", report.study.districts, report.district_name)


def table_scores_by_side(report: Report) -> Table:
    """Dimensions × sides, within the report's district or within each district."""
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
    return _wide(report, "scores_by_side", rows, pairs, name)


def _scores(report: Report, by: By, keys: Iterable[str], name: Callable[[str], str]) -> Table:
    rows = report.rows(f"scores_by_{by}")
    present = [key for key in keys if (rows[by] == key).any()]
    return _wide(report, f"scores_by_{by}", rows.assign(column=rows[by]), present, name)


def _wide(
    report: Report,
    key: str,
    rows: pd.DataFrame,
    columns: Sequence[Any],
    name: Callable[[Any], str],
) -> Table:
    """Dimensions × `columns`, each cell a mean with its interval and the units behind it."""
    cells = {(row.dimension, row.column): _score(report, row) for row in rows.itertuples()}
    return grid(
        report,
        report.text(f"table.{key}.caption"),
        [report.text("table.head.dimension"), *(name(column) for column in columns)],
        [
            (report.dimension(key), *(cells.get((key, column), "") for column in columns))
            for key in dict.fromkeys(rows["dimension"])
        ],
        notes=[
            report.text(f"table.{key}.note"),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )


def _score(report: Report, row: Any) -> str:
    if not row.shown:
        return WITHHELD
    if pd.isna(row.low) or pd.isna(row.high):
        return report.text("table.score", value=row.value, n=int(row.units))
    limits = {"low": row.low, "high": row.high}
    return report.text("table.score_with_interval", value=row.value, n=int(row.units), **limits)
