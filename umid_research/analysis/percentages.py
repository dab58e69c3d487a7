"""Percentages with their intervals, and the rule for which are precise enough to be shown.

A percentage of few people looks more exact than it is. It is shown where its 95 % interval is
narrow enough by the data presentation standards of the U.S. National Center for Health Statistics
(NCHS); elsewhere a report shows "k of n". People were not drawn at random, so the interval only
decides what is shown, and is labelled "as if a random sample". Analysis plan, section 3.

    15 of 65    23.1 %, 13.5 to 35.2    width 21.7, less than 30 and than 1.3 · 23.1: shown
     9 of 65    13.8 %,  6.5 to 24.7    width 18.1, more than 1.3 · 13.8: "9 of 65"

References
----------
Clopper, C. J. & Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in the
case of the binomial, Biometrika 26, 404-413, doi:10.1093/biomet/26.4.404.
Korn, E. L. & Graubard, B. I. (1998), Confidence intervals for proportions with small expected
number of positive counts estimated from survey data, Survey Methodology 24, 193-201.
Parker, J. D. et al. (2017), National Center for Health Statistics data presentation standards for
proportions, Vital and Health Statistics 2 (175).
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

_MIN_N = 30
_MIN_DF = 8
_MAX_WIDTH_ALWAYS_SHOWN, _MAX_WIDTH = 0.05, 0.30
_MAX_RELATIVE_WIDTH = 1.30


@dataclass(frozen=True)
class Percentage:
    """A share with its 95 % interval, all from 0 to 1; `n` is the effective number of people.

    `df` is the number of degrees of freedom of the design: clusters minus strata.
    """

    share: float
    low: float
    high: float
    n: float
    df: float = np.inf

    @property
    def is_precise(self) -> bool:
        """Return whether the share and its complement may both be shown as percentages.

        Shares of 0 and 1 may not: a report shows them as counts.
        """
        if self.n < _MIN_N or self.df < _MIN_DF or self.share in (0, 1):
            return False
        width = self.high - self.low
        if width <= _MAX_WIDTH_ALWAYS_SHOWN:
            return True
        return width < _MAX_WIDTH and width <= _MAX_RELATIVE_WIDTH * min(self.share, 1 - self.share)


def percentage(k: int, n: int) -> Percentage:
    """Return the share of k in n people, with the interval of Clopper and Pearson."""
    low, high = proportion_confint(k, n, alpha=0.05, method="beta")
    return Percentage(k / n, float(low), float(high), n)


def survey_percentage(
    given: np.ndarray, weights: np.ndarray, clusters: pd.Series, strata: pd.Series
) -> Percentage:
    """Return the weighted share who gave an answer, with the interval of Korn and Graubard.

    Parameters
    ----------
    given : ndarray, one value per person
        1 if the person gave the answer, else 0.
    weights : ndarray
        Each person's weight.
    clusters, strata : Series
        Each person's cluster and stratum.

    Notes
    -----
    p = Σ w y / Σ w. Its variance is the sum over strata h of n_h times the variance (divisor
    n_h - 1) of the totals of w (y - p) / Σ w of the stratum's n_h clusters. A cluster that is alone
    in its stratum adds nothing. The effective n is p (1-p) / var · (t(0.975, n-1) / t(0.975, df))²,
    at most n, with df = clusters minus strata. The interval is Clopper and Pearson's for that n.
    """
    n, share = len(given), float(np.average(given, weights=weights))
    parts = pd.Series(weights * (given - share) / weights.sum())
    totals = parts.groupby([strata.to_numpy(), clusters.to_numpy()]).sum()
    by_stratum = totals.groupby(level=0)
    sizes = by_stratum.size()
    variance = float((by_stratum.var(ddof=1).fillna(0) * sizes).sum())
    df = len(totals) - len(sizes)
    if variance <= 0 or df < 1:
        return Percentage(share, np.nan, np.nan, 0, df)
    t_n, t_df = stats.t.ppf(0.975, [n - 1, df])
    effective = min(float(n), share * (1 - share) / variance * (t_n / t_df) ** 2)
    low, high = proportion_confint(share * effective, effective, alpha=0.05, method="beta")
    return Percentage(share, float(low), float(high), effective, df)


def possible_bases(percent: str, most: int) -> dict[int, int]:
    """Return the numbers of people, up to `most`, for which some count rounds to `percent`: n -> k.

    `percent` is the figure as published, such as "23.1"; its decimals show how it was rounded.
    Halves may have been rounded either way. An empty result means that the figure is wrong, or the
    number of people asked is.

    Examples
    --------
    >>> possible_bases("23.1", 30)
    {13: 3, 26: 6}

    References
    ----------
    Brown, N. J. L. & Heathers, J. A. J. (2017), The GRIM test, Social Psychological and Personality
    Science 8, 363-369, doi:10.1177/1948550616673876.
    """
    figure = Fraction(percent)
    half = Fraction(1, 2 * 10 ** len(percent.partition(".")[2]))
    bases = {}
    for n in range(1, most + 1):
        k = round(figure * n / 100)
        if abs(Fraction(100 * k, n) - figure) <= half:
            bases[n] = k
    return bases
