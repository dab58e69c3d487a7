"""Write the published tables as CSV files and as one workbook.

    tables/03-scores-by-group.csv   one table, with a column for each number
    tables/contents.csv             number, title, units, notes and origin of every table
    tables.xlsx                     the same for people: contents, then a sheet per table

The files are made from the cells of the tables in the reports, so that they publish neither more
nor less; withheld cells have the same mark. Text is never a formula (see `neutralise_formula`).
"""

from pathlib import Path

from umid_research.output.sheets.listing import contents_rows
from umid_research.output.sheets.separated import csv_bytes
from umid_research.output.sheets.sheet import file_rows, sheets_of
from umid_research.output.sheets.workbook import to_xlsx
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.topics import WORKBOOK

__all__ = ["to_csv", "write_tables"]


def write_tables(report: Report, folder: Path) -> None:
    """Write every published table into the folder of the report's language."""
    sheets = list(sheets_of(report))
    for sheet in sheets:
        path = folder / sheet.reference.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(csv_bytes(sheet.head, sheet.rows, report.study))
    head, rows = contents_rows(report, sheets)
    (path.parent / "contents.csv").write_bytes(csv_bytes(head, rows, report.study))
    (folder / WORKBOOK).write_bytes(to_xlsx(report, sheets))


def to_csv(report: Report, table: Table) -> bytes:
    """Return one table as CSV; a published table gives the same bytes as its published file."""
    return csv_bytes(*file_rows(report, table), report.study)
