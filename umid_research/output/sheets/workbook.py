"""Write the sheets as one workbook: cover, contents, notes, dictionary, codes, a sheet per table.

It follows the rules of the Analysis Function of the United Kingdom for statistics in spreadsheets
("Releasing statistics in spreadsheets", 2021): one named table on a sheet, titles and notes above
it in column A, no merged cells and no blank rows. Text cells are declared as text.
"""

import io
import re
from collections.abc import Mapping, Sequence
from copy import copy
from textwrap import wrap
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from umid_research.output.office import with_fixed_timestamps
from umid_research.output.sheets import listing
from umid_research.output.sheets.formulas import looks_like_formula
from umid_research.output.sheets.listing import address, numbered_notes
from umid_research.output.sheets.sheet import Sheet
from umid_research.output.sheets.tidy import Value
from umid_research.report.study_report import Report
from umid_research.report.text_safety import shortened

_INK, _QUIET, _ACCENT, _TINT, _MARK = "1D2730", "52606B", "00558C", "EEF5FA", "FFF1CC"
_FONT = "Calibri"
_MIN_WIDTH, _MAX_WIDTH, _WIDEST = 9, 44, 100  # characters: of a column; of one with sentences
_LINE_HEIGHT, _MAX_HEIGHT = 15.0, 409.0  # points: a line; the highest row that programs draw
_MAX_HEAD = 250  # characters; programs reject longer heads of named tables
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_A4 = 9


def to_xlsx(report: Report, sheets: Sequence[Sheet]) -> bytes:
    """Return the workbook as bytes; equal sheets give equal bytes.

    Only published tables, which are files as well, have a cover, a dictionary and codes.
    """
    book = Workbook()
    if _have_files(sheets):
        _fill_cover(book.active, report)
        _fill_contents(book.create_sheet(), report, sheets)
    else:
        _fill_contents(book.active, report, sheets)
    for name in ("notes", "dictionary", "codes") if _have_files(sheets) else ("notes",):
        _fill_listing(book.create_sheet(), report, name, sheets)
    numbers = numbered_notes(sheets)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), report, sheet, numbers)
    about = book.properties
    about.title = _title(report)
    about.creator = report.name(report.study.field_work.conducted_by)
    about.description = _mark(report)
    about.language = report.language
    written = io.BytesIO()
    book.save(written)
    return with_fixed_timestamps(written.getvalue())


def _have_files(sheets: Sequence[Sheet]) -> bool:
    return any(sheet.reference.file for sheet in sheets)


def _mark(report: Report) -> str:
    return str(report.record["mark"])


def _title(report: Report) -> str:
    return report.text("sheets.title", study=report.name(report.study.title))


def _fill_cover(page: Worksheet, report: Report) -> None:
    page.title = report.text("sheets.cover")
    names = {name: report.text(f"sheets.{name}") for name in ("notes", "dictionary", "codes")}
    contents = report.text("contents")
    publisher = report.name(report.study.field_work.conducted_by)
    last = _open(
        page,
        report,
        _title(report),
        report.text("sheets.publisher", publisher=publisher),
        report.text("sheets.about"),
        report.text("sheets.where", contents=contents, **names),
        report.text("sheets.blank"),
        report.text("sheets.machine"),
        report.text("sheets.csv"),
    )
    page.column_dimensions["A"].width = _WIDEST
    for row in range(3, last):
        page.cell(row, 1).alignment = _aligned("top", is_number=False)
        lines = _lines(str(page.cell(row, 1).value), _WIDEST)
        page.row_dimensions[row].height = _LINE_HEIGHT * (lines + 0.5)
    _link(page.cell(last, 1), contents, location=f"'{contents}'!A1")


def _fill_contents(page: Worksheet, report: Report, sheets: Sequence[Sheet]) -> None:
    page.title = report.text("contents")
    top = _open(page, report, report.text("contents"))
    names = ["number", "title", "page", *(["file"] if _have_files(sheets) else [])]
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
    _fill_table(page, top, heads, rows, "Contents")
    for row, sheet in enumerate(sheets, start=top + 1):
        _link(page.cell(row, 1), sheet.name, location=f"'{sheet.name}'!A1")
        _link(page.cell(row, 3), address(sheet), target=address(sheet))
        if _have_files(sheets):
            _link(page.cell(row, 4), sheet.reference.file, target=sheet.reference.file)


def _fill_listing(page: Worksheet, report: Report, name: str, sheets: Sequence[Sheet]) -> None:
    """Fill the sheet of notes, columns or codes."""
    page.title = report.text(f"sheets.{name}")
    top = _open(page, report, page.title) + 1
    _link_back(page, top - 1, report)
    heads, rows = getattr(listing, name)(report, sheets)
    _fill_table(page, top, heads, rows, name.capitalize(), widest=_WIDEST)


def _fill(page: Worksheet, report: Report, sheet: Sheet, numbers: Mapping[str, int]) -> None:
    """Fill the sheet of a table; what belongs to it stands above, where readers begin."""
    units = f"{report.text('sheets.one_table')} {report.text('sheets.units')} {sheet.units}"
    top = _open(page, report, sheet.title, units, sheet.origin)
    if sheet.notes:
        of_it = ", ".join(str(numbers[note]) for note in sheet.notes)
        text = report.text("sheets.see_notes", numbers=of_it)
        _link(page.cell(top, 1), text, location=f"'{report.text('sheets.notes')}'!A1")
        top += 1
    _link_back(page, top, report)
    _fill_table(page, top + 1, sheet.head, sheet.rows, f"Table_{sheet.reference.number}")


def _link_back(page: Worksheet, row: int, report: Report) -> None:
    location = f"'{report.text('contents')}'!A1"
    _link(page.cell(row, 1), report.text("sheets.back"), location=location)


def _open(page: Worksheet, report: Report, title: str, *lines: str) -> int:
    """Write title, mark and lines, and set up the printed page; return the next row.

    A line is one cell that programs show over the empty cells beside it: merged cells would stop
    screen readers and sorting.
    """
    _write(page.cell(1, 1), title, font=Font(name=_FONT, size=14, bold=True, color=_ACCENT))
    row = 2
    mark = _mark(report)
    if mark:
        cell = page.cell(row, 1)
        _write(cell, mark, font=Font(name=_FONT, bold=True, color="5A3B00"))
        cell.fill = PatternFill("solid", fgColor=_MARK)
        row += 1
    for line in lines:
        _write(page.cell(row, 1), line, font=Font(name=_FONT, size=11, color=_QUIET))
        row += 1
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.oddFooter.right.text = f"{report.text('page')} &P / &N"
    return row


def _fill_table(
    page: Worksheet,
    top: int,
    heads: Sequence[str],
    rows: Sequence[Sequence[Value]],
    name: str,
    widest: int = _MAX_WIDTH,
) -> None:
    """Write heads and rows from row `top` on as a named table; heads and row names stay visible."""
    for column, text in enumerate(heads, start=1):
        cell = page.cell(top, column)
        _write(cell, shortened(text, _MAX_HEAD, "…"), font=Font(name=_FONT, bold=True))
        cell.fill = PatternFill("solid", fgColor=_TINT)
        cell.border = Border(bottom=Side("medium", color=_INK))
        is_number = any(isinstance(row[column - 1], int | float) for row in rows)
        cell.alignment = _aligned("bottom", is_number)
        style = number_format([row[column - 1] for row in rows])
        looks: dict[tuple[bool, bool], Any] = {}  # openpyxl takes long to find a look again
        for place, row in enumerate(rows, start=top + 1):
            below, value = page.cell(place, column), row[column - 1]
            _set(below, value)
            look = (isinstance(value, int | float), _is_formula(value))
            if look not in looks:
                _write(below, value, font=Font(name=_FONT, color=_INK))
                below.number_format = style if look[0] else "@"
                below.border = Border(bottom=Side("hair", color="D5DCE2"))
                below.alignment = _aligned("top", is_number)
                looks[look] = below._style
            below._style = copy(looks[look])
    bottom = top + len(rows)
    table = Table(displayName=name, ref=f"A{top}:{get_column_letter(len(heads))}{bottom}")
    table.tableStyleInfo = TableStyleInfo(showRowStripes=False)
    page.add_table(table)
    _set_widths(page, heads, rows, widest)
    _set_heights(page, top, heads, rows)
    page.freeze_panes = page.cell(top + 1, 2)
    page.print_title_rows = f"1:{top}"


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
    """Write a value with its look: a text that could be a formula is marked as text."""
    cell.font = font
    cell.quotePrefix = _is_formula(value)
    _set(cell, value)


def _is_formula(value: Value) -> bool:
    return isinstance(value, str) and looks_like_formula(value)


def _set(cell: Cell, value: Value) -> None:
    """Write text as text, even if it looks like a formula, and a number as a number."""
    if isinstance(value, str):
        cell.value = _CODE.sub(r"_x005F_x\1_", value)
        cell.data_type = "s"
    elif value is not None:
        cell.value = value


def _link(cell: Cell, text: str, *, location: str = "", target: str = "") -> None:
    _write(cell, text, font=Font(name=_FONT, color=_ACCENT, underline="single"))
    if target:
        cell.hyperlink = target
    else:
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=location, display=text)
    cell.font = Font(name=_FONT, color=_ACCENT, underline="single")


def _set_widths(
    page: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Value]], widest: int
) -> None:
    """Make columns wide enough for the words of the head and most texts; longer texts wrap."""
    for column, head in enumerate(heads, start=1):
        longest_word = max((len(word) for word in head.split()), default=0)
        longest = max((len(str(row[column - 1] or "")) for row in rows), default=0)
        width = min(max(longest_word + 3, 1.1 * longest + 3, _MIN_WIDTH), widest)
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
    across = max(int(0.9 * width - 1), 1)
    return 1 if len(text) <= across else len(wrap(text, across)) or 1


def _width(page: Worksheet, column: int) -> float:
    return float(page.column_dimensions[get_column_letter(column)].width)
