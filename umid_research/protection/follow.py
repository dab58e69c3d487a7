"""What is withheld since something else is: rows of `published` that would tell of each other."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from umid_research.conditions import referenced_questions
from umid_research.disclosure import NUMBERS
from umid_research.disclosure.frame import withhold_verdicts
from umid_research.disclosure.views import (
    gap_values,
    groups_with_whole,
    may_be_shown,
    open_answers,
)
from umid_research.protection.counts import TABLES
from umid_research.protection.linked_scores import DIFFERENCES, MEANS, SCORES, VIEWS
from umid_research.questionnaire import Question, Questionnaire
from umid_research.score import INDEX
from umid_research.study import Study

_OF_TWO = (*DIFFERENCES, "robustness", "district_bands")
_WITH_BASES = (*MEANS, "reliability", "not_knowing")
# What is worked out of how far units lie apart.
SPREAD = ("low", "high", "p_adjusted", "mdd", "skewed", "opposed")
_OF_ANSWERS = ("perceived", "cannot_judge")


def withhold(published: pd.DataFrame, rows: list[int]) -> None:
    """Blank the numbers of the given rows in place, and what may be said of them."""
    hidden = published.index.isin(rows)
    withhold_verdicts(published, hidden & (published["reason"] == ""))
    published.loc[hidden, "shown"] = False
    published.loc[hidden, list(NUMBERS)] = np.nan


def withhold_spread(published: pd.DataFrame, hidden: pd.Series) -> None:
    """Blank in place the intervals of the hidden rows and all that follows from the spread."""
    published.loc[hidden, list(SPREAD)] = np.nan
    withhold_verdicts(published, hidden & (published["reason"] == ""))


def without_answers_nobody_gave(published: pd.DataFrame) -> pd.DataFrame:
    """Drops withheld rows of answers whose published total is 0: there is nothing left to tell."""
    totals = published[(published["table"] == "answers") & published["shown"]]
    nobody = totals[totals["value"] == 0]
    gone = pd.MultiIndex.from_frame(nobody[["question", "answer"]])
    keys = pd.MultiIndex.from_frame(published[["question", "answer"]])
    known = keys.isin(gone) & published["table"].isin(TABLES) & ~published["shown"]
    return published[~known].copy()


def follow_conditions(published: pd.DataFrame, questionnaire: Questionnaire) -> set[str]:
    """Questions of which more is withheld now, since they depend on one that is withheld.

    A question asked after a certain answer tells that answer's count by how many it was asked, so
    it is withheld in every cell where one of the questions it depends on is.
    """
    answers = published[published["table"].isin(TABLES)]
    keys = answers[["table", "group", "district"]].astype(object).fillna("")
    cells = pd.MultiIndex.from_frame(keys)
    followed = set()
    for question in questionnaire:
        before = set().union(*(referenced_questions(condition) for condition in question.relevant))
        hidden = answers["question"].isin(before) & ~published.loc[answers.index, "shown"]
        own = (answers["question"] == question.name) & cells.isin(cells[hidden.to_numpy()])
        own &= published.loc[answers.index, "shown"]
        if own.any():
            followed.add(question.name)
            withhold(published, list(answers.index[own]))
    return followed


def follow_bases(published: pd.DataFrame, questionnaire: Questionnaire, study: Study) -> None:
    """Means of questions asked after an answer, and alphas, are withheld where its count is.

    How many people they are of tells that count, as the questions' own counts would.
    """
    items = {name: questionnaire.items(name) for name in questionnaire.dimensions}
    after = {name: _conditions(own, study) for name, own in items.items()}
    asked = {key: [questionnaire[name] for name in area.items] for key, area in study.areas.items()}
    after_areas = {key: _conditions(own, study) for key, own in asked.items()}
    hidden = published[published["table"].isin(TABLES) & ~published["shown"]]
    gone: list[int] = []
    for row in published[published["shown"] & published["table"].isin(_WITH_BASES)].itertuples():
        before = (after_areas if row.table in VIEWS else after).get(row.dimension, set())
        of_row = hidden[hidden["question"].isin(before)]
        if before and _is_told(row, of_row, study):
            gone.append(row.Index)
    withhold(published, gone)


def _conditions(items: Iterable[Question], study: Study) -> set[str]:
    """Questions whose answers decide whether some items are asked, but for roles."""
    conditions = (condition for item in items for condition in item.relevant)
    return set().union(*map(referenced_questions, conditions)) - set(study.roles.named().values())


def _is_told(row: Any, hidden: pd.DataFrame, study: Study) -> bool:
    """Whether one of the withheld counts is of those people, or of a part of them."""
    sides = hidden["group"].map({key: group.side for key, group in study.groups.items()})
    return bool(
        (hidden["group"] == row.group).any()
        or (hidden["district"] == row.district).any()
        or (sides == row.side).any()
        or (row.table in ("reliability", "not_knowing") and (hidden["table"] == "answers").any())
    )


def follow_means(published: pd.DataFrame, study: Study) -> None:
    """A difference of a withheld mean is withheld, and so is all that is said about it.

    Without the intervals of both means, a difference of groups known by district has none either:
    its limits, p and detectable difference are made of the same two spreads.
    """
    means = published[published["table"].isin(SCORES) & published["side"].isna()]
    hidden = set()
    for row in means[~means["shown"]].itertuples():
        if row.table == "scores_by_district":
            hidden.add((row.dimension, "district", row.district))
            continue
        hidden.add((row.dimension, "group", row.group))
        if row.group in study.matched_groups:
            # A side is the mean of its matched groups.
            hidden.add((row.dimension, "side", study.groups[row.group].side))
    of_two = published[published["table"].isin(_OF_TWO)]
    gone = [
        row.Index
        for row in of_two.itertuples()
        if any((row.dimension, kind, name) in hidden for kind, name in _compared(row))
    ]
    withhold(published, gone)
    groups = means[(means["table"] == "scores_by_group") & means["low"].notna()]
    spread = pd.MultiIndex.from_frame(groups[["dimension", "group"]])
    unmatched = published["family"] == "B"
    for key in ("group", "versus"):
        told = pd.MultiIndex.from_frame(published[["dimension", key]]).isin(spread)
        withhold_spread(published, unmatched & ~told)


def _compared(row: Any) -> list[tuple[str, str]]:
    """What a difference is between: kind and key of both."""
    for kind in ("side", "district", "group"):
        first = getattr(row, kind)
        if isinstance(first, str):
            # Family C's districts may stand where groups do.
            kinds = {"C": "district", "D": "side"}
            kind = kinds.get(getattr(row, "family", ""), kind)
            return [(kind, first), (kind, row.versus)]
    return []


def follow_answers(
    published: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """`published` with what is said of an area withheld where its answers are, or their mean is.

    A disagreement with what people see is left out where that is withheld.
    """
    is_open = open_answers(published, study)
    groups = groups_with_whole(published, is_open, questionnaire, study)
    area = published.rename(columns={"dimension": "area"})
    views = published["table"] == "views_by_area"
    whole = views & (published["dimension"] == INDEX)
    views &= ~whole & ~may_be_shown(area, is_open, "group")
    views |= whole & ~published["group"].isin(groups)
    said = ~may_be_shown(area, is_open, "district")
    status = said & (published["table"] == "status") & published["statistic"].isin(_OF_ANSWERS)
    withhold(published, list(published.index[views | status]))
    published.loc[status, "answer"] = np.nan
    gaps = published[published["table"] == "gap_by_area"]
    value = gap_values(published, gaps["dimension"], study)
    withhold(published, list(gaps.index[np.isnan(value)]))
    perceived = published["statistic"].str.startswith("perceived_", na=False)
    return published[~(said & perceived & (published["table"] == "disagreements"))].copy()


def follow_themes(published: pd.DataFrame) -> pd.DataFrame:
    """`published` without quotes on a theme whose count in their group or district is withheld.

    A quote tells that somebody there spoke of it.
    """
    place = ["group", "district", "dimension"]
    themes = published[published["table"].str.startswith("themes_") & published["shown"]]
    source = themes["table"].str.removeprefix("themes_")
    shown = pd.MultiIndex.from_frame(themes[place].astype(object).fillna("").assign(source=source))
    keys = published[place].astype(object).fillna("").assign(source=published["statistic"])
    beside = pd.MultiIndex.from_frame(keys).isin(shown)
    return published[beside | (published["table"] != "quotes")].copy()


def follow_totals(published: pd.DataFrame, questionnaire: Questionnaire, study: Study) -> None:
    """What is counted over everybody goes with a total that it would tell, or set bounds to.

    Who did not know or refused, summed over a dimension; the cells of a question that cleaning
    changed, such as those that its condition rules out; and weighted percentages, which are more
    than the counts, of questions of which any count is withheld.
    """
    hidden = published[published["table"].isin(TABLES) & ~published["shown"]]
    totals = set(hidden.loc[hidden["table"] == "answers", "question"])
    dimensions = {questionnaire[name].dimension for name in totals}
    after = {one.name for one in questionnaire if totals & _conditions([one], study)}
    sums = (published["table"] == "not_knowing") & published["dimension"].isin(dimensions)
    changes = (published["table"] == "issues") & published["question"].isin(totals | after)
    withhold(published, list(published.index[sums | changes]))
    if study.roles.weight is not None:
        shares = (published["table"] == "answers") & published["question"].isin(hidden["question"])
        published.loc[shares, ["percent", "low", "high"]] = np.nan
