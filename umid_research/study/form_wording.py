"""Put conditions and labels into words, so that people can follow them without a device."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import pandas as pd
from lark import Token, Tree

from umid_research.messages import Messages
from umid_research.study.conditions import literal, parse
from umid_research.study.evaluation import evaluate
from umid_research.study.form_outline import Outline, Texts
from umid_research.study.questionnaire import Question

CATALOGUE = "forms"
_Style = Literal["standard", "or"]
_FORMS = ("plain", "to", "in", "of")  # nominative, dative, locative, genitive
REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_NUMERIC = {
    "=": "equal",
    "!=": "unequal",
    ">": "more",
    ">=": "at_least",
    "<": "less",
    "<=": "at_most",
}
_FUNCTIONS = {"matches": "regex", "length": "string-length", "count_selected": "count-selected"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"is": "is_not", "is_not": "is", "has": "has_not", "has_not": "has"}


@dataclass(frozen=True)
class _Answer:
    """A statement about one answer: the question "is", "is_not", "has" or "has_not" this choice."""

    name: str
    verb: str
    code: str


class Wording:
    """The texts of a form in one language: labels, and phrases from the catalogue.

    With `by="text"`, sentences refer to questions by their texts, for forms that show no numbers.
    """

    def __init__(
        self, outline: Outline, language: str, *, by: Literal["number", "text"] = "number"
    ) -> None:
        self.language = language
        self.words = Messages(language, catalogue=CATALOGUE)
        self._by = by
        self._questions = {question.name: question for question in outline.questionnaire}
        self._numbers = outline.numbers

    def text(self, texts: Texts) -> str:
        """Return the text in this language, with `${question}` replaced by words, or ""."""
        return REFERENCE.sub(
            lambda match: self.words("reference", **self.named(match.group(1))),
            " ".join(texts.get(self.language, "").split()),
        )

    def number(self, name: str) -> str:
        """Return the number of a question, or the name of a field that is not asked."""
        return str(self._numbers.get(name, name))

    def named(self, name: str) -> dict[str, str]:
        """Return the reference to a question in each grammatical case that a sentence may need."""
        shown = self.number(name)
        if self._by == "text" and name in self._questions:
            shown = " ".join(self._questions[name].labels[self.language].split())
        return {form: self.words(f"question.{self._by}.{form}", name=shown) for form in _FORMS}

    def condition(self, expressions: Iterable[str]) -> str:
        """Return a clause for conditions that must all hold, "" if there are none."""
        trees = [parse(expression).children[0] for expression in expressions]
        return self._clause(Tree("all", trees), negated=False)[0] if trees else ""

    def _clause(self, tree: Tree, *, negated: bool) -> tuple[str, bool]:
        """Return the clause (or its negation), and whether it joins several statements."""
        if tree.data == "negation":
            return self._clause(tree.children[0], negated=not negated)
        if tree.data in ("any", "all"):
            return self._joined(tree, negated=negated)
        statement = self._statement(tree, negated=negated)
        if isinstance(statement, _Answer):
            return self._answer_clause(statement, [statement.code]), False
        return statement, False

    def _joined(self, tree: Tree, *, negated: bool) -> tuple[str, bool]:
        style: _Style = "or" if (tree.data == "any") != negated else "standard"
        parts = []
        for statement, codes in self._merged(tree.children, style, negated=negated):
            if isinstance(statement, _Answer):
                parts.append((self._answer_clause(statement, codes), False))
            else:
                parts.append(self._clause(statement, negated=negated))
        if len(parts) == 1:
            return parts[0]
        clauses = [f"({words})" if several else words for words, several in parts]
        return self.words.listed(clauses, style=style), True

    def _merged(
        self, trees: Iterable[Tree], style: _Style, *, negated: bool
    ) -> Iterator[tuple[_Answer | Tree, list[str]]]:
        """Merge adjacent statements about one question: "is A or B", "is neither A nor B"."""
        alike = ("is", "has") if style == "or" else ("is_not", "has_not")

        def key(pair: tuple[int, _Answer | Tree]) -> tuple[object, ...]:
            position, statement = pair
            if isinstance(statement, _Answer) and statement.verb in alike:
                return (statement.name, statement.verb)
            return (position,)

        statements = [self._answer(tree, negated=negated) or tree for tree in trees]
        for _, pairs in groupby(enumerate(statements), key):
            group = [statement for _, statement in pairs]
            yield group[0], [s.code for s in group if isinstance(s, _Answer)]

    def _answer(self, tree: Tree, *, negated: bool) -> _Answer | None:
        if tree.data in ("any", "all", "negation"):
            return None
        statement = self._statement(tree, negated=negated)
        return statement if isinstance(statement, _Answer) else None

    def _answer_clause(self, answer: _Answer, codes: list[str]) -> str:
        question = self._questions.get(answer.name)
        labels = (
            {choice.name: dict(choice.labels) for choice in question.choices} if question else {}
        )
        answers = [
            self.words("quote", text=self.text(labels.get(code, {})) or code) for code in codes
        ]
        return self.words(
            f"condition.{answer.verb}",
            **self.named(answer.name),
            answers=self.words.listed(answers, style="or"),
        )

    def _statement(self, tree: Tree, *, negated: bool) -> _Answer | str:
        if tree.data in ("true", "false"):
            return self.words(
                "condition.always" if (tree.data == "true") != negated else "condition.never"
            )
        if tree.data == "selected" and _is_answer(tree.children[0]) and _is_text(tree.children[1]):
            name, code = _name(tree.children[0]), literal(tree.children[1])
            question = self._questions.get(name)
            verb = "has" if question and question.kind == "select_multiple" else "is"
            return _Answer(name, _OPPOSITE[verb] if negated else verb, code)
        if tree.data != "comparison":
            words = self._value(tree)
            return self.words("condition.not", condition=words) if negated else words
        left, sign, right = tree.children
        if right.data == "answer" and left.data in ("text", "number"):
            left, sign, right = right, _MIRRORED.get(str(sign), str(sign)), left
        return self._comparison(left, str(sign), right, negated=negated)

    def _comparison(self, left: Tree, sign: str, right: Tree, *, negated: bool) -> _Answer | str:
        if left.data == "answer" and right.data in ("text", "number"):
            clause = self._answer_comparison(_name(left), sign, right, negated=negated)
            if clause is not None:
                return clause
        if sign in ("=", "!=") and negated:
            sign, negated = ("!=" if sign == "=" else "="), False
        if left.data == "answer" and right.data == "number":
            value = self.words.number(float(literal(right)))
            words = self.words(
                f"condition.{_NUMERIC[sign]}", **self.named(_name(left)), value=value
            )
        else:
            shown = {"!=": "≠", ">=": "≥", "<=": "≤"}.get(sign, sign)
            words = self.words(
                "condition.compared", left=self._value(left), sign=shown, right=self._value(right)
            )
        return self.words("condition.not", condition=words) if negated else words

    def _answer_comparison(
        self, name: str, sign: str, right: Tree, *, negated: bool
    ) -> _Answer | str | None:
        """Return a comparison as a statement about choices or blanks, None if it is not one."""
        value = literal(right)
        question = self._questions.get(name)
        equal = (sign == "=") != negated
        if sign in ("=", "!=") and right.data == "text":
            if not value:
                return self.words(
                    "condition.blank" if equal else "condition.filled", **self.named(name)
                )
            return _Answer(name, "is" if equal else "is_not", value)
        if question is None or question.kind != "select_one":
            return None
        if sign in ("=", "!=") and value in question.choice_names:
            return _Answer(name, "is" if equal else "is_not", value)
        codes = _choices_meeting(question, f"${{{name}}} {sign} {value}")
        if not codes or sign in ("=", "!="):
            return None
        verb = "is_not" if negated else "is"
        return self._answer_clause(_Answer(name, verb, codes[0]), codes)

    def _value(self, tree: Tree) -> str:
        if tree.data == "count_selected" and _is_answer(tree.children[0]):
            return self.words("condition.count", **self.named(_name(tree.children[0])))
        if tree.data == "answer":
            return self.words("condition.answer", **self.named(_name(tree)))
        if tree.data == "number":
            return self.words.number(float(literal(tree)))
        if tree.data == "text":
            return self.words("quote", text=literal(tree))
        return self._formula(tree)

    def _formula(self, tree: Tree) -> str:
        """Return a calculation or a function as the form has it, with questions in words."""
        if tree.data in ("any", "all", "negation", "comparison"):
            return f"({self._clause(tree, negated=False)[0]})"
        parts = [part if isinstance(part, Token) else self._value(part) for part in tree.children]
        if tree.data == "arithmetic":
            nested = [isinstance(p, Tree) and p.data == "arithmetic" for p in tree.children]
            return " ".join(f"({p})" if n else p for p, n in zip(parts, nested, strict=True))
        if tree.data == "negative":
            return f"-{parts[0]}"
        name = parts.pop(0) if tree.data == "call" else _FUNCTIONS.get(tree.data, tree.data)
        return "." if tree.data == "itself" else f"{name}({', '.join(parts)})"


def compared_codes(expression: str) -> Iterator[tuple[str, str]]:
    """Yield each question that a condition compares with a text (`.` for its own), and the text."""
    for tree in parse(expression).iter_subtrees_topdown():
        if tree.data == "selected":
            answer, code = tree.children
            if _is_answer(answer) and _is_text(code):
                yield _name(answer), literal(code)
        elif tree.data == "comparison":
            left, _, right = tree.children
            for answer, text in ((left, right), (right, left)):
                if _is_answer(answer) and _is_text(text):
                    yield _name(answer), literal(text)


def _is_answer(tree: Tree) -> bool:
    return tree.data in ("answer", "itself")


def _is_text(tree: Tree) -> bool:
    return tree.data == "text"


def _choices_meeting(question: Question, expression: str) -> list[str]:
    """Return the choices that meet a condition on this question alone."""
    codes = pd.Series(question.choice_names, dtype=str)
    return list(codes[evaluate(expression, pd.DataFrame({question.name: codes}))])


def _name(answer: Tree) -> str:
    return "." if answer.data == "itself" else str(answer.children[0])
