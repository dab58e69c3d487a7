"""Read repeated groups: questions that are asked once for each member of a submission.

    begin repeat | members |         | Household members  ->  a `Repeat`: age, work of each member,
    integer      | age     |         | Age?                   and a question of the submission,
    select work  | work    | age>=15 | Does he or she work?   number_of_members: how many there are
    end repeat

A group is not read if a repeated group contains it, if a question or a condition in it is of a kind
that is not supported, if a question in it is scored, or if it shares a name with other questions.
Its rows are then only counted, and the run names the reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from umid_research.errors import QuestionnaireError
from umid_research.messages import Messages, languages
from umid_research.study.conditions import (
    is_about_itself,
    is_understood,
    referenced_values,
    with_calculations,
)
from umid_research.study.questionnaire.checks import RESERVED
from umid_research.study.questionnaire.fields import needed_fields
from umid_research.study.questionnaire.form import Question, Questionnaire, Repeat
from umid_research.study.questionnaire.ranks import places_of
from umid_research.study.questionnaire.types import RANK

_Node = Mapping[str, Any]
_Read = Callable[[list[dict[str, Any]], tuple[str, ...], str | None], Iterable[Question]]
_FORMS = "forms"
_NESTED = "a repeated group contains it"


def with_repeats(
    questionnaire: Questionnaire,
    children: Iterable[_Node],
    nodes: Iterable[_Node],
    read: _Read,
    calculated: Mapping[str, str],
) -> Questionnaire:
    """Return the form with its repeated groups.

    Parameters
    ----------
    children, nodes : the nodes of the form as pyxform has them: the outermost ones, and all.
    read : returns the questions below nodes, given the conditions and the group that hold there.
    calculated : the calculated fields that conditions may refer to, with their expressions.
    """
    nodes = [*nodes]
    outside = [node for node in nodes if node["name"] not in questionnaire.repeated]
    repeats: list[Repeat] = []
    unread: dict[str, str] = {}
    fields = questionnaire.fields
    for node, conditions, is_inside in _repeat_nodes(children, (), calculated):
        name = node["name"]
        try:
            if is_inside:
                raise QuestionnaireError(_NESTED)
            questions = tuple(read(node["children"], conditions, name))
            needed = needed_fields((*questionnaire, *questions), outside)
            wider = replace(questionnaire, fields=tuple(dict.fromkeys((*fields, *needed))))
            members = _members(questionnaire, node, questions, nodes)
            _check(members, wider, conditions, repeats)
        except QuestionnaireError as error:
            unread[name] = error.problem + (f": {error.found}" if error.found else "")
        else:
            labels = node.get("label") or MappingProxyType({})
            repeats.append(Repeat(name, labels, conditions, members))
            fields = wider.fields
    return replace(
        questionnaire,
        fields=fields,
        repeats=tuple(repeats),
        unread_repeats=MappingProxyType(unread),
    )


def _repeat_nodes(
    children: Iterable[_Node],
    conditions: tuple[str, ...],
    calculated: Mapping[str, str],
    *,
    inside: bool = False,
) -> Iterator[tuple[_Node, tuple[str, ...], bool]]:
    """Yield each repeated group, its conditions, and whether it is in another repeated group."""
    for node in children:
        if node.get("type") not in ("group", "repeat"):
            continue
        own = (node.get("bind") or {}).get("relevant")
        relevant = (*conditions, with_calculations(own, calculated)) if own else conditions
        is_repeat = node["type"] == "repeat"
        if is_repeat:
            yield node, relevant, inside
        yield from _repeat_nodes(
            node.get("children", ()), relevant, calculated, inside=inside or is_repeat
        )


def _members(
    questionnaire: Questionnaire,
    node: _Node,
    questions: tuple[Question, ...],
    nodes: Iterable[_Node],
) -> Questionnaire:
    """Return the questions of each member as a form of its own."""
    ranks = {n["name"]: places_of(n, questions) for n in nodes if n.get("type") == RANK}
    ranks = {name: places for name, places in ranks.items() if places}
    return replace(
        questionnaire,
        title=node["name"],
        questions=questions,
        fields=(),
        calculated=(),
        repeated=questionnaire.repeated - {node["name"], *(q.name for q in questions)},
        ranks=MappingProxyType({n: questionnaire.ranks[n] for n in ranks}),
        places=MappingProxyType(ranks),
    )


def _check(
    members: Questionnaire,
    questionnaire: Questionnaire,
    conditions: tuple[str, ...],
    others: Iterable[Repeat],
) -> None:
    """Raise QuestionnaireError with the reason if the group cannot be read."""
    taken = {*questionnaire.names, *RESERVED, "position"}
    taken |= {name for other in others for name in other.members.names}
    shared = sorted(taken.intersection(members.names))
    if len(set(members.names)) < len(members.names) or shared:
        raise QuestionnaireError("shares names with other questions", found=", ".join(shared))
    if scored := [question.name for question in members if question.dimension]:
        raise QuestionnaireError("its questions are scored", found=", ".join(scored))
    outer = {*questionnaire.names, *questionnaire.fields}
    known = {*outer, *members.names}
    _check_known(conditions, outer)
    for question in members:
        _check_known(question.relevant, known)
        judged = [question.constraint] if question.constraint else []
        _check_names(filter(is_understood, judged), known)


def _check_known(conditions: Iterable[str], known: set[str]) -> None:
    for expression in conditions:
        if not is_understood(expression) or is_about_itself(expression):
            raise QuestionnaireError("a condition is not understood", found=expression)
    _check_names(conditions, known)


def _check_names(expressions: Iterable[str], known: set[str]) -> None:
    for expression in expressions:
        if unknown := set(referenced_values(expression)) - known:
            raise QuestionnaireError(
                "a condition refers to what is not among its questions or those of the submission",
                found=", ".join(sorted(unknown)),
            )


def with_counts(questionnaire: Questionnaire, codes: Iterable[str]) -> Questionnaire:
    """Return the form with a question per repeated group that is read: how many members it has.

    `codes` are the languages of the study.
    """
    counts = tuple(
        Question(
            name=f"number_of_{repeat.name}",
            kind="integer",
            labels=MappingProxyType({code: _number_of(repeat, code) for code in codes}),
            choices=(),
            relevant=repeat.relevant,
            section=None,
            dimension=None,
            reverse=False,
            counts=repeat.name,
        )
        for repeat in questionnaire.repeats
    )
    return replace(questionnaire, questions=(*questionnaire.questions, *counts))


def _number_of(repeat: Repeat, code: str) -> str:
    label = repeat.labels.get(code) or repeat.name
    if code not in languages(_FORMS):
        return f"{label} (n)"
    return Messages(code, catalogue=_FORMS)("repeat.number", group=label)
