"""Rows of `published` on the means of groups, sides and districts."""

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.analysis.compare.flips import TOLERANCE
from umid_research.analysis.score import (
    compared_dimensions,
    district_means,
    group_means,
    side_means,
)
from umid_research.disclosure.frame import STEP, row_frame
from umid_research.study import Study

# An interval needs this many times `thresholds.units`. With fewer units, the mean and the width of
# its interval nearly determine every unit's score.
UNITS_FOR_INTERVAL = 2


def score_rows(units: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Apply rules 1 to 4 to the means of groups, sides and districts.

    Dimensions asked of only some groups get no district score: it would reveal those groups.
    """
    asked_of_all = units[units["dimension"].isin(compared_dimensions(units))]
    parts = [
        row_frame("scores_by_group", group_means(units)),
        row_frame("scores_by_district", district_means(asked_of_all, study)),
    ]
    if study.is_matched:
        parts.append(row_frame("scores_by_side", side_means(asked_of_all, study)))
    scores = pd.concat(parts, ignore_index=True).assign(statistic="mean")
    scores = scores.merge(_spreads(units), on=["dimension", "group"], how="left")
    return _shown_scores(scores, study)


def _spreads(units: pd.DataFrame) -> pd.DataFrame:
    """Return the standard error of each group's mean of units."""
    grouped = units.groupby(["dimension", "group"], sort=False)["score"]
    return grouped.sem().rename("standard_error").reset_index()


def _shown_scores(scores: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Round the means, add intervals, and decide what is shown."""
    limits = study.thresholds
    enough = (scores["units"] >= limits.units) & (scores["respondents"] >= limits.respondents)
    value = scores["score"].round()
    inside = value.between(STEP, 100 - STEP, inclusive="neither")
    degrees = scores["units"] - 1
    half = scores["standard_error"] * stats.t.ppf(0.975, degrees.clip(lower=1))
    # An interval of zero width would reveal that all units have the same score.
    spread = scores["standard_error"] > TOLERANCE
    half = half.where(spread & (scores["units"] >= UNITS_FOR_INTERVAL * limits.units))
    return scores.assign(
        shown=enough & inside,
        value=value,
        low=np.floor(scores["score"] - half).clip(lower=0),
        high=np.ceil(scores["score"] + half).clip(upper=100),
    ).drop(columns=["score", "standard_error"])
