"""percentages: which are precise enough to be shown, and which are possible as published."""

import numpy as np
import pandas as pd
import pytest

from umid_research.analysis.percentages import percentage, possible_bases, survey_percentage

# R's data set api of the package survey: schools by district (cluster), and how many are middle
# schools; and schools by type (stratum) with their weight, and how many teach the year round.
APICLUS1 = {
    61: (13, 3), 135: (34, 0), 178: (4, 1), 197: (13, 3), 255: (16, 3), 406: (2, 0), 413: (1, 0),
    437: (4, 1), 448: (12, 2), 510: (21, 3), 568: (9, 1), 637: (11, 2), 716: (37, 4), 778: (2, 1),
    815: (4, 1),
}  # fmt: skip
APISTRAT = {
    "H": (50, 1, 15.100000381469727),
    "M": (50, 2, 20.360000610351562),
    "E": (100, 18, 44.209999084472656),
}


def passing(n: int) -> list[int]:
    """Return the counts of n people whose percentage is precise."""
    return [k for k in range(n + 1) if percentage(k, n).is_precise]


def test_fifteen_of_sixty_five_is_a_percentage() -> None:
    """A published figure: 23.1 %, Clopper and Pearson 13.5 to 35.2.

    R 4.2.2: binom.test(15, 65)$conf.int gives 0.1352937 0.3518967.
    """
    result = percentage(15, 65)

    assert (0.1352937, 0.3518967) == pytest.approx((result.low, result.high), abs=1e-7)
    assert result.is_precise


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (29, []),
        (44, [*range(9, 17), *range(28, 36)]),
        (46, [*range(9, 21), *range(26, 38)]),
        (47, list(range(9, 39))),
        (65, list(range(10, 56))),
    ],
)
def test_counts_that_pass_at_each_size(n: int, expected: list[int]) -> None:
    """At 44 people, shares near one half fail with a width of 0.309; at 47 they pass.

    By the share alone, 28 to 43 of 44 and 10 to 64 of 65 would pass. But a share passes only if its
    complement does, so the upper ends mirror the lower ones.
    """
    assert expected == passing(n)
    assert [n - k for k in expected] == expected[::-1]


def test_a_narrow_interval_passes_whatever_its_relative_width() -> None:
    """Of 2,000, 2 % has an interval of 1.3 points, and 0.5 % a narrower one; both are shown."""
    assert percentage(40, 2000).is_precise
    assert percentage(10, 2000).is_precise
    assert not percentage(0, 2000).is_precise
    assert not percentage(2000, 2000).is_precise


def test_clusters_widen_the_interval_as_in_r() -> None:
    """R 4.2.2, survey 4.1-1: svyciprop(~I(stype == "M"), svydesign(id = ~dnum, weights = ~pw,
    data = apiclus1), method = "beta") gives 0.1366120 (0.0788680 to 0.2146634), 14 df.
    """
    clusters = pd.Series(np.repeat(list(APICLUS1), [n for n, _ in APICLUS1.values()]))
    given = np.concatenate([np.arange(n) < k for n, k in APICLUS1.values()])
    weights = np.full(len(given), 33.846996307373)
    result = survey_percentage(given, weights, clusters, clusters * 0)

    expected = (0.13661202185792351, 0.078868030461283212, 0.214663433703107920)
    assert expected == pytest.approx((result.share, result.low, result.high), abs=1e-8)
    assert 14 == result.df


def test_strata_and_weights_count_as_in_r() -> None:
    """svyciprop(~I(yr.rnd == "Yes"), svydesign(id = ~1, strata = ~stype, weights = ~pw,
    data = apistrat), method = "beta") gives 0.1374879 (0.0868634 to 0.2029585), 197 df.
    """
    sizes = [n for n, _, _ in APISTRAT.values()]
    given = np.concatenate([np.arange(n) < k for n, k, _ in APISTRAT.values()])
    strata = pd.Series(np.repeat(list(APISTRAT), sizes))
    weights = np.repeat([weight for _, _, weight in APISTRAT.values()], sizes)
    result = survey_percentage(given, weights, pd.Series(range(len(given))), strata)

    expected = (0.1374878900374398, 0.086863384048424613, 0.20295847734645023)
    assert expected == pytest.approx((result.share, result.low, result.high), abs=1e-8)
    assert 197 == result.df


def test_a_single_cluster_gives_no_percentage() -> None:
    """One cluster does not show how clusters differ."""
    given = np.repeat([True, False], 40)
    one = pd.Series(np.zeros(80))

    assert not survey_percentage(given, np.ones(80), one, one).is_precise


def test_few_clusters_give_no_percentage() -> None:
    """Below eight degrees of freedom the interval itself is too uncertain."""
    given = np.tile([True, False], 400)
    clusters = pd.Series(np.repeat(range(8), 100))

    assert not survey_percentage(given, np.ones(800), clusters, clusters * 0).is_precise


def test_the_effective_number_is_at_most_the_number_of_people() -> None:
    """Clusters that are more similar than chance do not add people."""
    given = np.concatenate([np.arange(10) < 5 + step for step in [0, 0, 1, 0, -1, 0] * 3])
    clusters = pd.Series(np.repeat(range(18), 10))

    assert 180 == survey_percentage(given, np.ones(180), clusters, clusters * 0).n


def test_the_published_percentages_fit_five_bases() -> None:
    """15 of 65 know the plan; 3 of 13, 6 of 26, 9 of 39 and 12 of 52 round to the same figure."""
    assert {13: 3, 26: 6, 39: 9, 52: 12, 65: 15} == possible_bases("23.1", 65)
    assert {13: 10, 26: 20, 39: 30, 52: 40, 65: 50} == possible_bases("76.9", 65)


def test_a_percentage_that_no_count_gives_is_refused() -> None:
    """No count of up to 20 people rounds to 23.2 %, but one rounds to 23 %."""
    assert {} == possible_bases("23.2", 20)
    assert {13: 3} == possible_bases("23", 16)


def test_halves_may_have_been_rounded_either_way() -> None:
    """1 of 8 is 12.5, published as 12 or as 13."""
    assert 1 == possible_bases("12", 8)[8] == possible_bases("13", 8)[8]
