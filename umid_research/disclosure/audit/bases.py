"""Published numbers of people, units and localities with a score, as constraints on answers.

A mean is published with the number of people it is based on. A person has a score if they answered
two thirds of the items, so that number restricts who can have said "don't know".
"""

import math
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX, MIN_ANSWERED_SHARE
from umid_research.disclosure.audit.counts import people_of
from umid_research.disclosure.audit.feasible_set import FeasibleSet
from umid_research.disclosure.audit.linked_scores import DIFFERENCES, VIEWS, ScoreDefinition
from umid_research.study import Study


def fix_published_bases(feasible: FeasibleSet, published: pd.DataFrame, study: Study) -> None:
    """Constrain the feasible set to the published numbers of people, units and localities."""
    shown = published[published["shown"]]
    has_score: dict[tuple[tuple[str, ...], str], dict[int, int]] = {}
    for definition in feasible.linked.definitions:
        if definition.name == INDEX:
            # An index comes after the dimensions that it is made of, so these are known by now.
            indicators = _index_indicators(
                feasible, definition, [has_score[definition.tables, name] for name in definition.of]
            )
        else:
            indicators = has_score[definition.tables, definition.name] = _score_indicators(
                feasible, definition
            )
        units = _units(feasible, definition, indicators)
        rows = shown[shown["dimension"] == definition.name]
        for row in rows[rows["table"].isin(definition.tables)].itertuples():
            own = _is_of_mean(row, feasible.linked.people, study)
            feasible.fix_total([place for person, place in indicators.items() if own[person]])
            feasible.fix_total(
                [int(n) for n in units["place"][_is_of_mean(row, units, study)].dropna()]
            )
        gaps = ("gap_by_area",) if definition.tables == VIEWS else DIFFERENCES
        differences = rows[rows["table"].isin(gaps)].itertuples()
        for groups, need in dict.fromkeys(_compared_groups(row, study) for row in differences):
            _fix_localities(feasible, units[units["group"].isin(groups)], need)
        if definition.tables != VIEWS and (rows["table"] == "reliability").any():
            _fix_complete_answers(feasible, definition)


def _score_indicators(feasible: FeasibleSet, definition: ScoreDefinition) -> dict[int, int]:
    """Return person -> the variable that is 1 if the person has a score."""
    indicators = {}
    for person in feasible.free:
        need = _min_answered(definition.rows["items_asked"].fillna(0)[person])
        place = feasible.add_indicator(need, _scored_variables(feasible, definition, person))
        if place is not None:
            indicators[person] = place
    return indicators


def _min_answered(asked: float) -> int:
    """Return how many items must be answered for a score."""
    return max(math.ceil(MIN_ANSWERED_SHARE * int(asked)), 1)


def _scored_variables(feasible: FeasibleSet, definition: ScoreDefinition, person: int) -> list[int]:
    """Return the person's variables that are 1 if an item was answered with a score."""
    items = (feasible.linked.items.index(name) for name in definition.of)
    return [feasible.scored[person, item] for item in items if (person, item) in feasible.scored]


def _index_indicators(
    feasible: FeasibleSet, definition: ScoreDefinition, made_of: list[dict[int, int]]
) -> dict[int, int]:
    """Return person -> the variable that is 1 if the person has an index score.

    The attacker is granted who has a score in the dimensions of other `LinkedScores`.
    """
    indicators = {}
    for person in feasible.free:
        row = definition.rows.loc[person]
        places = [has_score[person] for has_score in made_of if person in has_score]
        if np.isnan(row["items_asked"]) or not places:
            continue
        certain = int(row["items_answered"]) - sum(feasible.truth[place] for place in places)
        place = feasible.add_indicator(_min_answered(row["items_asked"]) - certain, places)
        if place is not None:
            indicators[person] = place
    return indicators


def _units(
    feasible: FeasibleSet, definition: ScoreDefinition, has_score: dict[int, int]
) -> pd.DataFrame:
    """Return one row per unit: unit, district, locality, group, place, certain.

    `place` is the variable that is 1 if somebody in the unit has a score. It is blank where only
    one value is possible; then `certain` holds that value.
    """
    rows = definition.rows.assign(place=definition.rows.index.map(has_score))
    rows["certain"] = rows["place"].isna() & rows["score"].notna()
    units = rows.groupby(["unit", "district", "locality", "group"], dropna=False, sort=False)
    by_unit = units.agg(place=("place", lambda own: list(own.dropna())), certain=("certain", "any"))
    free = [
        None if certain else feasible.add_indicator(1, [int(place) for place in places])
        for places, certain in zip(by_unit["place"], by_unit["certain"], strict=True)
    ]
    return by_unit.assign(place=pd.array(free, dtype="Int64")).reset_index()


def _compared_groups(row: Any, study: Study) -> tuple[tuple[str, ...], int]:
    """Return the groups that a difference compares and how many of them a locality needs (or 0)."""
    pair = (row.group, row.versus)
    matched = tuple(study.matched_groups)
    by_family = {"A": (pair, 2), "B": (pair, 0), "C": (matched, 1)}
    return by_family.get(row.family, (matched, len(matched)))


def _fix_localities(feasible: FeasibleSet, units: pd.DataFrame, need: int) -> None:
    """Fix the number of localities per district in which at least `need` groups have a score.

    If `need` is 0 (no localities), fix the number of units with a score per group and district.
    """
    if not need:
        for _, places in units.groupby(["group", "district"])["place"]:
            feasible.fix_total([int(place) for place in places.dropna()])
        return
    for _, of_district in units.groupby("district"):
        indicators = []
        for _, cells in of_district.groupby("locality"):
            certain = int(cells.loc[cells["certain"], "group"].nunique())
            places = [int(place) for place in cells["place"].dropna()]
            indicators.append(feasible.add_indicator(need - certain, places))
        feasible.fix_total([place for place in indicators if place is not None])


def _is_of_mean(row: Any, people: pd.DataFrame, study: Study) -> np.ndarray:
    """Return which of `people` (or units) a mean covers; a district's, only the matched groups."""
    own = people_of(row, people)
    if row.table in ("scores_by_district", "scores_by_side") and study.is_matched:
        own &= people["group"].isin(study.matched_groups).to_numpy()
    if isinstance(row.side, str):
        side = people["group"].map({key: one.side for key, one in study.groups.items()})
        own &= (side == row.side).to_numpy()
    return own


def _fix_complete_answers(feasible: FeasibleSet, definition: ScoreDefinition) -> None:
    """Fix how many people answered all items, and how many answered any."""
    for need_all in (True, False):
        indicators = []
        for person in feasible.free:
            asked = definition.rows["items_asked"].fillna(0)[person]
            need = int(asked) if need_all else 1
            indicators.append(
                feasible.add_indicator(need, _scored_variables(feasible, definition, person))
            )
        feasible.fix_total([place for place in indicators if place is not None])
