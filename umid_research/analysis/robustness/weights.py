"""Random weights of the dimensions of the index, and the share that keeps each conclusion."""

from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.compare.flips import flip_variants
from umid_research.analysis.compare.matched import Matched
from umid_research.analysis.compare.verdicts import LEVEL
from umid_research.analysis.robustness.conclusions import FAMILIES, ROBUSTNESS
from umid_research.analysis.robustness.runs import WEIGHTS, indexed_respondents
from umid_research.analysis.score import INDEX, UNITS, compared_dimensions
from umid_research.analysis.verdicts import Verdict
from umid_research.study import Study

_SIGNS = {Verdict.HIGHER: 1, Verdict.LOWER: -1, Verdict.UNCLEAR: 0}
_UNIT = ["unit", "district", "locality", "group"]
# The number of random flips is limited because there are thousands of weights.
_DRAWS = 4_095


def weighted_indices(scores: pd.DataFrame, weights: int, *, seed: int) -> pd.DataFrame:
    """Return the units' index under random weights of its dimensions, one `dimension` per draw.

    Weights are drawn from a flat Dirichlet distribution: all weights with sum 1 are equally likely.
    """
    index, wide = indexed_respondents(scores)
    if index.empty:
        return UNITS.empty()
    drawn = np.random.default_rng(seed).dirichlet(np.ones(wide.shape[1]), size=weights)
    values, given = wide.fillna(0).to_numpy(), wide.notna().to_numpy(float)
    indices = (values @ drawn.T) / (given @ drawn.T)
    units = index.groupby(_UNIT, dropna=False, sort=False)
    place = units.ngroup().to_numpy()
    share = np.zeros((place.max() + 1, len(index)))
    share[place, np.arange(len(index))] = index["weight"]
    means = (share / share.sum(axis=1, keepdims=True)) @ indices
    keys = units.size().rename("respondents").reset_index()
    frame = keys.loc[np.repeat(keys.index, weights)].reset_index(drop=True)
    names = [f"{INDEX} {draw}" for draw in range(weights)]
    return frame.assign(score=means.ravel(), dimension=np.tile(names, len(keys)))


def survivals_under_weights(
    base: pd.Series,
    units: pd.DataFrame,
    drawn: pd.DataFrame,
    study: Study,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return the share of random weights under which each conclusion on the index is the same.

    Under each set of weights, the weighted index replaces the index in its family, and p is
    adjusted over that family again.

    Parameters
    ----------
    base
        The verdicts of the study, from `conclusions.verdicts_of`.
    units
        The frame `units`.
    drawn
        The units' indices under random weights, from `weighted_indices`.
    draws, seed
        Number of random sign flips, at most 4,095, and their seed.
    """
    found: list[dict[str, Any]] = []
    names = list(dict.fromkeys(drawn["dimension"]))
    known = base[base != Verdict.NOT_ESTIMABLE].reset_index()
    for match in FAMILIES if len(known) else ():
        dimensions = compared_dimensions(units)
        family = match(pd.concat([units, drawn]), study, [*dimensions, *names])
        index = family.rows.index[family.rows["dimension"] == INDEX]
        signs = _signs_under_weights(family, names, draws=min(draws, _DRAWS), seed=seed)
        for place, verdicts in zip(index, signs, strict=True):
            row = family.rows.loc[place, ["dimension", "group_a", "group_b"]]
            row = {"family": family.family, **row}
            same_contrast = known.loc[(known[list(row)] == pd.Series(row)).all(axis=1)]
            for conclusion in same_contrast.to_dict("records"):
                same = verdicts == _SIGNS[conclusion["verdict"]]
                of_run = {"run": WEIGHTS, "left_out": "", "runs": len(names)}
                found.append({**conclusion, **of_run, "survives": float(same.mean())})
    return ROBUSTNESS.of(found)


def _signs_under_weights(family: Matched, names: list[str], *, draws: int, seed: int) -> np.ndarray:
    """Return contrasts of the index × weights: 1 for higher, -1 for lower, 0 for unclear."""
    of_index = (family.rows["dimension"] == INDEX).to_numpy()
    of_draw = family.rows["dimension"].isin(names).to_numpy()
    differences = family.differences
    # Pairs of groups vary fastest, then draws.
    varied = differences[:, of_draw].reshape(len(differences), len(names), of_index.sum())
    varied = varied.transpose(0, 2, 1)
    adjusted = flip_variants(differences[:, ~of_index & ~of_draw], varied, draws=draws, seed=seed)
    return np.where(adjusted < LEVEL, np.sign(np.nansum(varied, axis=0)), 0)
