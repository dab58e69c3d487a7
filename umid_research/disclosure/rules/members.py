"""Rows of `published` on members of repeated groups: percentages of answers over all of them.

    table    question  answer  percent  low  high  respondents  shown
    members  works     yes          46   38    54           57  True
    members  works     no           54   46    62           57  True

For example, 46 % of the members work; they belong to 57 submissions.

A household must not be identified by its many members. So every limit counts the submissions that
the members belong to, and their units (places or organisations), never the members:

- Rule 1: a question needs members of `thresholds.answers` submissions, and at least 10, of
  `thresholds.units` units.
- Rule 2: members are described over everybody, never by group or district.
- Rule 3: an answer needs members of `thresholds.answers` submissions of `thresholds.units` units,
  and so do all other answers together. None of the submissions may contribute so many of them that
  the others could work it out (p% rule, see `numbers`). An answer that nobody gave is 0 %, unless
  several answers can be given.
- Answers add up to 100 %. So at least two are withheld, and together they obey rule 3.
- Percentages are whole numbers without counts: the exact number of members is their exact mean
  times the number of submissions, which `numbers` rounds or withholds.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.analysis.members import by_submission, member_answers, member_percentage
from umid_research.clean import Cleaned, question_columns
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.numbers import is_dominated
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

_MIN_SUBMISSIONS = 10


def member_rows(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> Iterator[pd.DataFrame]:
    """Yield the percentages of each question with choices that members answered."""
    for repeat in questionnaire.repeats:
        if repeat.name not in cleaned.members:
            continue
        for name in question_columns(cleaned.members[repeat.name].states):
            if name in repeat.members.names and repeat.members[name].choices:
                question = repeat.members[name]
                answers = member_answers(cleaned, repeat.name, question)
                if len(answers):
                    yield _rows(answers, question, study)


def _rows(answers: pd.DataFrame, question: Question, study: Study) -> pd.DataFrame:
    shown = _shown(answers, question, study)
    rows = []
    for answer in question.answers:
        row: dict[str, object] = {"answer": answer}
        one = member_percentage(answers, answer, study)
        if one.is_precise:
            row |= {"percent": float(round(100 * one.share))}
            row |= {"low": np.floor(100 * one.low), "high": np.ceil(100 * one.high)}
        elif one.share == 0:
            row |= {"percent": 0.0}
        rows.append(row | {"shown": answer in shown})
    table = pd.DataFrame(rows).assign(respondents=answers["respondent"].nunique())
    return row_frame("members", table, question=question.name, shown=table["shown"])


def _shown(answers: pd.DataFrame, question: Question, study: Study) -> set[str]:
    """Return the answers whose percentages may be shown."""
    everyone = np.ones(len(answers), dtype=bool)
    if not _is_enough(answers, everyone, study, max(study.thresholds.answers, _MIN_SUBMISSIONS)):
        return set()
    given = {answer: answers[answer].to_numpy() == 1 for answer in question.answers}
    shown = {
        answer
        for answer, mask in given.items()
        if (mask.any() or question.kind == "select_one")
        and (not mask.any() or _is_enough(answers, mask, study, study.thresholds.answers))
        and _is_enough(answers, ~mask, study, study.thresholds.answers)
    }
    return (
        _with_further_answers(answers, given, shown, study)
        if question.kind == "select_one"
        else shown
    )


def _with_further_answers(
    answers: pd.DataFrame, given: dict[str, np.ndarray], shown: set[str], study: Study
) -> set[str]:
    """Withhold further answers, the rarest first, until those withheld obey rule 3 together."""
    shown = set(shown)
    while hidden := [answer for answer in given if answer not in shown]:
        together = np.any([given[answer] for answer in hidden], axis=0)
        if len(hidden) >= 2 and _is_enough(answers, together, study, study.thresholds.answers):
            break
        left = [answer for answer in given if answer in shown and given[answer].any()]
        if not left:
            return set()
        shown.remove(min(left, key=lambda answer: len(by_submission(answers, given[answer]))))
    return shown


def _is_enough(answers: pd.DataFrame, given: np.ndarray, study: Study, least: int) -> bool:
    """Return whether the members in the mask are of enough submissions, and none dominates."""
    submissions = by_submission(answers, given)
    units = submissions["unit"].nunique()
    if len(submissions) < least or units < study.thresholds.units:
        return False
    return not is_dominated(submissions)
