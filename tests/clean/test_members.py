"""The members of a repeated group are cleaned like the answers of their submission."""

import re
from pathlib import Path

import pandas as pd
import pytest
from households import FORM, GROUP, MEMBERS, central, household_study, with_form, workbook
from small_study import STUDY, frame_texts, small_export

from umid_research.__main__ import main
from umid_research.clean import Cleaned, clean_responses, read_cleaned, read_corrections
from umid_research.errors import ExportError, StudyError
from umid_research.frames import write_frames
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import Questionnaire, read_questionnaire


def _read(folder: Path) -> tuple[Cleaned, Questionnaire]:
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    intake = read_intake(folder, questionnaire, study)
    cleaned = clean_responses(
        intake.raw,
        questionnaire,
        study,
        key="k" * 16,
        corrections=read_corrections(folder),
        lacking=intake.lacking,
        members=intake.members,
    )
    return cleaned, questionnaire


@pytest.fixture
def people(tmp_path):
    """The cleaned members, and the cleaned submissions, of a study with this export."""

    def clean(members: pd.DataFrame = MEMBERS, rows=None, *, study=None, form=FORM, write=workbook):
        folder = household_study(tmp_path, study=study, form=form)
        write(folder, members, rows)
        cleaned, _ = _read(folder)
        return cleaned.members["people"], cleaned

    return clean


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    return frame.drop(columns="respondent").astype(object).fillna("").astype(str).values.tolist()  # noqa: PD011


@pytest.mark.parametrize("write", [workbook, central])
def test_each_cell_of_a_member_is_answered_missing_or_not_asked(people, write) -> None:
    """12 years are below the condition's 15; `old` is no number, so the condition is not met."""
    members, cleaned = people(write=write)

    assert [
        ["1", "41.0", "yes", ""],
        ["2", "12.0", "", "call [phone]"],
        ["1", "", "", ""],
        ["1", "70.0", "", ""],
    ] == _texts(members.responses)
    assert [
        ["1", "answered", "answered", "missing"],
        ["2", "answered", "not asked", "answered"],
        ["1", "missing", "not asked", "missing"],
        ["1", "answered", "missing", "missing"],
    ] == _texts(members.states)
    respondents = cleaned.responses["respondent"].iloc[[0, 0, 1, 7]]
    assert respondents.tolist() == members.responses["respondent"].tolist()


def test_every_change_is_an_issue_that_a_person_finds(people) -> None:
    """With the sheet and the row of the member; personal texts are marks."""
    members, _ = people()

    columns = ["file", "row", "column", "rule", "old"]
    assert [
        ("kobo.xlsx, members on sheet people", 3, "note", "mask_phone", "[phone]"),
        ("kobo.xlsx, members on sheet people", 4, "years", "not_a_number", "[text]"),
        ("kobo.xlsx, members on sheet people", 4, "works", "not_asked", "no"),
    ] == list(members.issues[columns].itertuples(index=False, name=None))


def test_the_number_of_members_is_an_answer_of_the_submission(people) -> None:
    """Zero where there is none; not asked where the group's condition is not met."""
    _, cleaned = people()

    number = cleaned.responses["number_of_people"]
    assert [2, 1, 0, 0, 0, 0, 0, 1, 0] == number.iloc[:9].tolist()
    states = cleaned.states["number_of_people"].tolist()
    assert (["answered"] * 9, "not asked") == (states[:9], states[9])
    assert "number_of_people" not in set(cleaned.issues["column"])


def test_members_given_where_the_group_was_not_asked_are_blanked(people) -> None:
    """The last respondent is of a kind that was not asked."""
    extra = pd.DataFrame({"years": ["30"], "works": ["no"], "note": ["x"], "parent": [9]})
    members, cleaned = people(pd.concat([MEMBERS, extra]))

    assert ["not asked"] * 3 == members.states.iloc[-1, 2:].tolist()
    assert members.responses.iloc[-1, 2:].isna().all()
    assert "not asked" == cleaned.states["number_of_people"].iloc[-1]
    assert ["not_asked"] == cleaned.issues.query("column == 'number_of_people'")["rule"].tolist()


def test_a_condition_sees_the_cleaned_answers_of_the_submission(people) -> None:
    """`aware` of the first respondent is a text that is no answer, so `works` was not asked."""
    rows = small_export()
    rows.loc[0, "aware"] = "perhaps"
    members, _ = people(rows=rows)

    assert "not asked" == members.states["works"].iloc[0]


def test_members_are_set_aside_with_their_submission(people) -> None:
    """Rows in = rows kept + rows set aside; the rule is that of the submission."""
    rows = small_export().drop(index=7)
    rows.loc[0, "consent"] = "no"
    members, _ = people(rows=rows, write=central)

    assert [
        ("small-people.csv", 2, "no_consent"),
        ("small-people.csv", 3, "no_consent"),
        ("small-people.csv", 5, "no_submission"),
    ] == list(members.set_aside[["file", "row", "rule"]].itertuples(index=False, name=None))
    assert 4 == len(members.responses) + len(members.set_aside)


def test_of_two_downloads_each_member_is_kept_once(tmp_path) -> None:
    """In one file or in two: the copy of the submission is set aside, and its members with it."""
    folder = household_study(tmp_path)
    workbook(folder)
    workbook(folder, file="kobo-2.xlsx")
    central(folder)

    cleaned, _ = _read(folder)

    members = cleaned.members["people"]
    assert (10, 20) == (len(cleaned.responses), len(cleaned.set_aside))
    assert (4, 8) == (len(members.responses), len(members.set_aside))
    assert 4 == cleaned.responses["number_of_people"].sum()


def test_a_correction_that_names_a_member_is_refused(tmp_path) -> None:
    """Row 4 of the members is not row 4 of the submissions."""
    folder = household_study(tmp_path)
    workbook(folder)
    (folder / "corrections.csv").write_text(
        "submission,column,old,new,reason,by\n"
        '"kobo.xlsx, members on sheet people, row 4",,,set aside,invented,A.\n'
    )

    with pytest.raises(StudyError, match=r"line 2.*members on sheet people"):
        _read(folder)


def test_a_person_sets_a_submission_aside_with_its_members(tmp_path) -> None:
    """By the line of corrections.csv that names the submission."""
    folder = household_study(tmp_path)
    workbook(folder)
    (folder / "corrections.csv").write_text(
        'submission,column,old,new,reason,by\n"kobo.xlsx, row 2",,,set aside,invented,A.\n'
    )

    cleaned, _ = _read(folder)

    aside = cleaned.members["people"].set_aside
    assert [(2, "by_person"), (3, "by_person")] == list(
        aside[["row", "rule"]].itertuples(index=False, name=None)
    )


def test_identifying_questions_of_members_are_in_no_frame(people) -> None:
    """Named in study.toml, as for the submission; their old values are never shown."""
    study = STUDY.replace('["organisation"]', '["organisation", "note", "years"]')
    members, _ = people(study=study)

    assert ["respondent", "position", "works"] == list(members.responses.columns)
    assert ["respondent", "position", "works"] == list(members.states.columns)
    assert {"[text]"} == set(members.issues.query("column == 'years'")["old"])


def test_a_question_that_loses_its_answers_stops_the_run(people) -> None:
    """As for the submission; `accepted_losses` of study.toml takes the question."""
    lost = MEMBERS.assign(years=["a", "b", "c", "d"])

    with pytest.raises(ExportError, match=r"sheet people, row 2, question years.*none of its 4"):
        people(lost)
    members, _ = people(lost, study=STUDY.replace("seed = 1", 'seed=1\naccepted_losses=["years"]'))
    assert members.responses["years"].isna().all()


def test_an_age_far_from_all_others_is_flagged(people) -> None:
    """Tukey's outer fences, as for the submission: 217 among 18 to 71."""
    years = ["18", "25", "33", "41", "52", "60", "71", "217"]
    table = pd.DataFrame({"years": years, "works": "", "note": "", "parent": range(8)})
    members, _ = people(table)

    flagged = members.issues.query("rule == 'implausible'")
    assert [(9, "years", "217")] == list(
        flagged[["row", "column", "old"]].itertuples(index=False, name=None)
    )


def test_the_frames_are_read_as_they_were_written(tmp_path) -> None:
    """Their names are those of the group."""
    folder = household_study(tmp_path / "raw")
    workbook(folder)
    cleaned, questionnaire = _read(folder)
    study = read_study(folder)
    write_frames(tmp_path, cleaned.frames(questionnaire, study), study)

    read = read_cleaned(tmp_path, questionnaire).members["people"]

    for name in ("responses", "states", "issues", "set_aside"):
        made, again = getattr(cleaned.members["people"], name), getattr(read, name)
        assert list(made.columns) == list(again.columns)
        assert _texts(made) == _texts(again)
    assert 4 == len(frame_texts(tmp_path, "members_people"))


def test_the_step_says_what_became_of_the_members(tmp_path, capsys) -> None:
    """Frames of a group that the form has lost are removed."""
    folder, processed = household_study(tmp_path / "raw"), tmp_path / "processed"
    workbook(folder)

    def run() -> str:
        assert 0 == main(["clean", "--raw", str(folder), "--processed", str(processed)])
        return capsys.readouterr().out

    assert "members  people: 4 rows read, 4 kept, 0 set aside, 3 issues" in run()
    nested = with_form(GROUP.replace("${years} >= 15", "position(..) > 1"))
    (folder / "questionnaire.md").write_text(nested, encoding="utf-8")
    printed = run()
    assert re.search(r"unread   people \(4 rows\)", printed)
    assert "unread   the repeated group people: a condition is not understood: position" in printed
    assert [] == sorted(path.name for path in processed.glob("member*_people.csv"))
