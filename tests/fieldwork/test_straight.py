"""Long runs of one answer: the index against a second way to compute it, and its limits."""

import re
from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from field_study import QUESTIONNAIRE, SCALE, STUDY

from umid_research.fieldwork.monitor.straight import longest_runs, scales, straight_lining
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire


@pytest.fixture
def described(tmp_path):
    """Study and questionnaire of the field study, with a part replaced."""

    def describe(questionnaire: str = QUESTIONNAIRE):
        (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
        (tmp_path / "questionnaire.md").write_text(questionnaire, encoding="utf-8")
        study = read_study(tmp_path)
        return study, read_questionnaire(tmp_path, study)

    return describe


def _frame(*rows: str) -> pd.DataFrame:
    """One letter per answer; a dot is a missing answer."""
    cells = [[None if letter == "." else letter for letter in row] for row in rows]
    return pd.DataFrame(cells, columns=SCALE[: len(rows[0])], dtype="str")


@pytest.mark.parametrize(
    ("row", "longest", "given"),
    [
        ("42443542", 2, 8),
        ("42444444", 6, 8),
        ("11111111", 8, 8),
        ("12121212", 1, 8),
        ("11.11.12", 5, 6),
        ("........", 0, 0),
        (".......3", 1, 1),
    ],
)
def test_a_run_is_counted_by_hand(row, longest, given) -> None:
    """A missing answer neither counts nor ends a run."""
    found = longest_runs(_frame(row))

    assert ([longest], [given]) == ([*found[0]], [*found[1]])


def test_runs_are_those_of_two_other_ways_to_count_them() -> None:
    """Second sources: a regular expression with a back-reference, and itertools.groupby."""
    random = np.random.default_rng(3)
    rows = ["".join(random.choice([*"123."], 20, p=[0.5, 0.2, 0.2, 0.1])) for _ in range(500)]

    found, given = longest_runs(_frame(*rows))

    answered = [row.replace(".", "") for row in rows]
    by_expression = [
        max((len(run[0]) for run in re.finditer(r"(.)\1*", row)), default=0) for row in answered
    ]
    by_groups = [max((len([*run]) for _, run in groupby(row)), default=0) for row in answered]
    assert by_expression == [*found]
    assert by_groups == [*found]
    assert [len(row) for row in answered] == [*given]
    assert len({*found}) > 5


@pytest.mark.parametrize(
    ("row", "flagged"),
    [
        ("44444412351235123512", False),  # a run of 6 of 20
        ("44444444412351235123", False),  # 9 of 20
        ("44444444441235123512", True),  # 10 of 20
        ("444444123512........", True),  # 6 of 12
        ("4444441235123.......", False),  # 6 of 13
        ("44444...............", False),  # 5 of 5: too short to be a run
        ("444444..............", True),  # 6 of 6
        ("ddddddddddddddddddd4", False),  # "don't know" has a check of its own
        ("44444d44444444444441", True),  # it does not end a run
    ],
)
def test_a_run_is_long_from_half_of_the_answers_and_from_six_on(described, row, flagged) -> None:
    """As Curran (2016) has it, and with a minimum; no question is reversed."""
    study, questionnaire = described()
    assert not any(question.reverse for question in questionnaire)
    answers = _frame(row).replace("d", "dk")

    assert [flagged] == [*straight_lining(answers, questionnaire, study)]


def test_a_scale_is_the_questions_that_share_their_choices(described) -> None:
    """Whatever stands between them; two choices are no scale, nor are five questions."""
    study, questionnaire = described()
    columns = [*questionnaire.names]
    assert [SCALE] == scales(questionnaire, study, columns)
    assert [] == scales(questionnaire, study, columns[: columns.index("q6")])
    assert [SCALE[:6]] == scales(questionnaire, study, columns[: columns.index("q7")])

    two = re.sub(r"\| \| five \| [345] .*\n", "", QUESTIONNAIRE)
    study, questionnaire = described(two)
    assert [] == scales(questionnaire, study, columns)
    assert straight_lining(_frame("1" * 20), questionnaire, study) is None
