"""Ways to have answered that are in keeping with all that is published, found by programs."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from umid_research.protection.known import Counted

if TYPE_CHECKING:
    from umid_research.protection.scores import Attack

_MOST_NODES = 200


class Reach:
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


class Program:
    """The linear program over the answers of the people in `free`; the others' are granted.

    One variable a person × item × answer, 0 to 1; a person's variables of an item add up to 1.
    """

    def __init__(self, attack: "Attack", free: np.ndarray, share: float) -> None:
        person, item = np.nonzero(attack.given[free] >= 0)
        sizes = np.array([len(points) for points in attack.points])[item]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        total = int(starts[-1])
        pair = np.repeat(np.arange(len(person)), sizes)
        answer = np.arange(total) - starts[pair]
        value = np.concatenate([attack.points[q] for q in item]) if total else np.empty(0)
        who = person[pair]
        scale = value / attack.answered[free][who]
        self._scores = sparse.csr_array((scale, (who, np.arange(total))), (len(free), total))
        self._truth = attack.score[free]
        ones = sparse.csr_array((np.ones(total), (pair, np.arange(total))), (len(person), total))
        blocks, low, high = [ones], [np.ones(len(person))], [np.ones(len(person))]
        rows: list[np.ndarray] = []
        columns: list[np.ndarray] = []
        counts: list[float] = []
        self._free, self._given, self._who = free, attack.given[free], who
        self._variables = {
            (q, a): np.flatnonzero((item[pair] == q) & (answer == a))
            for q, points in enumerate(attack.points)
            for a in range(len(points))
        }
        for known in attack.counted:
            cells, count = self._counted(known)
            rows.append(np.full(len(cells), len(rows)))
            columns.append(cells)
            counts.append(count)
        if rows:
            index = (np.concatenate(rows), np.concatenate(columns))
            blocks.append(sparse.csr_array((np.ones(len(index[0])), index), (len(rows), total)))
            low.append(np.array(counts))
            high.append(np.array(counts))
        if attack.linear:
            weights = np.array([known.weights[free] for known in attack.linear])
            now = weights @ np.nan_to_num(self._truth)
            blocks.append(sparse.csr_array(weights) @ self._scores)
            low.append(now - share * np.array([known.below for known in attack.linear]))
            high.append(now + share * np.array([known.above for known in attack.linear]))
        self._limits = LinearConstraint(
            sparse.vstack(blocks, format="csc"), np.concatenate(low), np.concatenate(high)
        )

    def _counted(self, known: Counted) -> tuple[np.ndarray, float]:
        """The variables that add up to a count, and what they add up to in truth."""
        could = known.people[self._free]
        cells = self._variables[known.item, known.answer]
        cells = cells[could[self._who[cells]]]
        return cells, float((self._given[could, known.item] == known.answer).sum())

    def other_counts(self, hidden: list[Counted], place: int) -> np.ndarray | None:
        """Counts of a way to have answered in which the one at `place` is another; None if none.

        The answers are whole: everybody gives one answer to an item, or none.
        """
        total = self._scores.shape[1]
        cells, truth = zip(*(self._counted(known) for known in hidden), strict=True)
        own, now = cells[place], truth[place]
        line = sparse.csr_array((np.ones(len(own)), (np.zeros(len(own), int), own)), (1, total))
        for low, high in ((now + 1, len(own)), (0, now - 1)):
            if low > high:
                continue
            solved = milp(
                np.zeros(total),
                constraints=[self._limits, LinearConstraint(line, low, high)],
                bounds=Bounds(0, 1),
                integrality=1,
                options={"node_limit": _MOST_NODES},
            )
            if solved.x is not None:
                return np.array([solved.x[at].sum() for at in cells]) - np.array(truth)
        return None

    def highest(self, direction: np.ndarray) -> np.ndarray:
        """Scores, in keeping with all that is published, at the far end of a direction."""
        solved = milp(
            -(self._scores.T @ direction),
            constraints=self._limits,
            bounds=Bounds(0, 1),
            options={"presolve": False},  # a third faster on programs of this size
        )
        if solved.x is None:
            # Rounding of the solver's own; the truth is always possible.
            return self._truth
        return np.where(np.isfinite(self._truth), self._scores @ solved.x, np.nan)
