"""Secondary suppression: among the published numbers that reveal something, withhold the cheapest.

The audit runs again after each step, until it finds nothing.

Every table of `published` has a disclosure class; a table without one is an error:

- `ATTACKED`: the attacker uses its numbers, as above;
- `FOLLOWING`: its numbers are derived from attacked ones and are withheld with them: gaps,
  robustness and bands (differences and counts of means); statuses, disagreements and quotes (they
  restate answers); counts over all respondents to a question whose total is withheld;
- `HARMLESS`: it says nothing about anybody's answers. Field work shows who was reached, which the
  attacker is granted, and what became of files and rows; documents, measures and analysts' reasons
  do not come from respondents; coding and checking show how far two coders or checkers agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.clean import Cleaned, question_columns
from umid_research.disclosure.audit.counts import (
    TABLES,
    QuestionCounts,
    determined_counts,
    people_of,
    question_counts,
    theme_counts,
)
from umid_research.disclosure.audit.inferable_counts import inferable_counts
from umid_research.disclosure.audit.inferable_unanswered import inferable_unanswered
from umid_research.disclosure.audit.linked_scores import (
    DIFFERENCES,
    MEANS,
    LinkedScores,
    linked_scores_of,
)
from umid_research.disclosure.audit.published_numbers import RoundedMean
from umid_research.disclosure.audit.scores import Attack
from umid_research.disclosure.derived import (
    follow_answers,
    follow_bases,
    follow_conditions,
    follow_means,
    follow_themes,
    follow_totals,
    withhold,
    withhold_spread,
    without_answers_nobody_gave,
)
from umid_research.errors import FrameError
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

ATTACKED = (*TABLES, *MEANS, *DIFFERENCES, "themes_meetings", "themes_survey", "reliability")
FOLLOWING = (
    *("gap_by_area", "robustness", "district_bands", "status", "disagreements", "quotes"),
    *("not_knowing", "issues"),
)
HARMLESS = (
    *("intake", "account", "set_aside", "field_work", "registers", "register_issues"),
    *("measures", "evidence", "documentary_by_area", "checking", "reasons", "coding"),
)


def protect(
    published: pd.DataFrame,
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    theme_cells: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a copy of `published` with the secondary suppression of rule 5 applied.

    Parameters
    ----------
    published : DataFrame
        One row per published number, after rules 1 to 4; see `disclosure`.
    theme_cells : DataFrame, optional
        Counts of themes per source × group × district; needed where `published` has themes.

    Raises
    ------
    FrameError
        If a table of `published` has no disclosure class.
    """
    unknown = set(published["table"]) - {*ATTACKED, *FOLLOWING, *HARMLESS}
    if unknown:
        raise FrameError(
            "a table has no disclosure class; add it to ATTACKED, FOLLOWING or HARMLESS in "
            "umid_research/disclosure/suppression.py",
            where="published",
            found=", ".join(sorted(unknown)),
        )
    published = published.reset_index(drop=True)
    all_linked = linked_scores_of(cleaned, questionnaire, study)
    for linked in all_linked:
        protect_scores(published, Attack(linked, published), study)
    follow_conditions(published, questionnaire)
    names = {name for name in question_columns(cleaned.responses) if questionnaire[name].choices}
    # A question withheld because of its condition may need secondary suppression in turn.
    while names:
        for question in (question for question in questionnaire if question.name in names):
            protect_answers(published, question_counts(cleaned, question), question.name)
        names = follow_conditions(published, questionnaire)
    follow_bases(published, questionnaire, study)
    # The counts must be final first: the next two audits ask what means add to what counts reveal.
    published = without_answers_nobody_gave(published)
    for linked in all_linked:
        protect_counts_from_means(published, Attack(linked, published), study)
        protect_unanswered(published, linked, study)
    if theme_cells is not None:
        for source, cells in theme_cells.groupby("source"):
            protect_themes(published, theme_counts(cells), str(source))
    published = follow_themes(published)
    published = follow_answers(published, questionnaire, study)
    follow_means(published, study)
    follow_totals(published, questionnaire, study)
    return published.reset_index(drop=True)


@dataclass(frozen=True)
class _Cell:
    """Rows that are withheld together, and the number of people behind them."""

    rows: tuple[int, ...]
    respondents: float
    interval_only: bool = False


def protect_scores(published: pd.DataFrame, attack: Attack, study: Study) -> None:
    """Withhold intervals, means and answers until nobody's score is known too closely, in place.

    Only numbers that bind in the linear programs of exposed people are considered; of these, the
    cell with the fewest people is withheld. `attack` is updated as well.
    """
    while failing := attack.failing(study.thresholds.protection):
        binding_constraints = [
            known for exposed in failing for known in exposed.binding_constraints
        ]
        # If the solver gave up, the binding constraints are unknown, so any number may be withheld.
        binding_constraints = binding_constraints or [*attack.counted, *attack.linear]
        rows_held = {
            (known.row, isinstance(known, RoundedMean) and known.from_interval)
            for known in binding_constraints
        }
        # Withhold the cell that costs readers least: an interval before a mean, then the cell with
        # the fewest people. The row number breaks ties, in the study's order.
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
    """Yield what can be withheld for these rows: an interval, a mean, or all answers of a cell."""
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
    """Withhold means, first those of the counts' cells, until they determine no withheld count."""
    while inferable := inferable_counts(attack):
        cell = _smallest_mean(published, attack.linked, [known.row for known in inferable], study)
        if cell is None:
            return
        attack.withhold(set(cell.rows))
        withhold(published, list(cell.rows))


def protect_unanswered(published: pd.DataFrame, linked: LinkedScores, study: Study) -> None:
    """Withhold alphas, then means, until the numbers of people behind them determine no count."""
    while inferable := inferable_unanswered(linked, published, study):
        names = {definition.name for definition in linked.definitions} - {INDEX}
        # Alphas go first, all at once, so that means stay where possible.
        alphas = (published["table"] == "reliability") & published["dimension"].isin(names)
        if (alphas & published["shown"]).any():
            withhold(published, list(published.index[alphas]))
            continue
        cell = _smallest_mean(published, linked, inferable, study)
        if cell is None:
            return
        withhold(published, list(cell.rows))


def _smallest_mean(
    published: pd.DataFrame, linked: LinkedScores, counts: list[int], study: Study
) -> _Cell | None:
    """Return the mean with the fewest people that may help to determine the given counts."""
    rows = published.loc[counts]
    own = set(rows["group"].dropna()) | set(rows["district"].dropna())
    people = np.any([people_of(row, linked.people) for row in rows.itertuples()], axis=0)
    items = np.isin(linked.items, rows["question"])
    # `min` keeps the first of equals, so ties are broken in the study's order.
    return min(
        _related_means(published, linked.people[people], linked, items, study),
        key=lambda cell: (not _place_names(published, cell) & own, cell.respondents),
        default=None,
    )


def _place_names(published: pd.DataFrame, cell: _Cell) -> set[str]:
    """Return the groups or districts of a cell."""
    rows = published.loc[list(cell.rows), ["group", "district"]]
    return {name for name in rows.to_numpy().ravel() if isinstance(name, str)}


def _related_means(
    published: pd.DataFrame,
    about: pd.DataFrame,
    linked: LinkedScores,
    items: np.ndarray,
    study: Study,
) -> Iterator[_Cell]:
    """Yield the shown means of these items over groups, sides or districts of these people."""
    shown = published[published["shown"]]
    shown = shown[_is_related(shown, about, study)]
    # An index comes last: it reveals least.
    for definition in sorted(linked.definitions, key=lambda definition: definition.name == INDEX):
        if definition.scale[:, items].any():
            means = shown[
                shown["table"].isin(definition.tables) & (shown["dimension"] == definition.name)
            ]
            for row in means.itertuples():
                yield _Cell((row.Index,), float(row.respondents))


def _is_related(shown: pd.DataFrame, about: pd.DataFrame, study: Study) -> pd.Series:
    """Return which shown rows cover people in the groups or districts of `about`."""
    groups, districts = set(about["group"]), set(about["district"])
    sides = {study.groups[group].side for group in groups}
    in_districts = shown["district"].isin(districts)
    sided = shown["side"].isna() | shown["side"].isin(sides)
    return shown["group"].isin(groups) | (in_districts & sided) | (shown["table"] == "answers")


def protect_answers(published: pd.DataFrame, counts: QuestionCounts, question: str) -> None:
    """Withhold cells of a question until two whole numbers are possible for each withheld count."""
    own = published["table"].isin(TABLES) & (published["question"] == question)
    withhold(published, _secondary_suppression(published[own], counts))


def protect_themes(published: pd.DataFrame, counts: QuestionCounts, source: str) -> None:
    """Withhold counts of themes until two whole numbers are possible for each withheld count.

    A theme counts as one of several possible answers to "what was this meeting (or proposal)
    about?".
    """
    rows = published[published["table"] == f"themes_{source}"]
    tables = np.select([rows["group"].notna(), rows["district"].notna()], TABLES[1:], TABLES[0])
    withhold(
        published,
        _secondary_suppression(rows.assign(table=tables, answer=rows["dimension"]), counts),
    )


def _secondary_suppression(rows: pd.DataFrame, counts: QuestionCounts) -> list[int]:
    """Return the rows to withhold in addition to those that are withheld already."""
    rows = rows.copy()
    withheld: list[int] = []
    while True:
        shown = rows[rows["shown"]]
        # An answer with a total of 0 is 0 everywhere, which is no secret.
        totals = shown[(shown["table"] == "answers") & (shown["value"] == 0)]
        known = rows["answer"].isin(totals["answer"]) & ~rows["shown"]
        determined = determined_counts(rows[~known], counts)
        if counts.several:
            shown = shown[shown["answer"].isin(rows.loc[determined, "answer"])]
        if not determined or shown.empty:
            return withheld
        rows_to_withhold = _cheapest_cell(rows.loc[determined], shown, counts)
        rows.loc[rows_to_withhold, "shown"], rows.loc[rows_to_withhold, "value"] = False, np.nan
        withheld += rows_to_withhold


def _cheapest_cell(
    determined: pd.DataFrame, shown: pd.DataFrame, counts: QuestionCounts
) -> list[int]:
    """Return the cell that protects most determined counts; among equals, the smallest cell.

    A cell protects a count of its own table if some, but not all, of its people gave the answer:
    its own count then varies too.
    """
    keys = shown[["table", "group", "district"]].astype(object).fillna("")
    if counts.several:
        keys = keys.assign(answer=shown["answer"])
    best: tuple[tuple, list[int]] | None = None
    for _, rows in shown.groupby([keys[key] for key in keys], sort=False):
        same = determined[determined["table"].isin(rows["table"])]
        given = rows[(rows["value"] > 0) & (rows["value"] < rows["respondents"])]
        undetermined = int(same["answer"].isin(given["answer"]).sum())
        rank = (-undetermined, rows["respondents"].max())
        if best is None or rank < best[0]:
            best = (rank, list(rows.index))
    return best[1] if best else []
