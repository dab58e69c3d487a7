"""Read the form in the order in which people read it: sections, numbered questions, choices.

`Questionnaire` holds what cleaning and scoring need. This outline adds what a person needs: titles
of sections, notes, hints, required questions, and the choices grouped by their filter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from umid_research.errors import QuestionnaireError
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import (
    Choice,
    Question,
    Questionnaire,
    parse_form,
    questionnaire_path,
    read_questionnaire,
)

Texts = dict[str, str]
_FILTER = re.compile(r"^\s*(\w+)\s*=\s*\$\{\s*(\w+)\s*\}\s*$")


@dataclass(frozen=True)
class Choices:
    """Choices offered together, under the label of the answer that selects them, if any."""

    heading: Texts
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Entry:
    """A question, or a note if `question` is None; `condition` does not include its section's.

    `filtered_by` is the question whose answer selects the choices on a device.
    """

    labels: Texts
    hints: Texts
    condition: str | None
    question: Question | None = None
    required: bool = False
    filtered_by: str | None = None
    offered: tuple[Choices, ...] = ()


@dataclass(frozen=True)
class Section:
    """A group of the form; `conditions` are those of its parent groups, then its own.

    `depth` is 1 for a top-level group. A section without titles continues the section before it.
    """

    titles: Texts
    depth: int
    condition: str | None = None
    conditions: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Outline:
    """A study's form in reading order."""

    study: Study
    questionnaire: Questionnaire
    version: str
    sections: tuple[Section, ...]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each question, counted from 1 through the whole form."""
        return {name: number for number, name in enumerate(self.questionnaire.names, start=1)}


def read_outline(folder: Path) -> Outline:
    """Return the outline of the form in a study folder.

    Raises StudyError or QuestionnaireError if the folder cannot be read, or if the form has
    repeated groups: nobody knows in advance how often they will be answered.
    """
    study = read_study(folder)
    questionnaire = read_questionnaire(folder, study)
    if questionnaire.repeated:
        raise QuestionnaireError(
            "a form with repeated groups can be written for devices only",
            where=str(questionnaire_path(folder)),
            found=", ".join(sorted(questionnaire.repeated)),
        )
    form, *_ = parse_form(questionnaire_path(folder), study.languages)
    sections = _sections(form["children"], _Group({}, 0), questionnaire)
    shown = tuple(section for section in sections if section.entries or section.titles)
    return Outline(study, questionnaire, str(form.get("version", "")), shown)


@dataclass(frozen=True)
class _Group:
    titles: Texts
    depth: int
    condition: str | None = None
    conditions: tuple[str, ...] = ()

    def section(self, *, continued: bool) -> Section:
        titles = {} if continued else self.titles
        condition = None if continued else self.condition
        return Section(titles, self.depth, condition, self.conditions)

    def inner(self, node: dict[str, Any]) -> "_Group":
        own = node.get("bind", {}).get("relevant")
        conditions = (*self.conditions, own) if own else self.conditions
        return _Group(dict(node.get("label") or {}), self.depth + 1, own, conditions)


def _sections(
    nodes: Sequence[dict[str, Any]], group: _Group, questionnaire: Questionnaire
) -> Iterator[Section]:
    """Yield the group's section and those inside it; later entries continue it as a new section."""
    section = group.section(continued=False)
    for node in nodes:
        if node.get("type") == "group" and node["name"] != "meta":
            yield section
            yield from _sections(node["children"], group.inner(node), questionnaire)
            section = group.section(continued=True)
        elif node["name"] in questionnaire.places:
            section.entries.extend(_places(node, questionnaire))
        elif node["name"] in questionnaire.names or node.get("type") == "note":
            section.entries.append(_entry(node, questionnaire))
    yield section


def _entry(node: dict[str, Any], questionnaire: Questionnaire) -> Entry:
    bind = node.get("bind", {})
    labels, hints = dict(node.get("label") or {}), dict(node.get("hint") or {})
    if node["type"] == "note":
        return Entry(labels, hints, bind.get("relevant"))
    question = questionnaire[node["name"]]
    by_column = _FILTER.match(str(node.get("choice_filter", "")))
    # Choices from a file in the form's folder do not keep the column that selects them.
    filtered = (
        by_column is not None
        and not Path(str(node.get("itemset", ""))).suffix
        and by_column.group(2) in questionnaire.names
    )
    return Entry(
        labels,
        hints,
        bind.get("relevant"),
        question=question,
        required=_is_required(bind),
        filtered_by=by_column.group(2) if by_column and filtered else None,
        offered=tuple(
            _offered(node, question, by_column.group(1), questionnaire[by_column.group(2)])
            if by_column and filtered
            else _all(question)
        ),
    )


def _places(node: dict[str, Any], questionnaire: Questionnaire) -> Iterator[Entry]:
    """Yield an entry for each place of a ranking; the hint stands with the first."""
    bind = node.get("bind", {})
    for nth, name in enumerate(questionnaire.places[node["name"]]):
        question = questionnaire[name]
        yield Entry(
            dict(question.labels),
            {} if nth else dict(node.get("hint") or {}),
            bind.get("relevant"),
            question=question,
            required=_is_required(bind),
            offered=tuple(_all(question)),
        )


def _is_required(bind: dict[str, Any]) -> bool:
    return str(bind.get("required", "")).strip().lower() in ("yes", "true", "true()")


def _all(question: Question) -> Iterator[Choices]:
    if question.choices:
        yield Choices({}, question.choices)


def _offered(
    node: dict[str, Any], question: Question, column: str, selecting: Question
) -> Iterator[Choices]:
    """Yield the choices grouped by the answer that selects them; the others come last."""
    values: dict[str, set[str]] = {}
    for entry in node["choices"]:
        values.setdefault(str(entry["name"]), set()).add(str(entry.get(column, "")))
    for answer in selecting.choices:
        belonging = _where(question, values, {answer.name})
        if belonging:
            yield Choices(dict(answer.labels), belonging)
    others = _where(question, values, set().union(*values.values()) - set(selecting.choice_names))
    if others:
        yield Choices({}, others)


def _where(question: Question, values: dict[str, set[str]], wanted: set[str]) -> tuple[Choice, ...]:
    return tuple(choice for choice in question.choices if values[choice.name] & wanted)
