"""What tables there are: number, title, units, notes, and where each comes from and stands."""

from collections.abc import Sequence

from umid_research.report import Report
from umid_research.sheets.formulas import neutralise_formula
from umid_research.sheets.sheet import Sheet
from umid_research.sheets.tidy import Value

_HEADS = ("number", "title", "units", "notes", "page", "origin", "file")


def listing(report: Report, sheets: Sequence[Sheet]) -> tuple[list[str], list[list[Value]]]:
    """Heads and a row a table, as the file of contents has them."""
    rows: list[list[Value]] = [
        [
            sheet.reference.number,
            sheet.title,
            sheet.units,
            neutralise_formula(" ".join(sheet.notes), report.text("sheets.cut")) or None,
            address(sheet),
            sheet.origin,
            sheet.reference.file,
        ]
        for sheet in sheets
    ]
    return [report.text(f"sheets.head.{name}") for name in _HEADS], rows


def address(sheet: Sheet) -> str:
    """Where the table stands in the reports, from the folder of their language."""
    return f"{sheet.reference.page}#{sheet.reference.anchor}"
