"""Studies in which nothing differs, drawn at random, and what the families make of each.

The design is that of the analysis plan: 12 localities in three districts with a community, a local
government and a council each, and four NGOs and four entrepreneurs by district; three dimensions.
Places, and dimensions within a unit, go together. A unit's score is the mean of one to three
people, so that units have unequal spreads even where people have not.

Every study has a seed of its own; the families test many studies at once.
"""

from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
import pandas as pd

from umid_research.analysis.compare.districts import welch
from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.skew import SKEWED, skewness
from umid_research.analysis.compare.unmatched import Contrast

DISTRICTS, LOCALITIES, DIMENSIONS = 3, 12, 3
FAMILIES = ("A", "B", "C", "D")
GUEST_DISTRICTS = np.array([[0, 0, 1, 2], [0, 1, 1, 2]])
_PAIRS = list(combinations(range(3), 2))
_DISTRICT = np.repeat(range(DISTRICTS), LOCALITIES // DISTRICTS)
# How far the people of a group spread: the matched groups, then the guests.
_SPREADS = (0.7, 1.0, 1.6, 1.6, 0.6)
# How far levels are bent upward: the less, the nearer to a normal distribution.
_BENDS = {"mild": 0.5, "strong": 1.0}
_CONCENTRATIONS = (9.0, 3.0, 1.0, 1.0, 9.0)


@dataclass(frozen=True)
class Condition:
    """How studies are drawn; skewed ones are outside what the families assume, and have no bound.

    `skew` is "mild" or "strong" for scores without a floor, most of them a little below their mean
    and a few far above, or "floor" for answers of 0 to 100 of which most are 0.
    """

    missing: bool = False
    five_points: bool = False
    unequal: bool = False
    skew: str = ""

    @property
    def name(self) -> str:
        """What a line of the table says."""
        parts = [
            {"mild": "skewed", "strong": "very skewed", "floor": "at the floor"}.get(self.skew, ""),
            "missing cells" if self.missing else "complete",
            "5 points" if self.five_points else "",
            "unequal spreads" if self.unequal else "equal spreads",
        ]
        return ", ".join(part for part in parts if part)


BOUND = tuple(Condition(*flags) for flags in product((False, True), repeat=3))
BEYOND = tuple(
    Condition(five_points=skew == "floor", unequal=unequal, skew=skew)
    for skew, unequal in product(("mild", "strong", "floor"), (False, True))
)
CONDITIONS = (*BOUND, *BEYOND)


@dataclass(frozen=True)
class Studies:
    """Scores of studies × localities × groups × dimensions, and studies × guests × 4 × dimensions.

    NaN where a locality lacks the group.
    """

    units: np.ndarray
    guests: np.ndarray


@dataclass(frozen=True)
class Found:
    """What a family finds, studies × contrasts; `dimension` says which each contrast is about."""

    p: np.ndarray
    p_adjusted: np.ndarray
    low: np.ndarray
    high: np.ndarray
    dimension: np.ndarray


# --- drawing ------------------------------------------------------------------------------------


def draw_studies(condition: Condition, seeds: range) -> Studies:
    """The studies of these seeds."""
    number = CONDITIONS.index(condition)
    drawn = [_drawn(condition, np.random.default_rng([2022, number, seed])) for seed in seeds]
    units, guests = (np.stack(part) for part in zip(*drawn, strict=True))
    if condition.missing:
        units[:, ::4, 2] = np.nan
        units[:, 5, 0] = np.nan
    return Studies(units, guests)


def _drawn(condition: Condition, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    place = rng.normal(0, 0 if condition.skew == "floor" else 8, (LOCALITIES, 1))
    groups = [place + _scores(condition, rng, group, LOCALITIES) for group in range(3)]
    guests = [_scores(condition, rng, group, 4) for group in (3, 4)]
    return np.stack(groups, axis=1), np.stack(guests)


def _scores(condition: Condition, rng: np.random.Generator, group: int, n: int) -> np.ndarray:
    """Units × dimensions: means of one to three people."""
    people = rng.integers(1, 4, n)
    answers = (_answers_at_the_floor if condition.skew == "floor" else _answers)(
        condition, rng, group, (n, 3, DIMENSIONS)
    )
    asked = np.arange(3)[np.newaxis, :, np.newaxis] < people[:, np.newaxis, np.newaxis]
    return np.where(asked, answers, 0).sum(axis=1) / people[:, np.newaxis]


def _answers(
    condition: Condition, rng: np.random.Generator, group: int, shape: tuple[int, int, int]
) -> np.ndarray:
    """Around 50; each person has a level."""
    level = rng.normal(0, 1, (*shape[:2], 1)) + rng.normal(0, 1, shape)
    if condition.skew:
        bend = _BENDS[condition.skew]
        level = (np.exp(bend * level) - np.exp(bend**2)) / bend
    answers = 50 + 14 * (_SPREADS[group] if condition.unequal else 1.0) * level
    if condition.five_points:
        answers = np.clip(np.round(answers / 25), 0, 4) * 25
    return answers


def _answers_at_the_floor(
    condition: Condition, rng: np.random.Generator, group: int, shape: tuple[int, int, int]
) -> np.ndarray:
    """0, 25, 50, 75 or 100 with mean 12; a small concentration sends people to the ends."""
    concentration = _CONCENTRATIONS[group] if condition.unequal else 3.0
    return 25.0 * rng.binomial(4, rng.beta(0.12 * concentration, 0.88 * concentration, shape))


# --- testing ------------------------------------------------------------------------------------


def compare_families(studies: Studies) -> dict[str, Found]:
    """What each family finds in these studies, by the functions that the reports use."""
    return {family: compare_family(studies, family) for family in FAMILIES}


def compare_family(studies: Studies, family: str) -> Found:
    """What one family finds in these studies."""
    units = studies.units
    if family == "A":
        pairs = [units[:, :, a] - units[:, :, b] for a, b in _PAIRS]
        return _flipped(np.concatenate(pairs, axis=2))
    if family == "B":
        return _unmatched(studies)
    if family == "C":
        return _districts(units)
    sides = units[:, :, 1] - (units[:, :, 0] + units[:, :, 2]) / 2
    return _flipped(sides[:, np.isfinite(sides).any(axis=(0, 2))])


def _flipped(differences: np.ndarray) -> Found:
    found = [flip_signs(study, draws=0, seed=1) for study in differences]
    columns = (
        np.array([getattr(one, name) for one in found])
        for name in ("p", "p_adjusted", "low", "high")
    )
    return Found(*columns, np.arange(differences.shape[2]) % DIMENSIONS)


def _unmatched(studies: Studies) -> Found:
    """Either guest group against the first two matched ones, on the first dimension."""
    parts = [_met(studies, guest, g) for guest, g in product((0, 1), (0, 1))]
    _, low, high, p = (np.stack(part, axis=1) for part in zip(*parts, strict=True))
    return Found(p, holm(p), low, high, np.zeros(4, dtype=int))


def _met(studies: Studies, guest: int, host: int) -> tuple:
    """The contrast in every study; where a host is missing, it is so in all of them."""
    there = np.isfinite(studies.units[0, :, host, 0])
    scores = [studies.guests[:, guest, :, 0], studies.units[:, there, host, 0]]
    # Where nobody differs from anybody there is no error to divide by, and no p.
    with np.errstate(invalid="ignore"):
        return contrast(studies, 0, guest, host).tested(np.concatenate(scores, axis=1))


def contrast(studies: Studies, place: int, guest: int, host: int) -> Contrast:
    """The contrast of a guest group and a matched one in one of the studies."""
    hosts = studies.units[place, :, host, 0]
    there = np.isfinite(hosts)
    return Contrast.of(
        pd.DataFrame(
            {"district": GUEST_DISTRICTS[guest], "score": studies.guests[place, guest, :, 0]}
        ),
        pd.DataFrame({"district": _DISTRICT[there], "score": hosts[there]}),
    )


def _districts(units: np.ndarray) -> Found:
    """All pairs of districts × dimensions on locality means."""
    means = district_means(units)
    sides = [
        pd.DataFrame(
            {
                "mean": means[:, list(side)].mean(axis=2).ravel(),
                "var": means[:, list(side)].var(axis=2, ddof=1).ravel(),
                "n": means.shape[2],
            }
        )
        for side in zip(*_PAIRS, strict=True)
    ]
    found = welch(*sides)
    p, low, high = (found[key].to_numpy().reshape(len(units), -1) for key in ("p", "low", "high"))
    return Found(p, holm(p), low, high, np.arange(p.shape[1]) % DIMENSIONS)


def district_means(units: np.ndarray) -> np.ndarray:
    """The means of localities: studies × districts × localities of one × dimensions."""
    level = np.nanmean(units, axis=1, keepdims=True)
    adjusted = units - level + level.mean(axis=2, keepdims=True)
    complete = np.isfinite(units).all(axis=2, keepdims=True)
    means = np.nanmean(np.where(complete, units, adjusted), axis=2)
    return means.reshape(len(units), DISTRICTS, -1, DIMENSIONS)


def holm(p: np.ndarray) -> np.ndarray:
    """Adjusted p of each row, of many studies at once; statsmodels adjusts one study at a time.

    What could not be estimated is NaN and does not count in the adjustment.
    """
    order = np.argsort(p, axis=1)
    left = np.isfinite(p).sum(axis=1, keepdims=True) - np.arange(p.shape[1])
    stepped = np.take_along_axis(p, order, axis=1) * left.clip(min=1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, np.maximum.accumulate(stepped, axis=1).clip(max=1), axis=1)
    return adjusted


def warned(studies: Studies) -> np.ndarray:
    """Which dimensions carry the warning of skew, studies × dimensions."""
    matched = studies.units.transpose(0, 3, 2, 1)
    guests = studies.guests.transpose(0, 3, 1, 2)
    parts = [_long(matched, first=0), _long(guests, first=matched.shape[2])]
    found = skewness(pd.concat(parts, ignore_index=True))
    return (found.abs() >= SKEWED).to_numpy().reshape(len(matched), DIMENSIONS)


def _long(scores: np.ndarray, *, first: int) -> pd.DataFrame:
    """Units of studies × dimensions × groups × units; a study's dimension counts as one."""
    dimension, group, _ = np.indices((scores.shape[0] * DIMENSIONS, *scores.shape[2:]))
    return pd.DataFrame(
        {
            "dimension": dimension.ravel(),
            "group": group.ravel() + first,
            "score": scores.ravel(),
        }
    )


def shifted(studies: Studies, family: str, by: float) -> Studies:
    """The studies with a true difference `by` in the first contrast of the family."""
    units, guests = studies.units.copy(), studies.guests.copy()
    if family == "B":
        guests[:, 0, :, 0] += by
    elif family == "C":
        units[:, _DISTRICT == 0, :, 0] += by
    else:
        units[:, :, 0 if family == "A" else 1, 0] += by
    return replace(studies, units=units, guests=guests)
