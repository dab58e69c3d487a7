"""Ways to have answered that are in keeping with all that is published, found by programs."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from umid_research.protection.counts import sums_of
from umid_research.protection.known import PublishedCount

if TYPE_CHECKING:
    from umid_research.protection.scores import Attack

_MAX_NODES = 200
_TOLERANCE = 1e-6


class FeasibilityInterval:
    """The highest and lowest mean of any two people over the ways found so far."""

    def __init__(self, truth: np.ndarray) -> None:
        self.high = np.full((len(truth),) * 2, -np.inf)
        self.low = -self.high
        self.add(truth)

    def add(self, scores: np.ndarray) -> None:
        """Takes note of one more way to have scored."""
        means = np.add.outer(scores, scores) / 2
        np.fmax(self.high, means, out=self.high)
        np.fmin(self.low, means, out=self.low)

    def width(self) -> np.ndarray:
        """Person × person, a single person's on the diagonal."""
        return self.high - self.low

    def between(self, first: int, second: int) -> float:
        """The width of two people's mean, or of one person's."""
        return float(self.high[first, second] - self.low[first, second])


class Program:
    """The linear program over the answers of the people in `free`; the others' are granted.

    One variable a person × item × answer, 0 to 1; a person's variables of an item add up to 1.
    """

    def __init__(self, attack: "Attack", free: np.ndarray, share: float) -> None:
        self._free, self._given = free, attack.linked.given[free]
        self._who, self._item = np.nonzero(self._given >= 0)
        points = attack.linked.points
        sizes = np.array([len(values) for values in points])[self._item]
        self._pair = np.repeat(np.arange(len(sizes)), sizes)
        starts = np.cumsum(sizes) - sizes
        self._width = len(self._pair)
        self._answer = np.arange(self._width) - starts[self._pair]
        values = [points[item] for item in self._item]
        self._value = np.concatenate([*values, np.empty(0)])
        self._who, self._item = self._who[self._pair], self._item[self._pair]
        self._truth = (self._given[self._who, self._item] == self._answer).astype(float)
        self.scores = [
            sparse.csr_array(
                (
                    part.scale[free][self._who, self._item] * self._value,
                    (self._who, np.arange(self._width)),
                ),
                (len(free), self._width),
            )
            for part in attack.targets
        ]
        self._limits = self._all_limits(attack, share)

    def _all_limits(self, attack: "Attack", share: float) -> LinearConstraint:
        cells = (self._pair, np.arange(self._width))
        one = sparse.csr_array((np.ones(self._width), cells), (len(set(self._pair)), self._width))
        counted = [self._counted(known) for known in attack.counted]
        counts = np.array([count for _, count in counted])
        blocks = [one, sums_of([cells for cells, _ in counted], self._width)]
        low, high = [np.ones(one.shape[0]), counts], [np.ones(one.shape[0]), counts]
        if attack.linear:
            weights = np.array([known.weights[self._free] for known in attack.linear])
            rows = weights[:, self._who, self._item] * self._value
            blocks.append(sparse.csr_array(rows))
            low.append(rows @ self._truth - share * attack.below)
            high.append(rows @ self._truth + share * attack.above)
        matrix = sparse.vstack(blocks, format="csc")
        return LinearConstraint(matrix, np.concatenate(low), np.concatenate(high))

    def _counted(self, known: PublishedCount) -> tuple[np.ndarray, float]:
        """The variables that add up to a count, and what they add up to in truth."""
        own = (self._item == known.item) & (self._answer == known.answer)
        cells = np.flatnonzero(own & known.people[self._free][self._who])
        return cells, float(self._truth[cells].sum())

    def other_counts(self, hidden: list[PublishedCount], place: int) -> np.ndarray | None:
        """Counts of a way to have answered in which the one at `place` is another; None if none.

        The answers are whole: everybody gives one answer to an item, or none.
        """
        if not self._width:
            return None
        cells, truth = zip(*(self._counted(known) for known in hidden), strict=True)
        own, now = cells[place], truth[place]
        line = sums_of([own], self._width)
        for low, high in ((now + 1, len(own)), (0, now - 1)):
            if low > high:
                continue
            solved = milp(
                np.zeros(self._width),
                constraints=[self._limits, LinearConstraint(line, low, high)],
                bounds=Bounds(0, 1),
                integrality=1,
                options={"node_limit": _MAX_NODES},
            )
            if solved.x is not None:
                return np.array([solved.x[at].sum() for at in cells]) - np.array(truth)
        return None

    def farthest(self, direction: np.ndarray) -> np.ndarray:
        """The way to have answered, in keeping with all that is published, at a direction's end."""
        solved = milp(
            -direction,
            constraints=self._limits,
            bounds=Bounds(0, 1),
            options={"presolve": False},  # a third faster on programs of this size
        )
        # Without a solution for rounding of the solver's own: the truth is always possible.
        return self._truth if solved.x is None else solved.x

    def binding(self, direction: np.ndarray) -> np.ndarray:
        """Which of the counts, then of the means, keep answers from going farther in a direction.

        Without one of them they could, or others would take its place.
        """
        matrix, low, high = self._limits.A, self._limits.lb, self._limits.ub
        equal = low == high
        ranges = matrix[~equal]
        solved = linprog(
            -direction,
            A_eq=matrix[equal],
            b_eq=low[equal],
            A_ub=sparse.vstack([ranges, -ranges]),
            b_ub=np.concatenate([high[~equal], -low[~equal]]),
            bounds=(0, 1),
        )
        price = np.zeros(len(low))
        if solved.x is not None:
            above, below = np.split(np.abs(solved.ineqlin.marginals), 2)
            price[equal], price[~equal] = np.abs(solved.eqlin.marginals), above + below
        return price[self._pair.max(initial=-1) + 1 :] > _TOLERANCE
