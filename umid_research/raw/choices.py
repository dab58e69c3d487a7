"""What stands in one cell -> codes.

A cell of a select question holds codes, or labels in one of the form's languages, joined by a
space (KoboToolbox), `, ` or `;` (Google Forms). Labels hold spaces and commas themselves, so they
are looked for in the choice list, never cut out:

    Qəzetlər (mətbuat), Qohumlar, qonşular     ->  press people

read aloud: the second comma is part of a label. What can be read in two ways is read in none.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from umid_research.questionnaire import Question
from umid_research.raw.table import normal

UNKNOWN, AMBIGUOUS = "unknown_choice", "ambiguous_choices"
_SEPARATORS = (";", ",", " ")
# Around a label that could not be read, where one of its words could be taken for a code.
OPEN, CLOSE = "‹", "›"
# A longer text is no list of answers, and searching it would take long.
_LONGEST_LIST = 10_000


class Answer(NamedTuple):
    """Codes joined by a space in the form's order, and the rule that something in it breaks."""

    codes: str
    rule: str = ""


@dataclass(frozen=True)
class Choices:
    """A question's codes in order, and label -> the codes of the choices that bear it."""

    codes: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    several: bool

    @classmethod
    def of(cls, question: Question) -> "Choices":
        """The choices of a question, their labels in one Unicode form."""
        labels: dict[str, tuple[str, ...]] = {}
        for choice in question.choices:
            for label in {normal(text) for text in choice.labels.values()} - {""}:
                labels[label] = (*labels.get(label, ()), choice.name)
        return cls(question.choice_names, labels, question.kind == "select_multiple")

    def joined(self, chosen: Iterable[str]) -> str:
        """The codes joined by a space, in the form's order."""
        found = set(chosen)
        return " ".join(code for code in self.codes if code in found)


def choice_reader(
    question: Question, *, labels_first: bool = False
) -> Callable[[str], tuple[str, str]]:
    """A function from the text of a cell to its codes and the rule it breaks, "" for none.

    The rules are `unknown_choice`: something in the text is neither code nor label, the codes are
    the rest; and `ambiguous_choices`: the labels can be read in two ways, there are no codes.
    """
    choices = Choices.of(question)

    def read(text: str) -> Answer:
        text = normal(text)
        if not text:
            return Answer("")
        if text.startswith(OPEN) and text.endswith(CLOSE):
            text = normal(text[1:-1])
            return _by_labels(text, choices) or _part_of_list(text, choices)
        first, second = by_codes, _by_labels
        if labels_first:
            first, second = second, first
        read = first(text, choices) or second(text, choices)
        return read or _part_of_codes(text, choices) or _part_of_list(text, choices)

    return read


def by_codes(text: str, choices: Choices) -> Answer | None:
    """The answer if the text is made of codes only."""
    tokens = text.split(" ") if choices.several else [text]
    return Answer(choices.joined(tokens)) if set(tokens) <= set(choices.codes) else None


def _by_labels(text: str, choices: Choices) -> Answer | None:
    """The answer if the text is made of labels; a choice without a label shows its code."""
    return read_labels(text, {code: (code,) for code in choices.codes} | choices.labels, choices)


def read_labels(text: str, known: dict[str, tuple[str, ...]], choices: Choices) -> Answer | None:
    """The answer if the text is made of the known labels only."""
    if not choices.several:
        return _chosen(Counter([text]), known, choices) if text in known else None
    # Each choice can be ticked once, so a longer text holds something else.
    if len(text) > sum((len(label) + 2) * len(codes) for label, codes in known.items()):
        return None
    readings = {
        answer
        for labels in _readings(text, known)
        if (answer := _chosen(Counter(labels), known, choices)) is not None
    }
    if len(readings) > 1:
        return Answer("", AMBIGUOUS)
    return next(iter(readings), None)


def _readings(text: str, known: Iterable[str]) -> list[tuple[str, ...]]:
    """Two ways, if there are two, in which labels and separators make up the whole text."""
    by_start: dict[str, list[str]] = {}
    for label in known:
        by_start.setdefault(label[0], []).append(label)
    ways: dict[int, list[tuple[str, ...]]] = {len(text): [()]}
    for start in range(len(text) - 1, -1, -1):
        found: dict[tuple[str, ...], None] = {}
        for label in by_start.get(text[start], ()):
            end = start + len(label)
            if text.startswith(label, start):
                for after in _after_separator(text, end):
                    found |= {tuple(sorted((label, *rest))): None for rest in ways.get(after, ())}
        if found:
            ways[start] = list(found)[:2]
    return ways.get(0, [])


def _after_separator(text: str, end: int) -> tuple[int, ...]:
    """Where the next label can begin after one that ends at `end`."""
    if end == len(text):
        return (end,)
    if text[end] not in _SEPARATORS:
        return ()
    return (end + 2,) if text.startswith(" ", end + 1) else (end + 1,)


def _chosen(
    labels: Counter[str], known: dict[str, tuple[str, ...]], choices: Choices
) -> Answer | None:
    """The choices behind the labels; of two that bear one label, it must be both or neither."""
    if any(count > len(known[label]) for label, count in labels.items()):
        return None
    if any(count < len(known[label]) for label, count in labels.items()):
        return Answer("", AMBIGUOUS)
    return Answer(choices.joined(code for label in labels for code in known[label]))


def _part_of_codes(text: str, choices: Choices) -> Answer | None:
    """The known ones among codes joined by a space."""
    known = choices.joined(text.split(" ")) if choices.several else ""
    return Answer(known, UNKNOWN) if known else None


def _part_of_list(text: str, choices: Choices) -> Answer:
    """The labels in a list with `;` or `,` that also holds words of the respondent's own."""
    separator = next((mark for mark in ";," if choices.several and mark in text), None)
    if separator is None or len(text) > _LONGEST_LIST:
        return Answer("", UNKNOWN)
    found: set[str] = set()
    start = 0
    while start < len(text):
        label = max((x for x in choices.labels if text.startswith(x, start)), key=len, default="")
        end = start + len(label)
        if label and text[end : end + 1] not in ("", separator):
            # The longest label goes on in words of its own: no shorter one may be taken for it.
            return Answer("", UNKNOWN)
        if label and len(choices.labels[label]) > 1:
            return Answer("", AMBIGUOUS)
        found.update(choices.labels.get(label, ()))
        start = text.find(separator, end) + 1 or len(text)
        start += text.startswith(" ", start)
    return Answer(choices.joined(found), UNKNOWN)
