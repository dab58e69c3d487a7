"""Krippendorff's alpha for nominal codes, with a bootstrap interval.

The notation is that of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability,
repository.upenn.edu/asc_papers/43: alpha = 1 - D_o / D_e, the observed disagreement over the one
to be expected if codes were dealt out to the units by chance.
"""

from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd

_COVERAGE = (2.5, 97.5)


@dataclass(frozen=True)
class Agreement:
    """Alpha with its 95 % interval, the units coded twice or more, and those that differ.

    `alpha` is NaN where it is not defined: fewer than two such units, or one code only. Where none
    differ it has no limits: units drawn anew could not differ either.
    """

    alpha: float
    low: float
    high: float
    double: int
    differ: int


def nominal_agreement(ratings: pd.DataFrame, *, draws: int = 10_000, seed: int) -> Agreement:
    """The agreement on codes; `ratings` has a row a unit and a column a coder, missing = no code.

    The interval is the percentile interval of alpha over units drawn with replacement; draws in
    which only one code is left have no alpha and are left out.
    """
    counts = _counts(ratings)
    double = counts[counts.sum(axis=1) >= 2]
    differ = int((double.max(axis=1) < double.sum(axis=1)).sum()) if len(double) else 0
    if len(double) < 2 or (double.sum(axis=0) > 0).sum() < 2:
        return Agreement(np.nan, np.nan, np.nan, len(double), differ)
    alpha = krippendorff.alpha(value_counts=double, level_of_measurement="nominal")
    if not differ:
        return Agreement(float(alpha), np.nan, np.nan, len(double), 0)
    weights = np.random.default_rng(seed).multinomial(
        len(double), np.full(len(double), 1 / len(double)), size=draws
    )
    drawn = weighted_alpha(double, weights)
    low, high = np.nanpercentile(drawn, _COVERAGE)
    return Agreement(float(alpha), float(low), float(high), len(double), differ)


def weighted_alpha(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Nominal alpha for each row of `weights`: how often each unit counts.

    `counts`, units × codes, says how many coders gave the unit the code; each unit has two or
    more. NaN where only one code is left.
    """
    coders = counts.sum(axis=1)
    # Pairs of coders of a unit that differ, each coder weighing one.
    unlike = (coders**2 - (counts**2).sum(axis=1)) / (coders - 1)
    n = weights @ coders
    n_v = weights @ counts
    expected = n**2 - (n_v**2).sum(axis=1)
    observed = (n - 1) * (weights @ unlike)
    undefined = np.full(len(weights), np.nan)
    return 1 - np.divide(observed, expected, out=undefined, where=expected > 0)


def _counts(ratings: pd.DataFrame) -> np.ndarray:
    """Units × codes: how many coders gave the unit the code."""
    numbered = ratings.reset_index(drop=True)
    given = numbered.melt(ignore_index=False, value_name="code").dropna(subset="code")
    return pd.crosstab(given.index, given["code"]).to_numpy(dtype=np.int64)
