"""Search for feasible response patterns in which people's mean scores lie far enough apart."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from umid_research.disclosure.audit.program import Program

_TOLERANCE = 1e-6
# Moving many people at once pays while more pairs than this are in doubt.
_FEW_PAIRS = 4
_MAX_TURNS = 16
# A few exposed pairs are enough to choose what to withhold.
_MAX_EXPLAINED = 4


class ScoreSearch:
    """The widest feasibility intervals found so far, of all pairs of people of a program.

    Every solution of a program is a witness for all pairs at once: it shows that the mean of two
    people can move at least as far as it does there. `high` and `low`, target × person × person,
    have the highest and lowest change in all solutions so far; of single people, on the diagonal.

    Parameters
    ----------
    scores : list of csr_array
        The change of people's scores, person × variable, per target.
    classes : ndarray
        A number per person; people of a class have the same part in all published numbers.
    protection : float
        The least width of an interval, in points.
    """

    def __init__(
        self,
        program: Program,
        scores: list[sparse.csr_array],
        classes: np.ndarray,
        protection: float,
    ) -> None:
        self._program, self._scores, self._classes = program, scores, classes
        self._required = protection - _TOLERANCE
        self._high = np.zeros((len(scores), len(classes), len(classes)))
        self._low = np.zeros_like(self._high)
        self._rng = np.random.default_rng(len(classes))

    def widen(self, pairs: list[np.ndarray]) -> None:
        """Solve for directions of many people and targets at once, while this settles many pairs.

        Some move up while others move down, because published counts fix the sum of all scores.
        Whoever is in many doubtful pairs has most weight.
        """
        kinds = [self._kinds(own) for own in pairs]
        before = sum(map(len, pairs)) + _FEW_PAIRS
        for _ in range(_MAX_TURNS):
            doubtful = [
                own[self._in_doubt(target, own, kinds[target])] for target, own in enumerate(pairs)
            ]
            left = sum(map(len, doubtful))
            if left <= _FEW_PAIRS or left > before - 2:
                return
            before = left
            direction = np.zeros(len(self._program.least))
            for own, scores in zip(doubtful, self._scores, strict=True):
                weight = np.bincount(own.ravel(), minlength=len(self._classes))
                signs = self._rng.choice([-1.0, 1.0], len(weight))
                direction += scores.T @ (signs * weight)
            self._record(self._program.farthest(direction))

    def exposed(self, target: int, pairs: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the place of each pair whose mean stays too narrow, and the constraints that bind.

        Only the first few come with constraints.
        """
        kinds = self._kinds(pairs)
        prices_of: dict[int, np.ndarray | None] = {}
        explained = 0
        for place in np.flatnonzero(self._in_doubt(target, pairs, kinds)):
            is_new = kinds[place] not in prices_of
            if is_new:
                prices_of[kinds[place]] = self._push_apart(target, pairs[place])
            prices = prices_of[kinds[place]]
            if prices is not None:
                explain = is_new and explained < _MAX_EXPLAINED
                explained += explain
                yield int(place), np.flatnonzero((prices > _TOLERANCE) & explain)

    def _kinds(self, pairs: np.ndarray) -> np.ndarray:
        """Return a number per pair, equal where two pairs are interchangeable in the programs."""
        first, second = np.sort(self._classes[pairs], axis=1).T
        is_single = pairs[:, 0] == pairs[:, 1]
        return np.unique([first, second, is_single], axis=1, return_inverse=True)[1].ravel()

    def _in_doubt(self, target: int, pairs: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        """Return for which pairs no solution so far, for them or their like, is wide enough."""
        width = self._high[target] - self._low[target]
        is_narrow = width[tuple(pairs.T)] < self._required
        return ~np.isin(kinds, kinds[~is_narrow])

    def _push_apart(self, target: int, pair: np.ndarray) -> np.ndarray | None:
        """Push the mean of two people up and down; return what binds it if it stays too narrow."""
        first, second = pair
        high, low = self._high[target], self._low[target]
        direction = self._scores[target][[first, second]].sum(axis=0) / 2
        prices = np.zeros(len(self._program.low))
        for sign in (1.0, -1.0):
            if high[first, second] - low[first, second] >= self._required:
                return None
            change, price = self._program.farthest_with_prices(sign * direction)
            self._record(change)
            prices = np.maximum(prices, price)
        return prices if high[first, second] - low[first, second] < self._required else None

    def _record(self, change: np.ndarray) -> None:
        """Widen all intervals by a solution."""
        for target, scores in enumerate(self._scores):
            moved = scores @ change
            means = np.add.outer(moved, moved) / 2
            np.maximum(self._high[target], means, out=self._high[target])
            np.minimum(self._low[target], means, out=self._low[target])
