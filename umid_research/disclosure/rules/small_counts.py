"""Rule 7: counts of 1 to `thresholds.count` - 1 people are withheld, and what would reveal them.

    group      answer  value        group      answer  value
    community  yes        18        community  yes        18
    community  no          5   ->   community  no
    community  refused     1        community  refused

For example, one of 24 residents refused to answer. The other answers of a group would reveal this
count, so a second one is withheld, and further ones until those withheld stand for at least
`thresholds.count` people together: a sum of few people is a small count as well.

This is done here for each table by itself. What several tables reveal together is found by the
audit of rule 5. It withholds only counts of nobody or of many, so that no sum becomes small again.
"""

import numpy as np
import pandas as pd

from umid_research.indicators.withholding import with_secondary_suppression


def is_small(counts: pd.Series, least: int) -> pd.Series:
    """Return whether each count is from 1 to `least` - 1; blank counts are not."""
    return counts.between(1, least - 1)


def without_small_counts(
    shown: np.ndarray, counts: pd.DataFrame, least: int, *, cell: str | None, several: bool
) -> np.ndarray:
    """Return which counts of one table are shown: none that is small, and none that reveals one.

    Parameters
    ----------
    shown : ndarray
        What the other rules show.
    counts : DataFrame
        One row per cell and answer: answer, value (who gave it), respondents (who answered) and the
        column `cell`, such as the group.
    least : int
        `thresholds.count`; 0 withholds nothing.
    cell : str or None
        The column that tells cells apart; the total of each answer over all cells is known. None
        for the totals themselves.
    several : bool
        Whether a person may give several answers. Then those who did not give one are a count, too;
        otherwise the answers of a cell add up to those who answered.
    """
    shown = np.asarray(shown, dtype=bool).copy()
    if not least or counts.empty:
        return shown
    value, base = (counts[name].to_numpy(dtype=int) for name in ("value", "respondents"))
    parts = [value, base - value] if several else [value]
    for part in parts:
        shown &= ~((part > 0) & (part < least))
    by_answer, by_cell = counts.reset_index(drop=True).groupby("answer").indices.values(), []
    if cell is None:
        by_answer = []
    if not several:
        places = counts[cell].to_numpy() if cell else np.zeros(len(counts), dtype=int)
        by_cell = [np.flatnonzero(places == name) for name in dict.fromkeys(places)]
    before = -1
    while before != shown.sum():
        before = shown.sum()
        for places in (*by_answer, *by_cell):
            _withhold_company(shown, places, parts, least)
    return shown


def _withhold_company(
    shown: np.ndarray, places: np.ndarray, parts: list[np.ndarray], least: int
) -> None:
    """Withhold more of the counts at `places`, which have a known sum, in place.

    Of those that help, the smallest goes first; counts of nobody go last, as they help least.
    """
    value = parts[0]
    order = places[np.lexsort([value[places], value[places] == 0])]
    for place in (*order, None):
        hidden = places[~shown[places]]
        sums = [part[hidden].sum() for part in parts]
        if not len(hidden) or place is None:
            return
        if len(hidden) > 1 and not any(0 < total < least for total in sums):
            return
        shown[place] = False


def without_small_parts(shown: pd.Series, counts: pd.Series, least: int) -> pd.Series:
    """Return which of counts with a known sum are shown: none that is small, nor revealing one."""
    return shown & ~with_secondary_suppression(counts, least)
