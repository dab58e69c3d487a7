"""Templates of the registers: what a field officer fills in is what is read."""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from small_activities import write_activities

from umid_research.errors import ParameterError, StudyError
from umid_research.forms.registers import CATALOGUE, RegisterWords, to_register_page
from umid_research.forms.templates import to_templates, write_templates
from umid_research.indicators import Registers, read_definitions, read_registers
from umid_research.indicators.columns import Known
from umid_research.indicators.schema import schemas
from umid_research.messages import Messages, languages
from umid_research.study import read_study

ROOT = Path(__file__).parents[2]
BUNDLED = ROOT / "data" / "raw"
STUDY = read_study(BUNDLED)
DEFINITIONS = read_definitions(BUNDLED / "activities")
SCHEMAS = schemas(STUDY, DEFINITIONS, Known())


@pytest.fixture(scope="module")
def templates(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    assert [f"{name}.xlsx" for name in SCHEMAS] == list(write_templates(BUNDLED, folder))[:-1]
    return folder


@pytest.fixture(scope="module")
def bundled() -> Registers:
    return read_registers(BUNDLED, STUDY)


def _study(folder: Path) -> Path:
    """A study folder with everything of the bundled activities but its registers."""
    activities = folder / "activities"
    shutil.copytree(BUNDLED / "activities" / "screenshots", activities / "screenshots")
    shutil.copy(BUNDLED / "activities" / "indicators.toml", activities)
    shutil.copy(BUNDLED / "measures.csv", folder)
    return folder


# --- the workbooks --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_template_has_the_columns_of_its_register(templates, name) -> None:
    """In the first sheet, whose cells are texts, dates or numbers; needed ones in dark."""
    sheet = load_workbook(templates / f"{name}.xlsx").worksheets[0]
    columns = SCHEMAS[name].columns

    assert name == sheet.title
    assert list(columns) == [cell.value for cell in sheet[1]]
    assert [column.needed for column in columns.values()] == [
        cell.fill.fgColor.rgb == "001F4E79" for cell in sheet[1]
    ]
    assert all(cell.comment.text.count("\n") == 2 for cell in sheet[1])


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_list_of_the_schema_can_be_chosen_from(templates, name) -> None:
    """The drop-down of a column names cells that hold exactly its codes."""
    book = load_workbook(templates / f"{name}.xlsx")
    rules = book.worksheets[0].data_validations.dataValidation
    offered = {}
    for rule in rules:
        if rule.type == "list":
            place = next(iter(rule.sqref.ranges)).min_col - 1
            cells = book["lists"][rule.formula1.partition("!")[2].replace("$", "")]
            offered[list(SCHEMAS[name].columns)[place]] = tuple(cell.value for (cell,) in cells)

    expected = {key: c.choices for key, c in SCHEMAS[name].columns.items()}
    assert {key: codes for key, codes in expected.items() if codes} == offered


def test_dates_and_numbers_are_asked_for_within_their_bounds(templates) -> None:
    """44622 is the 2nd of March 2022 and 44773 the 31st of July, the project's."""
    sheet = load_workbook(templates / "cards.xlsx").worksheets[0]
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}

    assert ("44622", "44773") == (rules["date"].formula1, rules["date"].formula2)
    assert ("1", "9999999") == (rules["whole"].formula1, rules["whole"].formula2)
    assert "2022-04-25" in rules["date"].error
    assert "yyyy-mm-dd" == sheet.column_dimensions["C"].number_format
    assert "@" == sheet.column_dimensions["A"].number_format


def test_equal_studies_give_equal_templates(templates) -> None:
    """Byte for byte."""
    again = to_templates(STUDY, DEFINITIONS)

    assert {name: (templates / name).read_bytes() for name in again} == again


def test_an_empty_template_is_a_register_without_rows(templates, tmp_path) -> None:
    """All of them, as they are."""
    folder = _study(tmp_path)
    for path in templates.glob("*.xlsx"):
        shutil.copy(path, folder / "activities")

    registers = read_registers(folder, STUDY)

    assert registers.issues.empty
    assert (registers.sizes["read"] == 0).all()
    assert list(SCHEMAS) == list(registers.frames)


# --- filled in ------------------------------------------------------------------------------------


def _fill(template: Path, rows: pd.DataFrame, target: Path) -> None:
    book = load_workbook(template)
    sheet = book.worksheets[0]
    rows = rows.drop(columns=["file", "row"]).astype(object)
    for row, values in enumerate(rows.where(rows.notna(), None).to_numpy(), start=2):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value or None
    book.save(target)


def _through_libreoffice(paths: list[Path], folder: Path) -> None:
    """Converts the workbooks to OpenDocument and back."""
    program = shutil.which("localc")  # soffice may be there without it
    if program is None:
        pytest.skip("LibreOffice Calc is not here to fill a template in")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for suffix, into in (("ods", folder / "ods"), ("xlsx", folder / "xlsx")):
        subprocess.run(
            [program, profile, "--headless", "--convert-to", suffix, "--outdir", into, *paths],
            check=True,
            capture_output=True,
            timeout=300,
        )
        paths = sorted(into.iterdir())


@pytest.mark.parametrize("through", ["openpyxl", "libreoffice"])
def test_filled_in_templates_read_as_what_was_filled_in(
    templates, bundled, tmp_path, through
) -> None:
    """Every usable row of the bundled registers, also after LibreOffice has saved it as XLSX."""
    folder = _study(tmp_path / "study")
    filled = tmp_path / "filled"
    filled.mkdir()
    for name, rows in bundled.frames.items():
        _fill(templates / f"{name}.xlsx", rows, filled / f"{name}.xlsx")
    if through == "libreoffice":
        _through_libreoffice(sorted(filled.iterdir()), tmp_path)
        filled = tmp_path / "xlsx"
    for path in filled.iterdir():
        shutil.copy(path, folder / "activities")

    registers = read_registers(folder, STUDY)

    assert {"after_without_before", "unknown_reference"} >= set(registers.issues["rule"])
    for name, expected in bundled.frames.items():
        pd.testing.assert_frame_equal(
            expected.drop(columns=["file", "row"]), registers.frames[name][expected.columns[:-2]]
        )


def test_a_template_filled_in_with_libreoffice_reads_as_it_was_typed(tmp_path) -> None:
    """As committed in tests/data; 0123 stays a text, 05/20/22 had become a date."""
    folder = _study(tmp_path)
    shutil.copy(ROOT / "tests" / "data" / "libreoffice" / "payments.xlsx", folder / "activities")

    registers = read_registers(folder, STUDY)

    assert [(3, "date", "date_order", "read", "25.04.2022")] == list(
        registers.issues[["row", "column", "rule", "action", "old"]].itertuples(
            index=False, name=None
        )
    )
    payments = registers.frames["payments"]
    assert ["2022-05-02", "2022-04-25", "2022-05-20"] == payments["date"].astype(str).to_list()
    assert ["F001", "F001", "F002"] == payments["family_id"].to_list()
    assert ["utilities", "fine", "internet"] == payments["bill"].to_list()
    assert "0123" == payments["portal"][2]
    assert ["yes", "no", ""] == payments["first_time"].to_list()


# --- the page and the words -----------------------------------------------------------------------


def test_the_page_about_the_registers_is_what_the_schemas_say(templates) -> None:
    """docs/registers.md is the page that `make templates` writes for the bundled study."""
    page = to_register_page(STUDY, DEFINITIONS, "en")

    assert page == (ROOT / "docs" / "registers.md").read_text(encoding="utf-8")
    assert page == (templates / "registers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", languages(CATALOGUE))
def test_every_column_and_code_has_words_in_every_language(language) -> None:
    """And every word is about a column or code that there is."""
    words = RegisterWords(STUDY, DEFINITIONS, language)
    used = {"other"}
    for name, schema in SCHEMAS.items():
        assert words.row(name)
        used.add(f"register.{name}")
        for key, column in schema.columns.items():
            assert words.column(name, key)
            assert words.possible(column)
            used |= {f"columns.{key}", f"special.{name}.{key}"}
            used |= {f"codes.{code}" for code in column.choices}
            assert all(words.meaning(column, code) for code in column.choices) or (
                column.kind in ("locality", "language", "answer")
            )

    there = {
        key for key in words.words.keys if key.split(".")[0] in ("columns", "special", "codes")
    }
    assert {"columns.translated", "columns.explained"} == there - used


def test_the_catalogues_have_the_same_texts() -> None:
    """In every language."""
    keys = {
        language: Messages(language, catalogue=CATALOGUE).keys for language in languages(CATALOGUE)
    }

    assert {"az", "en", "ru"} <= set(keys)
    assert all(set(keys["en"]) == set(other) for other in keys.values())
    for language in keys:
        assert all(Messages(language, catalogue=CATALOGUE).texts())


# --- what stops -----------------------------------------------------------------------------------


def test_templates_need_definitions(tmp_path) -> None:
    """The lists of questions and indicators are in them."""
    folder = write_activities(tmp_path, indicators=None)

    with pytest.raises(StudyError, match="no definitions of the indicators here"):
        list(write_templates(folder, tmp_path / "templates"))


def test_a_study_in_other_languages_is_refused(tmp_path) -> None:
    """Rather than given templates in a language that nobody there reads."""
    folder = write_activities(tmp_path)
    for name in ("study.toml", "activities/indicators.toml"):
        text = (folder / name).read_text(encoding="utf-8")
        text = text.replace('languages = ["en"]', 'languages = ["ka"]').replace(".en ", ".ka ")
        (folder / name).write_text(text, encoding="utf-8")

    with pytest.raises(ParameterError, match="found 'ka'; possible: az, en, ru"):
        list(write_templates(folder, tmp_path / "templates"))
