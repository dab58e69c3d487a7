"""The attacker's program: changes of the data that leave every published number as it is.

All audits ask the same question of different variables: can the withheld numbers differ from the
data although everything published stays the same? The variables are changes from the data, so that
the data themselves are the origin, which satisfies every constraint. HiGHS starts there, which
halves its time compared with variables for whole answers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

# If no solution is found after so many nodes, the count is treated as revealed, which is safe.
_MAX_NODES = 200
_RANDOM_OBJECTIVES = 6
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Program:
    """Linear constraints on changes of the data; 0 (no change) satisfies all of them.

    Attributes
    ----------
    matrix : csc_array, constraint × variable
    low, high : ndarray
        The range of each constraint; a number that is published exactly has the range 0 to 0.
    least, most : ndarray
        The range of each variable.
    """

    matrix: sparse.csc_array
    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray

    @cached_property
    def _rows(self) -> np.ndarray:
        """Return which constraints any variable has a part in: a few of those of a large study."""
        return np.flatnonzero(np.diff(self.matrix.tocsr().indptr))

    @cached_property
    def _constraints(self) -> LinearConstraint:
        rows = self._rows
        return LinearConstraint(self.matrix.tocsr()[rows].tocsc(), self.low[rows], self.high[rows])

    def farthest(self, direction: np.ndarray) -> np.ndarray:
        """Return the feasible change, not necessarily whole, that is farthest in a direction."""
        solved = milp(
            -direction,
            constraints=self._constraints,
            bounds=Bounds(self.least, self.most),
            options={"presolve": False},  # a third faster on programs of this size
        )
        # No change is always feasible, even if the solver fails because of its tolerance.
        return np.zeros(len(direction)) if solved.x is None else solved.x

    def farthest_with_prices(self, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same as `farthest`, and the dual price of each constraint.

        Constraints with a price limit the change. Without one of them it could go farther, unless
        other constraints stop it at the same point.
        """
        rows = self._rows
        equal = rows[self.low[rows] == self.high[rows]]
        between = rows[self.low[rows] != self.high[rows]]
        matrix = self.matrix.tocsr()
        solved = linprog(
            -direction,
            A_eq=matrix[equal],
            b_eq=self.low[equal],
            A_ub=sparse.vstack([matrix[between], -matrix[between]]),
            b_ub=np.concatenate([self.high[between], -self.low[between]]),
            bounds=np.column_stack([self.least, self.most]),
            options={"presolve": False},
        )
        price = np.zeros(len(self.low))
        if solved.x is None:
            return np.zeros(len(direction)), price
        above, below = np.split(np.abs(solved.ineqlin.marginals), 2)
        price[equal], price[between] = np.abs(solved.eqlin.marginals), above + below
        return solved.x, price

    def fixed(self, sums: sparse.csr_array, *, many_at_once: bool = False) -> np.ndarray:
        """Return which of the sums of variables are 0 in every solution in whole numbers.

        A sum counts as fixed, too, if the solver finds no other solution within its limit. With
        `many_at_once`, random linear programs that move many sums are tried first: worth it where
        their solutions are mostly whole numbers, as in tables of counts.
        """
        is_fixed = np.ones(sums.shape[0], dtype=bool)
        if not len(self.least):  # where nobody answered, nothing can change
            return is_fixed
        rng = np.random.default_rng(0)
        for _ in range(_RANDOM_OBJECTIVES if many_at_once else 0):
            if is_fixed.any():
                signs = np.where(is_fixed, rng.choice([-1.0, 1.0], len(is_fixed)), 0.0)
                change = self.farthest(sums.T @ signs)
                if np.abs(change - change.round()).max(initial=0) < _TOLERANCE:
                    is_fixed &= np.abs(sums @ change) < 0.5
        for place in range(len(is_fixed)):
            for sign in (1.0, -1.0):
                if is_fixed[place]:
                    # One solution may show a second value for several sums.
                    is_fixed &= np.abs(sums @ self._whole(sign * sums[[place]])) < 0.5
        return is_fixed

    def _whole(self, at_least_one: sparse.csr_array) -> np.ndarray:
        """Return a feasible change in whole numbers that adds 1 or more to a sum; else 0."""
        solved = milp(
            np.zeros(len(self.least)),
            constraints=[
                self._constraints,
                LinearConstraint(at_least_one, 1, np.inf),
            ],
            bounds=Bounds(self.least, self.most),
            integrality=1,
            options={"node_limit": _MAX_NODES},
        )
        return np.zeros(len(self.least)) if solved.x is None else solved.x
