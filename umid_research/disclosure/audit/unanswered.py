"""Audit of don't-knows and refusals: do the numbers of people behind scores determine a count?

Each mean is published with the number of people, of units and of localities that it is based on,
each alpha with the number who answered all items. A person has a score if they answered two thirds
of the items, so these numbers restrict who can have said "don't know". In a dimension of one
question they are all who did not say so.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX, MIN_ANSWERED_SHARE, is_answered_enough
from umid_research.disclosure.audit.counts import TABLES, covered
from umid_research.disclosure.audit.feasible_set import FeasibleSet
from umid_research.disclosure.audit.linked_scores import (
    DIFFERENCES,
    VIEWS,
    LinkedScores,
    ScoreDefinition,
)
from umid_research.study import Study

# Answers of so many people may change; more would take the solver long.
_MAX_FREE = 80


def inferable_unanswered(
    linked: LinkedScores,
    published: pd.DataFrame,
    study: Study,
    among: list[int] | None = None,
) -> list[int]:
    """Return the withheld rows of answers without a score that can only be one whole number.

    With `among`, other withheld rows are known to be open and are not audited.

    The attacker is granted who answered at all, and who has a score in dimensions of other
    `LinkedScores`.
    """
    rows = published[published["table"].isin(TABLES) & published["question"].isin(linked.items)]
    codes = dict(zip(linked.items, linked.unscored_codes, strict=True))
    named = zip(rows["question"], rows["answer"], strict=True)
    # Of no rows, a list as a mask would select no columns.
    rows = rows[np.array([answer in codes[question] for question, answer in named], dtype=bool)]
    people, shown = covered(rows, linked.people), rows["shown"].to_numpy(dtype=bool)
    doubtful = ~shown if among is None else np.isin(rows.index, among)
    hidden = _not_exchangeable(rows, people, linked, doubtful)
    if not hidden:
        return []
    about = np.logical_or.reduce(people[hidden])
    feasible = FeasibleSet(linked, _choose_free(linked, about))
    counts = [
        feasible.who_gave(own, question, answer)
        for own, question, answer in zip(people, rows["question"], rows["answer"], strict=True)
    ]
    for place in np.flatnonzero(shown):
        feasible.fix_total(counts[place])
    _fix_published_bases(feasible, published, study)
    is_fixed = feasible.fixed([counts[place] for place in hidden])
    return [int(rows.index[place]) for place, one in zip(hidden, is_fixed, strict=True) if one]


def _choose_free(linked: LinkedScores, about: np.ndarray) -> np.ndarray:
    """Return the people who may have answered otherwise, those without a scored answer first."""
    has_unanswered = (linked.given < 0).any(axis=1)
    return np.lexsort([*linked.given.T, ~has_unanswered, ~about])[:_MAX_FREE]


# --- exchanges of answers, which need no program -------------------------------------------------


def _not_exchangeable(
    rows: pd.DataFrame, people: np.ndarray, linked: LinkedScores, doubtful: np.ndarray
) -> list[int]:
    """Return the places of doubtful rows that no exchange of two people's answers changes.

    The two must be in the same shown cells, and one of them in the withheld one. After the exchange
    both must still have, or lack, the same scores; the numbers of people who answered all, or any,
    items must not change.
    """
    shown, question = rows["shown"].to_numpy(dtype=bool), rows["question"].to_numpy()
    places = []
    for place in np.flatnonzero(doubtful):
        cells = people[shown & (question == question[place])]
        item = linked.items.index(question[place])
        gave = linked.unscored[:, item] == rows["answer"].iloc[place]
        has_answer = (linked.given[:, item] >= 0) | (linked.unscored[:, item] != "")
        givers, others = np.flatnonzero(gave), np.flatnonzero(~gave & has_answer)
        can = people[place][givers][:, np.newaxis] != people[place][others]
        can &= (cells[:, givers][:, :, np.newaxis] == cells[:, np.newaxis, others]).all(axis=0)
        keeps = [
            _keeps_bases(definition, linked, givers, others)
            for definition in linked.definitions
            if question[place] in definition.of
        ]
        can &= np.all(keeps, axis=0) | (linked.given[others, item] < 0)
        if not can.any():
            places.append(int(place))
    return places


def _keeps_bases(
    definition: ScoreDefinition, linked: LinkedScores, givers: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """Return whether exchanging an answer keeps the bases of a score: giver × other."""
    number = (linked.given[:, np.isin(linked.items, definition.of)] >= 0).sum(axis=1)
    items_asked = definition.rows["items_asked"].to_numpy()
    more, asked_more = number[givers][:, np.newaxis], items_asked[givers][:, np.newaxis]
    fewer, asked_fewer = number[others], items_asked[others]
    enough = is_answered_enough
    gains_no_score = enough(more, asked_more) == enough(more + 1, asked_more)
    loses_no_score = enough(fewer, asked_fewer) == enough(fewer - 1, asked_fewer)
    same_any = (more > 0) == (fewer > 1)
    same_all = (more + 1 == asked_more) == (fewer == asked_fewer)
    return gains_no_score & loses_no_score & same_any & same_all


# --- the published numbers of people, units and localities ---------------------------------------


@dataclass(frozen=True)
class _Unit:
    """A unit; `place` is the variable that is 1 if somebody in it has a score.

    Where only one value is possible, `place` is None, and `certain` holds that value.
    """

    group: str
    district: str
    locality: Any
    place: int | None
    certain: bool


def _fix_published_bases(feasible: FeasibleSet, published: pd.DataFrame, study: Study) -> None:
    """Constrain the feasible set to the published numbers of people, units and localities."""
    names = {definition.name for definition in feasible.linked.definitions}
    shown = published[published["shown"] & published["dimension"].isin(names)]
    people = feasible.linked.people
    unit_keys = ["unit", "district", "locality", "group"]
    unit_of = people.groupby(unit_keys, dropna=False, sort=False).ngroup().to_numpy()
    unit_rows = people.iloc[np.unique(unit_of, return_index=True)[1]]
    has_score: dict[tuple[tuple[str, ...], str], dict[int, int]] = {}
    for definition in feasible.linked.definitions:
        if definition.name == INDEX:
            # An index comes after the dimensions that it is made of, so these are known by now.
            made_of = [has_score[definition.tables, name] for name in definition.of]
            indicators = _index_indicators(feasible, definition, made_of)
        else:
            indicators = _score_indicators(feasible, definition)
            has_score[definition.tables, definition.name] = indicators
        units = _units(feasible, definition, indicators, unit_of, unit_rows)
        rows = shown[shown["dimension"] == definition.name]
        means = rows[rows["table"].isin(definition.tables)]
        for own in np.unique(_covered_by_means(means, people, study), axis=0):
            feasible.fix_total([at for person, at in indicators.items() if own[person]])
        for own in np.unique(_covered_by_means(means, unit_rows, study), axis=0):
            covered_units = (unit for unit, is_own in zip(units, own, strict=True) if is_own)
            feasible.fix_total([unit.place for unit in covered_units if unit.place is not None])
        gaps = ("gap_by_area",) if definition.tables == VIEWS else DIFFERENCES
        differences = rows[rows["table"].isin(gaps)].itertuples()
        for groups, need in dict.fromkeys(_compared_groups(row, study) for row in differences):
            _fix_localities(feasible, [unit for unit in units if unit.group in groups], need)
        if definition.tables != VIEWS and (rows["table"] == "reliability").any():
            _fix_complete_answers(feasible, definition)


def _score_indicators(feasible: FeasibleSet, definition: ScoreDefinition) -> dict[int, int]:
    """Return person -> the variable that is 1 if the person has a score."""
    asked = definition.rows["items_asked"].fillna(0)
    return feasible.add_indicators(
        (person, _min_answered(asked[person]), feasible.who_scored(person, definition.of))
        for person in feasible.free
    )


def _min_answered(asked: float) -> int:
    """Return how many items must be answered for a score."""
    return max(math.ceil(MIN_ANSWERED_SHARE * int(asked)), 1)


def _index_indicators(
    feasible: FeasibleSet, definition: ScoreDefinition, made_of: list[dict[int, int]]
) -> dict[int, int]:
    """Return person -> the variable that is 1 if the person has an index score.

    The attacker is granted who has a score in the dimensions of other `LinkedScores`.
    """
    needs = []
    asked, answered = definition.rows["items_asked"], definition.rows["items_answered"]
    for person in feasible.free:
        places = [has_score[person] for has_score in made_of if person in has_score]
        if not np.isnan(asked[person]) and places:
            certain = int(answered[person]) - sum(feasible.truth[place] for place in places)
            needs.append((person, _min_answered(asked[person]) - certain, places))
    return feasible.add_indicators(needs)


def _units(
    feasible: FeasibleSet,
    definition: ScoreDefinition,
    has_score: dict[int, int],
    unit_of: np.ndarray,
    unit_rows: pd.DataFrame,
) -> list[_Unit]:
    """Return the units of `unit_rows`; `unit_of` says which of them each person belongs to."""
    places: dict[int, list[int]] = defaultdict(list)
    for person, place in has_score.items():
        places[unit_of[person]].append(place)
    scored = np.flatnonzero(definition.rows["score"].notna())
    certain = {unit_of[person] for person in scored if person not in has_score}
    return [
        _Unit(
            row.group,
            row.district,
            row.locality,
            place=None if unit in certain else feasible.add_indicator(1, places[unit]),
            certain=unit in certain,
        )
        for unit, row in enumerate(unit_rows.itertuples())
    ]


def _covered_by_means(means: pd.DataFrame, people: pd.DataFrame, study: Study) -> np.ndarray:
    """Return which of `people` (or units) each mean covers; a district's, only matched groups."""
    own = covered(means, people)
    if study.is_matched:
        of_matched = means["table"].isin(["scores_by_district", "scores_by_side"]).to_numpy()
        own &= ~of_matched[:, np.newaxis] | people["group"].isin(study.matched_groups).to_numpy()
    side = people["group"].map({key: one.side for key, one in study.groups.items()}).to_numpy()
    of_side = means["side"].to_numpy(dtype=object)[:, np.newaxis]
    return own & (pd.isna(of_side) | (of_side == side))


def _compared_groups(row: Any, study: Study) -> tuple[tuple[str, ...], int]:
    """Return the groups that a difference compares and how many of them a locality needs (or 0)."""
    pair = (row.group, row.versus)
    matched = tuple(study.matched_groups)
    by_family = {"A": (pair, 2), "B": (pair, 0), "C": (matched, 1)}
    return by_family.get(row.family, (matched, len(matched)))


def _fix_localities(feasible: FeasibleSet, units: list[_Unit], need: int) -> None:
    """Fix the number of localities per district in which at least `need` groups have a score.

    If `need` is 0 (no localities), fix the number of units with a score per group and district.
    """
    cells: dict[tuple[str, Any], list[_Unit]] = defaultdict(list)
    for unit in units:
        place = unit.locality if need else unit.group
        if not pd.isna(place):
            cells[unit.district, place].append(unit)
    indicators: dict[Any, list[int | None]] = defaultdict(list)
    for (district, _), own in cells.items():
        places = [unit.place for unit in own if unit.place is not None]
        if not need:
            feasible.fix_total(places)
            continue
        certain = len({unit.group for unit in own if unit.certain})
        indicators[district].append(feasible.add_indicator(need - certain, places))
    for of_district in indicators.values():
        feasible.fix_total([place for place in of_district if place is not None])


def _fix_complete_answers(feasible: FeasibleSet, definition: ScoreDefinition) -> None:
    """Fix how many people answered all items, and how many answered any."""
    asked = definition.rows["items_asked"].fillna(0)
    for need_all in (True, False):
        needs: Iterable[tuple[int, int, list[int]]] = (
            (
                person,
                int(asked[person]) if need_all else 1,
                feasible.who_scored(person, definition.of),
            )
            for person in feasible.free
        )
        feasible.fix_total(list(feasible.add_indicators(needs).values()))
