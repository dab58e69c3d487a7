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

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umid_research.analysis.robustness.bands import BANDS, ranges_of, ranks_of
from umid_research.analysis.robustness.conclusions import (
    ROBUSTNESS,
    Verdicts,
    survivals,
    verdicts_of,
)
from umid_research.analysis.robustness.rescoring import Answers, Scores
from umid_research.analysis.robustness.runs import MAX_DRAWS, WEIGHTS, Run, runs_of
from umid_research.analysis.robustness.weights import Block, WeightedRuns
from umid_research.analysis.score import INDEX
from umid_research.clean import Cleaned
from umid_research.frames import Schema, read_frame
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = ["Reanalyses", "Robustness", "read_robustness", "robustness_of"]

_FIRST = itemgetter(0)


@dataclass(frozen=True)
class Robustness:
    """The frames `robustness` and `bands`; see the module's docstring."""

    conclusions: pd.DataFrame
    bands: pd.DataFrame

    def frames(self) -> dict[Schema, pd.DataFrame]:
        """Return the frames by schema, in the order in which they are written."""
        return {ROBUSTNESS: self.conclusions, BANDS: self.bands}


@dataclass(frozen=True)
class Part:
    """What some of the runs give: by their place, name, rows and index; and blocks of weights."""

    runs: list[tuple[int, str, list[dict[str, Any]], np.ndarray]]
    blocks: list[Block]


def robustness_of(
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    *,
    weights: int = 10_000,
    draws: int = 99_999,
    seed: int,
    elsewhere: Callable[[dict[str, Any]], Iterable[Part]] | None = None,
) -> Robustness:
    """Return how often conclusions of families A and D survive, and the districts' rank ranges.

    `weights` is the number of random weights, `draws` the number of random sign flips where there
    are too many to enumerate; each run has at most 4,095 of them. `elsewhere` returns all parts of
    the runs, given the keyword parameters of `Reanalyses`; by default this process works them out.
    """
    asked: dict[str, Any] = {"weights": weights, "draws": draws, "seed": seed}
    runs = Reanalyses(cleaned, questionnaire, study, **asked)
    parts = elsewhere({**asked, "base": runs.base}) if elsewhere else [runs.part()]
    return runs.joined(parts)


class Reanalyses:
    """All runs of a study, which can be worked out in parts, by several processes.

    Parameters are those of `robustness_of`. `base` are the verdicts of the study, where another
    process has worked them out.
    """

    def __init__(
        self,
        cleaned: Cleaned,
        questionnaire: Questionnaire,
        study: Study,
        *,
        weights: int,
        draws: int,
        seed: int,
        base: Verdicts | None = None,
    ) -> None:
        """Score the answers; nothing is changed yet."""
        self._answers = Answers(cleaned, questionnaire, study)
        self._scores, self._weights, self._seed = self._answers.score(), weights, seed
        self._draws = min(draws, MAX_DRAWS)
        self.base: Verdicts = (
            verdicts_of(self._answers, self._scores, draws=draws, seed=seed)
            if base is None
            else base
        )

    def part(self, number: int = 0, parts: int = 1) -> Part:
        """Return what every `parts`-th run and block of weights gives, from `number` on."""
        every = enumerate(runs_of(self._answers, self._scores, seed=self._seed))
        runs = [
            (place, run.name, self._survivals(run), self._index(run.scores))
            for place, run in islice(every, number, None, parts)
        ]
        weighted = self._weighted()
        return Part(runs, weighted.blocks(self._weights, number, parts) if weighted else [])

    def joined(self, parts: Iterable[Part]) -> Robustness:
        """Return the frames that all parts give, the same for any number of parts."""
        parts = list(parts)
        rows: list[dict[str, Any]] = []
        indices: dict[str, list[np.ndarray]] = {"": [self._index(self._scores)]}
        for _, name, of_run, index in sorted(chain(*(part.runs for part in parts)), key=_FIRST):
            rows += of_run
            indices.setdefault(name, []).append(index)
        if weighted := self._weighted():
            blocks = [block for part in parts for block in part.blocks]
            of_weights, drawn = weighted.joined(self._weights, blocks)
            rows += of_weights
            indices[WEIGHTS] = [drawn]
        ranks = {name: ranks_of(np.hstack(of)) for name, of in indices.items()}
        return Robustness(ROBUSTNESS.of(rows), ranges_of(ranks, self._answers.study))

    def _survivals(self, run: Run) -> list[dict[str, Any]]:
        found = verdicts_of(self._answers, run.scores, draws=self._draws, seed=self._seed)
        return survivals(self.base, found, run)

    def _weighted(self) -> WeightedRuns | None:
        """Return the runs under random weights, None without an index."""
        if INDEX not in self._scores.dimensions:
            return None
        return WeightedRuns(
            self._answers, self._scores, self.base, draws=self._draws, seed=self._seed
        )

    def _index(self, scores: Scores) -> np.ndarray:
        """Return the index of each district, one row each, NaN without one."""
        if INDEX not in scores.dimensions:
            return np.full((len(self._answers.study.districts), 1), np.nan)
        return self._answers.districts(self._answers.units(scores.of([INDEX])))


def read_robustness(folder: Path) -> Robustness:
    """Return the frames as `folder` holds them.

    Raises FrameError if they have not been made yet.
    """
    return Robustness(read_frame(folder, ROBUSTNESS), read_frame(folder, BANDS))
