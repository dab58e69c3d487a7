"""Disclosure audit of `published`: withhold whatever sums and differences would still reveal.

    table             question  answer  group      value     table             …  value
    answers           aware     yes                   20     answers                 20
    answers_by_group  aware     yes     community     11  ->  answers_by_group        11
    answers_by_group  aware     yes     cdc            9     answers_by_group
    answers_by_group  aware     yes     ngo                  answers_by_group

For example, 20 people know the plan. With 11 of them in communities and 9 in councils (cdc), the
withheld number of NGOs must be 0: a differencing attack. Once the councils' count is withheld as
well, more than one number of NGOs is possible.

This is rule 5 of the analysis plan, section 3. `disclosure` does the primary suppression (rules 1
to 4); this package audits the result and adds secondary suppression until the audit passes.

The audit assumes an attacker who has every published number of every report and is granted more:

- the group, district, locality, unit and weight of every respondent, and who answered which
  question, though not what they answered; for every meeting, the groups that took part, and what
  several groups said in a meeting they shared;
- each count exactly, each mean to within half a point, each difference as that of two means;
- the share that each dimension or area has in an index;
- from the interval of a mean, or of a difference between districts, the tightest bounds that it
  sets on the score of a single unit or locality.

Guarantee: whatever linear arithmetic the attacker does,

- the feasibility interval (all values consistent with the published numbers) of the mean score of
  one person, or of two, in a dimension or an area of the plan is at least `thresholds.protection`
  points wide, on the scale of 0 to 100; so is that of the index, for people who answered the same
  number of dimensions;
- at least two whole numbers are possible for every withheld count, given all published counts and
  also, for answers with a score, the means; for answers without a score, the numbers of people
  behind means and alphas.

Where the audit fails, one of the published numbers that reveal too much is withheld: first an
interval, then the cell with the fewest people, in the study's order. Then the audit runs again.

Every table of `published` has a disclosure class; a table without one is an error:

- `ATTACKED`: the attacker uses its numbers, as above;
- `FOLLOWING`: its numbers are derived from attacked ones and are withheld with them: gaps,
  robustness and bands (differences and counts of means); statuses, disagreements and quotes (they
  restate answers); counts over all respondents to a question whose total is withheld;
- `HARMLESS`: it says nothing about anybody's answers. Field work shows who was reached, which the
  attacker is granted, and what became of files and rows; documents, measures and analysts' reasons
  do not come from respondents; coding and checking show how far two coders or checkers agree.

Not covered is an attacker who

- also knows other people's answers;
- reasons from what this procedure chose to withhold;
- uses how likely an answer is;
- combines means with the numbers of people behind them;
- uses the spread of several units at once, or numbers that show how far people lie apart but not
  where: limits and p-values of differences within localities, reliability, robustness, bands,
  and limits and decimals of percentages that depend on weights or clusters.

An answer that nobody gave is shown as 0 over all respondents, and has no row of its own where a
group or district is withheld.
"""

import pandas as pd

from umid_research.clean import Cleaned, question_columns
from umid_research.errors import FrameError
from umid_research.protection.counts import TABLES, question_counts, theme_counts
from umid_research.protection.follow import (
    follow_answers,
    follow_bases,
    follow_conditions,
    follow_means,
    follow_themes,
    follow_totals,
    without_answers_nobody_gave,
)
from umid_research.protection.linked_scores import DIFFERENCES, MEANS, linked_scores_of
from umid_research.protection.scores import Attack
from umid_research.protection.suppression import (
    protect_answers,
    protect_counts_from_means,
    protect_scores,
    protect_themes,
    protect_unanswered,
)
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = ["protect"]

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
            "umid_research/protection/__init__.py",
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
