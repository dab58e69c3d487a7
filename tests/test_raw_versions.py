"""Several versions of a form in one folder: what one of them did not ask is known, row by row."""

import pandas as pd
import pytest
from small_study import STUDY, small_export

from umid_research.errors import ExportError, QuestionnaireError, StudyError
from umid_research.questionnaire import read_questionnaire
from umid_research.raw import Intake, read_intake
from umid_research.study import read_study

TOP, REST = STUDY.split("[field_work]")


def _told(*lines: str) -> str:
    """The small study, which says of versions or files what was not asked there."""
    return TOP + "[not_asked_in]\n" + "\n".join(lines) + "\n[field_work]" + REST


def _intake(folder) -> Intake:
    study = read_study(folder)
    return read_intake(folder, read_questionnaire(folder, study), study)


def _write(folder, table: pd.DataFrame, name: str) -> None:
    table.to_csv(folder / "responses" / name, index=False, sep=";")


def _older() -> pd.DataFrame:
    """The small export once more, of an older version of the form."""
    table = small_export().assign(__version__="v0")
    return table.assign(_uuid="older-" + table["_uuid"])


def test_a_question_newer_than_the_file_is_blank_there_and_counted(write_study) -> None:
    """All its submissions are of another version than those of the files that lack nothing."""
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
    """So is one lost from a file that does not tell its version."""
    folder = write_study()
    _write(folder, small_export().drop(columns="duty").assign(__version__=version), "part.csv")

    with pytest.raises(ExportError, match=r"part\.csv: lacks questions .*; found 'duty'"):
        _intake(folder)


def test_a_choice_lost_from_split_columns_is_refused(write_study) -> None:
    """Without its column nobody ticked it, as far as one can see."""
    table = small_export().drop(columns="channels").assign(**{"channels/tv": "0"})

    with pytest.raises(ExportError, match=r"lacks questions.*found 'channels/web'"):
        _intake(write_study(export=table))


def test_rows_that_could_not_be_asked_are_those_of_the_older_file(write_study) -> None:
    """Question by question; a question that all versions had is not named."""
    folder = write_study()
    _write(folder, _older().drop(columns=["duty", "proposal"]), "older.csv")

    lacking = _intake(folder).lacking

    assert ["duty", "proposal"] == list(lacking)
    assert [False] * 10 + [True] * 10 == lacking["duty"].tolist()


def test_of_one_file_with_two_versions_the_study_tells(write_study) -> None:
    """KoboToolbox writes all columns for all rows; those of v0 are blank."""
    both = pd.concat([small_export(), _older().assign(duty="")], ignore_index=True)
    folder = write_study(study=_told('v0 = ["duty"]'), export=both)

    intake = _intake(folder)

    assert [False] * 10 + [True] * 10 == intake.lacking["duty"].tolist()
    assert ("export.csv", "duty", "not_in_version", 10) in list(
        intake.account.itertuples(index=False, name=None)
    )


def test_a_file_may_be_told_to_lack_a_question(write_study) -> None:
    """A Google form knows no versions; one without that question can be read all the same."""
    folder = write_study(study=_told('"form.csv" = ["duty", "channels"]'))
    answers = small_export().drop(columns=["_uuid", "__version__", "duty", "channels"])
    _write(folder, answers, "form.csv")

    lacking = _intake(folder).lacking

    assert ["channels", "duty"] == list(lacking)
    assert [False] * 10 + [True] * 10 == lacking["channels"].tolist()


def test_an_answer_to_what_the_study_says_was_not_asked_is_refused(write_study) -> None:
    """Row 4 is the first office, which tells how it does its duty."""
    with pytest.raises(ExportError, match=r"row 4: has an answer to 'duty', which .*; found 'v1'"):
        _intake(write_study(study=_told('v1 = ["duty"]')))


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
def test_what_is_not_asked_must_be_there_to_be_told(write_study, line, error, says) -> None:
    """A mistyped version or question would change nothing, and nobody would know."""
    with pytest.raises(error, match=says):
        _intake(write_study(study=_told(line)))
