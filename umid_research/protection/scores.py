"""How closely one or two people's mean score in a dimension can be worked out, and whose."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.clean import Cleaned
from umid_research.protection.known import (
    Answered,
    known_counts,
    known_means,
    known_of_the_index,
)
from umid_research.protection.program import Program, Reach
from umid_research.questionnaire import Questionnaire
from umid_research.study import Study

_TOLERANCE = 1e-6
# Above this many people, only some are free to have answered otherwise; see `Attack.failing`.
MOST_PEOPLE = 150
_CHUNK, _MATES = 10, 30
_FEWEST_IN_BLOCK = 4
_DIRECTIONS = 8


class Attack:
    """Everything published about one dimension, as limits on what its people can have answered."""

    def __init__(
        self,
        dimension: str,
        published: pd.DataFrame,
        cleaned: Cleaned,
        scores: pd.DataFrame,
        questionnaire: Questionnaire,
        study: Study,
    ) -> None:
        answered = Answered(dimension, cleaned, scores, questionnaire)
        self.people, self.targets = answered.people, answered.targets
        self.given, self.points = answered.given, answered.points
        self.score, self.answered = answered.score, answered.number
        shown = published[published["shown"]]
        self.linear = [
            *known_means(answered, shown[shown["dimension"] == dimension], study),
            *known_of_the_index(answered, dimension, shown, scores, study),
        ]
        self.counted = list(known_counts(answered, shown))
        self.hidden = list(known_counts(answered, published[~published["shown"]]))
        self.certified = np.zeros((len(self.people),) * 2, dtype=bool)
        self.certified[~self.targets] = self.certified[:, ~self.targets] = True

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

    def failing(self, protection: float) -> list[tuple[int, ...]]:
        """One or two people each whose mean score is known more closely than `protection` points.

        What was once found open stays open when more is withheld, and is not asked again.
        """
        self._permute(protection)
        if self.certified.all():
            return []
        if len(self.people) <= MOST_PEOPLE:
            return self._search(np.arange(len(self.people)), protection, share=1.0)
        return self._search_in_chunks(protection)

    # --- certain ways to have answered otherwise, without any program to solve -------------------

    def _permute(self, protection: float) -> None:
        """Marks people whose answers others of the same group and district may have given.

        Item by item the answers of a block may be dealt out anew, which changes no count; two
        people may be given the two highest answers, or the two lowest. Means move by no more than
        the block's spread of weights per answer times what two people can move by.
        """
        weights = np.array([known.weights for known in self.linear])
        per_answer = weights.reshape(-1, len(self.people)) / self.answered
        slack = np.array([min(known.below, known.above) for known in self.linear])
        open_to = np.zeros(len(self.people), dtype=bool)
        targets = np.flatnonzero(self.targets)
        cells = self.people.iloc[targets].groupby(["group", "district"]).indices
        for members in cells.values():
            for block in self._blocks(targets[members], per_answer, slack):
                gain = np.zeros(len(block))
                for item, points in enumerate(self.points):
                    codes = self.given[block, item]
                    values = np.sort(points[codes[codes >= 0]])
                    if len(values) > 3:
                        gain += (codes >= 0) * (values[-2] - values[1])
                open_to[block] = gain / self.answered[block] >= protection
        self.certified |= np.logical_and.outer(open_to, open_to)

    def _blocks(
        self, members: np.ndarray, per_answer: np.ndarray, slack: np.ndarray
    ) -> Iterator[np.ndarray]:
        """Members whose answers weigh so much alike that two of them may change theirs at will.

        Halved, by the mean that sets them apart most, until that is so or too few are left.
        """
        if len(members) < _FEWEST_IN_BLOCK:
            return
        moved = np.ptp(per_answer[:, members], axis=1) * 200 * self.answered[members].max()
        if (moved <= slack / 2 + 1e-9).all():
            yield members
            return
        worst = per_answer[np.argmax(moved / (slack + 1e-9)), members]
        # The score comes last so that the order of an export decides nothing.
        order = members[np.lexsort([self.score[members], self.answered[members], worst])]
        for half in np.array_split(order, 2):
            yield from self._blocks(half, per_answer, slack)

    # --- linear programs -------------------------------------------------------------------------

    def _search_in_chunks(self, protection: float) -> list[tuple[int, ...]]:
        """Of a large study, a few people at a time; the others are granted to the attacker.

        Each chunk may use half of what rounding leaves, so that two chunks may move at once.
        """
        failing: list[tuple[int, ...]] = []
        alone = np.flatnonzero(~self.certified.diagonal())
        cell = self.people.groupby(["group", "district"]).ngroup().to_numpy()
        order = alone[np.lexsort([self.score[alone], cell[alone]])]
        opened = self.certified.diagonal().copy()
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            opened[chunk] = True
            doubtful = self._search(
                self.with_mates(chunk, _MATES), protection, share=0.5, only=chunk
            )
            # More mates cost time, and are seldom needed.
            few = np.array(sorted({person for pair in doubtful for person in pair}), dtype=int)
            if len(few):
                wider = self.with_mates(few, MOST_PEOPLE - len(few))
                failing += self._search(wider, protection, share=0.5, only=few)
        rest = np.logical_and.outer(opened, opened)
        for pair in failing:
            rest[np.ix_(pair, pair)] = False
        self.certified |= rest
        return failing

    def with_mates(self, chunk: np.ndarray, most: int) -> np.ndarray:
        """The chunk and others, spread over their scores: of its cells, districts, groups."""
        group, district = self.people["group"], self.people["district"]
        cell = group + "\n" + district
        free = chunk
        for key in (cell, district, group):
            near = key.isin(key.iloc[chunk]).to_numpy() & self.targets
            others = np.setdiff1d(np.flatnonzero(near), free)
            others = others[np.argsort(self.score[others], kind="stable")]
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
    ) -> list[tuple[int, ...]]:
        program = Program(self, free, share)
        asked = ~self.certified[np.ix_(free, free)]
        if only is not None:
            wanted = np.isin(free, only)
            asked &= np.logical_and.outer(wanted, wanted)
        reach = Reach(self.score[free])
        rng = np.random.default_rng(len(free))
        # Directions for everybody at once pay where many pairs are in doubt.
        for turn in range(_DIRECTIONS if asked.sum() > 4 * _DIRECTIONS else 0):
            doubtful = asked & (reach.width() < protection - _TOLERANCE)
            if not doubtful.any():
                break
            movers = doubtful.any(axis=1)
            # With others to give way, all may move together; else some must give way to others.
            together = only is not None and turn == 0
            signs = np.where(movers, 1.0 if together else rng.choice([-1.0, 1.0], len(free)), 0.0)
            for direction in (signs, -signs):
                reach.add(program.highest(direction))
        failing = []
        kinds = self._kinds(free)
        known: dict[tuple, bool] = {}
        for first, second in np.argwhere(np.triu(asked)):
            # Two of one kind could change places, so what holds for one holds for the other.
            kind = (first == second, *sorted((kinds[first], kinds[second])))
            if kind not in known:
                known[kind] = self._is_closed(program, reach, first, second, protection)
            if known[kind]:
                failing.append(tuple(sorted({int(free[first]), int(free[second])})))
            else:
                i, j = free[first], free[second]
                self.certified[i, j] = self.certified[j, i] = True
        return failing

    def _kinds(self, free: np.ndarray) -> np.ndarray:
        """A number for each person, the same for those of whom the same is published."""
        place = self.people.iloc[free].groupby(["group", "district"]).ngroup().to_numpy()
        weights = [known.weights[free].round(12) for known in self.linear]
        signs = np.column_stack([place, self.given[free] >= 0, *weights])
        return np.unique(signs, axis=0, return_inverse=True)[1].ravel()

    @staticmethod
    def _is_closed(
        program: Program, reach: Reach, first: int, second: int, protection: float
    ) -> bool:
        direction = np.zeros(len(reach.high))
        direction[first] += 0.5
        direction[second] += 0.5
        for sign in (1.0, -1.0):
            if reach.width()[first, second] >= protection - _TOLERANCE:
                return False
            reach.add(program.highest(sign * direction))
        return bool(reach.width()[first, second] < protection - _TOLERANCE)
