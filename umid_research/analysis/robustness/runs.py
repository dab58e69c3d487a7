"""The runs of the robustness analysis: each changes one choice of the study."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX, compared_dimensions, score_responses, score_units
from umid_research.clean import Cleaned
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

GEOMETRIC, WEIGHTS, ITEMS_ANSWERED = "geometric", "weights", "missing_rule"
LEFT_OUT = ("dimensions", "items", "localities", "modes")
RUNS = (GEOMETRIC, WEIGHTS, *LEFT_OUT, ITEMS_ANSWERED)


@dataclass(frozen=True)
class Run:
    """One run: its name, what it left out, and the units that it leads to."""

    name: str
    left_out: str
    units: pd.DataFrame


def runs_of(
    cleaned: Cleaned, scores: pd.DataFrame, questionnaire: Questionnaire, study: Study
) -> Iterator[Run]:
    """Yield every run except those under random weights."""
    responses, states = cleaned.responses, cleaned.states

    def scored(
        form: Questionnaire, kept: pd.Series | None = None, **rule: Fraction
    ) -> pd.DataFrame:
        rows = slice(None) if kept is None else kept
        return score_units(score_responses(responses[rows], states[rows], form, study, **rule))

    yield Run(GEOMETRIC, "", score_units(_geometric(scores)))
    for dimension in index_dimensions(scores):
        names = [item.name for item in questionnaire.items(dimension)]
        yield Run("dimensions", dimension, scored(_without(questionnaire, names)))
        if len(names) > 1:
            for name in names:
                yield Run("items", name, scored(_without(questionnaire, [name])))
    if study.is_matched:
        for locality in responses["locality"].dropna().unique():
            yield Run(
                "localities", locality, scored(questionnaire, responses["locality"] != locality)
            )
    if study.roles.mode in responses:
        for mode in responses[study.roles.mode].dropna().unique():
            kept = responses[study.roles.mode] != mode
            if kept.any():
                yield Run("modes", mode, scored(questionnaire, kept))
    for share in (Fraction(1, 2), Fraction(1)):
        yield Run(ITEMS_ANSWERED, str(share), scored(questionnaire, answered=share))


def _without(questionnaire: Questionnaire, names: list[str]) -> Questionnaire:
    """Return the questionnaire with these items in no dimension."""
    questions = tuple(
        replace(question, dimension=None) if question.name in names else question
        for question in questionnaire
    )
    return replace(questionnaire, questions=questions)


def index_dimensions(scores: pd.DataFrame) -> list[str]:
    """Return the dimensions in the index: those asked of every group."""
    return [name for name in compared_dimensions(scores) if name != INDEX]


def indexed_respondents(scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the keys of respondents with an index, and their scores, one column per dimension."""
    index = scores[(scores["dimension"] == INDEX) & scores["score"].notna()]
    wide = scores.pivot_table(index="respondent", columns="dimension", values="score")
    return index, wide.reindex(index=index["respondent"], columns=index_dimensions(scores))


def _geometric(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores with another index: the geometric mean of score + 1, minus 1.

    It is higher for balanced scores than for unequal ones with the same mean.
    """
    index, wide = indexed_respondents(scores)
    mean = np.exp(np.log1p(wide).mean(axis=1)) - 1
    changed = scores.copy()
    changed.loc[index.index, "score"] = mean.to_numpy()
    return changed
