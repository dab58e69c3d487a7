"""Conditions of the form: what they mean, and what is not understood."""

import pandas as pd
import pytest

from umid_research.errors import QuestionnaireError
from umid_research.relevant import holds, references

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
def test_a_condition_means_what_the_device_makes_of_it(expression, expected) -> None:
    """`and` binds before `or`; an empty answer fails every numeric comparison."""
    assert expected == holds(expression, ANSWERS).tolist()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (". >= 18 and . < 100", [False, True, False]),
        (".='18' or ${kind} = 'p'", [True, True, False]),
        ("selected(., '17')", [True, False, False]),
        ("count-selected(.) = 1", [True, True, False]),
        ("not(. > ${age})", [True, True, True]),
    ],
)
def test_a_dot_is_the_answer_itself(expression, expected) -> None:
    """In a constraint."""
    assert expected == holds(expression, ANSWERS, itself=ANSWERS["age"]).tolist()


def test_a_dot_outside_of_a_constraint_is_refused() -> None:
    """Whether a question is asked cannot hang on its own answer."""
    with pytest.raises(QuestionnaireError, match=r"condition '\. > 1' refers to `\.`"):
        holds(". > 1", ANSWERS)


def test_references_name_each_question_once() -> None:
    """In order of appearance."""
    assert ("age", "kind") == references("${age} > 1 and (${kind} = 'p' or ${age} < 9)")


@pytest.mark.parametrize(
    "expression", ["position(..) > 1", "${kind} == 'p'", "${kind}", "${age} + 1 > 2", ""]
)
def test_a_condition_that_is_not_understood_is_refused_by_name(expression) -> None:
    """Guessing would turn not asked into missing."""
    with pytest.raises(QuestionnaireError) as refusal:
        holds(expression, ANSWERS)

    assert f"the condition {expression!r} is not understood" in str(refusal.value)


def test_a_condition_on_an_unknown_question_is_refused() -> None:
    """The known questions are named."""
    with pytest.raises(QuestionnaireError, match=r"found 'kin'; possible: kind, age, channels"):
        holds("${kin} = 'p'", ANSWERS)
