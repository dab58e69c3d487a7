"""A workbook for each register of the activities, to be filled in by the field staff.

The first sheet has the columns as headings, each with its explanation, and lists to choose from;
`help` says how it is filled in, in every language there are words for, and `lists` what the codes
mean. A register is read from the first of them as it was saved, by any spreadsheet program.
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
from pandera.pandas import Column, DataFrameSchema

from umid_research.activities.columns import Known
from umid_research.activities.definitions import (
    FILE,
    Definitions,
    check_definitions,
    read_definitions,
)
from umid_research.activities.registers import FOLDER, HELP, LISTS
from umid_research.activities.schema import needs_value, schemas
from umid_research.errors import ParameterError
from umid_research.forms.registers import CATALOGUE, RegisterWords, rules, to_register_page
from umid_research.messages import languages
from umid_research.office import with_fixed_timestamps
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
    """Writes a template of each register of the study in `folder` into `target`; their names.

    Beside them lies the page about all registers. Raises StudyError without definitions.
    """
    study, definitions = read_study(folder), read_definitions(folder / FOLDER)
    check_definitions(definitions, study, folder / FOLDER / FILE)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in to_templates(study, definitions).items():
        (target / name).write_bytes(content)
        yield name
    page = to_register_page(study, definitions, _spoken(study)[0])
    (target / PAGE).write_text(page, encoding="utf-8")
    yield PAGE


def to_templates(study: Study, definitions: Definitions) -> dict[str, bytes]:
    """Name of the file -> the template, one a register; equal input, equal bytes."""
    words = [RegisterWords(study, definitions, language) for language in _spoken(study)]
    plan = schemas(study, definitions, Known())
    return {f"{name}.xlsx": _workbook(name, schema, words) for name, schema in plan.items()}


def _spoken(study: Study) -> list[str]:
    """The study's languages for which there are words.

    Raises ParameterError when there are none.
    """
    spoken = [language for language in study.languages if language in languages(CATALOGUE)]
    if not spoken:
        raise ParameterError(
            "there are no words for the templates in a language of the study",
            found=", ".join(study.languages),
            possible=languages(CATALOGUE),
        )
    return spoken


def _workbook(name: str, schema: DataFrameSchema, words: Sequence[RegisterWords]) -> bytes:
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
    """The heading of a column, and the form of the cells below it."""
    kind = column.metadata["kind"]
    letter = get_column_letter(place)
    # The form of the whole column, so that a code such as 2.1 stays one and becomes no date.
    sheet.column_dimensions[letter].number_format = _FORMATS.get(kind, _TEXT)
    sheet.column_dimensions[letter].width = _WIDTHS.get(kind, max(16, len(column.name) + 4))
    cell = sheet.cell(1, place, column.name)
    needed = needs_value(column)
    cell.fill = _DARK if needed else _LIGHT
    cell.font = Font(bold=True, color="FFFFFF" if needed else "1F4E79")
    said = [f"{w.column(name, column.name)} ({w.possible(column)})" for w in words]
    cell.comment = Comment("\n".join(said), "umid_research", width=420, height=40 + 44 * len(said))


def _validation(
    column: Column, listed: str | None, words: Sequence[RegisterWords]
) -> DataValidation | None:
    """What the program lets somebody enter into the cells of a column; None where it is all."""
    kind, (first, last) = column.metadata["kind"], column.metadata["between"]
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
    rule.error = "\n".join(spoken.words(f"invalid.{message}") for spoken in words)[:255]
    return rule


def _between(kind: str, first: object, last: object) -> DataValidation:
    return DataValidation(type=kind, operator="between", formula1=str(first), formula2=str(last))


def _fill_lists(
    sheet: Worksheet, schema: DataFrameSchema, words: Sequence[RegisterWords]
) -> dict[str, str]:
    """Writes the lists with the meanings of their codes; column -> the cells of its codes."""
    listed, place = {}, 1
    for key, column in schema.columns.items():
        codes = column.metadata["choices"]
        if not codes:
            continue
        meanings = [[spoken.meaning(column, code) for code in codes] for spoken in words]
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
    sheet: Worksheet, name: str, schema: DataFrameSchema, words: Sequence[RegisterWords]
) -> None:
    """How the register is filled in, one language below the other."""
    for letter, width in zip("ABCD", _HELP_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    example = f"{name[0].upper()}017"
    for spoken in words:
        _line(sheet, [spoken.words("rules.title")], bold=True)
        _line(sheet, ["", spoken.row(name)])
        for rule in rules(spoken, name, example):
            _line(sheet, ["", rule])
        heads = [spoken.words(key) for key in ("column", "meaning", "values", "needed")]
        _line(sheet, heads, bold=True)
        for key, column in schema.columns.items():
            needed = spoken.words("yes") if needs_value(column) else ""
            _line(sheet, [key, spoken.column(name, key), spoken.possible(column), needed])
        _line(sheet, ["", ""])


def _line(sheet: Worksheet, texts: Sequence[str], *, bold: bool = False) -> None:
    """One row, as high as its longest text needs; programs don't see to that everywhere."""
    # The backticks are for the page that is written in Markdown.
    texts = [text.replace("`", "") for text in texts]
    sheet.append(texts)
    lines = [ceil(len(text) / width) for text, width in zip(texts, _HELP_WIDTHS, strict=False)]
    sheet.row_dimensions[sheet.max_row].height = 15 * (1 if bold else max(1, *lines))
    for cell in sheet[sheet.max_row]:
        cell.alignment, cell.font = Alignment(vertical="top", wrap_text=not bold), Font(bold=bold)
