"""Write tables to a workbook for people who go on working with the numbers."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from umid_research.errors import ParameterError

ENDING = ".xlsx"


def write_workbook(path: str | Path, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """Write each table to a sheet; return the path.

    A text that a spreadsheet could read as a formula stays a text.

    Raises
    ------
    ParameterError
        If the file's name does not end in .xlsx, or its folder does not exist.
    """
    path = Path(path)
    if path.suffix != ENDING:
        possible = [path.with_suffix(ENDING).name]
        raise ParameterError("a workbook has another ending", found=path.name, possible=possible)
    check_folder(path)
    with pd.ExcelWriter(path, engine="openpyxl") as file:
        for name, table in sheets.items():
            table.to_excel(file, sheet_name=name, index=False)
            for cell in (cell for row in file.sheets[name].iter_rows() for cell in row):
                if cell.data_type == "f":
                    cell.data_type = "s"
                    cell.quotePrefix = True
    return path


def check_folder(path: Path) -> None:
    """Raise ParameterError if the folder of a file to be written does not exist."""
    if not path.parent.is_dir():
        raise ParameterError(
            "there is no such folder; create it first", where=str(path), found=str(path.parent)
        )
