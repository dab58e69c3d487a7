"""Read a CSV or XLSX file into tables of text.

Anything that could silently lose a cell is an error: a short row, a merged cell, a formula without
a saved result. `table` defines a table; `text_file` and `workbook` read one type of file each.
"""

from collections.abc import Collection
from pathlib import Path

from umid_research.raw.table import Table, normal
from umid_research.raw.text_file import read_text_file
from umid_research.raw.workbook import merged_rows_of, read_workbook

__all__ = ["SUFFIXES", "Table", "merged_rows", "normal", "read_tables"]

SUFFIXES = (".csv", ".xlsx")


def read_tables(path: Path, *, merged: bool = False, beside: Collection[str] = ()) -> list[Table]:
    """Return the tables of a file: one for a CSV, one per sheet with cells for a workbook.

    Parameters
    ----------
    merged : allow merged cells; their value is in the first of them, and `merged_rows` lists
        their rows.
    beside : names of sheets to skip, in small letters.

    Raises
    ------
    ExportError
        If the file cannot be read exactly; names the file and the row, column or cell.
    """
    if path.suffix.lower() == ".xlsx":
        return read_workbook(path, merged=merged, beside=beside)
    return [read_text_file(path)]


def merged_rows(path: Path) -> frozenset[int]:
    """Return the rows with merged cells; `read_tables` must have read the file before."""
    return merged_rows_of(path) if path.suffix.lower() == ".xlsx" else frozenset()
