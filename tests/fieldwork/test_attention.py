"""Whom to call: the limits of the rule, each from both sides."""

import datetime

import pandas as pd
import pytest
from field_study import STUDY, write_field_study

from umid_research.fieldwork.monitor.attention import calls, progress
from umid_research.fieldwork.monitor.state import State
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire


@pytest.fixture
def state(tmp_path):
    """Make a state of accepted submissions: interviewer -> (submissions, cases, new cases)."""
    folder = write_field_study(tmp_path, study=STUDY)
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)

    def make(check: str, **interviewers: tuple[int, int, int]) -> State:
        rows = [
            {
                "respondent": f"{name}-{number}",
                "rule": "",
                "interviewer": name,
                check: number < cases,
                "new": number < new,
                "group": "people",
                "unit": f"{name}-{number}",
                "asked": 10,
                "missing": 0,
                "dont_know": 0,
            }
            for name, (size, cases, new) in interviewers.items()
            for number in range(size)
        ]
        return State(
            day=datetime.date(2022, 3, 12),
            study=study,
            questionnaire=questionnaire,
            submissions=pd.DataFrame(rows),
            back_checks=None,
            not_made={},
            since=None,
            gone=0,
        )

    return make


@pytest.mark.parametrize(
    ("own", "others", "called"),
    [
        ((20, 3, 1), (80, 0, 0), True),  # three cases, 15 %
        ((20, 2, 2), (80, 0, 0), False),  # two cases
        ((30, 3, 1), (80, 0, 0), True),  # 10 %
        ((31, 3, 1), (80, 0, 0), False),  # less than 10 %
        ((20, 4, 1), (80, 8, 0), True),  # 20 % against 10 %
        ((20, 4, 1), (79, 8, 0), False),  # against 10.1 %
        ((20, 4, 0), (80, 0, 0), False),  # none is new
    ],
)
def test_a_call_needs_cases_a_share_and_something_new(state, own, others, called) -> None:
    """At least three, one of them new; 10 %, and twice the share of the others."""
    found = calls(state("speeding", a=own, b=others))

    assert [("a", *own[1::-1], *others[1::-1])] * called == [
        (call.interviewer, call.cases, call.of, call.other_cases, call.other_of) for call in found
    ]


def test_one_copied_interview_is_enough(state) -> None:
    """It may have been invented."""
    assert ["a"] == [
        call.interviewer for call in calls(state("repeated", a=(9, 1, 1), b=(9, 0, 0)))
    ]
    assert [] == calls(state("repeated", a=(11, 1, 1), b=(9, 0, 0)))


def test_who_works_alone_is_compared_with_nobody(state) -> None:
    """Then 10 % is the limit."""
    (call,) = calls(state("speeding", a=(20, 3, 1)))

    assert 0 == call.other_of


def test_shares_of_answers_are_counted_in_answers(state) -> None:
    """By hand: 6 of 30 answers are 20 %, against 9 of 90, which is 10 %."""
    made = state("speeding", a=(3, 0, 1), b=(9, 0, 0))
    made.submissions["dont_know"] = [2] * 3 + [1] * 9

    (call,) = calls(made)

    assert ("a", "dont_know", 6, 30, 9, 90) == tuple(vars(call).values())
    made.submissions["dont_know"] = [2, 2, 1] + [1] * 9
    assert [] == calls(made)
    few = state("speeding", a=(2, 0, 1), b=(9, 0, 0))
    few.submissions["dont_know"] = [2] * 2 + [0] * 9
    assert [] == calls(few)


@pytest.mark.parametrize(
    ("day", "units", "behind"),
    [
        ((2022, 3, 16), 30, False),  # 15 days gone, 15 left: 2 a day needed, 2 so far
        ((2022, 3, 16), 29, True),
        ((2022, 3, 31), 59, True),  # no day left
        ((2022, 3, 31), 60, False),
        ((2022, 2, 1), 0, False),  # not begun
    ],
)
def test_a_group_is_behind_if_it_needs_more_a_day_than_it_has_had(
    state, day, units, behind
) -> None:
    """Of a quota of 60 in 30 days, from 2 to 31 March."""
    made = state("speeding", a=(units or 1, 0, 0))
    made = State(**{**vars(made), "day": datetime.date(*day)})
    if not units:
        made.submissions["rule"] = "test"

    (people, *_) = progress(made)

    assert (units, 60 - units, behind) == (people.units, people.left, people.is_behind)
