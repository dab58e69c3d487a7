"""Write the published tables as CSV files and as one workbook.

    tables/03-scores-by-group.csv   one table, with a column for each number
    tables/contents.csv             number, title, units, notes and origin of every table
    tables/dictionary.csv           what every column holds
    tables/codes.csv                the labels of machine names and statuses
    tables.xlsx                     the same for people: cover, contents, notes, a sheet per table

The files are made from the cells of the tables in the reports, so that they publish neither more
nor less. Text is never a formula (see `neutralise_formula`).
"""

from pathlib import Path

from umid_research.output.sheets import listing
from umid_research.output.sheets.separated import csv_bytes
from umid_research.output.sheets.sheet import file_columns, rows_of, sheets_of
from umid_research.output.sheets.workbook import to_xlsx
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.topics import FILES, WORKBOOK

__all__ = ["to_csv", "write_tables"]

_LISTINGS = {
    "contents": listing.contents,
    "dictionary": listing.dictionary,
    "codes": listing.codes,
}


def write_tables(report: Report, folder: Path) -> None:
    """Write every published table into the folder of the report's language."""
    sheets = list(sheets_of(report))
    (folder / FILES).mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        content = csv_bytes(sheet.head, sheet.rows, report.study)
        (folder / sheet.reference.file).write_bytes(content)
    for name, listed in _LISTINGS.items():
        content = csv_bytes(*listed(report, sheets), report.study)
        (folder / FILES / f"{name}.csv").write_bytes(content)
    (folder / WORKBOOK).write_bytes(to_xlsx(report, sheets))


def to_csv(report: Report, table: Table, marked: Table | None = None) -> bytes:
    """Return one table as CSV; a published table gives the same bytes as its published file.

    `marked` is the table of the report with marked names (`keys.with_keys`); without it the file
    has no machine names.
    """
    columns, _ = file_columns(report, table, marked)
    return csv_bytes([column.head for column in columns], rows_of(columns), report.study)
