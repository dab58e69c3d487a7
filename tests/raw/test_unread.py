"""Unsupported types of questions are recognised and counted, but not read."""

import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, small_export

from umid_research.errors import ExportError
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

FORM = QUESTIONNAIRE.replace(
    "| | integer | age |",
    "| | geopoint | spot | Where do you stand? | | | |\n| | image | photo | A picture | | | |\n"
    "| | range | years | For how many years? | | | |\n| | integer | age |",
)


def _intake(folder):
    study = read_study(folder)
    return read_intake(folder, read_questionnaire(folder, study), study)


def _export(**columns: object) -> pd.DataFrame:
    return small_export().assign(years="3", **columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"spot": "41.4 48.5", "_spot_latitude": "41.4", "_spot_longitude": "48.5"},
        {"asked-spot-Latitude": "41.4", "asked-spot-Accuracy": ""},
        {"Questions/Where do you stand?": "41.4 48.5"},
        {"asked/spot": "41.4 48.5"},
    ],
    ids=["KoboToolbox", "ODK Central", "labels", "groups"],
)
def test_coordinates_are_counted_and_not_read(write_study, columns) -> None:
    """Coordinates could identify the respondent; they are recognised by name or label."""
    intake = _intake(write_study(questionnaire=FORM, export=_export(**columns)))

    stated = intake.account[intake.account["what"] == "not_read"]
    assert [("spot", 10)] == list(stated[["column", "number"]].itertuples(index=False, name=None))
    assert "spot" not in intake.raw
    assert not intake.raw.isin(["41.4", "41.4 48.5"]).any(axis=None)


@pytest.mark.parametrize(
    "header",
    [
        *("photo_URL", "asked/photo_URL", "A picture_URL", "photo - transcript (az)"),
        *("asked/photo - translation (en)", "Questions/A picture - transcription (ru)"),
        *("asked/_spot_precision", "_Where do you stand?_latitude", "photo - transcript"),
    ],
)
def test_columns_that_a_platform_adds_to_a_question_belong_to_it(write_study, header) -> None:
    """KoboToolbox adds a file's address, and what a recording says in each language."""
    export = _export(photo="a.jpg", spot="1 2", **{header: "salam"})
    intake = _intake(write_study(questionnaire=FORM, export=export))

    assert not intake.raw.isin(["salam"]).any(axis=None)


@pytest.mark.parametrize("header", ["age_URL", "photo URL", "pic_URL", "age - transcript (az)"])
def test_such_a_column_of_another_question_is_unknown(write_study, header) -> None:
    """It could hold answers that nobody would miss."""
    export = _export(photo="a.jpg", **{header: "salam"})

    with pytest.raises(ExportError, match="a column that the questionnaire does not have"):
        _intake(write_study(questionnaire=FORM, export=export))


def test_an_unused_type_is_not_reported(write_study) -> None:
    """A blank or missing column of such a question is not an error."""
    intake = _intake(write_study(questionnaire=FORM, export=_export(photo="")))

    assert "not_read" not in set(intake.account["what"])
    assert [] == list(intake.lacking)


def test_a_range_is_a_number(write_study) -> None:
    """The device writes it as a number."""
    intake = _intake(write_study(questionnaire=FORM, export=_export()))

    assert ["3"] * 10 == intake.raw["years"].tolist()


def test_an_unknown_column_does_not_match_an_unread_question(write_study) -> None:
    """`lead-photo` ends like a question, but `lead` is not a group."""
    with pytest.raises(ExportError, match="column lead-photo: has a column that the questionnaire"):
        _intake(write_study(questionnaire=FORM, export=_export(**{"lead-photo": "x"})))
