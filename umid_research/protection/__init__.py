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
two whole numbers. Where that does not hold, more is withheld: first an interval, then the cell with
the fewest people, in the study's order, until it does.

Not claimed: anything against somebody who also knows other people's answers, or who reasons from
what this very procedure chose to withhold; who uses how likely an answer is; who uses the spread of
two units at a time, or what tells how far people or differences lie apart but of nobody where they
lie: limits and p-values of differences, reliability, robustness, bands. An answer that nobody at
all gave is shown as 0 over everybody, and is no number of its own where a group or district is
withheld.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umid_research.clean import Cleaned, question_columns
from umid_research.disclosure import NUMBERS
from umid_research.protection.counts import TABLES, closed_counts
from umid_research.protection.known import SCORES
from umid_research.protection.scores import Attack
from umid_research.questionnaire import Questionnaire
from umid_research.relevant import references
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
    for dimension in (name for name in dict.fromkeys(scores["dimension"]) if name != INDEX):
        attack = Attack(dimension, published, cleaned, scores, questionnaire, study)
        _protect_scores(published, attack, dimension, questionnaire, study)
    _follow_conditions(published, questionnaire)
    names = {name for name in question_columns(cleaned.responses) if questionnaire[name].choices}
    while names:
        for name in (name for name in questionnaire.names if name in names):
            _protect_counts(published, cleaned, questionnaire, name)
        names = _follow_conditions(published, questionnaire)
    _follow_means(published, study)
    _follow_totals(published, questionnaire)
    return _without_answers_nobody_gave(published).reset_index(drop=True)


def _withhold(published: pd.DataFrame, rows: list[int]) -> None:
    published.loc[rows, "shown"] = False
    published.loc[rows, list(NUMBERS)] = np.nan


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
            _withhold(published, rows)


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
        _withhold(published, _company(rows.loc[closed], shown, question.kind))


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


# --- what follows from what is withheld ---------------------------------------------------------


def _without_answers_nobody_gave(published: pd.DataFrame) -> pd.DataFrame:
    """Drops withheld rows of answers whose published total is 0: there is nothing left to tell."""
    totals = published[(published["table"] == "answers") & published["shown"]]
    nobody = totals[totals["value"] == 0]
    gone = pd.MultiIndex.from_frame(nobody[["question", "answer"]])
    keys = pd.MultiIndex.from_frame(published[["question", "answer"]])
    known = keys.isin(gone) & published["table"].isin(TABLES) & ~published["shown"]
    return published[~known]


def _follow_conditions(published: pd.DataFrame, questionnaire: Questionnaire) -> set[str]:
    """Questions of which more is withheld now, since they depend on one that is withheld.

    A question asked after a certain answer tells that answer's count by how many it was asked, so
    it is withheld in every cell where one of the questions it depends on is.
    """
    answers = published[published["table"].isin(TABLES)]
    keys = answers[["table", "group", "district"]].astype(object).fillna("")
    cells = pd.MultiIndex.from_frame(keys)
    followed = set()
    for question in questionnaire:
        before = set().union(*(references(condition) for condition in question.relevant))
        hidden = answers["question"].isin(before) & ~published.loc[answers.index, "shown"]
        own = (answers["question"] == question.name) & cells.isin(cells[hidden.to_numpy()])
        own &= published.loc[answers.index, "shown"]
        if own.any():
            followed.add(question.name)
            _withhold(published, list(answers.index[own]))
    return followed


def _follow_means(published: pd.DataFrame, study: Study) -> None:
    """A difference of a withheld mean is withheld, and so is all that is said about it."""
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
    of_two = published[published["versus"].notna()]
    gone = [
        row.Index
        for row in of_two.itertuples()
        if any((row.dimension, kind, name) in hidden for kind, name in _compared(row))
    ]
    bands = published[published["table"] == "district_bands"]
    of_index = [(INDEX, "district", key) in hidden for key in bands["district"]]
    _withhold(published, [*gone, *bands.index[of_index]])


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


def _follow_totals(published: pd.DataFrame, questionnaire: Questionnaire) -> None:
    """Who did not know or refused, summed over a dimension, would tell a withheld total of one."""
    totals = published[(published["table"] == "answers") & ~published["shown"]]
    hidden = {questionnaire[name].dimension for name in totals["question"]}
    rows = published[published["table"] == "not_knowing"]
    _withhold(published, list(rows.index[rows["dimension"].isin(hidden)]))
