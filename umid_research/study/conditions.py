"""Parse XLSForm conditions; `evaluation` computes them for all respondents at once.

A relevance condition such as `selected(${channels}, 'tv') and ${age} >= 18` decides whether a
question was asked. A constraint such as `. >= 18 and . < 100`, where `.` is the answer itself,
decides whether an answer is allowed. The grammar and the functions below are the supported part of
the XLSForm language, with the meaning that they have on the device (XPath 1.0, and the functions of
ODK XForms, https://getodk.github.io/xforms-spec). Anything else is an error that names the
expression: a guess could turn "not asked" into "missing" in every denominator.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedInput, VisitError

from umid_research.errors import QuestionnaireError

TODAY = "today()"
_GRAMMAR = r"""
    ?start: any
    ?any: all (_OR all)*
    ?all: equality (_AND equality)*
    ?equality: sum
             | sum COMPARISON sum                 -> comparison
    ?sum: product
        | sum ADDITION product                    -> arithmetic
    ?product: signed
            | product MULTIPLICATION signed       -> arithmetic
    ?signed: atom
           | "-" signed                           -> negative
    ?atom: "${" NAME "}"                          -> answer
         | "."                                    -> itself
         | STRING                                 -> text
         | NUMBER                                 -> number
         | FUNCTION "(" ")"                       -> call
         | FUNCTION "(" any ("," any)* ")"        -> call
         | "(" any ")"
    _OR: /\bor\b/
    _AND: /\band\b/
    COMPARISON: "!=" | "<=" | ">=" | "=" | "<" | ">"
    ADDITION: "+" | "-"
    MULTIPLICATION: "*" | /\bdiv\b/ | /\bmod\b/
    NAME: /[^\s}]+/
    FUNCTION: /(?!(?:or|and|div|mod)\b)[A-Za-z][\w:-]*(?=\s*\()/
    STRING: /"[^"]*"|'[^']*'/
    NUMBER: /\d+(\.\d*)?|\.\d+/
    %import common.WS
    %ignore WS
"""
_OPERATORS = ("+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=")
# Function -> the fewest and the most arguments that it takes.
_FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("true", "false", "today", "now"), (0, 0)),
    **dict.fromkeys(("not", "boolean", "string", "number", "int", "abs", "floor"), (1, 1)),
    **dict.fromkeys(("ceiling", "count-selected", "string-length", "date", "once"), (1, 1)),
    **dict.fromkeys(("normalize-space", "boolean-from-string", "decimal-date-time"), (1, 1)),
    **dict.fromkeys(("selected", "selected-at", "regex", "coalesce", "contains"), (2, 2)),
    **dict.fromkeys(("starts-with", "ends-with", "pow", "format-date"), (2, 2)),
    "if": (3, 3),
    "round": (1, 2),
    "substr": (2, 3),
    **dict.fromkeys(("concat", "min", "max"), (1, 99)),
}
# Trees that are named after what they mean, because other modules put them into words.
_NAMED = {
    "not": "negation",
    "selected": "selected",
    "regex": "matches",
    "true": "true",
    "false": "false",
    "count-selected": "count_selected",
    "string-length": "length",
}
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_REFERENCE = re.compile(r"\$\{\s*([^\s}]+)\s*\}")
# Calculations of calculations can grow without bound.
_MAX_DEPTH, _MAX_LENGTH = 20, 20_000
_LITERAL = re.compile(r"(\"[^\"]*\"|'[^']*')")
_PATH = re.compile(r"(?:current\(\)/)?(?:\.\./|/[A-Za-z_][\w.-]*/)(?:[\w.-]+/)*([\w.-]+)")


def is_about_itself(expression: str) -> bool:
    """Return whether the condition refers to `.`, the answer to its own question."""
    return any(parse(expression).find_data("itself"))


def is_understood(expression: str) -> bool:
    """Return whether the condition is supported."""
    try:
        parse(expression)
    except QuestionnaireError:
        return False
    return True


def is_computable(expression: str) -> bool:
    """Return whether a calculation is supported; its value may be of any kind."""
    try:
        _syntax_tree(expression)
    except QuestionnaireError:
        return False
    return True


def referenced_questions(expression: str) -> tuple[str, ...]:
    """Return the questions a condition refers to, each once, in order of appearance."""
    return tuple(name for name in referenced_values(expression) if name != TODAY)


def referenced_values(expression: str) -> tuple[str, ...]:
    """Return the questions a condition refers to, and `today()` if it depends on the day."""
    nodes = parse(expression).iter_subtrees_topdown()
    names = (
        str(node.children[0]) if node.data == "answer" else TODAY
        for node in nodes
        if node.data == "answer" or (node.data == "call" and node.children[0] in ("today", "now"))
    )
    return tuple(dict.fromkeys(names))


def normal_expression(expression: str) -> str:
    """Return the condition with straight quotes, and with `${name}` for a path such as `../name`.

    Texts in quotes stay as they are.
    """
    parts = _LITERAL.split(expression.translate(_STRAIGHT))
    parts[::2] = [_PATH.sub(r"${\1}", part) for part in parts[::2]]
    return "".join(parts)


def with_calculations(expression: str, calculated: Mapping[str, str]) -> str:
    """Return the condition with each calculated field replaced by its expression, in brackets.

    So it depends on the answers themselves, and an export without the field is enough. A field that
    refers to itself stays as it is.
    """
    return _with_calculations(normal_expression(expression), calculated, ())


def _with_calculations(text: str, calculated: Mapping[str, str], inside: tuple[str, ...]) -> str:
    def replaced(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in calculated or name in inside or len(inside) > _MAX_DEPTH:
            return match.group()
        inner = normal_expression(calculated[name])
        return f"({_with_calculations(inner, calculated, (*inside, name))})"

    parts = _LITERAL.split(text)
    parts[::2] = [_REFERENCE.sub(replaced, part) for part in parts[::2]]
    joined = "".join(parts)
    return joined if len(joined) <= _MAX_LENGTH else text


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")


@lru_cache(maxsize=1024)
def parse(expression: str) -> Tree:
    """Return the condition as a syntax tree; raise QuestionnaireError if it is not supported."""
    tree = _syntax_tree(expression)
    for test in _tests(tree):
        # Devices differ: for some, a blank answer is true as it is there, for others it is false.
        if _is_bare_answer(test):
            raise QuestionnaireError(
                f"the condition {expression!r} is not understood: an answer is neither true nor "
                "false; compare it with a value"
            )
    return tree


@lru_cache(maxsize=1024)
def _syntax_tree(expression: str) -> Tree:
    try:
        tree = _parser().parse(normal_expression(expression))
        tree = _Names(expression).transform(Tree("condition", [tree]))
    except (UnexpectedInput, RecursionError) as error:
        place = getattr(error, "pos_in_stream", 0)
        raise QuestionnaireError(
            f"the condition {expression!r} is not understood at position {place}",
            possible=[*(f"{name}()" for name in _FUNCTIONS), *_OPERATORS],
        ) from error
    for match in tree.find_data("matches"):
        _check_pattern(match.children[1], expression)
    return tree


def _tests(tree: Tree) -> Iterator[Tree]:
    """Yield the parts of a condition that must be true or false."""
    for part in tree.iter_subtrees():
        if part.data in ("condition", "any", "all", "negation"):
            yield from part.children
        elif part.data == "call" and part.children[0] in ("if", "boolean"):
            yield part.children[1]


def _is_bare_answer(tree: Tree) -> bool:
    if tree.data == "call" and tree.children[0] in ("if", "once"):
        return any(_is_bare_answer(part) for part in tree.children[-2:] if isinstance(part, Tree))
    return tree.data in ("answer", "itself")


class _Names(Transformer):
    """Name the calls of functions, and join a sign to its number."""

    def __init__(self, expression: str) -> None:
        # Without this, an error would be wrapped in another one.
        super().__init__(visit_tokens=False)
        self._expression = expression

    def transform(self, tree: Tree) -> Tree:
        try:
            return super().transform(tree)
        except VisitError as error:
            raise error.orig_exc from None

    def call(self, children: list[Token | Tree]) -> Tree:
        name, arguments = str(children[0]), children[1:]
        if name not in _FUNCTIONS:
            raise QuestionnaireError(
                f"the condition {self._expression!r} is not understood: there is no {name}()",
                possible=[f"{known}()" for known in _FUNCTIONS],
            )
        fewest, most = _FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            raise QuestionnaireError(
                f"the condition {self._expression!r} is not understood: {name}() takes "
                f"{fewest if fewest == most else f'{fewest} to {most}'} values",
                found=str(len(arguments)),
            )
        if name in _NAMED:
            return Tree(_NAMED[name], arguments)
        return Tree("call", [Token("FUNCTION", name), *arguments])

    def negative(self, children: list[Tree]) -> Tree:
        value = children[0]
        if isinstance(value, Tree) and value.data == "number":
            opposite = f"-{value.children[0]}".removeprefix("--")
            return Tree("number", [Token("NUMBER", opposite)])
        return Tree("negative", children)


def _check_pattern(pattern: Token | Tree, expression: str) -> None:
    if isinstance(pattern, Token) or pattern.data != "text":
        raise QuestionnaireError(
            f"the condition {expression!r} is not understood: regex() needs a text in quotes"
        )
    try:
        re.compile(literal(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        # Devices know escapes that Python does not, such as \p{L} for a letter.
        is_other = "bad escape" in str(error)
        what = "is not understood: it has" if is_other else "has an invalid regular expression:"
        raise QuestionnaireError(f"the condition {expression!r} {what} {error}") from error


def literal(tree: Tree) -> str:
    """Return the text or number that a leaf of the tree holds, without its quotes."""
    text = str(tree.children[0])
    return text[1:-1] if tree.data == "text" else text
