"""Robustness: which conclusions still hold when one choice of the analysis is changed.

Output, `robustness`, one row per conclusion × run:

    family  dimension  contrast                      verdict  run         left_out  runs   survives
    A       index      community - local_government  lower    dimensions  trust         1       1.0
    A       index      community - local_government  lower    weights              10000      0.913

and `bands`, one row per district:

    district  low  high
    quba        1     2

For example, communities still score lower than local government on the index when trust is left out
of it, and under 91 % of 10,000 random weights. Over all runs Guba is first or second; it shares a
band with each district whose rank range overlaps its own.

A conclusion is the verdict on a contrast: higher, lower or unclear. The runs (analysis plan,
section 4) are a geometric mean of the dimensions, random weights, each dimension, item, locality
and mode left out, and half or all of the items required. A run in which the contrast does not
exist, such as that of the dimension left out, has no row for it.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.analysis.robustness.bands import BANDS, ranges_of, ranks_of
from umid_research.analysis.robustness.conclusions import ROBUSTNESS, survivals, verdicts_of
from umid_research.analysis.robustness.runs import WEIGHTS, runs_of
from umid_research.analysis.robustness.weights import survivals_under_weights, weighted_indices
from umid_research.analysis.score import score_responses, score_units
from umid_research.clean import Cleaned
from umid_research.frames import Schema, read_frame
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = ["Robustness", "read_robustness", "robustness_of"]


@dataclass(frozen=True)
class Robustness:
    """The frames `robustness` and `bands`; see the module's docstring."""

    conclusions: pd.DataFrame
    bands: pd.DataFrame

    def frames(self) -> dict[Schema, pd.DataFrame]:
        """Return the frames by schema, in the order in which they are written."""
        return {ROBUSTNESS: self.conclusions, BANDS: self.bands}


def robustness_of(
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    weights: int = 10_000,
    draws: int = 99_999,
    seed: int,
) -> Robustness:
    """Return how often conclusions of families A and D survive, and the districts' rank ranges.

    `weights` is the number of random weights, `draws` the number of random sign flips where there
    are too many to enumerate.
    """
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    units = score_units(scores)

    def verdicts(of_run: pd.DataFrame) -> pd.Series:
        return verdicts_of(of_run, study, draws=draws, seed=seed)

    base = verdicts(units)
    by_run, ranks = [], []
    for run in runs_of(cleaned, scores, questionnaire, study):
        by_run.append(survivals(base, verdicts(run.units), run))
        ranks.append(ranks_of(run.units, study).assign(run=run.name))
    drawn = weighted_indices(scores, weights, seed=seed)
    by_run.append(survivals_under_weights(base, units, drawn, study, draws=draws, seed=seed))
    ranks += [ranks_of(drawn, study).assign(run=WEIGHTS), ranks_of(units, study).assign(run="")]
    conclusions = ROBUSTNESS.of(pd.concat(by_run, ignore_index=True))
    return Robustness(conclusions, ranges_of(pd.concat(ranks), study))


def read_robustness(folder: Path) -> Robustness:
    """Return the frames as `folder` holds them.

    Raises FrameError if they have not been made yet.
    """
    return Robustness(read_frame(folder, ROBUSTNESS), read_frame(folder, BANDS))
