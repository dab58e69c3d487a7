"""What stands in a cell -> codes.

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

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.questionnaire import Question, Questionnaire
from umid_research.raw.tables import Table, normal

UNKNOWN, AMBIGUOUS = "unknown_choice", "ambiguous_choices"
_SEPARATORS = (";", ",", " ")
# Around a label that could not be read, where one of its words could be taken for a code.
_OPEN, _CLOSE = "‹", "›"
# A longer text is no list of answers, and searching it would take long.
_LONGEST_LIST = 10_000
_BLANK = -1
_TICKS = {"": _BLANK, "0": 0, "0.0": 0, "false": 0, "1": 1, "1.0": 1, "true": 1}


class Answer(NamedTuple):
    """Codes joined by a space in the form's order, and the rule that something in it breaks."""

    codes: str
    rule: str = ""


@dataclass(frozen=True)
class _Choices:
    """A question's codes in order, and label -> the codes of the choices that bear it."""

    codes: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    several: bool

    @classmethod
    def of(cls, question: Question) -> "_Choices":
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
    choices = _Choices.of(question)

    def read(text: str) -> Answer:
        text = normal(text)
        if not text:
            return Answer("")
        if text.startswith(_OPEN) and text.endswith(_CLOSE):
            text = normal(text[1:-1])
            return _by_labels(text, choices) or _part_of_list(text, choices)
        first, second = _by_codes, _by_labels
        if labels_first:
            first, second = second, first
        read = first(text, choices) or second(text, choices)
        return read or _part_of_codes(text, choices) or _part_of_list(text, choices)

    return read


def _by_codes(text: str, choices: _Choices) -> Answer | None:
    """The answer if the text is made of codes only."""
    tokens = text.split(" ") if choices.several else [text]
    return Answer(choices.joined(tokens)) if set(tokens) <= set(choices.codes) else None


def _by_labels(text: str, choices: _Choices) -> Answer | None:
    """The answer if the text is made of labels; a choice without a label shows its code."""
    return _read_labels(text, {code: (code,) for code in choices.codes} | choices.labels, choices)


def _read_labels(text: str, known: dict[str, tuple[str, ...]], choices: _Choices) -> Answer | None:
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
    labels: Counter[str], known: dict[str, tuple[str, ...]], choices: _Choices
) -> Answer | None:
    """The choices behind the labels; of two that bear one label, it must be both or neither."""
    if any(count > len(known[label]) for label, count in labels.items()):
        return None
    if any(count < len(known[label]) for label, count in labels.items()):
        return Answer("", AMBIGUOUS)
    return Answer(choices.joined(code for label in labels for code in known[label]))


def _part_of_codes(text: str, choices: _Choices) -> Answer | None:
    """The known ones among codes joined by a space."""
    known = choices.joined(text.split(" ")) if choices.several else ""
    return Answer(known, UNKNOWN) if known else None


def _part_of_list(text: str, choices: _Choices) -> Answer:
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


# --- columns ------------------------------------------------------------------------------------
# The parser holds equal cells of a column as one object, so sets and dictionaries find them faster
# than pandas does.


@dataclass(frozen=True)
class _Column:
    """The cells of a select question, and the different texts among them."""

    question: Question
    choices: _Choices
    cells: np.ndarray
    texts: frozenset[str]

    @classmethod
    def of(cls, cells: pd.Series, question: Question) -> "_Column":
        texts = cells.to_numpy(dtype=object)
        return cls(question, _Choices.of(question), texts, frozenset(texts))

    @property
    def holds_codes(self) -> bool:
        """Whether every cell is blank or one code that could be no label of another choice."""
        labels = self.choices.labels
        return all(
            text == "" or (text in self.choices.codes and labels.get(text, (text,)) == (text,))
            for text in self.texts
        )

    @property
    def votes_for_labels(self) -> int:
        """How many of the texts can be only labels, less those that can be only codes."""
        choices = self.choices
        return sum(
            (_read_labels(text, choices.labels, choices) is not None)
            - (_by_codes(text, choices) is not None)
            for text in map(normal, self.texts)
            if text
        )


def read_answers(
    table: Table,
    answers: dict[str, int],
    ticks: dict[str, dict[str, int]],
    questionnaire: Questionnaire,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """A column of text per question of a file, select questions as codes; how many from labels.

    `answers` says which column holds a question, `ticks` which the choices of a split one. Texts
    that could be codes or labels are labels if most of the file's others are. What cannot be read
    whole stays as it was received, for `choice_reader` to say why.
    """
    index = table.cells.index
    values = {name: table.cells[position] for name, position in answers.items()}
    columns = {
        name: _Column.of(cells, questionnaire[name])
        for name, cells in values.items()
        if questionnaire[name].choices
    }
    labels_first = sum(column.votes_for_labels for column in columns.values()) > 0
    rules, from_labels = {}, {}
    for name, column in columns.items():
        if not column.holds_codes:
            read, rules[name], from_labels[name] = _read_column(column, labels_first=labels_first)
            values[name] = pd.Series(read, index=index, dtype="str")
    for name, places in ticks.items():
        ticked = _ticked(table, places)
        joined = pd.Series(_joined(ticked, questionnaire[name], [*places]), index, dtype="str")
        if name in values:
            rule = rules.get(name, np.full(len(index), ""))
            _check_agreement(table, name, values[name], rule, ticked, places)
            given = (ticked != _BLANK).any(axis=1)
            joined = values[name].mask((rule == AMBIGUOUS) & given, joined)
        values[name] = joined
    return pd.DataFrame(values, index=index), {name: n for name, n in from_labels.items() if n}


def _read_column(column: _Column, *, labels_first: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """Per row the value and the rule it breaks; and how many were read from labels."""
    read = choice_reader(column.question, labels_first=labels_first)
    values, rules, labels = {}, {}, set()
    for text in column.texts:
        answer = Answer(*read(text))
        values[text] = _unread(text, column, labels_first) if answer.rule else answer.codes
        rules[text] = answer.rule
        if text and not answer.rule and _by_codes(normal(text), column.choices) != answer:
            labels.add(text)
    n_labels = sum(map(labels.__contains__, column.cells)) if labels else 0
    return _mapped(column.cells, values), _mapped(column.cells, rules), n_labels


def _mapped(cells: np.ndarray, values: dict[str, str]) -> np.ndarray:
    return np.fromiter(map(values.__getitem__, cells), dtype=object, count=len(cells))


def _unread(text: str, column: _Column, is_label: bool) -> str:
    """The text as received; in quotation marks if it is a label with a word that is a code."""
    mistakable = column.choices.several and not set(text.split()).isdisjoint(column.choices.codes)
    return f"{_OPEN}{text}{_CLOSE}" if is_label and mistakable else text


def _ticked(table: Table, places: dict[str, int]) -> np.ndarray:
    """Rows × choices: 1 ticked, 0 not ticked, -1 blank."""
    return np.column_stack([_tick_column(table, position) for position in places.values()])


def _tick_column(table: Table, position: int) -> np.ndarray:
    cells = table.cells[position].to_numpy(dtype=object)
    ticks = {text: _TICKS.get(text.strip().lower()) for text in set(cells)}
    wrong = {text for text, tick in ticks.items() if tick is None}
    if wrong:
        row = next(place for place, text in enumerate(cells) if text in wrong)
        raise ExportError(
            "is neither ticked nor not ticked",
            where=f"{table.where}, row {table.cells.index[row]}, column {table.header[position]}",
            found=cells[row],
            possible=["1", "0", "true", "false"],
        )
    return np.fromiter(map(ticks.__getitem__, cells), dtype=np.int8, count=len(cells))


def _joined(ticked: np.ndarray, question: Question, names: list[str]) -> np.ndarray:
    """The ticked codes joined by a space in the form's order."""
    order = sorted(range(len(names)), key=lambda place: question.choice_names.index(names[place]))
    packed = np.packbits(ticked[:, order] == 1, axis=1)
    patterns = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel().tolist()
    texts = {
        pattern: " ".join(
            names[place]
            for place, on in zip(
                order, np.unpackbits(np.frombuffer(pattern, np.uint8)), strict=False
            )
            if on
        )
        for pattern in set(patterns)
    }
    return np.fromiter(map(texts.__getitem__, patterns), dtype=object, count=len(patterns))


def _check_agreement(
    table: Table,
    name: str,
    joined: pd.Series,
    rule: np.ndarray,
    ticked: np.ndarray,
    places: dict[str, int],
) -> None:
    """Refuses an export whose joined column and 0/1 columns tell different answers.

    Rows without any tick are those of a form version in which the question was of another type.
    """
    cells = joined.to_numpy(dtype=object)
    number = {text: at for at, text in enumerate(set(cells))}
    holds = np.array([[choice in text.split() for choice in places] for text in number])
    holds = holds[np.fromiter(map(number.__getitem__, cells), dtype=np.intp, count=len(cells))]
    differs = (holds != (ticked == 1)) & (ticked != _BLANK).any(axis=1)[:, np.newaxis]
    differs &= (rule == "")[:, np.newaxis]
    if differs.any():
        row, place = np.argwhere(differs)[0]
        position = [*places.values()][place]
        raise ExportError(
            f"tells two answers to {name!r}",
            where=f"{table.where}, row {table.cells.index[row]}, column {table.header[position]}",
            found=table.cells[position].iloc[row],
            possible=["the choices joined in the column of the question"],
        )
