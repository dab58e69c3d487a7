"""The respondents of an audit: their cells, an order, and whose answers may offset whose."""

import numpy as np
import pandas as pd

from umid_research.disclosure.audit.linked_scores import LinkedScores

# Answers of people of so many other districts may offset theirs.
_OTHER_DISTRICTS = 3


class Respondents:
    """The people of some linked scores, in an order that does not depend on the export's.

    `cells` has the number of each person's group × district.
    """

    def __init__(self, linked: LinkedScores) -> None:
        people = linked.people
        self.cells = people.groupby(["group", "district"]).ngroup().to_numpy()
        self._group, self._district = (
            pd.factorize(people[key], sort=True)[0] for key in ("group", "district")
        )
        # The rank of each person by group, district and answers.
        order = np.lexsort([*linked.given.T, linked.given.sum(axis=1), self.cells])
        self._rank = np.empty(len(order), dtype=int)
        self._rank[order] = np.arange(len(order))

    def in_order(self, people: np.ndarray) -> np.ndarray:
        """Sort people by group, district and answers, so that the export's order is irrelevant."""
        return people[np.argsort(self._rank[people], kind="stable")]

    def comparable_with(self, about: np.ndarray, most: int) -> np.ndarray:
        """Return `about` and others whose answers may offset theirs, up to `most` in all.

        Counts by group and by district stay the same if two of a group, in two districts, change
        the opposite way, and two of another group in these districts change back. So people of a
        few other districts come next to those of the own cells and districts.
        """
        own_districts = np.unique(self._district[about])
        in_groups = np.isin(self._group, self._group[about])
        others = np.setdiff1d(self._district[in_groups], own_districts)
        in_reach = [*own_districts, *spaced(others, _OTHER_DISTRICTS)]
        is_near = np.isin(self._district, in_reach)
        in_cells = np.isin(self.cells, self.cells[about])
        free, is_other = about, np.ones(len(self.cells), dtype=bool)
        # The first two kinds of others get half of the room that is left.
        for kind, share in ((in_cells, 2), (in_groups & is_near, 2), (is_near, 1), (in_groups, 1)):
            is_other[free] = False
            room = -(-(most - len(free)) // share)
            chosen = spaced(self.in_order(np.flatnonzero(kind & is_other)), room)
            free = np.concatenate([free, chosen])
        return free


def spaced(values: np.ndarray, most: int) -> np.ndarray:
    """Return `most` of the values, evenly spaced; all of them if they are fewer."""
    number = max(min(most, len(values)), 0)
    return values[np.linspace(0, len(values) - 1, number).astype(int)]


def alike(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of the first of each kind of rows, and the number of each row's kind."""
    whole = np.ascontiguousarray(rows, dtype=float) + 0.0  # minus zero is zero
    as_bytes = whole.view(f"V{whole.shape[1] * whole.itemsize}").ravel()
    return np.unique(as_bytes, return_index=True, return_inverse=True)[1:]
