"""Families A and D: groups matched by locality, compared within localities by sign flips."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.analysis.compare.flips import TOLERANCE, Flipped, flip_signs
from umid_research.analysis.compare.frame import as_comparisons, contrasts
from umid_research.analysis.compare.power import detectable_by_flips
from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.study import Study

EFFECT = "matched-pairs rank-biserial"


@dataclass(frozen=True)
class Matched:
    """Contrasts and the scores they compare: localities × contrasts, NaN for no score."""

    family: str
    rows: pd.DataFrame
    a: np.ndarray
    b: np.ndarray

    @property
    def differences(self) -> np.ndarray:
        """Within-locality differences, one column per row of `rows`."""
        return self.a - self.b


def compare_groups(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, draws: int, seed: int
) -> pd.DataFrame:
    """Return the rows of family A: all pairs of matched groups × dimensions."""
    return compare_matched(match_groups(units, study, dimensions), draws=draws, seed=seed)


def compare_sides(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, draws: int, seed: int
) -> pd.DataFrame:
    """Return the rows of family D: supply minus demand × dimensions."""
    return compare_matched(match_sides(units, study, dimensions), draws=draws, seed=seed)


def match_groups(units: pd.DataFrame, study: Study, dimensions: list[Any]) -> Matched:
    """Return the scores that family A compares, locality by locality."""
    return groups_in(_cells(units, study, dimensions), study, dimensions)


def match_sides(units: pd.DataFrame, study: Study, dimensions: list[Any]) -> Matched:
    """Return the scores of family D: supply and demand, in localities with all their groups."""
    return sides_in(_cells(units, study, dimensions), study, dimensions)


def groups_in(cells: np.ndarray, study: Study, dimensions: Sequence[Any]) -> Matched:
    """Return the scores of family A from `cells`: localities × dimensions × matched groups."""
    groups = list(study.matched_groups)
    pairs = list(combinations(groups, 2))
    a, b = (
        cells[:, :, [groups.index(pair[side]) for pair in pairs]].reshape(
            len(cells), len(dimensions) * len(pairs)
        )
        for side in (0, 1)
    )
    return Matched("A", contrasts(dimensions, pairs), a, b)


def sides_in(cells: np.ndarray, study: Study, dimensions: Sequence[Any]) -> Matched:
    """Return the scores of family D from `cells`: localities × dimensions × matched groups."""
    sides = []
    for side in ("supply", "demand"):
        groups = [key in study.groups_on(side) for key in study.matched_groups]
        if not any(groups):
            nothing = np.empty((0, 0))
            return Matched("D", contrasts([], []), nothing, nothing)
        sides.append(cells[:, :, groups].mean(axis=2))
    return Matched("D", contrasts(dimensions, [("supply", "demand")]), *sides)


def compare_matched(matched: Matched, *, draws: int, seed: int) -> pd.DataFrame:
    """Return the family's rows of `comparisons`."""
    rows, differences = matched.rows, matched.differences
    if rows.empty:
        return as_comparisons(matched.family, rows, reason=np.array([], dtype=str))
    n = np.isfinite(differences).sum(axis=0)
    reason = _reasons(matched, n)
    estimable = _estimable(differences, reason)
    flipped = flip_signs(estimable, draws=draws, seed=seed)
    columns = _columns(estimable, flipped)
    columns["mdd"] = _detectable(estimable, flipped, seed)
    wide = pd.DataFrame(columns, index=rows.index[reason == ""]).reindex(rows.index)
    return as_comparisons(
        matched.family, rows, reason=reason, n_a=n, n_b=n, effect_name=EFFECT, **wide
    )


def matched_verdicts(matched: Matched, *, draws: int, seed: int) -> np.ndarray:
    """Return the verdict on each contrast, as `compare_matched` has it, and nothing else."""
    found = np.full(len(matched.rows), Verdict.NOT_ESTIMABLE.value, dtype=object)
    differences = matched.differences
    reason = _reasons(matched, np.isfinite(differences).sum(axis=0))
    estimable = _estimable(differences, reason)
    if estimable.size:
        flipped = flip_signs(estimable, draws=draws, seed=seed)
        found[reason == ""] = verdicts(
            _means(estimable), flipped.low, flipped.high, flipped.p_adjusted
        )
    return found


def _reasons(matched: Matched, n: np.ndarray) -> np.ndarray:
    """Return why each contrast cannot be estimated, "" if it can; `n` counts its localities."""
    known_a, known_b = (np.isfinite(of).any(axis=0) for of in (matched.a, matched.b))
    return np.select(
        [
            ~(known_a & known_b),
            n == 0,
            n == 1,
            ~(np.abs(np.nan_to_num(matched.differences)) > TOLERANCE).any(axis=0),
        ],
        [
            Reason.GROUP_WITHOUT_SCORES.value,
            Reason.NO_SHARED_LOCALITY.value,
            Reason.ONE_SHARED_LOCALITY.value,
            Reason.EQUAL_DIFFERENCES.value,
        ],
        default="",
    )


def _estimable(differences: np.ndarray, reason: np.ndarray) -> np.ndarray:
    """Return the contrasts without a reason against them, and the localities that have any."""
    found = differences[:, reason == ""]
    return found[np.isfinite(found).any(axis=1)]


def _means(differences: np.ndarray) -> np.ndarray:
    n = np.isfinite(differences).sum(axis=0)
    return np.nansum(differences, axis=0) / np.maximum(n, 1)


def rank_biserial(differences: np.ndarray) -> np.ndarray:
    """Return the matched-pairs rank-biserial correlation of each column, -1 to 1, or NaN.

    It is the share of the rank sum in favour of a, minus the share in favour of b. Differences of
    zero are left out, and ties share their ranks. It is NaN if all differences are zero.

    References
    ----------
    Kerby, D. S. (2014), The simple difference formula, Comprehensive Psychology 3, 11.IT.3.1,
    doi:10.2466/11.IT.3.1.
    """
    # Rounding keeps ties: equal differences may deviate in their last digit.
    sizes = np.abs(differences).round(8)
    ranks = stats.rankdata(np.where(sizes > 0, sizes, np.nan), axis=0, nan_policy="omit")
    total = np.nansum(ranks, axis=0)
    favour = np.nansum(ranks * np.sign(differences), axis=0)
    return np.divide(favour, total, out=np.full(total.shape, np.nan), where=total > 0)


def _cells(units: pd.DataFrame, study: Study, dimensions: list[Any]) -> np.ndarray:
    """Return scores by locality × dimension × matched group; NaN where there is none.

    Localities are sorted by name, so that random flips do not depend on the order of `units`.
    """
    wanted = units["dimension"].isin(dimensions) & units["group"].isin(study.matched_groups)
    placed = units[wanted & units["locality"].notna()]
    scores = placed.groupby(["district", "locality", "dimension", "group"])["score"].mean()
    columns = pd.MultiIndex.from_product([dimensions, study.matched_groups])
    wide = scores.unstack(["dimension", "group"]).reindex(columns=columns).astype(float)
    return wide.to_numpy().reshape(len(wide), len(dimensions), len(study.matched_groups))


def _columns(differences: np.ndarray, flipped: Flipped) -> dict[str, object]:
    method = "sign flips, " + (
        f"all {flipped.draws} enumerated" if flipped.enumerated else f"{flipped.draws} drawn"
    )
    return {
        "estimate": _means(differences),
        "low": flipped.low,
        "high": flipped.high,
        "effect": rank_biserial(differences),
        "p": flipped.p,
        "p_adjusted": flipped.p_adjusted,
        "p_smallest": flipped.p_smallest,
        "method": method,
        "draws": flipped.draws,
    }


def _detectable(differences: np.ndarray, flipped: Flipped, seed: int) -> np.ndarray:
    """Return the minimum detectable difference of each contrast, given its observed spread."""
    n = np.isfinite(differences).sum(axis=0)
    spread = [np.nanstd(column, ddof=1) for column in differences.T]
    units = [detectable_by_flips(int(size), flipped.level, seed) for size in n]
    return np.array(units) * np.array(spread)
