"""Read the fields of a form that ask nothing: calculated and hidden ones.

A calculation that a condition depends on is put into the condition (`conditions`). Apart from that,
the column that a platform exports for a field is data, like an answer: a score of a test, the
number of a household, the arm of an experiment. It is kept with the answers (`Questionnaire.
calculated`); what the form says of its type (`bind::type`) is used, else it is text.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from umid_research.study.conditions import (
    TODAY,
    is_computable,
    is_understood,
    referenced_values,
)
from umid_research.study.questionnaire.checks import RESERVED
from umid_research.study.questionnaire.form import Question
from umid_research.study.questionnaire.types import KINDS

_RECORDED = ("calculate", "hidden")


def calculations(nodes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Map the calculated fields that can be computed here to their expressions."""
    found = {
        node["name"]: str(node["bind"]["calculate"])
        for node in nodes
        if node.get("type") == "calculate" and node.get("bind", {}).get("calculate")
    }
    return {name: text for name, text in found.items() if is_computable(text)}


def needed_fields(
    questions: Iterable[Question], nodes: Iterable[Mapping[str, Any]]
) -> tuple[str, ...]:
    """Return the fields that are no questions and that a condition or a constraint refers to.

    A note holds no value, and a group neither: referring to one is a mistake.
    """
    valued = (node for node in nodes if node.get("type") not in ("note", "group", "repeat"))
    named = {node["name"] for node in valued} - {question.name for question in questions}
    expressions = (e for q in questions for e in (*q.relevant, q.constraint) if e)
    used = (referenced_values(e) for e in expressions if is_understood(e))
    return tuple(dict.fromkeys(n for names in used for n in names if n in named or n == TODAY))


def calculated_fields(
    nodes: Iterable[Mapping[str, Any]], questions: Iterable[Question]
) -> Iterator[Question]:
    """Yield the calculated and hidden fields in the form's order, as questions without choices.

    Left out are fields of repeated groups, which have several values; those of the platform itself,
    whose names begin with `_` or which are in the group `meta`; and those whose name another column
    of the frames has.
    """
    known = {question.name for question in questions} | set(RESERVED)
    for node in _recorded(nodes):
        name = node["name"]
        if name not in known:
            known.add(name)
            kind = KINDS.get(str((node.get("bind") or {}).get("type", "")), "text")
            labels = node.get("label") or MappingProxyType({})
            yield Question(
                name=name,
                kind=kind,
                labels=labels,
                choices=(),
                relevant=(),
                section=None,
                dimension=None,
                reverse=False,
            )


def fields_in_the_way(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the fields that are not kept, because another column of the frames has their name."""
    yield from (node["name"] for node in _recorded(nodes) if node["name"] in RESERVED)


def _recorded(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        if node.get("type") in _RECORDED and not node["name"].startswith("_"):
            yield node
        elif node.get("type") == "group" and node.get("name") != "meta":
            yield from _recorded(node.get("children", ()))
