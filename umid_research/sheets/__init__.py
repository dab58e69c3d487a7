"""Published tables -> files to compute with: a CSV each, and all of them in one workbook.

    tables/02-scores-by-group.csv   one line a row, numbers as numbers, a column for each of them
    tables/contents.csv             number, title, units, notes and origin of every table
    tables.xlsx                     the same for people: contents, then a sheet a table

Both are made of the cells of the very tables that the reports show, so that none tells more or
less. What is withheld bears the same mark. Text is never a formula (see `inert`).
"""

from pathlib import Path

from umid_research.references import WORKBOOK
from umid_research.report import Report
from umid_research.sheets.listing import listing
from umid_research.sheets.separated import separated
from umid_research.sheets.sheet import inert_rows, sheets_of
from umid_research.sheets.workbook import to_xlsx
from umid_research.tables import Table

__all__ = ["to_csv", "write_tables"]


def write_tables(report: Report, folder: Path) -> None:
    """Writes every published table into the folder of the report's language."""
    sheets = list(sheets_of(report))
    for sheet in sheets:
        path = folder / sheet.reference.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(separated(sheet.head, sheet.rows, report.study))
    head, rows = listing(report, sheets)
    (path.parent / "contents.csv").write_bytes(separated(head, rows, report.study))
    (folder / WORKBOOK).write_bytes(to_xlsx(report, sheets))


def to_csv(report: Report, table: Table) -> bytes:
    """One table as a CSV file; of a published one the same bytes as its file in the reports."""
    return separated(*inert_rows(report, table), report.study)
