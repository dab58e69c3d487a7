"""Frames -> robustness, bands: which conclusions hold when the choices behind them change.

Out, `robustness`, one row a conclusion × run:

    family  dimension  contrast                      verdict  run         left_out  runs   survives
    A       index      community - local_government  lower    dimensions  trust         1       1.0
    A       index      community - local_government  lower    weights              10000      0.913

and `bands`, one row a district:

    district  low  high  band
    quba        1     2     1

read aloud: that communities score lower than local government on the index still holds when trust
is left out of it, and under 91 % of 10,000 random weights. Over the runs Guba is first or second,
and stands in the band of all districts whose ranks cannot be told from its own.

A conclusion is what may be said of a contrast: higher, lower, or not clear. The runs (analysis
plan, section 4): a geometric mean of the dimensions, random weights, each dimension, item,
locality and mode left out, half or all of the items required. A run that takes a contrast away,
such as that of a dimension left out, says nothing about it and has no row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umid_research.clean import Cleaned
from umid_research.compare.flips import flip_p, flip_signs
from umid_research.compare.matched import Matched, compare_matched, match_groups, match_sides
from umid_research.frames import read_frame
from umid_research.questionnaire import Questionnaire
from umid_research.score import (
    INDEX,
    compared_dimensions,
    district_means,
    score_responses,
    score_units,
)
from umid_research.study import Study

COLUMNS = (
    *("family", "dimension", "contrast", "group_a", "group_b", "verdict"),
    *("run", "left_out", "runs", "survives"),
)
BAND_COLUMNS = ("district", "low", "high", "band")
GEOMETRIC, WEIGHTS, ITEMS_ANSWERED = "geometric", "weights", "missing_rule"
LEFT_OUT = ("dimensions", "items", "localities", "modes")
RUNS = (GEOMETRIC, WEIGHTS, *LEFT_OUT, ITEMS_ANSWERED)
HIGHER, LOWER, NOT_CLEAR, NOT_ESTIMABLE = "higher", "lower", "not clear", "not estimable"
_CONTRAST = ["family", "dimension", "contrast", "group_a", "group_b"]
_PERCENTILES = (0.05, 0.95)
_LEVEL = 0.05
_SIGNS = {HIGHER: 1, LOWER: -1, NOT_CLEAR: 0}
_FAMILIES = (match_groups, match_sides)
# Random flips, where they are drawn, for each of thousands of weights.
_DRAWS_UNDER_WEIGHTS = 4_095


@dataclass(frozen=True)
class Robustness:
    """The frames `robustness` and `bands`; see the module's docstring."""

    conclusions: pd.DataFrame
    bands: pd.DataFrame


@dataclass(frozen=True)
class _Run:
    """What one run makes of the study: its name, what it left out, and its units."""

    name: str
    left_out: str
    units: pd.DataFrame


def robustness_of(
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    weights: int = 10_000,
    draws: int = 99_999,
    seed: int,
) -> Robustness:
    """How often each conclusion of families A and D survives, and the districts in bands.

    `weights` is the number of random weights, `draws` that of sign flips where they are drawn.
    """
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    units = score_units(scores)

    def verdicts(of_run: pd.DataFrame) -> pd.Series:
        return _verdicts(of_run, study, draws=draws, seed=seed)

    base = verdicts(units)
    by_run, ranks = [], []
    for run in _runs(cleaned, scores, questionnaire, study):
        by_run.append(_survivals(base, verdicts(run.units), run))
        ranks.append(_ranks(run.units, study).assign(run=run.name))
    drawn = _weighted_indices(scores, weights, seed=seed)
    by_run.append(_survivals_under_weights(base, units, drawn, study, draws=draws, seed=seed))
    ranks += [_ranks(drawn, study).assign(run=WEIGHTS), _ranks(units, study).assign(run="")]
    conclusions = pd.concat([pd.DataFrame(columns=list(COLUMNS)), *by_run], ignore_index=True)
    return Robustness(
        conclusions.astype({"runs": "int64", "survives": "float64"}),
        _bands(pd.concat(ranks), study),
    )


def read_robustness(folder: Path) -> Robustness:
    """The frames as `folder` holds them.

    Raises FrameError when they have not been made yet.
    """
    return Robustness(
        read_frame(folder, "robustness", numbers=("runs", "survives")),
        read_frame(folder, "bands", numbers=("low", "high", "band")),
    )


# --- the runs -----------------------------------------------------------------------------------


def _runs(
    cleaned: Cleaned, scores: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> Iterator[_Run]:
    responses, states = cleaned.responses, cleaned.states

    def scored(
        form: Questionnaire, kept: pd.Series | None = None, **rule: Fraction
    ) -> pd.DataFrame:
        rows = slice(None) if kept is None else kept
        return score_units(score_responses(responses[rows], states[rows], form, study, **rule))

    yield _Run(GEOMETRIC, "", score_units(_geometric(scores)))
    for dimension in _index_dimensions(scores):
        names = [item.name for item in questionnaire.items(dimension)]
        yield _Run("dimensions", dimension, scored(_without(questionnaire, names)))
        if len(names) > 1:
            for name in names:
                yield _Run("items", name, scored(_without(questionnaire, [name])))
    if study.is_matched:
        for locality in responses["locality"].dropna().unique():
            yield _Run(
                "localities", locality, scored(questionnaire, responses["locality"] != locality)
            )
    if study.roles.mode in responses:
        for mode in responses[study.roles.mode].dropna().unique():
            kept = responses[study.roles.mode] != mode
            if kept.any():
                yield _Run("modes", mode, scored(questionnaire, kept))
    for share in (Fraction(1, 2), Fraction(1)):
        yield _Run(ITEMS_ANSWERED, str(share), scored(questionnaire, answered=share))


def _without(questionnaire: Questionnaire, names: list[str]) -> Questionnaire:
    """The form with these items in no dimension."""
    questions = tuple(
        replace(question, dimension=None) if question.name in names else question
        for question in questionnaire
    )
    return replace(questionnaire, questions=questions)


def _index_dimensions(scores: pd.DataFrame) -> list[str]:
    """The dimensions that make up the index: those asked of every group."""
    return [name for name in compared_dimensions(scores) if name != INDEX]


def _respondents(scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who has an index: their keys, and their scores, one column a dimension."""
    index = scores[(scores["dimension"] == INDEX) & scores["score"].notna()]
    wide = scores.pivot_table(index="respondent", columns="dimension", values="score")
    return index, wide.reindex(index=index["respondent"], columns=_index_dimensions(scores))


def _geometric(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores with the geometric mean of score + 1, less 1, as index: it rewards balance."""
    index, wide = _respondents(scores)
    mean = np.exp(np.log1p(wide).mean(axis=1)) - 1
    changed = scores.copy()
    changed.loc[index.index, "score"] = mean.to_numpy()
    return changed


def _weighted_indices(scores: pd.DataFrame, weights: int, *, seed: int) -> pd.DataFrame:
    """Units of the index under random weights of its dimensions, one `dimension` a draw.

    Weights are drawn from a flat Dirichlet distribution: every split of 1 is as likely.
    """
    index, wide = _respondents(scores)
    drawn = np.random.default_rng(seed).dirichlet(np.ones(wide.shape[1]), size=weights)
    values, given = wide.fillna(0).to_numpy(), wide.notna().to_numpy(float)
    indices = (values @ drawn.T) / (given @ drawn.T)
    units = index.groupby(["unit", "district", "locality", "group"], dropna=False, sort=False)
    place = units.ngroup().to_numpy()
    share = np.zeros((place.max() + 1, len(index)))
    share[place, np.arange(len(index))] = index["weight"]
    means = (share / share.sum(axis=1, keepdims=True)) @ indices
    keys = units.size().rename("respondents").reset_index()
    frame = keys.loc[np.repeat(keys.index, weights)].reset_index(drop=True)
    return frame.assign(score=means.ravel(), dimension=np.tile(np.arange(weights), len(keys)))


# --- conclusions --------------------------------------------------------------------------------


def _verdicts(units: pd.DataFrame, study: Study, *, draws: int, seed: int) -> pd.Series:
    """What may be said of every contrast of A and D: family, dimension, contrast, … -> verdict."""
    if not study.is_matched:
        return pd.Series(
            index=pd.MultiIndex.from_tuples([], names=_CONTRAST), dtype="str", name="verdict"
        )
    dimensions = compared_dimensions(units)
    families = [
        compare_matched(match(units, study, dimensions), draws=draws, seed=seed, power=False)
        for match in _FAMILIES
    ]
    rows = pd.concat(families, ignore_index=True)
    return rows.assign(verdict=_verdict(rows)).set_index(_CONTRAST)["verdict"]


def _verdict(rows: pd.DataFrame) -> np.ndarray:
    significant = rows["p_adjusted"] < _LEVEL
    return np.select(
        [
            rows["estimate"].isna(),
            significant & (rows["low"] > 0),
            significant & (rows["high"] < 0),
        ],
        [NOT_ESTIMABLE, HIGHER, LOWER],
        default=NOT_CLEAR,
    )


def _survivals(base: pd.Series, found: pd.Series, run: _Run) -> pd.DataFrame:
    """Whether each conclusion that the run can speak of is the same in it."""
    both = pd.DataFrame({"verdict": base, "found": found.reindex(base.index)}).dropna()
    both = both[both["found"] != NOT_ESTIMABLE]
    # Without one dimension only the index has changed; the geometric mean changes nothing else.
    if run.name in (GEOMETRIC, "dimensions"):
        both = both[both.index.get_level_values("dimension") == INDEX]
    same = (both["verdict"] == both["found"]).astype(float)
    rows = both.assign(run=run.name, left_out=run.left_out, runs=1, survives=same)
    return rows.drop(columns="found").reset_index()[list(COLUMNS)]


def _survivals_under_weights(
    base: pd.Series,
    units: pd.DataFrame,
    drawn: pd.DataFrame,
    study: Study,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """The share of random weights under which each conclusion on the index is the same.

    Under weights, a contrast is set against the least p that was significant in its family as it
    stands: that of the last step of minP that it needs to pass, given what was found clear.
    """
    found: list[dict[Any, Any]] = []
    for match in _FAMILIES if len(base) else ():
        standing = match(units, study, compared_dimensions(units))
        weighted = match(drawn, study, sorted(drawn["dimension"].unique()))
        rows = standing.rows.assign(family=standing.family)
        verdicts = rows.merge(base.reset_index(), how="left")["verdict"]
        p = flip_p(weighted.differences, draws=min(draws, _DRAWS_UNDER_WEIGHTS), seed=seed)
        for place in np.flatnonzero(rows["dimension"] == INDEX):
            pair = rows.loc[place, ["group_a", "group_b"]]
            draw = (weighted.rows[["group_a", "group_b"]] == pair).all(axis=1).to_numpy()
            left = (verdicts == NOT_CLEAR) | (rows.index == place)
            level = _level(standing, left.to_numpy(), draws=draws, seed=seed)
            signs = np.sign(np.nanmean(weighted.differences[:, draw], axis=0))
            clear = np.where(p[draw] <= level, signs, 0)
            same = clear == _SIGNS[verdicts[place]]
            found.append(
                {
                    **rows.loc[place],
                    "contrast": f"{pair['group_a']} - {pair['group_b']}",
                    "verdict": verdicts[place],
                    "run": WEIGHTS,
                    "left_out": "",
                    "runs": int(draw.sum()),
                    "survives": float(same.mean()),
                }
            )
    return pd.DataFrame(found, columns=list(COLUMNS))


def _level(standing: Matched, left: np.ndarray, *, draws: int, seed: int) -> float:
    """The p that a contrast needs to be significant among those that are left."""
    differences = standing.differences[:, left]
    placed = differences[np.isfinite(differences).any(axis=1)]
    return flip_signs(placed, draws=draws, seed=seed).level


# --- districts ----------------------------------------------------------------------------------


def _ranks(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """District and rank of every index in `units`, 1 the highest; ties share the mean rank."""
    index = units[~units["dimension"].isin(study.dimensions)]
    means = district_means(index, study)
    ranks = means.groupby("dimension")["score"].rank(ascending=False)
    return means.assign(rank=ranks)[["district", "rank"]]


def _bands(ranks: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rank ranges over all kinds of runs, and districts whose ranges meet in one band.

    A kind of run counts by its 5th to 95th percentile; the range holds those of all kinds, so that
    thousands of weights do not outvote a single locality.
    """
    by_run = ranks.groupby(["district", "run"])["rank"].quantile(list(_PERCENTILES)).unstack()
    ranges = by_run.groupby("district").agg({_PERCENTILES[0]: "min", _PERCENTILES[1]: "max"})
    ranges = ranges.set_axis(["low", "high"], axis=1).sort_values(["low", "high"])
    highest = ranges["high"].cummax().shift()
    apart = (ranges["low"] > highest).fillna(value=False)
    bands = ranges.assign(band=1 + apart.cumsum())
    known = [key for key in study.districts if key in bands.index]
    return bands.loc[known].rename_axis("district").reset_index()[list(BAND_COLUMNS)]
