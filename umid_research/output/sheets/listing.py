"""List the tables with number, title, units, notes, origin and address."""

from collections.abc import Sequence

from umid_research.output.sheets.formulas import cell_text
from umid_research.output.sheets.sheet import Sheet
from umid_research.output.sheets.tidy import Value
from umid_research.report.study_report import Report

_HEADS = ("number", "title", "units", "notes", "page", "origin", "file")


def contents_rows(report: Report, sheets: Sequence[Sheet]) -> tuple[list[str], list[list[Value]]]:
    """Return the heads and the rows of contents.csv, one row per table."""
    rows: list[list[Value]] = [
        [
            sheet.reference.number,
            sheet.title,
            sheet.units,
            cell_text(" ".join(sheet.notes), report.text("sheets.cut")) or None,
            address(sheet),
            sheet.origin,
            sheet.reference.file,
        ]
        for sheet in sheets
    ]
    return [report.text(f"sheets.head.{name}") for name in _HEADS], rows


def address(sheet: Sheet) -> str:
    """Return the address of the table in the reports, relative to the language's folder."""
    return f"{sheet.reference.page}#{sheet.reference.anchor}"
