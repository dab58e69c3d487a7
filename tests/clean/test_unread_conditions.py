"""A condition on a value that nobody has: counted, and said in one line, never passed over."""

import pandas as pd
import pytest
from households import GROUP, household_study, with_form, workbook
from small_study import QUESTIONNAIRE, small_export, write_small

from umid_research.__main__ import main
from umid_research.clean import Cleaned, clean_responses, unread_conditions
from umid_research.raw import read_intake
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire

_OLD = "| | text | proposal | What should change? | | | |"


def _form(field: str, condition: str, form: str = QUESTIONNAIRE) -> str:
    """Return the form with a field before `proposal`, which is asked on a condition."""
    assert _OLD in form
    changed = form.replace(_OLD, f"{field}\n{_OLD.replace('? | |', f'? | {condition} |')}")
    return changed.replace("dimension | reverse |", "dimension | reverse | calculation |", 1)


def _cleaned(folder) -> Cleaned:
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    intake = read_intake(folder, questionnaire, study)
    return clean_responses(
        intake.raw,
        questionnaire,
        study,
        key="k" * 16,
        lacking=intake.lacking,
        members=intake.members,
    )


def _answering(*rows: int, **columns: object) -> pd.DataFrame:
    table = small_export().assign(**columns)
    table["proposal"] = ["roads" if row in rows else "" for row in range(len(table))]
    return table


@pytest.mark.parametrize(
    ("field", "condition"),
    [
        ("| | hidden | wave | | | | |", "${wave} = '2'"),
        ("| | calculate | drawn | | | | | once(random()) |", "${drawn} > 0.5 and ${age} > 20"),
        ("| | calculate | price | | | | | pulldata('a', 'b', 'c', 'd') |", "${price} != ''"),
        ("| | username | username | | | | |", "${username} = 'a'"),
        ("| | note | n | | | | |", "today() > date('2022-05-01')"),
    ],
)
def test_it_is_one_issue_and_one_line_with_the_number(tmp_path, field, condition) -> None:
    """Three people answered, so they were asked; of the others nobody knows."""
    folder = write_small(
        tmp_path, questionnaire=_form(field, condition), export=_answering(0, 1, 2)
    )

    cleaned = _cleaned(folder)

    issues = cleaned.issues[cleaned.issues["rule"] == "condition_unread"]
    assert [("proposal", "flagged", f"10 rows; {condition}")] == list(
        issues[["column", "action", "note"]].itertuples(index=False, name=None)
    )
    assert issues["row"].isna().all()
    assert 3 == (cleaned.states["proposal"] != "not asked").sum()
    (line,) = unread_conditions(cleaned)
    assert line.startswith(f"proposal: the condition {condition} depends on a value")
    assert "in no column of 10 rows" in line


@pytest.mark.parametrize(
    ("field", "condition", "columns"),
    [
        ("| | hidden | wave | | | | |", "${wave} = '2'", {"wave": ["2"] * 10}),
        # A blank is what the device computed.
        ("| | hidden | wave | | | | |", "${wave} = '2'", {"wave": ["2"] * 5 + [""] * 5}),
        ("| | calculate | adult | | | | | ${age} >= 18 |", "${adult}", {}),
        (
            "| | note | n | | | | |",
            "today() > date('2022-01-01')",
            {"start": ["2022-03-02T10:00:00"] * 10},
        ),
    ],
)
def test_a_value_that_is_there_or_can_be_computed_is_no_issue(
    tmp_path, field, condition, columns
) -> None:
    """The condition is judged."""
    form = _form(field, condition)
    if "start" in columns:
        form = form.replace(
            "| | select_one yes_no | consent",
            "| | start | start | | | | |\n| | select_one yes_no | consent",
        )
    folder = write_small(tmp_path, questionnaire=form, export=_answering(0, **columns))

    assert [] == list(unread_conditions(_cleaned(folder)))


def test_only_the_rows_without_the_column_are_counted(tmp_path) -> None:
    """One of two files has it."""
    form = _form("| | hidden | wave | | | | |", "${wave} = '2'")
    folder = write_small(tmp_path, questionnaire=form, export=_answering(0, wave="2"))
    older = _answering(3, _uuid=[f"old-{number}" for number in range(10)])
    older.head(6).to_csv(folder / "responses" / "older.csv", index=False)

    (line,) = unread_conditions(_cleaned(folder))

    assert "in no column of 6 rows" in line


def test_rows_of_a_version_without_the_question_are_not_counted(tmp_path) -> None:
    """There it was not asked, whatever its condition is."""
    form = _form("| | hidden | wave | | | | |", "${wave} = '2'")
    folder = write_small(tmp_path, questionnaire=form, export=_answering(0))
    older = small_export().assign(_uuid=[f"old-{number}" for number in range(10)])
    older = older.assign(__version__="v0").drop(columns="proposal")
    older.to_csv(folder / "responses" / "older.csv", index=False)

    (line,) = unread_conditions(_cleaned(folder))

    assert "in no column of 10 rows" in line


def test_questions_of_one_condition_share_a_line_that_the_step_prints(tmp_path, capsys) -> None:
    """As in a group; the repeated group below it has a line of its own."""
    field = "| | hidden | wave | | | | |\n"
    group = field + GROUP.replace("${kind} != 'g'", "${wave} = '2'")
    folder = household_study(tmp_path / "raw", form=with_form(group))
    workbook(folder)

    command = ["clean", "--raw", str(folder), "--processed", str(tmp_path / "made")]
    assert 0 == main(command)

    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("unknown")]
    assert 2 == len(lines)
    assert lines[0].startswith("unknown  number_of_people: the condition ${wave} = '2' depends")
    assert lines[1].startswith("unknown  people/years, works, note: the condition ${wave} = '2'")
    assert "in no column of 4 rows" in lines[1]
