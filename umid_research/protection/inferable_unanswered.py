"""What the numbers of people with a score leave open about withheld don't-knows and refusals.

Beside each mean stands how many people it is of, and beside each alpha how many answered all items:
of a dimension of one question these are all who did not say that they don't know.
"""

from typing import Any

import numpy as np
import pandas as pd

from umid_research.protection.bases import fix_published_bases
from umid_research.protection.counts import TABLES, people_of
from umid_research.protection.feasible_set import FeasibleSet
from umid_research.protection.linked_scores import LinkedScores, ScoreDefinition
from umid_research.score import is_answered_enough
from umid_research.study import Study

_MAX_FREE = 80


def inferable_unanswered(linked: LinkedScores, published: pd.DataFrame, study: Study) -> list[int]:
    """Withheld counts of answers without a score that can only be one whole number.

    The attacker is granted who answered at all, and who has a score in what other scopes are of.
    """
    rows = published[published["table"].isin(TABLES) & published["question"].isin(linked.items)]
    codes = dict(zip(linked.items, linked.unscored_codes, strict=True))
    without_score = [row.answer in codes[row.question] for row in rows.itertuples()]
    rows = rows[np.array(without_score, dtype=bool)]
    hidden = [
        row for row in rows[~rows["shown"]].itertuples() if not _may_be_exchanged(row, rows, linked)
    ]
    if not hidden:
        return []
    about = np.any([people_of(row, linked.people) for row in hidden], axis=0)
    feasible = FeasibleSet(linked, _some(linked, about))
    for row in rows[rows["shown"]].itertuples():
        feasible.fix_total(_counted(feasible, row))
    fix_published_bases(feasible, published, study)
    counted = {row.Index: _counted(feasible, row) for row in hidden}
    single = dict.fromkeys(counted, True)
    for row, places in counted.items():
        other = feasible.find_alternative(places) if single[row] else None
        if other is not None:
            # One way to have answered tells something of every count.
            moved = other - np.array(feasible.truth)
            single |= {n: single[n] and moved[at].sum() == 0 for n, at in counted.items()}
    return [row for row, is_single in single.items() if is_single]


def _counted(feasible: FeasibleSet, row: Any) -> list[int]:
    own = people_of(row, feasible.linked.people)
    item = feasible.linked.items.index(row.question)
    keys = ((person, item, row.answer) for person in feasible.free if own[person])
    return [feasible.unscored[key] for key in keys if key in feasible.unscored]


def _some(linked: LinkedScores, about: np.ndarray) -> np.ndarray:
    """Of the people at most so many, those without an answer first: they may answer otherwise."""
    silent = (linked.given < 0).any(axis=1)
    return np.lexsort([*linked.given.T, ~silent, ~about])[:_MAX_FREE]


def _answered(part: ScoreDefinition, linked: LinkedScores) -> np.ndarray:
    """How many of a part's items each person answered with a score."""
    return (linked.given[:, np.isin(linked.items, part.of)] >= 0).sum(axis=1)


def _may_be_exchanged(row: Any, rows: pd.DataFrame, linked: LinkedScores) -> bool:
    """Whether two people may have given each other's answer to the question of a withheld count.

    They are counted in the same shown cells, and one of them in the withheld one; afterwards either
    has scores in all they had scores in, and as many have answered all, or any, items.
    """
    item = linked.items.index(row.question)
    cells = rows[(rows["question"] == row.question) & rows["shown"]]
    shown = [people_of(cell, linked.people) for cell in cells.itertuples()]
    own = people_of(row, linked.people)
    is_scored = linked.given[:, item] >= 0
    gave = linked.unscored[:, item] == row.answer
    for one in np.flatnonzero(gave):
        alike = (own != own[one]) & ~gave & (is_scored | (linked.unscored[:, item] != ""))
        for people in shown:
            alike &= people == people[one]
        for part in linked.parts:
            if row.question in part.of:
                answered, asked = _answered(part, linked), part.rows["items_asked"].to_numpy()
                has, fewer = (
                    is_answered_enough(answered, asked),
                    is_answered_enough(answered - 1, asked),
                )
                keeps = has[one] == is_answered_enough(answered[one] + 1, asked[one])
                keeps &= (has == fewer) & ((answered[one] > 0) == (answered > 1))
                keeps &= (answered[one] + 1 == asked[one]) == (answered == asked)
                alike &= keeps | ~is_scored
        if alike.any():
            return True
    return False
