"""The weight of each person's score in each published mean, from the analysis plan alone.

No code of the package is used: what is worked out here is compared with what it publishes.
"""

import numpy as np
import pandas as pd

INDEX = "index"
ANSWERED, NOT_ASKED = "answered", "not asked"
UNIT = ["unit", "district", "locality", "group"]
# Vectors of weights of people's scores, which a mean is the unweighted mean of.
Vectors = list[np.ndarray]


def mean_members(people: pd.DataFrame, study) -> dict[tuple, Vectors]:
    """Return what each mean is the mean of: (table, keys) -> weights of people's scores.

    A group is the mean of its units, a side in a district that of its localities, and so is a
    district, over the matched groups there. Where one of these is missing, the overall mean of each
    other group is taken off its score there, and the mean of all groups' means added. A study
    without matching has the units of a district instead.
    """
    units = _units(people)
    found: dict[tuple, Vectors] = {}
    for (_, district, _, group), vector in units:
        found.setdefault(("scores_by_group", group), []).append(vector)
        if not study.is_matched:
            found.setdefault(("scores_by_district", district), []).append(vector)
    if not study.is_matched:
        return found
    cells, sides = cells_of(units, study.matched_groups), {}
    levels = {
        group: np.mean([v for (_, _, of), v in cells.items() if of == group], axis=0)
        for group in dict.fromkeys(of for _, _, of in cells)
    }
    grand = np.mean(list(levels.values()), axis=0) if levels else 0.0
    places: dict[tuple, dict[str, np.ndarray]] = {}
    for (district, locality, group), vector in cells.items():
        places.setdefault((district, locality), {})[group] = vector
    for (district, _), groups in places.items():
        complete = len(groups) == len(study.matched_groups)
        of_place = [v if complete else v - levels[key] + grand for key, v in groups.items()]
        key = ("scores_by_district", district)
        found.setdefault(key, []).append(np.mean(of_place, axis=0))
    for (_, district, locality, group), vector in units:
        if group in study.matched_groups and study.groups[group].side:
            key = (district, study.groups[group].side)
            sides.setdefault(key, {}).setdefault(locality, []).append(vector)
    for key, localities in sides.items():
        own = [np.mean(vectors, axis=0) for vectors in localities.values()]
        found["scores_by_side", *key] = own
    return found


def mean_weights(people: pd.DataFrame, study) -> dict[tuple, np.ndarray]:
    """Return people's weights in each mean."""
    return {key: np.mean(own, axis=0) for key, own in mean_members(people, study).items()}


def paired_weights(people: pd.DataFrame, study, first: str, second: str) -> np.ndarray | None:
    """Return the weights in the mean difference of two groups, in localities that have both."""
    cells = cells_of(_units(people), (first, second))
    places = {(district, locality) for district, locality, _ in cells}
    both = [
        cells[*place, first] - cells[*place, second]
        for place in sorted(places)
        if (*place, first) in cells and (*place, second) in cells
    ]
    return np.mean(both, axis=0) if both else None


def cells_of(units: list[tuple], groups) -> dict[tuple, np.ndarray]:
    """Return the mean of some groups' units in each locality, by district, locality and group."""
    cells: dict[tuple, Vectors] = {}
    for (_, district, locality, group), vector in units:
        if group in groups and isinstance(locality, str):
            cells.setdefault((district, locality, group), []).append(vector)
    return {key: np.mean(vectors, axis=0) for key, vectors in cells.items()}


def _units(people: pd.DataFrame) -> list[tuple]:
    """Return the key of each unit with a score, and the shares of its people in its mean."""
    share = people["weight"].where(people["score"].notna(), 0.0).to_numpy(dtype=float)
    found: dict[tuple, np.ndarray] = {}
    for n, key in enumerate(people[UNIT].itertuples(index=False, name=None)):
        key = tuple(one if isinstance(one, str) else None for one in key)
        found.setdefault(key, np.zeros(len(people)))[n] = share[n]
    return [(key, vector / vector.sum()) for key, vector in found.items() if vector.sum() > 0]
