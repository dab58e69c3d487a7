"""Audit of the counts of one question: can a withheld count be worked out from the published ones?

The integer program has one variable per cell (group × district) and answer: how many people in the
cell gave it. The published counts, and the number of people in each cell, are its constraints. A
withheld count is determined if it has the same value in every solution.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from umid_research.analysis.ticked import ticked
from umid_research.clean import ANSWERED, Cleaned
from umid_research.disclosure.audit.program import Program
from umid_research.study.questionnaire import Question

TABLES = ("answers", "answers_by_group", "answers_by_district")


@dataclass(frozen=True)
class QuestionCounts:
    """The answers to a question: the people per cell (group × district), and the true counts.

    `base` has the number of people per cell, `truth` is cells × answers. If `several` is true, one
    person may give several answers, or a meeting have several themes; otherwise the counts of a
    cell add up to its base. `keys` are the columns of `cells` that rows of counts may have, too.
    """

    answers: tuple[str, ...]
    several: bool
    cells: pd.DataFrame
    base: np.ndarray
    truth: np.ndarray
    keys: tuple[str, ...] = ("group", "district")


def question_counts(cleaned: Cleaned, question: Question) -> QuestionCounts:
    """Return the counts of a question with choices, over those who answered it."""
    several = question.kind == "select_multiple"
    answered = cleaned.states[question.name] == ANSWERED
    given = cleaned.responses.loc[answered, ["group", "district", question.name]]
    grouped = ticked(given[question.name], question).groupby([given["group"], given["district"]])
    counts = grouped.sum()
    cells = counts.index.to_frame(index=False)
    base = grouped.size().to_numpy()
    return QuestionCounts(question.answers, several, cells, base, counts.to_numpy())


def theme_counts(cells: pd.DataFrame) -> QuestionCounts:
    """Return the counts of themes over meetings, or over proposals, by group and district."""
    keys = ["group", "district"]
    counts = cells.pivot(index=keys, columns="theme", values="meetings")
    base = cells.drop_duplicates(keys).set_index(keys)["of"].reindex(counts.index)
    places = counts.index.to_frame(index=False)
    return QuestionCounts(tuple(counts.columns), True, places, base.to_numpy(), counts.to_numpy())


def people_counts(cells: pd.DataFrame, numbers: pd.Series) -> QuestionCounts:
    """Return numbers of people as counts of one answer: how many there are in each cell.

    The keys of `cells` are its columns. Up to all of the people might be in one cell.
    """
    base = np.full(len(cells), int(numbers.sum()))
    truth = numbers.to_numpy(dtype=int)[:, np.newaxis]
    return QuestionCounts(
        ("",), True, cells.reset_index(drop=True), base, truth, tuple(cells.columns)
    )


def covered(
    rows: pd.DataFrame, people: pd.DataFrame, keys: tuple[str, ...] = ("group", "district")
) -> np.ndarray:
    """Return which of `people` (or cells) each row of `published` is about: row × person."""
    # Names are compared once per cell, as all its people are covered, or nobody.
    cell = np.zeros(len(people), dtype=int)
    of_cells = np.ones((len(rows), 1), dtype=bool)
    for key in keys:
        numbers, names = pd.factorize(people[key])
        named = rows[key].to_numpy(dtype=object)[:, np.newaxis]
        # The last name, which -1 stands for, is none.
        own = (named == np.array([*names, None], dtype=object)) | pd.isna(named)
        width = own.shape[1]
        of_cells = (of_cells[:, :, np.newaxis] & own[:, np.newaxis]).reshape(
            len(rows), of_cells.shape[1] * width
        )
        cell = cell * width + numbers % width
    return of_cells[:, cell]


def determined_counts(rows: pd.DataFrame, counts: QuestionCounts) -> list[int]:
    """Return the index of withheld rows of a question whose count has only one possible value.

    `rows` are the question's rows of `published`. The attacker is granted how many people of each
    group and district answered. If one subtraction reveals some counts, only these are returned:
    the caller suppresses a cell and audits again.
    """
    hidden = ~rows["shown"].to_numpy(dtype=bool)
    if not hidden.any():
        return []
    # Each choice of several is a yes-or-no question of its own, so others reveal nothing about it.
    answer = rows["answer"].to_numpy()
    concerned = np.isin(answer, answer[hidden]) if counts.several else np.ones(len(rows), bool)
    rows = rows[concerned]
    return _determined_by_subtraction(rows, counts) or _determined(rows, counts)


def _determined_by_subtraction(rows: pd.DataFrame, counts: QuestionCounts) -> list[int]:
    """Return withheld rows for which the total minus the shown counts leaves nobody or everybody.

    The integer program would find them too, in a hundred times the time.
    """
    base = covered(rows, counts.cells, counts.keys) @ counts.base
    table, answer = rows["table"].to_numpy(), rows["answer"].to_numpy()
    value, shown = rows["value"].to_numpy(dtype=float), rows["shown"].to_numpy(dtype=bool)
    determined: list[int] = []
    for total in np.flatnonzero((table == TABLES[0]) & shown):
        for name in TABLES[1:]:
            own = (table == name) & (answer == answer[total])
            hidden = own & ~shown
            left = value[total] - value[own & shown].sum()
            if left in (0, base[hidden].sum()):
                determined += list(rows.index[hidden])
    return determined


def _determined(rows: pd.DataFrame, counts: QuestionCounts) -> list[int]:
    """Return the withheld among `rows` for which no second whole number is possible."""
    cells, answers = counts.truth.shape
    place = rows["answer"].map({name: n for n, name in enumerate(counts.answers)}).to_numpy()
    sums = sparse.csr_array(
        (
            covered(rows, counts.cells, counts.keys)[:, :, np.newaxis]
            & (place[:, np.newaxis, np.newaxis] == np.arange(answers))
        )
        .reshape(len(rows), cells * answers)
        .astype(float)
    )
    shown = rows["shown"].to_numpy(dtype=bool)
    constraints = [sums[shown]]
    if not counts.several:
        # Everybody in a cell gave exactly one answer.
        constraints.append(sparse.kron(sparse.eye_array(cells), np.ones((1, answers))))
    matrix = sparse.vstack(constraints, format="csc")
    program = Program(
        matrix=matrix,
        # The attacker knows each published count exactly.
        low=np.zeros(matrix.shape[0]),
        high=np.zeros(matrix.shape[0]),
        least=-counts.truth.ravel(),
        most=(counts.base[:, np.newaxis] - counts.truth).ravel(),
    )
    return list(rows.index[~shown][program.fixed(sums[~shown], many_at_once=True)])
