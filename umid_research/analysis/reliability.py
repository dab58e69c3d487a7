"""Reliability: how consistently people answer the items of a dimension.

Input: `responses` and `states`, as in `score`. Output: `reliability`, one row per dimension:

    dimension  n   items  alpha  low   high  omega  lost  floor  ceiling  dont_know  reason
    trust      58      4   0.81  0.72  0.88   0.82     7   0.02     0.05       0.09

and `reliability_items`, one row per item:

    dimension  item     n   item_rest  floor  ceiling  dont_know
    trust      trust_1  63       0.61   0.08     0.14       0.03

For example, 58 people answered all four items of `trust`. Another 7 answered only some of them, and
are lost to alpha and omega, which need complete answers. Of those with a score, 2 % are at 0 and 5
% at 100; 9 % of the answers were "don't know". The answers to `trust_1` correlate 0.61 with the sum
of the other items.

With a few dozen people these numbers are rough: they show which items to look at and prove nothing.
What cannot be estimated is blank, and `reason` has the code: for alpha and omega, or for omega
alone where alpha is given. See the analysis plan, section 4.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.multivariate.factor import Factor
from statsmodels.tools.sm_exceptions import ConvergenceWarning, EstimationWarning

from umid_research.analysis.score import is_answered_enough, item_scores
from umid_research.analysis.verdicts import Reason
from umid_research.clean import NOT_ASKED
from umid_research.frames import Schema, code, number, read_frame, text, whole
from umid_research.study.questionnaire import Questionnaire

_SHARES = {name: number(0, 1, blank=True) for name in ("floor", "ceiling", "dont_know")}
RELIABILITY = Schema(
    "reliability",
    {
        "dimension": text(),
        **{name: whole() for name in ("n", "items")},
        **{name: number(high=1, blank=True) for name in ("alpha", "low", "high")},
        "omega": number(0, 1, blank=True),
        "lost": whole(),
        **_SHARES,
        "reason": code(Reason, default=""),
    },
    key=("dimension",),
)
ITEMS = Schema(
    "reliability_items",
    {
        **{name: text() for name in ("dimension", "item")},
        "n": whole(),
        "item_rest": number(-1, 1, blank=True),
        **_SHARES,
    },
    key=("dimension", "item"),
)
# With a smaller unique variance, an item equals the factor and the fit is not a proper solution;
# R's factanal stops at the same bound.
_MIN_UNIQUENESS = 0.005
_MIN_ITEMS_OF_A_FACTOR = 3


@dataclass(frozen=True)
class Reliability:
    """The frames `reliability` and `reliability_items`; see the module's docstring."""

    dimensions: pd.DataFrame
    items: pd.DataFrame

    def frames(self) -> dict[Schema, pd.DataFrame]:
        """Return the frames by schema, in the order in which they are written."""
        return {RELIABILITY: self.dimensions, ITEMS: self.items}


def reliability_of(
    responses: pd.DataFrame, states: pd.DataFrame, questionnaire: Questionnaire
) -> Reliability:
    """Return the reliability of every dimension and item, over people asked all of its items."""
    dimensions, items = [], []
    for dimension in questionnaire.dimensions:
        unknown = {item.name: item.missing("dont_know") for item in questionnaire.items(dimension)}
        names = list(unknown)
        asked = (states[names] != NOT_ASKED).all(axis=1)
        scores = pd.DataFrame(
            {
                item.name: item_scores(responses.loc[asked, item.name], item)
                for item in questionnaire.items(dimension)
            }
        )
        not_known = responses.loc[asked, names].isin(unknown)
        dimensions.append(_dimension(dimension, scores, not_known))
        items.append(_items(dimension, scores, not_known))
    return Reliability(
        RELIABILITY.of(dimensions), pd.concat([ITEMS.empty(), *items], ignore_index=True)
    )


def read_reliability(folder: Path) -> Reliability:
    """Return the frames as `folder` holds them.

    Raises FrameError if they have not been made yet.
    """
    return Reliability(read_frame(folder, RELIABILITY), read_frame(folder, ITEMS))


def cronbach_alpha(scores: np.ndarray) -> tuple[float, float, float]:
    """Return alpha of complete answers (people × items), and its lower and upper 95 % limits.

    Notes
    -----
    α = k/(k-1) · (1 - Σ var_i / var of the sum). With n people and k items,
    (1-α_true)/(1-α) follows F(n-1, (n-1)(k-1)), so the limits are 1 - (1-α)·F(0.975) and
    1 - (1-α)·F(0.025). This assumes normal scores with equal covariances.

    References
    ----------
    Cronbach, L. J. (1951), Coefficient alpha and the internal structure of tests, Psychometrika
    16, 297-334, doi:10.1007/BF02310555.
    Feldt, L. S. (1965), The approximate sampling distribution of Kuder-Richardson reliability
    coefficient twenty, Psychometrika 30, 357-370, doi:10.1007/BF02289499.
    """
    n, k = scores.shape
    total = scores.sum(axis=1).var(ddof=1)
    alpha = k / (k - 1) * (1 - scores.var(axis=0, ddof=1).sum() / total)
    quantiles = stats.f.ppf([0.975, 0.025], n - 1, (n - 1) * (k - 1))
    low, high = 1 - (1 - alpha) * quantiles
    return float(alpha), float(low), float(high)


def omega_total(scores: np.ndarray) -> float:
    """Return McDonald's omega total of one factor, by maximum likelihood; NaN without a fit.

    Notes
    -----
    ω = (Σλ)² / ((Σλ)² + Σ(1 - λ²)), with the loadings λ of the one factor of the correlation
    matrix. There is no fit where an item's unique variance is zero at the maximum of the likelihood
    (a Heywood case), which small samples often give.

    References
    ----------
    McDonald, R. P. (1999), Test theory: a unified treatment, Lawrence Erlbaum,
    doi:10.4324/9781410601087.
    """
    correlations = np.corrcoef(scores, rowvar=False)
    values, vectors = np.linalg.eigh(correlations)
    # The first principal axis, slightly shrunk, is a start value without randomness.
    start = (0.7 * np.sqrt(values[-1]) * vectors[:, -1:], np.full(len(values), 0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", EstimationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = Factor(corr=correlations, n_factor=1, method="ml")
        try:
            fit = model.fit(start=start, opt={"gtol": 1e-8})
        except np.linalg.LinAlgError:
            return np.nan
    if not fit.mle_retvals.success or fit.uniqueness.min() < _MIN_UNIQUENESS:
        return np.nan
    loadings = fit.loadings[:, 0]
    common = loadings.sum() ** 2
    return float(common / (common + (1 - loadings**2).sum()))


def _dimension(dimension: str, scores: pd.DataFrame, not_known: pd.DataFrame) -> dict[str, object]:
    complete = scores.dropna().to_numpy()
    n, k = complete.shape
    answered = scores.notna().sum(axis=1).to_numpy()
    mean = scores.mean(axis=1)[is_answered_enough(answered, k)]
    row: dict[str, object] = {
        "dimension": dimension,
        "n": n,
        "items": k,
        "lost": int((answered > 0).sum()) - n,
        "floor": _share(mean == 0),
        "ceiling": _share(mean == 100),
        "dont_know": _share(not_known.to_numpy().ravel()),
        "reason": "",
    }
    reason = _why_not(complete)
    if reason:
        return {**row, "reason": reason}
    row |= dict(zip(("alpha", "low", "high"), cronbach_alpha(complete), strict=True))
    if k < _MIN_ITEMS_OF_A_FACTOR:
        return {**row, "reason": Reason.TWO_ITEMS.value}
    omega = omega_total(complete)
    row["omega"] = omega
    if np.isnan(omega):
        row["reason"] = Reason.NO_PROPER_FIT.value
    return row


def _why_not(complete: np.ndarray) -> str:
    n, k = complete.shape
    if k < 2:
        return Reason.SINGLE_ITEM.value
    if n < 3:
        return Reason.TOO_FEW_COMPLETE.value
    if (np.ptp(complete, axis=0) == 0).any():
        return Reason.EQUAL_ANSWERS.value
    if np.ptp(complete.sum(axis=1)) == 0:
        return Reason.EQUAL_SUMS.value
    return ""


def _items(dimension: str, scores: pd.DataFrame, not_known: pd.DataFrame) -> pd.DataFrame:
    complete = scores.dropna()
    rest = pd.DataFrame({name: complete.drop(columns=name).sum(axis=1) for name in complete})
    estimable = [name for name in complete if _varies(complete[name]) and _varies(rest[name])]
    together = complete[estimable].corrwith(rest[estimable]).reindex(scores.columns)
    return pd.DataFrame(
        {
            "dimension": dimension,
            "item": scores.columns,
            "n": scores.notna().sum().to_numpy(),
            "item_rest": together.to_numpy(dtype=float),
            "floor": [_share(scores[name].dropna() == 0) for name in scores],
            "ceiling": [_share(scores[name].dropna() == 100) for name in scores],
            "dont_know": not_known.mean().to_numpy(dtype=float),
        }
    )


def _varies(values: pd.Series) -> bool:
    return len(values) > 2 and bool(np.ptp(values) > 0)


def _share(flags: pd.Series | np.ndarray) -> float:
    return float(flags.mean()) if len(flags) else np.nan
