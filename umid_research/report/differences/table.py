"""Who differs from whom: every comparison of a family, clear or not."""

from typing import Any

import pandas as pd

from umid_research.report.chart.figure import WITHHELD, signed, withheld_note
from umid_research.report.differences.comparisons import CONFIRMATORY, FULL_SCALE, is_clear
from umid_research.report.differences.text import limit_notes
from umid_research.report.names import compared_name
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, number_cell, parts_of, table_from_catalogue

_MIN_P = 0.001
_FOUND = "–"  # in place of what could have been found, where something was


def table_differences_by_group(report: Report) -> Table:
    """Return the comparisons of groups: difference, interval, adjusted p, what may be stated."""
    key = "differences_by_group" + ("" if report.study.is_matched else "_unmatched")
    return _family(report, "differences_by_group", key, "group")


def table_differences_by_district(report: Report) -> Table:
    """Return the comparisons of districts."""
    return _family(report, "differences_by_district", "differences_by_district", "district")


def table_differences_exploratory(report: Report) -> Table:
    """Return the comparisons of groups that are not matched with matched ones."""
    return _family(report, "differences_exploratory", "differences_exploratory", "group")


def table_differences_by_side(report: Report) -> Table:
    """Return the comparisons of the two sides."""
    return _family(report, "differences_by_side", "differences_by_side", "side")


def _family(report: Report, table: str, key: str, by: str) -> Table:
    rows = report.rows(table)
    rows = rows.assign(clear=is_clear(rows)) if len(rows) else rows
    withheld = bool(len(rows)) and not rows.loc[rows["reason"] == "", "shown"].all()
    return table_from_catalogue(
        report,
        key,
        ["dimension", "contrast", "difference", "interval", "units", "p", "detectable", "said"],
        [
            (
                report.dimension(row.dimension),
                report.text(
                    "table.contrast",
                    first=compared_name(report, by, getattr(row, by)),
                    second=compared_name(report, by, row.versus),
                ),
                *_difference(report, row, is_lead=table != CONFIRMATORY),
            )
            for row in rows.itertuples()
        ],
        anchor=table.replace("_", "-"),
        numeric=[2, 3, 4, 5, 6],
        notes=[
            report.text("table.differences.note"),
            *_found_note(report, rows),
            *_smallest_p(report, rows),
            *limit_notes(report, rows),
            *skew_note(report, rows),
            *opposed_note(report, rows),
            *withheld_note(report, any_withheld=withheld),
        ],
        row_groups=bool(len(rows)) and rows["dimension"].duplicated().any(),
    )


def _difference(report: Report, row: Any, *, is_lead: bool) -> tuple[Cell | str, ...]:
    if row.reason:
        return ("", "", "", "", "", report.text(f"reason.{row.reason}"))
    if not row.shown:
        return (WITHHELD,) * 6
    low, high = signed(report, row.low), signed(report, row.high)
    return (
        Cell(signed(report, row.value), parts_of(row, value="value")),
        _interval(report, row, low, high),
        number_cell(report, row.units),
        _p(report, row.p_adjusted),
        _FOUND if row.clear else _detectable(report, row.mdd),
        report.text(said_of(row, is_lead=is_lead)),
    )


def said_of(row: Any, *, is_lead: bool) -> str:
    """Return the key of what may be said of a published difference: a finding or only a lead."""
    if row.clear:
        found = "table.lead" if is_lead else "table.clear"
        return f"{found}_skewed" if row.skewed == 1 else found
    if row.opposed == 1:
        return "table.opposed"
    has_interval = pd.notna(row.low) and pd.notna(row.high)
    return "table.not_clear" if has_interval else "table.no_interval"


def opposed_note(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return why a printed difference can have another sign than the tested one, if one has."""
    opposed = len(rows) and (rows["opposed"] == 1).any()
    return [report.text("table.differences.opposed")] if opposed else []


def skew_note(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return the note on very skewed scores, if a stated difference of the table has them."""
    warned = len(rows) and (rows["clear"] & (rows["skewed"] == 1)).any()
    return [report.text("table.differences.skewed")] if warned else []


def _found_note(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return the note on the dash that a stated difference has in the last column."""
    found = len(rows) and rows["clear"].any()
    return [report.text("table.differences.found", sign=_FOUND)] if found else []


def _smallest_p(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return the note on the smallest p that the flips of localities can give."""
    flips = (1 / rows.loc[rows["shown"], "p_smallest"].dropna()).round()
    if flips.empty:
        return []
    least, most = int(flips.min()), int(flips.max())
    if least == most:
        return [report.text("table.differences.smallest_p", n=least)]
    return [report.text("table.differences.smallest_p_range", low=least, high=most)]


def _interval(report: Report, row: Any, low: str, high: str) -> Cell:
    if not low or not high:
        return Cell("", {"low": None, "high": None})
    parts = parts_of(row, low="low", high="high")
    return Cell(report.text("table.interval", low=low, high=high), parts)


def _detectable(report: Report, difference: float) -> Cell | str:
    """Return the detectable difference, or that it is larger than the scale."""
    if pd.isna(difference):
        return ""
    if difference > FULL_SCALE:
        return Cell(report.text("table.more_than", value=FULL_SCALE))
    return number_cell(report, difference)


def _p(report: Report, p: float) -> Cell:
    """Return p with three decimals, in the files as well; below 0.001 say only that it is below."""
    if pd.isna(p):
        return Cell("")
    if p < _MIN_P:
        return Cell(report.text("table.less_than", value=_MIN_P))
    return number_cell(report, round(p, 3))
