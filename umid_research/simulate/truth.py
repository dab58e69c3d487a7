"""Compute the probabilities of every answer, and the expected scores, from the design.

`truth` has one row per dimension × group × district; a blank district is the group's own score, the
mean over its units:

    dimension     group      district  expected
    transparency  community  quba       41.0000
    transparency  community             38.0000

For example, the expected score of communities on transparency is 41 of 100 in Guba, and 38 over all
districts. Dimensions asked of only some groups are never compared and have no row.

The points of an item follow a beta-binomial distribution with the mean that the design sets. A
missing answer does not depend on the answer itself and is equally likely for all items of a
dimension, so the expected score of the dimension is exactly the mean of its items' expectations.
The index may lack dimensions, some more often than others: its expectation is the mean over all
patterns of dimensions that still give an index, weighted by their probabilities.
"""

from itertools import product
from math import ceil

import numpy as np
import pandas as pd
from scipy.stats import betabinom, binom

from umid_research.analysis.score import INDEX, MIN_ANSWERED_SHARE, is_answered_enough
from umid_research.errors import StudyError
from umid_research.simulate.design import FILE, Design
from umid_research.simulate.roster import roster
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire


def item_probabilities(
    item: Question, dimension: str, design: Design, study: Study
) -> pd.DataFrame:
    """Return the probability of every scored choice, lowest item score first.

    Rows are group × district, for groups with a target. The probabilities are conditional on a
    scored answer: they do not include the missing codes.
    """
    groups = design.targets[dimension]
    cells = pd.MultiIndex.from_product([groups, study.districts], names=["group", "district"])
    expected = np.array([design.expected(dimension, item.name, *cell) for cell in cells])
    outside = expected[(expected <= 0) | (expected >= 100)]
    if outside.size:
        raise StudyError(
            f"the expected score of {item.name!r} must lie between 0 and 100",
            where=FILE,
            found=float(outside[0]),
        )
    choices = sorted(item.scores, key=item.scores.__getitem__)
    alpha = expected[:, np.newaxis] / 100 * design.concentration
    probabilities = betabinom.pmf(
        np.arange(len(choices)), len(choices) - 1, alpha, design.concentration - alpha
    )
    return pd.DataFrame(probabilities, index=cells, columns=choices)


def expected_scores(design: Design, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return the frame `truth`; see the module."""
    common = [d for d in questionnaire.dimensions if set(design.targets[d]) == set(study.groups)]
    cells = pd.DataFrame(
        {name: _expected_dimension(name, design, questionnaire, study) for name in common}
    )
    available = np.array(
        [
            [_answered_enough(name, group, design, questionnaire) for name in common]
            for group, _ in cells.index
        ]
    )
    cells[INDEX] = _expected_index(cells.to_numpy(), available)
    both = pd.concat([cells, _over_districts(cells, design, study)])
    keys = ["dimension", "group", "district"]
    rows = pd.MultiIndex.from_product(
        [cells.columns, study.groups, [*study.districts, ""]], names=keys
    )
    long = both.reset_index().melt(keys[1:], var_name="dimension", value_name="expected")
    return long.set_index(keys).reindex(rows).reset_index()


def _over_districts(cells: pd.DataFrame, design: Design, study: Study) -> pd.DataFrame:
    """Return the mean over each group's units, as rows with a blank district."""
    units = roster(design, study).drop_duplicates("unit").groupby(["group", "district"]).size()
    weights = units.reindex(cells.index, fill_value=0)
    total = cells.mul(weights, axis=0).groupby(level="group").sum()
    means = total.div(weights.groupby(level="group").sum(), axis=0)
    return means.assign(district="").set_index("district", append=True)


def _expected_dimension(
    dimension: str, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.Series:
    items = questionnaire.items(dimension)
    expected = [
        item_probabilities(item, dimension, design, study).mul(pd.Series(item.scores)).sum(axis=1)
        for item in items
    ]
    return sum(expected[1:], start=expected[0]) / len(items)


def _answered_enough(
    dimension: str, group: str, design: Design, questionnaire: Questionnaire
) -> float:
    """Return the probability that at least two thirds of the dimension's items are answered."""
    n_items = len(questionnaire.items(dimension))
    n_enough = ceil(MIN_ANSWERED_SHARE * n_items)
    answered = 1 - sum(design.missing_shares(dimension, group).values())
    return float(binom.sf(n_enough - 1, n_items, answered))


def _expected_index(scores: np.ndarray, available: np.ndarray) -> np.ndarray:
    """Return the expected index per cell; both arguments are arrays of cells × dimensions."""
    n = scores.shape[1]
    patterns = np.array(list(product([0, 1], repeat=n)))
    patterns = patterns[is_answered_enough(patterns.sum(axis=1), n)]
    there = np.where(patterns, available[:, np.newaxis, :], 1 - available[:, np.newaxis, :])
    probability = there.prod(axis=2)
    means = scores @ (patterns / patterns.sum(axis=1, keepdims=True)).T
    return (probability * means).sum(axis=1) / probability.sum(axis=1)
