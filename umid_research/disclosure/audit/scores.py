"""Audit of scores: find people whose mean score, alone or in pairs, is known too closely.

A pair is protected once two feasible response patterns are found in which its mean scores are far
enough apart. Cheap permutations of answers are tried first, then linear programs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.disclosure.audit.linked_scores import LinkedScores, ScoreDefinition
from umid_research.disclosure.audit.program import FeasibilityInterval, Program
from umid_research.disclosure.audit.published_numbers import (
    PublishedCount,
    RoundedMean,
    known_counts,
    known_means,
)

_TOLERANCE = 1e-6
# In a larger study, the program covers some people at a time; see `Attack._search_in_chunks`.
_MAX_PEOPLE = 150
# So many people are audited at a time, with so many others whose answers may offset theirs.
_CHUNK, _COMPARABLE = 10, 30
_MIN_IN_BLOCK = 4
_DIRECTIONS = 8
# A dual solution costs a second program, and a few exposed pairs are enough to choose a cell.
_MAX_EXPLAINED = 4


@dataclass(frozen=True)
class ExposedPair:
    """One person or two, whose mean score has too narrow a feasibility interval.

    `binding_constraints` are the published counts and means that together reveal it; empty where
    they were not searched for.
    """

    definition: ScoreDefinition
    people: tuple[int, ...]
    binding_constraints: tuple[PublishedCount | RoundedMean, ...]


class Attack:
    """Everything published about some linked scores, as constraints on people's answers."""

    def __init__(self, linked: LinkedScores, published: pd.DataFrame) -> None:
        self.linked = linked
        shown = published[published["shown"]]
        self.linear = list(known_means(linked, shown))
        self.counted = list(known_counts(linked, shown))
        self.hidden = list(known_counts(linked, published[~published["shown"]]))
        self.targets: list[ScoreDefinition] = []
        # Two definitions with the same items, such as a dimension and an area, need one audit.
        for definition in linked.definitions:
            same = any(np.allclose(definition.scale, other.scale) for other in self.targets)
            if np.isfinite(definition.score).any() and not same:
                self.targets.append(definition)
        people = len(linked.people)
        # target × person × person: True where a pair is protected; single people on the diagonal.
        self.certified = np.zeros((len(self.targets), people, people), dtype=bool)
        for definition, certified in zip(self.targets, self.certified, strict=True):
            # People without a score have nothing to protect.
            certified[np.isnan(definition.score)] = certified[:, np.isnan(definition.score)] = True

    @property
    def below(self) -> np.ndarray:
        """Return how far each mean may lie below its true value, in points."""
        return np.array([known.below for known in self.linear])

    @property
    def above(self) -> np.ndarray:
        """Return how far each mean may lie above its true value, in points."""
        return np.array([known.above for known in self.linear])

    @property
    def weights(self) -> np.ndarray:
        """Return the weights of answers in each mean: mean × person × item."""
        weights = np.array([known.weights for known in self.linear])
        return weights.reshape(len(self.linear), *self.linked.given.shape)

    def withhold(self, rows: set[int], *, interval_only: bool = False) -> None:
        """Remove published rows, or only their intervals, from what the attacker knows."""
        self.linear = [
            known
            for known in self.linear
            if known.row not in rows or (interval_only and not known.from_interval)
        ]
        if not interval_only:
            self.counted = [known for known in self.counted if known.row not in rows]

    def failing(self, protection: float) -> list[ExposedPair]:
        """Return people and pairs with a feasibility interval narrower than `protection` points.

        Whoever was found protected once remains so when more is withheld, and is not audited again.
        """
        self._permute(protection)
        if self.certified.all():
            return []
        people = np.arange(len(self.linked.people))
        if len(people) <= _MAX_PEOPLE:
            return self._search(people, protection, rounding_share=1.0)
        return self._search_in_chunks(protection)

    # --- response patterns that are certainly feasible, without a program -------------------------

    def _permute(self, protection: float) -> None:
        """Certify people whose answers could be those of others in the same group and district.

        Within a block, the answers to an item may be permuted among its members: this changes no
        count. Two people may be given the two highest answers, or the two lowest. A mean then moves
        by at most the block's spread of weights per answer times what two people can move by.
        """
        gains = np.zeros(self.linked.given.shape)
        weights, slack = self.weights, np.minimum(self.below, self.above)
        cells = self.linked.people.groupby(["group", "district"]).indices
        for members in cells.values():
            for block in self._blocks(members, weights, slack):
                for item, points in enumerate(self.linked.points):
                    codes = self.linked.given[block, item]
                    values = np.sort(points[codes[codes >= 0]])
                    # Four answers or more: two people then take the two highest or the two lowest.
                    if len(values) > 3:
                        gains[block, item] = (codes >= 0) * (values[-2] - values[1])
        for definition, certified in zip(self.targets, self.certified, strict=True):
            open_to = (gains * definition.scale).sum(axis=1) >= protection
            certified |= np.logical_and.outer(open_to, open_to)

    def _blocks(
        self, members: np.ndarray, weights: np.ndarray, slack: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Yield blocks of members whose weights are so similar that two may change answers freely.

        Members are halved, by the mean in which they differ most, until this holds or too few are
        left.
        """
        if len(members) < _MIN_IN_BLOCK:
            return
        given = self.linked.given[members] >= 0
        own = weights[:, members]
        high = np.where(given, own, -np.inf).max(axis=1)
        low = np.where(given, own, np.inf).min(axis=1)
        # Two people can move an answer by up to 100 points each. Only half of the rounding is used,
        # so that two blocks may change at once.
        moved = 200 * np.where(given.any(axis=0), high - low, 0).sum(axis=1)
        if (moved <= slack / 2 + 1e-9).all():
            yield members
            return
        worst = own[np.argmax(moved / (slack + 1e-9))].sum(axis=1)
        # Ties are broken by the answers, so that the order of an export does not matter.
        order = members[np.lexsort([*self.linked.given[members].T, given.sum(axis=1), worst])]
        for half in np.array_split(order, 2):
            yield from self._blocks(half, weights, slack)

    # --- linear programs -------------------------------------------------------------------------

    def _search_in_chunks(self, protection: float) -> list[ExposedPair]:
        """Audit a few people at a time; the answers of the others are granted to the attacker.

        Each chunk may use only half of the rounding, so that the solutions of two chunks are
        feasible together. Hence two people in different chunks are protected if each of them is.
        """
        failing: list[ExposedPair] = []
        uncertified = ~self.certified.diagonal(axis1=1, axis2=2)
        order = self.in_order(np.flatnonzero(uncertified.any(axis=0)))
        is_open_alone = ~uncertified
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            is_open_alone[:, chunk] = True
            doubtful = self._search(
                self.with_comparable_respondents(chunk, _COMPARABLE),
                protection,
                rounding_share=0.5,
                only=chunk,
            )
            # More comparable respondents cost time, and are seldom needed.
            few = np.array(
                sorted({who for exposed in doubtful for who in exposed.people}), dtype=int
            )
            if len(few):
                wider = self.with_comparable_respondents(few, _MAX_PEOPLE - len(few))
                failing += self._search(wider, protection, rounding_share=0.5, only=few)
        for definition, certified, is_open in zip(
            self.targets, self.certified, is_open_alone, strict=True
        ):
            rest = np.logical_and.outer(is_open, is_open)
            for exposed in (pair for pair in failing if pair.definition is definition):
                rest[np.ix_(exposed.people, exposed.people)] = False
            certified |= rest
        return failing

    def in_order(self, people: np.ndarray) -> np.ndarray:
        """Sort people by group, district and answers, so that the export's order is irrelevant."""
        cell = self.linked.people.groupby(["group", "district"]).ngroup().to_numpy()[people]
        given = self.linked.given[people]
        return people[np.lexsort([*given.T, given.sum(axis=1), cell])]

    def with_comparable_respondents(self, chunk: np.ndarray, most: int) -> np.ndarray:
        """Return `chunk` and up to `most` others of its cells, districts or groups."""
        group, district = self.linked.people["group"], self.linked.people["district"]
        cell = group + "\n" + district
        free = chunk
        for key in (cell, district, group):
            near = key.isin(key.iloc[chunk]).to_numpy()
            others = self.in_order(np.setdiff1d(np.flatnonzero(near), free))
            room = min(most + len(chunk) - len(free), len(others))
            if room > 0:
                spaced = np.linspace(0, len(others) - 1, room).astype(int)
                free = np.concatenate([free, others[spaced]])
        return free

    def _search(
        self,
        free: np.ndarray,
        protection: float,
        *,
        rounding_share: float,
        only: np.ndarray | None = None,
    ) -> list[ExposedPair]:
        """Return those of `only` (default: `free`) whose means no program moves far enough."""
        search = _Search(self, free, protection, rounding_share, only)
        failing = []
        for target, definition in enumerate(self.targets):
            search.widen_all(target)
            for pair, binding in search.exposed_pairs(target):
                people = tuple(sorted({int(free[n]) for n in pair}))
                published: list[PublishedCount | RoundedMean] = [*self.counted, *self.linear]
                binding_constraints = tuple(published[n] for n in np.flatnonzero(binding))
                failing.append(ExposedPair(definition, people, binding_constraints))
            i, j = np.nonzero(search.is_open(target))
            self.certified[target, free[i], free[j]] = True
        return failing


class _Search:
    """Search for feasible response patterns in which people's mean scores lie far enough apart."""

    def __init__(
        self,
        attack: Attack,
        free: np.ndarray,
        protection: float,
        rounding_share: float,
        only: np.ndarray | None,
    ) -> None:
        self._program = Program(attack, free, rounding_share)
        self._required = protection - _TOLERANCE
        self._asked = ~attack.certified[:, free[:, np.newaxis], free]
        # Other people's answers can offset a joint move of those in `only`; without others, some of
        # those audited must move up while others move down.
        self._others_can_offset = only is not None
        if only is not None:
            wanted = np.isin(free, only)
            self._asked &= np.logical_and.outer(wanted, wanted)
        self._intervals = [
            FeasibilityInterval(definition.score[free]) for definition in attack.targets
        ]
        self._classes = self._classes_of(attack, free)
        self._rng = np.random.default_rng(len(free))

    @staticmethod
    def _classes_of(attack: Attack, free: np.ndarray) -> np.ndarray:
        """Return a class number per person; people of a class have the same published numbers."""
        linked = attack.linked
        place = linked.people.iloc[free].groupby(["group", "district"]).ngroup().to_numpy()
        weights = attack.weights[:, free].transpose(1, 0, 2).reshape(len(free), -1).round(12)
        signs = np.column_stack([place, linked.given[free] >= 0, weights])
        return np.unique(signs, axis=0, return_inverse=True)[1].ravel()

    def is_open(self, target: int) -> np.ndarray:
        """Return which of the audited pairs are found to be protected; person × person."""
        return self._asked[target] & (self._intervals[target].width() >= self._required)

    def widen_all(self, target: int) -> None:
        """Solve for random directions of all people at once; pays where many pairs are in doubt."""
        asked = self._asked[target]
        for turn in range(_DIRECTIONS if asked.sum() > 4 * _DIRECTIONS else 0):
            doubtful = asked & ~self.is_open(target)
            if not doubtful.any():
                return
            together = self._others_can_offset and turn == 0
            signs = 1.0 if together else self._rng.choice([-1.0, 1.0], len(asked))
            signs = np.where(doubtful.any(axis=1), signs, 0.0)
            for direction in (signs, -signs):
                self._record(self._program.scores[target].T @ direction)

    def exposed_pairs(self, target: int) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
        """Yield pairs (or one person twice) whose mean stays too narrow in its own two directions.

        The first few come with the constraints that bind them.
        """
        is_exposed: dict[tuple, bool] = {}
        explained = 0
        for first, second in np.argwhere(np.triu(self._asked[target])):
            # Two people of one class are interchangeable, so one result holds for both.
            pair_class = (first == second, *sorted((self._classes[first], self._classes[second])))
            binding = np.zeros(0, dtype=bool)
            if pair_class not in is_exposed:
                is_exposed[pair_class] = self._is_exposed(target, first, second)
                if is_exposed[pair_class] and explained < _MAX_EXPLAINED:
                    explained += 1
                    direction = self._direction(target, first, second)
                    binding = self._program.binding(direction) | self._program.binding(-direction)
            if is_exposed[pair_class]:
                yield (first, second), binding

    def _direction(self, target: int, first: int, second: int) -> np.ndarray:
        """Return the objective that moves the mean score of these two people."""
        people = np.zeros(len(self._classes))
        people[first] += 0.5
        people[second] += 0.5
        return self._program.scores[target].T @ people

    def _is_exposed(self, target: int, first: int, second: int) -> bool:
        """Return whether the interval stays too narrow when this mean is pushed up and down."""
        interval = self._intervals[target]
        for sign in (1.0, -1.0):
            if interval.between(first, second) >= self._required:
                return False
            self._record(sign * self._direction(target, first, second))
        return interval.between(first, second) < self._required

    def _record(self, direction: np.ndarray) -> None:
        """Solve for the end of a direction, and widen all intervals by the solution."""
        answers = self._program.farthest(direction)
        for interval, scores in zip(self._intervals, self._program.scores, strict=True):
            interval.add(scores @ answers)
