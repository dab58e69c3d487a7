"""How closely one or two people's mean score can be worked out, and whose."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.protection.known import PublishedCount, RoundedMean, known_counts, known_means
from umid_research.protection.linked_scores import LinkedScores, ScoreDefinition
from umid_research.protection.program import FeasibilityInterval, Program

_TOLERANCE = 1e-6
# Above this many people, only some are free to have answered otherwise; see `Attack.failing`.
_MAX_PEOPLE = 150
_CHUNK, _MATES = 10, 30
_MIN_IN_BLOCK = 4
_DIRECTIONS = 8
_MAX_EXPLAINED = 4


@dataclass(frozen=True)
class ExposedPair:
    """One person, or two, whose mean of a part's score is known too closely.

    `binding_constraints` are the published counts and means that together reveal it, where they
    were searched for.
    """

    part: ScoreDefinition
    people: tuple[int, ...]
    binding_constraints: tuple[PublishedCount | RoundedMean, ...]


class Attack:
    """Everything published about a scope, as limits on what its people can have answered."""

    def __init__(self, linked: LinkedScores, published: pd.DataFrame) -> None:
        self.linked = linked
        shown = published[published["shown"]]
        self.linear = list(known_means(linked, shown))
        self.counted = list(known_counts(linked, shown))
        self.hidden = list(known_counts(linked, published[~published["shown"]]))
        self.targets: list[ScoreDefinition] = []
        for part in linked.parts:
            same = any(np.allclose(part.scale, other.scale) for other in self.targets)
            if np.isfinite(part.score).any() and not same:
                self.targets.append(part)
        people = len(linked.people)
        self.certified = np.zeros((len(self.targets), people, people), dtype=bool)
        for part, certified in zip(self.targets, self.certified, strict=True):
            certified[np.isnan(part.score)] = certified[:, np.isnan(part.score)] = True

    @property
    def below(self) -> np.ndarray:
        """How far each known mean may lie below the truth."""
        return np.array([known.below for known in self.linear])

    @property
    def above(self) -> np.ndarray:
        """How far each known mean may lie above the truth."""
        return np.array([known.above for known in self.linear])

    @property
    def weights(self) -> np.ndarray:
        """What answers weigh in each known mean: mean × person × item."""
        weights = np.array([known.weights for known in self.linear])
        return weights.reshape(len(self.linear), *self.linked.given.shape)

    def withhold(self, rows: set[int], *, interval_only: bool = False) -> None:
        """Takes published rows, or only their intervals, out of what the attacker knows."""
        self.linear = [
            known
            for known in self.linear
            if known.row not in rows or (interval_only and not known.from_interval)
        ]
        if not interval_only:
            self.counted = [known for known in self.counted if known.row not in rows]

    def rows_with_bounds(self) -> set[int]:
        """Rows whose interval sets bounds to single units."""
        return {known.row for known in self.linear if known.from_interval}

    def failing(self, protection: float) -> list[ExposedPair]:
        """One or two people each whose mean score is known more closely than `protection` points.

        What was once found open stays open when more is withheld, and is not asked again.
        """
        self._permute(protection)
        if self.certified.all():
            return []
        people = np.arange(len(self.linked.people))
        if len(people) <= _MAX_PEOPLE:
            return self._search(people, protection, share=1.0)
        return self._search_in_chunks(protection)

    # --- certain ways to have answered otherwise, without any program to solve -------------------

    def _permute(self, protection: float) -> None:
        """Marks people whose answers others of the same group and district may have given.

        Item by item the answers of a block may be dealt out anew, which changes no count; two
        people may be given the two highest answers, or the two lowest. Means move by no more than
        the block's spread of weights per answer times what two people can move by.
        """
        gains = np.zeros(self.linked.given.shape)
        weights, slack = self.weights, np.minimum(self.below, self.above)
        cells = self.linked.people.groupby(["group", "district"]).indices
        for members in cells.values():
            for block in self._blocks(members, weights, slack):
                for item, points in enumerate(self.linked.points):
                    codes = self.linked.given[block, item]
                    values = np.sort(points[codes[codes >= 0]])
                    if len(values) > 3:
                        gains[block, item] = (codes >= 0) * (values[-2] - values[1])
        for part, certified in zip(self.targets, self.certified, strict=True):
            open_to = (gains * part.scale).sum(axis=1) >= protection
            certified |= np.logical_and.outer(open_to, open_to)

    def _blocks(
        self, members: np.ndarray, weights: np.ndarray, slack: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Members whose answers weigh so much alike that two of them may change theirs at will.

        Halved, by the mean that sets them apart most, until that is so or too few are left.
        """
        if len(members) < _MIN_IN_BLOCK:
            return
        given = self.linked.given[members] >= 0
        own = weights[:, members]
        high = np.where(given, own, -np.inf).max(axis=1)
        low = np.where(given, own, np.inf).min(axis=1)
        moved = 200 * np.where(given.any(axis=0), high - low, 0).sum(axis=1)
        if (moved <= slack / 2 + 1e-9).all():
            yield members
            return
        worst = own[np.argmax(moved / (slack + 1e-9))].sum(axis=1)
        # The answers come last so that the order of an export decides nothing.
        order = members[np.lexsort([*self.linked.given[members].T, given.sum(axis=1), worst])]
        for half in np.array_split(order, 2):
            yield from self._blocks(half, weights, slack)

    # --- linear programs -------------------------------------------------------------------------

    def _search_in_chunks(self, protection: float) -> list[ExposedPair]:
        """Of a large study, a few people at a time; the others are granted to the attacker.

        Each chunk may use half of what rounding leaves, so that two chunks may move at once.
        """
        failing: list[ExposedPair] = []
        alone = ~self.certified.diagonal(axis1=1, axis2=2)
        order = self.in_order(np.flatnonzero(alone.any(axis=0)))
        opened = ~alone
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            opened[:, chunk] = True
            doubtful = self._search(
                self.with_comparable_respondents(chunk, _MATES), protection, share=0.5, only=chunk
            )
            # More mates cost time, and are seldom needed.
            few = np.array(sorted({who for narrow in doubtful for who in narrow.people}), dtype=int)
            if len(few):
                wider = self.with_comparable_respondents(few, _MAX_PEOPLE - len(few))
                failing += self._search(wider, protection, share=0.5, only=few)
        for part, certified, is_open in zip(self.targets, self.certified, opened, strict=True):
            rest = np.logical_and.outer(is_open, is_open)
            for narrow in (one for one in failing if one.part is part):
                rest[np.ix_(narrow.people, narrow.people)] = False
            certified |= rest
        return failing

    def in_order(self, people: np.ndarray) -> np.ndarray:
        """By group and district, then by what they answered: not by the order of an export."""
        cell = self.linked.people.groupby(["group", "district"]).ngroup().to_numpy()[people]
        given = self.linked.given[people]
        return people[np.lexsort([*given.T, given.sum(axis=1), cell])]

    def with_comparable_respondents(self, chunk: np.ndarray, most: int) -> np.ndarray:
        """The chunk and others, spread over their answers: of its cells, districts, groups."""
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
        share: float,
        only: np.ndarray | None = None,
    ) -> list[ExposedPair]:
        """Those of `only`, else of all in `free`, whom no way to have answered is found for."""
        search = _Search(self, free, protection, share, only)
        failing = []
        for target, part in enumerate(self.targets):
            search.look_wide(target)
            for pair, held in search.closed(target):
                people = tuple(sorted({int(free[n]) for n in pair}))
                known: list[PublishedCount | RoundedMean] = [*self.counted, *self.linear]
                binding_constraints = tuple(known[n] for n in np.flatnonzero(held))
                failing.append(ExposedPair(part, people, binding_constraints))
            i, j = np.nonzero(search.is_open(target))
            self.certified[target, free[i], free[j]] = True
        return failing


class _Search:
    """For ways to have answered in which one or two people's means lie far enough apart."""

    def __init__(
        self,
        attack: Attack,
        free: np.ndarray,
        protection: float,
        share: float,
        only: np.ndarray | None,
    ) -> None:
        self._program = Program(attack, free, share)
        self._enough = protection - _TOLERANCE
        self._asked = ~attack.certified[:, free[:, np.newaxis], free]
        # With others to give way, all may move together; else some must give way to others.
        self._together = only is not None
        if only is not None:
            wanted = np.isin(free, only)
            self._asked &= np.logical_and.outer(wanted, wanted)
        self._reach = [FeasibilityInterval(part.score[free]) for part in attack.targets]
        self._kinds = self._kinds_of(attack, free)
        self._rng = np.random.default_rng(len(free))

    @staticmethod
    def _kinds_of(attack: Attack, free: np.ndarray) -> np.ndarray:
        """A number for each person, the same for those of whom the same is published."""
        linked = attack.linked
        place = linked.people.iloc[free].groupby(["group", "district"]).ngroup().to_numpy()
        weights = attack.weights[:, free].transpose(1, 0, 2).reshape(len(free), -1).round(12)
        signs = np.column_stack([place, linked.given[free] >= 0, weights])
        return np.unique(signs, axis=0, return_inverse=True)[1].ravel()

    def is_open(self, target: int) -> np.ndarray:
        """Of those asked about, who is known to be open; person × person."""
        return self._asked[target] & (self._reach[target].width() >= self._enough)

    def look_wide(self, target: int) -> None:
        """Directions for everybody at once, which pay where many pairs are in doubt."""
        asked = self._asked[target]
        for turn in range(_DIRECTIONS if asked.sum() > 4 * _DIRECTIONS else 0):
            doubtful = asked & ~self.is_open(target)
            if not doubtful.any():
                return
            together = self._together and turn == 0
            signs = 1.0 if together else self._rng.choice([-1.0, 1.0], len(asked))
            signs = np.where(doubtful.any(axis=1), signs, 0.0)
            for direction in (signs, -signs):
                self._see(self._program.scores[target].T @ direction)

    def closed(self, target: int) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
        """Pairs, or one person twice, for whom the ends of their own direction are too near.

        With what holds them there, of the first few.
        """
        known: dict[tuple, bool] = {}
        explained = 0
        for first, second in np.argwhere(np.triu(self._asked[target])):
            # Two of one kind could change places, so what holds for one holds for the other.
            kind = (first == second, *sorted((self._kinds[first], self._kinds[second])))
            held = np.zeros(0, dtype=bool)
            if kind not in known:
                known[kind] = self._is_closed(target, first, second)
                if known[kind] and explained < _MAX_EXPLAINED:
                    explained += 1
                    towards = self._towards(target, first, second)
                    held = self._program.binding(towards) | self._program.binding(-towards)
            if known[kind]:
                yield (first, second), held

    def _towards(self, target: int, first: int, second: int) -> np.ndarray:
        people = np.zeros(len(self._kinds))
        people[first] += 0.5
        people[second] += 0.5
        return self._program.scores[target].T @ people

    def _is_closed(self, target: int, first: int, second: int) -> bool:
        reach = self._reach[target]
        for sign in (1.0, -1.0):
            if reach.between(first, second) >= self._enough:
                return False
            self._see(sign * self._towards(target, first, second))
        return reach.between(first, second) < self._enough

    def _see(self, direction: np.ndarray) -> None:
        """Takes note of the way at the end of a direction, of people's scores in each part."""
        way = self._program.farthest(direction)
        for reach, scores in zip(self._reach, self._program.scores, strict=True):
            reach.add(scores @ way)
