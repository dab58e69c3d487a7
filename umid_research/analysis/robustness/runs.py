"""The runs of the robustness analysis: each changes one choice of the study."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from umid_research.analysis.robustness.rescoring import Answers, Scores
from umid_research.analysis.score import INDEX

GEOMETRIC, WEIGHTS, ITEMS_ANSWERED = "geometric", "weights", "missing_rule"
# Above so many localities, a random sample of so many is left out, one at a time.
MAX_LOCALITIES = 200
# At most so many random flips test a run: there are hundreds of runs and thousands of weights.
MAX_DRAWS = 4_095
LOCALITIES, SAMPLED = "localities", "localities_sampled"
LEFT_OUT = ("dimensions", "items", LOCALITIES, SAMPLED, "modes")
RUNS = (GEOMETRIC, WEIGHTS, *LEFT_OUT, ITEMS_ANSWERED)


@dataclass(frozen=True)
class Run:
    """One run: its name, what it left out, and the scores that it leads to."""

    name: str
    left_out: str
    scores: Scores


def runs_of(answers: Answers, base: Scores, *, seed: int) -> Iterator[Run]:
    """Yield every run except those under random weights.

    Parameters
    ----------
    answers
        The answers of the study.
    base
        The scores of the study.
    seed
        The seed of the sample of localities, where there are more than 200.
    """
    responses, roles = answers.responses, answers.study.roles
    if INDEX in base.dimensions:
        yield Run(GEOMETRIC, "", _geometric(base))
    for dimension in base.indexed:
        names = answers.items[dimension]
        yield Run("dimensions", dimension, answers.score(without=names))
        if len(names) > 1:
            for name in names:
                yield Run("items", name, answers.score(without=[name]))
    if answers.study.is_matched:
        localities = responses["locality"].to_numpy()
        kind, left_out = _localities(list(responses["locality"].dropna().unique()), seed)
        for locality in left_out:
            yield Run(kind, locality, answers.score(kept=localities != locality))
    if roles.mode in responses:
        modes = responses[roles.mode]
        for mode in modes.dropna().unique():
            kept = (modes != mode).to_numpy(bool)
            if kept.any():
                yield Run("modes", mode, answers.score(kept=kept))
    for share in (Fraction(1, 2), Fraction(1)):
        yield Run(ITEMS_ANSWERED, str(share), answers.score(answered=share))


def _localities(known: list[str], seed: int) -> tuple[str, list[str]]:
    """Return the kind of the runs without a locality, and the localities that they leave out."""
    if len(known) <= MAX_LOCALITIES:
        return LOCALITIES, known
    # Sorted, so that the sample does not depend on the order of the answers.
    drawn = np.random.default_rng(seed).choice(len(known), MAX_LOCALITIES, replace=False)
    return SAMPLED, [sorted(known)[place] for place in np.sort(drawn)]


def _geometric(base: Scores) -> Scores:
    """Return the scores with another index: the geometric mean of score + 1, minus 1.

    It is higher for balanced scores than for unequal ones with the same mean.
    """
    place = base.dimensions.index(INDEX)
    indexed = np.isfinite(base.people[:, place])
    given = base.of(base.indexed)[indexed]
    people = base.people.copy()
    people[indexed, place] = np.exp(np.nanmean(np.log1p(given), axis=1)) - 1
    return Scores(base.dimensions, people, base.indexed)
