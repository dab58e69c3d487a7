"""The feasible set of answers without a score (don't know, refused), by integer programming."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from umid_research.disclosure.audit.counts import sums_of
from umid_research.disclosure.audit.linked_scores import LinkedScores

# Without an answer after so many nodes the count is treated as revealed, which is safe.
_MAX_NODES = 200


class FeasibleSet:
    """Response patterns consistent with the published counts and numbers of people with a score.

    All variables are 0 or 1. For each person in `free` and each item answered, there is one
    variable per answer without a score, and one for "any answer with a score"; indicators derived
    from these follow. Other people's answers are granted to the attacker. `truth` holds each
    variable's value in the data.
    """

    def __init__(self, linked: LinkedScores, free: np.ndarray) -> None:
        self.linked, self.free = linked, free
        self.truth: list[bool] = []
        self._constraints: list[tuple[list[int], list[float], float, float]] = []
        self.unscored: dict[tuple[int, int, str], int] = {}
        self.scored: dict[tuple[int, int], int] = {}
        for person in free:
            for item, codes in enumerate(linked.unscored_codes):
                self._add_answers(person, item, codes)

    def _add_answers(self, person: int, item: int, codes: list[str]) -> None:
        """Add the variables of one person and item, exactly one of which is 1."""
        gave = self.linked.unscored[person, item]
        # The attacker is granted who answered; without an answer there is nothing to find out.
        if gave == "" and self.linked.given[person, item] < 0:
            return
        own = [self._add_variable(gave == code) for code in codes]
        self.unscored |= {(person, item, code): n for code, n in zip(codes, own, strict=True)}
        self.scored[person, item] = self._add_variable(gave == "")
        self.fix_total([*own, self.scored[person, item]])

    def _add_variable(self, truth: bool) -> int:
        """Add a variable with its true value; return its index."""
        self.truth.append(bool(truth))
        return len(self.truth) - 1

    def add_bound(self, variables: list[int], low: float, high: float) -> None:
        """Require that at least `low` and at most `high` of `variables` are 1."""
        self._constraints.append((variables, [1.0] * len(variables), low, high))

    def fix_total(self, variables: list[int]) -> None:
        """Require that as many of `variables` are 1 as in the data."""
        true_total = sum(self.truth[variable] for variable in variables)
        self.add_bound(variables, true_total, true_total)

    def add_indicator(self, need: int, variables: list[int]) -> int | None:
        """Add a variable that is 1 exactly if at least `need` of `variables` are; return its index.

        Return None if only one value is possible.
        """
        if need <= 0 or need > len(variables):
            return None
        indicator = self._add_variable(sum(self.truth[variable] for variable in variables) >= need)
        # indicator = 1 requires sum >= need; indicator = 0 requires sum <= need - 1.
        spare = float(len(variables) - need + 1)
        ones = [1.0] * len(variables)
        self._constraints.append(([*variables, indicator], [*ones, -float(need)], 0, np.inf))
        self._constraints.append(([*variables, indicator], [*ones, -spare], -np.inf, need - 1))
        return indicator

    def find_alternative(self, variables: list[int]) -> np.ndarray | None:
        """Return a feasible solution in which another number of `variables` is 1 than in the data.

        Return None if the solver finds none. One such solution proves that the count cannot be
        worked out.
        """
        true_total = sum(self.truth[variable] for variable in variables)
        members = [np.array(constraint[0], dtype=int) for constraint in self._constraints]
        matrix = sums_of(members, len(self.truth))
        matrix.data = np.concatenate([constraint[1] for constraint in self._constraints])
        low, high = (np.array([constraint[n] for constraint in self._constraints]) for n in (2, 3))
        line = sums_of([np.array(variables, dtype=int)], len(self.truth))
        for least, most in ((true_total + 1, len(variables)), (0, true_total - 1)):
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
