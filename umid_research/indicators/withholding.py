"""Decide which counts and shares of people are withheld, with secondary suppression."""

import pandas as pd

# A share within this many percentage points of 0 or 100 reveals almost everybody's answer.
_STEP = 1.0


def with_secondary_suppression(counts: pd.Series, least: int) -> pd.Series:
    """Return whether each count is withheld: counts from 1 to `least` - 1, and further counts.

    A reader who knows the total can subtract all shown counts, and learns the sum of the withheld
    ones. If all withheld counts were small, this sum could force each of them to its largest
    possible value. So the smallest count of at least `least` is withheld as well, together with
    all counts equal to it, because a choice among equals could reveal something. If there is no
    such count, all zeros are withheld. Blank counts are never withheld.
    """
    numbers = counts.fillna(0).to_numpy(dtype=int)
    small = (numbers > 0) & (numbers < least)
    large = numbers[numbers >= least]
    if not small.any():
        return pd.Series(small, index=counts.index)
    secondary = numbers == (large.min() if len(large) else 0)
    return pd.Series(small | (secondary & counts.notna().to_numpy()), index=counts.index)


def revealing_shares(knowledge: pd.DataFrame, least: int = 0) -> pd.Series:
    """Return whether each row of `knowledge` is withheld because its share is near 0 or 100.

    It is near if fewer than `least` people, but some, answered correctly or did not. The row for
    all questions (blank) is the mean of the others. A single withheld question could be computed
    from it, and of several the sum, so the question with the next most extreme share is withheld
    as well, until those withheld are no small sum.
    """
    shares = knowledge[["before", "after"]].astype(float)
    ends = pd.concat([shares, 100 - shares], axis=1)
    distance = ends.min(axis=1)
    number = knowledge["n"].astype(float) if least else pd.Series(0.0, index=knowledge.index)
    people = (ends.mul(number, axis=0) / 100).round()
    is_question = knowledge["question"] != ""
    hidden = (distance <= _STEP) | (is_question & _any_small(people, least))
    if hidden[~is_question].any():
        return pd.Series(True, index=knowledge.index)
    while hidden[is_question].any() and not hidden[is_question].all():
        of_hidden = people[hidden & is_question]
        if len(of_hidden) > 1 and not _any_small(of_hidden.sum().to_frame().T, least).any():
            break
        others = distance[is_question & ~hidden]
        hidden[others.index[others == others.min()]] = True
    return hidden


def _any_small(people: pd.DataFrame, least: int) -> pd.Series:
    """Return which rows have a number from 1 to `least` - 1."""
    return ((people > 0) & (people < least)).any(axis=1)
