"""Read rankings: the choices of one cell, in their order, become the answers of several questions.

    needs             needs_1  needs_2  needs_3
    road water        road     water
    Water, Road, Gas  water    road     gas
    road road                                     `road road` stays in needs_1: it cannot be read

A platform writes codes joined by a space, or labels joined by a space or a comma.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.raw.choices import Choices, splits_of
from umid_research.raw.table import Table, normal
from umid_research.study.questionnaire import Question, Questionnaire


def ranked_answers(
    table: Table,
    columns: Mapping[str, int],
    answers: Mapping[str, pd.Series],
    questionnaire: Questionnaire,
) -> tuple[dict[str, pd.Series], dict[str, int]]:
    """Return question -> codes for the places of all rankings, and how many were read from labels.

    A text that cannot be read as a whole stays in the first place, so that cleaning can log it.
    Raises ExportError, naming the row, if the file also has columns for the places, in `answers`,
    and they differ.
    """
    found: dict[str, pd.Series] = {}
    from_labels: dict[str, int] = {}
    for name, position in columns.items():
        places = questionnaire.places[name]
        choices = Choices.of(questionnaire[places[0]])
        cells = table.cells[position]
        read = {text: ranked_codes(text, choices) for text in cells.unique()}
        for place, question in enumerate(places):
            codes = {text: row[place] if place < len(row) else "" for text, row in read.items()}
            found[question] = cells.map(codes).astype("str")
            if question in answers:
                _check_equal(table, answers[question], found[question], questionnaire[question])
        labels = [t for t, row in read.items() if row != (t,) and " ".join(row) != normal(t)]
        if number := int(cells.isin(labels).sum()):
            from_labels[places[0]] = number
    return found, from_labels


def ranked_codes(text: str, choices: Choices) -> tuple[str, ...]:
    """Return the codes of a ranking in their order; the whole text if it cannot be read."""
    plain = normal(text)
    if not plain:
        return ()
    tokens = plain.split(" ")
    if set(tokens) <= set(choices.codes):
        return tuple(tokens) if len(set(tokens)) == len(tokens) else (text,)
    known = {code: (code,) for code in choices.codes} | choices.labels
    longest = sum((len(label) + 2) * len(codes) for label, codes in known.items())
    ways = splits_of(plain, known, ordered=True) if len(plain) <= longest else []
    if len(ways) != 1 or any(len(known[label]) > 1 for label in ways[0]):
        return (text,)
    ranked = [known[label][0] for label in ways[0]]
    return tuple(ranked) if len(set(ranked)) == len(ranked) else (text,)


def _check_equal(table: Table, given: pd.Series, read: pd.Series, question: Question) -> None:
    differs = (given != "") & (read != "") & (given != read) & table.judged
    if differs.any():
        row = int(np.flatnonzero(differs)[0])
        raise ExportError(
            f"has two different answers to {question.name!r}, in the column of the ranking and in "
            "that of the place",
            where=f"{table.where}, row {table.cells.index[row]}",
            found=f"{given.iloc[row]}, {read.iloc[row]}",
        )
