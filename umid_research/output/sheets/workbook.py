"""Write the sheets as one workbook: contents first, then a sheet per table, ready to print.

Every sheet has a title, the mark of a simulated study, the table as a named table for programs and
screen readers, and below it units, notes and origin. Text cells are declared as text.
"""

import io
import re
from collections.abc import Sequence
from textwrap import wrap
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from umid_research.output.office import with_fixed_timestamps
from umid_research.output.sheets.formulas import looks_like_formula
from umid_research.output.sheets.listing import address
from umid_research.output.sheets.sheet import Sheet
from umid_research.output.sheets.tidy import Value
from umid_research.report.study_report import Report
from umid_research.report.text_safety import shortened

_INK, _QUIET, _ACCENT, _TINT, _MARK = "1D2730", "52606B", "00558C", "EEF5FA", "FFF1CC"
_FONT = "Calibri"
_MIN_WIDTH, _MAX_WIDTH = 9, 44  # characters: the width of a column
_LINE, _MAX_LINE = 90, 130  # characters: a line of notes
_LINE_HEIGHT, _MAX_HEIGHT = 15.0, 409.0  # points: a line; the highest row that programs draw
_MAX_HEAD = 250  # characters; programs reject longer heads of named tables
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_A4 = 9


def to_xlsx(report: Report, sheets: Sequence[Sheet]) -> bytes:
    """Return the workbook as bytes; equal sheets give equal bytes."""
    book = Workbook()
    contents = book.active
    contents.title = report.text("contents")
    _fill_contents(contents, report, sheets)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), report, sheet)
    about = book.properties
    about.title = report.text("sheets.title", study=report.name(report.study.title))
    about.creator = report.name(report.study.field_work.conducted_by)
    about.description = _mark(report)
    about.language = report.language
    written = io.BytesIO()
    book.save(written)
    return with_fixed_timestamps(written.getvalue())


def _mark(report: Report) -> str:
    return str(report.record["mark"])


def _fill(page: Worksheet, report: Report, sheet: Sheet) -> None:
    top = _open(page, report, sheet.title)
    bottom = _fill_table(page, top, sheet.head, sheet.rows, f"Table_{sheet.reference.number}")
    _set_widths(page, sheet.head, sheet.rows)
    _set_heights(page, top, sheet.head, sheet.rows)
    page.freeze_panes = page.cell(top + 1, 2)
    below = [f"{report.text('sheets.units')} {sheet.units}", *sheet.notes, sheet.origin]
    across = _columns_of_a_line(page, len(sheet.head))
    for row, text in enumerate(below, start=bottom + 2):
        _write_line(page, row, text, across)
    back = page.cell(bottom + 3 + len(below), 1)
    _link(back, report.text("sheets.back"), location=f"'{report.text('contents')}'!A1")


def _fill_contents(page: Worksheet, report: Report, sheets: Sequence[Sheet]) -> None:
    top = _open(page, report, report.text("sheets.title", study=report.name(report.study.title)))
    with_files = any(sheet.reference.file for sheet in sheets)
    names = ["number", "title", "page", *(["file"] if with_files else [])]
    heads = [report.text(f"sheets.head.{name}") for name in names]
    rows = [
        (
            sheet.name,
            sheet.title.removeprefix(f"{sheet.name}. "),
            address(sheet),
            sheet.reference.file,
        )[: len(names)]
        for sheet in sheets
    ]
    bottom = _fill_table(page, top, heads, rows, "Contents")
    _set_widths(page, heads, rows)
    _set_heights(page, top, heads, rows)
    page.freeze_panes = page.cell(top + 1, 1)
    for row, sheet in enumerate(sheets, start=top + 1):
        _link(page.cell(row, 1), sheet.name, location=f"'{sheet.name}'!A1")
        _link(page.cell(row, 3), address(sheet), target=address(sheet))
        if with_files:
            _link(page.cell(row, 4), sheet.reference.file, target=sheet.reference.file)
    across = _columns_of_a_line(page, len(heads))
    below = ("withheld", "csv") if with_files else ()
    for row, name in enumerate(below, start=bottom + 2):
        _write_line(page, row, report.text(f"sheets.{name}"), across)


def _open(page: Worksheet, report: Report, title: str) -> int:
    """Write title and mark and set up the printed page; return the row of the heads."""
    _write(page.cell(1, 1), title, font=Font(name=_FONT, size=14, bold=True, color=_ACCENT))
    row = 2
    mark = _mark(report)
    if mark:
        cell = page.cell(2, 1)
        _write(cell, mark, font=Font(name=_FONT, bold=True, color="5A3B00"))
        cell.fill = PatternFill("solid", fgColor=_MARK)
        row = 3
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"1:{row + 1}"
    page.oddFooter.right.text = f"{report.text('page')} &P / &N"
    return row + 1


def _fill_table(
    page: Worksheet,
    top: int,
    heads: Sequence[str],
    rows: Sequence[Sequence[Value]],
    name: str,
) -> int:
    """Write heads and rows from row `top` on; return the last row."""
    for column, text in enumerate(heads, start=1):
        cell = page.cell(top, column)
        _write(cell, shortened(text, _MAX_HEAD, "…"), font=Font(name=_FONT, bold=True))
        cell.fill = PatternFill("solid", fgColor=_TINT)
        cell.border = Border(bottom=Side("medium", color=_INK))
        is_number = any(isinstance(row[column - 1], int | float) for row in rows)
        cell.alignment = _aligned("bottom", is_number)
        style = number_format([row[column - 1] for row in rows])
        for place, row in enumerate(rows, start=top + 1):
            below = page.cell(place, column)
            _write(below, row[column - 1], font=Font(name=_FONT, color=_INK))
            below.number_format = style if isinstance(row[column - 1], int | float) else "@"
            below.border = Border(bottom=Side("hair", color="D5DCE2"))
            below.alignment = _aligned("top", is_number)
    bottom = top + len(rows)
    table = Table(displayName=name, ref=f"A{top}:{get_column_letter(len(heads))}{bottom}")
    table.tableStyleInfo = TableStyleInfo(showRowStripes=False)
    page.add_table(table)
    return bottom


def _aligned(vertical: Literal["top", "bottom"], is_number: bool) -> Alignment:
    """Align numbers right, and text left with an indent after a column of numbers."""
    if is_number:
        return Alignment(wrap_text=True, vertical=vertical, horizontal="right")
    return Alignment(wrap_text=True, vertical=vertical, horizontal="left", indent=1)


def number_format(values: Sequence[Value]) -> str:
    """Return a number format with the largest number of decimals in the column."""
    numbers = [value for value in values if isinstance(value, float)]
    decimals = max((len(f"{value:.3f}".rstrip("0").split(".")[1]) for value in numbers), default=0)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _write(cell: Cell, value: Value, *, font: Font) -> None:
    """Write text as text, even if it looks like a formula, and a number as a number."""
    cell.font = font
    if value is None:
        return
    if isinstance(value, str):
        cell.value = _CODE.sub(r"_x005F_x\1_", value)
        cell.data_type = "s"
        cell.quotePrefix = looks_like_formula(value)
    else:
        cell.value = value


def _write_line(page: Worksheet, row: int, text: str, across: int) -> None:
    """Write a text into merged cells of one row that is high enough for it."""
    cell = page.cell(row, 1)
    _write(cell, text, font=Font(name=_FONT, size=10, color=_QUIET))
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=across)
    characters = sum(_width(page, column) for column in range(1, across + 1))
    page.row_dimensions[row].height = min(_LINE_HEIGHT * _lines(text, characters), _MAX_HEIGHT)


def _link(cell: Cell, text: str, *, location: str = "", target: str = "") -> None:
    _write(cell, text, font=Font(name=_FONT, color=_ACCENT, underline="single"))
    if target:
        cell.hyperlink = target
    else:
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=location, display=text)
    cell.font = Font(name=_FONT, color=_ACCENT, underline="single")


def _set_widths(page: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Make columns wide enough for the words of the head and most texts; longer texts wrap."""
    for column, head in enumerate(heads, start=1):
        longest_word = max((len(word) for word in head.split()), default=0)
        longest = max((len(str(row[column - 1] or "")) for row in rows), default=0)
        width = min(max(longest_word + 3, 1.1 * longest + 3, _MIN_WIDTH), _MAX_WIDTH)
        page.column_dimensions[get_column_letter(column)].width = width


def _set_heights(
    page: Worksheet, top: int, heads: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Set the row heights for the wrapped texts; not every program computes them."""
    widths = [_width(page, column) for column in range(1, len(heads) + 1)]
    for place, row in enumerate((heads, *rows), start=top):
        is_head = place == top  # bold letters are wider
        pairs = zip(row, widths, strict=True)
        lines = max(_lines(str(v), width - 2 * is_head) for v, width in pairs if v is not None)
        page.row_dimensions[place].height = min(lines * _LINE_HEIGHT, _MAX_HEIGHT)


def _lines(text: str, width: float) -> int:
    """Return the number of lines at a width in characters; 10 % is lost at line ends."""
    return len(wrap(text, max(int(0.9 * width - 1), 1))) or 1


def _columns_of_a_line(page: Worksheet, columns: int) -> int:
    """Return the number of columns that a line of notes spans, 90 to 130 characters wide."""
    last, characters = 1, _width(page, 1)
    while characters < _LINE or (last < columns and characters < _MAX_LINE):
        last += 1
        characters += _width(page, last)
    return last


def _width(page: Worksheet, column: int) -> float:
    return float(page.column_dimensions[get_column_letter(column)].width)
