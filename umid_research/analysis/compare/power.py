"""Minimum detectable difference: significant in 80 % of simulated studies with the observed spread.

Many studies are simulated with normal errors of the observed spread. In each, some true difference
would be just large enough to be significant; the 80th percentile of these is the minimum detectable
difference. It shows how large a difference "no clear difference" may have missed, if scores spread
as they did here. The true spread is different, and a few units estimate it poorly
(tests/validation).
"""

from functools import lru_cache

import numpy as np
from scipy import stats

_STUDIES = 2_000
_POWER = 0.8
# With more localities, flips and Student's t need the same difference, to within a percent.
_MAX_FLIPPED = 12


@lru_cache(maxsize=64)
def detectable_by_flips(localities: int, level: float, seed: int) -> float:
    """Return the mean difference that flips detect, in standard deviations of the differences.

    NaN if so few localities cannot reach a p as small as `level`.

    Notes
    -----
    The flips reject at level α where the order statistic of the subset means that is the lower
    limit at α lies above zero. If errors have the lower limit l, a difference of -l is just enough.
    """
    errors = simulated_errors(localities, seed)
    if localities > _MAX_FLIPPED:
        return _student(errors, level)
    flips = np.arange(2**localities)[:, np.newaxis]
    turned = ((flips >> np.arange(localities)) & 1).astype(float)
    outside = int(level * len(flips) / 2 + 1e-9)
    if outside == 0:
        return np.nan
    # The first flip reverses nothing and reaches the sum under every shift.
    means = (turned[1:] @ errors.T) / turned[1:].sum(axis=1, keepdims=True)
    low = np.partition(means, outside - 1, axis=0)[outside - 1]
    return needed_difference(low, 0)


def detectable_by_welch(
    variances: tuple[float, float],
    sizes: tuple[float, float],
    level: float,
    seed: int,
    *,
    most: float = np.inf,
) -> float:
    """Return the difference of two means that Welch's t detects, with at most `most` df."""
    rng = np.random.default_rng(seed)
    shares, means = [], []
    for variance, size in zip(variances, sizes, strict=True):
        means.append(rng.normal(size=_STUDIES) * np.sqrt(variance / size))
        shares.append(variance * rng.chisquare(size - 1, size=_STUDIES) / (size - 1) / size)
    error = np.sqrt(shares[0] + shares[1])
    df = error**4 / (shares[0] ** 2 / (sizes[0] - 1) + shares[1] ** 2 / (sizes[1] - 1))
    df = np.minimum(df, most)
    return needed_difference(means[0] - means[1], stats.t.ppf(1 - level / 2, df) * error)


def simulated_errors(width: int, seed: int) -> np.ndarray:
    """Return normal errors of variance 1, one row per simulated study."""
    return np.random.default_rng(seed).normal(size=(_STUDIES, width))


def needed_difference(found: np.ndarray, critical: np.ndarray | float) -> float:
    """Return what must be added to chance differences to reach the critical value in 80 %."""
    return float(np.quantile(critical - found, _POWER))


def _student(errors: np.ndarray, level: float) -> float:
    """Return the mean difference that Student's t detects, for many localities."""
    n = errors.shape[1]
    half = stats.t.ppf(1 - level / 2, n - 1) * stats.sem(errors, axis=1)
    return needed_difference(errors.mean(axis=1), half)
