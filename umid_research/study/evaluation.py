"""Compute parsed XLSForm conditions for all respondents at once."""

import operator
import re
from collections.abc import Callable
from functools import reduce

import numpy as np
import pandas as pd
from lark import Token, Transformer, v_args
from lark.exceptions import VisitError

from umid_research.errors import QuestionnaireError
from umid_research.study.conditions import TODAY, is_about_itself, parse
from umid_research.study.xpath_values import (
    as_booleans,
    as_numbers,
    as_texts,
    call,
    is_number,
    is_truth,
)

_COMPARISONS: dict[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": operator.truediv,
    # As on the device, the remainder has the sign of the dividend.
    "mod": lambda left, right: pd.Series(np.fmod(left, right), index=left.index),
}


def evaluate(
    expression: str, answers: pd.DataFrame, *, itself: pd.Series | None = None
) -> pd.Series:
    """Return for each respondent whether the condition holds.

    A blank answer behaves as on the device: it equals the empty text, has no selected choice, and
    fails every numeric comparison except `!=`. A date counts as its number of days.

    Parameters
    ----------
    answers : one text column per question and one row per respondent, "" for no answer; a column
        `today()` with the day of the interview (2022-03-02), if the condition depends on it.
    itself : the answers that `.` stands for; needed if the expression refers to `.`.

    Raises
    ------
    QuestionnaireError
        If the expression is not supported or refers to an unknown question; names it.
    """
    if itself is None and is_about_itself(expression):
        raise QuestionnaireError(
            f"the condition {expression!r} refers to `.`, which only a constraint may do"
        )
    try:
        return _Evaluation(answers, itself).transform(parse(expression))
    except VisitError as error:
        if isinstance(error.orig_exc, QuestionnaireError):
            raise error.orig_exc from None
        raise


@v_args(inline=True)
class _Evaluation(Transformer):
    """Compute the value of a parsed condition: truth values, numbers or texts per respondent."""

    def __init__(self, answers: pd.DataFrame, itself: pd.Series | None) -> None:
        super().__init__()
        self._answers = answers
        self._itself = itself

    def condition(self, value: pd.Series) -> pd.Series:
        return as_booleans(value)

    def answer(self, name: Token) -> pd.Series:
        if name not in self._answers:
            raise QuestionnaireError(
                "a condition refers to an unknown question",
                found=str(name),
                possible=self._answers.columns,
            )
        return self._answers[str(name)]

    def itself(self) -> pd.Series | None:
        return self._itself

    def text(self, token: Token) -> pd.Series:
        return self._constant(str(token)[1:-1])

    def number(self, token: Token) -> pd.Series:
        return self._constant(float(token))

    def true(self) -> pd.Series:
        return self._constant(True)

    def false(self) -> pd.Series:
        return self._constant(False)

    def any(self, *tests: pd.Series) -> pd.Series:
        return reduce(operator.or_, map(as_booleans, tests))

    def all(self, *tests: pd.Series) -> pd.Series:
        return reduce(operator.and_, map(as_booleans, tests))

    def negation(self, test: pd.Series) -> pd.Series:
        return ~as_booleans(test)

    def negative(self, value: pd.Series) -> pd.Series:
        return -as_numbers(value)

    def arithmetic(self, left: pd.Series, sign: Token, right: pd.Series) -> pd.Series:
        with np.errstate(all="ignore"):
            return _ARITHMETIC[str(sign)](as_numbers(left), as_numbers(right))

    def selected(self, answer: pd.Series, code: pd.Series) -> pd.Series:
        pairs = zip(as_texts(answer), as_texts(code), strict=True)
        return self._new([f" {wanted} " in f" {text} " for text, wanted in pairs], bool)

    def matches(self, answer: pd.Series, pattern: pd.Series) -> pd.Series:
        # As on the device: the whole answer must match, and \d means the digits 0 to 9.
        found = re.compile(pattern.iloc[0] if len(pattern) else "", re.ASCII)
        return self._new([found.fullmatch(text) is not None for text in as_texts(answer)], bool)

    def length(self, answer: pd.Series) -> pd.Series:
        return self._new([len(text) for text in as_texts(answer)], float)

    def count_selected(self, answer: pd.Series) -> pd.Series:
        return self._new([len(text.split()) for text in as_texts(answer)], float)

    def comparison(self, left: pd.Series, sign: Token, right: pd.Series) -> pd.Series:
        # As in XPath, `<` and the like compare numbers, and so do `=` and `!=` if one side is a
        # number. Other text becomes NaN, which fails every comparison except `!=`.
        sides = [left, right]
        if sign in ("=", "!=") and any(map(is_truth, sides)):
            sides = list(map(as_booleans, sides))
        elif sign not in ("=", "!=") or any(map(is_number, sides)):
            sides = list(map(as_numbers, sides))
        else:
            sides = list(map(as_texts, sides))
        return _COMPARISONS[str(sign)](*sides)

    def call(self, name: Token, *values: pd.Series) -> pd.Series:
        if name in ("today", "now"):
            return self._answers.get(TODAY, self._constant(""))
        return call(str(name), values)

    def _constant(self, value: str | float | bool) -> pd.Series:
        return pd.Series(value, index=self._answers.index)

    def _new(self, values: list[bool] | list[int], kind: type) -> pd.Series:
        return pd.Series(values, index=self._answers.index, dtype=kind)
