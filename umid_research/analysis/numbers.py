"""Median, quartiles and mean of answers that are numbers, such as income, hours or age.

    value  weight        answers  lower_quartile  median  upper_quartile  mean
    10     1        ->   4        10              25      40              26
    10     1
    40     1
    45     1

For example, of these four answers half are at most 10 and half at least 40, so the median is 25.
Answers are weighted if the study has weights; the number of answers never is.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.weightstats import DescrStatsW

from umid_research.clean import ANSWERED, NUMERIC, Cleaned, question_columns
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class NumberSummary:
    """The number of answers, and their median, quartiles and mean, unrounded."""

    answers: int
    lower_quartile: float
    median: float
    upper_quartile: float
    mean: float


STATISTICS = ("lower_quartile", "median", "upper_quartile", "mean")


def number_questions(cleaned: Cleaned, questionnaire: Questionnaire) -> list[str]:
    """Return the questions answered with a number, in the form's order."""
    names = question_columns(cleaned.states)
    return [name for name in names if questionnaire[name].kind in NUMERIC]


def codes_left_out(study: Study) -> list[float]:
    """Return the numbers that are no answer: codes under [missing] that are for all questions."""
    codes = pd.to_numeric(pd.Series(list(study.missing.kinds()), dtype="str"), errors="coerce")
    return sorted(codes.dropna().unique())


def number_answers(cleaned: Cleaned, question: str, study: Study) -> pd.DataFrame:
    """Return the answers to a question that count: group, value, weight.

    Codes of missing answers do not count. The answers are sorted, so that the order of an export is
    irrelevant.
    """
    answered = cleaned.responses[cleaned.states[question] == ANSWERED]
    answers = answered[["group", "weight"]].assign(value=answered[question].astype(float))
    is_code = answers["value"].isin(codes_left_out(study))
    return answers[~is_code].sort_values(["value", "weight"], ignore_index=True)


def summarise(values: np.ndarray, weights: np.ndarray) -> NumberSummary:
    """Return the summary of at least one answer.

    Notes
    -----
    The quantile of order p is the smallest answer up to which the answers have more than p of all
    weight; if the answers up to some value have exactly p, the mean of that value and the next one.
    Without weights the median is the usual one. The mean is Σ w x / Σ w.

    References
    ----------
    Hyndman, R. J. & Fan, Y. (1996), Sample quantiles in statistical packages, The American
    Statistician 50, 361-365, doi:10.1080/00031305.1996.10473566, definition 2.

    Examples
    --------
    >>> summarise(np.array([10.0, 10.0, 40.0, 45.0]), np.ones(4)).median
    25.0
    """
    described = DescrStatsW(values, weights)
    lower, median, upper = map(float, described.quantile(_QUARTILES, return_pandas=False))
    return NumberSummary(len(values), lower, median, upper, float(described.mean))
