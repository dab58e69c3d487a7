"""Family B: groups known only by district against matched ones, adjusted for districts."""

from itertools import product

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from umid_research.compare.flips import TOLERANCE
from umid_research.compare.frame import as_comparisons, contrasts
from umid_research.study import Study

EFFECT = "Cliff's delta"
_NUMBERS = ("estimate", "low", "high", "effect", "p")


def compare_unmatched(units: pd.DataFrame, study: Study, dimensions: list[str]) -> pd.DataFrame:
    """Family B: each group that is not matched × the first matched group of either side.

    Where matched groups have no side, each of them takes part. The test is Welch's t on the
    district-adjusted difference, the effect Cliff's delta of the district-adjusted scores.
    """
    unmatched = [key for key in study.groups if key not in study.matched_groups]
    rows = contrasts(dimensions, list(product(unmatched, _references(study))))
    scored = units[units["score"].notna() & units["district"].notna()]
    samples = dict(iter(scored.groupby(["dimension", "group"])))
    found = [
        _difference(
            samples.get((row.dimension, row.group_a), scored.head(0)),
            samples.get((row.dimension, row.group_b), scored.head(0)),
        )
        for row in rows.itertuples()
    ]
    columns = pd.DataFrame(found, columns=["reason", "n_a", "n_b", *_NUMBERS], index=rows.index)
    estimable = columns["reason"] == ""
    adjusted = pd.Series(np.nan, index=rows.index)
    if estimable.any():
        adjusted[estimable] = multipletests(columns.loc[estimable, "p"], method="holm")[1]
    return as_comparisons(
        "B",
        rows,
        reason=columns.pop("reason").to_numpy(dtype=str),
        p_adjusted=adjusted,
        effect_name=EFFECT,
        method="Welch t adjusted for districts, Holm",
        **columns,
    )


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> float:
    """Share of pairs in which a lies above b, less the share in which it lies below; -1 to 1.

    References
    ----------
    Cliff, N. (1993), Dominance statistics: ordinal analyses to answer ordinal questions,
    Psychological Bulletin 114, 494-509, doi:10.1037/0033-2909.114.3.494.
    """
    differences = np.subtract.outer(a, b)
    return float((differences > TOLERANCE).mean() - (differences < -TOLERANCE).mean())


def _references(study: Study) -> list[str]:
    first = {study.groups[key].side: key for key in reversed(study.matched_groups)}
    if None in first:
        return list(study.matched_groups)
    return [key for key in study.matched_groups if key in first.values()]


def _difference(a: pd.DataFrame, b: pd.DataFrame) -> dict[str, object]:
    """The reason why not, units used, and the numbers of one contrast.

    Notes
    -----
    The difference is the least-squares coefficient of group beside districts, Σ c_i y_i; then
    s² = Σ_a c_i² · var_a + Σ_b c_i² · var_b, the variances those of the scores less their
    district's effect, each group around its own mean; df = the smaller number of units less 1.
    Pooling the variances instead, or permuting labels, rejects a true null too often when a small
    group spreads more widely than a large one.
    """
    shared = set(a["district"]) & set(b["district"])
    a, b = (group[group["district"].isin(shared)] for group in (a, b))
    used = {"n_a": len(a), "n_b": len(b)}
    if not shared or min(used.values()) < 2:
        few = "a group has one unit only" if shared else "the groups share no district"
        return {"reason": few, **used}
    is_a = np.repeat([True, False], [len(a), len(b)])
    scores = np.concatenate([a["score"], b["score"]])
    districts = pd.get_dummies(pd.concat([a["district"], b["district"]])).to_numpy(dtype=float)
    solution = np.linalg.pinv(np.column_stack([is_a, districts]))
    estimate, *effects = solution @ scores
    adjusted = scores - districts @ np.array(effects)
    variance = np.where(is_a, adjusted[is_a].var(ddof=1), adjusted[~is_a].var(ddof=1))
    error = np.sqrt((solution[0] ** 2 * variance).sum())
    if error <= TOLERANCE:
        return {"reason": "no spread, units of a group are equal", **used}
    df = min(used.values()) - 1
    half = stats.t.ppf(0.975, df) * error
    return {
        "reason": "",
        **used,
        "estimate": estimate,
        "low": estimate - half,
        "high": estimate + half,
        "effect": cliffs_delta(adjusted[is_a], adjusted[~is_a]),
        "p": 2 * stats.t.sf(abs(estimate) / error, df),
    }
