"""The table of questions answered with a number: who sees it, and what it says."""

from dataclasses import replace

import pytest
from small_report import AZ, small_report

from umid_research.messages import Messages
from umid_research.report import annex
from umid_research.report.numbers.table import table_numbers
from umid_research.report.table import Table
from umid_research.report.topics import references
from umid_research.study.entries import Missing

_VALUES = {"lower_quartile": 29, "median": 41, "upper_quartile": 57, "mean": 1300}


def _rows(group: str | None, answers: int, *, hidden: tuple[str, ...] = ()) -> list[dict]:
    return [
        {
            "question": "age",
            "group": group,
            "statistic": statistic,
            **(
                {"shown": False}
                if statistic in hidden
                else {"value": value, "respondents": answers}
            ),
        }
        for statistic, value in _VALUES.items()
    ]


@pytest.fixture
def report():
    """Everybody, one group, a group whose mean is withheld, and one that is withheld."""
    rows = [*_rows(None, 48), *_rows("people", 23), *_rows("office", 15, hidden=("mean",))]
    return small_report(numbers=[*rows, *_rows("ngo", 0, hidden=tuple(_VALUES))])


def test_each_question_has_a_row_for_everybody_and_for_each_group(report) -> None:
    """What is withheld has the same mark in every cell, the base included."""
    table = table_numbers(report)

    assert ("Question", "Group", "Answers", "Lower quartile", "Median") == table.head[:5]
    assert ("Upper quartile", "Mean") == table.head[5:]
    assert (
        ("How old are you?", "All", "48", "29", "41", "57", "1,300"),
        ("How old are you?", AZ, "23", "29", "41", "57", "1,300"),
        ("How old are you?", "Office", "15", "29", "41", "57", "×"),
        ("How old are you?", "Clubs", "×", "×", "×", "×", "×"),
    ) == table.rows
    assert "1,234 is shown as 1,200" in table.notes[0]
    assert "× " in table.notes[-1]


def test_numbers_stand_with_all_answers_where_there_are_any(report) -> None:
    """In a study without numbers there is neither a table nor a number for one."""
    (shown,) = (p for p in annex.answers(report) if isinstance(p, Table) and p.anchor == "numbers")
    none = small_report()

    assert table_numbers(report).rows == shown.rows
    assert shown.title.startswith("Table 41. ")
    assert not [p for p in annex.answers(none) if isinstance(p, Table) and p.anchor == "numbers"]
    assert "numbers" not in references(none)


def test_a_weighted_study_says_which_numbers_are_weighted(report) -> None:
    """Only then."""
    roles = report.study.roles.model_copy(update={"weight": "weight"})
    weighted = replace(report, study=report.study.model_copy(update={"roles": roles}))
    note = "Quartiles, median and mean are weighted, numbers of answers are not."

    assert note in table_numbers(weighted).notes
    assert note not in table_numbers(report).notes


def test_codes_that_are_left_out_are_named(report) -> None:
    """Codes that are words cannot be a number, so they are not."""
    missing = Missing(dont_know=("-1", "dk"), refused=("99",))
    study = report.study.model_copy(update={"missing": missing})
    notes = table_numbers(replace(report, study=study)).notes

    assert any(note.startswith("Not counted as answers: −1 and 99, which") for note in notes)
    assert not any("Not counted" in note for note in table_numbers(report).notes)


def test_the_table_is_there_in_azerbaijani(report) -> None:
    """With the numbers as that language writes them."""
    named = {"name": {"az": "Qrup"}}
    groups = {key: group.model_copy(update=named) for key, group in report.study.groups.items()}
    asked = [replace(q, labels={"az": q.labels["en"]}) for q in report.questionnaire]
    translated = replace(
        report,
        text=Messages("az"),
        study=report.study.model_copy(update={"groups": groups}),
        questionnaire=replace(report.questionnaire, questions=tuple(asked)),
    )
    table = table_numbers(translated)

    assert ("Cavabların sayı", "Aşağı kvartil", "Median") == table.head[2:5]
    assert ("Hamısı", "48", "1.300") == (*table.rows[0][1:3], table.rows[0][-1])
