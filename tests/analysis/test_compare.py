"""Comparisons equal those of R and scipy; contrasts that cannot be estimated have a reason."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels import api as sm
from statsmodels.stats.contrast import ContrastResults
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower

from umid_research.analysis.compare import compare_units, districts, read_comparisons
from umid_research.analysis.compare.districts import compare_with_all
from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.frame import COMPARISONS
from umid_research.analysis.compare.matched import rank_biserial
from umid_research.analysis.compare.power import detectable_by_flips, detectable_by_welch
from umid_research.analysis.compare.skew import is_skewed, skewness
from umid_research.analysis.compare.unmatched import cliffs_delta
from umid_research.analysis.score import locality_means
from umid_research.errors import FrameError
from umid_research.frames import write_frames
from umid_research.study import Design, Study

pytestmark = pytest.mark.filterwarnings("error")

# R's data set sleep: extra hours of sleep of ten patients under two drugs.
SLEEP = {
    "old": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    "new": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
}
# R's data set wine of the package ordinal: bitterness, 0 to 100, averaged by nine judges:
# aggregate(response ~ temp + judge, wine, mean) and the same for contact.
WINE = {
    "temp": {
        "cold": [49.5, 25.75, 37.75, 38.25, 43.25, 41.75, 23.0, 34.0, 29.0],
        "warm": [77.5, 60.25, 74.0, 59.0, 50.5, 63.25, 36.5, 51.25, 55.5],
    },
    "contact": {
        "no": [55.25, 30.0, 61.75, 41.75, 40.0, 42.0, 24.25, 38.25, 31.5],
        "yes": [71.75, 56.0, 50.0, 55.5, 53.75, 63.0, 35.25, 47.0, 53.0],
    },
}
WINE_P = {"temp": 0.00390625, "contact": 0.015625}
# R's data set warpbreaks: breaks by tension.
WARPBREAKS = {
    "low": [26, 30, 54, 25, 70, 52, 51, 26, 67, 27, 14, 29, 19, 29, 31, 41, 20, 44],
    "medium": [18, 21, 29, 17, 12, 18, 35, 30, 36, 42, 26, 19, 16, 39, 28, 21, 39, 29],
    "high": [36, 21, 24, 18, 10, 43, 28, 15, 26, 20, 21, 24, 17, 13, 15, 15, 16, 28],
}


def study_of(
    groups: list[str], districts: list[str], *, matched: bool = True, supply: str | None = None
) -> Study:
    """Return a study of these groups, all or none of them matched; with sides if `supply`."""
    names = {"en": "A name"}
    side = dict.fromkeys(groups, "demand") | {supply: "supply"} if supply else {}
    return Study.model_validate(
        {
            "id": "small",
            "title": names,
            "provenance": "simulated",
            "languages": ["en"],
            "seed": 1,
            "field_work": {
                "sponsor": names,
                "conducted_by": names,
                "start": "2022-03-02",
                "end": "2022-07-31",
                "recruitment": names,
            },
            "roles": {"district": "district", "group": "group", "locality": "locality"},
            "districts": {key: {"code": key, "name": names} for key in districts},
            "groups": {
                key: {"code": key, "name": names, "matched": matched, "side": side.get(key)}
                for key in groups
            },
        }
    )


def units_of(scores: dict[tuple[str, str], list[float]], dimension: str = "trust") -> pd.DataFrame:
    """Return units of one dimension from the scores of each (district, group), by locality.

    None stands for a locality without a unit of the group, NaN for a unit without a score.
    """
    rows = [
        (f"{district}{place}{group}", district, f"{district} {place}", group, dimension, score, 2)
        for (district, group), values in scores.items()
        for place, score in enumerate(values)
        if score is not None
    ]
    columns = ["unit", "district", "locality", "group", "dimension", "score", "respondents"]
    return pd.DataFrame(rows, columns=columns).astype({"score": float})


def random_units(groups: list[str], districts: list[str], seed: int) -> pd.DataFrame:
    """Return units of two dimensions; the last of four localities lacks the last group."""
    rng = np.random.default_rng(seed)
    parts = []
    for dimension in ("trust", "service"):
        scores = {
            key: [float(score) for score in rng.integers(20, 80, 4)]
            for key in product(districts, groups)
        }
        for district in districts:
            scores[district, groups[-1]][-1] = None
        parts.append(units_of(scores, dimension))
    return pd.concat(parts, ignore_index=True)


def rows_of(comparisons: pd.DataFrame, family: str) -> pd.DataFrame:
    rows = comparisons[comparisons["family"] == family]
    return rows.set_index(["dimension", "contrast"])


def one_row(comparisons: pd.DataFrame, family: str) -> pd.Series:
    rows = comparisons[comparisons["family"] == family]
    assert 1 == len(rows)
    return rows.iloc[0]


# --- the frame ----------------------------------------------------------------------------------


def test_rows_are_sorted_by_family_dimension_and_the_studys_order() -> None:
    """Dimensions are in the order of `units`, pairs in the order of the study."""
    study = study_of(["b", "a", "c"], ["y", "x"], supply="a")
    comparisons = compare_units(random_units(["b", "a", "c"], ["y", "x"], 1), study, seed=1)

    pairs = ["b - a", "b - c", "a - c"]
    expected = [("A", dimension, pair) for dimension in ("trust", "service") for pair in pairs]
    expected += [("C", dimension, "y - x") for dimension in ("trust", "service")]
    expected += [("D", dimension, "supply - demand") for dimension in ("trust", "service")]
    found = comparisons[["family", "dimension", "contrast"]].itertuples(index=False, name=None)
    assert expected == list(found)
    assert list(COMPARISONS.columns) == list(comparisons.columns)


def test_a_study_without_matched_groups_has_family_b_alone() -> None:
    """The columns and dtypes are the same; sides and districts are not compared."""
    groups, districts = ["a", "b"], ["x", "y"]
    units = random_units(groups, districts, 1)
    full = compare_units(units, study_of(groups, districts), seed=1)
    alone = compare_units(units, study_of(groups, districts, matched=False), seed=1)

    assert {"B"} == set(alone["family"])
    assert full.dtypes.to_dict() == alone.dtypes.to_dict()


def test_units_without_rows_make_comparisons_without_rows() -> None:
    """Without answers there is nothing to compare, which is no error."""
    units = random_units(["a", "b"], ["x"], 1).head(0)

    assert 0 == len(compare_units(units, study_of(["a", "b"], ["x"], supply="a"), seed=1))


def test_a_dimension_of_one_group_only_is_never_compared() -> None:
    """A comparison needs the scores of two groups."""
    units = random_units(["a", "b"], ["x", "y"], 1)
    own = units[units["group"] == "a"].assign(dimension="own")
    comparisons = compare_units(pd.concat([units, own]), study_of(["a", "b"], ["x", "y"]), seed=1)

    assert {"trust", "service"} == set(comparisons["dimension"])


def test_comparisons_read_back_as_they_were_written(tmp_path: Path) -> None:
    """The CSV keeps every number, blank and dtype."""
    study = study_of(["a", "b", "c"], ["x", "y"], supply="a")
    comparisons = compare_units(random_units(["a", "b", "c"], ["x", "y"], 1), study, seed=1)
    write_frames(tmp_path, {COMPARISONS: comparisons}, study)

    pd.testing.assert_frame_equal(comparisons, read_comparisons(tmp_path))


def test_comparisons_that_were_not_made_yet_are_refused(tmp_path: Path) -> None:
    """The error names the frame."""
    with pytest.raises(FrameError, match="'comparisons' has not been made yet"):
        read_comparisons(tmp_path)


# --- family A: sign flips -----------------------------------------------------------------------


def test_sleep_gives_the_exact_p_of_coin() -> None:
    """Two groups in ten blocks, one of them tied.

    R 4.2.2, coin 1.4-2: oneway_test(extra ~ group | ID, data = sleep, distribution = "exact")
    gives p = 0.00390625. By hand: nine differences have one sign, the tenth is zero, so of the
    2^10 flips only 2 · 2 reach the sum 15.8, and 4 / 1024 = 0.00390625.
    """
    units = units_of({("x", group): scores for group, scores in SLEEP.items()})
    row = one_row(compare_units(units, study_of(["old", "new"], ["x"]), seed=1), "A")

    assert 0.00390625 == row["p"] == row["p_adjusted"] == row["p_smallest"]
    assert -1.58 == pytest.approx(row["estimate"], abs=1e-12)
    assert (10, 10, 1024) == (row["n_a"], row["n_b"], row["draws"])
    assert "sign flips, all 1024 enumerated" == row["method"]
    assert -1.0 == row["effect"]


@pytest.mark.parametrize("factor", WINE)
def test_wine_averaged_by_judge_gives_the_exact_p_of_coin(factor: str) -> None:
    """Two groups in nine blocks; by contact, one judge disagrees with the others.

    R 4.2.2, coin 1.4-2: m <- aggregate(response ~ contact + judge, wine, mean) and then
    pvalue(oneway_test(response ~ contact | judge, m, distribution = "exact")).
    """
    first, second = WINE[factor]
    units = units_of({("x", group): scores for group, scores in WINE[factor].items()})
    row = one_row(compare_units(units, study_of([first, second], ["x"]), seed=1), "A")

    assert WINE_P[factor] == row["p"]


def test_p_of_each_contrast_equals_scipys_exact_permutation_test() -> None:
    """Missing scores of other contrasts do not change it."""
    groups, districts = ["a", "b", "c"], ["x", "y", "z"]
    units = random_units(groups, districts, 7)
    found = rows_of(compare_units(units, study_of(groups, districts), seed=1), "A")
    scores = units.pivot_table(index="locality", columns=["dimension", "group"], values="score")

    for dimension, contrast in found.index:
        a, b = contrast.split(" - ")
        differences = (scores[dimension, a] - scores[dimension, b]).dropna()
        exact = stats.permutation_test(
            (differences,),
            lambda d, axis: np.abs(np.sum(d, axis=axis)),
            permutation_type="samples",
            alternative="greater",
            n_resamples=np.inf,
        )
        row = found.loc[(dimension, contrast)]
        assert exact.pvalue == pytest.approx(row["p"], abs=1e-12)
        assert len(differences) == row["n_a"]
        assert differences.mean() == pytest.approx(row["estimate"], abs=1e-12)


def test_step_down_by_hand() -> None:
    """Two contrasts in two localities.

    |T| over the flips none, first, second, both: 4 2 2 4 and 1 3 3 1. Flips that reach each: 2 4
    4 2 and 4 2 2 4, so p is 2/4 and 4/4. The smaller of both is 2 in every flip: adjusted 4/4.
    """
    flipped = flip_signs(np.array([[1.0, 2.0], [3.0, -1.0]]), draws=0, seed=1)

    assert [0.5, 1.0] == flipped.p.tolist()
    assert [1.0, 1.0] == flipped.p_adjusted.tolist()


def test_step_down_p_values_follow_their_definition() -> None:
    """The expected values come from a direct but slow implementation of the definition."""
    rng = np.random.default_rng(3)
    differences = rng.integers(-4, 7, (7, 5)).astype(float)
    differences[:3, 1] = differences[5, 4] = np.nan
    signs = np.array(list(product([1, -1], repeat=7)))
    sums = np.abs(signs @ np.nan_to_num(differences))
    p = np.array([[(column >= value).mean() for value in column] for column in sums.T])
    order = np.argsort(p[:, 0], kind="stable")
    expected, largest = np.empty(5), 0.0
    for place, contrast in enumerate(order):
        left = p[order[place:]].min(axis=0)
        largest = max(largest, (left <= p[contrast, 0]).mean())
        expected[contrast] = largest

    flipped = flip_signs(differences, draws=0, seed=1)
    assert p[:, 0].tolist() == flipped.p.tolist()
    assert expected.tolist() == flipped.p_adjusted.tolist()


def test_identical_contrasts_need_no_adjustment() -> None:
    """Joint flips preserve the dependence between contrasts."""
    differences = np.array([[4.0], [1.0], [2.0], [-3.0], [5.0], [6.0]])
    flipped = flip_signs(np.repeat(differences, 5, axis=1), draws=0, seed=1)

    assert flipped.p.tolist() == flipped.p_adjusted.tolist()


def test_adjusted_p_is_never_smaller_and_keeps_the_order() -> None:
    """p_adjusted >= p, and a smaller p never has a larger p_adjusted."""
    groups, districts = ["a", "b", "c"], ["x", "y", "z"]
    for seed in range(5):
        comparisons = compare_units(
            random_units(groups, districts, seed), study_of(groups, districts), seed=1
        )
        for _, family in comparisons.groupby("family"):
            assert (family["p_adjusted"] >= family["p"]).all()
            assert family.sort_values(["p", "p_adjusted"])["p_adjusted"].is_monotonic_increasing


def test_limits_are_the_shifts_that_the_test_does_not_reject() -> None:
    """A test of every shift on a grid rejects those outside low to high, and no other."""
    differences = np.array([3.0, -1.0, 4.0, 1.5, 9.0, 2.6, 5.3, -0.8])
    flipped = flip_signs(differences[:, np.newaxis], draws=0, seed=1)
    signs = np.array(list(product([1, -1], repeat=8)))
    low, high = flipped.low[0], flipped.high[0]

    for shift in [*np.arange(-2.005, 10, 0.01), low, high, low - 1e-6, high + 1e-6]:
        moved = differences - shift
        p = (np.abs(signs @ moved) >= abs(moved.sum()) - 1e-9).mean()
        assert (p > 0.05) == (low <= shift <= high)


def test_limits_of_peoples_differences_are_shifts_of_every_person() -> None:
    """The same for localities of unequal size, whose sums move by the number of people."""
    sums = np.array([6.0, -1.0, 12.0, 3.0, 9.0, 2.6, 5.3, -1.6])
    people = np.array([3.0, 1.0, 4.0, 2.0, 1.0, 2.0, 5.0, 2.0])
    flipped = flip_signs(sums[:, np.newaxis], draws=0, seed=1, people=people[:, np.newaxis])
    signs = np.array(list(product([1, -1], repeat=8)))
    low, high = flipped.low[0], flipped.high[0]

    for shift in [*np.arange(-2.005, 10, 0.01), low, high, low - 1e-6, high + 1e-6]:
        moved = sums - shift * people
        p = (np.abs(signs @ moved) >= abs(moved.sum()) - 1e-9).mean()
        assert (p > 0.05) == (low <= shift <= high)


def test_limits_of_six_localities_are_the_extreme_differences() -> None:
    """With six, 2/64 < 5 % but 4/64 > 5 %, so only the outermost subset mean is cut off."""
    differences = np.array([[3.0], [-1.0], [4.0], [1.5], [9.0], [2.6]])
    flipped = flip_signs(differences, draws=0, seed=1)

    assert (-1.0, 9.0) == (flipped.low[0], flipped.high[0])


@pytest.mark.parametrize(
    ("localities", "method"),
    [(17, "sign flips, all 131072 enumerated"), (18, "sign flips, 99 drawn")],
)
def test_up_to_seventeen_localities_all_flips_are_enumerated(localities, method) -> None:
    """Of 17 localities there are 2^17 = 131,072; of more, 99,999 are drawn, here 99."""
    scores = {("x", "a"): [51.0] * localities, ("x", "b"): [50.0] * localities}
    study = study_of(["a", "b"], ["x"])
    row = one_row(compare_units(units_of(scores), study, draws=99, seed=1), "A")

    assert method == row["method"]


def test_five_localities_have_a_p_value_but_no_limits() -> None:
    """2/32 > 5 %, so no shift is rejected; the reason says that there are no limits."""
    units = units_of({("x", "a"): [51, 52, 53, 54, 55], ("x", "b"): [50, 50, 50, 50, 50]})
    row = one_row(compare_units(units, study_of(["a", "b"], ["x"]), seed=1), "A")

    assert (3.0, 0.0625) == (row["estimate"], row["p"])
    assert np.isnan(row["low"]) and np.isnan(row["high"])
    assert "sign flips, all 32 enumerated" == row["method"]
    assert ("unclear", "too_few_for_limits") == (row["verdict"], row["reason"])


def test_a_contrast_with_few_localities_leaves_the_others_their_limits() -> None:
    """Missing scores affect only their own contrast, with enumerated and with random flips."""
    for localities in (12, 40):
        differences = np.random.default_rng(1).normal(size=(localities, 2))
        differences[4:, 1] = np.nan
        flipped = flip_signs(differences, draws=9_999, seed=1)
        alone = flip_signs(differences[:, :1], draws=9_999, seed=1)

        assert [False, True] == np.isnan(flipped.low).tolist() == np.isnan(flipped.high).tolist()
        assert alone.p[0] == flipped.p[0]
        assert alone.low[0] == pytest.approx(flipped.low[0], abs=1e-12)
        assert 2 / 2**4 == flipped.p_smallest[1]


def test_flips_of_more_than_seventeen_localities_are_random() -> None:
    """p = (1 + #) / (1 + draws); no random flip reaches the sum of 18 positive differences."""
    units = units_of({("x", "a"): list(range(51, 69)), ("x", "b"): [50] * 18})
    row = one_row(compare_units(units, study_of(["a", "b"], ["x"]), draws=999, seed=1), "A")

    assert 1 / 1000 == row["p"] == row["p_smallest"]
    assert ("sign flips, 999 drawn", 999) == (row["method"], row["draws"])


def test_random_flips_approximate_the_enumerated_ones() -> None:
    """For 18 localities, p and limits equal those of all 2^18 flips within Monte Carlo error."""
    differences = np.random.default_rng(5).normal(0.4, 1, 18)
    flips = (np.arange(2**18)[:, np.newaxis] >> np.arange(18)) & 1
    sums = flips @ differences
    exact = (np.abs(differences.sum() - 2 * sums) >= abs(differences.sum()) - 1e-9).mean()
    means = np.sort(sums[1:] / flips[1:].sum(axis=1))
    outside = 2**18 // 40
    drawn = flip_signs(differences[:, np.newaxis], draws=99_999, seed=1)

    assert exact == pytest.approx(drawn.p[0], abs=4 * np.sqrt(exact * (1 - exact) / 1e5))
    assert means[outside - 1] == pytest.approx(drawn.low[0], abs=0.02)
    assert means[-outside] == pytest.approx(drawn.high[0], abs=0.02)


def test_the_same_seed_draws_the_same_flips() -> None:
    """The result is a function of data and seed."""
    differences = np.random.default_rng(1).normal(size=(20, 3))
    one, same, other = (flip_signs(differences, draws=500, seed=seed) for seed in (1, 1, 2))

    assert one.p.tolist() == same.p.tolist()
    assert one.p.tolist() != other.p.tolist()


def test_ties_count_in_spite_of_rounding() -> None:
    """Sums that differ only by floating-point rounding, such as 0.1 + 0.2 and 0.3, are equal.

    Differences 0.1, 0.2, -0.3: the sum is 0, every flip reaches it, p = 1. The sizes of the
    differences 0.3 and 0.1 + 0.2 share a rank: (2.5 - 2.5 - 1) / 6 = -1/6.
    """
    assert 1.0 == flip_signs(np.array([[0.1], [0.2], [-0.3]]), draws=0, seed=1).p[0]
    found = rank_biserial(np.array([[0.1 + 0.2], [-0.3], [-0.1]]))[0]
    assert -1 / 6 == pytest.approx(found, abs=1e-12)


def test_rank_biserial_by_hand() -> None:
    """Kerby's r = f - u on the ten pairs of a common textbook example.

    125-110, 115-122, 130-125, 140-120, 140-140, 115-124, 140-123, 125-137, 140-135, 135-145 give
    15 -7 5 20 0 -9 17 -12 5 -10. Without the zero, the ranks of their sizes are
    7 3 1.5 9 4 8 6 1.5 5, with the sum 45. The ranks of positive differences sum to
    7 + 1.5 + 9 + 8 + 1.5 = 27, the others to 18: 27/45 - 18/45 = 0.2.
    """
    differences = np.array([[15.0, -7, 5, 20, 0, -9, 17, -12, 5, -10]]).T

    assert 0.2 == pytest.approx(rank_biserial(differences)[0], abs=1e-12)


def test_the_familywise_error_rate_is_five_percent() -> None:
    """400 studies are simulated without any difference between three groups in three dimensions.

    The number of studies with a significant contrast must lie within the central 99.9 % of a
    binomial distribution with n = 400 and p = 5 %.
    """
    rng = np.random.default_rng(2022)
    rejected = 0
    for _ in range(400):
        scores = rng.normal(size=(12, 3, 3)) + rng.normal(size=(12, 3, 1))
        scores[:3, 2] = np.nan
        pairs = [scores[:, a] - scores[:, b] for a, b in ((0, 1), (0, 2), (1, 2))]
        flipped = flip_signs(np.concatenate(pairs, axis=1), draws=0, seed=1)
        rejected += (flipped.p_adjusted < 0.05).any()

    least, most = stats.binom(400, 0.05).interval(0.999)
    assert least <= rejected <= most


# --- family D: local government and the people it serves ----------------------------------------


def test_the_gap_is_supply_minus_demand_in_localities_with_all_groups() -> None:
    """60 - (40 + 50)/2 = 15 and 50 - (30 + 50)/2 = 10; the third locality has no group c."""
    units = units_of({("x", "a"): [60, 50, 99], ("x", "b"): [40, 30, 0], ("x", "c"): [50, 50]})
    study = study_of(["a", "b", "c"], ["x"], supply="a")
    row = one_row(compare_units(units, study, seed=1), "D")

    assert (12.5, 2, 0.5) == (row["estimate"], row["n_a"], row["p"])
    assert ("supply", "demand") == (row["group_a"], row["group_b"])


def test_a_study_without_sides_has_no_family_d() -> None:
    """The sides of the groups are optional in study.toml."""
    study = study_of(["a", "b"], ["x", "y"])

    assert "D" not in set(
        compare_units(random_units(["a", "b"], ["x", "y"], 1), study, seed=1)["family"]
    )


# --- family B: groups known only by district ----------------------------------------------------


def with_visitors(
    scores: dict[tuple[str, str], list[float]], visitors: dict[str, list[float]]
) -> pd.DataFrame:
    """Return units of the index; the group `v` has a district but no locality."""
    units = units_of(scores, "index")
    guests = units_of({(district, "v"): values for district, values in visitors.items()}, "index")
    return pd.concat([units, guests.assign(locality=np.nan)], ignore_index=True)


def study_with_visitors(districts: list[str], supply: str | None = None) -> Study:
    study = study_of(["a", "b"], districts, supply=supply)
    groups = study.groups | {"v": study.groups["a"].model_copy(update={"matched": False})}
    return study.model_copy(update={"groups": groups})


def test_unmatched_groups_are_adjusted_for_districts() -> None:
    """By hand: v 10 20 | 60, a 10 14 | 50 54 in two districts.

    Differences within districts 15 - 12 = 3 and 60 - 52 = 8, weights 2·2/(2+2) = 1 and
    1·2/(1+2) = 2/3, so (3 + 8·2/3) / (5/3) = 5. The coefficients: v 0.3 0.3 | 0.4,
    a -0.3 -0.3 | -0.2 -0.2. District effects are the means of v less 5 and a: 11 and 53, so that
    the adjusted scores are v -1 9 7, variance 28, and a -1 3 -3 1, variance 20/3;
    s² = 28·(0.09 + 0.09 + 0.16) + 20/3·(2·0.09 + 2·0.04), with 2 df.
    Of the 12 pairs, v lies above in 9 (1 + 4 + 4), below in 2 and ties in 1: 7/12.
    """
    scores = {("x", "a"): [10, 14], ("y", "a"): [50, 54], ("x", "b"): [1, 2], ("y", "b"): [3, 4]}
    units = with_visitors(scores, {"x": [10, 20], "y": [60]})
    study = study_with_visitors(["x", "y"])
    row = rows_of(compare_units(units, study, seed=1), "B").loc[("index", "v - a")]

    error = np.sqrt(28 * 0.34 + 20 / 3 * 0.26)
    half = stats.t.ppf(0.975, 2) * error
    assert [5, 5 - half, 5 + half] == pytest.approx(row[["estimate", "low", "high"]].tolist())
    assert 2 * stats.t.sf(5 / error, 2) == pytest.approx(row["p"], abs=1e-12)
    assert (3, 4, 7 / 12) == (row["n_a"], row["n_b"], pytest.approx(row["effect"]))


def test_with_one_district_there_is_nothing_to_adjust() -> None:
    """The statistic is that of scipy's Welch test; df = 3 - 1."""
    a, v = [50.0, 61, 44, 58], [70.0, 48, 83]
    units = with_visitors({("x", "a"): a, ("x", "b"): a}, {"x": v})
    row = rows_of(compare_units(units, study_with_visitors(["x"]), seed=1), "B").iloc[0]

    statistic = stats.ttest_ind(v, a, equal_var=False).statistic
    assert 2 * stats.t.sf(abs(statistic), 2) == pytest.approx(row["p"], abs=1e-12)


def test_unmatched_groups_are_compared_with_the_first_group_of_each_side() -> None:
    """Without sides they are compared with every matched group."""
    scores = {(d, group): [10.0, 30] for d, group in product("xy", "ab")}
    units = with_visitors(scores, {"x": [10, 20], "y": [60]})
    without = study_with_visitors(["x", "y"])
    sided = study_with_visitors(["x", "y"], supply="b")
    only_supply = {
        key: entry.model_copy(update={"side": "supply"}) for key, entry in sided.groups.items()
    }

    def pairs(study: Study) -> list[str]:
        comparisons = compare_units(units, study, seed=1)
        return comparisons.loc[comparisons["family"] == "B", "contrast"].tolist()

    assert ["v - a", "v - b"] == pairs(without) == pairs(sided)
    assert ["v - a"] == pairs(sided.model_copy(update={"groups": only_supply}))


def test_cliffs_delta_by_hand() -> None:
    """Pairs of 3 4 6 with 1 4 5: above 1 + 1 + 3, below 2 + 1, one tie: (5 - 3) / 9."""
    assert 2 / 9 == pytest.approx(cliffs_delta(np.array([3.0, 4, 6]), np.array([1.0, 4, 5])))


def test_cliffs_delta_is_that_of_the_rank_sum() -> None:
    """R 4.2.2, warpbreaks of low and high tension: wilcox.test gives W = 261.5; 2 W / 18² - 1."""
    low, high = (np.array(WARPBREAKS[key], dtype=float) for key in ("low", "high"))

    assert 0.61419753086419759 == pytest.approx(cliffs_delta(low, high), abs=1e-12)


B_REASONS = {
    "elsewhere": ({"y": [10, 20]}, "no_shared_district"),
    "nobody": ({"x": [np.nan]}, "no_shared_district"),
    "one unit": ({"x": [10], "y": [20]}, "group_with_one_unit"),
    "all equal": ({"x": [50, 50]}, "equal_units"),
}


@pytest.mark.parametrize("case", B_REASONS)
def test_unmatched_groups_that_cannot_be_compared_have_a_reason(case: str) -> None:
    """Only districts with both groups count."""
    visitors, reason = B_REASONS[case]
    units = with_visitors({("x", group): [40.0, 40] for group in "ab"}, visitors)
    rows = rows_of(compare_units(units, study_with_visitors(["x", "y"]), seed=1), "B")

    assert [("not_estimable", reason)] * 2 == list(
        rows[["verdict", "reason"]].itertuples(index=False, name=None)
    )
    assert rows[["estimate", "low", "high", "effect", "p", "p_adjusted"]].isna().all(axis=None)


def unmatched_study(groups: list[str], districts: list[str], *, strata: bool) -> Study:
    study = study_of(groups, districts, matched=False)
    return study.model_copy(update={"design": Design(strata="district" if strata else None)})


def test_without_matching_all_pairs_of_groups_are_compared() -> None:
    """The statistic is that of scipy's Welch test, df is the smaller group's, adjusted by Holm."""
    groups, districts = ["a", "b", "c"], ["x", "y"]
    units = random_units(groups, districts, 3)
    found = compare_units(units, unmatched_study(groups, districts, strata=False), seed=1)

    pairs = ["a - b", "a - c", "b - c"]
    assert [*pairs, *pairs] == found["contrast"].tolist()
    assert {"Welch t on units, Holm"} == set(found["method"])
    samples = {key: block["score"] for key, block in units.groupby(["dimension", "group"])}
    for row in found.itertuples():
        a, b = samples[row.dimension, row.group_a], samples[row.dimension, row.group_b]
        statistic = stats.ttest_ind(a, b, equal_var=False).statistic
        assert (len(a), len(b)) == (row.n_a, row.n_b)
        p = 2 * stats.t.sf(abs(statistic), min(row.n_a, row.n_b) - 1)
        assert p == pytest.approx(row.p, abs=1e-12)
    assert 1 <= found["p_adjusted"].min() / found["p"].min() <= 6


def test_strata_remove_the_differences_between_districts() -> None:
    """a 10 14 | 50 54, b 7 11 | 41 51: 12 - 9 = 3 and 52 - 46 = 6 have equal weights: 4.5.

    Without strata the means are 32 and 27.5. The difference is the same, but its interval is much
    wider, because the spread between districts counts as error.
    """
    units = units_of(
        {("x", "a"): [10, 14], ("y", "a"): [50, 54], ("x", "b"): [7, 11], ("y", "b"): [41, 51]}
    )
    within, over = (
        compare_units(units, unmatched_study(["a", "b"], ["x", "y"], strata=strata), seed=1).iloc[0]
        for strata in (True, False)
    )

    assert 4.5 == pytest.approx(within["estimate"]) == pytest.approx(over["estimate"])
    assert "Welch t adjusted for districts, Holm" == within["method"]
    assert within["high"] - within["low"] < (over["high"] - over["low"]) / 4


def test_groups_without_a_shared_stratum_have_a_reason() -> None:
    """This happens where the capital is a district of its own. Other pairs are unaffected."""
    units = units_of({("x", "a"): [10, 14], ("y", "b"): [50, 54, 40], ("y", "c"): [41, 51, 66]})
    study = unmatched_study(["a", "b", "c"], ["x", "y"], strata=True)
    found = compare_units(units, study, seed=1).set_index("contrast")

    assert ["no_shared_stratum"] * 2 == found.loc[["a - b", "a - c"], "reason"].tolist()
    assert found.loc[["a - b", "a - c"], "estimate"].isna().all()
    # Pairs that cannot be estimated do not count in the adjustment.
    assert found.loc["b - c", "p"] == found.loc["b - c", "p_adjusted"]


def test_a_group_without_scores_has_a_reason_in_a_study_without_strata() -> None:
    """Without strata, districts do not matter."""
    units = units_of({("x", "a"): [10, 14], ("x", "b"): [np.nan, np.nan]})
    row = compare_units(units, unmatched_study(["a", "b"], ["x"], strata=False), seed=1).iloc[0]

    assert ("not_estimable", "group_without_scores") == (row["verdict"], row["reason"])


def test_the_design_names_the_dimensions_of_family_b() -> None:
    """A matched study that names none compares only the index."""
    study = study_with_visitors(["x"])
    scores = {("x", group): [40.0, 50, 61] for group in "ab"}
    index = with_visitors(scores, {"x": [70.0, 80]})
    units = pd.concat([index.assign(dimension="trust"), index.assign(dimension="pay"), index])
    named = study.model_copy(update={"design": Design(family_b=("trust",))})

    assert {"index"} == set(rows_of(compare_units(units, study, seed=1), "B").index.levels[0])
    assert {"index", "trust"} == set(
        rows_of(compare_units(units, named, seed=1), "B").index.levels[0]
    )


# --- family C: districts ------------------------------------------------------------------------


def warpbreaks() -> pd.DataFrame:
    """Return comparisons of tensions as districts; both groups of a locality have its count."""
    scores = {
        (key, group): list(map(float, WARPBREAKS[key])) for key in WARPBREAKS for group in "ab"
    }
    study = study_of(["a", "b"], ["low", "medium", "high"])
    return rows_of(compare_units(units_of(scores), study, seed=1), "C").droplevel("dimension")


def test_districts_are_compared_as_in_r() -> None:
    """R 4.2.2: t.test(breaks ~ tension, data = subset(warpbreaks, tension != "M")) and so on."""
    found = warpbreaks()

    columns = ["estimate", "low", "high", "p"]
    low_high = [36.388888888888886 - 21.666666666666668, 5.7718795416544566, 23.6725649027899792]
    expected = [*low_high, 0.0023267944377645027]
    assert expected == pytest.approx(found.loc["low - high", columns].tolist(), abs=1e-10)
    expected = [10.0, 0.89767958844350781, 19.10232041155648375, 0.032524813273669559]
    assert expected == pytest.approx(found.loc["low - medium", columns].tolist(), abs=1e-10)


def test_districts_are_compared_as_in_scipy() -> None:
    """Welch's test of scipy gives the same p and limits for each pair."""
    for contrast, row in warpbreaks().iterrows():
        a, b = (WARPBREAKS[key] for key in str(contrast).split(" - "))
        test = stats.ttest_ind(a, b, equal_var=False)
        limits = test.confidence_interval()
        expected = [test.pvalue, limits.low, limits.high]
        assert expected == pytest.approx(row[["p", "low", "high"]].tolist(), abs=1e-10)
        assert (18, 18) == (row["n_a"], row["n_b"])


def test_districts_are_adjusted_by_holm() -> None:
    """The smallest of three p-values is multiplied by 3, the next by 2, the largest by 1.

    R: p.adjust(c(0.0325248, 0.00232679, 0.1145571), "holm") = 0.06504963 0.006980383 0.1145571
    """
    found = warpbreaks()

    p = {"low - high": 0.0023267944377645027 * 3, "low - medium": 0.032524813273669559 * 2}
    p["medium - high"] = 0.11455710231814654
    for contrast, expected in p.items():
        assert expected == pytest.approx(found.loc[contrast, "p_adjusted"], abs=1e-10)
    assert found["p_smallest"].isna().all() and found["draws"].isna().all()


def test_effect_between_districts_is_hedges_g() -> None:
    """Difference over the pooled sd, times 1 - 3/(4·34 - 1); the same in R by that formula."""
    found = warpbreaks().loc["low - high"]

    assert 1.1036425084453287 == pytest.approx(found["effect"], abs=1e-10)
    assert "Hedges' g" == found["effect_name"]


def test_a_missing_group_does_not_change_its_district_s_score() -> None:
    """Groups a 10 30 20 60 (mean 30), b 30 - 40 80 (mean 50), grand mean 40.

    The second locality has only a: 30 - 30 + 40 = 40. The localities have 20 40 | 30 70, the
    districts 30 | 50. So the difference is -20; without the adjustment it would be -25.
    """
    units = units_of(
        {
            ("x", "a"): [10, 30],
            ("x", "b"): [30, None],
            ("y", "a"): [20, 60],
            ("y", "b"): [40, 80],
        }
    )
    row = one_row(compare_units(units, study_of(["a", "b"], ["x", "y"]), seed=1), "C")

    assert -20 == pytest.approx(row["estimate"], abs=1e-12)


# --- family C of many districts: each with the mean of all ---------------------------------------


def _places(values: dict[str, list[float]]) -> pd.DataFrame:
    """Return the means of localities in the dimension trust."""
    rows = [("trust", key, f"{key} {n}", v) for key, of in values.items() for n, v in enumerate(of)]
    return pd.DataFrame(rows, columns=["dimension", "district", "locality", "score"])


def _with_all(values: dict[str, list[float]]) -> pd.DataFrame:
    found = compare_with_all(_places(values), list(values), ["trust"], seed=1)
    return found.set_index("group_a")


def test_above_twelve_districts_each_is_compared_with_the_mean_of_all() -> None:
    """12 districts have 66 pairs, 13 have 13 contrasts."""
    rng = np.random.default_rng(1)
    for number, expected in ((12, 66), (13, 13)):
        keys = [f"d{n}" for n in range(number)]
        scores = {(key, group): rng.normal(50, 9, 3).tolist() for key in keys for group in "ab"}
        study = study_of(["a", "b"], keys)
        found = compare_units(units_of(scores), study, seed=1)
        found = found[found["family"] == "C"]

        assert expected == len(found)
        assert (number == 13) == (found["group_b"] == "all districts").all()
        assert found["verdict"].isin(["higher", "lower", "unclear"]).all()
    assert keys == found["group_a"].tolist()
    assert [(3, 39)] == list(found[["n_a", "n_b"]].drop_duplicates().itertuples(index=False))


def test_of_two_districts_the_mean_of_all_is_half_way_as_in_scipy() -> None:
    """mean_1 - (mean_1 + mean_2) / 2 is half their difference, and t is that of Welch's test."""
    low, high = WARPBREAKS["low"], WARPBREAKS["high"]
    row = _with_all({"x": low, "y": high}).loc["x"]
    test = stats.ttest_ind(low, high, equal_var=False)
    half = stats.t(17).ppf(0.975) * abs((np.mean(low) - np.mean(high)) / test.statistic) / 2

    assert (np.mean(low) - np.mean(high)) / 2 == pytest.approx(row["estimate"], abs=1e-10)
    assert 2 * stats.t(17).sf(abs(test.statistic)) == pytest.approx(row["p"], abs=1e-12)
    assert row["estimate"] + half == pytest.approx(row["high"], abs=1e-10)
    assert row["estimate"] - half == pytest.approx(row["low"], abs=1e-10)


def test_the_difference_from_all_and_its_error_are_those_of_statsmodels() -> None:
    """A regression on the districts, with standard errors HC2, has var_j/n_j for each mean.

    The interval is that of statsmodels with the district's own 17 degrees of freedom.
    """
    found = _with_all({key: list(map(float, of)) for key, of in WARPBREAKS.items()})
    scores = np.concatenate(list(WARPBREAKS.values()))
    model = sm.OLS(scores, np.repeat(np.eye(3), 18, axis=0)).fit(cov_type="HC2")
    for place, row in enumerate(found.itertuples()):
        tested = ContrastResults(
            effect=model.t_test(np.eye(3)[place] - 1 / 3).effect,
            sd=model.t_test(np.eye(3)[place] - 1 / 3).sd,
            t=model.t_test(np.eye(3)[place] - 1 / 3).tvalue,
            df_denom=17,
        )
        (low, high), p = tested.conf_int()[0], tested.pvalue

        assert [tested.effect[0], low, high, float(p)] == pytest.approx(
            [row.estimate, row.low, row.high, row.p], abs=1e-10
        )
    assert found["p_adjusted"].tolist() == pytest.approx(
        multipletests(found["p"], method="holm")[1].tolist()
    )


def test_the_interval_around_the_difference_from_all_by_hand() -> None:
    """Three districts of four localities: 0 2 4 6, the same plus 10, and plus 2.

    Each mean has the variance (20/3)/4 = 5/3, the difference from all 2/3 of it: 10/9. Tables have
    t = 3.1824 for 3 degrees of freedom.
    """
    found = _with_all({"x": [0, 2, 4, 6], "y": [10, 12, 14, 16], "z": [2, 4, 6, 8]})

    assert [-4, 6, -2] == pytest.approx(found["estimate"].tolist())
    half = 3.1824 * (10 / 9) ** 0.5
    assert [half] * 3 == pytest.approx(((found["high"] - found["low"]) / 2).tolist(), abs=1e-4)
    assert [-4 / (20 / 3) ** 0.5] == pytest.approx([found.loc["x", "effect"]])


def test_another_district_s_large_spread_lowers_the_degrees_of_freedom() -> None:
    """x has 10 localities, but nearly all of the error is that of y, which has two: df = 1.

    The difference is 0.5 - (0.5 + 0) / 2; y's mean has the variance 20000/2, a quarter of it is the
    error's. Tables have t = 12.706.
    """
    found = _with_all({"x": [0.0, 1] * 5, "y": [-100.0, 100]}).loc["x"]

    assert 0.25 == pytest.approx(found["estimate"])
    assert 12.706 * 50 == pytest.approx((found["high"] - found["low"]) / 2, rel=1e-3)


def test_districts_with_fewer_than_two_localities_are_not_in_the_mean_of_all() -> None:
    """The difference of x is from the mean of x and y; a constant district is compared too."""
    found = _with_all({"x": [0.0, 2], "y": [10.0, 14], "z": [99.0], "w": []})

    assert -5.5 == pytest.approx(found.loc["x", "estimate"])
    assert [2, 2, 1, 0] == found["n_a"].tolist()
    assert [4] * 4 == found["n_b"].tolist()
    reasons = ["", "", "district_with_one_locality", "district_without_scores"]
    assert reasons == found["reason"].tolist()
    alone = _with_all({"x": [0.0, 2], "z": [99.0]})
    assert ["district_with_one_locality"] * 2 == alone["reason"].tolist()
    constant = _with_all({"x": [1.0, 1], "y": [10.0, 14], "z": [5.0, 9]})
    assert [""] * 3 == constant["reason"].tolist()
    assert ["equal_localities"] * 2 == _with_all({"x": [1.0, 1], "y": [2.0, 2]})["reason"].tolist()


@pytest.mark.parametrize("spreads", [(9.0,), (4.0, 9.0, 14.0)])
def test_of_null_studies_hardly_one_in_twenty_has_a_district_that_differs(spreads) -> None:
    """400 studies of 14 districts with six localities, of equal spread or not; binomial bounds."""
    spread = np.resize(spreads, 14)[:, np.newaxis]
    drawn = np.random.default_rng(11).normal(50, spread, (400, 14, 6))
    found = _studies_with_all(drawn)
    covered = ((found["low"] <= 0) & (found["high"] >= 0)).mean()
    # Holm rejects something where its first step does.
    wrong = (found["p"].to_numpy().reshape(400, 14).min(axis=1) < 0.05 / 14).sum()

    assert wrong <= stats.binom(400, 0.055).ppf(0.99)
    assert covered >= 0.94


def _studies_with_all(scores: np.ndarray) -> pd.DataFrame:
    """Return the comparisons of studies × districts × localities; each study is a dimension."""
    keys = [f"d{number}" for number in range(scores.shape[1])]
    studies = [f"study {number}" for number in range(len(scores))]
    index = pd.MultiIndex.from_product(
        [studies, keys, range(scores.shape[2])], names=["dimension", "district", "locality"]
    )
    places = pd.DataFrame({"score": scores.ravel()}, index=index).reset_index()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(districts, "detectable_by_welch", lambda *_, **__: 0.0)
        return compare_with_all(places, keys, studies, seed=1)


def test_a_difference_from_all_of_mdd_is_found_in_four_of_five_studies() -> None:
    """300 studies with the observed spread, at the level of Holm's first step."""
    rng = np.random.default_rng(3)
    values = {f"d{n}": rng.normal(50, 9, 8).tolist() for n in range(14)}
    found = _with_all(values).loc["d0"]
    spread = np.array([np.std(of, ddof=1) for of in values.values()])[:, np.newaxis]
    shift = np.zeros((14, 1))
    # Of a shift of one district, 13/14 are a difference from the mean of all.
    shift[0] = found["mdd"] * 14 / 13
    drawn = _studies_with_all(rng.normal(shift, spread, (300, 14, 8)))
    p = drawn.loc[drawn["group_a"] == "d0", "p"]
    least, most = stats.binom(300, 0.8).interval(0.9999)

    assert least <= (p < 0.05 / 14).sum() <= most


# --- minimum detectable difference --------------------------------------------------------------


@pytest.mark.parametrize(("localities", "level"), [(12, 0.05), (40, 0.01)])
def test_flips_detect_about_what_a_paired_t_test_detects(localities: int, level: float) -> None:
    """statsmodels gives the difference for a power of 80 % and normal differences."""
    expected = TTestPower().solve_power(nobs=localities, alpha=level, power=0.8)

    assert expected == pytest.approx(detectable_by_flips(localities, level, 1), rel=0.05)


def test_the_difference_that_welch_detects_is_that_of_statsmodels() -> None:
    """Two samples of 20 with variance 9, at 5 %."""
    expected = 3 * TTestIndPower().solve_power(nobs1=20, alpha=0.05, power=0.8)

    assert expected == pytest.approx(detectable_by_welch((9, 9), (20, 20), 0.05, 1), rel=0.05)


def test_a_level_below_the_smallest_p_detects_nothing() -> None:
    """With five localities the smallest p is 2/32."""
    assert np.isnan(detectable_by_flips(5, 0.05, 1))


def test_the_level_of_flips_is_the_least_significant_p() -> None:
    """The smallest p is at most the level if and only if its adjusted p is below 5 %."""
    rng = np.random.default_rng(5)
    for shift in np.linspace(0.2, 1.4, 25):
        differences = rng.normal(size=(9, 4))
        differences[:, 0] += shift
        flipped = flip_signs(differences, draws=0, seed=1)
        first = flipped.p.argmin()
        assert (flipped.p[first] <= flipped.level) == (flipped.p_adjusted[first] < 0.05)


def test_a_difference_of_mdd_is_significant_in_four_of_five_studies() -> None:
    """For families A and C, 300 studies are simulated with the difference `mdd`."""
    study = study_with_visitors(["x", "y"])
    rng = np.random.default_rng(4)
    scores = {(d, g): rng.normal(50, 9, 6).tolist() for d, g in product("xy", "ab")}
    units = with_visitors(scores, {"x": rng.normal(50, 9, 4), "y": rng.normal(50, 9, 4)})
    found = compare_units(units, study, seed=1)
    for family, sizes in (("A", (12,)), ("C", (6, 6))):
        row = found[found["family"] == family].iloc[0]
        assert 1 == (found["family"] == family).sum()
        drawn = _drawn_p(row["mdd"], row, sizes, units, study)
        least, most = stats.binom(len(drawn), 0.8).interval(0.9999)
        assert least <= (drawn < 0.05).sum() <= most
    assert (found.loc[found["family"] == "B", "mdd"] > 0).all()


def _drawn_p(
    difference: float, row: pd.Series, sizes: tuple[int, ...], units: pd.DataFrame, study: Study
) -> np.ndarray:
    """Return p of 300 simulated studies with the observed spread."""
    rng = np.random.default_rng(9)
    if row["family"] == "A":
        wide = units.dropna().pivot_table(index="locality", columns="group", values="score")
        spread = (wide["a"] - wide["b"]).std(ddof=1)
        drawn = rng.normal(difference, spread, (300, *sizes))
        return np.array([flip_signs(d[:, None], draws=0, seed=1).p[0] for d in drawn])
    places = locality_means(units, study)
    spreads = places.groupby("district")["score"].std(ddof=1)
    a, b = (
        rng.normal(shift, spreads[key], (300, size))
        for key, shift, size in zip("xy", (difference, 0), sizes, strict=True)
    )
    return stats.ttest_ind(a, b, axis=1, equal_var=False).pvalue


# --- skew ---------------------------------------------------------------------------------------


def test_skewness_by_hand() -> None:
    """0 0 0 0 0 6: mean 1, variance 5, so Σz³ / 6 = (5³ - 5) / 5^1.5 / 6, as in scipy."""
    units = units_of({("x", "a"): [0, 0, 0, 0, 0, 6]})

    assert 120 / 5**1.5 / 6 == pytest.approx(skewness(units)["trust"], abs=1e-12)
    assert stats.skew([0, 0, 0, 0, 0, 6]) == pytest.approx(skewness(units)["trust"], abs=1e-12)


def test_skewness_is_measured_within_groups() -> None:
    """Differences between groups have no effect; small or constant groups do not count.

    The expected value is the mean of the skewness of both groups, weighted by their sizes.
    """
    left, right = [0, 0, 0, 0, 0, 6], [50, 50, 50, 30, 50, 50, 50, 50]
    rest = {("x", "c"): [0, 0, 0, 99], ("x", "d"): [7] * 12}
    units = units_of({("x", "a"): left, ("x", "b"): right} | rest)

    expected = (6 * stats.skew(left) + 8 * stats.skew(right)) / 14
    assert expected == pytest.approx(skewness(units)["trust"], abs=1e-12)


def test_sign_flips_of_skewed_scores_carry_a_warning() -> None:
    """Rows of family C have no warning, nor do scores that are not skewed."""
    rng = np.random.default_rng(3)
    study = study_of(["a", "b"], ["x", "y"], supply="a")
    even = units_of({key: rng.normal(50, 9, 6).tolist() for key in product("xy", "ab")})
    bent = even.assign(score=np.exp(even["score"] / 5) / 1e3)

    found = {name: compare_units(of, study, seed=1) for name, of in (("e", even), ("b", bent))}
    warned = {name: set(rows.loc[is_skewed(rows), "family"]) for name, rows in found.items()}
    assert {"e": set(), "b": {"A", "D"}} == warned
    assert 0.7 <= found["b"]["skewness"].min()


def test_scores_without_spread_have_no_skewness_and_no_warning() -> None:
    """Their standard deviation is zero."""
    units = units_of({key: [50.0] * 6 for key in product("xy", "ab")})
    comparisons = compare_units(units, study_of(["a", "b"], ["x", "y"]), seed=1)

    assert comparisons["skewness"].isna().all()
    assert not is_skewed(comparisons).any()


# --- laws ---------------------------------------------------------------------------------------


def test_another_order_of_the_groups_reverses_the_signs() -> None:
    """With groups and districts reversed, estimates change sign and limits are exchanged."""
    groups, districts = ["a", "b"], ["x", "y"]
    units = random_units(groups, districts, 4)
    one = compare_units(units, study_of(groups, districts), seed=1)
    other = compare_units(units, study_of(groups[::-1], districts[::-1]), seed=1)

    for name, turned in (("estimate", "estimate"), ("low", "high"), ("effect", "effect")):
        assert one[name].tolist() == pytest.approx((-other[turned]).tolist(), abs=1e-12)
    for name in ("p", "p_adjusted"):
        assert one[name].tolist() == pytest.approx(other[name].tolist(), abs=1e-12)


@pytest.mark.parametrize("localities", [4, 10])
def test_order_of_rows_and_names_of_units_do_not_matter(localities: int) -> None:
    """Random flips do not depend on pseudonyms."""
    rng = np.random.default_rng(8)
    scores = {key: rng.normal(50, 9, localities).tolist() for key in product("xy", "abc")}
    units, study = units_of(scores), study_of(["a", "b", "c"], ["x", "y"], supply="a")
    shuffled = units.sample(frac=1, random_state=3)
    renamed = shuffled.assign(unit=[f"u{place}" for place in range(len(units))])

    pd.testing.assert_frame_equal(
        compare_units(units, study, draws=999, seed=1),
        compare_units(renamed, study, draws=999, seed=1),
    )


def test_a_constant_added_to_all_scores_changes_nothing() -> None:
    """Comparisons depend only on differences."""
    groups, districts = ["a", "b", "c"], ["x", "y", "z"]
    units, study = random_units(groups, districts, 6), study_of(groups, districts, supply="b")
    moved = units.assign(score=units["score"] + 1 / 3)

    pd.testing.assert_frame_equal(
        compare_units(units, study, seed=1), compare_units(moved, study, seed=1), rtol=1e-9
    )


# --- contrasts that cannot be estimated ---------------------------------------------------------

A_REASONS = {
    "all missing": ({("x", "a"): [1, 2], ("x", "b"): [np.nan, np.nan]}, "group_without_scores"),
    "empty group": ({("x", "a"): [1, 2]}, "group_without_scores"),
    "never met": ({("x", "a"): [1, None], ("x", "b"): [None, 2]}, "no_shared_locality"),
    "one locality": ({("x", "a"): [1], ("x", "b"): [2]}, "one_shared_locality"),
    "all equal": (
        {("x", "a"): [50, 60], ("x", "b"): [50, 60]},
        "equal_differences",
    ),
}


@pytest.mark.parametrize("case", A_REASONS)
def test_groups_that_cannot_be_compared_have_a_reason(case: str) -> None:
    """The row stays, without numbers."""
    scores, reason = A_REASONS[case]
    study = study_of(["a", "b"], ["x"], supply="a")
    comparisons = compare_units(units_of(scores), study, seed=1)

    assert ["A", "D"] == comparisons["family"].tolist()
    assert {"not_estimable"} == set(comparisons["verdict"])
    assert {reason} == set(comparisons["reason"])
    numbers = ["estimate", "low", "high", "effect", "p", "p_adjusted", "p_smallest", "draws"]
    assert comparisons[numbers].isna().all(axis=None)


C_REASONS = {
    "no scores": ([50, 60], [np.nan, np.nan], "district_without_scores"),
    "no units": ([50, 60], [], "district_without_scores"),
    "one locality": ([50, 60], [40], "district_with_one_locality"),
    "all equal": ([50, 50], [40, 40], "equal_localities"),
}


@pytest.mark.parametrize("case", C_REASONS)
def test_districts_that_cannot_be_compared_have_a_reason(case: str) -> None:
    """Welch's test needs two localities in each district and a spread in one of them."""
    x, y, reason = C_REASONS[case]
    scores = {("x", "a"): x, ("x", "b"): x, ("y", "a"): y, ("y", "b"): y}
    row = one_row(compare_units(units_of(scores), study_of(["a", "b"], ["x", "y"]), seed=1), "C")

    assert ("not_estimable", reason) == (row["verdict"], row["reason"])
    assert row[["estimate", "low", "high", "effect", "p", "p_adjusted"]].isna().all()


def test_spread_in_one_district_is_enough() -> None:
    """Means 50 and 60, variances 0 and 50: s² = 50/2, t = -10/5 = -2 with df = 1."""
    scores = {("x", group): [50, 50] for group in "ab"} | {("y", g): [55, 65] for g in "ab"}
    row = one_row(compare_units(units_of(scores), study_of(["a", "b"], ["x", "y"]), seed=1), "C")

    assert 2 * stats.t.sf(2, 1) == pytest.approx(row["p"], abs=1e-12)


def test_rows_that_cannot_be_estimated_do_not_count_in_the_adjustment() -> None:
    """The rows of other dimensions stay the same if a dimension without spread is added."""
    groups, districts = ["a", "b", "c"], ["x", "y", "z"]
    units, study = random_units(groups, districts, 2), study_of(groups, districts, supply="c")
    flat = units[units["dimension"] == "trust"].assign(dimension="flat", score=50.0)
    alone = compare_units(units, study, seed=1)
    with_flat = compare_units(pd.concat([units, flat]), study, seed=1)

    kept = with_flat[with_flat["dimension"] != "flat"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, kept)
    flat_rows = with_flat.loc[with_flat["dimension"] == "flat", "reason"]
    assert {"equal_differences", "equal_localities"} == set(flat_rows)
