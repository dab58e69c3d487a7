"""What is published about a dimension, as linear limits on the answers of its people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.clean import Cleaned
from umid_research.protection.counts import TABLES, people_of
from umid_research.questionnaire import Questionnaire
from umid_research.score import INDEX, compared_dimensions, score_units
from umid_research.study import Study

SCORES = ("scores_by_group", "scores_by_district", "scores_by_side")
ROUNDING = 0.5


@dataclass(frozen=True)
class Linear:
    """A published number as weights on people's scores, and how far it may lie from the truth.

    Of a mean of the index `parts` dimensions share the rounding.
    """

    row: int
    weights: np.ndarray
    below: float
    above: float
    from_interval: bool = False
    parts: int = 1


@dataclass(frozen=True)
class Counted:
    """A count, shown or withheld: whom it is about, the item and the answer."""

    row: int
    people: np.ndarray
    item: int
    answer: int


def mean_weights(people: pd.DataFrame, study: Study) -> dict[tuple[str, ...], np.ndarray]:
    """Weights that turn people's scores into each mean: (table, key, ...) -> one weight a person.

    `people` are rows of `scores` of one dimension. The same arithmetic as in `score`, carried out
    on rows of weights instead of on numbers.
    """
    scored = people["score"].notna().to_numpy()
    share = np.where(scored, people["weight"], 0.0)
    keys = people[["unit", "district", "locality", "group"]]
    numbers = keys.groupby(list(keys), dropna=False, sort=False).ngroup().to_numpy()
    by_unit = np.zeros((numbers.max(initial=-1) + 1, len(people)))
    by_unit[numbers, np.arange(len(people))] = share
    totals = by_unit.sum(axis=1)
    units = keys.iloc[[int(np.flatnonzero(numbers == n)[0]) for n in range(len(by_unit))]]
    units = units.reset_index(drop=True)[totals > 0].reset_index(drop=True)
    by_unit = by_unit[totals > 0] / totals[totals > 0, np.newaxis]

    def means(rows: pd.DataFrame, by: list[str], vectors: np.ndarray) -> dict:
        grouped = rows.reset_index(drop=True).groupby(by, sort=False).indices
        # pandas names groups of one key by the key itself.
        tuples = ((key if isinstance(key, tuple) else (key,), at) for key, at in grouped.items())
        return {key: vectors[at].mean(axis=0) for key, at in tuples}

    found = {("scores_by_group", *k): v for k, v in means(units, ["group"], by_unit).items()}
    if not study.is_matched:
        districts = means(units, ["district"], by_unit)
        return found | {("scores_by_district", *key): v for key, v in districts.items()}
    matched = units["group"].isin(study.matched_groups).to_numpy()
    side = units["group"].map({key: study.groups[key].side for key in study.matched_groups})
    sided = units.assign(side=side)[side.notna()]
    for table, rows, vectors in (
        ("scores_by_district", units[matched], _cell_vectors),
        ("scores_by_side", sided, None),
    ):
        by = ["district", "locality"] if vectors else ["district", "side", "locality"]
        own = by_unit[rows.index]
        if vectors:
            rows, own = vectors(rows, own, study)
        places = means(rows, by, own)
        wider = pd.DataFrame(list(places), columns=by)
        stacked = np.array(list(places.values())).reshape(len(wider), len(people))
        for key, vector in means(wider, by[:-1], stacked).items():
            found[(table, *key)] = vector
    return found


def _cell_vectors(
    rows: pd.DataFrame, vectors: np.ndarray, study: Study
) -> tuple[pd.DataFrame, np.ndarray]:
    """Locality × group means, an absent group's level taken out; as `score.locality_means`."""
    grouped = rows.reset_index(drop=True).groupby(["district", "locality", "group"], sort=False)
    cells = pd.DataFrame(list(grouped.indices), columns=["district", "locality", "group"])
    if cells.empty:
        return cells, vectors
    own = np.array([vectors[index].mean(axis=0) for index in grouped.indices.values()])
    levels = {key: own[index].mean(axis=0) for key, index in cells.groupby("group").indices.items()}
    grand = np.mean(list(levels.values()), axis=0)
    size = cells.groupby(["district", "locality"])["group"].transform("size")
    for cell in np.flatnonzero(size != len(study.matched_groups)):
        own[cell] += grand - levels[cells["group"][cell]]
    return cells, own


class Answered:
    """The scored answers of the people whom a dimension was asked of.

    `given` holds, person × item, the place of the answer among the item's scored `codes`, or -1;
    `points` what these are worth; `score` is NaN where too few items were answered.
    """

    def __init__(
        self, dimension: str, cleaned: Cleaned, scores: pd.DataFrame, questionnaire: Questionnaire
    ) -> None:
        rows = scores[scores["dimension"] == dimension].set_index("respondent")
        respondents = cleaned.responses["respondent"]
        self.people = rows.reindex(respondents[respondents.isin(rows.index)]).reset_index()
        answers = cleaned.responses.set_index("respondent").loc[self.people["respondent"]]
        items = questionnaire.items(dimension)
        self.items = [item.name for item in items]
        self.codes = [list(item.scores) for item in items]
        self.points = [np.array(list(item.scores.values())) for item in items]
        self.given = np.column_stack(
            [
                answers[name].map({code: n for n, code in enumerate(codes)}).fillna(-1).astype(int)
                for name, codes in zip(self.items, self.codes, strict=True)
            ]
        )
        self.number = np.maximum((self.given >= 0).sum(axis=1), 1)
        self.score = self.people["score"].to_numpy(dtype=float)
        self.targets = np.isfinite(self.score)


def _row_keys(row: Any) -> tuple[str, ...]:
    """A score's row as `mean_weights` names it."""
    named = {
        "scores_by_group": (row.group,),
        "scores_by_district": (row.district,),
        "scores_by_side": (row.district, row.side),
    }
    return (row.table, *named[row.table])


def known_means(answered: Answered, shown: pd.DataFrame, study: Study) -> list[Linear]:
    """The published means, and the bounds on single units that an interval implies.

    Of n units with standard deviation s none lies farther from the mean than s·(n - 1)/√n
    (Samuelson 1968); s follows from the interval's length, a point and a half wider than
    published at most.
    """
    weights = mean_weights(answered.people, study)
    scores = np.nan_to_num(answered.score)
    known = []
    for row in shown[shown["table"].isin(SCORES)].itertuples():
        vector = weights[_row_keys(row)]
        exact = float(vector @ scores)
        known.append(
            Linear(
                row.Index,
                vector,
                max(exact - row.value + ROUNDING, 0),
                max(row.value + ROUNDING - exact, 0),
            )
        )
        if row.table == "scores_by_group" and np.isfinite(row.low) and np.isfinite(row.high):
            known += _bounds_of_units(answered, row, exact)
    return known


def _bounds_of_units(answered: Answered, row: Any, mean: float) -> list[Linear]:
    n = int(row.units)
    half = max(mean - row.low, row.high - mean)
    if row.low <= 0 or row.high >= 100:
        half = max(half, 100.0)  # a limit cut off at the scale's end tells no length
    farthest = half / stats.t.ppf(0.975, n - 1) * (n - 1)
    if mean - farthest <= 0 and mean + farthest >= 100:
        return []
    known = []
    group = answered.people["group"].to_numpy() == row.group
    for unit in dict.fromkeys(answered.people["unit"][group & answered.targets]):
        own = (answered.people["unit"].to_numpy() == unit) & group & answered.targets
        vector = np.where(own, answered.people["weight"], 0.0)
        vector = vector / vector.sum()
        now = float(vector @ np.nan_to_num(answered.score)) - mean
        known.append(Linear(row.Index, vector, farthest + now, farthest - now, True))
    return known


def known_of_the_index(
    answered: Answered, dimension: str, shown: pd.DataFrame, scores: pd.DataFrame, study: Study
) -> list[Linear]:
    """What a mean of the index tells of this dimension when the others' part is known.

    The attacker is granted each dimension's part in it, all with an equal share of the rounding;
    so dimensions need not be looked at together.
    """
    common = compared_dimensions(score_units(scores[scores["dimension"] != INDEX]))
    if dimension not in common:
        return []
    index = scores[scores["dimension"] == INDEX]
    weights = mean_weights(index, study)
    value = np.nan_to_num(index["score"].to_numpy(dtype=float))
    place = pd.Series(np.arange(len(index)), index["respondent"]).reindex(
        answered.people["respondent"]
    )
    part = 1 / index["items_answered"].clip(lower=1).to_numpy()[place]
    part = np.where(answered.targets, part, 0.0)
    known = []
    rows = shown[(shown["dimension"] == INDEX) & shown["table"].isin(SCORES)]
    for row in rows.itertuples():
        vector = weights[_row_keys(row)]
        exact = float(vector @ value)
        below, above = exact - row.value + ROUNDING, row.value + ROUNDING - exact
        known.append(
            Linear(
                row.Index,
                vector[place] * part,
                max(below, 0) / len(common),
                max(above, 0) / len(common),
                parts=len(common),
            )
        )
    return known


def known_counts(answered: Answered, published: pd.DataFrame) -> Iterator[Counted]:
    """The counts of scored answers among rows of `published`."""
    names = {name: place for place, name in enumerate(answered.items)}
    rows = published[published["table"].isin(TABLES) & published["question"].isin(names)]
    for row in rows.itertuples():
        item = names[row.question]
        if row.answer not in answered.codes[item]:
            continue
        own = people_of(row, answered.people)
        answer = answered.codes[item].index(row.answer)
        yield Counted(row.Index, own, item, answer)
