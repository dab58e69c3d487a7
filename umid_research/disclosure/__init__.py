"""Frames -> `published`: what a reader may see, rounded, small groups withheld.

One row is one number of a report. Notebooks read this frame and nothing else of the data.

    table            dimension  group      statistic  value  low  high  units  respondents  shown
    scores_by_group  trust      community  mean          62   55    69     12           24   True
    scores_by_group  trust      ngo        mean                                             False

read aloud: the mean trust score of the 12 communities, 24 people, is 62, and if communities were
a random sample the mean would lie in 55 to 69; the NGOs' score is withheld, and the one mark for
that does not tell whether they are few, agree, or would reveal somebody else.

The rules are those of the analysis plan, section 3, numbered as there:

1. Scores need `thresholds.units` units and `thresholds.respondents` respondents, answers to single
   questions `thresholds.answers` respondents.
2. Within a district only supply, demand and the district score; questions by group or by district,
   never by both; nothing by locality but field-work counts.
3. Unanimous answers and means at a scale's end are withheld like small bases, with one mark.
4. Means have no decimals; differences are differences of published means, limits round outward.

A contrast has a `verdict`, as the comparison has it: decided before rounding, and `unclear` where
the printed difference has not its sign; `withheld` with the row, or with what it rests on. What is
not shown has a code in `reason`, or none where it is withheld.
"""

import pandas as pd

from umid_research.clean import Cleaned
from umid_research.disclosure.account import account_rows
from umid_research.disclosure.answers import answer_rows, not_knowing_rows
from umid_research.disclosure.differences import difference_rows
from umid_research.disclosure.field_work import field_work_rows, intake_rows
from umid_research.disclosure.frame import (
    COLUMNS,
    KEYS,
    NUMBERS,
    as_published,
    in_the_studys_order,
)
from umid_research.disclosure.implementation import publish_implementation
from umid_research.disclosure.robustness import reliability_rows, robustness_rows
from umid_research.disclosure.scores import score_rows
from umid_research.questionnaire import Questionnaire
from umid_research.reliability import Reliability
from umid_research.robustness import Robustness
from umid_research.study import Study

__all__ = ["COLUMNS", "KEYS", "NUMBERS", "publish_frames", "publish_implementation"]


def publish_frames(
    cleaned: Cleaned,
    units: pd.DataFrame,
    comparisons: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    account: pd.DataFrame | None = None,
    reliability: Reliability | None = None,
    robustness: Robustness | None = None,
) -> pd.DataFrame:
    """The frame `published` of a study; see the module's docstring.

    Without `account` (of the intake), `reliability` or `robustness` it has no tables of these.
    """
    scores = score_rows(units, study)
    differences = list(difference_rows(comparisons, scores, study))
    parts = [
        intake_rows(cleaned),
        *([] if account is None else [account_rows(account)]),
        field_work_rows(cleaned.responses, study),
        scores,
        *differences,
        *([reliability_rows(reliability, study)] if reliability else []),
        *(robustness_rows(robustness, pd.concat(differences), scores) if robustness else []),
        *answer_rows(cleaned, questionnaire, study),
        not_knowing_rows(cleaned, questionnaire, study),
    ]
    return in_the_studys_order(as_published(parts), questionnaire, study)
