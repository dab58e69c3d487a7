"""Answers of the members of repeated groups, such as persons of households, as percentages.

    household  works          persons who work: 3 of 5, or 60 %; the interval is wide, as these are
    1          yes yes no     answers of two households, not of five independent persons
    2          yes no

Members of one submission answer alike, so the submission is the cluster, or the unit that it
belongs to, if the study has units that are not matched by locality. A member has the weight of its
submission. Each member counts once: the percentage is one of members, not of submissions.

References
----------
Kish, L. (1965), Survey Sampling, Wiley, chapter 6: ratio means of clusters of unequal sizes.
"""

import numpy as np
import pandas as pd

from umid_research.analysis.percentages import Percentage, survey_percentage
from umid_research.analysis.ticked import ticked
from umid_research.clean import ANSWERED, Cleaned
from umid_research.study import Study
from umid_research.study.questionnaire import Question

_OF_SUBMISSION = ["respondent", "unit", "district", "weight"]


def member_answers(cleaned: Cleaned, group: str, question: Question) -> pd.DataFrame:
    """Return who gave which answer, over the members who answered.

    The columns are respondent, unit, district and weight of the submission, then each answer of the
    question, 1 or 0.
    """
    members = cleaned.members[group]
    answered = members.responses[members.states[question.name] == ANSWERED]
    own = answered[["respondent"]].merge(cleaned.responses[_OF_SUBMISSION], on="respondent")
    given = ticked(answered[question.name], question).reset_index(drop=True)
    return pd.concat([own, given], axis=1)


def member_percentage(answers: pd.DataFrame, answer: str, study: Study) -> Percentage:
    """Return the share of members who gave the answer, with its interval; see `percentages`.

    `answers` are those of `member_answers`.
    """
    clustered = study.roles.unit is not None and not study.is_matched
    stratified = study.design.strata == "district"
    return survey_percentage(
        answers[answer].to_numpy(dtype=float),
        answers["weight"].to_numpy(),
        answers["unit"] if clustered else answers["respondent"],
        answers["district"] if stratified else pd.Series("", index=answers.index),
    )


def by_submission(answers: pd.DataFrame, given: np.ndarray) -> pd.DataFrame:
    """Return how many members of each submission are in `given`, a mask: unit, weight, value.

    Submissions without such members are left out.
    """
    rows = answers.loc[given, ["respondent", "unit", "weight"]].assign(value=1)
    keys = ["respondent", "unit", "weight"]
    return rows.groupby(keys, as_index=False, sort=True).agg(value=("value", "sum"))
