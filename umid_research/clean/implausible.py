"""Flag numbers that lie far from all other answers to a question, such as an age of 217.

The form may have no constraint, or one that is too wide. Without knowing what a question is about,
only the other answers show what is usual:

    age      18 25 33 41 52 60 71 217       217 is flagged: the upper fence is 158
    income   100 200 300 350 400 700 900    none is flagged: the upper fence is 1450

An answer is flagged if it is beyond Tukey's outer fences, which are three times the distance of the
quartiles below the lower and above the upper one (Tukey, Exploratory Data Analysis, 1977), and half
as far again from the median as any answer within the fences. The second condition spares the long
tail of incomes, where one answer follows another. Nothing is changed: a person has to check.
"""

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers
from umid_research.clean.frame import NUMERIC
from umid_research.clean.keys import numbers
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

# With fewer answers, nobody can know what is usual.
_MIN_ANSWERS = 5
_OUTER_FENCE = 3.0
_ISOLATED = 1.5


def implausible_numbers(
    answers: Answers, questionnaire: Questionnaire, study: Study
) -> dict[str, np.ndarray]:
    """Return question -> positions of the submissions whose answer is far from all others.

    Weights are left out, and so are codes of missing answers such as 999: they are no answers.
    """
    codes = pd.to_numeric(pd.Series([*study.missing.kinds()], dtype="str"), errors="coerce")
    asked = (q.name for q in questionnaire if q.kind in NUMERIC and q.name != study.roles.weight)
    given = {name: answers.columns[name] for name in asked}
    found = {
        name: far_from_others(values.mask(values.isin(codes)).to_numpy())
        for name, column in given.items()
        for values in [numbers(column, pd.RangeIndex(len(column.codes)))]
    }
    return {name: np.flatnonzero(far) for name, far in found.items() if far.any()}


def far_from_others(values: np.ndarray) -> np.ndarray:
    """Return which values lie far from all others; NaN is no answer.

    Where half of the answers are equal, the quartiles show no distance, and none is flagged.
    """
    given = values[np.isfinite(values)]
    if given.size < _MIN_ANSWERS:
        return np.zeros(len(values), dtype=bool)
    lower, median, upper = np.quantile(given, [0.25, 0.5, 0.75])
    reach = _OUTER_FENCE * (upper - lower)
    within = given[(given >= lower - reach) & (given <= upper + reach)]
    if reach == 0 or not within.size:
        return np.zeros(len(values), dtype=bool)
    usual = np.abs(within - median).max()
    beyond = (values < lower - reach) | (values > upper + reach)
    return beyond & (np.abs(values - median) >= _ISOLATED * usual)
