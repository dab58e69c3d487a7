"""Compare two rounds of a study at the places that both visited.

Input are the answers of both rounds; only shared items are scored (`items`). Output, `changes`, one
row per dimension for all matched groups together (blank group), and one per dimension × group:

    dimension  group      items  places  earlier  later  change   low  high  p_adjusted  verdict
    trust                     4      12     45.0   52.1     7.1   3.0  11.2       0.012  higher
    trust      community      4      12     41.2   49.5     8.3   1.1  15.4       0.310  unclear

For example, at the 12 places that were visited twice, trust was 45.0 in the earlier round, as a
mean of the three groups, and 52.1 in the later one, by the 4 items that both rounds asked alike.

A place keeps its own level, so a change is the mean of the changes of its places. If nothing has
changed, the two rounds of a place are interchangeable: its changes in all groups and dimensions
could as well have the other sign. So the flips are those of family A (`compare.flips`), and p is
adjusted by step-down minP. Family E, all groups together, is the one that states changes; the
groups one by one are family F, whose clear changes are leads to follow. With one matched group
there is no F. The people of the two rounds are different people, and nothing here adjusts for who
was asked, and when. Dimensions that were not asked of every group are left out.

`people_*` are the respondents behind the means. `left_units_*` and `left_people_*` count those of
the group who are at places that only one round visited: with the mean of the whole group, a reader
could work out theirs (`disclosure.rules.changes`). `whole` is true where the means rest on all
items that either round has for the dimension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from umid_research.analysis.change.items import with_shared_items
from umid_research.analysis.compare.frame import contrasts
from umid_research.analysis.compare.matched import Matched, compare_matched
from umid_research.analysis.score import (
    INDEX,
    compared_dimensions,
    score_responses,
    score_units,
)
from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.errors import StudyError
from umid_research.frames import Schema, code, flag, number, text, whole
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

Place = tuple[str, str]

FAMILY, OF_GROUPS = "E", "F"
_PLACE = ["district", "locality"]
_CELL = [*_PLACE, "dimension", "group"]
_LEFT = ("left_units", "left_people")
CHANGES = Schema(
    "changes",
    {
        "family": text(),
        "dimension": text(),
        "group": text(default=""),
        "whole": flag(),
        **{name: whole() for name in ("items", "places")},
        **{name: number(0, 100, blank=True) for name in ("earlier", "later")},
        **{name: number(-100, 100, blank=True) for name in ("change", "low", "high")},
        **{name: number(0, 1, blank=True) for name in ("p", "p_adjusted", "p_smallest")},
        "mdd": number(0, blank=True),
        "verdict": code(Verdict),
        "reason": code(Reason, default=""),
        "method": text(blank=True),
        "draws": whole(1, blank=True),
        **{f"{name}_{of}": whole() for of in ("earlier", "later") for name in ("people", *_LEFT)},
    },
    key=("dimension", "group"),
)


@dataclass(frozen=True)
class Round:
    """The cleaned answers of one round, with the study and the form that they belong to."""

    responses: pd.DataFrame
    states: pd.DataFrame
    questionnaire: Questionnaire
    study: Study


def measure_change(
    earlier: Round, later: Round, items: pd.DataFrame, *, draws: int = 99_999, seed: int
) -> pd.DataFrame:
    """Return the frame `changes`; see the module.

    Parameters
    ----------
    earlier, later : Round
        The two rounds. Groups, districts and localities are matched by their keys.
    items : DataFrame
        The frame `change_items`.
    draws, seed : int
        Number of random flips where there are too many places to enumerate, and their seed.

    Raises
    ------
    StudyError
        The rounds share no item, no group that is matched by locality, or no place.
    """
    groups = _shared_groups(earlier.study, later.study)
    if not items["used"].any():
        raise StudyError(
            "no item is the same in both rounds, so nothing can be compared",
            where="questionnaire",
            possible=["declare items under `bridges` in study.toml, with the reason"],
        )
    cells = _cells([earlier, later], items, groups)
    places = [set(zip(*(one.reset_index()[name] for name in _PLACE), strict=True)) for one in cells]
    both = sorted(places[0] & places[1])
    if not both:
        raise StudyError(
            "the two rounds have no place in common",
            where="study.toml, entry districts",
            found=", ".join(sorted({place for _, place in places[1]})[:5]),
            possible=sorted({place for _, place in places[0]})[:5],
        )
    dimensions = [
        name
        for name in dict.fromkeys([*items.loc[items["used"], "dimension"], INDEX])
        if all(name in _asked_of_all(one, groups) for one in cells)
    ]
    together = ["", *groups] if len(groups) > 1 else groups
    before, after = (_scores(one, both, dimensions, groups) for one in cells)
    parts = [
        _compared(family, columns, together, dimensions, before, after, draws=draws, seed=seed)
        for family, columns in ((FAMILY, together[:1]), (OF_GROUPS, together[1:]))
        if columns
    ]
    frame = pd.concat(parts, ignore_index=True)
    place = {key: at for at, key in enumerate(product(dimensions, together))}
    at = [place[key] for key in zip(frame["dimension"], frame["group"], strict=True)]
    paired = np.isfinite(after) & np.isfinite(before)
    numbers: dict[str, np.ndarray] = {
        "earlier": _means(before, paired)[at],
        "later": _means(after, paired)[at],
    }
    of_places = dict(zip(both, paired, strict=True))
    for of, one in zip(("earlier", "later"), cells, strict=True):
        counts = _people(one, of_places, dimensions, groups)
        numbers |= {f"{name}_{of}": values[at] for name, values in counts.items()}
    return CHANGES.of(frame.assign(**numbers, **_of_items(frame["dimension"], items)))


def _compared(
    family: str,
    columns: list[str],
    every: list[str],
    dimensions: list[str],
    before: np.ndarray,
    after: np.ndarray,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return the comparisons of a family, whose columns are some of `every` group."""
    own = np.tile([name in columns for name in every], len(dimensions))
    rows = contrasts(dimensions, [(name, name) for name in columns])
    matched = Matched(family, rows, after[:, own], before[:, own])
    found = compare_matched(matched, draws=draws, seed=seed)
    return found.rename(columns={"group_a": "group", "n_a": "places", "estimate": "change"})


def _of_items(dimensions: pd.Series, items: pd.DataFrame) -> dict[str, pd.Series]:
    """Return how many items each dimension is compared by, and whether these are all."""
    by_dimension = items.groupby("dimension")["used"]
    used, every = by_dimension.sum(), by_dimension.all()
    is_index = dimensions == INDEX
    return {
        "items": dimensions.map(used).mask(is_index, int(items["used"].sum())),
        "whole": dimensions.map(every).mask(is_index, bool(items["used"].all())).astype(bool),
    }


def _shared_groups(earlier: Study, later: Study) -> list[str]:
    shared = [key for key in later.matched_groups if key in earlier.matched_groups]
    if not shared or later.roles.locality is None or earlier.roles.locality is None:
        raise StudyError(
            "no group is matched by locality in both rounds, so no place can be compared with "
            "itself",
            where="study.toml, entry groups",
            found=", ".join(later.matched_groups) or None,
            possible=earlier.matched_groups,
        )
    return shared


def _cells(rounds: Sequence[Round], items: pd.DataFrame, groups: list[str]) -> list[pd.DataFrame]:
    """Return score, units and people per place × dimension × group, of the shared groups.

    The index of both rounds is the mean of the same dimensions: those that both asked everybody.
    """
    scored = [_scored(one, items) for one in rounds]
    asked_alike = set.intersection(*(set(compared_dimensions(one)) for one in scored))
    common = items.assign(used=items["used"] & items["dimension"].isin(asked_alike))
    cells = []
    for one, scores in zip(rounds, scored, strict=True):
        index = _scored(one, common)
        parts = [scores[scores["dimension"] != INDEX], index[index["dimension"] == INDEX]]
        units = score_units(pd.concat(parts, ignore_index=True))
        wanted = units["group"].isin(groups) & units["locality"].notna() & units["score"].notna()
        cells.append(
            units[wanted]
            .groupby(_CELL)
            .agg(score=("score", "mean"), units=("score", "size"), people=("respondents", "sum"))
        )
    return cells


def _scored(one: Round, items: pd.DataFrame) -> pd.DataFrame:
    """Return the frame `scores` by the used items."""
    form = with_shared_items(one.questionnaire, items)
    return score_responses(one.responses, one.states, form, one.study)


def _asked_of_all(cells: pd.DataFrame, groups: list[str]) -> set[str]:
    """Return the dimensions in which every group has a score somewhere."""
    present = cells.reset_index().groupby("dimension")["group"].nunique()
    return set(present.index[present == len(groups)])


def _wide(
    of_cells: pd.Series, places: list[Place], dimensions: list[str], groups: list[str]
) -> np.ndarray:
    """Return places × (dimension, group); NaN where a place lacks a cell."""
    wide = of_cells.unstack(["dimension", "group"])
    wide = wide.reindex(index=pd.MultiIndex.from_tuples(places, names=_PLACE))
    columns = pd.MultiIndex.from_product([dimensions, groups])
    values = wide.reindex(columns=columns).to_numpy(dtype=float)
    return values.reshape(len(places), len(dimensions), len(groups))


def _with_all(values: np.ndarray, together: np.ndarray) -> np.ndarray:
    """Put all groups together before the groups of each dimension, if there are several."""
    if values.shape[2] > 1:
        values = np.concatenate([together[:, :, np.newaxis], values], axis=2)
    return values.reshape(len(values), -1)


def _scores(
    cells: pd.DataFrame, places: list[Place], dimensions: list[str], groups: list[str]
) -> np.ndarray:
    """Return the scores: places × (dimension, group), before the groups the mean of all."""
    values = _wide(cells["score"], places, dimensions, groups)
    return _with_all(values, values.mean(axis=2))


def _means(values: np.ndarray, paired: np.ndarray) -> np.ndarray:
    """Return the mean of each column over the places that have both rounds, else NaN."""
    n = paired.sum(axis=0)
    total = np.where(paired, values, 0.0).sum(axis=0)
    return np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)


def _people(
    cells: pd.DataFrame,
    paired: dict[Place, np.ndarray],
    dimensions: list[str],
    groups: list[str],
) -> dict[str, np.ndarray]:
    """Return the people at the places of each row, and units and people at its other places.

    `paired` says of each place that both rounds visited which rows it counts in.
    """
    places = list(
        dict.fromkeys(zip(*(cells.index.get_level_values(k) for k in _PLACE), strict=True))
    )
    people, units = (
        np.nan_to_num(_wide(cells[name], places, dimensions, groups))
        for name in ("people", "units")
    )
    people, units = (_with_all(one, one.sum(axis=2)) for one in (people, units))
    nowhere = np.zeros(people.shape[1], dtype=bool)
    inside = np.array([paired.get(place, nowhere) for place in places])
    return {
        "people": (people * inside).sum(axis=0),
        "left_units": (units * ~inside).sum(axis=0),
        "left_people": (people * ~inside).sum(axis=0),
    }
