"""Families A and D: groups matched by locality, compared within localities by sign flips."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.compare.flips import TOLERANCE, Flipped, flip_signs
from umid_research.compare.frame import as_comparisons, contrasts
from umid_research.study import Study

EFFECT = "matched-pairs rank-biserial"
_PAIR = ("group_a", "group_b")


def compare_groups(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, draws: int, seed: int
) -> pd.DataFrame:
    """Family A: all pairs of matched groups × dimensions."""
    rows = contrasts(dimensions, list(combinations(study.matched_groups, 2)))
    cells = _cells(units, study, dimensions)
    return _compared("A", rows, cells, draws=draws, seed=seed)


def compare_sides(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, draws: int, seed: int
) -> pd.DataFrame:
    """Family D: supply less demand × dimensions, in localities that have all groups of both."""
    cells = _cells(units, study, dimensions)
    sides = {}
    for side in ("supply", "demand"):
        groups = [key for key in study.groups_on(side) if key in study.matched_groups]
        if not groups:
            return as_comparisons("D", contrasts([], []), reason=np.array([], dtype=str))
        for dimension in dimensions:
            of_side = cells[[(dimension, key) for key in groups]]
            sides[dimension, side] = of_side.mean(axis=1, skipna=False)
    rows = contrasts(dimensions, [("supply", "demand")])
    return _compared("D", rows, pd.DataFrame(sides), draws=draws, seed=seed)


def rank_biserial(differences: np.ndarray) -> np.ndarray:
    """Matched-pairs rank-biserial correlation of each column, -1 to 1; NaN where all are zero.

    The share of the signed ranks' sum that favours a, less the share that favours b; differences
    of zero are left out and ties share their ranks.

    References
    ----------
    Kerby, D. S. (2014), The simple difference formula, Comprehensive Psychology 3, 11.IT.3.1,
    doi:10.2466/11.IT.3.1.
    """
    # Equal scores may differ in the last digit, which must not break a tie.
    sizes = np.abs(differences).round(8)
    ranks = stats.rankdata(np.where(sizes > 0, sizes, np.nan), axis=0, nan_policy="omit")
    total = np.nansum(ranks, axis=0)
    favour = np.nansum(ranks * np.sign(differences), axis=0)
    return np.divide(favour, total, out=np.full(total.shape, np.nan), where=total > 0)


def _cells(units: pd.DataFrame, study: Study, dimensions: list[str]) -> pd.DataFrame:
    """Scores by locality (rows) and dimension × matched group (columns); NaN where there is none.

    Localities are sorted by name: random flips must not depend on the order of `units`.
    """
    wanted = units["dimension"].isin(dimensions) & units["group"].isin(study.matched_groups)
    placed = units[wanted & units["locality"].notna()]
    scores = placed.groupby(["district", "locality", "dimension", "group"])["score"].mean()
    columns = pd.MultiIndex.from_product([dimensions, study.matched_groups])
    return scores.unstack(["dimension", "group"]).reindex(columns=columns).astype(float)


def _compared(
    family: str, rows: pd.DataFrame, cells: pd.DataFrame, *, draws: int, seed: int
) -> pd.DataFrame:
    if rows.empty:
        return as_comparisons(family, rows, reason=np.array([], dtype=str))
    a, b = (cells[pd.MultiIndex.from_frame(rows[["dimension", key]])] for key in _PAIR)
    differences = a.to_numpy() - b.to_numpy()
    n = np.isfinite(differences).sum(axis=0)
    reason = np.select(
        [
            ~(a.notna().any().to_numpy() & b.notna().any().to_numpy()),
            n == 0,
            n == 1,
            ~(np.abs(np.nan_to_num(differences)) > TOLERANCE).any(axis=0),
        ],
        [
            "a group has no scores",
            "the groups share no locality",
            "the groups share one locality only",
            "no spread, all differences are zero",
        ],
        default="",
    )
    estimable = differences[:, reason == ""]
    estimable = estimable[np.isfinite(estimable).any(axis=1)]
    columns = _columns(estimable, flip_signs(estimable, draws=draws, seed=seed))
    wide = pd.DataFrame(columns, index=rows.index[reason == ""]).reindex(rows.index)
    return as_comparisons(family, rows, reason=reason, n_a=n, n_b=n, effect_name=EFFECT, **wide)


def _columns(differences: np.ndarray, flipped: Flipped) -> dict[str, object]:
    n = np.isfinite(differences).sum(axis=0)
    method = "sign flips, " + (
        f"all {flipped.draws} enumerated" if flipped.enumerated else f"{flipped.draws} drawn"
    )
    without = method + "; too few localities for 95 % limits"
    return {
        "estimate": np.nansum(differences, axis=0) / np.maximum(n, 1),
        "low": flipped.low,
        "high": flipped.high,
        "effect": rank_biserial(differences),
        "p": flipped.p,
        "p_adjusted": flipped.p_adjusted,
        "p_smallest": flipped.p_smallest,
        "method": np.where(np.isnan(flipped.low), without, method),
        "draws": flipped.draws,
    }
