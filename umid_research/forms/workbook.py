"""Write the form for devices: an XLSX for KoboToolbox and ODK, and the XForm converted from it.

Columns that XLSForm does not define are kept. Converters leave `dimension` and `reverse` out of the
XForm, and keep `score` with each choice, like any column that a filter may use. The servers keep
the sheets, so a form downloaded years later still has its scoring and can be used in a study folder
without changes.
"""

import io
import shutil
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.worksheet import Worksheet
from pyxform.errors import PyXFormError
from pyxform.validators.odk_validate import ODKValidateError
from pyxform.xls2json_backends import DefinitionData, get_xlsform
from pyxform.xls2xform import convert

from umid_research.errors import QuestionnaireError
from umid_research.output.office import with_fixed_timestamps
from umid_research.study.questionnaire import questionnaire_path

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_WIDE = ("label", "hint", "relevant", "constraint")


def to_xlsx(folder: Path) -> bytes:
    """Return the form of a study folder as XLSX, row by row; equal input gives equal bytes.

    Raises QuestionnaireError if a text holds a character that a workbook cannot hold.
    """
    path = questionnaire_path(folder)
    form = get_xlsform(path)
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name in SHEETS:
        if getattr(form, f"{name}_header"):
            try:
                _fill(workbook.create_sheet(name), form, name)
            except IllegalCharacterError:
                raise QuestionnaireError(
                    f"sheet {name!r} holds a control character; remove it", where=str(path)
                ) from None
    written = io.BytesIO()
    workbook.save(written)
    return with_fixed_timestamps(written.getvalue())


def to_xform(xlsx: bytes, *, validate: bool = True) -> str:
    """Return the XForm of an XLSX form, checked by ODK Validate if Java is installed.

    Raises QuestionnaireError with the message of the converter or the validator.
    """
    validate = validate and shutil.which("java") is not None
    try:
        made = convert(xlsx, file_type=".xlsx", pretty_print=True, validate=validate)
    except (PyXFormError, ODKValidateError) as error:
        raise QuestionnaireError(f"is not a valid XForm: {error}", where="form.xml") from error
    return made.xform


def _fill(sheet: Worksheet, form: DefinitionData, name: str) -> None:
    header = list(getattr(form, f"{name}_header")[0])
    for place, column in enumerate(header, start=1):
        for row, value in enumerate([column, *(r.get(column) for r in getattr(form, name))], 1):
            cell = sheet.cell(row, place)
            cell.number_format = "@"  # text format, so that a code such as 01 keeps its zero
            if value is not None:
                cell.value = str(value)
                cell.data_type = "s"  # no text becomes a formula
                cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.cell(1, place).font = Font(bold=True)
        wide = column.startswith(_WIDE)
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = 48 if wide else 20
    sheet.freeze_panes = "C2" if len(header) > 2 else "A2"
