"""Krippendorff's alpha for nominal codes, with a bootstrap interval.

The notation is that of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability,
repository.upenn.edu/asc_papers/43: alpha = 1 - D_o / D_e, where D_o is the observed disagreement
and D_e the one expected if the codes were assigned to units at random.
"""

from dataclasses import dataclass

import krippendorff
import numpy as np
import pandas as pd

from umid_research.frames import number, whole

COLUMNS = {
    **{name: whole() for name in ("double", "differ")},
    **{name: number(-1, 1, blank=True) for name in ("alpha", "low", "high")},
}
_COVERAGE = (2.5, 97.5)


@dataclass(frozen=True)
class Agreement:
    """Alpha with its 95 % interval, the number of units coded twice, and how many of them differ.

    `alpha` is NaN where it is not defined: with fewer than two units coded twice, or with one code
    only. Where no unit differs there are no limits: no bootstrap sample could differ either.
    """

    alpha: float
    low: float
    high: float
    double: int
    differ: int


def nominal_agreement(ratings: pd.DataFrame, *, draws: int = 10_000, seed: int) -> Agreement:
    """Return the agreement of coders on nominal codes.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit and one column per coder; missing = no code.
    draws : int
        The number of bootstrap samples of units. The limits are percentiles of alpha over them,
        without samples that have one code only and hence no alpha.
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
    """Return the nominal alpha for each row of `weights` (how often each unit counts).

    `counts`, units × codes, is the number of coders who gave the unit the code; each unit has two
    or more coders. NaN where only one code is left.
    """
    coders = counts.sum(axis=1)
    # Ordered pairs of coders of a unit that differ, divided by the coders minus 1.
    unlike = (coders**2 - (counts**2).sum(axis=1)) / (coders - 1)
    n = weights @ coders
    n_v = weights @ counts
    expected = n**2 - (n_v**2).sum(axis=1)
    observed = (n - 1) * (weights @ unlike)
    undefined = np.full(len(weights), np.nan)
    return 1 - np.divide(observed, expected, out=undefined, where=expected > 0)


def _counts(ratings: pd.DataFrame) -> np.ndarray:
    """Return the number of coders who gave each unit each code: units × codes."""
    numbered = ratings.reset_index(drop=True)
    given = numbered.melt(ignore_index=False, value_name="code").dropna(subset="code")
    return pd.crosstab(given.index, given["code"]).to_numpy(dtype=np.int64)
