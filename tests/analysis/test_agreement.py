"""Alpha agrees with its author's examples, and its interval comes from a bootstrap over units."""

import numpy as np
import pandas as pd
import pytest

from umid_research.analysis.agreement import nominal_agreement, weighted_alpha

# The worked examples of Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability,
# University of Pennsylvania, repository.upenn.edu/asc_papers/43: A, binary data of two observers;
# B, nominal data of two; C, nominal data of four with missing codes. "." is a missing code.
PUBLISHED = {
    "A": (["0100000010", "1110010000"], 0.095),
    "B": (["aabbdcccedda", "babbbcccedd" + "d"], 0.692),
    "C": (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743),
}


def coded(*coders: str) -> pd.DataFrame:
    """Ratings with one coder per text and one unit per letter."""
    columns = [[None if code == "." else code for code in coder] for coder in coders]
    return pd.DataFrame(dict(enumerate(columns)))


@pytest.mark.parametrize("example", PUBLISHED)
def test_alpha_agrees_with_the_published_example(example) -> None:
    """To the three decimals printed there."""
    coders, alpha = PUBLISHED[example]

    assert alpha == round(nominal_agreement(coded(*coders), seed=1).alpha, 3)


def test_alpha_is_one_minus_the_ratio_of_disagreements() -> None:
    """Example A by hand: 4 of 10 units differ, 14 zeros and 6 ones: 1 - 19 · 4 / (14 · 6)."""
    agreement = nominal_agreement(coded(*PUBLISHED["A"][0]), seed=1)

    assert pytest.approx(1 - 19 * 4 / (14 * 6), abs=1e-12) == agreement.alpha
    assert (10, 4) == (agreement.double, agreement.differ)


@pytest.mark.parametrize("example", PUBLISHED)
def test_the_bootstrap_computes_the_same_alpha(example) -> None:
    """With every unit once, it is the sample itself; the library's alpha is independent."""
    ratings = coded(*PUBLISHED[example][0])
    codes = ratings.melt()["value"].dropna().unique()
    counts = np.column_stack([(ratings == code).sum(axis=1) for code in codes])
    double = counts[counts.sum(axis=1) >= 2]

    agreement = weighted_alpha(double, np.ones((1, len(double)), dtype=int))

    assert pytest.approx(nominal_agreement(ratings, seed=1).alpha, abs=1e-12) == agreement[0]


def test_a_weight_of_two_equals_a_duplicated_unit() -> None:
    """Weights are numbers of units."""
    counts = np.array([[2, 0], [1, 1], [0, 2], [0, 2]])
    doubled = counts[[0, 1, 1, 2, 3]]

    once = weighted_alpha(doubled, np.ones((1, 5), dtype=int))

    assert once == weighted_alpha(counts, np.array([[1, 2, 1, 1]]))


def test_the_interval_holds_alpha_and_the_seed_decides_it() -> None:
    """The same seed gives the same limits."""
    ratings = coded(*PUBLISHED["C"][0])
    first, again, other = (nominal_agreement(ratings, seed=seed) for seed in (1, 1, 2))

    assert first == again != other
    assert first.low < first.alpha < first.high


def test_alpha_is_not_defined_where_nobody_could_differ() -> None:
    """One code only, or nothing coded twice."""
    assert np.isnan(nominal_agreement(coded("aaaa", "aaaa"), seed=1).alpha)
    alone = nominal_agreement(coded("abab", "...."), seed=1)
    assert (True, 0) == (np.isnan(alone.alpha), alone.double)


def test_there_is_no_interval_where_nobody_differs() -> None:
    """No bootstrap sample could differ either, so limits of 1 to 1 would look too certain."""
    agreement = nominal_agreement(coded("abab", "abab"), seed=1)

    assert (1.0, True, True) == (agreement.alpha, np.isnan(agreement.low), np.isnan(agreement.high))


def test_the_limits_are_the_percentiles_of_95_percent() -> None:
    """200 units, 20 of which differ: what bootstrap samples of it are binomial (20 of 200).

    The codes are half zeros, so alpha is about 1 - 2 · the share that differs, whose 2.5 % and
    97.5 % quantiles are 12 and 29 of 200 (scipy.stats.binom.ppf).
    """
    same, other = "01" * 90, "01" * 10
    agreement = nominal_agreement(coded(same + other, same + "10" * 10), seed=1)

    assert (200, 20) == (agreement.double, agreement.differ)
    assert pytest.approx(1 - 2 * 29 / 200, abs=0.005) == agreement.low
    assert pytest.approx(1 - 2 * 12 / 200, abs=0.005) == agreement.high
