"""Turn the columns of a file into one column of text per question, select questions as codes.

`choices` reads a cell, `ticks` the 0/1 columns of a split question. Sets and dictionaries are used
instead of pandas because they are faster here: the parser stores equal cells as one object.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.raw.choices import (
    AMBIGUOUS,
    CLOSE,
    OPEN,
    Answer,
    Choices,
    by_codes,
    choice_reader,
    read_labels,
)
from umid_research.raw.table import Table, normal
from umid_research.raw.ticks import BLANK, check_agreement, joined_ticks, ticked_choices
from umid_research.study.questionnaire import Question, Questionnaire


@dataclass(frozen=True)
class _Column:
    """The cells of a select question and their distinct texts."""

    question: Question
    choices: Choices
    cells: np.ndarray
    texts: frozenset[str]

    @classmethod
    def of(cls, cells: pd.Series, question: Question) -> "_Column":
        texts = cells.to_numpy(dtype=object)
        return cls(question, Choices.of(question), texts, frozenset(texts))

    @property
    def holds_codes(self) -> bool:
        """Whether every cell is blank or a single code that is not the label of another choice."""
        labels = self.choices.labels
        return all(
            text == "" or (text in self.choices.codes and labels.get(text, (text,)) == (text,))
            for text in self.texts
        )

    @property
    def votes_for_labels(self) -> int:
        """The number of texts that can only be labels, minus those that can only be codes."""
        choices = self.choices
        return sum(
            (read_labels(text, choices.labels, choices) is not None)
            - (by_codes(text, choices) is not None)
            for text in map(normal, self.texts)
            if text
        )


def read_answers(
    table: Table,
    answers: dict[str, int],
    ticks: dict[str, dict[str, int]],
    questionnaire: Questionnaire,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return one text column per question, and how many answers per question were labels.

    Answers to select questions become codes. A text that could be a code or a label is read as a
    label if the file's other texts are labels rather than codes. A text that cannot be read as a
    whole stays as received, so that cleaning (`choice_reader`) can log the reason.

    Parameters
    ----------
    answers : question -> position of its column.
    ticks : split select_multiple question -> choice -> position of its 0/1 column.
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
        ticked = ticked_choices(table, places)
        joined = pd.Series(joined_ticks(ticked, questionnaire[name], [*places]), index, dtype="str")
        if name in values:
            rule = rules.get(name, np.full(len(index), ""))
            check_agreement(table, name, values[name], rule, ticked, places)
            given = (ticked != BLANK).any(axis=1)
            joined = values[name].mask((rule == AMBIGUOUS) & given, joined)
        values[name] = joined
    return pd.DataFrame(values, index=index), {name: n for name, n in from_labels.items() if n}


def _read_column(column: _Column, *, labels_first: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """Return for each row the value and the rule it breaks, and how many were read from labels."""
    read = choice_reader(column.question, labels_first=labels_first)
    values, rules, labels = {}, {}, set()
    for text in column.texts:
        answer = Answer(*read(text))
        values[text] = _unread(text, column, labels_first) if answer.rule else answer.codes
        rules[text] = answer.rule
        if text and not answer.rule and by_codes(normal(text), column.choices) != answer:
            labels.add(text)
    n_labels = sum(map(labels.__contains__, column.cells)) if labels else 0
    return _mapped(column.cells, values), _mapped(column.cells, rules), n_labels


def _mapped(cells: np.ndarray, values: dict[str, str]) -> np.ndarray:
    return np.fromiter(map(values.__getitem__, cells), dtype=object, count=len(cells))


def _unread(text: str, column: _Column, is_label: bool) -> str:
    """Return the text as received, quoted if one of its words could be mistaken for a code."""
    mistakable = column.choices.several and not set(text.split()).isdisjoint(column.choices.codes)
    return f"{OPEN}{text}{CLOSE}" if is_label and mistakable else text
