"""Grids of Google Forms: a row is identified by its own text and the title of its grid."""

import re

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, small_export

from umid_research.errors import ExportError
from umid_research.raw import read_raw
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

_SCHOOLS = "| | select_one five | {}_1 | Schools | | {} | |\n"
_ROADS = "| | select_one five | {}_2 | Roads | | {} | |\n"
_END = "| | end_group | | | | | |\n| choices"


def _form(first: str = "Are you content?", second: str = "Does it matter?") -> str:
    """Return the small form with two grids of the same rows; without a title, not in a group."""
    grids = "| | end_group | | | | | |\n"
    for name, title in (("content", first), ("matter", second)):
        rows = _SCHOOLS.format(name, "") + _ROADS.format(name, "")
        group = f"| | begin_group | {name} | {title} | | | |\n{rows}| | end_group | | | | | |\n"
        grids += group if title else rows
    return QUESTIONNAIRE.replace(_END, grids + "| choices")


def _sheet(*headers: str) -> pd.DataFrame:
    """Return the small export as Google writes it; the grids' columns hold 1, 2, 3, 4."""
    table = small_export().drop(columns=["_uuid", "__version__"])
    table.insert(0, "Timestamp", [f"5/{day}/2022 10:32:05" for day in range(1, 11)])
    for number, header in enumerate(headers, start=1):
        table.insert(len(table.columns), header, str(number), allow_duplicates=True)
    return table


@pytest.fixture
def first_answers(write_study):
    """Return the first row's answers to the grids' questions, as read from a sheet."""

    def read(sheet: pd.DataFrame, questionnaire: str) -> list[str]:
        folder = write_study(export=sheet, questionnaire=questionnaire)
        study = read_study(folder)
        raw = read_raw(folder, read_questionnaire(folder, study), study)
        return raw.loc[0, ["content_1", "content_2", "matter_1", "matter_2"]].tolist()

    return read


def test_the_title_distinguishes_equal_rows_in_any_order(first_answers) -> None:
    """The sheet has the second grid first, with its rows reversed."""
    sheet = _sheet(
        "Does it matter? [Roads]",
        "Does it matter? [Schools]",
        "Are you content? [Schools]",
        "Are you content? [Roads]",
    )

    assert ["3", "4", "2", "1"] == first_answers(sheet, _form())


def test_titles_may_differ_in_spaces_and_quotation_marks(first_answers) -> None:
    """All wording may differ in these."""
    sheet = _sheet(
        "Does  it “matter”? [Schools]",
        'Does it "matter"? [Roads] ',
        "Are you content?[Schools]",
        "Are you content? [Roads]",
    )

    assert ["3", "4", "1", "2"] == first_answers(sheet, _form(second='Does it "matter"?'))


def test_names_as_rows_need_no_title(first_answers) -> None:
    """A name belongs to one question only."""
    sheet = _sheet("x [matter_1]", "x [matter_2]", "y [content_1]", "y [content_2]")

    assert ["3", "4", "1", "2"] == first_answers(sheet, _form("", ""))


@pytest.mark.parametrize(
    ("titles", "grids"),
    [
        (("", ""), ("Does it matter?", "Are you content?")),
        (("Are you content?", "Does it matter?"), ("Important?", "Content?")),
        (("How?", "How?"), ("How?", "How? ")),
        (("", ""), ("", "")),
    ],
    ids=["no titles in the form", "other titles", "one title twice", "no titles at all"],
)
def test_ambiguous_rows_are_refused(first_answers, titles, grids) -> None:
    """All four columns are present, but their order proves nothing."""
    sheet = _sheet(*(f"{grid} [{row}]" for grid in grids for row in ("Schools", "Roads")))

    with pytest.raises(ExportError) as error:
        first_answers(sheet, _form(*titles))

    line = str(error.value)
    assert "export.csv, column 15: has a row of a grid that could be several questions" in line
    assert "possible: content_1, matter_1" in line
    assert "\n" not in line


def test_grid_rows_are_not_assigned_by_order_even_with_ids(first_answers) -> None:
    """Somebody numbered the rows of the sheet."""
    sheet = _sheet("A [Schools]", "A [Roads]", "B [Schools]", "B [Roads]")

    with pytest.raises(ExportError, match="has a row of a grid that could be several questions"):
        first_answers(sheet.assign(_uuid=[f"u{n}" for n in range(10)]), _form("", ""))


def test_a_row_of_another_grid_does_not_match(
    first_answers,
) -> None:
    """The form asks `Roads` in one grid only; the sheet has it in the other grid."""
    form = _form().replace(_ROADS.format("matter", ""), "| | text | matter_2 | Lanes | | | |\n")
    sheet = _sheet("Does it matter? [Roads]", "Does it matter? [Schools]")

    with pytest.raises(
        ExportError, match=re.escape("column Does it matter? [Roads]: has a column")
    ):
        first_answers(sheet, form)


def test_equal_labels_of_google_are_not_assigned_by_order(first_answers) -> None:
    """Google puts a question that was added later at the end."""
    form = _form("", "").replace("content_2 | Roads", "content_2 | Lanes")
    form = form.replace("matter_2 | Roads", "matter_2 | Paths")
    sheet = _sheet("Schools", "Lanes", "Schools", "Paths")

    with pytest.raises(ExportError, match=r"label of several questions.*write the names over"):
        first_answers(sheet, form)


def test_equal_labels_are_assigned_by_order_on_other_platforms(first_answers) -> None:
    """KoboToolbox keeps the form's order; its ids show the platform."""
    form = _form("", "").replace("content_2 | Roads", "content_2 | Lanes")
    form = form.replace("matter_2 | Roads", "matter_2 | Paths")
    sheet = _sheet("Schools", "Lanes", "Schools", "Paths").drop(columns="Timestamp")

    assert ["1", "2", "3", "4"] == first_answers(
        sheet.assign(_uuid=[f"u{n}" for n in range(10)]), form
    )
