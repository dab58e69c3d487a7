"""The weight of each person's score in each mean.

`score` computes means of scores; this module applies the same steps to vectors of weights.
"""

import numpy as np
import pandas as pd

from umid_research.study import Study

_KEYS = ["unit", "district", "locality", "group"]


def unit_weights(people: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the units that have a score, and each person's weight in them: unit × person.

    `people` are rows of `scores` of one dimension.
    """
    share = np.where(people["score"].notna(), people["weight"], 0.0)
    numbers = people.groupby(_KEYS, dropna=False, sort=False).ngroup().to_numpy()
    by_unit = np.zeros((numbers.max(initial=-1) + 1, len(people)))
    by_unit[numbers, np.arange(len(people))] = share
    totals = by_unit.sum(axis=1)
    units = people[_KEYS].drop_duplicates()[totals > 0].reset_index(drop=True)
    return units, by_unit[totals > 0] / totals[totals > 0, np.newaxis]


def mean_weights(people: pd.DataFrame, study: Study) -> dict[tuple[str, ...], np.ndarray]:
    """Return each person's weight in each mean: (table, key, ...) -> one weight per person.

    `people` are rows of `scores` of one dimension.
    """
    units, by_unit = unit_weights(people)
    groups = _means(units, ["group"], by_unit)
    found = {("scores_by_group", *key): vector for key, vector in groups.items()}
    if not study.is_matched:
        districts = _means(units, ["district"], by_unit)
        return found | {("scores_by_district", *key): v for key, v in districts.items()}
    side = units["group"].map({key: study.groups[key].side for key in study.matched_groups})
    sided = units.assign(side=side)[side.notna()]
    of_sides = _means(sided, ["district", "side", "locality"], by_unit[side.notna()])
    return (
        found
        | _over_localities("scores_by_district", locality_weights(people, study), len(people))
        | _over_localities("scores_by_side", of_sides, len(people))
    )


def locality_weights(people: pd.DataFrame, study: Study) -> dict[tuple[str, ...], np.ndarray]:
    """Return the weights of people's scores in each locality mean: (district, locality) -> weights.

    As in `score.locality_means`: the mean of the matched groups, adjusted where a group is absent.
    """
    units, by_unit = unit_weights(people)
    matched = units["group"].isin(study.matched_groups).to_numpy()
    cells, own = _cell_vectors(units[matched], by_unit[matched], study)
    return _means(cells, ["district", "locality"], own)


def _means(rows: pd.DataFrame, by: list[str], vectors: np.ndarray) -> dict[tuple, np.ndarray]:
    """Return the mean vector of each group of rows."""
    grouped = rows.reset_index(drop=True).groupby(by, sort=False).indices
    # pandas names groups of one key by the key itself.
    tuples = ((key if isinstance(key, tuple) else (key,), at) for key, at in grouped.items())
    return {key: vectors[at].mean(axis=0) for key, at in tuples}


def _over_localities(
    table: str, places: dict[tuple[str, ...], np.ndarray], width: int
) -> dict[tuple[str, ...], np.ndarray]:
    """Return the mean vector over the localities, which come last in the keys."""
    keys = [f"key {n}" for n in range(len(next(iter(places), ())) - 1)]
    rows = pd.DataFrame([key[:-1] for key in places], columns=keys)
    stacked = np.array(list(places.values())).reshape(len(rows), width)
    return {(table, *key): vector for key, vector in _means(rows, keys, stacked).items()}


def _cell_vectors(
    rows: pd.DataFrame, vectors: np.ndarray, study: Study
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return locality × group vectors, adjusted for absent groups as in `score.locality_means`."""
    grouped = rows.reset_index(drop=True).groupby(["district", "locality", "group"], sort=False)
    cells = pd.DataFrame(list(grouped.indices), columns=["district", "locality", "group"])
    if cells.empty:
        return cells, vectors
    own = np.array([vectors[index].mean(axis=0) for index in grouped.indices.values()])
    levels = {key: own[index].mean(axis=0) for key, index in cells.groupby("group").indices.items()}
    grand = np.mean(list(levels.values()), axis=0)
    size = cells.groupby(["district", "locality"])["group"].transform("size")
    for cell in np.flatnonzero(size != len(study.matched_groups)):
        own[cell] += grand - levels[cells["group"][cell]]
    return cells, own
