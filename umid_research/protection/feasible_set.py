"""Ways to have answered, or not, by whole-number programs."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from umid_research.protection.counts import sums_of
from umid_research.protection.linked_scores import LinkedScores

_MAX_NODES = 200


class FeasibleSet:
    """Ways to have answered, or not, in keeping with the counts and with the bases of means.

    All variables are 0 or 1: whether a person gave a certain answer without a score to an item, or
    any with one; and what follows from these.
    """

    def __init__(self, linked: LinkedScores, free: np.ndarray) -> None:
        self.linked, self.free = linked, free
        self.truth: list[bool] = []
        self._limits: list[tuple[list[int], list[float], float, float]] = []
        self.unscored: dict[tuple[int, int, str], int] = {}
        self.scored: dict[tuple[int, int], int] = {}
        for person in free:
            for item, codes in enumerate(linked.unscored_codes):
                self._add_answers(person, item, codes)

    def _add_answers(self, person: int, item: int, codes: list[str]) -> None:
        gave = self.linked.unscored[person, item]
        if gave == "" and self.linked.given[person, item] < 0:
            return
        own = [self._variable(gave == code) for code in codes]
        self.unscored |= {(person, item, code): n for code, n in zip(codes, own, strict=True)}
        self.scored[person, item] = self._variable(gave == "")
        self.fix_total([*own, self.scored[person, item]])

    def _variable(self, truth: bool) -> int:
        self.truth.append(bool(truth))
        return len(self.truth) - 1

    def add_bound(self, places: list[int], low: float, high: float) -> None:
        """Of some variables at least and at most so many are 1."""
        self._limits.append((places, [1.0] * len(places), low, high))

    def fix_total(self, places: list[int]) -> None:
        """As many of some variables are 1 as in truth."""
        now = sum(self.truth[place] for place in places)
        self.add_bound(places, now, now)

    def at_least(self, need: int, places: list[int]) -> int | None:
        """The variable that is 1 where `need` of some are; None where that can't be otherwise."""
        if need <= 0 or need > len(places):
            return None
        found = self._variable(sum(self.truth[place] for place in places) >= need)
        spare = float(len(places) - need + 1)
        ones = [1.0] * len(places)
        self._limits.append(([*places, found], [*ones, -float(need)], 0, np.inf))
        self._limits.append(([*places, found], [*ones, -spare], -np.inf, need - 1))
        return found

    def find_alternative(self, places: list[int]) -> np.ndarray | None:
        """A way in which not as many of some variables are 1 as in truth; None if none is found."""
        now = sum(self.truth[place] for place in places)
        members = [np.array(limit[0], dtype=int) for limit in self._limits]
        matrix = sums_of(members, len(self.truth))
        matrix.data = np.concatenate([limit[1] for limit in self._limits])
        low, high = (np.array([limit[n] for limit in self._limits]) for n in (2, 3))
        line = sums_of([np.array(places, dtype=int)], len(self.truth))
        for least, most in ((now + 1, len(places)), (0, now - 1)):
            if least <= most:
                solved = milp(
                    np.zeros(len(self.truth)),
                    constraints=[
                        LinearConstraint(matrix, low, high),
                        LinearConstraint(line, least, most),
                    ],
                    bounds=Bounds(0, 1),
                    integrality=1,
                    options={"node_limit": _MAX_NODES},
                )
                if solved.x is not None:
                    return solved.x.round()
        return None
