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
and mode left out, and half or all of the items required. A study of more than 200 localities leaves
out a random sample of 200, one at a time; these runs are named `localities_sampled`. A run in which
the contrast does not exist, such as that of the dimension left out, has no row for it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.robustness.bands import BANDS, ranges_of, ranks_of
from umid_research.analysis.robustness.conclusions import ROBUSTNESS, survivals, verdicts_of
from umid_research.analysis.robustness.rescoring import Answers, Scores
from umid_research.analysis.robustness.runs import MOST_DRAWS, WEIGHTS, runs_of
from umid_research.analysis.robustness.weights import WeightedRuns
from umid_research.analysis.score import INDEX
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
    are too many to enumerate; each run has at most 4,095 of them.
    """
    answers = Answers(cleaned, questionnaire, study)
    scores = answers.score()
    base = verdicts_of(answers, scores, draws=draws, seed=seed)
    rows: list[dict[str, Any]] = []
    indices: dict[str, list[np.ndarray]] = {"": [_index(answers, scores)]}
    of_run = min(draws, MOST_DRAWS)
    for run in runs_of(answers, scores, seed=seed):
        found = verdicts_of(answers, run.scores, draws=of_run, seed=seed)
        rows += survivals(base, found, run)
        indices.setdefault(run.name, []).append(_index(answers, run.scores))
    if INDEX in scores.dimensions:
        weighted = WeightedRuns(answers, scores, base, draws=of_run, seed=seed)
        of_weights, drawn = weighted.run(weights)
        rows += of_weights
        indices[WEIGHTS] = [drawn]
    ranks = {name: ranks_of(np.hstack(of)) for name, of in indices.items()}
    return Robustness(ROBUSTNESS.of(rows), ranges_of(ranks, study))


def _index(answers: Answers, scores: Scores) -> np.ndarray:
    """Return the index of each district, one row each, NaN without one."""
    if INDEX not in scores.dimensions:
        return np.full((len(answers.study.districts), 1), np.nan)
    return answers.districts(answers.units(scores.of([INDEX])))


def read_robustness(folder: Path) -> Robustness:
    """Return the frames as `folder` holds them.

    Raises FrameError if they have not been made yet.
    """
    return Robustness(read_frame(folder, ROBUSTNESS), read_frame(folder, BANDS))
