"""corrections.csv for members of repeated groups: one line, one answer of one member."""

import pandas as pd
import pytest
from households import MEMBERS, central, household_study, workbook
from small_study import STUDY, small_export

from umid_research.clean import Cleaned, clean_responses, read_corrections, replay_members
from umid_research.errors import StudyError
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

KEY = "k" * 16
HEADER = "submission,column,old,new,reason,by\n"
SHEET = "kobo.xlsx, members on sheet people"


@pytest.fixture
def correct(tmp_path):
    """Return the cleaned frames after the lines, whose replay gives the same members."""

    def clean(*lines: str, main=None, write=workbook, study=None, again=False) -> Cleaned:
        folder = household_study(tmp_path, study=study)
        write(folder, MEMBERS, main)
        if again:
            workbook(folder, MEMBERS, main, file="kobo-2.xlsx")
        (folder / "corrections.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")
        described = read_study(folder)
        questionnaire = read_questionnaire(folder, described)
        intake = read_intake(folder, questionnaire, described)
        corrections = read_corrections(folder)
        cleaned = clean_responses(
            intake.raw,
            questionnaire,
            described,
            key=KEY,
            corrections=corrections,
            lacking=intake.lacking,
            members=intake.members,
        )
        for group in intake.members:
            rebuilt = replay_members(
                group, intake.raw, cleaned, described, key=KEY, corrections=corrections
            )
            own = cleaned.members[group.repeat.name].responses
            pd.testing.assert_frame_equal(own, rebuilt, check_dtype=False)
        return cleaned

    return clean


def _issues(cleaned: Cleaned, rule: str = "correction") -> list[tuple]:
    issues = cleaned.members["people"].issues
    columns = ["file", "row", "column", "old", "new", "note"]
    return list(issues.loc[issues["rule"] == rule, columns].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "name",
    [
        f'"{SHEET}, row 3"',
        f'"{SHEET}:3"',
        "uuid-0/people[2]",
        "uuid:uuid-0/people[2]",
        '"kobo.xlsx, row 2/people[2]"',
        "kobo.xlsx:2/people[2]",
    ],
)
def test_a_member_is_named_as_issues_print_it_or_by_its_position(correct, name) -> None:
    """The second member of the first submission is in row 3 of its sheet."""
    cleaned = correct(f"{name},years,12,21,digits turned,Ülkər")

    people = cleaned.members["people"]
    assert [41, 21] == people.responses["years"].tolist()[:2]
    assert [(SHEET, 3, "years", "12", "21", "corrections.csv, line 2")] == _issues(cleaned)
    assert "Ülkər" not in people.issues.to_csv()
    # With 21 years the form asks about work, which nobody answered.
    assert "missing" == people.states["works"].iloc[1]


@pytest.mark.parametrize("name", ['"small-people.csv, row 5"', "uuid-7/people[1]"])
def test_a_member_in_a_file_of_its_own_is_corrected(correct, name) -> None:
    """As ODK Central writes it."""
    cleaned = correct(f"{name},works,,yes,called back,A.", write=central)

    assert "yes" == cleaned.members["people"].responses["works"].iloc[3]


def test_corrected_answers_of_members_are_cleaned_like_any_other(correct) -> None:
    """A text that is no number is blanked, and a telephone number is masked."""
    cleaned = correct(
        "uuid-7/people[1],years,70,many,x,A.", "uuid-0/people[1],note,,call 050 123 45 67,x,A."
    )

    people = cleaned.members["people"].responses
    assert pd.isna(people["years"].iloc[3])
    assert "call [phone]" == people["note"].iloc[0]
    assert ("note", "[text]") in [(column, new) for _, _, column, _, new, _ in _issues(cleaned)]


def test_a_member_of_two_downloads_is_corrected_by_its_row(correct) -> None:
    """By its position it would be two rows; the copy that is set aside is not analysed."""
    cleaned = correct(f'"kobo-2.xlsx{SHEET[9:]}, row 2",years,41,14,x,A.', again=True)

    # Of equal files the first by name is kept.
    assert 14 == cleaned.members["people"].responses["years"].iloc[0]
    with pytest.raises(StudyError, match=r"line 2, submission uuid-0/people\[1\].*2 members"):
        correct("uuid-0/people[1],years,41,14,x,A.", again=True)


def test_a_correction_of_a_member_that_is_set_aside_is_logged_without_answers(correct) -> None:
    """Its submission has no consent."""
    rows = small_export()
    rows.loc[0, "consent"] = "no"

    cleaned = correct("uuid-0/people[2],years,12,21,x,A.", main=rows)

    assert 2 == len(cleaned.members["people"].responses)
    assert [(SHEET, 3, "years", "[text]", "[text]", "corrections.csv, line 2")] == _issues(cleaned)


def test_of_two_copies_the_one_that_is_kept_has_the_issue(tmp_path) -> None:
    """The first copy of the submission is a draft; both have the same row of the members."""
    folder = household_study(tmp_path)
    central(folder)
    draft = small_export().assign(_status="draft")
    draft.drop(columns="_uuid").assign(KEY=[f"uuid:{key}" for key in draft["_uuid"]]).to_csv(
        folder / "responses" / "a.csv", index=False
    )
    line = '"small-people.csv, row 3",years,12,21,x,A.'
    (folder / "corrections.csv").write_text(HEADER + line, encoding="utf-8")
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    intake = read_intake(folder, questionnaire, study)
    cleaned = clean_responses(
        intake.raw,
        questionnaire,
        study,
        key=KEY,
        corrections=read_corrections(folder),
        members=intake.members,
    )

    assert 21 == cleaned.members["people"].responses["years"].iloc[1]
    assert [("12", "21")] == [(old, new) for *_, old, new, _ in _issues(cleaned)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("uuid-0,years,41,14,x,A.", r"line 2, submission uuid-0: .*asked of each member.*0 mem"),
        ("uuid-0/people[3],years,41,14,x,A.", r"0 members'; possible: kobo.xlsx, members on sheet"),
        ("uuid-0/pets[1],years,41,14,x,A.", r"0 members"),
        ('"kobo.xlsx, row 2",years,41,14,x,A.', r"kobo.xlsx:2: .*0 members"),
        ("uuid-0/people[1],years,14,41,x,A.", r"'years' is not the old answer.*found '41'"),
        ("uuid-0/people[1],years,41,41,x,A.", r"line 2: a correction changes nothing"),
        ("uuid-0/people[1],aware,yes,no,x,A.", r"match one submission.*0 submissions"),
        ("uuid-0,number_of_people,2,3,x,A.", r"line 2: the number of members is counted"),
        ("uuid-0/people[1],,,set aside,x,A.", r"line 2: .*set aside with its submission only"),
        (f'"{SHEET}, row 3",,,set aside,x,A.', r"line 2: .*set aside with its submission only"),
        ("uuid-0/people[1],pets,,1,x,A.", r"0 submissions"),
    ],
)
def test_a_correction_that_fits_no_answer_of_a_member_is_one_line(correct, line, says) -> None:
    """It names the line and the name that was not found, and how members are named."""
    with pytest.raises(StudyError, match=says) as caught:
        correct(line)
    assert "\n" not in str(caught.value)


def test_a_correction_of_a_group_that_is_in_no_export_is_refused(tmp_path, correct) -> None:
    """Nothing would be changed, silently."""
    with pytest.raises(StudyError, match=r"line 2: corrects members of .*'people', which is in no"):
        correct(
            "uuid-0/people[1],years,41,14,x,A.",
            write=lambda folder, _, main: small_export().to_csv(
                folder / "responses" / "a.csv", index=False
            ),
        )


def test_a_correction_of_an_identifying_question_of_members_is_not_shown(correct) -> None:
    """The log has a mark in its place."""
    study = STUDY.replace('["organisation"]', '["organisation", "years"]')

    cleaned = correct("uuid-0/people[1],years,41,14,x,A.", study=study)

    assert [("[text]", "[text]")] == [(old, new) for *_, old, new, _ in _issues(cleaned)]
