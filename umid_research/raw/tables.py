"""A CSV or XLSX file -> its tables, all text.

What would lose a cell in silence (a short row, a merged cell, a formula without a result) is an
error instead. `table` says what a table is, `text_file` and `workbook` read one kind of file each.
"""

from collections.abc import Collection
from pathlib import Path

from umid_research.raw.table import Table, normal
from umid_research.raw.text_file import read_text_file
from umid_research.raw.workbook import merged_rows_of, read_workbook

__all__ = ["SUFFIXES", "Table", "merged_rows", "normal", "read_tables"]

SUFFIXES = (".csv", ".xlsx")


def read_tables(path: Path, *, merged: bool = False, beside: Collection[str] = ()) -> list[Table]:
    """The tables of a file: one of a CSV, one per sheet that holds anything of a workbook.

    With `merged`, a workbook may have merged cells: their value stands in the first of them, and
    `merged_rows` says where they are. Sheets called as in `beside`, in small letters, hold no table
    and are left out. Raises ExportError naming the file, and row, column or cell, when it cannot be
    read exactly.
    """
    if path.suffix.lower() == ".xlsx":
        return read_workbook(path, merged=merged, beside=beside)
    return [read_text_file(path)]


def merged_rows(path: Path) -> frozenset[int]:
    """The rows of a workbook that read_tables can read in which cells are merged."""
    return merged_rows_of(path) if path.suffix.lower() == ".xlsx" else frozenset()
