"""Random weights of the dimensions of the index, and the share that keeps each conclusion.

Thousands of weights are drawn, so they are worked through in blocks: no block holds more numbers
than fit in some tens of megabytes, whatever the number of people, localities or weights.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
from scipy import sparse

from umid_research.analysis.compare.flips import FlippedVariants
from umid_research.analysis.compare.matched import Matched
from umid_research.analysis.robustness.conclusions import FAMILIES, Contrast, Verdicts, conclusion
from umid_research.analysis.robustness.rescoring import Answers, Scores
from umid_research.analysis.robustness.runs import WEIGHTS
from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import Verdict
from umid_research.study import Study

_SIGNS: dict[str, float] = {
    Verdict.HIGHER: 1,
    Verdict.LOWER: -1,
    Verdict.UNCLEAR: 0,
    Verdict.NOT_ESTIMABLE: np.nan,
}
# The most numbers that one array of a block has.
_BLOCK = 2**21
# The number of a block, how many of its sets of weights keep each conclusion, and the index by
# districts × weights.
Block = tuple[int, dict[Contrast, int], np.ndarray]


class WeightedRuns:
    """The re-analyses under random weights: what survives, and the districts' indices."""

    def __init__(
        self, answers: Answers, scores: Scores, base: Verdicts, *, draws: int, seed: int
    ) -> None:
        """Prepare the families; no weights are drawn yet.

        Parameters
        ----------
        answers, scores
            The answers of the study, and its scores.
        base
            The verdicts of the study, from `conclusions.verdicts_of`.
        draws, seed
            Number of random sign flips, and their seed.
        """
        self._answers, self._scores, self._seed = answers, scores, seed
        self._base = base
        known = any(verdict != Verdict.NOT_ESTIMABLE for verdict in base.values())
        self._families = [
            _Family(match, answers, scores, draws=draws, seed=seed)
            for match in (FAMILIES if known else ())
        ]

    def blocks(self, weights: int, part: int = 0, parts: int = 1) -> list[Block]:
        """Return what every `parts`-th block of weights gives, from block `part` on.

        Under each set of weights, the weighted index replaces the index in its family, and p is
        adjusted over that family again.
        """
        found = []
        for number, units in islice(enumerate(self._blocks(weights)), part, None, parts):
            cells = self._answers.cells(units) if self._families else np.empty((0, 0, 0))
            same = {
                key: int((of_weights == _SIGNS[self._base[key]]).sum())
                for family in self._families
                for key, of_weights in zip(family.contrasts, family.signs(cells).T, strict=True)
            }
            found.append((number, same, self._answers.districts(units)))
        return found

    def joined(
        self, weights: int, blocks: Sequence[Block]
    ) -> tuple[list[dict[str, Any]], np.ndarray]:
        """Return the rows of `robustness`, and the index by districts × weights.

        `blocks` are all blocks of these weights, in any order.
        """
        ordered = sorted(blocks, key=itemgetter(0))
        rows = [
            conclusion(key, self._base[key])
            | {"run": WEIGHTS, "left_out": "", "runs": weights}
            | {"survives": sum(same[key] for _, same, _ in ordered) / weights}
            for family in self._families
            for key in family.contrasts
            if self._base[key] != Verdict.NOT_ESTIMABLE
        ]
        return rows, np.hstack([index for _, _, index in ordered])

    def _blocks(self, weights: int) -> Iterator[np.ndarray]:
        """Yield the index of units × some of the weights, block by block."""
        index = WeightedIndex(self._answers, self._scores)
        drawn = drawn_weights(len(self._scores.indexed), weights, seed=self._seed)
        largest = max([index.width, *(family.width for family in self._families)])
        step = max(1, _BLOCK // largest)
        for start in range(0, weights, step):
            yield index.of(drawn[start : start + step])


def drawn_weights(dimensions: int, weights: int, *, seed: int) -> np.ndarray:
    """Return random weights, one set per row.

    They are drawn from a flat Dirichlet distribution: all weights with sum 1 are equally likely.
    """
    return np.random.default_rng(seed).dirichlet(np.ones(dimensions), size=weights)


class WeightedIndex:
    """The index of units, the mean of their people's, each of which weighs the person's dimensions.

    People of a unit who have scores in the same dimensions have the same weights, so their scores
    are added up once, before any weights are drawn. `width` is the number of such sums, or of units
    if there are more.
    """

    def __init__(self, answers: Answers, scores: Scores) -> None:
        place = scores.dimensions.index(INDEX)
        indexed = np.isfinite(scores.people[:, place])
        dimensions = scores.of(scores.indexed)[indexed]
        unit, weight = answers.unit[indexed], answers.weight[indexed]
        keys = np.column_stack([unit, np.isfinite(dimensions)])
        kinds, kind = np.unique(keys, axis=0, return_inverse=True)
        of_kinds = sparse.csr_array(
            (weight, (kind.ravel(), np.arange(len(kind)))), (len(kinds), len(kind))
        )
        self._given, self._sums = kinds[:, 1:].astype(float), of_kinds @ np.nan_to_num(dimensions)
        shape = (answers.unit.max(initial=-1) + 1, len(kinds))
        self._of_units = sparse.csr_array(
            (np.ones(len(kinds)), (kinds[:, 0], np.arange(len(kinds)))), shape
        )
        self._weight = self._of_units @ of_kinds.sum(axis=1)
        self.width = max(len(kinds), len(self._weight), 1)

    def of(self, weights: np.ndarray) -> np.ndarray:
        """Return units × sets of weights; NaN for a unit where nobody has an index."""
        total = self._of_units @ (self._sums @ weights.T / (self._given @ weights.T))
        weight = self._weight[:, np.newaxis]
        return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


class _Family:
    """A family of contrasts of which those on the index vary with the weights."""

    def __init__(
        self,
        match: Callable[[np.ndarray, Study, Sequence[Any]], Matched],
        answers: Answers,
        scores: Scores,
        *,
        draws: int,
        seed: int,
    ) -> None:
        self._match, self._study = match, answers.study
        matched = match(
            answers.cells(answers.units(scores.people)), answers.study, scores.dimensions
        )
        of_index = (matched.rows["dimension"] == INDEX).to_numpy()
        names = matched.rows.loc[of_index, ["group_a", "group_b"]].itertuples(index=False)
        self.contrasts = [(matched.family, INDEX, *pair) for pair in names]
        differences = matched.differences
        self._flipped = FlippedVariants(
            differences[:, ~of_index],
            np.isfinite(differences[:, of_index]).any(axis=1),
            draws=draws,
            seed=seed,
        )
        self.width = max(self._flipped.flips, len(differences)) * len(self.contrasts)

    def signs(self, cells: np.ndarray) -> np.ndarray:
        """Return weights × contrasts: 1 for higher, -1 for lower, 0 for unclear.

        `cells` are localities × weights × matched groups.
        """
        differences = self._match(cells, self._study, range(cells.shape[1])).differences
        varied = differences.reshape(len(cells), cells.shape[1], len(self.contrasts))
        significant = self._flipped.significant(varied)
        return np.where(significant, np.sign(np.nansum(varied, axis=0)), 0)
