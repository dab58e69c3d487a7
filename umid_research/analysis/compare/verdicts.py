"""The rule by which a difference may be stated; analysis plan, section 3."""

import numpy as np
import numpy.typing as npt

from umid_research.analysis.verdicts import Verdict

LEVEL = 0.05


def verdicts(
    estimate: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, p_adjusted: npt.ArrayLike
) -> np.ndarray:
    """Return the verdict of each contrast, from numbers that have not been rounded.

    `higher` or `lower` where the adjusted p is below 0.05 and the interval excludes zero,
    `not_estimable` where there is no estimate, else `unclear`.

    Parameters
    ----------
    estimate, low, high
        The difference and its 95 % limits, in points of 0 to 100; NaN where there is none.
    p_adjusted
        The p-value, adjusted over its family.
    """
    estimate, low, high, p_adjusted = (
        np.asarray(numbers, dtype=float) for numbers in (estimate, low, high, p_adjusted)
    )
    significant = p_adjusted < LEVEL
    return np.select(
        [np.isnan(estimate), significant & (low > 0), significant & (high < 0)],
        [Verdict.NOT_ESTIMABLE.value, Verdict.HIGHER.value, Verdict.LOWER.value],
        default=Verdict.UNCLEAR.value,
    )
