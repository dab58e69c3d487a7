"""Audit of the counts of one question: can a withheld count be worked out from the published ones?

The integer program has one variable per cell (group × district) and answer: how many people in the
cell gave it. The published counts, and the number of people in each cell, are its constraints. A
withheld count is determined if it has the same value in every solution.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from umid_research.clean import ANSWERED, Cleaned
from umid_research.study.questionnaire import Question

TABLES = ("answers", "answers_by_group", "answers_by_district")
# Random objectives move many withheld counts at once; what they leave is tried one by one.
_RANDOM_OBJECTIVES = 3


@dataclass(frozen=True)
class QuestionCounts:
    """The answers to a question: the people per cell (group × district), and the true counts.

    `base` has the number of people per cell, `truth` is cells × answers. If `several` is true, one
    person may give several answers, or a meeting have several themes; otherwise the counts of a
    cell add up to its base.
    """

    answers: tuple[str, ...]
    several: bool
    cells: pd.DataFrame
    base: np.ndarray
    truth: np.ndarray


def question_counts(cleaned: Cleaned, question: Question) -> QuestionCounts:
    """Return the counts of a question with choices, over those who answered it."""
    several = question.kind == "select_multiple"
    answered = cleaned.states[question.name] == ANSWERED
    given = cleaned.responses.loc[answered, ["group", "district", question.name]]
    ticked = given[question.name]
    ticked = ticked.str.get_dummies(sep=" ") if several else pd.get_dummies(ticked)
    ticked = ticked.reindex(columns=list(question.answers), fill_value=0).astype(int)
    grouped = ticked.groupby([given["group"], given["district"]])
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


def people_of(row: Any, people: pd.DataFrame) -> np.ndarray:
    """Return which of `people` (or cells) a row of `published` is about, as booleans."""
    own = np.ones(len(people), dtype=bool)
    for key in ("group", "district"):
        if isinstance(name := getattr(row, key), str):
            own &= (people[key] == name).to_numpy()
    return own


def determined_counts(rows: pd.DataFrame, counts: QuestionCounts) -> list[int]:
    """Return the index of withheld rows of a question whose count has only one possible value.

    `rows` are the question's rows of `published`. The attacker is granted how many people of each
    group and district answered. If one subtraction reveals some counts, only these are returned:
    the caller suppresses a cell and audits again.
    """
    hidden = rows[~rows["shown"]]
    if hidden.empty:
        return []
    determined = _determined_by_subtraction(rows, counts)
    if determined:
        return determined
    if not counts.several:
        return _determined(rows, counts, counts.answers)
    # Each choice is a yes-or-no question of its own.
    for name in dict.fromkeys(hidden["answer"]):
        determined += _determined(rows[rows["answer"] == name], counts, (name,))
    return determined


def _determined_by_subtraction(rows: pd.DataFrame, counts: QuestionCounts) -> list[int]:
    """Return withheld rows for which the total minus the shown counts leaves nobody or everybody.

    The integer program would find them too, in a hundred times the time.
    """
    totals = rows[(rows["table"] == "answers") & rows["shown"]].set_index("answer")["value"]
    determined = []
    for key in ("group", "district"):
        own = rows[(rows["table"] == f"answers_by_{key}") & rows["answer"].isin(totals.index)]
        if own["shown"].all():
            continue
        base = own[key].map(pd.Series(counts.base).groupby(counts.cells[key]).sum())
        hidden = ~own["shown"]
        left = own["answer"].map(totals) - own["value"].fillna(0).groupby(own["answer"]).transform(
            "sum"
        )
        most = base.where(hidden, 0).groupby(own["answer"]).transform("sum")
        determined += list(own.index[hidden & ((left == 0) | (left == most))])
    return determined


def _determined(rows: pd.DataFrame, counts: QuestionCounts, answers: tuple[str, ...]) -> list[int]:
    """Return the withheld among `rows` for which no second whole number is possible."""
    columns = [counts.answers.index(name) for name in answers]
    truth = counts.truth[:, columns]
    shape = truth.shape
    variable = np.arange(truth.size).reshape(shape)
    members = []
    for row in rows.itertuples():
        members.append(variable[people_of(row, counts.cells), answers.index(row.answer)])
    matrix = sums_of(members, truth.size)
    values = matrix @ truth.ravel()
    shown = rows["shown"].to_numpy(dtype=bool)
    # The attacker knows each published count exactly.
    constraints = [LinearConstraint(matrix[shown], values[shown], values[shown])]
    if len(answers) > 1:
        # Everybody in a cell gave exactly one answer.
        of_cells = sums_of(list(variable), truth.size)
        constraints.append(LinearConstraint(of_cells, counts.base, counts.base))
    most = np.repeat(counts.base, shape[1])
    hidden, fixed = matrix[~shown], values[~shown]
    has_second_value = np.zeros(len(fixed), dtype=bool)

    def solve(objective: np.ndarray) -> None:
        solved = milp(objective, constraints=constraints, bounds=Bounds(0, most), integrality=1)
        # One solution may show a second value for several withheld counts.
        if solved.x is not None:
            has_second_value[np.abs(hidden @ solved.x - fixed) > 0.5] = True

    rng = np.random.default_rng(0)
    for _ in range(_RANDOM_OBJECTIVES):
        if not has_second_value.all():
            solve(
                hidden.T
                @ np.where(has_second_value, 0.0, rng.choice([-1.0, 1.0], len(has_second_value)))
            )
    for row in range(len(has_second_value)):
        for sign in (1.0, -1.0):
            if not has_second_value[row]:
                solve(sign * hidden[[row]].toarray().ravel())
    return list(rows.index[~shown][~has_second_value])


def sums_of(members: list[np.ndarray], width: int) -> sparse.csr_array:
    """Return a 0-1 matrix with one row per sum and `width` columns, one per variable."""
    columns = np.concatenate([*members, np.empty(0, dtype=int)])
    lines = np.repeat(np.arange(len(members)), [len(m) for m in members])
    return sparse.csr_array((np.ones(len(columns)), (lines, columns)), (len(members), width))
