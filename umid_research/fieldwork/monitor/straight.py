"""Find submissions with long runs of one answer; no question has to be reversed for it.

    answers to eight questions of one scale   longest run  of  flagged
    4 2 4 4 3 5 4 2                                     2   8  no
    4 2 4 4 4 4 4 4                                     6   8  yes

The questions of one scale are all questions with the same list of three or more choices, in the
form's order, whatever stands between them. Missing answers and codes for them are skipped. A
submission is flagged if a run is at least half as long as its answers on that scale, and at least
six. Some people do answer like this truthfully: the flag is for comparing interviewers.

Sources: the long-string index, Johnson (2005), Journal of Research in Personality 39(1), 103–129,
doi:10.1016/j.jrp.2004.09.009; half of the scale as its limit, Curran (2016), Journal of
Experimental Social Psychology 66, 4–19, doi:10.1016/j.jesp.2015.07.006. The minimum of six is ours:
half of a short scale is no run.
"""

import numpy as np
import pandas as pd

from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

MIN_RUN = 6
_MIN_CHOICES = 3


def scales(questionnaire: Questionnaire, study: Study, columns: list[str]) -> list[list[str]]:
    """Return the questions of each scale that is long enough; `columns` are those of the frame."""
    lists: dict[frozenset[str], list[str]] = {}
    roles = set(study.roles.named().values())
    for question in questionnaire:
        choices = frozenset(question.choice_names).difference(
            study.missing.kinds(question.list_name)
        )
        is_scale = question.kind == "select_one" and len(choices) >= _MIN_CHOICES
        if is_scale and question.name in columns and question.name not in roles:
            lists.setdefault(choices, []).append(question.name)
    return [names for names in lists.values() if len(names) >= MIN_RUN]


def longest_runs(answers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return per row the longest run of equal answers, and how many answers there are.

    `answers` has the questions of one scale in the form's order; missing answers are skipped.
    """
    longest = np.zeros(len(answers), dtype=int)
    given = np.zeros(len(answers), dtype=int)
    last = np.full(len(answers), None, dtype=object)
    run = np.zeros(len(answers), dtype=int)
    for name in answers:
        values = answers[name].to_numpy(dtype=object)
        there = answers[name].notna().to_numpy()
        same = there & (values == last)
        run = np.where(there, np.where(same, run + 1, 1), run)
        last = np.where(there, values, last)
        longest = np.maximum(longest, run)
        given += there
    return longest, given


def straight_lining(
    responses: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> np.ndarray | None:
    """Return which responses have a long run of one answer; None if no scale is long enough."""
    found = scales(questionnaire, study, list(responses))
    if not found:
        return None
    flagged = np.zeros(len(responses), dtype=bool)
    for names in found:
        missing = {name: list(study.missing.kinds(questionnaire[name].list_name)) for name in names}
        answers = responses[names].where(~responses[names].isin(missing))
        longest, given = longest_runs(answers)
        flagged |= (longest >= MIN_RUN) & (2 * longest >= given)
    return flagged
