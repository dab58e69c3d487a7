"""Conditions of the form: their meaning, and unsupported expressions."""

import pandas as pd
import pytest

from umid_research.errors import QuestionnaireError
from umid_research.study.conditions import evaluate, referenced_questions

ANSWERS = pd.DataFrame(
    {"kind": ["p", "o", ""], "age": ["17", "18", ""], "channels": ["tv web", "webcam", ""]}
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${kind} = 'p'", [True, False, False]),
        ('${kind} != "p"', [False, True, True]),
        ("${kind} = ''", [False, False, True]),
        ("selected(${channels}, 'web')", [True, False, False]),
        ("not(selected(${channels}, 'web'))", [False, True, True]),
        ("count-selected(${channels}) >= 2", [True, False, False]),
        ("${age} >= 18", [False, True, False]),
        ("${age} < 18.5", [True, True, False]),
        ("'18' <= ${age}", [False, True, False]),
        ("${age} = 18", [False, True, False]),
        ("${kind} = 'p' or ${kind} = 'o' and ${age} > 90", [True, False, False]),
        ("(${kind} = 'p' or ${kind} = 'o') and ${age} < 90", [True, True, False]),
        ("${kind}='p'or ${age}>17", [True, True, False]),
        ("true() and not(false())", [True, True, True]),
    ],
)
def test_a_condition_is_evaluated_as_on_the_device(expression, expected) -> None:
    """`and` binds before `or`; an empty answer fails every numeric comparison except `!=`."""
    assert expected == evaluate(expression, ANSWERS).tolist()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (". >= 18 and . < 100", [False, True, False]),
        (".='18' or ${kind} = 'p'", [True, True, False]),
        ("selected(., '17')", [True, False, False]),
        ("count-selected(.) = 1", [True, True, False]),
        ("not(. > ${age})", [True, True, True]),
        ("regex(., '[0-9]')", [False, False, False]),
        ("regex(., '[0-9]{2}') and . != '17'", [False, True, False]),
        ("string-length(.) = 2", [True, True, False]),
    ],
)
def test_a_dot_is_the_answer_itself(expression, expected) -> None:
    """This holds in a constraint."""
    assert expected == evaluate(expression, ANSWERS, itself=ANSWERS["age"]).tolist()


def test_a_dot_outside_of_a_constraint_is_refused() -> None:
    """Whether a question is asked cannot depend on its own answer."""
    with pytest.raises(QuestionnaireError, match=r"condition '\. > 1' refers to `\.`"):
        evaluate(". > 1", ANSWERS)


def test_a_pattern_must_match_the_whole_answer() -> None:
    """Digits are 0 to 9, as on the device."""
    answers = pd.Series(["0501234567", "050123456", "x0501234567", "٠٥٠١٢٣٤٥٦٧"])
    table = pd.DataFrame(index=answers.index)

    assert [True, False, False, False] == evaluate(
        r"regex(., '\d{10}')", table, itself=answers
    ).tolist()


def test_an_invalid_pattern_is_refused() -> None:
    """Other parts of the condition make no difference."""
    with pytest.raises(QuestionnaireError, match=r"has an invalid regular .*unterminated"):
        referenced_questions("regex(., '[0-9') or . = 'none'")


def test_references_name_each_question_once() -> None:
    """They are in order of appearance."""
    assert ("age", "kind") == referenced_questions("${age} > 1 and (${kind} = 'p' or ${age} < 9)")


@pytest.mark.parametrize(
    "expression", ["position(..) > 1", "${kind} == 'p'", "${kind}", "${age} + 1 > 2", ""]
)
def test_an_unsupported_condition_is_refused(expression) -> None:
    """A guess could turn not asked into missing."""
    with pytest.raises(QuestionnaireError) as refusal:
        evaluate(expression, ANSWERS)

    assert f"the condition {expression!r} is not understood" in str(refusal.value)


def test_a_condition_on_an_unknown_question_is_refused() -> None:
    """The error lists the known questions."""
    with pytest.raises(QuestionnaireError, match=r"found 'kin'; possible: kind, age, channels"):
        evaluate("${kin} = 'p'", ANSWERS)
