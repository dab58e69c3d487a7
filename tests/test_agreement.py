"""Alpha is what its author published, and its interval comes from units drawn anew."""

import numpy as np
import pandas as pd
import pytest

from umid_research.agreement import nominal_agreement, weighted_alpha

# The worked examples of Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability,
# University of Pennsylvania, repository.upenn.edu/asc_papers/43: A, binary data of two observers;
# B, nominal data of two; C, nominal data of four with missing codes. "." is a missing code.
PUBLISHED = {
    "A": (["0100000010", "1110010000"], 0.095),
    "B": (["aabbdcccedda", "babbbcccedd" + "d"], 0.692),
    "C": (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743),
}


def coded(*coders: str) -> pd.DataFrame:
    """One coder a text, one unit a letter."""
    columns = [[None if code == "." else code for code in coder] for coder in coders]
    return pd.DataFrame(dict(enumerate(columns)))


@pytest.mark.parametrize("example", PUBLISHED)
def test_alpha_is_that_of_the_published_example(example) -> None:
    """To the three decimals that are printed there."""
    coders, alpha = PUBLISHED[example]

    assert alpha == round(nominal_agreement(coded(*coders), seed=1).alpha, 3)


def test_alpha_is_one_less_the_ratio_of_disagreements() -> None:
    """Example A by hand: 4 of 10 units differ, 14 noughts and 6 ones: 1 - 19 · 4 / (14 · 6)."""
    found = nominal_agreement(coded(*PUBLISHED["A"][0]), seed=1)

    assert pytest.approx(1 - 19 * 4 / (14 * 6), abs=1e-12) == found.alpha
    assert (10, 4) == (found.double, found.differ)


@pytest.mark.parametrize("example", PUBLISHED)
def test_the_bootstrap_computes_the_same_alpha(example) -> None:
    """Every unit once is the sample itself; the library's number is the second source."""
    ratings = coded(*PUBLISHED[example][0])
    codes = ratings.melt()["value"].dropna().unique()
    counts = np.column_stack([(ratings == code).sum(axis=1) for code in codes])
    double = counts[counts.sum(axis=1) >= 2]

    found = weighted_alpha(double, np.ones((1, len(double)), dtype=int))

    assert pytest.approx(nominal_agreement(ratings, seed=1).alpha, abs=1e-12) == found[0]


def test_drawing_a_unit_twice_is_having_it_twice() -> None:
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
    """Units drawn anew could not differ either, and 1 to 1 would claim too much."""
    found = nominal_agreement(coded("abab", "abab"), seed=1)

    assert (1.0, True, True) == (found.alpha, np.isnan(found.low), np.isnan(found.high))
