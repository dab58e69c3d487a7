"""How fast the flips are beside scipy, and what many localities cost."""

import resource
import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.matched import match_groups, match_sides
from umid_research.analysis.score import compared_dimensions
from umid_research.simulate.design import read_design
from umid_research.study import read_study
from umid_research.study.questionnaire import read_questionnaire
from validation.line import Line
from validation.planted import BUNDLED, simulated_units

_LOCALITIES = (12, 100, 400, 1_600)
_DRAWS = 99_999
_MAX_MEMORY = 2


def speed() -> Iterator[Line]:
    """Families A and D of one study against scipy one contrast at a time; then large studies."""
    times, error, contrasts = against_scipy()
    where = f"scipy permutation_test, {contrasts} contrasts"
    yield Line("A and D, speed", where, f"{times:.0f} x", ">= 20 x", times >= 20)
    yield Line("A and D, p", "the same, exact", f"error {error:.1e}", "<= 1e-12", error <= 1e-12)
    for localities in _LOCALITIES:
        yield _large(localities, contrasts)


def against_scipy() -> tuple[float, float, int]:
    """How many times as fast as scipy the flips are, the error of p, and the contrasts."""
    families = _differences()
    ours, found = _timed(lambda: [flip_signs(d, draws=0, seed=1).p for d in families], repeats=9)
    theirs, expected = _timed(lambda: [[_scipy_p(c) for c in d.T] for d in families], repeats=3)
    error = max(float(np.abs(a - b).max()) for a, b in zip(found, expected, strict=True))
    return theirs / ours, error, sum(of.shape[1] for of in families)


def _differences() -> list[np.ndarray]:
    study = read_study(BUNDLED)
    questionnaire = read_questionnaire(BUNDLED, study)
    units = simulated_units(1, read_design(BUNDLED, questionnaire, study), questionnaire, study)
    dimensions = compared_dimensions(units)
    return [match(units, study, dimensions).differences for match in (match_groups, match_sides)]


def _scipy_p(differences: np.ndarray) -> float:
    return stats.permutation_test(
        (differences[np.isfinite(differences)],),
        lambda d, axis: np.abs(np.sum(d, axis=axis)),
        permutation_type="samples",
        alternative="greater",
        vectorized=True,
        n_resamples=np.inf,
    ).pvalue


def _large(localities: int, contrasts: int) -> Line:
    """Seconds, and the most memory that the process has taken so far."""
    differences = np.random.default_rng(1).normal(size=(localities, contrasts))
    seconds, _ = _timed(lambda: flip_signs(differences, draws=_DRAWS, seed=1))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Line(
        "flips, 99,999 draws beyond 17",
        f"{localities:,} localities, {contrasts} contrasts",
        f"{seconds:.2f} s, {memory:.2f} GB",
        f"< {_MAX_MEMORY} GB",
        memory < _MAX_MEMORY,
    )


def _timed(call: Callable[[], object], repeats: int = 1) -> tuple[float, object]:
    best, found = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        found = call()
        best = min(best, time.perf_counter() - start)
    return best, found
