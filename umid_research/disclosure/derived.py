"""Withhold rows of `published` that would restate a number that is withheld elsewhere.

Examples are a difference of a withheld mean, a question asked only after a withheld answer, and a
quote on a theme whose count is withheld.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.disclosure.audit.counts import TABLES
from umid_research.disclosure.audit.linked_scores import DIFFERENCES, MEANS, SCORES, VIEWS
from umid_research.disclosure.frame import NUMBERS, withhold_verdicts
from umid_research.disclosure.rules.views import (
    gap_values,
    groups_with_whole,
    may_be_shown,
    open_answers,
)
from umid_research.study import Study
from umid_research.study.conditions import referenced_questions
from umid_research.study.questionnaire import Question, Questionnaire

_COMPARISON_TABLES = (*DIFFERENCES, "robustness", "district_bands")
_TABLES_WITH_BASES = (*MEANS, "reliability", "not_knowing")
# Columns computed from how far units lie apart.
SPREAD = ("low", "high", "p_adjusted", "mdd", "skewed", "opposed")
_STATUS_FROM_ANSWERS = ("perceived", "cannot_judge")


def withhold(published: pd.DataFrame, rows: list[int]) -> None:
    """Blank the numbers of the given rows, in place, and mark the rows as not shown."""
    hidden = published.index.isin(rows)
    withhold_verdicts(published, hidden & (published["reason"] == ""))
    published.loc[hidden, "shown"] = False
    published.loc[hidden, list(NUMBERS)] = np.nan


def withhold_spread(published: pd.DataFrame, hidden: pd.Series) -> None:
    """Blank the intervals of the hidden rows, in place, and all that is derived from the spread."""
    published.loc[hidden, list(SPREAD)] = np.nan
    withhold_verdicts(published, hidden & (published["reason"] == ""))


def without_answers_nobody_gave(published: pd.DataFrame) -> pd.DataFrame:
    """Return `published` without withheld rows of answers whose total is shown as 0."""
    totals = published[(published["table"] == "answers") & published["shown"]]
    nobody = totals[totals["value"] == 0]
    gone = pd.MultiIndex.from_frame(nobody[["question", "answer"]])
    keys = pd.MultiIndex.from_frame(published[["question", "answer"]])
    known = keys.isin(gone) & published["table"].isin(TABLES) & ~published["shown"]
    return published[~known].copy()


def follow_conditions(published: pd.DataFrame, questionnaire: Questionnaire) -> set[str]:
    """Withhold, in place, questions that depend on a withheld one; return their names.

    A question asked only after a certain answer reveals that answer's count by the number of people
    who were asked. So it is withheld in every cell where a question that it depends on is withheld.
    The counts of a choice in all places of a ranking add up to a known number, so the places are
    withheld together.
    """
    answers = published[published["table"].isin(TABLES)]
    keys = answers[["table", "group", "district"]].astype(object).fillna("")
    cells = pd.MultiIndex.from_frame(keys)
    followed = set()
    for question in questionnaire:
        before = _decided_by([question])
        for rank, places in questionnaire.places.items():
            before |= set(places) if rank in before or question.name in places else set()
        hidden = answers["question"].isin(before) & ~published.loc[answers.index, "shown"]
        own = (answers["question"] == question.name) & cells.isin(cells[hidden.to_numpy()])
        own &= published.loc[answers.index, "shown"]
        if own.any():
            followed.add(question.name)
            withhold(published, list(answers.index[own]))
    return followed


def follow_numbers(published: pd.DataFrame, questionnaire: Questionnaire) -> None:
    """Withhold, in place, numbers asked only after an answer that is withheld.

    How many gave a number reveals how many gave that answer. Where any group's count of it is
    withheld, all groups' numbers are: the total less the others would reveal it.
    """
    hidden = published[published["table"].isin(TABLES) & ~published["shown"]]
    numbers = published[(published["table"] == "numbers") & published["shown"]]
    for name in numbers["question"].unique():
        before = hidden[hidden["question"].isin(_decided_by([questionnaire[name]]))]
        table = numbers["group"].map(lambda key: TABLES[0] if pd.isna(key) else TABLES[1])
        own = (numbers["question"] == name) & table.isin(before["table"])
        withhold(published, list(numbers.index[own]))


def follow_members(published: pd.DataFrame, questionnaire: Questionnaire) -> None:
    """Withhold, in place, what members were asked only after an answer that is withheld.

    The number of submissions with such members reveals how many gave that answer, whether it is one
    of the submission or of another question to the members.
    """
    table = published["table"]
    for repeat in questionnaire.repeats:
        for question in repeat.members:
            before = _decided_by([question])
            hidden = table.isin([TABLES[0], "members"]) & published["question"].isin(before)
            own = (table == "members") & (published["question"] == question.name)
            if (hidden & ~published["shown"]).any():
                withhold(published, list(published.index[own & published["shown"]]))


def follow_bases(published: pd.DataFrame, questionnaire: Questionnaire, study: Study) -> None:
    """Withhold, in place, means and alphas of questions asked after a withheld answer.

    The number of people behind them reveals its count, as the questions' own counts would.
    """
    items = {name: questionnaire.items(name) for name in questionnaire.dimensions}
    after = {name: _conditions(own, study) for name, own in items.items()}
    asked = {key: [questionnaire[name] for name in area.items] for key, area in study.areas.items()}
    after_areas = {key: _conditions(own, study) for key, own in asked.items()}
    hidden = published[published["table"].isin(TABLES) & ~published["shown"]]
    gone: list[int] = []
    for row in published[
        published["shown"] & published["table"].isin(_TABLES_WITH_BASES)
    ].itertuples():
        before = (after_areas if row.table in VIEWS else after).get(row.dimension, set())
        of_row = hidden[hidden["question"].isin(before)]
        if before and _reveals_count(row, of_row, study):
            gone.append(row.Index)
    withhold(published, gone)


def _conditions(items: Iterable[Question], study: Study) -> set[str]:
    """Return the questions whose answers decide whether some items are asked, except roles."""
    return _decided_by(items) - set(study.roles.named().values())


def _decided_by(items: Iterable[Question]) -> set[str]:
    """Return the questions whose answers decide whether some items are asked."""
    conditions = (condition for item in items for condition in item.relevant)
    return set().union(*map(referenced_questions, conditions))


def _reveals_count(row: Any, hidden: pd.DataFrame, study: Study) -> bool:
    """Return whether a withheld count is of the people in the row, or of some of them."""
    sides = hidden["group"].map({key: group.side for key, group in study.groups.items()})
    return bool(
        (hidden["group"] == row.group).any()
        or (hidden["district"] == row.district).any()
        or (sides == row.side).any()
        or (row.table in ("reliability", "not_knowing") and (hidden["table"] == "answers").any())
    )


def follow_means(published: pd.DataFrame, study: Study) -> None:
    """Withhold, in place, differences of withheld means, and the results derived from them.

    A difference between groups that are not matched by locality also loses its limits, p-value and
    detectable difference where either mean has no interval: they are computed from the same two
    spreads.
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
    comparisons = published[published["table"].isin(_COMPARISON_TABLES)]
    gone = [
        row.Index
        for row in comparisons.itertuples()
        if any((row.dimension, kind, name) in hidden for kind, name in _compared(row))
    ]
    withhold(published, gone)
    groups = means[(means["table"] == "scores_by_group") & means["low"].notna()]
    spread = pd.MultiIndex.from_frame(groups[["dimension", "group"]])
    unmatched = published["family"] == "B"
    for key in ("group", "versus"):
        has_interval = pd.MultiIndex.from_frame(published[["dimension", key]]).isin(spread)
        withhold_spread(published, unmatched & ~has_interval)


def _compared(row: Any) -> list[tuple[str, str]]:
    """Return the kind and the key of both things that a row compares."""
    for kind in ("side", "district", "group"):
        first = getattr(row, kind)
        if isinstance(first, str):
            # In `robustness`, the districts of family C stand in the column `group`.
            kinds = {"C": "district", "D": "side"}
            kind = kinds.get(getattr(row, "family", ""), kind)
            return [(kind, first), (kind, row.versus)]
    return []


def follow_answers(
    published: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """Return `published` with results on an area withheld where its answers or its mean are.

    Rows on disagreements with residents' perception are dropped where that perception is withheld.
    """
    is_open = open_answers(published, study)
    groups = groups_with_whole(published, is_open, questionnaire, study)
    area = published.rename(columns={"dimension": "area"})
    views = published["table"] == "views_by_area"
    whole = views & (published["dimension"] == INDEX)
    views &= ~whole & ~may_be_shown(area, is_open, "group")
    views |= whole & ~published["group"].isin(groups)
    is_hidden = ~may_be_shown(area, is_open, "district")
    status = (
        is_hidden
        & (published["table"] == "status")
        & published["statistic"].isin(_STATUS_FROM_ANSWERS)
    )
    withhold(published, list(published.index[views | status]))
    published.loc[status, "answer"] = np.nan
    gaps = published[published["table"] == "gap_by_area"]
    value = gap_values(published, gaps["dimension"], study)
    withhold(published, list(gaps.index[np.isnan(value)]))
    perceived = published["statistic"].str.startswith("perceived_", na=False)
    return published[~(is_hidden & perceived & (published["table"] == "disagreements"))].copy()


def follow_themes(published: pd.DataFrame) -> pd.DataFrame:
    """Return `published` without quotes whose theme has a withheld count in that group or district.

    A quote shows that somebody there raised the theme.
    """
    place = ["group", "district", "dimension"]
    themes = published[published["table"].str.startswith("themes_") & published["shown"]]
    source = themes["table"].str.removeprefix("themes_")
    shown = pd.MultiIndex.from_frame(themes[place].astype(object).fillna("").assign(source=source))
    keys = published[place].astype(object).fillna("").assign(source=published["statistic"])
    has_shown_count = pd.MultiIndex.from_frame(keys).isin(shown)
    return published[has_shown_count | (published["table"] != "quotes")].copy()


def follow_totals(published: pd.DataFrame, questionnaire: Questionnaire, study: Study) -> None:
    """Withhold, in place, numbers over all respondents that would bound or reveal a withheld total.

    These are don't-knows and refusals summed over a dimension, and the cells of a question that
    cleaning changed, such as answers that its condition rules out. If the study has weights,
    percentages of questions with any withheld count go too: they depend on whose weights were
    counted.
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
