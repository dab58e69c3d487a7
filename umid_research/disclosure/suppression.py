"""Secondary suppression: among the published numbers that reveal something, withhold the cheapest.

The audit runs again after each step, until it finds nothing.

Every table of `published` has a disclosure class; a table without one is an error:

- `ATTACKED`: the attacker uses its numbers, as above; those of the field work where a study
  withholds small counts (`thresholds.count`), since otherwise all of them are shown;
- `FOLLOWING`: its numbers are derived from attacked ones and are withheld with them: gaps,
  robustness and bands (differences and counts of means); statuses, disagreements and quotes (they
  restate answers); counts over all respondents to a question whose total is withheld; numbers that
  are asked after a withheld answer;
- `HARMLESS`: it says nothing about anybody's answers. The intake shows what became of files and
  rows; documents, measures and analysts' reasons do not come from respondents; coding and checking
  show how far two coders or checkers agree.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.clean import Cleaned, question_columns
from umid_research.disclosure.audit.counts import (
    TABLES,
    covered,
    question_counts,
    theme_counts,
)
from umid_research.disclosure.audit.inferable_counts import inferable_counts
from umid_research.disclosure.audit.linked_scores import (
    DIFFERENCES,
    MEANS,
    LinkedScores,
    linked_scores_of,
)
from umid_research.disclosure.audit.published_numbers import RoundedMean
from umid_research.disclosure.audit.scores import Attack, ExposedPair
from umid_research.disclosure.audit.unanswered import inferable_unanswered
from umid_research.disclosure.cheapest import Cell, cells_of, suppress
from umid_research.disclosure.count_suppression import (
    protect_answers,
    protect_field_work,
    protect_themes,
)
from umid_research.disclosure.derived import (
    follow_answers,
    follow_bases,
    follow_conditions,
    follow_means,
    follow_members,
    follow_numbers,
    follow_themes,
    follow_totals,
    without_answers_nobody_gave,
)
from umid_research.errors import FrameError
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

ATTACKED = (
    *(*TABLES, *MEANS, *DIFFERENCES, "themes_meetings", "themes_survey", "reliability"),
    "field_work",
)
FOLLOWING = (
    *("gap_by_area", "robustness", "district_bands", "status", "disagreements", "quotes"),
    *("not_knowing", "issues", "numbers", "members"),
)
HARMLESS = (
    *("intake", "account", "interviews", "set_aside", "registers", "register_issues"),
    *("measures", "evidence", "documentary_by_area", "checking", "reasons", "coding"),
)
# Returns the cells to be withheld, given what is published and some linked scores.
_Audit = Callable[[pd.DataFrame, LinkedScores], list[Cell]]
# A function like `map`.
_Each = Callable[[Callable[[LinkedScores], list[Cell]], list[LinkedScores]], Iterable[list[Cell]]]


def protect(
    published: pd.DataFrame,
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    theme_cells: pd.DataFrame | None = None,
    each: _Each = map,
) -> pd.DataFrame:
    """Return a copy of `published` with the secondary suppression of rule 5 applied.

    Parameters
    ----------
    published : DataFrame
        One row per published number, after rules 1 to 4; see `disclosure`.
    theme_cells : DataFrame, optional
        Counts of themes per source × group × district; needed where `published` has themes.
    each : callable, optional
        A function like `map`, which may use several processes; the result is the same.

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
    protect_field_work(published, cleaned)
    withhold_for_each(all_linked, published, partial(_reveal_scores, study=study), each)
    follow_conditions(published, questionnaire)
    names = {name for name in question_columns(cleaned.states) if questionnaire[name].choices}
    # A question withheld because of its condition may need secondary suppression in turn.
    while names:
        for question in (question for question in questionnaire if question.name in names):
            protect_answers(published, question_counts(cleaned, question), question.name)
        names = follow_conditions(published, questionnaire)
    follow_bases(published, questionnaire, study)
    follow_numbers(published, questionnaire)
    follow_members(published, questionnaire)
    # The counts must be final first: the next two audits ask what means add to what counts reveal.
    published = without_answers_nobody_gave(published)
    withhold_for_each(all_linked, published, partial(_determine_counts, study=study), each)
    if theme_cells is not None:
        for source, cells in theme_cells.groupby("source"):
            protect_themes(published, theme_counts(cells), str(source))
    published = follow_themes(published)
    published = follow_answers(published, questionnaire, study)
    follow_means(published, study)
    follow_totals(published, questionnaire, study)
    return published.reset_index(drop=True)


# --- the audits of linked scores ------------------------------------------------------------------


def withhold_for_each(
    all_linked: list[LinkedScores], published: pd.DataFrame, audit: _Audit, each: _Each
) -> None:
    """Withhold, in place, the cells that `audit` names for each of the linked scores, in order.

    All are audited before anything is withheld, since only rows of an index concern several of
    them. Once one of these is withheld, less may do for those that come next: they are audited
    again. What reveals nothing reveals nothing when more is withheld.
    """
    pending = all_linked
    while pending:
        found = list(each(partial(audit, published), pending))
        revealing = [(one, cells) for one, cells in zip(pending, found, strict=True) if cells]
        pending = []
        for place, (_, cells) in enumerate(revealing, start=1):
            for cell in cells:
                cell.withhold(published)
            rows = [row for cell in cells for row in cell.rows]
            if (published.loc[rows, "dimension"] == INDEX).any():
                pending = [one for one, _ in revealing[place:]]
                break


def _reveal_scores(published: pd.DataFrame, linked: LinkedScores, study: Study) -> list[Cell]:
    """Return the cells to be withheld because they reveal a score; see `protect_scores`."""
    return protect_scores(published.copy(), Attack(linked, published), study)


def _determine_counts(published: pd.DataFrame, linked: LinkedScores, study: Study) -> list[Cell]:
    """Return the cells to be withheld because they determine a count; see the last part."""
    own = published.copy()
    from_means = protect_counts_from_means(own, Attack(linked, own), study)
    return [*from_means, *protect_unanswered(own, linked, study)]


# --- scores --------------------------------------------------------------------------------------


def protect_scores(published: pd.DataFrame, attack: Attack, study: Study) -> list[Cell]:
    """Withhold intervals, means and answers until nobody's score is known too closely, in place."""
    return suppress(
        published,
        lambda: attack.failing(study.thresholds.protection),
        lambda exposed: _binding_cells(published, attack, exposed),
        attack,
    )


def _binding_cells(
    published: pd.DataFrame, attack: Attack, exposed: Sequence[ExposedPair]
) -> Iterator[Cell]:
    """Yield what binds in the programs of exposed people: an interval, a mean, all of a cell.

    Withholding anything else would not make their intervals wider. An interval costs readers less
    than a mean, and a cell with few people less than one with many.
    """
    binding = [known for pair in exposed for known in pair.binding_constraints]
    # If the solver gave up, the binding constraints are unknown, so any number may be withheld.
    binding = binding or [*attack.counted, *attack.linear]
    counts = published[published["shown"] & published["table"].isin(TABLES)]
    # The answers of a cell add up to its base, so they are withheld together.
    cells = cells_of(counts, ["table", "question", "group", "district"])
    cell_of = {row: tuple(cell) for cell in cells for row in cell}
    for row, interval_only in sorted(
        {(known.row, isinstance(known, RoundedMean) and known.from_interval) for known in binding}
    ):
        rows = cell_of.get(row, (row,))
        respondents = float(published.loc[row, "respondents"])
        yield Cell(rows, (not interval_only, respondents, *rows), interval_only)


# --- counts that other numbers determine ---------------------------------------------------------


def protect_counts_from_means(published: pd.DataFrame, attack: Attack, study: Study) -> list[Cell]:
    """Withhold means, first those of the counts' cells, until they determine no withheld count."""
    return suppress(
        published,
        lambda: [known.row for known in inferable_counts(attack)],
        lambda counts: _related_means(published, attack.linked, counts, study),
        attack,
    )


def protect_unanswered(published: pd.DataFrame, linked: LinkedScores, study: Study) -> list[Cell]:
    """Withhold alphas, then means, until the numbers of people behind them determine no count."""
    names = {definition.name for definition in linked.definitions} - {INDEX}
    alphas = (published["table"] == "reliability") & published["dimension"].isin(names)
    doubtful: list[int] | None = None

    def audit() -> list[int]:
        nonlocal doubtful
        # Whatever was open once remains open when more is withheld.
        doubtful = inferable_unanswered(linked, published, study, doubtful)
        return doubtful

    def cells(counts: Sequence[int]) -> Iterator[Cell]:
        # Alphas go first, all at once, so that means stay where possible.
        if (alphas & published["shown"]).any():
            yield Cell(tuple(published.index[alphas]), ())
        yield from _related_means(published, linked, counts, study)

    return suppress(published, audit, cells)


def _related_means(
    published: pd.DataFrame, linked: LinkedScores, counts: Sequence[int], study: Study
) -> Iterator[Cell]:
    """Yield the shown means that may help to determine counts, at a cost that rises with people.

    These are means of the counts' questions over groups, sides or districts that share people with
    the counts; those of the counts' own groups and districts cost least.
    """
    rows = published.loc[list(counts)]
    own = set(rows["group"].dropna()) | set(rows["district"].dropna())
    items = np.isin(linked.items, rows["question"])
    shown = published[published["shown"] & published["table"].isin(MEANS)]
    about = linked.people[covered(rows, linked.people).any(axis=0)]
    shown = shown[_is_related(shown, about, study)]
    # An index comes last: it reveals least.
    for definition in sorted(linked.definitions, key=lambda definition: definition.name == INDEX):
        if definition.scale[:, items].any():
            of_definition = shown["table"].isin(definition.tables)
            of_definition &= shown["dimension"] == definition.name
            for row in shown[of_definition].itertuples():
                is_own = row.group in own or row.district in own
                yield Cell((row.Index,), (not is_own, float(row.respondents)))


def _is_related(means: pd.DataFrame, about: pd.DataFrame, study: Study) -> pd.Series:
    """Return which means cover people in the groups or districts of `about`."""
    groups, districts = set(about["group"]), set(about["district"])
    sides = {study.groups[group].side for group in groups}
    sided = means["side"].isna() | means["side"].isin(sides)
    return means["group"].isin(groups) | (means["district"].isin(districts) & sided)
