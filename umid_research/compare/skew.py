"""How skewed the scores of a dimension are, since tests of means claim too much where they are.

Sign flips ask whether differences are symmetric about zero. Scores that are skewed in one
direction, more widely in one group than in another, have differences whose mean is zero and which
are not symmetric; with a dozen localities this shows as a difference too often. No test of means
is safe from it, so such a dimension carries a warning.
"""

import pandas as pd

from umid_research.compare.flips import TOLERANCE

# From here on a dimension carries the warning. Of dimensions with normal scores in 44 units, one
# in twenty has more; of studies that claim a difference from skew alone, five in six are warned
# of it, which leaves fewer than 5 % with a claim and no warning (tests/validation).
SKEWED = 0.7
_MIN_UNITS = 6


def with_skewness(comparisons: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The comparisons with the skewness of their dimension among `units`."""
    return comparisons.assign(
        skewness=comparisons["dimension"].map(skewness(units)).astype("float64")
    )


def is_skewed(comparisons: pd.DataFrame) -> pd.Series:
    """Which comparisons carry the warning: sign flips of very skewed scores.

    Welch's tests of B and C keep their level under such scores, by their few degrees of freedom.
    """
    return comparisons["draws"].notna() & (comparisons["skewness"].abs() >= SKEWED)


def skewness(units: pd.DataFrame) -> pd.Series:
    """Skewness within groups of each dimension of `units`, over all units together.

    Notes
    -----
    g = Σ z³ / N with z = (score - mean of its group) / standard deviation of its group, over the
    units of groups with six units and a spread. The groups' own differences do not count. NaN
    where no group has these.
    """
    scored = units[units["score"].notna()]
    by_group = scored.groupby(["dimension", "group"])["score"]
    spread = by_group.transform("std", ddof=0)
    fit = (spread > TOLERANCE) & (by_group.transform("size") >= _MIN_UNITS)
    standard = (scored["score"] - by_group.transform("mean")) / spread.where(fit)
    return (standard**3).groupby(scored["dimension"]).mean()
