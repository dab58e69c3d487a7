"""Which numbers about people are not shown, and which others would give these away."""

import pandas as pd

# A share so near to an end of the scale tells almost everybody's answer.
_STEP = 1.0


def with_secondary_suppression(counts: pd.Series, least: int) -> pd.Series:
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


def telling_shares(knowledge: pd.DataFrame) -> pd.Series:
    """Which rows of `knowledge` are withheld: (nearly) everybody or nobody was right.

    The row for all questions (blank) is their mean: with it, one withheld question could be worked
    out of the others, so the one that is next to an end of the scale is withheld too.
    """
    shares = knowledge[["before", "after"]].astype(float)
    to_the_end = pd.concat([shares, 100 - shares], axis=1).min(axis=1)
    hidden = to_the_end <= _STEP
    is_one = knowledge["question"] != ""
    if hidden[~is_one].any():
        return pd.Series(True, index=knowledge.index)
    if hidden[is_one].sum() == 1:
        others = to_the_end[is_one & ~hidden]
        hidden[others.index[others == others.min()]] = True
    return hidden
