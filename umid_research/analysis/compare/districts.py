"""Family C: districts are compared by Welch's t on the means of their localities, with Holm."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.multitest import multipletests

from umid_research.analysis.compare.flips import TOLERANCE
from umid_research.analysis.compare.frame import as_comparisons, contrasts
from umid_research.analysis.compare.power import detectable_by_welch
from umid_research.analysis.score import locality_means
from umid_research.analysis.verdicts import Reason
from umid_research.study import Study

EFFECT = "Hedges' g"


def compare_districts(
    units: pd.DataFrame, study: Study, dimensions: list[str], *, seed: int
) -> pd.DataFrame:
    """Return the rows of family C: all pairs of districts × dimensions."""
    rows = contrasts(dimensions, list(combinations(study.districts, 2)))
    places = locality_means(units[units["dimension"].isin(dimensions)], study)
    a, b = (_samples(places, rows, key) for key in ("group_a", "group_b"))
    fewest = np.minimum(a["n"], b["n"])
    reason = np.select(
        [fewest == 0, fewest == 1, (a["spread"] <= TOLERANCE) & (b["spread"] <= TOLERANCE)],
        [
            Reason.DISTRICT_WITHOUT_SCORES.value,
            Reason.DISTRICT_WITH_ONE_LOCALITY.value,
            Reason.EQUAL_LOCALITIES.value,
        ],
        default="",
    )
    estimable = reason == ""
    columns = welch(a[estimable], b[estimable])
    if estimable.any():
        columns["p_adjusted"] = multipletests(columns["p"], method="holm")[1]
    columns["mdd"] = _detectable(a[estimable], b[estimable], seed)
    columns = columns.reindex(rows.index)
    return as_comparisons(
        "C",
        rows,
        reason=reason,
        n_a=a["n"],
        n_b=b["n"],
        effect_name=EFFECT,
        method="Welch t on locality means, Holm",
        **columns,
    )


def _samples(places: pd.DataFrame, rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return mean, variance, range and number of localities of the district in each row's `key`."""
    by_district = places.groupby(["dimension", "district"])["score"]
    samples = by_district.agg(mean="mean", var="var", high="max", low="min", n="count")
    named = samples.reindex(pd.MultiIndex.from_frame(rows[["dimension", key]]))
    named = named.assign(n=named["n"].fillna(0).astype(int), spread=named["high"] - named["low"])
    return named.set_axis(rows.index)


def welch(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Return difference, limits, Hedges' g and p of each pair of samples that have a spread.

    Notes
    -----
    s² = var_a/n_a + var_b/n_b; t = (mean_a - mean_b)/s with
    df = s⁴ / ((var_a/n_a)²/(n_a - 1) + (var_b/n_b)²/(n_b - 1)); limits difference ± t(0.975, df)·s.
    Computed from moments, because `scipy.stats.ttest_ind` warns where one sample is constant.

    References
    ----------
    Welch, B. L. (1947), The generalization of "Student's" problem when several different
    population variances are involved, Biometrika 34, 28-35, doi:10.1093/biomet/34.1-2.28.
    """
    share_a, share_b = a["var"] / a["n"], b["var"] / b["n"]
    error = np.sqrt(share_a + share_b)
    df = error**4 / (share_a**2 / (a["n"] - 1) + share_b**2 / (b["n"] - 1))
    estimate = a["mean"] - b["mean"]
    half = stats.t.ppf(0.975, df) * error
    p = 2 * stats.t.sf(np.abs(estimate / error), df)
    effect, _ = effectsize_smd(
        a["mean"], a["var"] ** 0.5, a["n"], b["mean"], b["var"] ** 0.5, b["n"]
    )
    return pd.DataFrame(
        {
            "estimate": estimate,
            "low": estimate - half,
            "high": estimate + half,
            "effect": effect,
            "p": p,
        }
    )


def _detectable(a: pd.DataFrame, b: pd.DataFrame, seed: int) -> list[float]:
    """Return the minimum detectable difference of each pair, at the level of Holm's first step."""
    pairs = zip(a["var"], b["var"], a["n"], b["n"], strict=True)
    return [
        detectable_by_welch((var_a, var_b), (n_a, n_b), 0.05 / len(a), seed)
        for var_a, var_b, n_a, n_b in pairs
    ]
