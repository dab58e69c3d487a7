"""Scores of respondents and units; means of groups, sides and districts.

Input, `responses`, with two items of the dimension `trust` (choices 1..5, `trust_2` reversed):

    respondent  unit  district  locality  group      weight  trust_1  trust_2
    777564f2    e1f0  quba      Guba 1    community     1.0  4        1
    56ee592c    e1f0  quba      Guba 1    community     1.0  5        dk

Output, `scores`, one row per respondent × dimension, and `units`, one row per unit × dimension:

    respondent  unit  …  weight  dimension  score  items_answered  items_asked
    777564f2    e1f0         1.0  trust       87.5               2            2
    56ee592c    e1f0         1.0  trust                          1            2

    unit  district  locality  group      dimension  score  respondents
    e1f0  quba      Guba 1    community  trust       87.5            1

For example, 4 on a scale of 1..5 is 75 and a reversed 1 is 100, so the mean is 87.5. The second
respondent could not judge one of two items. Fewer than two thirds are answered, so there is no
score, and the unit's score is that of one respondent. All scores are from 0 to 100; analysis plan,
section 1.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.clean import KEY_COLUMNS, KEYS, NOT_ASKED
from umid_research.errors import StudyError
from umid_research.frames import Schema, number, read_frame, text, whole
from umid_research.study import Study
from umid_research.study.conditions import referenced_questions
from umid_research.study.questionnaire import Question, Questionnaire

INDEX = "index"
# The share of the items asked that must be answered for a score.
MIN_ANSWERED_SHARE = Fraction(2, 3)
_UNIT_KEYS = ["unit", "district", "locality", "group"]
SCORES = Schema(
    "scores",
    {
        **KEY_COLUMNS,
        "dimension": text(),
        "score": number(0, 100, blank=True),
        **{name: whole() for name in ("items_answered", "items_asked")},
    },
    key=("respondent", "dimension"),
)
UNITS = Schema(
    "units",
    {
        **{name: KEY_COLUMNS[name] for name in _UNIT_KEYS},
        "dimension": text(),
        "score": number(0, 100, blank=True),
        "respondents": whole(),
    },
    key=("unit", "dimension"),
)


def score_responses(
    responses: pd.DataFrame,
    states: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    answered: Fraction = MIN_ANSWERED_SHARE,
) -> pd.DataFrame:
    """Return the frame `scores`: one row per respondent × dimension asked of them, and the index.

    Parameters
    ----------
    responses, states : DataFrame
        One row per respondent; `states` says of each answer whether it was asked and answered.
    answered : Fraction
        The share of the items asked that must be answered for a score.

    Raises
    ------
    StudyError
        If a dimension mixes items that the form asks of different groups.
    """
    _check_dimensions_ask_alike(responses, states, questionnaire, study)
    keys = responses[list(KEYS)]
    parts = []
    for dimension in questionnaire.dimensions:
        items = questionnaire.items(dimension)
        values = np.column_stack([item_scores(responses[item.name], item) for item in items])
        asked = np.column_stack([states[item.name] != NOT_ASKED for item in items])
        parts.append(_scored(keys, dimension, values, asked, answered))
    parts.append(_index(keys, parts, answered))
    scores = pd.concat(parts, ignore_index=True)
    return scores[scores["items_asked"] > 0].reset_index(drop=True)


def item_scores(answers: pd.Series, item: Question) -> np.ndarray:
    """Return the item's score (0 to 100) per respondent; NaN where there is none."""
    codes, texts = pd.factorize(answers)
    scores = [item.scores.get(text, np.nan) for text in texts]
    return np.array([*scores, np.nan])[codes]


def is_answered_enough(
    answered: np.ndarray, asked: np.ndarray | int, share: Fraction = MIN_ANSWERED_SHARE
) -> np.ndarray:
    """Return who answered at least `share` of what they were asked, and anything at all.

    Parameters
    ----------
    answered, asked
        Numbers of items (of an index: of dimensions) per person. Whole numbers are compared with
        a fraction, so that two of three is exactly two thirds.
    """
    return (answered > 0) & (share.denominator * answered >= share.numerator * asked)


def mean_of_answered(
    values: np.ndarray, asked: np.ndarray, share: Fraction = MIN_ANSWERED_SHARE
) -> np.ndarray:
    """Return each person's mean of the answered items; NaN where fewer than `share` are answered.

    Parameters
    ----------
    values : ndarray of float, with shape (people, items)
        Scores of items from 0 to 100, or of dimensions for an index; NaN where not answered.
    asked : ndarray of bool, with shape (people, items)
        Whether the item was asked of the person.
    share : Fraction
        The share of the items asked that must be answered.
    """
    given = np.isfinite(values)
    n_answered = given.sum(axis=1)
    enough = is_answered_enough(n_answered, asked.sum(axis=1), share)
    total = np.where(given, values, 0.0).sum(axis=1)
    return np.where(enough, total / np.maximum(n_answered, 1), np.nan)


def compared_dimensions(units: pd.DataFrame) -> list[str]:
    """Return the dimensions asked of every group that answered, in the order of `units`.

    Other dimensions are described but not compared: a comparison needs items asked of both groups.
    """
    groups = units.groupby("dimension", sort=False)["group"].nunique()
    return list(groups.index[groups == units["group"].nunique()])


def score_units(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the frame `units`: the weighted mean over a unit's respondents who have a score."""
    scored = scores.assign(
        weighted=scores["score"] * scores["weight"],
        weight=scores["weight"].where(scores["score"].notna()),
    )
    dimensions = list(scores["dimension"].unique())
    grouped = scored.groupby([*_UNIT_KEYS, "dimension"], dropna=False, sort=False, observed=True)
    sums = grouped.agg(
        weighted=("weighted", "sum"), weight=("weight", "sum"), respondents=("score", "count")
    ).reset_index()
    units = sums.assign(score=sums["weighted"] / sums["weight"].where(sums["respondents"] > 0))
    # Units keep the order of their first respondent: an order by pseudonym would be arbitrary.
    place = units["dimension"].map({name: place for place, name in enumerate(dimensions)})
    units = units.assign(place=place).sort_values("place", kind="stable")
    return units[list(UNITS.columns)].reset_index(drop=True)


def read_units(folder: Path) -> pd.DataFrame:
    """Return the frame `units` as it was written to `folder`."""
    return read_frame(folder, UNITS)


def group_means(units: pd.DataFrame) -> pd.DataFrame:
    """Return the unweighted means of units: dimension, group, score, units, respondents."""
    return _means(units, ["dimension", "group"])


def locality_means(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the mean of the matched groups per locality: dimension, district, locality, score.

    Where a group is missing in a locality, the other groups' scores there are adjusted: the group's
    overall mean is subtracted and the grand mean added. Otherwise a locality without the most
    critical group would look better than the rest.
    """
    matched = units[units["group"].isin(study.matched_groups) & units["score"].notna()]
    cells = matched.groupby(
        ["dimension", "district", "locality", "group"], sort=False, as_index=False
    )["score"].mean()
    by_group = cells.groupby(["dimension", "group"])["score"].transform("mean")
    # The grand mean is the mean of the groups' means, not of the cells: otherwise a group that is
    # absent in some localities would weigh less in it.
    group_level = cells.groupby(["dimension", "group"])["score"].mean()
    grand = cells["dimension"].map(group_level.groupby("dimension").mean())
    place = ["dimension", "district", "locality"]
    complete = cells.groupby(place)["score"].transform("size") == len(study.matched_groups)
    adjusted = cells["score"].where(complete, cells["score"] - by_group + grand)
    return cells.assign(score=adjusted).groupby(place, sort=False, as_index=False)["score"].mean()


def district_means(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the district scores: dimension, district, score, units, respondents.

    With matched groups this is the mean over the localities of `locality_means`, else the mean of
    units.
    """
    if not study.is_matched:
        return _means(units, ["dimension", "district"])
    places = locality_means(units, study)
    scores = places.groupby(["dimension", "district"], sort=False, as_index=False)["score"].mean()
    matched = units[units["group"].isin(study.matched_groups)]
    bases = _means(matched, ["dimension", "district"]).drop(columns="score")
    return scores.merge(bases, on=["dimension", "district"], how="left")


def side_means(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return supply and demand per district: dimension, district, side, score, units, respondents.

    Only matched groups count. A side is the mean over localities of the mean of its groups there.
    """
    side = {key: study.groups[key].side for key in study.matched_groups}
    sided = units.assign(side=units["group"].map(side)).dropna(subset=["side"])
    cells = (
        sided.dropna(subset=["score"])
        .groupby(["dimension", "district", "side", "locality"], sort=False, as_index=False)["score"]
        .mean()
    )
    keys = ["dimension", "district", "side"]
    scores = cells.groupby(keys, sort=False, as_index=False)["score"].mean()
    return scores.merge(_means(sided, keys).drop(columns="score"), on=keys, how="left")


def _means(units: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the unweighted means of units that have a score, with their numbers."""
    scored = units[units["score"].notna()]
    return scored.groupby(keys, sort=False, as_index=False).agg(
        score=("score", "mean"), units=("score", "size"), respondents=("respondents", "sum")
    )


def _scored(
    keys: pd.DataFrame, dimension: str, values: np.ndarray, asked: np.ndarray, share: Fraction
) -> pd.DataFrame:
    """Return one row per person who may have been asked the dimension."""
    return keys.assign(
        dimension=dimension,
        score=mean_of_answered(values, asked, share),
        items_answered=np.isfinite(values).sum(axis=1),
        items_asked=asked.sum(axis=1),
    )


def _index(keys: pd.DataFrame, parts: list[pd.DataFrame], share: Fraction) -> pd.DataFrame:
    """Return the mean of the dimensions asked of every group; here an item is a dimension."""
    groups = keys["group"].nunique()
    common = [
        part for part in parts if part.loc[part["items_asked"] > 0, "group"].nunique() == groups
    ]
    if not common:
        nobody = np.zeros((len(keys), 1), dtype=bool)
        return _scored(keys, INDEX, np.full(nobody.shape, np.nan), nobody, share)
    values = np.column_stack([part["score"] for part in common])
    asked = np.column_stack([part["items_asked"] > 0 for part in common])
    return _scored(keys, INDEX, values, asked, share)


def _check_dimensions_ask_alike(
    responses: pd.DataFrame, states: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> None:
    """Refuse a dimension whose items go to different groups: their scores are not comparable.

    An item counts as meant for certain groups if its condition refers to the group question.
    """
    groups, _ = pd.factorize(responses["group"])
    for dimension in questionnaire.dimensions:
        audiences = {
            item.name: frozenset(np.unique(groups[states[item.name] != NOT_ASKED]))
            for item in questionnaire.items(dimension)
        }
        by_group = [item for item in questionnaire.items(dimension) if _asks_by_group(item, study)]
        different = [item.name for item in by_group if len(set(audiences.values())) > 1]
        if different:
            raise StudyError(
                f"dimension {dimension!r} mixes items asked of different groups; give those of "
                "some groups a dimension of their own",
                where="questionnaire",
                found=", ".join(different),
            )


def _asks_by_group(item: Question, study: Study) -> bool:
    return any(study.roles.group in referenced_questions(condition) for condition in item.relevant)
