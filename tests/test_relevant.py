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
