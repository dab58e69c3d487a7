"""The frames of a study as the library's functions take them, scored as it says or in another way.

Each change makes new frames from the cleaned answers with the functions that make the reports:

    frames.without("locality", ["Guba 3"])      other people
    frames.with_items("trust", ["trust_cdc"])   other items of a dimension
    frames.with_weights({"trust": 2})           other weights of the dimensions in the index
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from umid_research.analysis.compare import compare_units
from umid_research.analysis.score import INDEX, compared_dimensions, score_responses, score_units
from umid_research.clean import Cleaned
from umid_research.errors import ParameterError
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire


@dataclass(frozen=True)
class Frames:
    """The cleaned answers of a study, and the frames that follow from them.

    `weights` are those of the dimensions in the index; a dimension that is not named has 1.
    """

    study: Study
    questionnaire: Questionnaire
    cleaned: Cleaned
    weights: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The scores, 0 to 100, one row per respondent and dimension."""
        responses, states = self.cleaned.responses, self.cleaned.states
        scores = score_responses(responses, states, self.questionnaire, self.study)
        return _weighted(scores, self.weights) if self.weights else scores

    @cached_property
    def units(self) -> pd.DataFrame:
        """The scores of units, one row per unit and dimension."""
        return score_units(self.scores)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """The comparisons of groups, districts and sides."""
        return compare_units(self.units, self.study, seed=self.study.seed)

    def of(self, column: str, values: Sequence[str], *, keep: bool) -> "Frames":
        """Return the frames of the respondents with one of the values, or of all others.

        Raises ParameterError for an unknown column or value, and if nobody would be left.
        """
        responses = self.cleaned.responses
        if column not in responses:
            raise ParameterError(
                "the answers have no such column", found=column, possible=responses.columns
            )
        known = responses[column].dropna().unique()
        if unknown := sorted(set(values) - set(known)):
            raise ParameterError(
                "nobody has this value", where=column, found=unknown[0], possible=sorted(known)
            )
        rows = responses[column].isin(values) == keep
        if not rows.any():
            raise ParameterError("nobody is left", where=column, found=", ".join(values))
        cleaned = replace(
            self.cleaned,
            responses=responses[rows].reset_index(drop=True),
            states=self.cleaned.states[rows].reset_index(drop=True),
        )
        return replace(self, cleaned=cleaned)

    def with_items(self, dimension: str, names: Sequence[str]) -> "Frames":
        """Return the frames with only these items in the dimension.

        Raises ParameterError for an unknown dimension or item, and if no item is left.
        """
        self._check(dimension, self.questionnaire.dimensions)
        items = [item.name for item in self.questionnaire.items(dimension)]
        for name in [*names] or [""]:
            self._check(name, items, where=dimension)
        questions = tuple(
            replace(item, dimension=None)
            if item.dimension == dimension and item.name not in names
            else item
            for item in self.questionnaire
        )
        return replace(self, questionnaire=replace(self.questionnaire, questions=questions))

    def with_weights(self, weights: Mapping[str, float]) -> "Frames":
        """Return the frames with these weights of dimensions in the index; others keep theirs.

        Raises ParameterError for an unknown dimension, a negative weight, or no weight above 0.
        """
        for name, weight in weights.items():
            self._check(name, self.questionnaire.dimensions)
            if not 0 <= weight < float("inf"):
                raise ParameterError("a weight is 0 or more", where=name, found=weight)
        every = dict.fromkeys(self.questionnaire.dimensions, 1.0) | {**self.weights, **weights}
        if not any(every.values()):
            raise ParameterError("at least one dimension needs a weight above 0")
        return replace(self, weights=every)

    def _check(self, name: str, possible: Sequence[str], where: str | None = None) -> None:
        if name not in possible:
            problem = "the dimension has no such item" if where else "there is no such dimension"
            raise ParameterError(problem, where=where, found=name, possible=possible)


def _weighted(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the scores with a weighted index: Σ w s / Σ w over the dimensions with a score."""
    index = scores[(scores["dimension"] == INDEX) & scores["score"].notna()]
    wide = scores.pivot_table(index="respondent", columns="dimension", values="score")
    common = [name for name in compared_dimensions(scores) if name != INDEX]
    wide = wide.reindex(index=index["respondent"], columns=common)
    weight = wide.columns.to_series().map(weights)
    total = (wide * weight).sum(axis="columns")
    given = (wide.notna() * weight).sum(axis="columns")
    changed = scores.copy()
    changed.loc[index.index, "score"] = (total / given.where(given > 0)).to_numpy()
    return changed
