"""What the published counts of one question leave open about those that are withheld."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from umid_research.clean import ANSWERED, Cleaned
from umid_research.questionnaire import Question

TABLES = ("answers", "answers_by_group", "answers_by_district")
_GUESSES = 3


@dataclass(frozen=True)
class QuestionCounts:
    """A question's answers, how many were asked in each group × district, and the true counts.

    `truth` is cells × answers. Of an answer of `several`, as of a theme, people may give others.
    """

    answers: tuple[str, ...]
    several: bool
    cells: pd.DataFrame
    base: np.ndarray
    truth: np.ndarray


def asked_of_people(cleaned: Cleaned, question: Question) -> QuestionCounts:
    """A question with choices, of those who answered it."""
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


def asked_of_meetings(cells: pd.DataFrame) -> QuestionCounts:
    """The themes of meetings, or of proposals: of those of one group and district."""
    keys = ["group", "district"]
    counts = cells.pivot(index=keys, columns="theme", values="meetings")
    base = cells.drop_duplicates(keys).set_index(keys)["of"].reindex(counts.index)
    places = counts.index.to_frame(index=False)
    return QuestionCounts(tuple(counts.columns), True, places, base.to_numpy(), counts.to_numpy())


def people_of(row: Any, people: pd.DataFrame) -> np.ndarray:
    """Which of `people`, or of cells of them, a row of `published` is about."""
    own = np.ones(len(people), dtype=bool)
    for key in ("group", "district"):
        if isinstance(name := getattr(row, key), str):
            own &= (people[key] == name).to_numpy()
    return own


def closed_counts(rows: pd.DataFrame, asked: QuestionCounts) -> list[int]:
    """Withheld rows of a question that can only be one whole number; empty if there are none.

    `rows` are the question's rows of `published`. The attacker is granted how many people of each
    group and district answered. Where some are known by one subtraction, only these are told.
    """
    hidden = rows[~rows["shown"]]
    if hidden.empty:
        return []
    closed = _left_over(rows, asked)
    if closed:
        return closed
    if not asked.several:
        return _closed(rows, asked, asked.answers)
    # Each choice is a yes-or-no question of its own.
    for name in dict.fromkeys(hidden["answer"]):
        closed += _closed(rows[rows["answer"] == name], asked, (name,))
    return closed


def _left_over(rows: pd.DataFrame, asked: QuestionCounts) -> list[int]:
    """Withheld rows of which the total less what is shown beside them leaves nobody, or everybody.

    The linear program would find them too, in a hundred times the time.
    """
    totals = rows[(rows["table"] == "answers") & rows["shown"]].set_index("answer")["value"]
    closed = []
    for key in ("group", "district"):
        own = rows[(rows["table"] == f"answers_by_{key}") & rows["answer"].isin(totals.index)]
        if own["shown"].all():
            continue
        base = own[key].map(pd.Series(asked.base).groupby(asked.cells[key]).sum())
        hidden = ~own["shown"]
        left = own["answer"].map(totals) - own["value"].fillna(0).groupby(own["answer"]).transform(
            "sum"
        )
        most = base.where(hidden, 0).groupby(own["answer"]).transform("sum")
        closed += list(own.index[hidden & ((left == 0) | (left == most))])
    return closed


def _closed(rows: pd.DataFrame, asked: QuestionCounts, answers: tuple[str, ...]) -> list[int]:
    """The withheld among `rows` for which no second whole number is possible."""
    columns = [asked.answers.index(name) for name in answers]
    truth = asked.truth[:, columns]
    shape = truth.shape
    variable = np.arange(truth.size).reshape(shape)
    members = []
    for row in rows.itertuples():
        members.append(variable[people_of(row, asked.cells), answers.index(row.answer)])
    matrix = sums_of(members, truth.size)
    values = matrix @ truth.ravel()
    shown = rows["shown"].to_numpy(dtype=bool)
    limits = [LinearConstraint(matrix[shown], values[shown], values[shown])]
    if len(answers) > 1:
        of_cells = sums_of(list(variable), truth.size)
        limits.append(LinearConstraint(of_cells, asked.base, asked.base))
    most = np.repeat(asked.base, shape[1])
    hidden, fixed = matrix[~shown], values[~shown]
    found = np.zeros(len(fixed), dtype=bool)

    def solve(objective: np.ndarray) -> None:
        solved = milp(objective, constraints=limits, bounds=Bounds(0, most), integrality=1)
        if solved.x is not None:
            found[np.abs(hidden @ solved.x - fixed) > 0.5] = True

    rng = np.random.default_rng(0)
    for _ in range(_GUESSES):
        if not found.all():
            solve(hidden.T @ np.where(found, 0.0, rng.choice([-1.0, 1.0], len(found))))
    for place in range(len(found)):
        for sign in (1.0, -1.0):
            if not found[place]:
                solve(sign * hidden[[place]].toarray().ravel())
    return list(rows.index[~shown][~found])


def sums_of(members: list[np.ndarray], width: int) -> sparse.csr_array:
    """A row for each sum of some of `width` variables."""
    columns = np.concatenate([*members, np.empty(0, dtype=int)])
    lines = np.repeat(np.arange(len(members)), [len(m) for m in members])
    return sparse.csr_array((np.ones(len(columns)), (lines, columns)), (len(members), width))
