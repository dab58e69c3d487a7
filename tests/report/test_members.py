"""The table of what was asked of each member: who sees it, and what it says."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from small_report import small_report

from umid_research.messages import Messages
from umid_research.output.sheets.keys import with_keys
from umid_research.report import annex
from umid_research.report.members.table import table_members
from umid_research.report.table import Table
from umid_research.report.topics import references
from umid_research.study.questionnaire import Choice, Question, Repeat


def _question(name: str, kind: str, label: dict[str, str]) -> Question:
    choices = tuple(
        Choice(code, MappingProxyType({"en": text}), None)
        for code, text in {"yes": "Yes", "no": "No"}.items()
    )
    return Question(name, kind, MappingProxyType(label), choices, (), None, None, False)


@pytest.fixture
def report():
    """An answer with its interval, one too imprecise, one withheld, one that nobody gave."""
    rows = [
        {"question": "works", "answer": "yes", "percent": 46, "low": 38, "high": 54},
        {"question": "works", "answer": "no"},
        {"question": "moved", "answer": "yes", "percent": 0},
        {"question": "moved", "answer": "no", "shown": False},
    ]
    made = small_report(members=[{"respondents": 57, **row} for row in rows])
    questions = (
        _question("works", "select_one", {"en": "Does this person work?"}),
        _question("moved", "select_one", {"ru": "Moved?"}),
    )
    members = replace(made.questionnaire, questions=questions)
    people = Repeat("people", MappingProxyType({"en": "Household members"}), (), members)
    return replace(made, questionnaire=replace(made.questionnaire, repeats=(people,)))


def test_each_answer_has_its_percentage_and_the_number_of_submissions(report) -> None:
    """A question without a label in the report's language stands in another one."""
    table = table_members(report)

    heads = ("Question", "Answer", "Percent of members", "Submissions with such members")
    assert heads == table.head
    assert (
        ("Does this person work?", "Yes", "46 % (38 to 54)", "57"),
        ("Does this person work?", "No", "–", "57"),
        ("Moved?", "Yes", "0", "57"),
        ("Moved?", "No", "×", "×"),
    ) == table.rows
    notes = " ".join(table.notes)
    assert "members of one submission are not independent" in notes
    assert "the interval is too wide" in notes
    assert "× " in table.notes[-1]


def test_questions_and_answers_have_their_machine_names_in_the_files(report) -> None:
    """So that tables in two languages can be joined."""
    marked = table_members(with_keys(report))

    assert "question:works" in marked.rows[0][0]
    assert "answer:yes" in marked.rows[0][1]


def test_members_stand_with_all_answers_where_there_are_any(report) -> None:
    """In a study without repeated groups there is neither a table nor a number for one."""
    (shown,) = (p for p in annex.answers(report) if isinstance(p, Table) and p.anchor == "members")
    none = small_report()

    assert shown.title.startswith("Table 42")
    assert not [p for p in annex.answers(none) if isinstance(p, Table) and p.anchor == "members"]
    assert "members" not in references(none)


def test_the_table_speaks_azerbaijani(report) -> None:
    """Its caption, heads and notes."""
    table = table_members(replace(report, text=Messages("az")))

    assert "Təkrar qrupun hər üzvü" in table.title
    assert "Belə üzvləri olan anketlər" == table.head[3]
    assert "46 % (38–54)" == table.rows[0][2]
