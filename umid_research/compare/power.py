"""The least difference that is found four times in five at a given spread, by simulation.

A study is drawn many times with normal errors of the observed spread. In each, some true difference
would be just large enough to be significant; the 80th percentile of these is what the study can
detect. It tells a reader how much may hide behind "no clear difference", if scores spread as they
did here: the true spread is another, and of a few units it is known poorly (tests/validation).
"""

from functools import lru_cache

import numpy as np
from scipy import stats

_STUDIES = 2_000
_POWER = 0.8
# With more localities the flips and Student's t need the same difference, to a percent.
_MAX_FLIPPED = 12


@lru_cache(maxsize=64)
def detectable_by_flips(localities: int, level: float, seed: int) -> float:
    """The mean difference, in standard deviations of the differences, that flips detect.

    NaN where so few localities reach no p as small as `level`.

    Notes
    -----
    The flips reject at level α where the order statistic of the subset means that is the lower
    limit at α lies above zero; of errors with the limit l, a difference of -l is just enough.
    """
    errors = simulated_errors(localities, seed)
    if localities > _MAX_FLIPPED:
        return _student(errors, level)
    flips = np.arange(2**localities)[:, np.newaxis]
    turned = ((flips >> np.arange(localities)) & 1).astype(float)
    outside = int(level * len(flips) / 2 + 1e-9)
    if outside == 0:
        return np.nan
    # The flip that turns nothing reaches the sum under every shift, and stands first.
    means = (turned[1:] @ errors.T) / turned[1:].sum(axis=1, keepdims=True)
    low = np.partition(means, outside - 1, axis=0)[outside - 1]
    return needed_difference(low, 0)


def detectable_by_welch(
    variances: tuple[float, float], sizes: tuple[int, int], level: float, seed: int
) -> float:
    """The difference of two means that Welch's t detects."""
    rng = np.random.default_rng(seed)
    shares, means = [], []
    for variance, size in zip(variances, sizes, strict=True):
        means.append(rng.normal(size=_STUDIES) * np.sqrt(variance / size))
        shares.append(variance * rng.chisquare(size - 1, size=_STUDIES) / (size - 1) / size)
    error = np.sqrt(shares[0] + shares[1])
    df = error**4 / (shares[0] ** 2 / (sizes[0] - 1) + shares[1] ** 2 / (sizes[1] - 1))
    return needed_difference(means[0] - means[1], stats.t.ppf(1 - level / 2, df) * error)


def simulated_errors(width: int, seed: int) -> np.ndarray:
    """Normal errors of variance 1, one row a simulated study."""
    return np.random.default_rng(seed).normal(size=(_STUDIES, width))


def needed_difference(found: np.ndarray, critical: np.ndarray | float) -> float:
    """What must be added to a study's chance difference to reach the critical one, in 80 %."""
    return float(np.quantile(critical - found, _POWER))


def _student(errors: np.ndarray, level: float) -> float:
    n = errors.shape[1]
    half = stats.t.ppf(1 - level / 2, n - 1) * stats.sem(errors, axis=1)
    return needed_difference(errors.mean(axis=1), half)
