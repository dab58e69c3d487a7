"""The weight of each person's score in each mean.

`score` computes means of scores; this module applies the same steps to vectors of weights. A person
has a weight in few means, so they are kept as sparse matrices, whose size grows with the people and
not with their square.
"""

import numpy as np
import pandas as pd
from scipy import sparse

from umid_research.study import Study

_KEYS = ["unit", "district", "locality", "group"]
# The weights of what each mean is the mean of: member × person.
Weights = dict[tuple[str, ...], sparse.csr_array]


def member_weights(people: pd.DataFrame, study: Study) -> Weights:
    """Return each person's weight in what each mean is the mean of: (table, key, ...) -> weights.

    The weights of a mean are member × person. The members of a group are its units; those of a
    district or side are its localities, or its units if the study has no localities. `people` are
    rows of `scores` of one dimension.
    """
    units, by_unit = _unit_weights(people)
    found = _by(units, ["group"], by_unit, "scores_by_group")
    if not study.is_matched:
        return found | _by(units, ["district"], by_unit, "scores_by_district")
    matched = units["group"].isin(study.matched_groups).to_numpy()
    units, by_unit = units[matched], by_unit[matched]
    side = units["group"].map({key: study.groups[key].side for key in study.matched_groups})
    sided = side.notna().to_numpy()
    of_sides = _means(
        units.assign(side=side)[sided], ["district", "side", "locality"], by_unit[sided]
    )
    cells = _cell_weights(units, by_unit, study)
    of_districts = _means(cells[0], ["district", "locality"], cells[1])
    return (
        found
        | _by(of_districts[0], ["district"], of_districts[1], "scores_by_district")
        | _by(of_sides[0], ["district", "side"], of_sides[1], "scores_by_side")
    )


def mean_of_rows(weights: sparse.csr_array) -> np.ndarray:
    """Return the mean of the rows of a sparse matrix."""
    return np.asarray(weights.sum(axis=0)).ravel() / weights.shape[0]


def _unit_weights(people: pd.DataFrame) -> tuple[pd.DataFrame, sparse.csr_array]:
    """Return the units that have a score, and each person's weight in them: unit × person."""
    share = np.where(people["score"].notna(), people["weight"], 0.0)
    numbers = people.groupby(_KEYS, dropna=False, sort=False).ngroup().to_numpy()
    shape = (numbers.max(initial=-1) + 1, len(people))
    by_unit = sparse.csr_array((share, (numbers, np.arange(len(people)))), shape)
    by_unit.eliminate_zeros()
    totals = np.asarray(by_unit.sum(axis=1)).ravel()
    scored = totals > 0
    units = people[_KEYS].drop_duplicates()[scored].reset_index(drop=True)
    return units, _divided(by_unit[scored], totals[scored])


def _divided(weights: sparse.csr_array, by: np.ndarray) -> sparse.csr_array:
    """Return a matrix with each row divided by a number of its own."""
    data = weights.data / np.repeat(by, np.diff(weights.indptr))
    return sparse.csr_array((data, weights.indices, weights.indptr), weights.shape)


def _by(rows: pd.DataFrame, keys: list[str], weights: sparse.csr_array, table: str) -> Weights:
    """Return the weights of each group of rows."""
    grouped = rows.reset_index(drop=True).groupby(keys, sort=False).indices
    return {
        # pandas names groups of one key by the key itself.
        (table, *(key if isinstance(key, tuple) else (key,))): weights[at]
        for key, at in grouped.items()
    }


def _means(
    rows: pd.DataFrame, by: list[str], weights: sparse.csr_array
) -> tuple[pd.DataFrame, sparse.csr_array]:
    """Return the keys of each group of rows, and the mean of their weights."""
    numbers = rows.groupby(by, sort=False).ngroup().to_numpy()
    known = np.flatnonzero(numbers >= 0)
    sizes = np.bincount(numbers[known])
    member = sparse.csr_array(
        (np.ones(len(known)), (numbers[known], known)), (len(sizes), len(rows))
    )
    keys = rows[by].iloc[known].drop_duplicates().reset_index(drop=True)
    return keys, _divided(sparse.csr_array(member @ weights), sizes.astype(float))


def _cell_weights(
    units: pd.DataFrame, by_unit: sparse.csr_array, study: Study
) -> tuple[pd.DataFrame, sparse.csr_array]:
    """Return locality × group weights, adjusted for absent groups as in `score.locality_means`."""
    cells, own = _means(units, ["district", "locality", "group"], by_unit)
    if cells.empty:
        return cells, own
    levels = {key: mean_of_rows(own[at]) for key, at in cells.groupby("group").indices.items()}
    grand = np.mean(list(levels.values()), axis=0)
    size = cells.groupby(["district", "locality"])["group"].transform("size").to_numpy()
    lacking = np.flatnonzero(size != len(study.matched_groups))
    if not len(lacking):
        return cells, own
    groups = list(levels)
    number = cells["group"].map(groups.index).to_numpy()[lacking]
    of_group = sparse.csr_array(
        (np.ones(len(lacking)), (lacking, number)), (len(cells), len(groups))
    )
    shifts = sparse.csr_array(np.array([grand - levels[key] for key in groups]))
    return cells, sparse.csr_array(own + of_group @ shifts)
