"""The published numbers of people, units and localities with a score, as limits on ways."""

import math
from typing import Any

import numpy as np
import pandas as pd

from umid_research.protection.counts import people_of
from umid_research.protection.feasible_set import FeasibleSet
from umid_research.protection.linked_scores import DIFFERENCES, VIEWS, ScoreDefinition
from umid_research.score import INDEX, MIN_ANSWERED_SHARE
from umid_research.study import Study


def fix_published_bases(feasible: FeasibleSet, published: pd.DataFrame, study: Study) -> None:
    """Limits the ways to those with the published numbers of people with a score."""
    shown = published[published["shown"]]
    has_score: dict[tuple[tuple[str, ...], str], dict[int, int]] = {}
    for part in feasible.linked.parts:
        if part.name == INDEX:
            # It comes after what it is made of.
            found = _has_index(feasible, part, [has_score[part.tables, name] for name in part.of])
        else:
            found = has_score[part.tables, part.name] = _has_score(feasible, part)
        units = _units(feasible, part, found)
        of_name = shown[shown["dimension"] == part.name]
        for row in of_name[of_name["table"].isin(part.tables)].itertuples():
            own = _is_of_mean(row, feasible.linked.people, study)
            feasible.fix_total([place for person, place in found.items() if own[person]])
            feasible.fix_total(
                [int(n) for n in units["place"][_is_of_mean(row, units, study)].dropna()]
            )
        gaps = ("gap_by_area",) if part.tables == VIEWS else DIFFERENCES
        of_two = of_name[of_name["table"].isin(gaps)].itertuples()
        for groups, need in dict.fromkeys(_contrasted(row, study) for row in of_two):
            _hold_localities(feasible, units[units["group"].isin(groups)], need)
        if part.tables != VIEWS and (of_name["table"] == "reliability").any():
            _hold_complete(feasible, part)


def _has_score(feasible: FeasibleSet, part: ScoreDefinition) -> dict[int, int]:
    """Person -> the variable that is 1 where there is a score."""
    found = {}
    for person in feasible.free:
        need = _need(part.rows["items_asked"].fillna(0)[person])
        place = feasible.at_least(need, _places(feasible, part, person))
        if place is not None:
            found[person] = place
    return found


def _need(asked: float) -> int:
    return max(math.ceil(MIN_ANSWERED_SHARE * int(asked)), 1)


def _places(feasible: FeasibleSet, part: ScoreDefinition, person: int) -> list[int]:
    items = (feasible.linked.items.index(name) for name in part.of)
    return [feasible.scored[person, item] for item in items if (person, item) in feasible.scored]


def _has_index(
    feasible: FeasibleSet, part: ScoreDefinition, made_of: list[dict[int, int]]
) -> dict[int, int]:
    """The same of an index; whether there are the scores of other scopes is granted."""
    found = {}
    for person in feasible.free:
        row = part.rows.loc[person]
        places = [has_score[person] for has_score in made_of if person in has_score]
        if np.isnan(row["items_asked"]) or not places:
            continue
        certain = int(row["items_answered"]) - sum(feasible.truth[place] for place in places)
        place = feasible.at_least(_need(row["items_asked"]) - certain, places)
        if place is not None:
            found[person] = place
    return found


def _units(feasible: FeasibleSet, part: ScoreDefinition, has_score: dict[int, int]) -> pd.DataFrame:
    """Unit, district, locality, group; `place`, the variable that is 1 where somebody has a score.

    Where that can't be otherwise `place` is blank, and `certain` says which it is.
    """
    rows = part.rows.assign(place=part.rows.index.map(has_score))
    rows["certain"] = rows["place"].isna() & rows["score"].notna()
    units = rows.groupby(["unit", "district", "locality", "group"], dropna=False, sort=False)
    found = units.agg(place=("place", lambda own: list(own.dropna())), certain=("certain", "any"))
    free = [
        None if certain else feasible.at_least(1, [int(place) for place in places])
        for places, certain in zip(found["place"], found["certain"], strict=True)
    ]
    return found.assign(place=pd.array(free, dtype="Int64")).reset_index()


def _contrasted(row: Any, study: Study) -> tuple[tuple[str, ...], int]:
    """The groups that enter a difference, and how many of them a locality needs; 0 for none."""
    pair = (row.group, row.versus)
    matched = tuple(study.matched_groups)
    contrasted = {"A": (pair, 2), "B": (pair, 0), "C": (matched, 1)}
    return contrasted.get(row.family, (matched, len(matched)))


def _hold_localities(feasible: FeasibleSet, units: pd.DataFrame, need: int) -> None:
    """Holds in how many localities of a district there is a score in so many groups.

    Without localities, in how many units of a group there.
    """
    if not need:
        for _, places in units.groupby(["group", "district"])["place"]:
            feasible.fix_total([int(place) for place in places.dropna()])
        return
    for _, of_district in units.groupby("district"):
        found = []
        for _, cells in of_district.groupby("locality"):
            certain = int(cells.loc[cells["certain"], "group"].nunique())
            places = [int(place) for place in cells["place"].dropna()]
            found.append(feasible.at_least(need - certain, places))
        feasible.fix_total([place for place in found if place is not None])


def _is_of_mean(row: Any, people: pd.DataFrame, study: Study) -> np.ndarray:
    """Which of `people`, or of units, a mean is of: in a district only the matched groups."""
    own = people_of(row, people)
    if row.table in ("scores_by_district", "scores_by_side") and study.is_matched:
        own &= people["group"].isin(study.matched_groups).to_numpy()
    if isinstance(row.side, str):
        side = people["group"].map({key: one.side for key, one in study.groups.items()})
        own &= (side == row.side).to_numpy()
    return own


def _hold_complete(feasible: FeasibleSet, part: ScoreDefinition) -> None:
    """How many answered all items, and how many any."""
    for need_all in (True, False):
        found = []
        for person in feasible.free:
            asked = part.rows["items_asked"].fillna(0)[person]
            need = int(asked) if need_all else 1
            found.append(feasible.at_least(need, _places(feasible, part, person)))
        feasible.fix_total([place for place in found if place is not None])
