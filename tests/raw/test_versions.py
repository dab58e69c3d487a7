"""Several versions of a form in one folder: each row knows which questions its version lacked."""

import pandas as pd
import pytest
from small_study import STUDY, small_export

from umid_research.errors import ExportError, QuestionnaireError, StudyError
from umid_research.raw import Intake, read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

TOP, REST = STUDY.split("[field_work]")


def _with_not_asked(*lines: str) -> str:
    """Return the small study with `not_asked_in` entries for versions or files."""
    return TOP + "[not_asked_in]\n" + "\n".join(lines) + "\n[field_work]" + REST


def _intake(folder) -> Intake:
    study = read_study(folder)
    return read_intake(folder, read_questionnaire(folder, study), study)


def _write(folder, table: pd.DataFrame, name: str) -> None:
    table.to_csv(folder / "responses" / name, index=False, sep=";")


def _older() -> pd.DataFrame:
    """Return the small export again, as an older version of the form."""
    table = small_export().assign(__version__="v0")
    return table.assign(_uuid="older-" + table["_uuid"])


def test_a_question_newer_than_the_file_is_blank_there_and_counted(write_study) -> None:
    """All rows of the file have another version than the complete files."""
    folder = write_study()
    older = small_export().drop(columns=["duty", "proposal"]).assign(__version__="v0")
    older["_uuid"] = "older-" + older["_uuid"]
    _write(folder, older, "older.csv")

    intake = _intake(folder)

    assert ["v1"] * 10 + ["v0"] * 10 == intake.raw["version"].tolist()
    assert {""} == set(intake.raw.loc[10:, "duty"])
    assert [
        ("export.csv", "v1", "submissions", 10),
        ("export.csv", "", "no_times", 10),
        ("older.csv", "v0", "submissions", 10),
        ("older.csv", "", "no_times", 10),
        ("older.csv", "duty", "not_in_version", 10),
        ("older.csv", "proposal", "not_in_version", 10),
    ] == list(intake.account.itertuples(index=False, name=None))


@pytest.mark.parametrize("version", ["v1", ""])
def test_a_question_lost_from_the_same_version_is_refused(write_study, version) -> None:
    """The same holds for a file without a version."""
    folder = write_study()
    _write(folder, small_export().drop(columns="duty").assign(__version__=version), "part.csv")

    with pytest.raises(ExportError, match=r"part\.csv: lacks questions .*; found 'duty'"):
        _intake(folder)


def test_a_choice_lost_from_split_columns_is_refused(write_study) -> None:
    """Without its column, the choice would look as if nobody ticked it."""
    table = small_export().drop(columns="channels").assign(**{"channels/tv": "0"})

    with pytest.raises(ExportError, match=r"lacks questions.*found 'channels/web'"):
        _intake(write_study(export=table))


def test_rows_that_could_not_be_asked_are_those_of_the_older_file(write_study) -> None:
    """Questions that all versions had are not listed."""
    folder = write_study()
    _write(folder, _older().drop(columns=["duty", "proposal"]), "older.csv")

    lacking = _intake(folder).lacking

    assert ["duty", "proposal"] == list(lacking)
    assert [False] * 10 + [True] * 10 == lacking["duty"].tolist()


def test_the_study_can_name_a_version_within_one_file(write_study) -> None:
    """KoboToolbox writes all columns for all rows; those of v0 are blank."""
    both = pd.concat([small_export(), _older().assign(duty="")], ignore_index=True)
    folder = write_study(study=_with_not_asked('v0 = ["duty"]'), export=both)

    intake = _intake(folder)

    assert [False] * 10 + [True] * 10 == intake.lacking["duty"].tolist()
    assert ("export.csv", "duty", "not_in_version", 10) in list(
        intake.account.itertuples(index=False, name=None)
    )


def test_the_study_can_name_a_file_without_a_question(write_study) -> None:
    """Google Forms has no versions, so the file is named instead."""
    folder = write_study(study=_with_not_asked('"form.csv" = ["duty", "channels"]'))
    answers = small_export().drop(columns=["_uuid", "__version__", "duty", "channels"])
    _write(folder, answers, "form.csv")

    lacking = _intake(folder).lacking

    assert ["channels", "duty"] == list(lacking)
    assert [False] * 10 + [True] * 10 == lacking["channels"].tolist()


def test_an_answer_to_a_question_declared_as_not_asked_is_refused(write_study) -> None:
    """Row 4 is the first office, which answers `duty`."""
    with pytest.raises(ExportError, match=r"row 4: has an answer to 'duty', which .*; found 'v1'"):
        _intake(write_study(study=_with_not_asked('v1 = ["duty"]')))


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        ('v7 = ["duty"]', StudyError, r"found 'v7'; possible: export.csv, v1"),
        (
            'v1 = ["duties"]',
            QuestionnaireError,
            "`not_asked_in` names an unknown question; found 'duties'",
        ),
    ],
)
def test_not_asked_in_names_existing_versions_and_questions(write_study, line, error, says) -> None:
    """A typing error would otherwise have no effect and stay unnoticed."""
    with pytest.raises(error, match=says):
        _intake(write_study(study=_with_not_asked(line)))
