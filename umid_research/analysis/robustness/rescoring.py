"""Score the answers again, run after run, as arrays: people, units, localities and districts.

The rules are those of `analysis.score`, which makes the frames of the study. Here only numbers are
made, because there are hundreds of runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import sparse

from umid_research.analysis.score import (
    INDEX,
    MIN_ANSWERED_SHARE,
    item_scores,
    mean_of_answered,
)
from umid_research.clean import NOT_ASKED, Cleaned
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_UNIT = ["unit", "district", "locality", "group"]


@dataclass(frozen=True)
class Scores:
    """Scores of people in the dimensions asked of every group, the index last.

    `people` has one column per dimension; `indexed` are the dimensions in the index.
    """

    dimensions: list[str]
    people: np.ndarray
    indexed: list[str]

    def of(self, dimensions: Sequence[str]) -> np.ndarray:
        """Return the scores in these dimensions, one column each."""
        return self.people[:, [self.dimensions.index(name) for name in dimensions]]


class Answers:
    """The answers to the scored items, and to which unit, locality and district people belong.

    `unit` has the number of each person's unit, and `weight` the weight of each person.
    """

    def __init__(self, cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> None:
        responses, states = cleaned.responses, cleaned.states
        self.responses, self.study = responses, study
        self.items = {
            dimension: [item.name for item in questionnaire.items(dimension)]
            for dimension in questionnaire.dimensions
        }
        scored = [item for name in self.items for item in questionnaire.items(name)]
        self._values = {item.name: item_scores(responses[item.name], item) for item in scored}
        self._asked = {name: (states[name] != NOT_ASKED).to_numpy() for name in self._values}
        self._whole: dict[tuple[str, Fraction], tuple[np.ndarray, np.ndarray]] = {}
        self._group = pd.factorize(responses["group"])[0]
        units = responses.groupby(_UNIT, dropna=False, sort=False)
        self.unit, self.weight = units.ngroup().to_numpy(), responses["weight"].to_numpy(float)
        self._unit = _Means(self.unit, self.unit.max(initial=-1) + 1, self.weight)
        self._places = _Places(units.head(1), study)

    def score(
        self,
        *,
        kept: np.ndarray | None = None,
        without: Sequence[str] = (),
        answered: Fraction = MIN_ANSWERED_SHARE,
    ) -> Scores:
        """Return the scores of people.

        Parameters
        ----------
        kept : ndarray of bool, optional
            Who is scored; others have no score.
        without : sequence of str
            Items that are left out.
        answered : Fraction
            The share of the items asked that must be answered for a score.
        """
        kept = np.ones(len(self._group), dtype=bool) if kept is None else kept
        scores, asked = {}, {}
        for dimension, names in self.items.items():
            if items := [name for name in names if name not in without]:
                if len(items) == len(names):
                    of_all = self._of_dimension(dimension, answered)
                else:
                    of_all = self._of_items(items, answered)
                scores[dimension], asked[dimension] = (values[kept] for values in of_all)
        group = self._group[kept]
        groups = {name: _numbers_in(group[people]) for name, people in asked.items()}
        everybody = _numbers_in(group)
        common = [name for name, found in groups.items() if found == everybody]
        answering = set().union(*groups.values())
        compared = [name for name, found in groups.items() if found == answering]
        if common:
            values, was_asked = (
                np.column_stack([of[name] for name in common]) for of in (scores, asked)
            )
            scores[INDEX] = mean_of_answered(values, was_asked, answered)
            compared.append(INDEX)
        people = np.full((len(kept), len(compared)), np.nan)
        for place, name in enumerate(compared):
            people[kept, place] = scores[name]
        return Scores(compared, people, common)

    def _of_dimension(self, dimension: str, answered: Fraction) -> tuple[np.ndarray, np.ndarray]:
        """Return the same as `_of_items` of all items, which most runs ask for, worked out once."""
        if (dimension, answered) not in self._whole:
            self._whole[dimension, answered] = self._of_items(self.items[dimension], answered)
        return self._whole[dimension, answered]

    def _of_items(self, items: list[str], answered: Fraction) -> tuple[np.ndarray, np.ndarray]:
        """Return everybody's mean of some items, and who was asked any of them."""
        asked = np.column_stack([self._asked[name] for name in items])
        values = np.column_stack([self._values[name] for name in items])
        return mean_of_answered(values, asked, answered), np.logical_or.reduce(asked, axis=1)

    def units(self, people: np.ndarray) -> np.ndarray:
        """Return units × columns: the weighted means of people × columns."""
        return self._unit.of(people)

    def cells(self, units: np.ndarray) -> np.ndarray:
        """Return localities × columns × matched groups, of units × columns."""
        return self._places.cells(units)

    def districts(self, units: np.ndarray) -> np.ndarray:
        """Return districts × columns, of units × columns; districts as in the study."""
        return self._places.districts(units)


def _numbers_in(codes: np.ndarray) -> set[int]:
    """Return the different codes, which are whole numbers from 0."""
    return set(np.flatnonzero(np.bincount(codes)).tolist())


class _Means:
    """Means of rows that have the same code."""

    def __init__(self, codes: np.ndarray, size: int, weights: np.ndarray | None = None) -> None:
        """Group the rows by `codes` from 0 to `size` - 1; -1 for a row that counts nowhere."""
        used = np.flatnonzero(codes >= 0)
        weight = np.ones(len(codes)) if weights is None else weights
        self._sums = sparse.csr_array((weight[used], (codes[used], used)), shape=(size, len(codes)))

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Return codes × columns: the means of the rows that have a number, NaN without any."""
        given = np.isfinite(rows)
        total = self._sums @ np.where(given, rows, 0.0)
        weight = self._sums @ given.astype(float)
        return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


class _Places:
    """To which locality, matched group and district each unit belongs."""

    def __init__(self, units: pd.DataFrame, study: Study) -> None:
        self._matched = len(study.matched_groups) if study.is_matched else 0
        district = pd.Index(study.districts).get_indexer(units["district"])
        if not self._matched:
            self._district = _Means(district, len(study.districts))
            return
        placed = units["district"].notna() & units["locality"].notna()
        keys = pd.MultiIndex.from_frame(units.loc[placed, ["district", "locality"]])
        # Sorted by name: random flips must not depend on the order of the answers.
        localities = keys.unique().sort_values()
        group = pd.Index(study.matched_groups).get_indexer(units["group"])
        locality = np.full(len(units), -1)
        locality[placed] = localities.get_indexer(keys)
        cell = np.where((locality < 0) | (group < 0), -1, locality * self._matched + group)
        self._cell = _Means(cell, len(localities) * self._matched)
        of_localities = pd.Index(study.districts).get_indexer(localities.get_level_values(0))
        self._district = _Means(of_localities, len(study.districts))

    def cells(self, units: np.ndarray) -> np.ndarray:
        """Return localities × columns × matched groups, of units × columns."""
        means = self._cell.of(units)
        localities = len(means) // self._matched  # without columns, -1 could not be worked out
        return means.reshape(localities, self._matched, means.shape[1]).swapaxes(1, 2)

    def districts(self, units: np.ndarray) -> np.ndarray:
        """Return districts × columns, of units × columns; see `analysis.score.district_means`."""
        if not self._matched:
            return self._district.of(units)
        cells = self.cells(units)
        given = np.isfinite(cells)
        level = _mean(cells, given, axis=0)
        grand = _mean(level, np.isfinite(level), axis=1)
        complete = given.all(axis=2, keepdims=True)
        adjusted = np.where(complete, cells, cells - level + grand[:, np.newaxis])
        return self._district.of(_mean(adjusted, given, axis=2))


def _mean(values: np.ndarray, given: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean of the given values along an axis, NaN without any."""
    n = given.sum(axis=axis)
    total = np.where(given, values, 0.0).sum(axis=axis)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
