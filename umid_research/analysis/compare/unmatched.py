"""Family B: groups that are not matched by locality, compared within districts where possible."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from umid_research.analysis.compare.flips import TOLERANCE
from umid_research.analysis.compare.frame import as_comparisons, contrasts
from umid_research.analysis.compare.power import needed_difference, simulated_errors
from umid_research.analysis.verdicts import Reason
from umid_research.study import Study

EFFECT = "Cliff's delta"
ADJUSTED = "Welch t adjusted for districts, Holm"
PLAIN = "Welch t on units, Holm"
_NUMBERS = ("estimate", "low", "high", "p", "effect")


def compare_unmatched(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, seed: int
) -> pd.DataFrame:
    """Return the rows of family B: each unmatched group × the first matched group of either side.

    If matched groups have no side, each of them is compared. The test is Welch's t on the
    district-adjusted difference, the effect Cliff's delta of the district-adjusted scores.
    """
    unmatched = [key for key in study.groups if key not in study.matched_groups]
    rows = contrasts(dimensions, list(product(unmatched, _references(study))))
    placed = units[units["district"].notna()]
    return _compared(placed, rows, ADJUSTED, apart=Reason.NO_SHARED_DISTRICT, seed=seed)


def compare_all_pairs(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, seed: int
) -> pd.DataFrame:
    """Return the rows of family B of a study without matching: all pairs of groups × dimensions.

    The test is the same, on units such as survey clusters; within districts if they are the strata
    of the design, else over all of them at once.
    """
    rows = contrasts(dimensions, list(combinations(study.groups, 2)))
    if study.design.strata == "district":
        placed = units[units["district"].notna()]
        return _compared(placed, rows, ADJUSTED, apart=Reason.NO_SHARED_STRATUM, seed=seed)
    alone = Reason.GROUP_WITHOUT_SCORES
    return _compared(units.assign(district=""), rows, PLAIN, apart=alone, seed=seed)


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> float:
    """Return the share of pairs with a above b, minus the share with a below b; -1 to 1.

    References
    ----------
    Cliff, N. (1993), Dominance statistics: ordinal analyses to answer ordinal questions,
    Psychological Bulletin 114, 494-509, doi:10.1037/0033-2909.114.3.494.
    """
    differences = np.subtract.outer(a, b)
    return float((differences > TOLERANCE).mean() - (differences < -TOLERANCE).mean())


def _references(study: Study) -> list[str]:
    """Return the first matched group of either side, or all where groups have no side."""
    first = {study.groups[key].side: key for key in reversed(study.matched_groups)}
    if None in first:
        return list(study.matched_groups)
    return [key for key in study.matched_groups if key in first.values()]


def _compared(
    units: pd.DataFrame, rows: pd.DataFrame, method: str, *, apart: Reason, seed: int
) -> pd.DataFrame:
    """Return the rows of the family; `apart` is the reason for groups that share nothing."""
    scored = units[units["score"].notna()].sort_values(["district", "score"], kind="stable")
    samples = dict(iter(scored.groupby(["dimension", "group"])))
    contrasted = [
        Contrast.of(
            samples.get((row.dimension, row.group_a), scored.head(0)),
            samples.get((row.dimension, row.group_b), scored.head(0)),
        )
        for row in rows.itertuples()
    ]
    reason = np.array([contrast.why_not(apart) for contrast in contrasted], dtype=str)
    estimable = reason == ""
    tested = [contrast for contrast, fit in zip(contrasted, estimable, strict=True) if fit]
    numbers = pd.DataFrame(
        [contrast.numbers() for contrast in tested], columns=list(_NUMBERS), dtype=float
    )
    if tested:
        numbers["p_adjusted"] = multipletests(numbers["p"], method="holm")[1]
        level = 0.05 / len(tested)
        numbers["mdd"] = [contrast.detectable(level, seed) for contrast in tested]
    return as_comparisons(
        "B",
        rows,
        reason=reason,
        n_a=np.array([contrast.is_a.sum() for contrast in contrasted], dtype=int),
        n_b=np.array([(~contrast.is_a).sum() for contrast in contrasted], dtype=int),
        effect_name=EFFECT,
        method=method,
        **numbers.set_index(rows.index[estimable]).reindex(rows.index),
    )


@dataclass(frozen=True)
class Contrast:
    """Units of two groups in the districts that have both, and the least-squares solution.

    Notes
    -----
    The difference is the least-squares coefficient of the group in a model with group and district
    effects, Σ c_i y_i. Its variance is s² = Σ_a c_i² · var_a + Σ_b c_i² · var_b, with the groups'
    variances of the scores minus their district effect; df = the smaller number of units minus 1.
    Pooled variances, or a permutation of labels, would reject a true null too often when a small
    group spreads more widely than a large one.
    """

    scores: np.ndarray
    is_a: np.ndarray
    districts: np.ndarray

    @classmethod
    def of(cls, a: pd.DataFrame, b: pd.DataFrame) -> "Contrast":
        """Return the contrast of these two groups' units."""
        both = set(a["district"]) & set(b["district"])
        a, b = (group[group["district"].isin(both)] for group in (a, b))
        return cls(
            scores=np.concatenate([a["score"], b["score"]]).astype(float),
            is_a=np.repeat([True, False], [len(a), len(b)]),
            districts=pd.get_dummies(pd.concat([a["district"], b["district"]])).to_numpy(float),
        )

    def why_not(self, apart: Reason) -> str:
        """Return the reason why the difference cannot be estimated, or nothing.

        `apart` is the reason where there are no units to compare.
        """
        if not len(self.scores):
            return apart.value
        if self.df < 1:
            return Reason.GROUP_WITH_ONE_UNIT.value
        if self._test(self.scores)[1] <= TOLERANCE:
            return Reason.EQUAL_UNITS.value
        return ""

    def numbers(self) -> tuple[Any, ...]:
        """Return estimate, limits, p and effect."""
        adjusted = self._adjusted(self.scores)
        effect = cliffs_delta(adjusted[self.is_a], adjusted[~self.is_a])
        return *self.tested(self.scores), effect

    def tested(self, scores: np.ndarray) -> tuple[Any, ...]:
        """Return estimate, limits and p of `scores`, which have the units along the last axis."""
        estimate, error = self._test(scores)
        half = stats.t.ppf(0.975, self.df) * error
        p = 2 * stats.t.sf(np.abs(estimate) / error, self.df)
        return estimate, estimate - half, estimate + half, p

    def detectable(self, level: float, seed: int) -> float:
        """Return the minimum detectable difference at `level`; see `compare.power`."""
        studies = simulated_errors(len(self.scores), seed) * self.spread
        estimate, error = self._test(studies)
        return needed_difference(estimate, error * stats.t.ppf(1 - level / 2, self.df))

    @property
    def spread(self) -> np.ndarray:
        """Return the standard deviation of each unit's group, within districts."""
        adjusted = self._adjusted(self.scores)
        return np.where(
            self.is_a, adjusted[self.is_a].std(ddof=1), adjusted[~self.is_a].std(ddof=1)
        )

    @property
    def df(self) -> int:
        """Degrees of freedom: the smaller number of units minus 1."""
        return min(int(self.is_a.sum()), int((~self.is_a).sum())) - 1

    @cached_property
    def _solution(self) -> np.ndarray:
        return np.linalg.pinv(np.column_stack([self.is_a, self.districts]))

    def _adjusted(self, scores: np.ndarray) -> np.ndarray:
        """Return the scores minus their district's effect, with the units along the last axis."""
        return scores - scores @ self._solution[1:].T @ self.districts.T

    def _test(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the difference and its standard error."""
        adjusted, weights = self._adjusted(scores), self._solution[0]
        variance = sum(
            (weights[side] ** 2).sum() * adjusted[..., side].var(axis=-1, ddof=1)
            for side in (self.is_a, ~self.is_a)
        )
        return scores @ weights, np.sqrt(variance)
