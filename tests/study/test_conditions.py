"""Conditions of the form: their meaning, and unsupported expressions."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from umid_research.errors import QuestionnaireError
from umid_research.study.conditions import referenced_questions, referenced_values
from umid_research.study.evaluation import evaluate

CONDITIONS = Path(__file__).parents[1] / "data" / "conditions.tsv"
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
        # Arithmetic, with the precedence of XPath; blanks are no number.
        ("${age} + 1 > 18", [False, True, False]),
        ("${age} - 1 * 2 = 16", [False, True, False]),
        ("(${age} - 1) * 2 = 34", [False, True, False]),
        ("${age} div 4 = 4.5", [False, True, False]),
        ("${age} mod 2 = 0", [False, True, False]),
        ("-${age} = -17", [True, False, False]),
        ("${age}-1=16", [True, False, False]),
        ("int(${age} div 10) = 1", [True, True, False]),
        ("round(${age} div 4, 1) = 4.3", [True, False, False]),
        ("max(${age}, 18) = 18", [True, True, False]),
        # Choices between values.
        ("if(${kind} = 'p', 1, 0) = 1", [True, False, False]),
        ("if(${kind} = 'p', 'young', ${age}) = '18'", [False, True, False]),
        ("coalesce(${kind}, 'none') = 'none'", [False, False, True]),
        ("coalesce(${age}, 18) >= 18", [False, True, True]),
        # Texts.
        ("string-length(${kind}) > 0", [True, True, False]),
        ("contains(${channels}, 'cam')", [False, True, False]),
        ("starts-with(${channels}, 'tv')", [True, False, False]),
        ("concat(${kind}, '-', ${age}) = 'o-18'", [False, True, False]),
        ("substr(${channels}, 0, 2) = 'tv'", [True, False, False]),
        ("selected-at(${channels}, 1) = 'web'", [True, False, False]),
        ("regex(${age}, '1[0-7]')", [True, False, False]),
        ("selected(${age}, 17)", [True, False, False]),
        # A path, curly quotes, a value as a truth.
        ("../kind = 'p'", [True, False, False]),
        ("current()/../../asked/kind = ‘o’", [False, True, False]),
        ("/data/asked/kind = “o”", [False, True, False]),
        ("${kind} = '../kind'", [False, False, False]),
        ("boolean(${age} - 17)", [False, True, False]),
        ("--${age} = 17", [True, False, False]),
        ("- -1 = 1", [True, True, True]),
        ("count-selected(${channels})", [True, True, False]),
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
    "expression",
    [
        *("position(..) > 1", "${kind} == 'p'", "", "${age} +", "kind = 'p'", "1 2"),
        *("pulldata('f', 'a', 'b', ${kind}) = 'x'", "if(${kind}, 1)", "not()", "a(" * 999),
        *(
            "regex(${kind}, ${age})",
            "${kind} = 'p",
            "${kind} or",
            "${kind}",
            "not(${kind})",
            "(" * 9999,
        ),
        f"{'not(' * 5000}${{kind}}{')' * 5000}",
    ],
)
def test_an_unsupported_condition_is_refused(expression) -> None:
    """A guess could turn not asked into missing."""
    with pytest.raises(QuestionnaireError) as refusal:
        evaluate(expression, ANSWERS)

    assert f"the condition {expression!r} is not understood" in refusal.value.problem


def test_random_conditions_hold_as_in_another_engine() -> None:
    """rxeval 0.1.1 (PyPI), an engine in Rust that was checked against those of the devices.

    `conditions.tsv` has random conditions and whether they hold for the four rows here, by
    `rxeval.eval_expression("boolean(…)", submission)`. Dates are not in it: without a form, that
    engine does not know which answers are dates.
    """
    answers = pd.DataFrame(
        {
            "a": ["17", "", "0", "18"],
            "b": ["3.5", "-2", "", "18"],
            "c": ["tv web", "web", "", "tv"],
            "t": ["hello", "", "17", "tv"],
        }
    )
    conditions = pd.read_csv(CONDITIONS, sep="\t", dtype=str, quoting=csv.QUOTE_NONE)
    differing = [
        condition
        for condition, holds in conditions.itertuples(index=False)
        if evaluate(condition, answers).tolist() != [mark == "1" for mark in holds]
    ]

    assert len(conditions) > 2000
    assert [] == differing


DAYS = pd.DataFrame(
    {
        "born": ["1990-05-01", "2022-03-02", "2022-03-03", "", "soon"],
        "today()": ["2022-03-02", "2022-03-02", "2022-03-02", "2022-03-02", "2022-03-02"],
    }
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (". <= today()", [True, True, False, False, False]),
        (". < '2022-03-02'", [True, False, False, False, False]),
        (". <= date('2022-03-02') and . > '1990-04-30'", [True, True, False, False, False]),
        ("today() - . > 365", [True, False, False, False, False]),
        ("int((today() - .) div 365.25) >= 31", [True, False, False, False, False]),
        ("format-date(., '%Y') = '1990'", [True, False, False, False, False]),
        (". = today()", [False, True, False, False, False]),
        ("decimal-date-time(.) >= 19053", [False, True, True, False, False]),
    ],
)
def test_dates_are_compared_as_days(expression, expected) -> None:
    """19053 is 2 March 2022 in days since 1970; a text that is no date is before and after none."""
    assert expected == evaluate(expression, DAYS, itself=DAYS["born"]).tolist()


def test_a_condition_names_the_day_it_depends_on() -> None:
    """Without the day of an interview, nobody can say whether it holds."""
    assert ("born", "today()") == referenced_values("${born} < today() and ${born} != ''")
    assert ("born",) == referenced_questions("${born} < today()")
    assert [False] == evaluate("today() > 0", pd.DataFrame(index=[0])).tolist()


def test_a_condition_on_an_unknown_question_is_refused() -> None:
    """The error lists the known questions."""
    with pytest.raises(QuestionnaireError, match=r"found 'kin'; possible: kind, age, channels"):
        evaluate("${kin} = 'p'", ANSWERS)
