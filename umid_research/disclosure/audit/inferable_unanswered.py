"""Audit of don't-knows and refusals: do the numbers of people behind scores determine a count?

Each mean is published with its number of people, each alpha with the number who answered all items.
In a dimension of one question these are all who did not say that they don't know.
"""

from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.score import is_answered_enough
from umid_research.disclosure.audit.bases import fix_published_bases
from umid_research.disclosure.audit.counts import TABLES, people_of
from umid_research.disclosure.audit.feasible_set import FeasibleSet
from umid_research.disclosure.audit.linked_scores import LinkedScores, ScoreDefinition
from umid_research.study import Study

_MAX_FREE = 80


def inferable_unanswered(linked: LinkedScores, published: pd.DataFrame, study: Study) -> list[int]:
    """Return the withheld rows of answers without a score that can only be one whole number.

    The attacker is granted who answered at all, and who has a score in dimensions of other
    `LinkedScores`.
    """
    rows = published[published["table"].isin(TABLES) & published["question"].isin(linked.items)]
    codes = dict(zip(linked.items, linked.unscored_codes, strict=True))
    without_score = [row.answer in codes[row.question] for row in rows.itertuples()]
    rows = rows[np.array(without_score, dtype=bool)]
    hidden = [
        row for row in rows[~rows["shown"]].itertuples() if not _can_be_exchanged(row, rows, linked)
    ]
    if not hidden:
        return []
    about = np.any([people_of(row, linked.people) for row in hidden], axis=0)
    feasible = FeasibleSet(linked, _choose_free(linked, about))
    for row in rows[rows["shown"]].itertuples():
        feasible.fix_total(_variables_of(feasible, row))
    fix_published_bases(feasible, published, study)
    variables = {row.Index: _variables_of(feasible, row) for row in hidden}
    is_determined = dict.fromkeys(variables, True)
    for row, own in variables.items():
        other = feasible.find_alternative(own) if is_determined[row] else None
        if other is not None:
            # One solution may show a second value for several counts.
            moved = other - np.array(feasible.truth)
            is_determined |= {
                n: is_determined[n] and moved[at].sum() == 0 for n, at in variables.items()
            }
    return [row for row, determined in is_determined.items() if determined]


def _variables_of(feasible: FeasibleSet, row: Any) -> list[int]:
    """Return the variables that add up to the count of a row."""
    own = people_of(row, feasible.linked.people)
    item = feasible.linked.items.index(row.question)
    keys = ((person, item, row.answer) for person in feasible.free if own[person])
    return [feasible.unscored[key] for key in keys if key in feasible.unscored]


def _choose_free(linked: LinkedScores, about: np.ndarray) -> np.ndarray:
    """Return the people who may have answered otherwise, those without a scored answer first."""
    has_unanswered = (linked.given < 0).any(axis=1)
    return np.lexsort([*linked.given.T, ~has_unanswered, ~about])[:_MAX_FREE]


def _answered(definition: ScoreDefinition, linked: LinkedScores) -> np.ndarray:
    """Return how many items of a definition each person answered with a score."""
    return (linked.given[:, np.isin(linked.items, definition.of)] >= 0).sum(axis=1)


def _can_be_exchanged(row: Any, rows: pd.DataFrame, linked: LinkedScores) -> bool:
    """Return whether two people can exchange their answers so that a withheld count changes.

    They must be in the same shown cells, and one of them in the withheld one. After the exchange
    both must still have, or lack, the same scores; the numbers of people who answered all, or any,
    items must not change.
    """
    item = linked.items.index(row.question)
    cells = rows[(rows["question"] == row.question) & rows["shown"]]
    shown = [people_of(cell, linked.people) for cell in cells.itertuples()]
    own = people_of(row, linked.people)
    is_scored = linked.given[:, item] >= 0
    gave = linked.unscored[:, item] == row.answer
    for one in np.flatnonzero(gave):
        can_exchange = (own != own[one]) & ~gave & (is_scored | (linked.unscored[:, item] != ""))
        for people in shown:
            can_exchange &= people == people[one]
        for definition in linked.definitions:
            if row.question in definition.of:
                answered, asked = (
                    _answered(definition, linked),
                    definition.rows["items_asked"].to_numpy(),
                )
                has, fewer = (
                    is_answered_enough(answered, asked),
                    is_answered_enough(answered - 1, asked),
                )
                keeps_counts = has[one] == is_answered_enough(answered[one] + 1, asked[one])
                keeps_counts &= (has == fewer) & ((answered[one] > 0) == (answered > 1))
                keeps_counts &= (answered[one] + 1 == asked[one]) == (answered == asked)
                can_exchange &= keeps_counts | ~is_scored
        if can_exchange.any():
            return True
    return False
