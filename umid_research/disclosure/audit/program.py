"""The attacker's program: changes of the data that leave every published number as it is.

All audits ask the same question of different variables: can the withheld numbers differ from the
data although everything published stays the same? The variables are changes from the data, so that
the data themselves are the origin, which satisfies every constraint. HiGHS starts there, which
halves its time compared with variables for whole answers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from highspy import (
    Highs,
    HighsLp,
    HighsModelStatus,
    HighsVarType,
    MatrixFormat,
    ObjSense,
    SolutionStatus,
)
from scipy import sparse

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

    def farthest(self, direction: np.ndarray) -> np.ndarray:
        """Return the feasible change, not necessarily whole, that is farthest in a direction."""
        return self.farthest_with_prices(direction)[0]

    def farthest_with_prices(self, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same as `farthest`, and the dual price of each constraint.

        Constraints with a price limit the change. Without one of them it could go farther, unless
        other constraints stop it at the same point.
        """
        solver, price = self._solver, np.zeros(len(self.low))
        solver.clearSolver()  # else what it returns would depend on what was asked before
        places = np.arange(len(direction), dtype=np.int32)
        solver.changeColsCost(len(direction), places, direction)
        solver.run()
        if solver.getModelStatus() != HighsModelStatus.kOptimal:
            # No change is always feasible, even if the solver fails because of its tolerance.
            return np.zeros(len(direction)), price
        solution = solver.getSolution()
        price[self._rows] = np.abs(solution.row_dual)
        return np.array(solution.col_value), price

    @cached_property
    def _rows(self) -> np.ndarray:
        """Return which constraints any variable has a part in: a few of those of a large study."""
        return np.flatnonzero(np.diff(self.matrix.tocsr().indptr))

    @cached_property
    def _solver(self) -> Highs:
        solver = self._solver_of(are_whole=False)
        solver.setOptionValue("presolve", "off")  # a third faster on programs of this size
        solver.changeObjectiveSense(ObjSense.kMaximize)
        return solver

    @cached_property
    def _whole_solver(self) -> Highs:
        solver = self._solver_of(are_whole=True)
        solver.setOptionValue("mip_max_nodes", _MAX_NODES)
        return solver

    def _solver_of(self, *, are_whole: bool) -> Highs:
        matrix = self.matrix.tocsr()[self._rows].tocsc()
        model = HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = np.zeros(len(self.least))
        model.col_lower_, model.col_upper_ = self.least, self.most
        model.row_lower_, model.row_upper_ = self.low[self._rows], self.high[self._rows]
        model.a_matrix_.format_ = MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        if are_whole:
            model.integrality_ = [HighsVarType.kInteger] * len(self.least)
        solver = Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.passModel(model)
        return solver

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
        solver, own = self._whole_solver, at_least_one.tocsr()
        solver.clearSolver()
        solver.addRow(1.0, np.inf, own.nnz, own.indices, own.data)
        solver.run()
        # It may have found a solution although it stopped at its limit.
        is_found = solver.getInfo().primal_solution_status == SolutionStatus.kSolutionStatusFeasible
        found = np.array(solver.getSolution().col_value)
        solver.deleteRows(1, np.array([len(self._rows)], dtype=np.int32))
        return found if is_found else np.zeros(len(self.least))
