"""Flag submissions answered too fast, by the seconds per question asked.

    mode          seconds  asked  a question
    face_to_face     2216     60        36.9
    face_to_face      240     60         4.0   <- flagged

The seconds are those between opening and closing the form. For example, the second interview took
4 seconds per question, while the median of face-to-face interviews is 36: the interviewer cannot
have read the questions out.

A submission is too fast below `speeding_share` of the median of its mode, if ten or more
submissions of that mode have times, and always below `speeding_seconds` per question (study.toml,
[thresholds]). The limit is per question because some people are asked fewer questions. Slow
submissions are not flagged, because a form may stay open for days; nor are those without times.
"""

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers
from umid_research.clean.frame import NOT_ASKED, STATES
from umid_research.raw import seconds_between
from umid_research.study import Study

_MIN_TIMED = 10


def too_fast(answers: Answers, times: pd.DataFrame, study: Study) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of submissions that were answered too fast, and a note on each.

    `times` has the columns `started` and `ended`, one row per submission in `answers`.
    """
    pace = pd.Series(seconds_between(times["started"], times["ended"]) / _asked(answers))
    usual = _usual(pace, answers, study)
    limit = np.fmax(usual * study.thresholds.speeding_share, study.thresholds.speeding_seconds)
    hit = np.flatnonzero(pace < limit)
    notes = [_note(own, median) for own, median in zip(pace[hit], usual[hit], strict=True)]
    return hit, np.array(notes, dtype=object)


def _asked(answers: Answers) -> np.ndarray:
    """Return how many questions each respondent was asked; NaN for none, as no pace exists."""
    not_asked = STATES.categories.get_loc(NOT_ASKED)
    asked = sum((state != not_asked).astype(float) for state in answers.states.values())
    return np.where(asked > 0, asked, np.nan)


def _usual(pace: pd.Series, answers: Answers, study: Study) -> pd.Series:
    """Return the median pace of each submission's mode, NaN if too few have times."""
    mode = study.roles.mode
    kinds = answers.columns[mode].codes if mode else np.zeros(len(pace), dtype=int)
    grouped = pace.groupby(kinds)
    return grouped.transform("median").where(grouped.transform("count") >= _MIN_TIMED)


def _note(pace: float, usual: float) -> str:
    own = f"{pace:.1f} s a question"
    return own if np.isnan(usual) else f"{own}, usually {usual:.1f}"
