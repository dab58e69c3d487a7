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
  question, though not what; whom a meeting was with, and of one with several groups what was said;
- each count exactly, each mean within half a point, each difference as that of two means;
- of an index, the part that each dimension or area has in it;
- of the interval of a mean, and of a difference of districts, the tightest bounds it sets to the
  score of a single unit or locality.

Claimed: whatever linear arithmetic the attacker does, the mean score of one or of two people in a
dimension, or in an area of the plan, stays open over at least `thresholds.protection` points of 0
to 100, and so does that of the index where both answered the same number of dimensions; and a
withheld count can be at least two whole numbers, whatever the other counts tell and, of answers
with a score, the means, and of answers without one, how many people the means and alphas are of.
Where that does not hold, more is withheld, of what tells it: first an interval, then the cell with
the fewest people, in the study's order, until it does.

Every table of `published` has its place here, and one without is an error:

- `ATTACKED`: what is above;
- `FOLLOWING`: gaps, robustness and bands are differences and counts of what is attacked, and are
  withheld with it; so is what a status, a disagreement or a quote says of withheld answers, and
  what is counted over everybody of a question whose total is withheld;
- `HARMLESS`: of the field work it tells whom it reached, which is granted, and what became of files
  and rows; of documents, measures and analysts what is no respondent's; of coders how far two agree
  on texts, whoever spoke.

Not claimed: anything against somebody who also knows other people's answers, or who reasons from
what this very procedure chose to withhold; who uses how likely an answer is, or means and how many
they are of at a time; who uses the spread of two units at a time, or what tells how far people of
one place or answers lie apart, but of nobody where they lie: limits and p-values of differences
within localities, reliability, robustness, bands, limits and decimals of percentages that count
weights or clusters. An answer that nobody at all gave is shown as 0 over everybody, and is no
number of its own where a group or district is withheld.
"""

import pandas as pd

from umid_research.clean import Cleaned, question_columns
from umid_research.errors import FrameError
from umid_research.protection.counts import TABLES, asked_of_meetings, asked_of_people
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
from umid_research.questionnaire import Questionnaire
from umid_research.study import Study

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
    """The frame `published` with what rule 5 asks withheld; see the module's docstring.

    `theme_cells` is needed where `published` has themes. Raises FrameError for a table that nobody
    has thought about.
    """
    unknown = set(published["table"]) - {*ATTACKED, *FOLLOWING, *HARMLESS}
    if unknown:
        raise FrameError(
            "the protection knows no such table",
            where="published",
            found=", ".join(sorted(unknown)),
        )
    published = published.reset_index(drop=True)
    all_linked = linked_scores_of(cleaned, questionnaire, study)
    for linked in all_linked:
        protect_scores(published, Attack(linked, published), study)
    follow_conditions(published, questionnaire)
    names = {name for name in question_columns(cleaned.responses) if questionnaire[name].choices}
    while names:
        for question in (question for question in questionnaire if question.name in names):
            protect_answers(published, asked_of_people(cleaned, question), question.name)
        names = follow_conditions(published, questionnaire)
    follow_bases(published, questionnaire, study)
    published = without_answers_nobody_gave(published)
    for linked in all_linked:
        protect_counts_from_means(published, Attack(linked, published), study)
        protect_unanswered(published, linked, study)
    if theme_cells is not None:
        for source, cells in theme_cells.groupby("source"):
            protect_themes(published, asked_of_meetings(cells), str(source))
    published = follow_themes(published)
    published = follow_answers(published, questionnaire, study)
    follow_means(published, study)
    follow_totals(published, questionnaire, study)
    return published.reset_index(drop=True)
