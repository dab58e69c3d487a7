"""Skewness of a dimension's scores, because tests of means reject too often where it is large.

Sign flips assume that differences are symmetric about zero. If scores are skewed, and more widely
spread in one group than in another, differences have a mean of zero but are not symmetric; with a
dozen localities the test then rejects too often. No test of means is valid for such scores, so the
dimension gets a warning.
"""

import pandas as pd

from umid_research.analysis.compare.flips import TOLERANCE

# A dimension with at least this skewness has a warning. Of dimensions with normal scores in 44
# units, one in twenty has one. Of studies that state a difference that comes from skewness alone,
# five in six have one, so that fewer than 5 % state it without a warning (tests/validation).
SKEWED = 0.7
_MIN_UNITS = 6


def with_skewness(comparisons: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons with the skewness of their dimension among `units`."""
    return comparisons.assign(
        skewness=comparisons["dimension"].map(skewness(units)).astype("float64")
    )


def is_skewed(comparisons: pd.DataFrame) -> pd.Series:
    """Return whether each comparison has a warning: sign flips of very skewed scores.

    Welch's tests of B and C, with their few degrees of freedom, keep their level for such scores.
    """
    return comparisons["draws"].notna() & (comparisons["skewness"].abs() >= SKEWED)


def skewness(units: pd.DataFrame) -> pd.Series:
    """Return the skewness of each dimension of `units`, pooled over groups.

    Notes
    -----
    g = Σ z³ / N with z = (score - mean of its group) / standard deviation of its group, over the N
    units of groups with at least six units and a spread. Differences between groups do not affect
    g. NaN if there is no such group.
    """
    scored = units[units["score"].notna()]
    by_group = scored.groupby(["dimension", "group"])["score"]
    spread = by_group.transform("std", ddof=0)
    fit = (spread > TOLERANCE) & (by_group.transform("size") >= _MIN_UNITS)
    standard = (scored["score"] - by_group.transform("mean")) / spread.where(fit)
    return (standard**3).groupby(scored["dimension"]).mean()
