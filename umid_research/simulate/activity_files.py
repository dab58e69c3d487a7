"""Write the simulated registers as CSV, as the CSV of a spreadsheet program, or as a workbook.

Equal registers give equal bytes on every machine: the parts of the workbook are stored as canonical
XML without compression, so the result does not depend on the XML library.
"""

import datetime
import io
import re
import zipfile
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pandas as pd
from openpyxl import Workbook

from umid_research.simulate.planting import Planted

# The register written as a workbook, and the one written as a CSV with semicolons and a BOM, as
# spreadsheet programs in the region do; all others are plain CSV.
_WORKBOOK, _SEMICOLONS = "payments", "attendance"
_PLACEHOLDER = Path(__file__).parents[1] / "templates" / "screenshot.png"
_SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_SERIAL = re.compile(r"\d{5}")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_register(folder: Path, name: str, planted: Planted) -> str:
    """Write the register to `folder` and return the name of its file."""
    if name == _WORKBOOK:
        (folder / f"{name}.xlsx").write_bytes(_workbook(name, planted))
        return f"{name}.xlsx"
    separator, encoding = (";", "utf-8-sig") if name == _SEMICOLONS else (",", "utf-8")
    file = folder / f"{name}.csv"
    planted.rows.to_csv(file, sep=separator, encoding=encoding, index=False, lineterminator="\n")
    return file.name


def write_screenshots(folder: Path, registers: dict[str, pd.DataFrame]) -> None:
    """Write a placeholder picture for every screenshot that the registers name."""
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.png"):
        file.unlink()
    placeholder = _PLACEHOLDER.read_bytes()
    for rows in registers.values():
        for file in set(rows.get("screenshot", ())) - {""}:
            (folder / file).write_bytes(placeholder)


def _workbook(name: str, planted: Planted) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = name
    sheet.append(list(planted.rows))
    for row in planted.rows.to_numpy():
        sheet.append([_cell(text) for text in row])
    for column, first, last in planted.merged:
        at = list(planted.rows).index(column) + 1
        sheet.merge_cells(start_row=first, end_row=last, start_column=at, end_column=at)
    written = io.BytesIO()
    book.save(written)
    return _unpacked(written.getvalue())


def _cell(text: str) -> object:
    """Return the cell's value: an ISO date as a date, a serial date as a number, else text."""
    if _ISO.fullmatch(text):
        return datetime.date.fromisoformat(text)
    return int(text) if _SERIAL.fullmatch(text) else text or None


def _unpacked(xlsx: bytes) -> bytes:
    """Return the workbook with canonical XML, without compression, and with fixed timestamps."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx)) as source, zipfile.ZipFile(written, "w") as target:
        for entry in source.namelist():
            content = _SAVED.sub(rb"\g<1>2022-08-01T00:00:00Z", source.read(entry))
            target.writestr(zipfile.ZipInfo(entry, _EPOCH), canonicalize(content.decode()))
    return written.getvalue()
