"""What an attacker reads from means, differences of means and their intervals; for tests only.

Each published number is a range of a weighted sum of people's scores:

    scores_by_group       people 62 (55 to 69)      the mean of people is from 61.5 to 62.5, and no
                                                    unit farther from it than the limits allow
    differences_by_group  people - office 7         their difference is from 6 to 8
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from mean_weights import mean_members, paired_weights
from scipy import stats

KEYS = {
    "scores_by_group": ["group"],
    "scores_by_district": ["district"],
    "scores_by_side": ["district", "side"],
}
VIEWS = "views_by_area"
_DIFFERENCES = {
    "differences_by_group": ("scores_by_group", "group"),
    "differences_exploratory": ("scores_by_group", "group"),
    "differences_by_district": ("scores_by_district", "district"),
}
DIFFERENCES = (*_DIFFERENCES, "differences_by_side", "gap_by_area")
# A mean is rounded to whole points, and a difference is one of two such means.
_MEAN, _DIFFERENCE = 0.5, 1.0
# A side is the mean of its groups' printed means, and the difference is rounded once more.
_SIDES = 1.5
# Weights of people's scores, and the lowest and the highest sum.
Range = tuple[np.ndarray, float, float]


def ranges_of_means(
    shown: pd.DataFrame, people: pd.DataFrame, study, *, is_view: bool
) -> Iterator[Range]:
    """Yield what the shown numbers on one dimension (or part of the plan) say of people's scores.

    `people` are all who were asked, with their score, and `shown` the rows on that dimension.
    """
    members = mean_members(people, study)
    weights = {key: np.mean(own, axis=0) for key, own in members.items()}
    for row in shown.to_dict("records"):
        table = row["table"].replace(VIEWS, "scores_by_group")
        if table in KEYS and is_view == (row["table"] == VIEWS):
            key = (table, *(row[name] for name in KEYS[table]))
            yield weights[key], row["value"] - _MEAN, row["value"] + _MEAN
            yield from _ranges_of_units(row, members[key], weights[key])
        elif not is_view and table in _DIFFERENCES:
            yield from _ranges_of_differences(row, members, weights, people, study)
        elif table == ("gap_by_area" if is_view else "differences_by_side"):
            sides = [_side(weights, study, name) for name in ("supply", "demand")]
            if all(side is not None for side in sides):
                yield sides[0] - sides[1], row["value"] - _SIDES, row["value"] + _SIDES


def weights_of(row: dict, people: pd.DataFrame, study) -> np.ndarray | None:
    """Return the weights of people's scores in the mean of a row, None if there is no such mean."""
    table = row["table"].replace(VIEWS, "scores_by_group")
    own = mean_members(people, study).get((table, *(row[name] for name in KEYS[table])))
    return None if own is None else np.mean(own, axis=0)


def _ranges_of_units(row: dict, units: list[np.ndarray], mean: np.ndarray) -> Iterator[Range]:
    """Yield how far each unit may lie from the mean, given the t interval of the mean.

    Of n values with standard deviation s none lies farther from their mean than s (n - 1) / √n.
    """
    halves = []
    if row["low"] > 0:
        halves.append(row["value"] + _MEAN - row["low"])
    if row["high"] < 100:
        halves.append(row["high"] - row["value"] + _MEAN)
    if halves and len(units) > 1:
        yield from _spread(units, mean, min(halves) / stats.t.ppf(0.975, len(units) - 1))


def _spread(units: list[np.ndarray], mean: np.ndarray, error: float) -> Iterator[Range]:
    """Yield the ranges of units around their mean, whose standard error is at most `error`."""
    most = error * (len(units) - 1)
    for unit in units:
        yield unit - mean, -most, most


def _ranges_of_differences(
    row: dict, members: dict, weights: dict, people: pd.DataFrame, study
) -> Iterator[Range]:
    table, key = _DIFFERENCES[row["table"]]
    keys = [(table, row[key]), (table, row["versus"])]
    if not all(key in weights for key in keys):
        return  # from the mean of all districts, which is printed in steps
    first, second = (weights[key] for key in keys)
    yield first - second, row["value"] - _DIFFERENCE, row["value"] + _DIFFERENCE
    if not np.isfinite(row["low"]):
        return
    if row["family"] == "A":
        within = paired_weights(people, study, row["group"], row["versus"])
        yield within, row["low"], row["high"]
    if row["family"] == "C":
        number = sum(len(members[key]) for key in keys)
        # The error of either mean is at most that of the difference.
        error = (row["high"] - row["low"]) / 2 / stats.t.ppf(0.975, max(number - 2, 1))
        for key in keys:
            yield from _spread(members[key], weights[key], error)


def _side(weights: dict, study, side: str) -> np.ndarray | None:
    """Return the mean of the matched groups of a side."""
    keys = [key for key in study.matched_groups if study.groups[key].side == side]
    own = [weights.get(("scores_by_group", key)) for key in keys]
    return None if not own or any(one is None for one in own) else np.mean(own, axis=0)
