"""Where texts come from, as far as it may be said: by district or by group, never by both.

    district  people behind its texts, at least  named
    quba                                     10  yes
    xacmaz                                    6  no: else a text without a district is from Shabran
    sabran                                    1  no: fewer than 5

The rule is that of the analysis plan, section 3, number 6. Rules 1 and 7 set the number of people.
"""

import pandas as pd


def nameable(people: pd.Series, least: int) -> list[str]:
    """Return the keys (districts, or groups) that may be named as the origin of a text.

    Parameters
    ----------
    people : Series
        By key, the number of people known to stand behind its texts.
    least : int
        The study's threshold.

    Notes
    -----
    A key with fewer people is not named. A text without an origin then comes from one of the keys
    that are not named: these must have `least` people together, and so be two at least, or the
    smallest of the others is not named either.
    """
    ordered = people.sort_values(kind="stable")
    hidden = (ordered < least).to_numpy(copy=True)
    while 0 < ordered[hidden].sum() < least and not hidden.all():
        hidden[(~hidden).argmax()] = True
    named = set(ordered.index[~hidden])
    return [key for key in people.index if key in named]
