"""Real exports: whatever KoboToolbox wrote of one form and its submissions is one `raw`."""

import os
import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from umid_research.errors import ExportError
from umid_research.raw import COLUMNS, Intake, read_intake
from umid_research.study import Study
from umid_research.study.begin import begin_study
from umid_research.study.questionnaire import Questionnaire, read_form

REAL = Path(
    os.environ.get("UMID_SHARED_REAL") or Path(__file__).parents[2].parent / "shared" / "real"
)
KOBO, BAROMETER = REAL / "kobo-exports", REAL / "caucasus-barometer-2010"
pytestmark = pytest.mark.skipif(
    not KOBO.is_dir(), reason=f"no real exports in {REAL}; UMID_SHARED_REAL names their folder"
)
# What KoboToolbox's reading test adds beside the words that were read.
READING = ("Word at flash", "Duration of exercise", "Total words attempted")


def _form(name: str, folder: Path) -> Questionnaire:
    """The form as it is, copied into the folder."""
    shutil.copy(KOBO / f"{name}__form.xlsx", folder / "questionnaire.xlsx")
    return read_form(folder / "questionnaire.xlsx")


def _intake(export: Path, questionnaire: Questionnaire, folder: Path) -> Intake:
    shutil.rmtree(folder / "responses", ignore_errors=True)
    (folder / "responses").mkdir()
    shutil.copy(export, folder / "responses")
    study = Study.model_construct(ignored_columns=READING)
    return read_intake(folder, questionnaire, study)


def _exports(name: str) -> list[Path]:
    return sorted(path for path in KOBO.glob(f"{name}__*") if "__form" not in path.name)


def _answers(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.drop(columns=["file", "version", "uuid"])


def _differing(name: str, folder: Path) -> tuple[int, dict[str, list[tuple]]]:
    """The number of exports of a form, and where they differ from the joined codes in CSV."""
    questionnaire = _form(name, folder)
    first = next(path for path in _exports(name) if path.name.endswith("xml__both.csv"))
    expected = _answers(_intake(first, questionnaire, folder).raw)
    differing = {}
    for path in _exports(name):
        read = _answers(_intake(path, questionnaire, folder).raw)
        assert list(expected.columns) == list(read.columns)
        assert expected["row"].tolist() == read["row"].tolist()
        cells = [
            (row, column, expected[column][at], read[column][at])
            for column in expected.columns
            for at, row in expected["row"].items()
            if expected[column][at] != read[column][at]
        ]
        if cells:
            differing[path.name] = cells
    return len(_exports(name)), differing


@pytest.mark.parametrize(("name", "exports"), [("grouped_translated", 15), ("or_other", 15)])
def test_codes_labels_groups_and_splits_are_the_same_answers(name, exports, tmp_path) -> None:
    """Codes, labels in two languages, with groups and without, joined, split and both."""
    assert (exports, {}) == _differing(name, tmp_path)


def test_quotes_and_line_breaks_are_the_same_in_every_file(tmp_path) -> None:
    """Texts of several lines, with quotation marks in them, and a very long one."""
    assert (10, {}) == _differing("quotes_newlines_and_long_urls", tmp_path)


def test_split_labels_that_two_choices_bear_are_told_apart_by_their_order(tmp_path) -> None:
    """The reading test has the words `не` and `на` twice, so two columns of one header."""
    assert (10, {}) == _differing("literacy_test", tmp_path)


def test_a_question_that_was_of_another_type_before_keeps_its_answers(tmp_path) -> None:
    """Rows of the older form have joined codes and no ticks, which split columns alone cannot say.

    The two exports of split columns alone are refused; see the next test.
    """
    questionnaire = _form("restaurant_profile", tmp_path)
    lost = [path for path in _exports("restaurant_profile") if "__details" in path.name]
    kept = [path for path in _exports("restaurant_profile") if path not in lost]

    answers = [_answers(_intake(path, questionnaire, tmp_path).raw) for path in kept]

    assert (2, 8) == (len(lost), len(kept))
    for read in answers:
        pd.testing.assert_frame_equal(answers[0], read)
    assert ["", "", "takeaway", "sit_down", "sit_down takeaway", "sit_down", "", ""] == (
        answers[0]["eatery_type"].tolist()
    )
    for path in lost:
        with pytest.raises(ExportError, match=r"row 4, column 9: has a column without a name; .*"):
            _intake(path, questionnaire, tmp_path)


def test_a_column_without_a_name_holds_answers_that_are_not_the_rows_own() -> None:
    """KoboToolbox repeats in it the last answer that it met, so that refusing is the only way.

    Rows 4 and 9 have no tick and an answer there: row 4's is its own, row 9's somebody else's, and
    nothing in the file tells which. Row 8 has ticked nothing and bears the same answer.
    """
    for header in ("xml", "lab_default"):
        sheet = pd.read_excel(
            KOBO / f"restaurant_profile__{header}__details.xlsx", dtype=str, keep_default_na=False
        )
        both = pd.read_csv(
            KOBO / f"restaurant_profile__{header}__both.csv", sep=";", dtype=str, na_filter=False
        )
        nameless = sheet[sheet.columns[8]].tolist()
        ticks = sheet[["eatery_type/sit_down", "eatery_type/takeaway"]].agg("".join, axis=1)

        assert ["", "", "takeaway", *["sit_down"] * 5] == nameless
        assert ["", "", "takeaway", "sit_down", "takeaway sit_down", "sit_down", "", ""] == (
            both["eatery_type"].tolist()
        )
        assert ["", "", "", "", "11", "10", "00", ""] == ticks.tolist()


def test_the_outer_repeated_group_is_read_and_inner_ones_are_counted(tmp_path) -> None:
    """Two submissions with 2 cities, 4 respondents and 2 items: two rows, and an account."""
    name = "simple_nested_grouped_repeatable"
    questionnaire = _form(name, tmp_path)
    expected = [("cities", 2), ("respondents", 4), ("items", 2), ("", 2), ("", 2)]

    intakes = [_intake(path, questionnaire, tmp_path) for path in _exports(name)]

    assert 12 == len(intakes)
    for intake in intakes:
        assert list(COLUMNS) == list(intake.raw.columns)
        assert [2, 3] == intake.raw["row"].tolist()
        whats = ["members", *["repeat_set_aside"] * 2, "submissions", "no_times"]
        assert whats == intake.account["what"].tolist()
        assert expected == list(
            zip(intake.account["column"], intake.account["number"], strict=True)
        )
        (cities,) = intake.members
        assert ([0, 1], [2, 3]) == tuple(
            cities.members[name].tolist() for name in ("submission", "row")
        )


def test_labels_and_codes_of_2001_interviews_are_the_same_answers(tmp_path) -> None:
    """Caucasus Barometer 2010: where a label is `2` and a code is 2, too."""
    questionnaire = read_form(BAROMETER / "questionnaire.xlsx")
    exports = sorted(path for path in BAROMETER.iterdir() if path.stem.startswith("export"))

    intakes = {path.name: _intake(path, questionnaire, tmp_path) for path in exports}

    expected = intakes["export_values.csv"].raw.drop(columns="file")
    direct = pd.read_csv(BAROMETER / "export_values.csv", sep=";", dtype=str, keep_default_na=False)
    assert 4 == len(intakes)
    assert 2001 == len(expected)
    for name in questionnaire.names:
        assert direct[name].tolist() == expected[name].tolist()
    for intake in intakes.values():
        pd.testing.assert_frame_equal(expected, intake.raw.drop(columns="file"))
    account = intakes["export_values.csv"].account
    assert ["submissions", "no_times"] == account["what"].tolist()
    assert (direct["STRATUM"] != "").sum() == (
        intakes["export_labels.csv"].account.set_index("column")["number"]["STRATUM"]
    )


FORMS = REAL / "forms"
FIRST_TWO = {
    "cascading.xlsx": ("selected_state", "selected_county", "en"),
    "education.xls": ("amenity", "fee", ""),
    "household_energy.xlsx": ("selected_country", "primary_source", ""),
    "languages.xls": ("test_yn", "test_yn", ""),
    "languages_choicefilter.xlsx": ("test_yn", "select_example_filter", ""),
    "solidwaste.xlsx": ("amenity", "disposal", ""),
    "toilets.xlsx": ("access", "fee", ""),
    "waste_collection.xlsx": ("ward", "gender", ""),
}


@pytest.mark.parametrize("name", FIRST_TWO)
def test_a_public_form_begins_a_study_as_it_is(tmp_path, name) -> None:
    """Its owners wrote it for their own field work; nothing in it is changed."""
    district, group, language = FIRST_TWO[name]
    written = begin_study(
        tmp_path / "new", FORMS / name, district=district, group=group, language=language
    )
    described = tomllib.loads(written[0].read_text(encoding="utf-8"))
    questionnaire = read_form(written[1], described["languages"])

    assert "en" in described["languages"]
    assert all(q.labels[code] for q in questionnaire for code in described["languages"])
