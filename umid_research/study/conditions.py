"""Evaluate XLSForm conditions for all respondents at once.

A relevance condition such as `selected(${channels}, 'tv') and ${age} >= 18` decides whether a
question was asked. A constraint such as `. >= 18 and . < 100`, where `.` is the answer itself,
decides whether an answer is allowed. The grammar below is the supported part of the XLSForm
language. Anything else is an error that names the expression: a guess could turn "not asked" into
"missing" in every denominator.
"""

import operator
import re
from collections.abc import Callable
from functools import lru_cache, reduce

import pandas as pd
from lark import Lark, Token, Transformer, Tree, v_args
from lark.exceptions import UnexpectedInput, VisitError

from umid_research.errors import QuestionnaireError

_GRAMMAR = r"""
    ?start: any
    ?any: all (_OR all)*
    ?all: test (_AND test)*
    ?test: "not" "(" any ")"                      -> negation
         | "selected" "(" answer "," STRING ")"   -> selected
         | "regex" "(" itself "," STRING ")"      -> matches
         | "true" "(" ")"                         -> true
         | "false" "(" ")"                        -> false
         | value COMPARISON value                 -> comparison
         | "(" any ")"
    ?value: answer
          | STRING                                -> text
          | NUMBER                                -> number
          | "count-selected" "(" answer ")"       -> count_selected
          | "string-length" "(" itself ")"        -> length
    ?answer: "${" NAME "}"                        -> answer
           | itself
    itself: "."
    _OR: /\bor\b/
    _AND: /\band\b/
    COMPARISON: "!=" | "<=" | ">=" | "=" | "<" | ">"
    NAME: /[^\s}]+/
    STRING: /"[^"]*"|'[^']*'/
    NUMBER: /-?\d+(\.\d+)?/
    %import common.WS
    %ignore WS
"""
_COMPARISONS: dict[str, Callable[[pd.Series, pd.Series], pd.Series]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FUNCTIONS = ("selected()", "count-selected()", "regex()", "string-length()", "not()")


def is_about_itself(expression: str) -> bool:
    """Return whether the condition refers to `.`, the answer to its own question."""
    return any(parse(expression).find_data("itself"))


def referenced_questions(expression: str) -> tuple[str, ...]:
    """Return the questions a condition refers to, each once, in order of appearance."""
    nodes = parse(expression).iter_subtrees_topdown()
    names = (str(node.children[0]) for node in nodes if node.data == "answer")
    return tuple(dict.fromkeys(names))


def evaluate(
    expression: str, answers: pd.DataFrame, *, itself: pd.Series | None = None
) -> pd.Series:
    """Return for each respondent whether the condition holds.

    A blank answer behaves as on the device: it equals the empty text, has no selected choice, and
    fails every numeric comparison except `!=`.

    Parameters
    ----------
    answers : one text column per question and one row per respondent, "" for no answer.
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


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")


@lru_cache(maxsize=1024)
def parse(expression: str) -> Tree:
    """Return the condition as a syntax tree; raise QuestionnaireError if it is not supported."""
    try:
        tree = _parser().parse(expression)
    except UnexpectedInput as error:
        raise QuestionnaireError(
            f"the condition {expression!r} is not understood at position {error.pos_in_stream}",
            possible=[*_FUNCTIONS, "and", "or", *_COMPARISONS],
        ) from error
    for match in tree.find_data("matches"):
        _check_pattern(str(match.children[1])[1:-1], expression)
    return Tree("condition", [tree])


def _check_pattern(pattern: str, expression: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise QuestionnaireError(
            f"the condition {expression!r} has an invalid regular expression: {error}"
        ) from error


def _unquoted(literal: Token) -> str:
    return str(literal[1:-1])


@v_args(inline=True)
class _Evaluation(Transformer):
    """Compute the value of a parsed condition: booleans for tests, text or numbers for values."""

    def __init__(self, answers: pd.DataFrame, itself: pd.Series | None) -> None:
        super().__init__()
        self._answers = answers
        self._itself = itself

    def condition(self, test: pd.Series) -> pd.Series:
        return test

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

    def text(self, literal: Token) -> pd.Series:
        return self._constant(_unquoted(literal))

    def number(self, literal: Token) -> pd.Series:
        return self._constant(float(literal))

    def true(self) -> pd.Series:
        return self._constant(True)

    def false(self) -> pd.Series:
        return self._constant(False)

    def any(self, *tests: pd.Series) -> pd.Series:
        return reduce(operator.or_, tests)

    def all(self, *tests: pd.Series) -> pd.Series:
        return reduce(operator.and_, tests)

    def negation(self, test: pd.Series) -> pd.Series:
        return ~test

    def selected(self, answer: pd.Series, literal: Token) -> pd.Series:
        return (" " + answer + " ").str.contains(f" {_unquoted(literal)} ", regex=False)

    def matches(self, answer: pd.Series, literal: Token) -> pd.Series:
        # As on the device: the whole answer must match, and \d means the digits 0 to 9.
        pattern = re.compile(_unquoted(literal), re.ASCII)
        return answer.map(lambda text: pattern.fullmatch(text) is not None).astype(bool)

    def length(self, answer: pd.Series) -> pd.Series:
        return answer.str.len().astype(float)

    def count_selected(self, answer: pd.Series) -> pd.Series:
        return answer.str.split().str.len().astype(float)

    def comparison(self, left: pd.Series, sign: Token, right: pd.Series) -> pd.Series:
        # As in XPath, `<` and the like compare numbers, and so do `=` and `!=` if one side is a
        # number. Other text becomes NaN, which fails every comparison except `!=`.
        sides = [left, right]
        if sign not in ("=", "!=") or any(pd.api.types.is_float_dtype(side) for side in sides):
            sides = [pd.to_numeric(side, errors="coerce") for side in sides]
        return _COMPARISONS[str(sign)](*sides)

    def _constant(self, value: str | float | bool) -> pd.Series:
        return pd.Series(value, index=self._answers.index)
