"""Read one cell of a select question as codes.

The cell holds codes, or labels in one of the form's languages, joined by a space (KoboToolbox),
`, ` or `;` (Google Forms). Labels may contain spaces and commas themselves, so the text is matched
against the choice list and never split at separators:

    Qəzetlər (mətbuat), Qohumlar, qonşular     ->  press people

For example, the second comma is part of a label. A text that can be read in two ways is not read.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from umid_research.raw.table import normal
from umid_research.study.questionnaire import Question

UNKNOWN, AMBIGUOUS = "unknown_choice", "ambiguous_choices"
_SEPARATORS = (";", ",", " ")
# Quotes around a label that could not be read, if one of its words could be taken for a code.
OPEN, CLOSE = "‹", "›"
# A longer text is not a list of answers, and searching it would take long.
_LONGEST_LIST = 10_000


class Answer(NamedTuple):
    """Codes joined by a space in the form's order, and the rule that the text breaks."""

    codes: str
    rule: str = ""


@dataclass(frozen=True)
class Choices:
    """A question's codes in order, and the codes of the choices with each label."""

    codes: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    several: bool

    @classmethod
    def of(cls, question: Question) -> "Choices":
        """Return the choices of a question, with labels in one Unicode form."""
        labels: dict[str, tuple[str, ...]] = {}
        for choice in question.choices:
            for label in {normal(text) for text in choice.texts} - {""}:
                labels[label] = (*labels.get(label, ()), choice.name)
        return cls(question.choice_names, labels, question.kind == "select_multiple")

    def joined(self, chosen: Iterable[str]) -> str:
        """Join the codes by a space, in the form's order."""
        found = set(chosen)
        return " ".join(code for code in self.codes if code in found)


def choice_reader(
    question: Question, *, labels_first: bool = False
) -> Callable[[str], tuple[str, str]]:
    """Return a function that reads a cell: text -> (codes, rule it breaks or "").

    The rule is `unknown_choice` if some part of the text is neither a code nor a label (the codes
    are those of the other parts), and `ambiguous_choices` if the labels can be read in two ways
    (there are no codes).
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
    """Return the answer if the text consists of codes only, else None."""
    tokens = text.split(" ") if choices.several else [text]
    return Answer(choices.joined(tokens)) if set(tokens) <= set(choices.codes) else None


def _by_labels(text: str, choices: Choices) -> Answer | None:
    """Return the answer if the text consists of labels; a choice without one has its code."""
    return read_labels(text, {code: (code,) for code in choices.codes} | choices.labels, choices)


def read_labels(text: str, known: dict[str, tuple[str, ...]], choices: Choices) -> Answer | None:
    """Return the answer if the text consists of the known labels only, else None."""
    if not choices.several:
        return _chosen(Counter([text]), known, choices) if text in known else None
    # Each choice can be ticked once, so a text longer than all labels holds something else.
    if len(text) > sum((len(label) + 2) * len(codes) for label, codes in known.items()):
        return None
    readings = {
        answer
        for labels in splits_of(text, known)
        if (answer := _chosen(Counter(labels), known, choices)) is not None
    }
    if len(readings) > 1:
        return Answer("", AMBIGUOUS)
    return next(iter(readings), None)


def splits_of(text: str, known: Iterable[str], *, ordered: bool = False) -> list[tuple[str, ...]]:
    """Return up to two ways to split the whole text into labels and separators.

    Without `ordered`, two ways with the same labels in another order are one.
    """
    by_start: dict[str, list[str]] = {}
    for label in known:
        by_start.setdefault(label[0], []).append(label)
    splits: dict[int, list[tuple[str, ...]]] = {len(text): [()]}
    for start in range(len(text) - 1, -1, -1):
        found: dict[tuple[str, ...], None] = {}
        for label in by_start.get(text[start], ()):
            end = start + len(label)
            if text.startswith(label, start):
                for after in _after_separator(text, end):
                    ways = ((label, *rest) for rest in splits.get(after, ()))
                    found |= {way if ordered else tuple(sorted(way)): None for way in ways}
        if found:
            splits[start] = list(found)[:2]
    return splits.get(0, [])


def _after_separator(text: str, end: int) -> tuple[int, ...]:
    """Return where the next label can begin after one that ends at `end`."""
    if end == len(text):
        return (end,)
    if text[end] not in _SEPARATORS:
        return ()
    return (end + 2,) if text.startswith(" ", end + 1) else (end + 1,)


def _chosen(
    labels: Counter[str], known: dict[str, tuple[str, ...]], choices: Choices
) -> Answer | None:
    """Return the choices with these labels; two choices that share a label must both be ticked."""
    if any(count > len(known[label]) for label, count in labels.items()):
        return None
    if any(count < len(known[label]) for label, count in labels.items()):
        return Answer("", AMBIGUOUS)
    return Answer(choices.joined(code for label in labels for code in known[label]))


def _part_of_codes(text: str, choices: Choices) -> Answer | None:
    """Return the known codes of a text joined by spaces, None if there are none."""
    known = choices.joined(text.split(" ")) if choices.several else ""
    return Answer(known, UNKNOWN) if known else None


def _part_of_list(text: str, choices: Choices) -> Answer:
    """Return the labels in a list separated by `;` or `,` that also holds other words."""
    separator = next((mark for mark in ";," if choices.several and mark in text), None)
    if separator is None or len(text) > _LONGEST_LIST:
        return Answer("", UNKNOWN)
    found: set[str] = set()
    start = 0
    while start < len(text):
        label = max((x for x in choices.labels if text.startswith(x, start)), key=len, default="")
        end = start + len(label)
        if text[end : end + 1] not in ("", separator):
            # Own words that begin like a choice: no shorter label may be read there either.
            label = ""
        if label and len(choices.labels[label]) > 1:
            return Answer("", AMBIGUOUS)
        found.update(choices.labels.get(label, ()))
        start = text.find(separator, end) + 1 or len(text)
        start += text.startswith(" ", start)
    return Answer(choices.joined(found), UNKNOWN)
