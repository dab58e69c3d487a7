"""How fast a submission was answered: seconds between opening and closing the form, per question.

    mode          seconds  asked  a question
    face_to_face     2216     60        36.9
    face_to_face      240     60         4.0   <- flagged

read aloud: the second interview took 4 seconds a question asked, and half of the interviews face
to face took 36 or more; who hurries so cannot have read the questions out.

Too fast is less than `speeding_share` of the median of the same mode, where ten or more
submissions have times, and always less than `speeding_seconds` a question (study.toml,
[thresholds]). Per question, because who is asked less is not faster for it. A form may lie open
for days, so that slowness tells nothing. Without both times nothing is said.
"""

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers
from umid_research.clean.frame import NOT_ASKED, STATES
from umid_research.raw import seconds_between
from umid_research.study import Study

_MIN_TIMED = 10


def too_fast(answers: Answers, times: pd.DataFrame, study: Study) -> tuple[np.ndarray, np.ndarray]:
    """The places of submissions answered too fast to be believed, and a note on each.

    `times` has the columns `started` and `ended` of the submissions in `answers`.
    """
    pace = pd.Series(seconds_between(times["started"], times["ended"]) / _asked(answers))
    usual = _usual(pace, answers, study)
    limit = np.fmax(usual * study.thresholds.speeding_share, study.thresholds.speeding_seconds)
    hit = np.flatnonzero(pace < limit)
    notes = [_note(own, median) for own, median in zip(pace[hit], usual[hit], strict=True)]
    return hit, np.array(notes, dtype=object)


def _asked(answers: Answers) -> np.ndarray:
    """How many questions were put to each; somebody asked nothing has no pace."""
    not_asked = STATES.categories.get_loc(NOT_ASKED)
    asked = sum((state != not_asked).astype(float) for state in answers.states.values())
    return np.where(asked > 0, asked, np.nan)


def _usual(pace: pd.Series, answers: Answers, study: Study) -> pd.Series:
    """The median pace of each submission's mode, NaN where too few have times."""
    mode = study.roles.mode
    kinds = answers.columns[mode].codes if mode else np.zeros(len(pace), dtype=int)
    grouped = pace.groupby(kinds)
    return grouped.transform("median").where(grouped.transform("count") >= _MIN_TIMED)


def _note(pace: float, usual: float) -> str:
    own = f"{pace:.1f} s a question"
    return own if np.isnan(usual) else f"{own}, usually {usual:.1f}"
