"""Rows of `published` on answers that are numbers: their median, quartiles and mean.

    table    question  group      statistic  value  respondents  shown
    numbers  income    community  median       350           24  True
    numbers  income    community  mean                           False

For example, the median income of 24 people in communities is about 350; one of them earns so much
that the mean would reveal it.

- Rule 1: a summary needs `thresholds.answers` answers, and at least 10: a quartile is the answer of
  one person, or between those of two.
- Rule 2: numbers are shown over everybody and by group, never by district.
- Rule 3: a summary whose quartiles and mean are printed alike is withheld, since nearly everybody
  gave that answer.
- All values have two significant digits. The smallest and the largest answer are never shown.
- A mean times the number of answers is a sum. It is withheld where the person with the second
  largest answer could infer the largest one too closely (p% rule).
- Everybody less the groups that are shown leaves the groups that are withheld. So at least two are
  withheld, with at least 10 answers together; and the mean of everybody is withheld unless those
  whose mean is withheld obey these rules together.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.analysis.numbers import (
    STATISTICS,
    NumberSummary,
    number_answers,
    number_questions,
    summarise,
)
from umid_research.clean import Cleaned
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.answers import with_second_cell
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

_MIN_ANSWERS = 10
_EVERYBODY = ""
# The least error, relative to the largest contribution, with which it may be estimated.
_MIN_ERROR = 0.1


def number_rows(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> Iterator[pd.DataFrame]:
    """Yield the summaries of each question that is answered with a number."""
    for question in number_questions(cleaned, questionnaire):
        answers = number_answers(cleaned, question, study)
        if len(answers):
            rows = pd.DataFrame(_rows(answers, max(study.thresholds.answers, _MIN_ANSWERS)))
            yield row_frame("numbers", rows, question=question, shown=rows["shown"])


def _rows(answers: pd.DataFrame, least: int) -> Iterator[dict[str, object]]:
    """Yield one row per statistic, over everybody and then by group."""
    parts = dict(iter(answers.groupby("group")))
    shown = _with_second_group(parts, {g for g in parts if _may_be_shown(parts[g], least)}, least)
    means = {group for group in shown if not is_dominated(parts[group])}
    if _may_be_shown(answers, least):
        shown.add(_EVERYBODY)
        rest = answers[~answers["group"].isin(means)]
        if rest.empty or (_may_be_shown(rest, least) and not is_dominated(rest)):
            means.add(_EVERYBODY)
    for group, part in {_EVERYBODY: answers, **parts}.items():
        summary = _summary(part)
        for statistic in STATISTICS:
            yield {
                "group": group or None,
                "statistic": statistic,
                "value": two_digits(getattr(summary, statistic)),
                "respondents": summary.answers,
                "shown": group in (means if statistic == "mean" else shown),
            }


def _with_second_group(parts: dict[str, pd.DataFrame], shown: set[str], least: int) -> set[str]:
    """Return the groups that are still shown once no group is withheld alone."""
    names = list(parts)
    visible = with_second_cell(
        pd.Series([name in shown for name in names]),
        pd.Series([len(part) for part in parts.values()]),
        pd.Series("", index=range(len(names))),
        least,
    )
    return {name for name, is_shown in zip(names, visible, strict=True) if is_shown}


def _summary(answers: pd.DataFrame) -> NumberSummary:
    return summarise(answers["value"].to_numpy(), answers["weight"].to_numpy())


def two_digits(value: float) -> float:
    """Round to two significant digits: 1,234 to 1,200, and 0.0567 to 0.057."""
    return float(f"{value:.1e}")


def _may_be_shown(answers: pd.DataFrame, least: int) -> bool:
    """Return whether enough people answered, and not nearly all the same (rules 1 and 3)."""
    if len(answers) < least:
        return False
    summary = _summary(answers)
    edges = (summary.lower_quartile, summary.upper_quartile, summary.mean)
    return len(set(map(two_digits, edges))) > 1


def is_dominated(answers: pd.DataFrame) -> bool:
    """Return whether the mean reveals the largest contribution to the second largest contributor.

    A contribution is a weight times a value. Who knows the second largest one, and that none is
    negative, can estimate the largest one as the sum less their own. The error is the sum of all
    other contributions. For negative values, sizes count.

    References
    ----------
    Hundepool, A. et al. (2012), Statistical Disclosure Control, Wiley,
    doi:10.1002/9781118348239, chapter 4, the p% rule; here p = 10.
    """
    sizes = np.sort(np.abs(answers["value"] * answers["weight"]))[::-1]
    return bool(sizes[2:].sum() < _MIN_ERROR * sizes[0])
