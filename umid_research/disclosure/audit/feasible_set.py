"""The feasible set of answers without a score (don't know, refused), by integer programming."""

from collections.abc import Iterable

import numpy as np
from scipy import sparse

from umid_research.disclosure.audit.linked_scores import LinkedScores
from umid_research.disclosure.audit.program import Program


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
        self._unscored: dict[tuple[int, str, str], int] = {}
        self._scored: dict[tuple[int, str], int] = {}
        for person in free:
            for item, name in enumerate(linked.items):
                gave = linked.unscored[person, item]
                # The attacker is granted who answered; without an answer nothing can be found out.
                if gave == "" and linked.given[person, item] < 0:
                    continue
                own = {
                    code: self._add_variable(gave == code) for code in linked.unscored_codes[item]
                }
                self._unscored |= {(person, name, code): place for code, place in own.items()}
                self._scored[person, name] = self._add_variable(gave == "")
                self.fix_total([*own.values(), self._scored[person, name]])

    def _add_variable(self, truth: bool) -> int:
        """Add a variable with its true value; return its index."""
        self.truth.append(bool(truth))
        return len(self.truth) - 1

    def who_gave(self, people: np.ndarray, question: str, answer: str) -> list[int]:
        """Return the variables that add up to the count of an answer without a score."""
        keys = ((person, question, answer) for person in self.free if people[person])
        return [self._unscored[key] for key in keys if key in self._unscored]

    def who_scored(self, person: int, questions: tuple[str, ...]) -> list[int]:
        """Return the person's variables that are 1 if an item was answered with a score."""
        keys = ((person, name) for name in questions)
        return [self._scored[key] for key in keys if key in self._scored]

    def fix_total(self, variables: list[int]) -> None:
        """Require that as many of `variables` are 1 as in the data."""
        self._add_constraint(variables, [1.0] * len(variables), 0, 0)

    def _add_constraint(
        self, variables: list[int], weights: list[float], below: float, above: float
    ) -> None:
        """Bound a weighted sum: at most `below` under and `above` over its value in the data."""
        if variables:
            self._constraints.append((variables, weights, -below, above))

    def add_indicator(self, need: int, variables: list[int]) -> int | None:
        """Add a variable that is 1 exactly if at least `need` of `variables` are; return its index.

        Return None if only one value is possible.
        """
        if need <= 0 or need > len(variables):
            return None
        total = sum(self.truth[variable] for variable in variables)
        indicator = self._add_variable(total >= need)
        # indicator = 1 requires total >= need; indicator = 0 requires total <= need - 1.
        spare, is_met = len(variables) - need + 1, total >= need
        own, ones = [*variables, indicator], [1.0] * len(variables)
        self._add_constraint(own, [*ones, -float(need)], total - need * is_met, np.inf)
        self._add_constraint(own, [*ones, -float(spare)], np.inf, need - 1 - total + spare * is_met)
        return indicator

    def add_indicators(self, needs: Iterable[tuple[int, int, list[int]]]) -> dict[int, int]:
        """Add an indicator per (person, need, variables); return person -> index where added."""
        places = ((person, self.add_indicator(need, own)) for person, need, own in needs)
        return {person: place for person, place in places if place is not None}

    def fixed(self, counts: list[list[int]]) -> np.ndarray:
        """Return which counts, each a list of variables, have one value in the feasible set."""
        variables, weights, low, high = zip(*self._constraints, strict=True)
        truth = np.array(self.truth, dtype=float)
        program = Program(
            matrix=_rows(list(variables), list(weights), len(truth)).tocsc(),
            low=np.array(low, dtype=float),
            high=np.array(high, dtype=float),
            least=-truth,
            most=1 - truth,
        )
        return program.fixed(_rows(counts, [[1.0] * len(own) for own in counts], len(truth)))


def _rows(members: list[list[int]], weights: list[list[float]], width: int) -> sparse.csr_array:
    """Return a matrix with one row per list of members, with their weights in these columns."""
    starts = np.cumsum([0, *(len(own) for own in members)])
    columns = np.concatenate([*map(np.array, members), []]).astype(int)
    values = np.concatenate([*map(np.array, weights), []])
    return sparse.csr_array((values, columns, starts), (len(members), width))
