"""The members of a repeated group are linked to the submissions that they belong to."""

import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from households import GROUP, MEMBERS, central, household_study, with_form, workbook
from small_study import STUDY, small_export

from umid_research.errors import ExportError, QuestionnaireError
from umid_research.raw import Intake, Members, read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire


def _read(folder) -> Intake:
    study = read_study(folder)
    return read_intake(folder, read_questionnaire(folder, study), study)


def _people(folder) -> Members:
    (people,) = _read(folder).members
    return people


def _linked(people: Members) -> list[tuple]:
    rows = people.members[["submission", "years", "works"]]
    return list(rows.itertuples(index=False, name=None))


LINKED = [(0, "41", "yes"), (0, "12", ""), (1, "old", "no"), (7, "70", "")]
NUMBERS = ["2", "1", "0", "0", "0", "0", "0", "1", "0", ""]


@pytest.mark.parametrize("write", [workbook, central])
def test_members_belong_to_their_submissions(tmp_path, write) -> None:
    """A label is read as its code; the last respondent was not asked for members (kind g)."""
    folder = household_study(tmp_path)
    write(folder)

    intake = _read(folder)

    assert LINKED == _linked(intake.members[0])
    assert NUMBERS == intake.raw["number_of_people"].tolist()
    assert "number_of_people" not in intake.lacking
    assert 4 == intake.account.set_index("what")["number"]["members"]


@pytest.mark.parametrize("sheet", ["Household members", "Household mem...", "Sheet2"])
def test_a_sheet_is_known_by_its_label_or_by_its_questions(tmp_path, sheet) -> None:
    """KoboToolbox cuts names of sheets, and a person may rename one."""
    folder = household_study(tmp_path)
    workbook(folder, sheet=sheet)

    assert LINKED == _linked(_people(folder))


def test_headers_may_have_group_names_and_labels(tmp_path) -> None:
    """As in the export with labels."""
    folder = household_study(tmp_path)
    headers = {"years": "people/How old is this person?", "works": "asked/people/works"}
    workbook(folder, MEMBERS.rename(columns=headers))

    assert LINKED == _linked(_people(folder))


def test_a_member_without_its_submission_is_left_out_and_counted(tmp_path) -> None:
    """Somebody deleted the row of the second submission."""
    folder = household_study(tmp_path)
    main = small_export().drop(index=1)
    central(folder, main=main)

    people = _people(folder)

    assert [(0, "41", "yes"), (0, "12", ""), (6, "70", "")] == _linked(people)
    assert [("small-people.csv", 4, "no_submission")] == list(
        people.orphans.itertuples(index=False, name=None)
    )


def test_two_downloads_hold_each_member_once(tmp_path) -> None:
    """Each copy of a submission has its members; of the copies, cleaning keeps one."""
    folder = household_study(tmp_path)
    central(folder, MEMBERS.iloc[:3])
    central(folder, name="small-again")

    intake = _read(folder)
    people = intake.members[0]

    numbers = intake.raw.groupby("uuid")["number_of_people"].agg(list)
    assert (["2", "2"], ["1", "1"]) == (numbers["uuid-0"], numbers["uuid-7"])
    assert 3 == (people.orphans["rule"] == "twice").sum()


def test_two_different_copies_of_a_member_are_refused(tmp_path) -> None:
    """Nobody knows which answer is right."""
    folder = household_study(tmp_path)
    central(folder)
    central(folder, MEMBERS.assign(years=["41", "13", "old", "70"]), name="small-again")

    with pytest.raises(ExportError, match=r"row 3: has a member that another row .*row 3"):
        _read(folder)


@pytest.mark.parametrize("aside", [{"uuid-0"}, {"small.csv:2", "small-again.csv:2"}, {"uuid-1"}])
def test_a_mistake_in_a_member_that_is_set_aside_anyway_stops_nothing(tmp_path, aside) -> None:
    """Two members of the first submission have an answer that was not asked, and two copies."""
    study = _declaring(v1=["note"])
    folder = household_study(tmp_path, study=study)
    table = MEMBERS.assign(note=["x", "", "", ""])
    central(folder, table)
    central(folder, table.assign(years=["41", "13", "old", "70"]), name="small-again")
    described = read_study(folder)

    def read() -> Intake:
        form = read_questionnaire(folder, described)
        return read_intake(folder, form, described, aside=aside)

    if aside == {"uuid-1"}:
        with pytest.raises(ExportError):
            read()
    else:
        assert 8 == len(read().members[0].members)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda main, people: main.delete_cols(16), r"sheet Small: lacks the column.*_index"),
        (lambda main, people: main.cell(3, 16, 1), r"row 3, column _index: has two submissions"),
        (lambda main, people: people.cell(2, 6, "uuid-5"), r"sheet people, row 2, .*another uuid"),
        (lambda main, people: people.delete_cols(2), r"lacks questions of .*'people'.*works"),
        (lambda main, people: people.cell(1, 7, "pets"), r"column pets: has a column"),
    ],
)
def test_a_sheet_that_cannot_be_trusted_is_refused(tmp_path, change, says) -> None:
    """One line names the sheet, the place and what to do."""
    folder = household_study(tmp_path)
    workbook(folder)
    path = folder / "responses" / "kobo.xlsx"
    book = openpyxl.load_workbook(path)
    assert ("_index", "_submission__uuid") == (
        book["Small"]["P1"].value,
        book["people"]["F1"].value,
    )
    change(book["Small"], book["people"])
    book.save(path)

    with pytest.raises(ExportError, match=says):
        _read(folder)


@pytest.mark.parametrize("column", ["years_1", "works_12", "years", "people[1]/people/years"])
def test_members_in_columns_of_the_submission_are_refused(tmp_path, column) -> None:
    """SurveyCTO's wide format; the line says how to export instead."""
    folder = household_study(tmp_path)
    small_export().assign(**{column: "4"}).to_csv(folder / "responses" / "wide.csv", index=False)

    with pytest.raises(ExportError, match=r"repeated group among .*SurveyCTO: long format"):
        _read(folder)


def test_a_question_that_one_version_lacks_was_not_asked_there(tmp_path) -> None:
    """The other file has it."""
    folder = household_study(tmp_path)
    central(folder)
    older = small_export().assign(_uuid=[f"uuid-{number}" for number in range(20, 30)])
    older["__version__"] = "v0"
    people = pd.DataFrame({"years": ["8"], "note": [""], "parent": [20]})
    central(folder, people, older, name="older")

    lacking = _people(folder).lacking

    assert {"works"} == set(lacking)
    assert 1 == lacking["works"].sum()


def _declaring(**sources: list[str]) -> str:
    """Return the description of the small study with `not_asked_in`."""
    pairs = ", ".join(f"{json.dumps(key)} = {json.dumps(names)}" for key, names in sources.items())
    return STUDY.replace("seed = 1\n", f"seed = 1\nnot_asked_in = {{ {pairs} }}\n")


@pytest.mark.parametrize(
    ("version", "dropped"), [("v1", "works"), ("", "note"), ("v1", "years")], ids=str
)
def test_a_table_without_a_question_that_its_version_has_is_refused(
    tmp_path, version, dropped
) -> None:
    """Somebody deleted the column of one of two files: nobody was not asked there."""
    folder = household_study(tmp_path)
    central(folder)
    second = small_export().assign(_uuid=[f"uuid-{number}" for number in range(20, 30)])
    people = MEMBERS.assign(parent=[20, 20, 21, 27]).drop(columns=dropped)
    central(folder, people, second.assign(__version__=version), name="second")

    with pytest.raises(ExportError) as caught:
        _read(folder)

    found = str(caught.value)
    assert re.search(rf"second-people\.csv: lacks questions .*found '{dropped}'", found)
    assert f'not_asked_in = {{ "second-people.csv" = ["{dropped}"] }}' in found


def test_a_table_without_any_submission_here_must_have_the_questions_too(tmp_path) -> None:
    """It belongs to another form, and nobody would see it."""
    folder = household_study(tmp_path)
    central(folder, MEMBERS.drop(columns="works"))
    small_export().assign(_uuid=[f"new-{number}" for number in range(10)]).rename(
        columns={"_uuid": "KEY"}
    ).to_csv(folder / "responses" / "small.csv", index=False)

    with pytest.raises(ExportError, match=r"lacks questions of .*'people'.*works"):
        _read(folder)


@pytest.mark.parametrize("dropped", [("works", "note"), ("note", "years"), ("years", "works")])
def test_two_tables_that_lack_different_questions_are_refused(tmp_path, dropped) -> None:
    """None of them shows what its form version had."""
    folder = household_study(tmp_path)
    central(folder, MEMBERS.drop(columns=dropped[0]))
    second = small_export().assign(_uuid=[f"uuid-{number}" for number in range(20, 30)])
    people = MEMBERS.assign(parent=[20, 20, 21, 27]).drop(columns=dropped[1])
    central(folder, people, second, name="second")

    with pytest.raises(ExportError, match="lacks questions"):
        _read(folder)


@pytest.mark.parametrize(
    ("source", "names"),
    [("v1", ["works"]), ("small-people.csv", ["works", "note"]), ("small.csv", ["works"])],
)
@pytest.mark.parametrize("is_blank", [False, True])
def test_not_asked_in_names_questions_of_members(tmp_path, source, names, is_blank) -> None:
    """By the version or by either file; the column may be there, but blank."""
    study = _declaring(**{source: names})
    folder = household_study(tmp_path, study=study)
    blank = MEMBERS.assign(**dict.fromkeys(names, ""))
    central(folder, blank if is_blank else blank.drop(columns=names))

    lacking = _people(folder).lacking

    assert {name: [True] * 4 for name in names} == {n: rows.tolist() for n, rows in lacking.items()}


def test_a_member_who_answered_what_was_not_asked_is_refused(tmp_path) -> None:
    """One of study.toml and the file is wrong."""
    folder = household_study(tmp_path, study=_declaring(v1=["works"]))
    workbook(folder)

    with pytest.raises(ExportError, match=r"sheet people, row 2: has an answer to 'works'.*v1"):
        _read(folder)


def test_a_version_without_the_group_has_no_number_of_members(tmp_path) -> None:
    """One sheet holds all versions: of the older one nobody has zero members."""
    main = small_export()
    main.loc[2:5, "__version__"] = "v0"
    folder = household_study(tmp_path, study=_declaring(v0=["number_of_people"]))
    workbook(folder, main=main)

    intake = _read(folder)

    assert ["2", "1", "", "", "", "", "0", "1", "0", ""] == intake.raw["number_of_people"].tolist()
    assert [2, 3, 4, 5] == np.flatnonzero(intake.lacking["number_of_people"]).tolist()


def test_members_of_a_version_without_the_group_are_refused(tmp_path) -> None:
    """Row 3 of the submissions has one."""
    folder = household_study(tmp_path, study=_declaring(v1=["number_of_people"]))
    workbook(folder)

    with pytest.raises(ExportError, match=r"kobo.xlsx, row 2: has an answer to 'number_of_people'"):
        _read(folder)


@pytest.mark.parametrize(
    ("key", "text", "change"),
    [
        ("years", "Age of the person?", {"years": "Age of the person?"}),
        ("works/yes", "He or she works", {}),
        ("works", "Has work?", {"works": "people/Has work?"}),
    ],
)
def test_an_older_wording_of_a_members_question_is_read(tmp_path, key, text, change) -> None:
    """`[wordings]` names questions and choices of members as those of submissions."""
    pair = f"{json.dumps(key)} = [{json.dumps(text)}]"
    study = STUDY.replace("seed = 1\n", f"seed = 1\nwordings = {{ {pair} }}\n")
    folder = household_study(tmp_path, study=study)
    table = MEMBERS.replace({"works": {"Yes": text}}) if "/" in key else MEMBERS
    workbook(folder, table.rename(columns=change))

    assert LINKED == _linked(_people(folder))


def test_the_line_to_copy_for_a_reworded_question_of_members_is_accepted(tmp_path) -> None:
    """The error prints it; with it, the same file is read."""
    folder = household_study(tmp_path)
    workbook(folder, MEMBERS.rename(columns={"years": "How old is the person?"}))
    with pytest.raises(ExportError) as caught:
        _read(folder)

    line = caught.value.to_copy[0]
    text = STUDY.replace("seed = 1\n", f"seed = 1\n{line}\n")
    (folder / "study.toml").write_text(text, encoding="utf-8")

    assert 'wordings = { "years" = ["How old is the person?"] }' == line
    assert LINKED == _linked(_people(folder))


@pytest.mark.parametrize("key", ["pets", "works/perhaps", "number_of_people"])
def test_a_wording_of_nothing_is_refused(tmp_path, key) -> None:
    """No question of members, no choice of one; the number of members is in no export."""
    study = STUDY.replace("seed = 1\n", f'seed = 1\nwordings = {{ "{key}" = ["x"] }}\n')
    folder = household_study(tmp_path, study=study)
    workbook(folder)

    with pytest.raises(QuestionnaireError, match=f"`wordings` names an unknown .*{key}"):
        _read(folder)


def test_how_many_members_is_unknown_where_no_table_has_them(tmp_path) -> None:
    """The older form had no repeated group: nobody there has zero members."""
    folder = household_study(tmp_path)
    central(folder)
    older = small_export().assign(_uuid=[f"old-{number}" for number in range(10)])
    older.to_csv(folder / "responses" / "a.csv", index=False)

    intake = _read(folder)

    assert [""] * 10 + NUMBERS == intake.raw["number_of_people"].tolist()
    assert [True] * 10 + [False] * 10 == intake.lacking["number_of_people"].tolist()
    assert ("a.csv", "number_of_people", "not_in_version", 10) in list(
        intake.account.itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("${years} >= 15", "position(..) > 1", "a condition is not understood: position"),
        ("${years} >= 15", "${asked} != ''", "a condition refers to what is not .*: asked"),
        ("| note |", "| proposal |", "shares names with other questions: proposal"),
        (
            "yes_no | works | Does this person work? | ${years} >= 15 and ${aware} != '' | |",
            "five | works | Does this person work? | | trust |",
            "its questions are scored: works",
        ),
    ],
)
def test_a_group_that_cannot_be_read_is_counted_with_its_reason(tmp_path, old, new, reason) -> None:
    """The form is accepted as a whole; no number of members is claimed."""
    assert old in GROUP
    folder = household_study(tmp_path, form=with_form(GROUP.replace(old, new)))
    workbook(folder)
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)

    assert () == questionnaire.repeats
    assert re.search(reason, questionnaire.unread_repeats["people"])
    assert "number_of_people" not in questionnaire.names
    assert ("kobo.xlsx", "people", "repeat_set_aside", 4) in list(
        _read(folder).account.itertuples(index=False, name=None)
    )


def test_the_number_of_members_is_a_question_of_the_study(tmp_path) -> None:
    """Its wording and its conditions are those of the group; it is asked of the submission."""
    folder = household_study(tmp_path)
    questionnaire = read_questionnaire(folder, read_study(folder))

    number = questionnaire["number_of_people"]

    assert ("integer", {"en": "Household members: number"}) == (number.kind, dict(number.labels))
    assert ("${consent} = 'yes'", "${kind} != 'g'") == number.relevant
    assert questionnaire.names[-1] == number.name
