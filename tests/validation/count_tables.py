"""The published counts of one question, as equations that any attacker can write down.

Nothing of the package is used but frames: rows of `published`, and who is in which group and
district. The unknowns are how many people of each group and district gave each answer.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

TABLES = ("answers", "answers_by_group", "answers_by_district")


@dataclass(frozen=True)
class CountTable:
    """Counts of a question, or of one answer where a person may give several.

    Attributes
    ----------
    rows : DataFrame
        Its rows of `published`.
    sums : ndarray, row × unknown
        1 where the unknown is part of the row's count.
    truth, most : ndarray
        The true value of each unknown, and how many people there are.
    bases : ndarray, sum × unknown
        Sums of unknowns that are known: everybody in a group and district gave one answer.
    """

    rows: pd.DataFrame
    sums: np.ndarray
    truth: np.ndarray
    most: np.ndarray
    bases: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Return the true count of each row."""
        return self.sums @ self.truth

    @property
    def withheld(self) -> np.ndarray:
        """Return which rows are withheld."""
        return ~self.rows["shown"].to_numpy(dtype=bool)

    @property
    def cells(self) -> np.ndarray:
        """Return a number per group, per district and for the totals: that of each row."""
        keys = ["table", "group", "district"]
        return self.rows.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()

    @property
    def whole(self) -> np.ndarray:
        """Return the place of the row with the total of each row's answer."""
        is_total = (self.rows["table"] == TABLES[0]).to_numpy()
        answers = self.rows["answer"].to_numpy()
        place = {answers[n]: n for n in np.flatnonzero(is_total)}
        return np.array([place[answer] for answer in answers])

    def is_secret(self, withheld: np.ndarray) -> np.ndarray:
        """Return which withheld rows say something: nobody's answer is 0 everywhere if shown."""
        known = ~withheld[self.whole] & (self.counts[self.whole] == 0)
        return withheld & ~known


def count_tables(
    published: pd.DataFrame, people: pd.DataFrame, several: Collection[str]
) -> Iterator[CountTable]:
    """Yield the counts of every question in `published`.

    Parameters
    ----------
    published : DataFrame
        Rows with table, question, answer, group, district.
    people : DataFrame
        A row per person: group, district, and the answers, blank where not given.
    several : collection of str
        The questions with several answers, which are in one text with spaces.
    """
    rows = published[published["table"].isin(TABLES)]
    for name, own in rows.groupby("question", sort=False):
        if (own["table"] == TABLES[0]).any():
            given = people[people[name].fillna("") != ""]
            yield from _tables(own, given, str(name), several=name in several)


def _tables(
    rows: pd.DataFrame, given: pd.DataFrame, name: str, *, several: bool
) -> Iterator[CountTable]:
    """Yield one table of a question with one answer; else one for each of the answers."""
    cells = given.groupby(["group", "district"], sort=True).size()
    answers = list(dict.fromkeys(rows["answer"]))
    texts = given[name].str.split(" ")
    truth = np.array(
        [
            [
                sum(
                    answer in one for one in texts[(given["group"] == g) & (given["district"] == d)]
                )
                for answer in answers
            ]
            for g, d in cells.index
        ]
    ).reshape(len(cells), len(answers))
    base = cells.to_numpy()
    if several:
        for n, answer in enumerate(answers):
            own = rows[rows["answer"] == answer]
            sums = _members(own, cells.index)
            yield CountTable(own, sums, truth[:, n], base, np.zeros((0, len(base))))
        return
    own = rows["answer"].to_numpy()[:, np.newaxis] == np.array(answers, dtype=object)
    sums = (_members(rows, cells.index)[:, :, np.newaxis] * own[:, np.newaxis]).reshape(
        len(rows), -1
    )
    bases = np.kron(np.eye(len(base)), np.ones((1, len(answers))))
    yield CountTable(rows, sums, truth.ravel(), np.repeat(base, len(answers)), bases)


def _members(rows: pd.DataFrame, cells: pd.MultiIndex) -> np.ndarray:
    """Return which groups in districts a row counts: row × cell."""
    found = np.ones((len(rows), len(cells)))
    for level, key in enumerate(("group", "district")):
        names = cells.get_level_values(level).to_numpy(dtype=object)
        wanted = rows[key].to_numpy(dtype=object)[:, np.newaxis]
        found *= (wanted == names) | pd.isna(wanted)
    return found
