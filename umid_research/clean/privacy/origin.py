"""Decide which origins of texts may be named: districts or groups, never both together.

    district  minimum number of authors  named
    quba                             10  yes
    xacmaz                            6  no: otherwise a text without a district is from Shabran
    sabran                            1  no: fewer than 5

This is rule 6 of the analysis plan, section 3; rules 1 and 7 set the number of people.
"""

import pandas as pd


def nameable(people: pd.Series, least: int) -> list[str]:
    """Return the keys (districts, or groups) that may be named as the origin of a text.

    Parameters
    ----------
    people : Series
        The minimum number of people who wrote the texts of each key.
    least : int
        The study's threshold.

    Notes
    -----
    A key with fewer than `least` people is not named. But then a reader knows that a text without
    an origin comes from one of the hidden keys. So these must have at least `least` people
    together (which also makes them two or more); otherwise the smallest named key is hidden too.
    """
    ordered = people.sort_values(kind="stable")
    hidden = (ordered < least).to_numpy(copy=True)
    while 0 < ordered[hidden].sum() < least and not hidden.all():
        hidden[(~hidden).argmax()] = True
    named = set(ordered.index[~hidden])
    return [key for key in people.index if key in named]
