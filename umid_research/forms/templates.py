"""Write a workbook for each register of the activities, for field staff to fill in.

The first sheet has the columns as headings, each with an explanation, and drop-down lists. The
sheet `help` explains how to fill it in, in every language of the study that has a catalogue, and
the sheet `lists` gives the meanings of the codes. The register is later read from the first sheet,
as saved by any spreadsheet program.
"""

import datetime
import io
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from umid_research.errors import ParameterError
from umid_research.forms.registers import CATALOGUE, RegisterWords, rules, to_register_page
from umid_research.indicators.columns import Column, Known, RegisterSchema
from umid_research.indicators.definitions import (
    FILE,
    Definitions,
    check_definitions,
    read_definitions,
)
from umid_research.indicators.registers import FOLDER, HELP, LISTS
from umid_research.indicators.schema import schemas
from umid_research.messages import languages
from umid_research.output.office import with_fixed_timestamps
from umid_research.study import Study, read_study

PAGE = "registers.md"
_LAST_ROW = 2000
_DARK, _LIGHT = PatternFill("solid", "1F4E79"), PatternFill("solid", "DCE6F1")
_TEXT, _DATE, _WHOLE = "@", "yyyy-mm-dd", "0"
_FORMATS = {"date": _DATE, "number": _WHOLE, "year": _WHOLE}
_WIDTHS = {"text": 40, "link": 40, "name": 28, "date": 13}
_HELP_WIDTHS = (20, 70, 50, 12)
_TOP = Alignment(vertical="top", wrap_text=True)


def write_templates(folder: Path, target: Path) -> Iterator[str]:
    """Write a template for each register of the study into `target`, and yield the file names.

    The page about all registers is written too. Raises StudyError if there are no definitions.
    """
    study, definitions = read_study(folder), read_definitions(folder / FOLDER)
    check_definitions(definitions, study, folder / FOLDER / FILE)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in to_templates(study, definitions).items():
        (target / name).write_bytes(content)
        yield name
    page = to_register_page(study, definitions, _catalogue_languages(study)[0])
    (target / PAGE).write_text(page, encoding="utf-8")
    yield PAGE


def to_templates(study: Study, definitions: Definitions) -> dict[str, bytes]:
    """Return the template of each register, keyed by file name; equal input gives equal bytes."""
    words = [
        RegisterWords(study, definitions, language) for language in _catalogue_languages(study)
    ]
    plan = schemas(study, definitions, Known())
    return {f"{name}.xlsx": _workbook(name, schema, words) for name, schema in plan.items()}


def _catalogue_languages(study: Study) -> list[str]:
    """Return the study's languages that have a catalogue.

    Raises ParameterError if there are none.
    """
    found = [language for language in study.languages if language in languages(CATALOGUE)]
    if not found:
        raise ParameterError(
            "there is no catalogue for the templates in any language of the study",
            found=", ".join(study.languages),
            possible=languages(CATALOGUE),
        )
    return found


def _workbook(name: str, schema: RegisterSchema, words: Sequence[RegisterWords]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = name
    listed = _fill_lists(book.create_sheet(LISTS), schema, words)
    for place, (key, column) in enumerate(schema.columns.items(), start=1):
        _head(sheet, place, name, column, words)
        rule = _validation(column, listed.get(key), words)
        if rule is not None:
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    _fill_help(book.create_sheet(HELP, 1), name, schema, words)
    for printed in book.worksheets:
        printed.page_setup.orientation = "landscape"
        printed.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        printed.page_setup.fitToHeight = 0
    written = io.BytesIO()
    book.save(written)
    return with_fixed_timestamps(written.getvalue())


def _head(
    sheet: Worksheet, place: int, name: str, column: Column, words: Sequence[RegisterWords]
) -> None:
    """Write the heading of a column, and set the format of its cells."""
    kind = column.kind
    letter = get_column_letter(place)
    # The format is set for the whole column, so that a code such as 2.1 does not become a date.
    sheet.column_dimensions[letter].number_format = _FORMATS.get(kind, _TEXT)
    sheet.column_dimensions[letter].width = _WIDTHS.get(kind, max(16, len(column.name) + 4))
    cell = sheet.cell(1, place, column.name)
    needed = column.needed
    cell.fill = _DARK if needed else _LIGHT
    cell.font = Font(bold=True, color="FFFFFF" if needed else "1F4E79")
    texts = [f"{w.column(name, column.name)} ({w.possible(column)})" for w in words]
    cell.comment = Comment(
        "\n".join(texts), "umid_research", width=420, height=40 + 44 * len(texts)
    )


def _validation(
    column: Column, listed: str | None, words: Sequence[RegisterWords]
) -> DataValidation | None:
    """Return the validation rule for the cells of a column, None if any value is allowed."""
    kind, (first, last) = column.kind, column.between
    if listed is not None:
        rule, message = DataValidation(type="list", formula1=listed), "list"
    elif kind == "date":
        ends = (first or datetime.date(1900, 1, 1), last or datetime.date(2199, 12, 31))
        rule, message = _between("date", *(int(to_excel(day)) for day in ends)), "date"
    elif kind == "number":
        rule, message = _between("whole", 1, 9_999_999), "number"
    elif kind == "year":
        rule, message = _between("whole", first, last), "year"
    else:
        return None
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorTitle = words[0].words("invalid.title")
    rule.error = "\n".join(wording.words(f"invalid.{message}") for wording in words)[:255]
    return rule


def _between(kind: str, first: object, last: object) -> DataValidation:
    return DataValidation(type=kind, operator="between", formula1=str(first), formula2=str(last))


def _fill_lists(
    sheet: Worksheet, schema: RegisterSchema, words: Sequence[RegisterWords]
) -> dict[str, str]:
    """Write the lists with the meanings of their codes; return the cell range of each column."""
    listed, place = {}, 1
    for key, column in schema.columns.items():
        codes = column.choices
        if not codes:
            continue
        meanings = [[wording.meaning(column, code) for code in codes] for wording in words]
        meanings = [texts for texts in meanings if any(texts)]
        sheet.cell(1, place, key).font = Font(bold=True)
        for offset, texts in enumerate((codes, *meanings)):
            letter = get_column_letter(place + offset)
            sheet.column_dimensions[letter].width = 36 if offset else 24
            for row, text in enumerate(texts, start=2):
                cell = sheet.cell(row, place + offset, text)
                cell.number_format, cell.alignment = _TEXT, _TOP
        letter = get_column_letter(place)
        listed[key] = f"{quote_sheetname(LISTS)}!${letter}$2:${letter}${len(codes) + 1}"
        place += len(meanings) + 2
    sheet.freeze_panes = "A2"
    return listed


def _fill_help(
    sheet: Worksheet, name: str, schema: RegisterSchema, words: Sequence[RegisterWords]
) -> None:
    """Write how to fill in the register, one language below the other."""
    for letter, width in zip("ABCD", _HELP_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    example = f"{name[0].upper()}017"
    for wording in words:
        _line(sheet, [wording.words("rules.title")], bold=True)
        _line(sheet, ["", wording.row(name)])
        for rule in rules(wording, name, example):
            _line(sheet, ["", rule])
        heads = [wording.words(key) for key in ("column", "meaning", "values", "needed")]
        _line(sheet, heads, bold=True)
        for key, column in schema.columns.items():
            needed = wording.words("yes") if column.needed else ""
            _line(sheet, [key, wording.column(name, key), wording.possible(column), needed])
        _line(sheet, ["", ""])


def _line(sheet: Worksheet, texts: Sequence[str], *, bold: bool = False) -> None:
    """Write one row with the height of its longest text, as some programs do not adjust it."""
    # Backticks are meant for the Markdown page only.
    texts = [text.replace("`", "") for text in texts]
    sheet.append(texts)
    lines = [ceil(len(text) / width) for text, width in zip(texts, _HELP_WIDTHS, strict=False)]
    sheet.row_dimensions[sheet.max_row].height = 15 * (1 if bold else max(1, *lines))
    for cell in sheet[sheet.max_row]:
        cell.alignment, cell.font = Alignment(vertical="top", wrap_text=not bold), Font(bold=bold)
