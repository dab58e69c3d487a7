"""published -> published with more withheld, so that no sum or difference gives a person away.

    table             question  answer  group      value     table             …  value
    answers           aware     yes                   20     answers                 20
    answers_by_group  aware     yes     community     11  ->  answers_by_group        11
    answers_by_group  aware     yes     cdc            9     answers_by_group
    answers_by_group  aware     yes     ngo                  answers_by_group

read aloud: 20 people know the plan and all of them are communities or councils, so that nobody of
the withheld NGOs does; with the councils withheld too, the NGOs' number can be more than one.

This is rule 5 of the analysis plan, section 3. It is worked out against an attacker who has every
published number of every report, and is granted more than is published:

- who belongs to which group, district, locality and unit, with what weight, and who answered which
  question, though not what;
- each count exactly, each mean within half a point, each difference as that of two means;
- of the index, the part that each dimension has in it;
- of the interval of a mean, the tightest bounds it sets to a single unit's score.

Claimed: whatever linear arithmetic the attacker does, the mean score of one or of two people in a
dimension stays open over at least `thresholds.protection` points of 0 to 100, and so does that of
the index where both answered the same number of dimensions; and a withheld count can be at least
two whole numbers, whatever the other counts tell and, of answers with a score, the means. Where
that does not hold, more is withheld: first an interval, then the cell with the fewest people, in
the study's order, until it does.

Not claimed: anything against somebody who also knows other people's answers, or who reasons from
what this very procedure chose to withhold; who uses how likely an answer is; who uses the spread of
two units at a time, or what tells how far people or differences lie apart but of nobody where they
lie: limits and p-values of differences, reliability, robustness, bands. An answer that nobody at
all gave is shown as 0 over everybody, and is no number of its own where a group or district is
withheld.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.clean import Cleaned, question_columns
from umid_research.protection.counts import TABLES, closed_counts
from umid_research.protection.follow import (
    follow_conditions,
    follow_means,
    follow_totals,
    withhold,
    without_answers_nobody_gave,
)
from umid_research.protection.known import SCORES
from umid_research.protection.scores import Attack
from umid_research.protection.told import told_counts
from umid_research.questionnaire import Questionnaire
from umid_research.score import INDEX, score_responses
from umid_research.study import Study

__all__ = ["protect"]


@dataclass(frozen=True)
class _Cell:
    """Rows that are withheld together, and how many people they are about."""

    rows: tuple[int, ...]
    respondents: float
    interval_only: bool = False


def protect(
    published: pd.DataFrame, cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """The frame `published` with what rule 5 asks withheld; see the module's docstring."""
    published = published.copy()
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    dimensions = [name for name in dict.fromkeys(scores["dimension"]) if name != INDEX]
    for dimension in dimensions:
        attack = Attack(dimension, published, cleaned, scores, questionnaire, study)
        _protect_scores(published, attack, dimension, questionnaire, study)
    follow_conditions(published, questionnaire)
    names = {name for name in question_columns(cleaned.responses) if questionnaire[name].choices}
    while names:
        for name in (name for name in questionnaire.names if name in names):
            _protect_counts(published, cleaned, questionnaire, name)
        names = follow_conditions(published, questionnaire)
    published = without_answers_nobody_gave(published)
    for dimension in dimensions:
        attack = Attack(dimension, published, cleaned, scores, questionnaire, study)
        _protect_counts_from_means(published, attack, dimension, questionnaire, study)
    follow_means(published, study)
    follow_totals(published, questionnaire)
    return published.reset_index(drop=True)


# --- scores -------------------------------------------------------------------------------------


def _protect_scores(
    published: pd.DataFrame,
    attack: Attack,
    dimension: str,
    questionnaire: Questionnaire,
    study: Study,
) -> None:
    while failing := attack.failing(study.thresholds.protection):
        people = sorted({person for pair in failing for person in pair})
        about = attack.people.iloc[people]
        bounded = attack.rows_with_bounds()
        cells = list(_cells_about(published, about, dimension, bounded, questionnaire, study))
        if not cells:
            return
        # `min` keeps the first of equals: an interval before its mean, then the study's order.
        cell = min(cells, key=lambda cell: (not cell.interval_only, cell.respondents))
        rows = list(cell.rows)
        attack.withhold(set(rows), interval_only=cell.interval_only)
        if cell.interval_only:
            published.loc[rows, ["low", "high"]] = np.nan
        else:
            withhold(published, rows)


def _cells_about(
    published: pd.DataFrame,
    about: pd.DataFrame,
    dimension: str,
    bounded: set[int],
    questionnaire: Questionnaire,
    study: Study,
) -> Iterator[_Cell]:
    """What is shown about the groups, sides and districts of certain people, and over everybody.

    A mean can go alone, or with the answers it is the mean of. Rows in `bounded` have an interval
    that sets bounds to single units, which can go before.
    """
    shown = published[published["shown"]]
    items = [item.name for item in questionnaire.items(dimension)]
    groups, districts = set(about["group"]), set(about["district"])
    sides = {study.groups[group].side for group in groups}
    own = (
        shown["group"].isin(groups)
        | (shown["district"].isin(districts) & shown["side"].isna())
        | (shown["district"].isin(districts) & shown["side"].isin(sides))
        | (shown["table"] == "answers")
    )
    of_dimension = shown["table"].isin(SCORES) & (shown["dimension"] == dimension)
    of_items = shown["table"].isin(TABLES) & shown["question"].isin(items)
    of_index = shown["table"].isin(SCORES) & (shown["dimension"] == INDEX)
    for wanted in (of_dimension | of_items, of_index):
        found = shown[own & wanted]
        keys = found[["group", "district", "side"]].astype(object).fillna("")
        for _, rows in found.groupby([keys[key] for key in keys], sort=False):
            limits = tuple(row for row in rows.index if row in bounded)
            if limits:
                yield _Cell(limits, 0, interval_only=True)
            means = rows[rows["table"].isin(SCORES)]
            if len(means):
                yield _Cell(tuple(means.index), float(means["respondents"].max()))
            if len(means) < len(rows):
                yield _Cell(tuple(rows.index), float(rows["respondents"].max()))


# --- counts -------------------------------------------------------------------------------------


def _protect_counts(
    published: pd.DataFrame, cleaned: Cleaned, questionnaire: Questionnaire, name: str
) -> None:
    question = questionnaire[name]
    while True:
        rows = published[(published["question"] == name) & published["table"].isin(TABLES)]
        shown = rows[rows["shown"]]
        totals = shown[(shown["table"] == "answers") & (shown["value"] == 0)]
        known = rows["answer"].isin(totals["answer"]) & ~rows["shown"]
        rows = rows[~known]
        closed = closed_counts(rows, cleaned, question)
        if not closed:
            return
        if question.kind == "select_multiple":
            shown = shown[shown["answer"].isin(rows.loc[closed, "answer"])]
        if shown.empty:
            return
        withhold(published, _company(rows.loc[closed], shown, question.kind))


def _company(closed: pd.DataFrame, shown: pd.DataFrame, kind: str) -> list[int]:
    """The cell that opens most of the closed counts, then the one with the fewest people.

    A count is opened by a cell of its own table in which some, but not all, gave the answer.
    """
    keys = shown[["table", "group", "district"]].astype(object).fillna("")
    if kind == "select_multiple":
        keys = keys.assign(answer=shown["answer"])
    best: tuple[tuple, list[int]] | None = None
    for _, rows in shown.groupby([keys[key] for key in keys], sort=False):
        same = closed[closed["table"].isin(rows["table"])]
        given = rows[(rows["value"] > 0) & (rows["value"] < rows["respondents"])]
        opened = int(same["answer"].isin(given["answer"]).sum())
        rank = (-opened, rows["respondents"].max())
        if best is None or rank < best[0]:
            best = (rank, list(rows.index))
    return best[1] if best else []


def _protect_counts_from_means(
    published: pd.DataFrame,
    attack: Attack,
    dimension: str,
    questionnaire: Questionnaire,
    study: Study,
) -> None:
    """Withholds means, those of the counts' own cells first, until they tell no count."""
    while told := told_counts(attack):
        people = np.any([known.people for known in told], axis=0)
        rows = published.loc[[known.row for known in told]]
        own = set(rows["group"].dropna()) | set(rows["district"].dropna())
        cells = [
            cell
            for cell in _cells_about(
                published, attack.people[people], dimension, set(), questionnaire, study
            )
            if set(published.loc[list(cell.rows), "table"]) <= set(SCORES)
        ]
        if not cells:
            return
        # `min` keeps the first of equals, which come in the study's order.
        cell = min(cells, key=lambda cell: (not _names(published, cell) & own, cell.respondents))
        attack.withhold(set(cell.rows))
        withhold(published, list(cell.rows))


def _names(published: pd.DataFrame, cell: _Cell) -> set[str]:
    """The group or district that a cell is about."""
    rows = published.loc[list(cell.rows), ["group", "district"]]
    return {name for name in rows.to_numpy().ravel() if isinstance(name, str)}
