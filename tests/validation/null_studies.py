"""Studies in which nothing differs, drawn at random, and what the families make of each.

The design is that of the analysis plan: 12 localities in three districts with a community, a local
government and a council each, and four NGOs and four entrepreneurs by district; three dimensions.
Places, and dimensions within a unit, go together. A unit's score is the mean of one to three
people, so that units have unequal spreads even where people have not.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from umid_research.compare.districts import _welch
from umid_research.compare.flips import flip_signs
from umid_research.compare.unmatched import _Contrast
from umid_research.sentences import is_clear

DISTRICTS, LOCALITIES, DIMENSIONS = 3, 12, 3
FAMILIES = ("A", "B", "C", "D")
_PAIRS = list(combinations(range(3), 2))
_GUESTS = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])


@dataclass(frozen=True)
class Condition:
    """How studies are drawn; `skewed` is outside what A and D assume, and has no bound."""

    name: str
    missing: bool = False
    five_points: bool = False
    unequal: bool = False
    skewed: bool = False


CONDITIONS = (
    Condition("complete, equal spreads"),
    Condition("complete, unequal spreads", unequal=True),
    Condition("missing cells, 5 points", missing=True, five_points=True),
    Condition("missing, 5 points, unequal", missing=True, five_points=True, unequal=True),
    Condition("skewed, unequal", unequal=True, skewed=True),
)


def null_study(condition: Condition, seed: int) -> dict[str, pd.DataFrame]:
    """Each family's p_adjusted, low and high in one study without any difference."""
    rng = np.random.default_rng([2022, CONDITIONS.index(condition), seed])
    units = _matched_scores(condition, rng)
    guests = [_scores(condition, rng, place, 4, spread) for place, spread in enumerate((1.6, 0.6))]
    pairs = np.concatenate([units[:, a] - units[:, b] for a, b in _PAIRS], axis=1)
    sides = units[:, 1] - (units[:, 0] + units[:, 2]) / 2
    return {
        "A": _flipped(pairs),
        "B": _unmatched(units, guests),
        "C": _districts(units),
        "D": _flipped(sides[np.isfinite(sides).any(axis=1)]),
    }


def _matched_scores(condition: Condition, rng: np.random.Generator) -> np.ndarray:
    """Localities × groups × dimensions."""
    spreads = (0.7, 1.0, 1.6) if condition.unequal else (1, 1, 1)
    place = rng.normal(0, 8, (LOCALITIES, 1))
    groups = [place + _scores(condition, rng, 2 + g, LOCALITIES, s) for g, s in enumerate(spreads)]
    units = np.stack(groups, axis=1)
    if condition.missing:
        units[::4, 2] = np.nan
        units[5, 0] = np.nan
    return units


def _scores(
    condition: Condition, rng: np.random.Generator, stream: int, n: int, spread: float
) -> np.ndarray:
    """Units × dimensions around 50: means of one to three people, of whom each has a level."""
    people = rng.integers(1, 4, n)
    spread = spread if condition.unequal else 1.0
    level = rng.normal(0, 1, (n, 3, 1)) + rng.normal(0, 1, (n, 3, DIMENSIONS))
    if condition.skewed:
        level = np.exp(level) - np.exp(1)
    answers = 50 + 14 * spread * level
    if condition.five_points:
        answers = np.clip(np.round(answers / 25), 0, 4) * 25
    asked = np.arange(3)[np.newaxis, :, np.newaxis] < people[:, np.newaxis, np.newaxis]
    return np.where(asked, answers, 0).sum(axis=1) / people[:, np.newaxis]


def _flipped(differences: np.ndarray) -> pd.DataFrame:
    found = flip_signs(differences, draws=0, seed=1)
    return pd.DataFrame({"p_adjusted": found.p_adjusted, "low": found.low, "high": found.high})


def _unmatched(units: np.ndarray, guests: list[np.ndarray]) -> pd.DataFrame:
    """Either guest group against the first two matched ones, on the first dimension."""
    district = np.repeat(range(DISTRICTS), LOCALITIES // DISTRICTS)
    rows = []
    for guest, places in zip(guests, _GUESTS, strict=True):
        for group in (0, 1):
            host = pd.DataFrame({"district": district, "score": units[:, group, 0]}).dropna()
            visitor = pd.DataFrame({"district": places, "score": guest[:, 0]})
            _, low, high, _, p = _Contrast.of(visitor, host).numbers()
            rows.append((p, low, high))
    return _holm(pd.DataFrame(rows, columns=["p", "low", "high"]))


def _districts(units: np.ndarray) -> pd.DataFrame:
    """All pairs of districts × dimensions on locality means."""
    level = np.nanmean(units, axis=0)
    adjusted = units - level + level.mean(axis=0)
    means = np.nanmean(adjusted, axis=1).reshape(DISTRICTS, -1, DIMENSIONS)
    sides = [
        pd.DataFrame(
            {
                "mean": means[list(side)].mean(axis=1).ravel(),
                "var": means[list(side)].var(axis=1, ddof=1).ravel(),
                "n": means.shape[1],
            }
        )
        for side in zip(*_PAIRS, strict=True)
    ]
    return _welch(*sides)[["p_adjusted", "low", "high"]]


def _holm(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(p_adjusted=multipletests(rows.pop("p"), method="holm")[1])


def tally(condition: Condition, seeds: range) -> pd.DataFrame:
    """Per family: studies, rejections, claims, limits that hold the truth, and limits in all.

    The family "all" counts studies with a claim in any family.
    """
    counts = dict.fromkeys(FAMILIES, 0) | {"all": 0}
    rejected, claimed = dict(counts), dict(counts)
    covered, limits = dict(counts), dict(counts)
    for seed in seeds:
        anything = False
        for family, rows in null_study(condition, seed).items():
            published = rows.assign(
                shown=True, low=np.floor(rows["low"]), high=np.ceil(rows["high"])
            )
            claim = bool(is_clear(published).any())
            anything |= claim
            claimed[family] += claim
            rejected[family] += bool((rows["p_adjusted"] < 0.05).any())
            known = rows.dropna()
            covered[family] += int(((known["low"] <= 0) & (known["high"] >= 0)).sum())
            limits[family] += len(known)
        claimed["all"] += anything
    frame = pd.DataFrame(
        {"rejected": rejected, "claimed": claimed, "covered": covered, "limits": limits}
    )
    return frame.assign(studies=len(seeds))
