"""Which counts of people are too small to be shown, and which others would tell them."""

import numpy as np
import pandas as pd


def small_and_company(counts: pd.Series, least: int) -> pd.Series:
    """Whether each count is withheld: 1 to `least` - 1, and the smallest others beside them.

    Somebody who knows the sum takes away what is shown; what is left must be two counts and
    `least` people. Noughts come last: a place where nothing was held is known to have nobody.
    Blank counts are no counts.
    """
    hidden = counts.between(1, least - 1).fillna(False).to_numpy(dtype=bool).copy()
    numbers = counts.fillna(0).to_numpy(dtype=int)
    order = np.argsort(np.where(numbers > 0, numbers, np.iinfo(int).max), kind="stable")
    company = [place for place in order if not hidden[place] and counts.notna().iloc[place]]
    while hidden.any() and company and not _is_safe(numbers[hidden], least):
        hidden[company.pop(0)] = True
    return pd.Series(hidden, index=counts.index)


def _is_safe(hidden: np.ndarray, least: int) -> bool:
    return len(hidden) >= 2 and hidden.sum() >= least
