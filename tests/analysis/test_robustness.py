"""Robustness: the runs, the share of them that keep a conclusion, and the bands of districts."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from analysis.test_compare import study_of, units_of
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.analysis.compare.flips import flip_signs, flip_variants
from umid_research.analysis.robustness import read_robustness, robustness_of
from umid_research.analysis.robustness.bands import bands_of, overlaps_of, ranges_of, ranks_of
from umid_research.analysis.robustness.conclusions import survivals, verdicts_of
from umid_research.analysis.robustness.runs import Run, runs_of
from umid_research.analysis.robustness.weights import survivals_under_weights, weighted_indices
from umid_research.analysis.score import score_responses, score_units
from umid_research.clean import clean_responses
from umid_research.frames import write_frames

# With a second scored dimension, the weights of the index matter.
TWO = QUESTIONNAIRE.replace(
    "Do they keep their word? | | trust", "Do they keep their word? | | service"
)
TWO_STUDY = STUDY.replace("[dimensions]\n", '[dimensions]\nservice.name.en = "Service"\n')


@pytest.fixture
def small(read_all):
    def make(study: str = TWO_STUDY, questionnaire: str = TWO, **parts):
        described, form, raw = read_all(study=study, questionnaire=questionnaire, **parts)
        return clean_responses(raw, form, described, key="k" * 16), form, described

    return make


@pytest.fixture
def robustness(small):
    def of(**parts):
        cleaned, form, study = small(**parts)
        return robustness_of(cleaned, form, study, weights=50, seed=1)

    return of


def test_there_is_a_run_per_choice_of_the_analysis(robustness) -> None:
    """The study has two dimensions, trust with two items, four localities, and no mode."""
    runs = robustness().conclusions.drop_duplicates(["run", "left_out"]).groupby("run").size()

    expected = {"geometric": 1, "weights": 1, "dimensions": 2, "items": 2, "localities": 4}
    assert {**expected, "missing_rule": 2} == runs.to_dict()


def test_modes_are_left_out_one_at_a_time(robustness) -> None:
    """North was asked face to face, south by telephone; the role `mode` names the question.

    Without north there is no run: only one locality is left with scores of both groups.
    """
    form = TWO.replace(
        "| | text | proposal", "| | select_one mode | mode | How? | | | |\n| | text | proposal"
    ).replace(
        "| | channel | tv",
        "| | mode | face | Face | |\n| | mode | phone | Phone | |\n| | channel | tv",
    )
    table = small_export().assign(mode=["face"] * 5 + ["phone"] * 5)
    study = TWO_STUDY.replace("[roles]", '[roles]\nmode = "mode"')
    found = robustness(study=study, questionnaire=form, export=table).conclusions

    assert {"phone"} == set(found.loc[found["run"] == "modes", "left_out"])


def test_runs_that_change_only_the_index_have_rows_of_the_index_only(robustness) -> None:
    """Weights, the geometric mean and a dimension left out do not change other dimensions."""
    found = robustness().conclusions
    index_only = found[found["run"].isin(["weights", "geometric", "dimensions"])]

    assert {"index"} == set(index_only["dimension"])
    assert {"trust", "service", "index"} == set(found.loc[found["run"] == "items", "dimension"])
    assert [50] * 2 == found.loc[found["run"] == "weights", "runs"].tolist()


def test_with_four_localities_every_conclusion_is_unclear_in_every_run(robustness) -> None:
    """The smallest p is 2/16."""
    found = robustness().conclusions

    assert {"unclear"} == set(found["verdict"])
    assert {1.0} == set(found["survives"])


def test_a_contrast_that_a_run_cannot_estimate_has_no_row(robustness) -> None:
    """All offices answered by telephone, so without the telephone there is no second group."""
    form = TWO.replace(
        "| | text | proposal", "| | select_one mode | mode | How? | | | |\n| | text | proposal"
    ).replace(
        "| | channel | tv",
        "| | mode | face | Face | |\n| | mode | phone | Phone | |\n| | channel | tv",
    )
    table = small_export()
    table["mode"] = np.where(table["kind"] == "o", "phone", "face")
    study = TWO_STUDY.replace("[roles]", '[roles]\nmode = "mode"')
    found = robustness(study=study, questionnaire=form, export=table).conclusions

    assert "modes" not in set(found["run"])


def test_a_weighted_index_is_the_weighted_mean_of_the_dimensions(small) -> None:
    """A unit's index under the weights w is Σ w·score over its dimensions."""
    cleaned, form, study = small()
    scores = score_responses(cleaned.responses, cleaned.states, form, study)
    drawn = weighted_indices(scores, 3, seed=7)
    weights = np.random.default_rng(7).dirichlet([1, 1], size=3)
    units = score_units(scores).pivot_table(index="unit", columns="dimension", values="score")
    office = cleaned.responses.loc[cleaned.responses["group"] == "office", "unit"].iloc[0]

    expected = weights @ units.loc[office, ["trust", "service"]].to_numpy()
    assert expected == pytest.approx(drawn.loc[drawn["unit"] == office, "score"].to_numpy())


def _two_dimensions(first: float, second: float, **columns: object) -> pd.DataFrame:
    """Return the scores of one respondent in trust and service, and their mean as the index."""
    scores = {"trust": first, "service": second, "index": (first + second) / 2}
    keys = {"respondent": "r1", "unit": "u1", "district": "north", "locality": "n1"}
    keys |= {"group": "people", "weight": 1.0, "items_answered": 1, "items_asked": 1}
    rows = [{**keys, **columns, "dimension": name, "score": of} for name, of in scores.items()]
    return pd.DataFrame(rows)


def test_random_weights_of_dimensions_keep_the_weights_of_respondents(small) -> None:
    """0 with weight 1 and 100 with weight 3 are 75, whatever the dimensions weigh."""
    scores = pd.concat(
        [
            _two_dimensions(0, 0, respondent="r1", weight=1.0),
            _two_dimensions(100, 100, respondent="r2", weight=3.0),
        ]
    )
    drawn = weighted_indices(scores.reset_index(drop=True), 3, seed=7)

    assert [75.0] * 3 == pytest.approx(drawn["score"].tolist())


def test_the_geometric_index_of_unequal_scores_is_far_below_their_mean(small) -> None:
    """Of 0 and 100: the root of 1 · 101, less 1, is 9.05; of 50 and 50 it is 50."""
    cleaned, form, study = small()
    for pair, expected in (((0.0, 100.0), 9.0499), ((50.0, 50.0), 50.0)):
        run = next(runs_of(cleaned, _two_dimensions(*pair), form, study))
        index = run.units.loc[run.units["dimension"] == "index", "score"]

        assert "geometric" == run.name
        assert [expected] == pytest.approx(index.tolist(), abs=1e-4)


def test_exactly_half_of_the_items_is_enough_where_half_is_asked_for(small) -> None:
    """One person of s1 answered one of two items on trust, with 2 of 1..5, which is 25."""
    cleaned, form, study = small()
    scores = score_responses(cleaned.responses, cleaned.states, form, study)
    found = {run.left_out: run.units for run in runs_of(cleaned, scores, form, study)}
    trust = {
        share: units[(units["dimension"] == "trust") & (units["locality"] == "s1")]
        .set_index("group")["score"]
        .to_dict()
        for share, units in found.items()
        if share in ("1/2", "1")
    }

    assert 25.0 == trust["1/2"]["people"]
    assert np.isnan(trust["1"]["people"])


@pytest.mark.parametrize(
    ("base", "found", "survives"),
    [
        *(("higher", "higher", 1.0), ("higher", "unclear", 0.0), ("higher", "lower", 0.0)),
        *(("unclear", "unclear", 1.0), ("unclear", "higher", 0.0), ("lower", "higher", 0.0)),
    ],
)
def test_a_conclusion_survives_a_run_with_the_same_verdict_only(base, found, survives) -> None:
    """Without an estimate the run has no row."""
    keys = ["family", "dimension", "contrast", "group_a", "group_b"]
    index = pd.MultiIndex.from_tuples([("A", "index", "a - b", "a", "b")], names=keys)
    run = Run("items", "trust_1", pd.DataFrame())
    rows = survivals(
        pd.Series([base], index=index), pd.Series([found], index=index, name="verdict"), run
    )

    assert [survives] == rows["survives"].tolist()
    missing = survivals(
        pd.Series([base], index=index), pd.Series(["not_estimable"], index=index), run
    )
    assert missing.empty


def test_variants_have_the_p_values_of_their_families() -> None:
    """flip_signs gives the same, with enumerated and random flips and missing scores."""
    rng = np.random.default_rng(2)
    for localities in (9, 20):
        fixed = rng.normal(0.3, 1, (localities, 4))
        varied = rng.normal(0.7, 1, (localities, 2, 5))
        fixed[0, 3] = varied[1, 0, :] = np.nan
        found = flip_variants(fixed, varied, draws=511, seed=3)

        for variant in range(5):
            family = np.hstack([varied[:, :, variant], fixed])
            expected = flip_signs(family, draws=511, seed=3).p_adjusted[:2]
            assert expected.tolist() == found[:, variant].tolist()


def test_survival_is_the_share_of_weights_with_the_same_verdict() -> None:
    """Three of four weighted indices equal the index; the fourth is reversed."""
    study = study_of(["a", "b"], ["x", "y"], supply="a")
    rng = np.random.default_rng(6)
    scores = {
        key: rng.normal(60 if key[1] == "a" else 40, 6, 6).tolist() for key in product("xy", "ab")
    }
    units = units_of(scores, "index")
    drawn = pd.concat([units.assign(dimension=f"index {draw}") for draw in range(4)])
    turned = drawn["dimension"] == "index 3"
    drawn.loc[turned, "score"] = 100 - drawn.loc[turned, "score"]
    base = verdicts_of(units, study, draws=999, seed=1)

    found = survivals_under_weights(base, units, drawn, study, draws=999, seed=1)
    assert ["higher", "higher"] == base.tolist()
    assert ["A", "D"] == found["family"].tolist()
    assert [0.75, 0.75] == found["survives"].tolist()
    assert [4, 4] == found["runs"].tolist()


def _ranges(**ranges: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(key, low, high) for key, (low, high) in ranges.items()],
        columns=["district", "low", "high"],
    )


def _bands(**ranges: tuple[float, float]) -> list[list[str]]:
    pairs = overlaps_of(_ranges(**ranges))
    alike = pairs[pairs["overlap"]]
    overlaps = {frozenset(pair) for pair in zip(alike["district"], alike["versus"], strict=True)}
    return bands_of(list(ranges), overlaps)


@pytest.mark.parametrize(
    ("ranges", "bands"),
    [
        ({"a": (1, 2), "b": (2, 3), "c": (3, 4)}, [["a", "b"], ["b", "c"]]),
        ({"c": (3, 4), "a": (1, 2), "b": (2, 3)}, [["c", "b"], ["a", "b"]]),
        ({"a": (1, 1), "b": (2, 2)}, [["a"], ["b"]]),
        ({"a": (1, 2), "b": (1, 2)}, [["a", "b"]]),
        ({"a": (1, 1.95), "b": (2, 3), "c": (1.5, 2.5)}, [["a", "c"], ["b", "c"]]),
        # One wide range overlaps all others, which do not overlap each other.
        (
            {"wide": (1, 4), "x": (1, 1), "y": (2.5, 2.5), "z": (4, 4)},
            [["wide", "x"], ["wide", "y"], ["wide", "z"]],
        ),
        # Three ranges that overlap pairwise are one band; the fourth overlaps one of them.
        (
            {"a": (1, 3), "b": (2, 3), "c": (2, 4), "d": (3.5, 5), "e": (6, 6)},
            [["a", "b", "c"], ["c", "d"], ["e"]],
        ),
    ],
)
def test_districts_share_a_band_if_their_ranges_overlap(ranges, bands) -> None:
    """Overlap is not transitive; bands are in the order of the study."""
    assert bands == _bands(**ranges)


def test_a_range_covers_the_percentiles_of_all_kinds_of_runs(read_all) -> None:
    """The 5th and 95th percentiles of the ranks 1, 2, 1 are 1 and 1.9."""
    study, _, _ = read_all()
    runs = {"north": [1, 2, 1], "south": [2, 1, 2]}
    rows = [
        {"district": key, "run": "items", "rank": rank}
        for key, ranks in runs.items()
        for rank in ranks
    ]
    found = ranges_of(pd.DataFrame(rows), study)

    assert ["north", "south"] == found["district"].tolist()
    assert [1, 1.1] == found["low"].round(6).tolist()
    assert [1.9, 2] == found["high"].round(6).tolist()


def test_the_range_of_twenty_one_ranks_leaves_out_one_at_each_end(read_all) -> None:
    """The 5th and 95th percentile of 1, 2, … 21 are 2 and 20 (R: quantile(1:21, c(.05, .95)))."""
    study, _, _ = read_all()
    rows = [{"district": "north", "run": "items", "rank": rank} for rank in range(1, 22)]
    found = ranges_of(pd.DataFrame(rows), study)

    assert [[2, 20]] == found[["low", "high"]].to_numpy().tolist()


def test_the_district_with_the_higher_index_is_first(read_all) -> None:
    """70 and 30: ranks 1 and 2; equal indices share the mean of their ranks."""
    study, _, _ = read_all(study=STUDY.replace("matched = true, ", ""))
    units = pd.DataFrame(
        {
            "unit": ["a", "b"],
            "district": ["south", "north"],
            "locality": ["s1", "n1"],
            "group": "people",
            "dimension": "index",
            "score": [70.0, 30.0],
            "respondents": 1,
        }
    )
    ranks = ranks_of(units, study).set_index("district")["rank"]

    assert {"south": 1.0, "north": 2.0} == ranks.to_dict()
    assert {1.5} == set(ranks_of(units.assign(score=50.0), study)["rank"])


def test_many_random_weights_do_not_outweigh_other_kinds_of_runs(read_all) -> None:
    """Ranks are 1 and 2 under 1000 weights; without two of four localities they are reversed."""
    study, _, _ = read_all()
    weights = [("north", 1, "weights"), ("south", 2, "weights")] * 1000
    one = [("north", rank, "localities") for rank in (1, 1, 2, 2)]
    other = [("south", rank, "localities") for rank in (2, 2, 1, 1)]
    ranks = pd.DataFrame([*weights, *one, *other], columns=["district", "rank", "run"])

    assert overlaps_of(ranges_of(ranks, study))["overlap"].tolist() == [True]
    assert overlaps_of(ranges_of(ranks.head(2000), study))["overlap"].tolist() == [False]


def test_a_study_without_matching_has_bands_and_no_conclusions(robustness) -> None:
    """Conclusions are on families A and D, which need matched groups."""
    found = robustness(study=TWO_STUDY.replace("matched = true, ", ""))

    assert 0 == len(found.conclusions)
    assert ["north", "south"] == found.bands["district"].tolist()


def test_frames_read_back_as_they_were_written(robustness, small, tmp_path) -> None:
    """The CSV keeps every number and dtype."""
    found, (_, _, study) = robustness(), small()
    write_frames(tmp_path, found.frames(), study)
    again = read_robustness(tmp_path)

    pd.testing.assert_frame_equal(found.conclusions, again.conclusions)
    pd.testing.assert_frame_equal(found.bands, again.bands)
