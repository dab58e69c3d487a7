"""What is withheld further: of all that tells too much, what costs readers least."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.protection.counts import TABLES, QuestionCounts, closed_counts, people_of
from umid_research.protection.follow import withhold, withhold_spread
from umid_research.protection.inferable_counts import inferable_counts
from umid_research.protection.inferable_unanswered import inferable_unanswered
from umid_research.protection.known import RoundedMean
from umid_research.protection.linked_scores import LinkedScores
from umid_research.protection.scores import Attack
from umid_research.score import INDEX
from umid_research.study import Study


@dataclass(frozen=True)
class _Cell:
    """Rows that are withheld together, and how many people they are about."""

    rows: tuple[int, ...]
    respondents: float
    interval_only: bool = False


def protect_scores(published: pd.DataFrame, attack: Attack, study: Study) -> None:
    """Withholds intervals, means and answers of a scope until nobody's score is known closely.

    Each time the cell with the fewest people, of those by which one or two people's score is known.
    """
    while failing := attack.failing(study.thresholds.protection):
        binding_constraints = [known for narrow in failing for known in narrow.binding_constraints]
        # A solver that gave up has not said what holds: then anything may.
        binding_constraints = binding_constraints or [*attack.counted, *attack.linear]
        rows_held = {
            (known.row, isinstance(known, RoundedMean) and known.from_interval)
            for known in binding_constraints
        }
        # `min` keeps the first of equals: an interval before its mean, then the study's order.
        cell = min(
            _cells(published, sorted(rows_held)),
            key=lambda cell: (not cell.interval_only, cell.respondents, cell.rows),
        )
        rows = list(cell.rows)
        attack.withhold(set(rows), interval_only=cell.interval_only)
        if cell.interval_only:
            withhold_spread(published, published.index.isin(rows))
        else:
            withhold(published, rows)


def _cells(published: pd.DataFrame, binding_constraints: list[tuple[int, bool]]) -> Iterator[_Cell]:
    """What can be withheld of certain rows: an interval, a mean, or all answers of a cell."""
    for place, from_interval in binding_constraints:
        row = published.loc[place]
        rows = [place]
        if row["table"] in TABLES:
            own = published["shown"] & (published["table"] == row["table"])
            for key in ("question", "group", "district"):
                own &= (published[key] == row[key]) | (published[key].isna() & pd.isna(row[key]))
            rows = list(published.index[own])
        yield _Cell(tuple(rows), float(row["respondents"]), interval_only=from_interval)


def protect_counts_from_means(published: pd.DataFrame, attack: Attack, study: Study) -> None:
    """Withholds means, those of the counts' own cells first, until they tell no count."""
    while told := inferable_counts(attack):
        cell = _mean_about(published, attack.linked, [known.row for known in told], study)
        if cell is None:
            return
        attack.withhold(set(cell.rows))
        withhold(published, list(cell.rows))


def protect_unanswered(published: pd.DataFrame, linked: LinkedScores, study: Study) -> None:
    """Withholds alphas, then means, until the numbers of people beside them tell no count."""
    while told := inferable_unanswered(linked, published, study):
        names = {part.name for part in linked.parts} - {INDEX}
        alphas = (published["table"] == "reliability") & published["dimension"].isin(names)
        if (alphas & published["shown"]).any():
            withhold(published, list(published.index[alphas]))
            continue
        cell = _mean_about(published, linked, told, study)
        if cell is None:
            return
        withhold(published, list(cell.rows))


def _mean_about(
    published: pd.DataFrame, linked: LinkedScores, counts: list[int], study: Study
) -> _Cell | None:
    """The mean of the fewest people that some withheld counts may be known from."""
    rows = published.loc[counts]
    own = set(rows["group"].dropna()) | set(rows["district"].dropna())
    people = np.any([people_of(row, linked.people) for row in rows.itertuples()], axis=0)
    items = np.isin(linked.items, rows["question"])
    # `min` keeps the first of equals, which come in the study's order.
    return min(
        _means_about(published, linked.people[people], linked, items, study),
        key=lambda cell: (not _names(published, cell) & own, cell.respondents),
        default=None,
    )


def _names(published: pd.DataFrame, cell: _Cell) -> set[str]:
    """The group or district that a cell is about."""
    rows = published.loc[list(cell.rows), ["group", "district"]]
    return {name for name in rows.to_numpy().ravel() if isinstance(name, str)}


def _means_about(
    published: pd.DataFrame,
    about: pd.DataFrame,
    linked: LinkedScores,
    items: np.ndarray,
    study: Study,
) -> Iterator[_Cell]:
    """The shown means, of some items, of the groups, sides and districts of certain people."""
    shown = published[published["shown"]]
    shown = shown[_is_about(shown, about, study)]
    # An index last: it tells least.
    for part in sorted(linked.parts, key=lambda part: part.name == INDEX):
        if part.scale[:, items].any():
            means = shown[shown["table"].isin(part.tables) & (shown["dimension"] == part.name)]
            for row in means.itertuples():
                yield _Cell((row.Index,), float(row.respondents))


def _is_about(shown: pd.DataFrame, about: pd.DataFrame, study: Study) -> pd.Series:
    groups, districts = set(about["group"]), set(about["district"])
    sides = {study.groups[group].side for group in groups}
    in_districts = shown["district"].isin(districts)
    sided = shown["side"].isna() | shown["side"].isin(sides)
    return shown["group"].isin(groups) | (in_districts & sided) | (shown["table"] == "answers")


def protect_answers(published: pd.DataFrame, asked: QuestionCounts, question: str) -> None:
    """Withholds cells of a question until each withheld count can be two whole numbers."""
    own = published["table"].isin(TABLES) & (published["question"] == question)
    withhold(published, _secondary_suppression(published[own], asked))


def protect_themes(published: pd.DataFrame, asked: QuestionCounts, source: str) -> None:
    """Withholds themes' counts until each withheld one can be two whole numbers.

    A theme is an answer among several to what a meeting, or a proposal, was about.
    """
    rows = published[published["table"] == f"themes_{source}"]
    tables = np.select([rows["group"].notna(), rows["district"].notna()], TABLES[1:], TABLES[0])
    withhold(
        published,
        _secondary_suppression(rows.assign(table=tables, answer=rows["dimension"]), asked),
    )


def _secondary_suppression(rows: pd.DataFrame, asked: QuestionCounts) -> list[int]:
    """Rows that must be withheld beside those that are."""
    rows = rows.copy()
    further: list[int] = []
    while True:
        shown = rows[rows["shown"]]
        totals = shown[(shown["table"] == "answers") & (shown["value"] == 0)]
        known = rows["answer"].isin(totals["answer"]) & ~rows["shown"]
        closed = closed_counts(rows[~known], asked)
        if asked.several:
            shown = shown[shown["answer"].isin(rows.loc[closed, "answer"])]
        if not closed or shown.empty:
            return further
        more = _company(rows.loc[closed], shown, asked)
        rows.loc[more, "shown"], rows.loc[more, "value"] = False, np.nan
        further += more


def _company(closed: pd.DataFrame, shown: pd.DataFrame, asked: QuestionCounts) -> list[int]:
    """The cell that opens most of the closed counts, then the one with the fewest people.

    A count is opened by a cell of its own table in which some, but not all, gave the answer.
    """
    keys = shown[["table", "group", "district"]].astype(object).fillna("")
    if asked.several:
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
