"""Prints one table: method, reference or condition, figure, bound, verdict.

    python tests/validation/validate.py                  # 10,000 studies a condition
    python tests/validation/validate.py --studies 500    # in a minute

Everything is seeded: the same numbers come out every time, but for seconds. Workers freeze what
they have loaded, because statsmodels collects garbage anew at every adjustment.
"""

import argparse
import gc
import os
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from scipy import stats
from test_compare import SLEEP, WARPBREAKS
from test_percentages import APICLUS1
from test_reliability import bfi

from umid_research.compare.districts import _welch
from umid_research.compare.flips import flip_signs
from umid_research.compare.matched import match_groups, match_sides
from umid_research.compare.unmatched import cliffs_delta
from umid_research.percentages import percentage, survey_percentage
from umid_research.questionnaire import Questionnaire, read_questionnaire
from umid_research.reliability import cronbach_alpha, omega_total
from umid_research.score import compared_dimensions, score_responses, score_units
from umid_research.simulate.answers import scored_answers
from umid_research.simulate.design import Design, read_design
from umid_research.simulate.roster import roster
from umid_research.simulate.truth import expected_scores
from umid_research.study import Study, read_study
from validation.null_studies import CONDITIONS, FAMILIES, Condition, tally

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "data" / "raw"
_SENTENCE_STUDIES = 2_000
_CHUNK = 250


@dataclass(frozen=True)
class Line:
    """One line of the table; `holds` is None where the figure has no bound."""

    method: str
    condition: str
    figure: str
    bound: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "shown", True: "holds", False: "DOES NOT HOLD"}[self.holds]
        return f"{self.method:34} {self.condition:36} {self.figure:>24}  {self.bound:14} {verdict}"


def references() -> Iterator[Line]:
    """Closed forms and fits against the numbers of R; the calls stand in the tests."""
    expected = [0.71485623990761371, 0.64667686011881920, 0.77329351413965175]
    yield _near(
        "alpha, Feldt interval", "psych 2.2.9, bfi A", cronbach_alpha(bfi("A", ["A1"])), expected
    )
    omega = [omega_total(bfi("C", ["C4", "C5"]))]
    yield _near("omega total, ML", "R factanal, bfi C", omega, [0.73365740380156497], 1e-6)
    differences = np.subtract(SLEEP["old"], SLEEP["new"])[:, np.newaxis]
    p = flip_signs(differences, draws=0, seed=1).p
    yield _near("exact paired p", "coin 1.4-2, sleep", p, [0.00390625])
    a, b = (
        pd.DataFrame({"mean": [np.mean(x)], "var": [np.var(x, ddof=1)], "n": [len(x)]})
        for x in (WARPBREAKS["low"], WARPBREAKS["high"])
    )
    found = _welch(a, b).iloc[0][["p", "low", "high"]].tolist()
    yield _near(
        "Welch t",
        "R t.test, warpbreaks",
        found,
        [0.0023267944377645027, 5.7718795416544566, 23.6725649027899792],
    )
    delta = [cliffs_delta(np.array([3.0, 4, 6]), np.array([1.0, 4, 5]))]
    yield _near("Cliff's delta", "by hand, 3 4 6 and 1 4 5", delta, [2 / 9])
    clusters = pd.Series(np.repeat(list(APICLUS1), [n for n, _ in APICLUS1.values()]))
    given = np.concatenate([np.arange(n) < k for n, k in APICLUS1.values()])
    one = survey_percentage(given, np.ones(len(given)), clusters, clusters * 0)
    expected = [0.13661202185792351, 0.078868030461283212, 0.214663433703107920]
    yield _near(
        "Korn-Graubard interval", "survey 4.1-1, apiclus1", [one.share, one.low, one.high], expected
    )
    expected = [0.1352937131906, 0.3518966562742]
    two = percentage(15, 65)
    yield _near("Clopper-Pearson interval", "R binom.test(15, 65)", [two.low, two.high], expected)


def _near(method: str, condition: str, found, expected, bound: float = 1e-8) -> Line:
    error = float(np.abs(np.subtract(found, expected)).max())
    return Line(method, condition, f"error {error:.1e}", f"<= {bound:.0e}", error <= bound)


def null_rates(studies: int, workers: int) -> Iterator[Line]:
    """Familywise error, coverage and what sentences claim, in studies without a difference."""
    with ProcessPoolExecutor(workers, initializer=gc.freeze) as pool:
        for condition in CONDITIONS:
            chunks = [range(s, min(s + _CHUNK, studies)) for s in range(0, studies, _CHUNK)]
            parts = list(pool.map(partial(tally, condition), chunks))
            yield from _rates(condition, sum(parts[1:], start=parts[0]))
            told = parts[: -(-_SENTENCE_STUDIES // _CHUNK)]
            yield from _claims(condition, sum(told[1:], start=told[0]))


def _rates(condition: Condition, counts: pd.DataFrame) -> Iterator[Line]:
    for family in FAMILIES:
        row = counts.loc[family]
        bound = 0.06 if family in "AD" else 0.055
        rate, coverage = row["rejected"] / row["studies"], row["covered"] / row["limits"]
        free = condition.skewed
        yield Line(
            f"{family}: familywise error",
            condition.name,
            f"{100 * rate:.2f} % of {int(row['studies']):,}",
            "" if free else f"<= {100 * bound:.1f} %",
            None if free else bool(rate <= bound),
        )
        yield Line(
            f"{family}: coverage of limits",
            condition.name,
            f"{100 * coverage:.2f} %",
            "" if free else ">= 94 %",
            None if free else bool(coverage >= 0.94),
        )


def _claims(condition: Condition, counts: pd.DataFrame) -> Iterator[Line]:
    for family in (*FAMILIES, "all"):
        k, n = (int(counts.loc[family, name]) for name in ("claimed", "studies"))
        free = condition.skewed or family == "all"
        p = stats.binomtest(k, n, 0.05, alternative="greater").pvalue
        yield Line(
            f"{family}: studies with a claim",
            condition.name,
            f"{100 * k / n:.2f} % of {n:,}",
            "" if free else "not > 5 %",
            None if free else bool(p >= 0.01),
        )


def planted_truth(studies: int, workers: int) -> Iterator[Line]:
    """How often the limits of A and D hold the truth that the bundled study is drawn from."""
    chunks = [range(s, min(s + 25, studies)) for s in range(0, studies, 25)]
    with ProcessPoolExecutor(workers, initializer=gc.freeze) as pool:
        held = np.concatenate(list(pool.map(_held, chunks)))
    for family, columns in (("A", slice(0, -9)), ("D", slice(-9, None))):
        known = held[:, columns][np.isfinite(held[:, columns])]
        rate = known.mean()
        yield Line(
            f"{family}: planted truth in limits",
            f"bundled study, {studies} re-simulations",
            f"{100 * rate:.2f} %",
            ">= 94 %",
            bool(rate >= 0.94),
        )


def _held(seeds: range) -> np.ndarray:
    study = read_study(BUNDLED)
    questionnaire = read_questionnaire(BUNDLED, study)
    design = read_design(BUNDLED, questionnaire, study)
    truth = expected_scores(design, questionnaire, study)
    expected = truth[truth["district"] == ""].set_index(["dimension", "group"])["expected"]
    return np.array([_held_once(seed, design, questionnaire, study, expected) for seed in seeds])


def _held_once(
    seed: int, design: Design, questionnaire: Questionnaire, study: Study, expected: pd.Series
) -> np.ndarray:
    """1 where the limits hold the truth, 0 where not, NaN where there are none."""
    units = simulated_units(seed, design, questionnaire, study)
    dimensions = compared_dimensions(units)
    truths = expected.unstack().loc[dimensions]
    truths["supply"] = truths[
        [g for g in study.matched_groups if g in study.groups_on("supply")]
    ].mean(axis=1)
    truths["demand"] = truths[
        [g for g in study.matched_groups if g in study.groups_on("demand")]
    ].mean(axis=1)
    held = []
    for matched in (match_groups(units, study, dimensions), match_sides(units, study, dimensions)):
        found = flip_signs(matched.differences, draws=0, seed=1)
        truth = np.array(
            [
                truths.loc[row.dimension, row.group_a] - truths.loc[row.dimension, row.group_b]
                for row in matched.rows.itertuples()
            ]
        )
        inside = ((found.low <= truth) & (truth <= found.high)).astype(float)
        held.append(np.where(np.isnan(found.low), np.nan, inside))
    return np.concatenate(held)


def simulated_units(
    seed: int, design: Design, questionnaire: Questionnaire, study: Study
) -> pd.DataFrame:
    """The units of the bundled study drawn anew, without the flaws of an export."""
    people = roster(design, study)
    again = study.model_copy(update={"seed": seed})
    answers = scored_answers(people, design, questionnaire, again)
    keys = people[["unit", "district", "locality", "group"]].replace("", np.nan)
    responses = keys.assign(respondent=[f"{n:03}" for n in range(len(people))], weight=1.0)
    responses = pd.concat([responses, answers], axis=1)
    states = answers.mask(answers != "", "answered").mask(answers == "", "not asked")
    return score_units(score_responses(responses, states, questionnaire, study))


def speed() -> Iterator[Line]:
    """Families A and D of one study against scipy one contrast at a time; then a large study."""
    study = read_study(BUNDLED)
    questionnaire = read_questionnaire(BUNDLED, study)
    design = read_design(BUNDLED, questionnaire, study)
    units = simulated_units(1, design, questionnaire, study)
    dimensions = compared_dimensions(units)
    families = [
        match(units, study, dimensions).differences for match in (match_groups, match_sides)
    ]
    ours, found = _timed(lambda: [flip_signs(d, draws=0, seed=1).p for d in families], repeats=9)
    theirs, expected = _timed(lambda: [[_scipy_p(c) for c in d.T] for d in families], repeats=3)
    error = max(
        float(np.abs(a - b).max()) for a, b in zip(found, map(np.array, expected), strict=True)
    )
    contrasts = sum(d.shape[1] for d in families)
    yield Line(
        "A and D, speed",
        f"scipy permutation_test, {contrasts} contrasts",
        f"{theirs / ours:.0f} x",
        ">= 20 x",
        theirs >= 20 * ours,
    )
    yield Line(
        "A and D, p",
        "scipy permutation_test, exact",
        f"error {error:.1e}",
        "<= 1e-12",
        error <= 1e-12,
    )
    rng = np.random.default_rng(1)
    for localities in (12, 100, 400, 1_600):
        differences = rng.normal(size=(localities, contrasts))
        seconds, _ = _timed(lambda d=differences: flip_signs(d, draws=99_999, seed=1))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        yield Line(
            "flips, 99,999 draws beyond 17",
            f"{localities:,} localities, {contrasts} contrasts",
            f"{seconds:.2f} s, {memory:.2f} GB",
            "< 2 GB",
            memory < 2,
        )


def _scipy_p(differences: np.ndarray) -> float:
    return stats.permutation_test(
        (differences[np.isfinite(differences)],),
        lambda d, axis: np.abs(np.sum(d, axis=axis)),
        permutation_type="samples",
        alternative="greater",
        vectorized=True,
        n_resamples=np.inf,
    ).pvalue


def _timed(call, repeats: int = 1) -> tuple[float, object]:
    best, found = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        found = call()
        best = min(best, time.perf_counter() - start)
    return best, found


def lines(studies: int, workers: int) -> Iterator[Line]:
    """The whole table."""
    yield from references()
    yield from speed()
    yield from planted_truth(min(500, max(50, studies // 20)), workers)
    yield from null_rates(studies, workers)


def main() -> int:
    """The exit status: 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    failed = 0
    for line in lines(options.studies, options.workers):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        failed += line.holds is False
    sys.stdout.write(f"{failed} do not hold\n" if failed else "all that has a bound holds\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
