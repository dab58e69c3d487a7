"""Audit of scores: find people whose mean score, alone or in pairs, is known too closely.

A pair is protected once two feasible response patterns are found in which its mean scores are far
enough apart. Swaps of answers, which cost next to nothing, are tried first; linear programs find
the other patterns.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from umid_research.disclosure.audit.answer_changes import AnswerChanges
from umid_research.disclosure.audit.linked_scores import LinkedScores, ScoreDefinition
from umid_research.disclosure.audit.program import Program
from umid_research.disclosure.audit.published_numbers import (
    MeanWeights,
    PublishedCount,
    RoundedMean,
    known_counts,
    known_means,
)
from umid_research.disclosure.audit.respondents import Respondents, alike
from umid_research.disclosure.audit.score_search import ScoreSearch
from umid_research.disclosure.audit.swap_audit import not_protected_by_swaps

# So many people may change their answers in one program, at first and at most.
_FEW_PEOPLE, _MAX_PEOPLE = 40, 150
# In a larger study, so many people are audited at a time.
_CHUNK = 10


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
    """Everything published about some linked scores, as constraints on people's answers.

    In a study of more than `_MAX_PEOPLE` people the audit takes a few at a time, with others whose
    answers may offset theirs, and grants all other answers to the attacker. Each program then uses
    only half of the rounding, so that changes in two programs keep the means together. Hence two
    people of different chunks count as protected if each of them is.
    """

    def __init__(self, linked: LinkedScores, published: pd.DataFrame) -> None:
        self.linked = linked
        shown = published[published["shown"]]
        self.linear = list(known_means(linked, shown))
        self.counted = list(known_counts(linked, shown))
        self.hidden = list(known_counts(linked, published[~published["shown"]]))
        self.respondents = Respondents(linked)
        self.targets: list[ScoreDefinition] = []
        # Two definitions with the same items, such as a dimension and an area, need one audit.
        for definition in linked.definitions:
            same = any(np.allclose(definition.scale, other.scale) for other in self.targets)
            if np.isfinite(definition.score).any() and not same:
                self.targets.append(definition)
        # The weights of the means in `linear`, and that list, as long as it stays the same.
        self._stacked: tuple[list[RoundedMean], MeanWeights] | None = None
        # The people, items and answers of some counts, and that list.
        self._counts: tuple[Any, ...] = (None,)
        # The pairs that are not known to be protected, per chunk of people and target.
        self._doubtful: list[list[np.ndarray]] | None = None

    @property
    def below(self) -> np.ndarray:
        """Return how far each mean may lie below its true value, in points."""
        return np.array([known.below for known in self.linear])

    @property
    def above(self) -> np.ndarray:
        """Return how far each mean may lie above its true value, in points."""
        return np.array([known.above for known in self.linear])

    @property
    def weights(self) -> MeanWeights:
        """Return the weights of answers in the means of `linear`."""
        if self._stacked is None or self._stacked[0] is not self.linear:
            self._stacked = (self.linear, MeanWeights(self.linear, self.linked.given.shape))
        return self._stacked[1]

    def withhold(self, rows: set[int], *, interval_only: bool = False) -> None:
        """Remove published rows, or only their intervals, from what the attacker knows."""
        self.linear = [
            known
            for known in self.linear
            if known.row not in rows or (interval_only and not known.from_interval)
        ]
        if not interval_only:
            self.counted = [known for known in self.counted if known.row not in rows]

    def program(self, changes: AnswerChanges, rounding_share: float) -> Program:
        """Return the program over some changes of answers.

        Published counts must hold exactly. Means may move within their rounding, of which the
        program may use `rounding_share` (0 to 1). Variables may be fractions, so intervals are at
        least as wide as those over whole answers: the guarantee is against linear arithmetic.
        """
        counts = self.changes_of(self.counted, changes)
        means = changes.of_means(self.weights, self.linked.points)
        cells, zeros = changes.one_answer(), np.zeros(counts.shape[0])
        return Program(
            matrix=sparse.vstack([counts, means, cells], format="csc"),
            low=np.concatenate([zeros, -rounding_share * self.below, np.zeros(cells.shape[0])]),
            high=np.concatenate([zeros, rounding_share * self.above, np.ones(cells.shape[0])]),
            least=np.zeros(changes.size),
            most=np.ones(changes.size),
        )

    def changes_of(self, counts: list[PublishedCount], changes: AnswerChanges) -> sparse.csr_array:
        """Return the change of published counts: count × variable."""
        if counts is not self._counts[0]:
            people = np.array([known.people for known in counts], dtype=bool)
            self._counts = (
                counts,
                people.reshape(len(counts), len(self.linked.people)),
                np.array([known.item for known in counts], dtype=int),
                np.array([known.answer for known in counts], dtype=int),
            )
        return changes.of_counts(*self._counts[1:])

    def answer_changes(self, free: np.ndarray) -> AnswerChanges:
        """Return the changes of the answers that have a score."""
        sizes = np.array([len(values) for values in self.linked.points])
        return AnswerChanges(self.linked.given, sizes, free)

    def failing(self, protection: float) -> list[ExposedPair]:
        """Return people and pairs with a feasibility interval narrower than `protection` points.

        Whoever was found protected once remains so when more is withheld, and is not audited again.
        """
        if self._doubtful is None:
            is_open = not_protected_by_swaps(
                self.linked,
                self.respondents,
                (self.weights, self.below, self.above),
                [(one.scale, one.score) for one in self.targets],
                protection,
            )
            self._doubtful = [
                self._pairs_among(chunk, is_open) for chunk in self._chunks(np.any(is_open, axis=0))
            ]
        failing: list[ExposedPair] = []
        for place, pairs in enumerate(self._doubtful):
            exposed: list[ExposedPair] = []
            # More comparable respondents cost time, and are seldom needed.
            for most in (_MAX_PEOPLE,) if self._is_small else (_FEW_PEOPLE, _MAX_PEOPLE):
                exposed = self._search(pairs, most, protection)
                pairs = self._pairs_of(exposed)
            self._doubtful[place] = pairs
            failing += exposed
        return failing

    @property
    def _is_small(self) -> bool:
        return len(self.linked.people) <= _MAX_PEOPLE

    def _chunks(self, is_open: np.ndarray) -> list[np.ndarray]:
        """Return the people to be audited, a few at a time; all at once in a small study."""
        if self._is_small:
            return [np.arange(len(self.linked.people))]
        people = self.respondents.in_order(np.flatnonzero(is_open))
        return [people[start : start + _CHUNK] for start in range(0, len(people), _CHUNK)]

    def _pairs_among(self, people: np.ndarray, is_open: np.ndarray) -> list[np.ndarray]:
        """Return the pairs to be audited per target: pair × 2; a person alone is there twice.

        Two people who are both protected by swaps are protected together. People without a score
        have nothing to protect.
        """
        first, second = (people[places] for places in np.triu_indices(len(people)))
        pairs = []
        for definition, own in zip(self.targets, is_open, strict=True):
            scored = np.isfinite(definition.score)
            is_own = scored[first] & scored[second] & (own[first] | own[second])
            pairs.append(np.column_stack([first, second])[is_own])
        return pairs

    def _pairs_of(self, exposed: list[ExposedPair]) -> list[np.ndarray]:
        """Return exposed pairs in the form of `_pairs_among`."""
        return [
            np.array(
                [
                    (one.people[0], one.people[-1])
                    for one in exposed
                    if one.definition is definition
                ],
                dtype=int,
            ).reshape(-1, 2)
            for definition in self.targets
        ]

    def _search(self, pairs: list[np.ndarray], most: int, protection: float) -> list[ExposedPair]:
        """Return those of the pairs whose means no program over `most` people moves far enough."""
        # Without scores, as on the first day of the field work, there is nobody to protect.
        about = np.unique(np.concatenate([*map(np.ravel, pairs), np.empty(0)])).astype(int)
        if not len(about):
            return []
        everybody = np.arange(len(self.linked.people))
        free = everybody if self._is_small else self.respondents.comparable_with(about, most)
        changes = self.answer_changes(free)
        search = ScoreSearch(
            self.program(changes, rounding_share=1.0 if self._is_small else 0.5),
            [changes.of_people(one.scale, self.linked.points) for one in self.targets],
            self._classes_of(free),
            protection,
        )
        place_of = np.zeros(len(everybody), dtype=int)
        place_of[free] = np.arange(len(free))
        own_pairs = [place_of[own] for own in pairs]
        search.widen(own_pairs)
        published: list[PublishedCount | RoundedMean] = [*self.counted, *self.linear]
        return [
            ExposedPair(
                definition,
                tuple(sorted({int(person) for person in own[place]})),
                # The constraints that follow say that a person gives one answer: no publication.
                tuple(published[n] for n in binding if n < len(published)),
            )
            for target, (definition, own) in enumerate(zip(self.targets, pairs, strict=True))
            for place, binding in search.exposed(target, place_of[own])
        ]

    def _classes_of(self, free: np.ndarray) -> np.ndarray:
        """Return a class number per person; people of a class have the same published numbers."""
        own = self.weights.of_answers(self.weights.means_of(free), free)
        own = own.transpose(1, 0, 2).reshape(len(free), -1).round(12)
        is_answered = self.linked.given[free] >= 0
        return alike(np.column_stack([self.respondents.cells[free], is_answered, own]))[1]
