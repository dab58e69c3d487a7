"""Find the machine names behind the labels of a table, so that languages can be joined.

    cell                 the same with marked names                    keys
    Guba minus Khachmaz  [[Guba|district:quba] minus […]|contrast:]    district quba, versus xacmaz
    M01 Notice board     [M01 [Notice board|item:board]|measure:M01]   measure M01, item board

A table is made a second time by a report whose names are marked with their keys, between characters
that no text has. Labels always come from the plain table, keys only from cells that are the same
but for the marks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from umid_research.analysis.compare.frame import ALL_DISTRICTS
from umid_research.analysis.score import INDEX
from umid_research.messages import Messages
from umid_research.report.activity_report import ActivityReport
from umid_research.report.study_report import Report
from umid_research.study.questionnaire import Question

# Noncharacters of Unicode: programs may use them inside, no text contains them.
_OPEN, _BETWEEN, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_ENDS = re.compile(f"([{_OPEN}{_CLOSE}])")
_CODE = re.compile(r"(\S{1,6} )?")  # may stand before a name, such as M01 or 2.1

ALL, VERSUS, BELOW, ABOVE, REASON = "all", "versus", "below", "above", "reason"
NUMBER = "number"
_CONTRAST = "contrast"
_STUDY = {
    "districts": "district",
    "groups": "group",
    "dimensions": "dimension",
    "areas": "area",
    "themes": "theme",
    "evidence_items": "item",
}
# Texts of the catalogue that name something: key -> kind and machine name.
_NAMED = {
    "index": ("dimension", INDEX),
    "implementation.all_areas": ("area", INDEX),
    "table.total": (ALL, ALL),
    "table.answers.everybody": (ALL, ALL),
    "table.implementation.all": (ALL, ALL),
    "table.activities.project": (ALL, ALL),
    "table.all_districts": ("district", ALL_DISTRICTS),
    "activities.all_questions": (ALL, ALL),
    "table.activities.f": ("sex", "f"),
    "table.activities.m": ("sex", "m"),
    "table.contrast": (_CONTRAST, ""),
}
# The last part of these keys is the machine name.
_PREFIXES = {
    "table.side.": "side",
    "table.run.": "run",
    "activities.addressee.": "addressee",
    "activities.place.": "place",
    "activities.bill.": "bill",
    "activities.body.": "body",
    "activities.register.": "register",
    "reason.": REASON,
}
# One of the values of these texts is the machine name.
_VALUES = {
    "table.less_than": (BELOW, "value"),
    "table.more_than": (ABOVE, "value"),
    "table.implementation.named": ("measure", "id"),
    "table.implementation.flagged": ("measure", "id"),
}
KINDS = (
    *("dimension", "area", "theme", "measure", "item", "indicator", "question", "answer"),
    *("test_question", "group", "side", "district", "sex", "locality", "addressee"),
    *("register", "run", "place", "bill", "body", "portal"),
)


@dataclass(frozen=True)
class Key:
    """What a text names: the kind of thing, its machine name and its label."""

    kind: str
    name: str
    label: str


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    key: Key


def keys_in(plain: str, marked: str) -> list[Key]:
    """Return the keys of a text that is a name, perhaps after a code, or a contrast of two names.

    The keys of a name within a name come after its own. A text that is anything else has none, and
    so has one that differs from the plain text.
    """
    found, text = _parsed(marked)
    if text != plain:
        return []
    whole = [one for one in found if one.end == len(text) and _CODE.fullmatch(text[: one.start])]
    if whole and whole[0].key.kind == _CONTRAST:
        first, *others = (one.key for one in found if one is not whole[0])
        return [first, *(replace(key, kind=VERSUS) for key in others)]
    return [one.key for one in whole if one.key.kind != NUMBER or one.start == 0]


def _parsed(marked: str) -> tuple[list[_Found], str]:
    """Return the marked names, the outer ones first, and the text without marks."""
    found: list[_Found] = []
    text, starts = "", [0]
    for part in _ENDS.split(marked):
        label, is_marked, key = part.partition(_BETWEEN)
        if part == _OPEN:
            starts.append(len(text))
        elif part != _CLOSE:
            text += label
        if is_marked:
            kind, _, name = key.partition(":")
            start = starts.pop() if len(starts) > 1 else 0
            found.append(_Found(start, len(text), Key(kind, name, text[start:])))
    return sorted(found, key=lambda one: (one.start, -one.end)), text


def _marked(label: str, kind: str, name: object) -> str:
    return f"{_OPEN}{label}{_BETWEEN}{kind}:{name}{_CLOSE}"


class _MarkedMessages(Messages):
    """The same texts; those that name something are marked."""

    def __init__(self, plain: Messages) -> None:
        self.__dict__.update(vars(plain))

    def __call__(self, key: str, **values: object) -> str:
        text = super().__call__(key, **values)
        if key in _NAMED:
            return _marked(text, *_NAMED[key])
        if key in _VALUES:
            kind, value = _VALUES[key]
            return _marked(text, kind, values[value])
        for prefix, kind in _PREFIXES.items():
            if key.startswith(prefix):
                return _marked(text, kind, key.removeprefix(prefix))
        return text

    def number(self, value: float) -> str:
        return _marked(super().number(value), NUMBER, float(value))


def with_keys(report: Report) -> Report:
    """Return the report with marked names; only `keys_in` can read the texts of its tables."""
    study, locality = report.study, report.study.roles.locality
    entries = {field: _entries(getattr(study, field), kind) for field, kind in _STUDY.items()}
    form = report.questionnaire
    form = replace(
        form,
        questions=tuple(_marked_question(question, locality) for question in form),
        repeats=tuple(
            replace(
                repeat,
                members=replace(
                    repeat.members,
                    questions=tuple(_marked_question(one, locality) for one in repeat.members),
                ),
            )
            for repeat in form.repeats
        ),
    )
    more: dict[str, Any] = {}
    if isinstance(report, ActivityReport):
        defined = report.definitions
        indicators = _entries(defined.indicators, "indicator")
        tests = _entries(defined.questions, "test_question", text="text")
        portals = {key: _names(names, "portal", key) for key, names in defined.portals.items()}
        update = {"indicators": indicators, "questions": tests, "portals": portals}
        more["definitions"] = defined.model_copy(update=update)
    return replace(
        report,
        study=study.model_copy(update=entries),
        questionnaire=form,
        text=_MarkedMessages(report.text),
        **more,
    )


def _marked_question(question: Question, locality: str | None) -> Question:
    """Return a question with marked names; `locality` is the question of that role."""
    kind = "locality" if question.name == locality else "answer"
    return replace(
        question,
        labels=_names(question.labels, "question", question.name),
        choices=tuple(
            replace(choice, labels=_names(choice.labels, kind, choice.name))
            for choice in question.choices
        ),
    )


def _entries(entries: Mapping[str, Any], kind: str, *, text: str = "name") -> dict[str, Any]:
    """Return entries of the study with marked names; `text` is the field of the name."""
    return {
        name: entry.model_copy(update={text: _names(getattr(entry, text), kind, name)})
        for name, entry in entries.items()
    }


def _names(names: Mapping[str, str], kind: str, name: str) -> dict[str, str]:
    return {language: _marked(label, kind, name) for language, label in names.items()}
