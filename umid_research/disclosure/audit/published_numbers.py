"""The published means and counts, as linear constraints on people's answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, stats

from umid_research.analysis.compare.frame import ALL_DISTRICTS
from umid_research.disclosure.audit.counts import TABLES, covered
from umid_research.disclosure.audit.linked_scores import (
    MEANS,
    SCORES,
    LinkedScores,
    ScoreDefinition,
)

# Means have no decimals, so the true mean lies within half a point of the published one.
ROUNDING = 0.5


@dataclass(frozen=True)
class RoundedMean:
    """A published mean as a linear function of answers, with the range that rounding leaves.

    `weights` has the weight of the score of each of `people` in it, `scale`, person × item, that of
    an answer's score (0 to 100) in the person's score. `below` and `above` are in points: the mean
    of a feasible response pattern is at most so far below or above that of the data. `row` is the
    index in `published`. For an index, `share` is the part of its dimensions that belong to this
    `LinkedScores`, which gets the same part of the rounding.
    """

    row: int
    people: np.ndarray
    weights: np.ndarray
    scale: np.ndarray
    below: float
    above: float
    from_interval: bool = False
    share: float = 1.0


class MeanWeights:
    """The weights of answers in many means.

    They are kept as weights of scores, and of answers in scores: means share the latter, and a
    person has a part in few of them.
    """

    def __init__(self, means: Sequence[RoundedMean], shape: tuple[int, ...]) -> None:
        """Collect the weights of means; `shape` has the number of people and of items."""
        self._items = shape[1]
        scales = {id(known.scale): known.scale for known in means}
        places = {known: place for place, known in enumerate(scales)}
        self._scales = list(scales.values())
        self._scale_of = [places[id(known.scale)] for known in means]
        numbers = [len(known.people) for known in means]
        self._of_scores = sparse.csr_array(
            (
                np.concatenate([[], *(known.weights for known in means)]),
                np.concatenate([[], *(known.people for known in means)]).astype(int),
                np.cumsum([0, *numbers]),
            ),
            (len(means), shape[0]),
        ).tocsc()

    def __len__(self) -> int:
        return len(self._scale_of)

    def means_of(self, people: np.ndarray) -> np.ndarray:
        """Return the places of the means in which any of these people has a part."""
        return np.unique(self._of_scores[:, people].indices)

    def parts_of(self, means: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Return what the weights of these people's answers follow from: person × number."""
        own = self._of_scores[:, people][means].toarray().T
        return np.column_stack([own, *(scale[people] for scale in self._scales)])

    def of_answers(self, means: np.ndarray, people: np.ndarray) -> np.ndarray:
        """Return the weights of the answers of these people in some means: mean × person × item."""
        own = self._of_scores[:, people][means].toarray()
        weights = [
            own[place, :, np.newaxis] * self._scales[self._scale_of[mean]][people]
            for place, mean in enumerate(means)
        ]
        return np.array(weights).reshape(len(means), len(people), self._items)

    def spreads(self, means: np.ndarray, people: np.ndarray, given: np.ndarray) -> np.ndarray:
        """Return how far the weights of people's answers in some means lie apart: mean × item.

        `given`, person × item, is True where one of these people gave an answer with a score.
        """
        own = self._of_scores[:, people][means].tocsr()
        scales = [np.where(given, scale[people], np.nan) for scale in self._scales]
        found = np.zeros((len(means), self._items))
        for place, mean in enumerate(means):
            weights = own[[place]].toarray().T * scales[self._scale_of[mean]]
            found[place] = np.fmax.reduce(weights) - np.fmin.reduce(weights)
        return np.nan_to_num(found)


@dataclass(frozen=True)
class PublishedCount:
    """A count, shown or withheld: its row in `published`, the people it covers, item and answer."""

    row: int
    people: np.ndarray
    item: int
    answer: int


def known_means(linked: LinkedScores, shown: pd.DataFrame) -> Iterator[RoundedMean]:
    """Yield the published means, and the bounds on single units that an interval implies."""
    rows = shown[shown["table"].isin(MEANS)]
    for definition in linked.definitions:
        of_definition = rows["table"].isin(definition.tables) & (
            rows["dimension"] == definition.name
        )
        for row in rows[of_definition].itertuples():
            # Every mean from value - 0.5 to value + 0.5 is consistent with what is published.
            people, weights, exact = definition.means[_keys(row)]
            below, above = exact - row.value + ROUNDING, row.value + ROUNDING - exact
            yield RoundedMean(
                row.Index,
                people,
                weights,
                definition.scale,
                max(below, 0) * definition.share,
                max(above, 0) * definition.share,
                share=definition.share,
            )
            if np.isfinite(row.low) and np.isfinite(row.high):
                half = max(exact - row.low, row.high - exact)
                if row.low <= 0 or row.high >= 100:
                    # A limit cut off at the scale's end does not show the interval's width.
                    half = max(half, 100.0)
                error = half / stats.t.ppf(0.975, int(row.units) - 1)
                yield from _bounds(definition, row, _keys(row), exact, error)
        if definition.tables == SCORES:
            yield from _bounds_of_localities(definition, shown)


def _bounds_of_localities(
    definition: ScoreDefinition, shown: pd.DataFrame
) -> Iterator[RoundedMean]:
    """Yield the bounds on localities that the limits of differences between districts imply.

    The standard error of either mean is at most that of the difference. t has the largest possible
    degrees of freedom, so that no true score is excluded.
    """
    rows = shown[
        (shown["table"] == "differences_by_district") & (shown["dimension"] == definition.name)
    ]
    for row in rows.dropna(subset=["low", "high"]).itertuples():
        both = (("scores_by_district", name) for name in (row.district, row.versus))
        keys = [key for key in both if key in definition.members]
        number = sum(len(definition.members[key]) for key in keys)
        error = (row.high - row.low) / 2 / stats.t.ppf(0.975, number - 2)
        if row.versus == ALL_DISTRICTS:
            # A mean's error is at most twice that of its difference from the mean of all.
            half = max(row.high - row.value, row.value - row.low)
            error = 2 * half / stats.t.ppf(0.975, number - 1)
        for key in keys:
            yield from _bounds(definition, row, key, definition.means[key][-1], error)


def _keys(row: Any) -> tuple[str, ...]:
    """Return the key of a mean's row in `ScoreDefinition.means`."""
    named = {
        "scores_by_district": (row.district,),
        "scores_by_side": (row.district, row.side),
    }
    return (row.table, *named.get(row.table, (row.group,)))


def _bounds(
    definition: ScoreDefinition, row: Any, key: tuple[str, ...], mean: float, error: float
) -> Iterator[RoundedMean]:
    """Yield bounds on each member of a mean, given that its standard error is at most `error`.

    Notes
    -----
    Of n values with standard deviation s, none lies farther from the mean than s·(n - 1)/√n; the
    standard error is s/√n.

    References
    ----------
    Samuelson, P. A. (1968), How deviant can you be?, Journal of the American Statistical
    Association 63, 1522-1525, doi:10.1080/01621459.1968.10480944.
    """
    farthest = error * (len(definition.members[key]) - 1)
    # Bounds wider than the scale exclude nothing.
    if mean - farthest <= 0 and mean + farthest >= 100:
        return
    for people, weights, exact in definition.members[key]:
        yield RoundedMean(
            row.Index,
            people,
            weights,
            definition.scale,
            (farthest + exact - mean) * definition.share,
            (farthest - exact + mean) * definition.share,
            from_interval=True,
            share=definition.share,
        )


def known_counts(linked: LinkedScores, published: pd.DataFrame) -> Iterator[PublishedCount]:
    """Yield the counts, in rows of `published`, of answers that have a score."""
    items = {name: place for place, name in enumerate(linked.items)}
    rows = published[published["table"].isin(TABLES) & published["question"].isin(items)]
    for people, row in zip(covered(rows, linked.people), rows.itertuples(), strict=True):
        item = items[row.question]
        if row.answer in linked.codes[item]:
            yield PublishedCount(row.Index, people, item, linked.codes[item].index(row.answer))
