"""The attacker's linear program: response patterns consistent with every published mean and count.

The variables say which answers people may have given; the constraints are the published numbers.
Maximising and minimising somebody's mean score gives its feasibility interval.
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from umid_research.disclosure.audit.counts import sums_of
from umid_research.disclosure.audit.published_numbers import PublishedCount

if TYPE_CHECKING:
    from umid_research.disclosure.audit.scores import Attack

# If no solution is found after so many nodes, the count is treated as revealed, which is safe.
_MAX_NODES = 200
_TOLERANCE = 1e-6


class FeasibilityInterval:
    """The highest and lowest mean score of any two people over the solutions found so far."""

    def __init__(self, truth: np.ndarray) -> None:
        self.high = np.full((len(truth),) * 2, -np.inf)
        self.low = -self.high
        self.add(truth)

    def add(self, scores: np.ndarray) -> None:
        """Widen the intervals by one more feasible set of scores."""
        means = np.add.outer(scores, scores) / 2
        np.fmax(self.high, means, out=self.high)
        np.fmin(self.low, means, out=self.low)

    def width(self) -> np.ndarray:
        """Return the widths, person × person; those of single people are on the diagonal."""
        return self.high - self.low

    def between(self, first: int, second: int) -> float:
        """Return the width for the mean of two people, or of one person given twice."""
        return float(self.high[first, second] - self.low[first, second])


class Program:
    """The linear program over the answers of the people in `free`; other people's are granted.

    There is one variable per person × item × answer (1 if the person gave it), and a person's
    variables of an item add up to 1. Published counts must hold exactly. Means may move within
    their rounding, of which the program may use `rounding_share` (0 to 1).

    Variables may be fractions, so intervals are at least as wide as those over whole answers: the
    guarantee is against linear arithmetic. `other_counts` requires whole answers.
    """

    def __init__(self, attack: "Attack", free: np.ndarray, rounding_share: float) -> None:
        self._free, self._given = free, attack.linked.given[free]
        self._who, self._item = np.nonzero(self._given >= 0)
        points = attack.linked.points
        sizes = np.array([len(values) for values in points])[self._item]
        self._answer_of = np.repeat(np.arange(len(sizes)), sizes)
        starts = np.cumsum(sizes) - sizes
        self._size = len(self._answer_of)
        self._answer = np.arange(self._size) - starts[self._answer_of]
        values = [points[item] for item in self._item]
        self._value = np.concatenate([*values, np.empty(0)])
        self._who, self._item = self._who[self._answer_of], self._item[self._answer_of]
        self._truth = (self._given[self._who, self._item] == self._answer).astype(float)
        self.scores = [
            sparse.csr_array(
                (
                    definition.scale[free][self._who, self._item] * self._value,
                    (self._who, np.arange(self._size)),
                ),
                (len(free), self._size),
            )
            for definition in attack.targets
        ]
        self._constraints = self._all_constraints(attack, rounding_share)

    def _all_constraints(self, attack: "Attack", rounding_share: float) -> LinearConstraint:
        """Return the constraints: one answer per person and item, then counts, then means."""
        cells = (self._answer_of, np.arange(self._size))
        one = sparse.csr_array(
            (np.ones(self._size), cells), (len(set(self._answer_of)), self._size)
        )
        counted = [self._counted(known) for known in attack.counted]
        counts = np.array([count for _, count in counted])
        blocks = [one, sums_of([cells for cells, _ in counted], self._size)]
        low, high = [np.ones(one.shape[0]), counts], [np.ones(one.shape[0]), counts]
        if attack.linear:
            weights = np.array([known.weights[self._free] for known in attack.linear])
            rows = weights[:, self._who, self._item] * self._value
            blocks.append(sparse.csr_array(rows))
            low.append(rows @ self._truth - rounding_share * attack.below)
            high.append(rows @ self._truth + rounding_share * attack.above)
        matrix = sparse.vstack(blocks, format="csc")
        return LinearConstraint(matrix, np.concatenate(low), np.concatenate(high))

    def _counted(self, known: PublishedCount) -> tuple[np.ndarray, float]:
        """Return the variables that add up to a count, and their true sum."""
        own = (self._item == known.item) & (self._answer == known.answer)
        cells = np.flatnonzero(own & known.people[self._free][self._who])
        return cells, float(self._truth[cells].sum())

    def other_counts(self, hidden: list[PublishedCount], place: int) -> np.ndarray | None:
        """Return the changes of the counts `hidden` in a solution that changes the one at `place`.

        Return None if the solver finds no such solution. Answers are whole here: variables are 0 or
        1.
        """
        if not self._size:
            return None
        cells, truth = zip(*(self._counted(known) for known in hidden), strict=True)
        own, now = cells[place], truth[place]
        line = sums_of([own], self._size)
        for low, high in ((now + 1, len(own)), (0, now - 1)):
            if low > high:
                continue
            solved = milp(
                np.zeros(self._size),
                constraints=[self._constraints, LinearConstraint(line, low, high)],
                bounds=Bounds(0, 1),
                integrality=1,
                options={"node_limit": _MAX_NODES},
            )
            if solved.x is not None:
                return np.array([solved.x[at].sum() for at in cells]) - np.array(truth)
        return None

    def farthest(self, direction: np.ndarray) -> np.ndarray:
        """Return the feasible response pattern that is farthest in a direction."""
        solved = milp(
            -direction,
            constraints=self._constraints,
            bounds=Bounds(0, 1),
            options={"presolve": False},  # a third faster on programs of this size
        )
        # The true answers are always feasible, even if the solver fails because of its tolerance.
        return self._truth if solved.x is None else solved.x

    def binding(self, direction: np.ndarray) -> np.ndarray:
        """Return which of the counts, then of the means, limit the answers in a direction.

        These have a dual price in the linear program. Without one of them answers could go farther,
        unless other constraints stop them at the same point.
        """
        matrix, low, high = self._constraints.A, self._constraints.lb, self._constraints.ub
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
        # The first rows say that each person gives one answer to an item; these are no publication.
        return price[self._answer_of.max(initial=-1) + 1 :] > _TOLERANCE
