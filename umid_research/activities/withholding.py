"""Which counts of people are too small to be shown, and which others would tell them."""

import pandas as pd


def small_and_company(counts: pd.Series, least: int) -> pd.Series:
    """Whether each count is withheld: 1 to `least` - 1, and others beside them.

    Somebody who knows the sum takes away what is shown. Among what is left must be a count that is
    not small, since small ones alone may be as large as they can: the smallest such, with all that
    equal it, or else the choice between them would tell. Where there is none, the noughts are
    withheld too. Blank counts are no counts.
    """
    numbers = counts.fillna(0).to_numpy(dtype=int)
    small = (numbers > 0) & (numbers < least)
    large = numbers[numbers >= least]
    if not small.any():
        return pd.Series(small, index=counts.index)
    company = numbers == (large.min() if len(large) else 0)
    return pd.Series(small | (company & counts.notna().to_numpy()), index=counts.index)
