"""Closed forms and fits against other sources; the R calls stand in the tests named here."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from analysis.test_agreement import PUBLISHED, coded
from analysis.test_compare import SLEEP, WARPBREAKS, WINE, WINE_P
from analysis.test_percentages import APICLUS1
from analysis.test_reliability import bfi
from analysis.test_score import SCHOOL_MEANS, school_scores
from statsmodels.stats.multitest import multipletests

from umid_research.analysis.agreement import nominal_agreement
from umid_research.analysis.compare.districts import welch
from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.unmatched import cliffs_delta
from umid_research.analysis.percentages import percentage, survey_percentage
from umid_research.analysis.reliability import cronbach_alpha, omega_total
from umid_research.analysis.score import score_units
from validation.line import Line, near
from validation.null_studies import holm


def references() -> Iterator[Line]:
    """Each quantity that another source gives."""
    yield from _scores_and_scales()
    yield from _flips()
    yield from _welch_and_delta()
    yield from _percentages()
    yield from _agreement()


def _scores_and_scales() -> Iterator[Line]:
    """test_score, test_reliability."""
    units = score_units(school_scores()).set_index("unit")["score"]
    found = units.loc[list(SCHOOL_MEANS)]
    yield near("weighted mean of a unit", "survey 4.1-1, apistrat", found, [*SCHOOL_MEANS.values()])
    expected = [0.71485623990761371, 0.64667686011881920, 0.77329351413965175]
    found = cronbach_alpha(bfi("A", ["A1"]))
    yield near("alpha, Feldt interval", "psych 2.2.9, bfi A", found, expected)
    expected = [0.72116320277352830, 0.65449185113309549, 0.77830792998140108]
    found = cronbach_alpha(bfi("C", ["C4", "C5"]))
    yield near("alpha, Feldt interval", "psych 2.2.9, bfi C", found, expected)
    found = [omega_total(bfi("A", ["A1"])), omega_total(bfi("C", ["C4", "C5"]))]
    expected = [0.7443620256520721, 0.73365740380156497]
    yield near("omega total, ML", "R factanal, bfi A and C", found, expected, 1e-6)


def _flips() -> Iterator[Line]:
    """test_compare."""
    p = _flipped(SLEEP["old"], SLEEP["new"]).p
    yield near("exact paired p", "coin 1.4-2, sleep", p, [0.00390625])
    for factor, groups in WINE.items():
        p = _flipped(*groups.values()).p
        yield near("exact paired p", f"coin 1.4-2, wine by judge, {factor}", p, [WINE_P[factor]])
    six = _flipped([3.0, -1.0, 4.0, 1.5, 9.0, 2.6], np.zeros(6))
    found = [six.low[0], six.high[0]]
    yield near("limits by inversion", "closed form, six localities", found, [-1.0, 9.0])
    yield _inversion(np.subtract(WINE["contact"]["yes"], WINE["contact"]["no"]))


def _flipped(a, b):
    return flip_signs(np.subtract(a, b)[:, np.newaxis], draws=0, seed=1)


def _inversion(differences: np.ndarray) -> Line:
    """The shifts at which p passes 5 %, by halving, one flip after the other."""
    signs = np.array(list(product([1, -1], repeat=len(differences))))

    def rejects(shift: float) -> bool:
        moved = differences - shift
        return (np.abs(signs @ moved) >= abs(moved.sum()) - 1e-10).mean() <= 0.05

    expected = []
    for outside in (differences.min() - 1, differences.max() + 1):
        inside = differences.mean()
        for _ in range(60):
            middle = (outside + inside) / 2
            outside, inside = (middle, inside) if rejects(middle) else (outside, middle)
        expected.append(inside)
    found = flip_signs(differences[:, np.newaxis], draws=0, seed=1)
    return near(
        "limits by inversion", "halving, wine by judge", [found.low[0], found.high[0]], expected
    )


def _welch_and_delta() -> Iterator[Line]:
    """test_compare."""
    low, high = (np.array(WARPBREAKS[key], dtype=float) for key in ("low", "high"))
    a, b = (
        pd.DataFrame({"mean": [x.mean()], "var": [x.var(ddof=1)], "n": [len(x)]})
        for x in (low, high)
    )
    found = welch(a, b).iloc[0][["p", "low", "high"]].tolist()
    expected = [0.0023267944377645027, 5.7718795416544566, 23.6725649027899792]
    yield near("Welch t", "R t.test, warpbreaks", found, expected)
    p = np.random.default_rng(1).random((20, 9)) ** 3
    expected = [multipletests(row, method="holm")[1] for row in p]
    yield near("Holm, of these studies", "statsmodels multipletests", holm(p), expected)
    delta = [cliffs_delta(np.array([3.0, 4, 6]), np.array([1.0, 4, 5]))]
    yield near("Cliff's delta", "by hand, 3 4 6 and 1 4 5", delta, [2 / 9])
    delta = [cliffs_delta(low, high)]
    expected = [2 * 261.5 / 18**2 - 1]
    yield near("Cliff's delta", "R wilcox.test, warpbreaks: 2 W / mn - 1", delta, expected)


def _percentages() -> Iterator[Line]:
    """test_percentages."""
    clusters = pd.Series(np.repeat(list(APICLUS1), [n for n, _ in APICLUS1.values()]))
    given = np.concatenate([np.arange(n) < k for n, k in APICLUS1.values()])
    one = survey_percentage(given, np.ones(len(given)), clusters, clusters * 0)
    expected = [0.13661202185792351, 0.078868030461283212, 0.214663433703107920]
    found = [one.share, one.low, one.high]
    yield near("Korn-Graubard interval", "survey 4.1-1, apiclus1", found, expected)
    two = percentage(15, 65)
    expected = [0.1352937131906, 0.3518966562742]
    yield near("Clopper-Pearson interval", "R binom.test(15, 65)", [two.low, two.high], expected)


def _agreement() -> Iterator[Line]:
    """test_agreement."""
    for example, (coders, alpha) in PUBLISHED.items():
        found = [nominal_agreement(coded(*coders), seed=1).alpha]
        where = f"Krippendorff 2011, example {example}"
        yield near("Krippendorff's alpha", where, found, [alpha], 5e-4)
    found = [nominal_agreement(coded(*PUBLISHED["A"][0]), seed=1).alpha]
    where = "by hand, example A: 1 - 19 · 4 / (14 · 6)"
    yield near("Krippendorff's alpha", where, found, [1 - 19 * 4 / (14 * 6)])
