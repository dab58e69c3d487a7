"""Primary suppression: rules 1 to 4, 6 and 7 of the analysis plan, section 3.

1. A score needs `thresholds.units` units and `thresholds.respondents` respondents; answers to a
   single question need `thresholds.answers` respondents.
2. Within a district only supply, demand and the district score are shown. Questions are shown by
   group or by district, never by both: everybody in a district knows who belongs to its groups.
   Nothing is shown by locality except field-work counts.
3. Unanimous answers, and means at an end of the scale, reveal what each person answered. They are
   withheld and marked like small bases.
4. Means have no decimals. Differences are differences of published means, and limits are rounded
   outward, so that a difference reveals no decimals of the means.
6. No quote has both a group and a district.

7. Counts of 1 to `thresholds.count` - 1 people are withheld in all tables, with what would reveal
   them; see `small_counts`.

Answers that are numbers, and those of members of repeated groups, are subject to rules 1 to 3 in
the form that `numbers` and `members` give them.
"""

import pandas as pd

from umid_research.analysis.reliability import Reliability
from umid_research.analysis.robustness import Robustness
from umid_research.clean import Cleaned
from umid_research.disclosure.frame import as_published, in_the_studys_order
from umid_research.disclosure.rules.answers import answer_rows, not_knowing_rows
from umid_research.disclosure.rules.differences import difference_rows
from umid_research.disclosure.rules.field_work import (
    account_rows,
    field_work_rows,
    intake_rows,
    interview_rows,
)
from umid_research.disclosure.rules.implementation import publish_implementation
from umid_research.disclosure.rules.members import member_rows
from umid_research.disclosure.rules.numbers import number_rows
from umid_research.disclosure.rules.robustness import reliability_rows, robustness_rows
from umid_research.disclosure.rules.scores import score_rows
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = ["publish_frames", "publish_implementation"]


def publish_frames(
    cleaned: Cleaned,
    units: pd.DataFrame,
    comparisons: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    account: pd.DataFrame | None = None,
    interviews: pd.DataFrame | None = None,
    reliability: Reliability | None = None,
    robustness: Robustness | None = None,
) -> pd.DataFrame:
    """Return the frame `published` of a study, before rule 5.

    Tables of the intake, the days of interviews, reliability and robustness are left out if
    `account`, `interviews`, `reliability` or `robustness` is not given.
    """
    scores, least = score_rows(units, study), study.thresholds.count
    differences = list(difference_rows(comparisons, scores, study))
    parts = [
        intake_rows(cleaned, study),
        *([] if account is None else [account_rows(account, least=least)]),
        *([] if interviews is None else [interview_rows(interviews, least=least)]),
        field_work_rows(cleaned.responses, study),
        scores,
        *differences,
        *([reliability_rows(reliability, study)] if reliability else []),
        *(robustness_rows(robustness, pd.concat(differences), scores) if robustness else []),
        *answer_rows(cleaned, questionnaire, study),
        *number_rows(cleaned, questionnaire, study),
        *member_rows(cleaned, questionnaire, study),
        not_knowing_rows(cleaned, questionnaire, study),
    ]
    return in_the_studys_order(as_published(parts), questionnaire, study)
