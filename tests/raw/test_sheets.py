"""Other sheets of a workbook with answers: lists of choices, legends, charts."""

import openpyxl
import pandas as pd
import pytest
from small_study import small_export

from umid_research.errors import ExportError
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

LISTS = pd.DataFrame({"Villages": ["North 1", "North 2"], "Yes or no": ["Yes", "No"]})


@pytest.fixture
def intake(write_study):
    """Return the intake of a workbook with the small export and other sheets, some hidden."""

    def read(sheets: dict[str, pd.DataFrame], hidden: tuple[str, ...] = ()):
        folder = write_study()
        (folder / "responses" / "export.csv").unlink()
        path = folder / "responses" / "typed.xlsx"
        with pd.ExcelWriter(path) as book:
            for name, table in sheets.items():
                table.to_excel(book, sheet_name=name, index=False)
        book = openpyxl.load_workbook(path)
        for name in hidden:
            book[name].sheet_state = "hidden"
        book.active = next(i for i, name in enumerate(sheets) if name not in hidden)
        book.save(path)
        study = read_study(folder)
        return read_intake(folder, read_questionnaire(folder, study), study)

    return read


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        ({"Lists": LISTS}, ()),
        ({"Lists": LISTS}, ("Lists",)),
        ({"Legend": pd.DataFrame({"code": ["n"], "means": ["North"]}), "Lists": LISTS}, ("Lists",)),
        # A hidden copy of the answers would count everybody twice.
        ({"Copy": small_export()}, ("Copy",)),
        ({"Old": small_export().head(2), "Lists": LISTS}, ("Old", "Lists")),
    ],
)
def test_other_sheets_are_passed_over_and_named(intake, others, hidden) -> None:
    """The account names each of them."""
    read = intake(others | {"Data": small_export()}, hidden)
    passed = read.account[read.account["what"] == "sheet_passed_over"]

    assert 10 == len(read.raw)
    assert [(name, 1) for name in others] == list(
        passed[["column", "number"]].itertuples(index=False, name=None)
    )


def test_two_visible_sheets_with_questions_are_refused(intake) -> None:
    """Nobody but a person knows whether they hold the same people."""
    half = small_export().head(5)

    with pytest.raises(ExportError, match=r"several sheets .*found 'First, Second'"):
        intake({"First": half, "Second": half, "Lists": LISTS})


def test_without_any_question_the_error_is_about_the_form(intake) -> None:
    """A single sheet is never passed over."""
    with pytest.raises(ExportError, match="has no column of the questionnaire"):
        intake({"Lists": LISTS})
