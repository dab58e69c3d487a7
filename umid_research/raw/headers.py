"""Match the headers of an export to the form's questions and choices.

A header is a question's name, or its label in any language of the form, with or without the names
of its groups. A split select_multiple question has a column per choice:

    trust_1   interview/trust_1   interview-trust_1   Do you trust them?    ->  trust_1
    channels/tv   asked-channels/tv   Where from?/Television                ->  channels, choice tv
    How far? [Do you trust them?]                                           ->  trust_1

Names are matched before labels, and long texts before short ones. The last line is a grid of Google
Forms: its title is the label of the questions' group and distinguishes rows with the same text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from umid_research.raw.google import grid_cell
from umid_research.raw.table import normal
from umid_research.study.questionnaire import Question, Questionnaire

GROUP_ENDS = "/.-"
# Columns that a platform adds to that of a question: ODK Central the four parts of a geopoint,
# KoboToolbox the same in another form, the address of a file, and what was said in a recording.
_ADDED = re.compile(
    r"-(?:Latitude|Longitude|Altitude|Accuracy)$|_URL$"
    r"| - (?:transcript|transcription|translation)\b.*$"
)
_PART_OF_PLACE = re.compile(r"^_(.+)_(?:latitude|longitude|altitude|precision)$")
# A question, and one of its choices if the column is that of a choice.
Target = tuple[str, str | None]


@dataclass(frozen=True)
class Headers:
    """The headers of a form's questions and choices.

    `names` and `labels` map a header to the questions (and choices) it may stand for, `unread` a
    header to a ranking or to a question of an unsupported type.
    """

    questionnaire: Questionnaire
    names: Mapping[str, tuple[Target, ...]]
    labels: Mapping[str, tuple[Target, ...]]
    unread: Mapping[str, str]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> "Headers":
        """Return all headers of the form, in one Unicode form."""
        names: dict[str, tuple[Target, ...]] = {}
        labels: dict[str, tuple[Target, ...]] = {}
        for question in questionnaire:
            if question.counts:  # no export has a column for it
                continue
            names[question.name] = ((question.name, None),)
            for label in labels_of(question.texts):
                _add(labels, label, (question.name, None))
            if question.kind == "select_multiple":
                for header, choice in _tick_headers(question):
                    into = names if header == f"{question.name}/{choice}" else labels
                    _add(into, header, (question.name, choice))
        others = {**questionnaire.unread, **questionnaire.ranks}
        unread = {
            label: name
            for name, texts in others.items()
            for label in (name, *labels_of(texts.values()))
        }
        return cls(questionnaire, names, labels, unread)

    def unread_question(self, header: str) -> str | None:
        """Return the ranking or the question of an unsupported type with this column, else None."""
        for start, prefix in _starts(header):
            rest = _PART_OF_PLACE.sub(r"\1", _ADDED.sub("", header[start:]))
            name = self.unread.get(rest, self.unread.get(rest.partition("/")[0]))
            if name is not None and self._is_group_prefix(prefix):
                return name
        return None

    def targets(self, header: str) -> tuple[Target, ...]:
        """Return the questions or choices that the column may hold: none, one, or several."""
        for start, prefix in _starts(header):
            rest = header[start:]
            if rest in self.names and self._is_group_prefix(prefix):
                return self.names[rest]
            if rest in self.labels and prefix[-1:] in ("", "/"):
                return self._in_group(self.labels[rest], prefix[:-1])
        cell = grid_cell(header)
        return () if cell is None else self._in_grid(*cell)

    def _in_grid(self, title: str, row: str) -> tuple[Target, ...]:
        """Return the row's questions in the group with the grid's title, or all if none has it."""
        if row in self.names:
            return self.names[row]
        targets = self.labels.get(row, ())
        inside = tuple(t for t in targets if title in self._group_names(t[0]))
        is_of_another_grid = any(
            title in labels_of(labels.values()) for labels in self.questionnaire.groups.values()
        )
        return inside if inside or is_of_another_grid else targets

    def _is_group_prefix(self, prefix: str) -> bool:
        """Return whether the prefix names a group; `.` and `-` also occur in other words."""
        if prefix[-1:] in ("", "/"):
            return True
        before = prefix[:-1]
        return any(
            before == group or before.endswith(tuple(f"{mark}{group}" for mark in GROUP_ENDS))
            for group in self.questionnaire.groups
        )

    def _in_group(self, targets: tuple[Target, ...], groups: str) -> tuple[Target, ...]:
        """Return the targets whose group precedes the label; all of them, if none does."""
        if len(targets) == 1 or not groups:
            return targets
        inside = tuple(t for t in targets if groups.endswith(self._group_names(t[0])))
        return inside or targets

    def _group_names(self, question: str) -> tuple[str, ...]:
        section = self.questionnaire[question].section
        if section is None:
            return ()
        return (section, *labels_of(self.questionnaire.groups.get(section, {}).values()))


def _starts(header: str) -> Iterator[tuple[int, str]]:
    """Yield where the question can begin in the header, and the prefix; the longest text first."""
    yield 0, ""
    for place, mark in enumerate(header):
        if mark in GROUP_ENDS:
            yield place + 1, header[: place + 1]


def _tick_headers(question: Question) -> Iterator[tuple[str, str]]:
    wholes = dict.fromkeys((question.name, *labels_of(question.texts)))
    for choice in question.choices:
        parts = dict.fromkeys((choice.name, *labels_of(choice.texts)))
        for whole, part in product(wholes, parts):
            yield f"{whole}/{part}", choice.name


def labels_of(texts: Iterable[str]) -> list[str]:
    """Return the distinct texts, in one Unicode form, without blanks."""
    return [text for text in dict.fromkeys(map(normal, texts)) if text]


def _add(into: dict[str, tuple[Target, ...]], header: str, target: Target) -> None:
    into[header] = tuple(dict.fromkeys((*into.get(header, ()), target)))
