"""The weight of each person's score in each mean.

`score` computes means of scores; this module applies the same steps to vectors of weights.
"""

import numpy as np
import pandas as pd

from umid_research.study import Study

_KEYS = ["unit", "district", "locality", "group"]
Weights = dict[tuple[str, ...], np.ndarray]


def member_weights(people: pd.DataFrame, study: Study) -> Weights:
    """Return each person's weight in what each mean is the mean of: (table, key, ...) -> weights.

    The weights of a mean are member × person. The members of a group are its units; those of a
    district or side are its localities, or its units if the study has no localities. `people` are
    rows of `scores` of one dimension.
    """
    units, by_unit = _unit_weights(people)
    members = _split(units, ["group"], by_unit)
    found = {("scores_by_group", *key): weights for key, weights in members.items()}
    if not study.is_matched:
        members = _split(units, ["district"], by_unit)
        return found | {("scores_by_district", *key): own for key, own in members.items()}
    matched = units["group"].isin(study.matched_groups).to_numpy()
    units, by_unit = units[matched], by_unit[matched]
    side = units["group"].map({key: study.groups[key].side for key in study.matched_groups})
    of_sides = _means(
        units.assign(side=side)[side.notna()],
        ["district", "side", "locality"],
        by_unit[side.notna()],
    )
    cells, adjusted = _cell_weights(units, by_unit, study)
    of_districts = _means(cells, ["district", "locality"], adjusted)
    return (
        found
        | _of_localities("scores_by_district", of_districts)
        | _of_localities("scores_by_side", of_sides)
    )


def _unit_weights(people: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the units that have a score, and each person's weight in them: unit × person."""
    share = np.where(people["score"].notna(), people["weight"], 0.0)
    numbers = people.groupby(_KEYS, dropna=False, sort=False).ngroup().to_numpy()
    by_unit = np.zeros((numbers.max(initial=-1) + 1, len(people)))
    by_unit[numbers, np.arange(len(people))] = share
    totals = by_unit.sum(axis=1)
    units = people[_KEYS].drop_duplicates()[totals > 0].reset_index(drop=True)
    return units, by_unit[totals > 0] / totals[totals > 0, np.newaxis]


def _split(rows: pd.DataFrame, by: list[str], weights: np.ndarray) -> Weights:
    """Return the weights of each group of rows."""
    grouped = rows.reset_index(drop=True).groupby(by, sort=False).indices
    # pandas names groups of one key by the key itself.
    return {key if isinstance(key, tuple) else (key,): weights[at] for key, at in grouped.items()}


def _means(rows: pd.DataFrame, by: list[str], weights: np.ndarray) -> Weights:
    return {key: own.mean(axis=0) for key, own in _split(rows, by, weights).items()}


def _of_localities(table: str, places: Weights) -> Weights:
    """Return the weights of the localities, which come last in the keys: locality × person."""
    members: dict[tuple[str, ...], list[np.ndarray]] = {}
    for (*key, _), weights in places.items():
        members.setdefault((table, *key), []).append(weights)
    return {key: np.array(own) for key, own in members.items()}


def _cell_weights(
    units: pd.DataFrame, by_unit: np.ndarray, study: Study
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return locality × group weights, adjusted for absent groups as in `score.locality_means`."""
    keys = ["district", "locality", "group"]
    of_cells = _means(units, keys, by_unit)
    cells = pd.DataFrame(list(of_cells), columns=keys)
    if cells.empty:
        return cells, by_unit
    own = np.array(list(of_cells.values()))
    levels = {key: own[at].mean(axis=0) for key, at in cells.groupby("group").indices.items()}
    grand = np.mean(list(levels.values()), axis=0)
    size = cells.groupby(["district", "locality"])["group"].transform("size")
    for cell in np.flatnonzero(size != len(study.matched_groups)):
        own[cell] += grand - levels[cells["group"][cell]]
    return cells, own
