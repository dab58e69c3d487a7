"""Whether a difference that a study could find is found four times in five."""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd

from umid_research.compare import compare_units
from validation.line import Line, at_least
from validation.null_studies import (
    BOUND,
    FAMILIES,
    Condition,
    compare_families,
    draw_studies,
    shifted,
)
from validation.prose import design, units_of
from validation.rates import LEVEL, chunks

STUDIES = 2_000
_CHUNK = 250
# The detectable difference depends on the spread that a study happens to show.
_STUDIES_FOR_DIFFERENCE = 120
_LEAST = 0.7


def power(studies: int, pool: Executor) -> Iterator[Line]:
    """Per family, the share of studies that find its middling detectable difference.

    Four in five is what the report says, and true of the spread that a study shows. Of four units
    the true spread is known poorly: more often than not it is larger than what they show.
    """
    condition = BOUND[0]
    seeds = chunks(_STUDIES_FOR_DIFFERENCE, 20)
    differences = pd.concat(list(pool.map(partial(_detectable, condition), seeds))).median()
    for family in FAMILIES:
        by = float(differences[family])
        count = partial(_found, condition, family, by)
        found = sum(pool.map(count, chunks(studies, _CHUNK)))
        where = f"{condition.name}, {by:.0f} points"
        yield at_least(f"{family}: power at what could be found", where, found, studies, _LEAST)


def _detectable(condition: Condition, seeds: range) -> pd.DataFrame:
    """`mdd` of the first contrast of each family: studies × families."""
    studies = draw_studies(condition, seeds)
    found = [
        compare_units(units_of(studies, place), design(), seed=1) for place in range(len(seeds))
    ]
    return pd.DataFrame([one.groupby("family")["mdd"].first() for one in found])


def _found(condition: Condition, family: str, by: float, seeds: range) -> int:
    studies = shifted(draw_studies(condition, seeds), family, by)
    p = compare_families(studies)[family].p_adjusted[:, 0]
    return int(np.count_nonzero(p < LEVEL))
