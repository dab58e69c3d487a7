"""Robustness: the runs, the share of them that keep a conclusion, and the bands of districts."""

from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.analysis.compare.flips import FlippedVariants, flip_signs
from umid_research.analysis.compare.matched import groups_in, match_groups
from umid_research.analysis.robustness import Reanalyses, read_robustness, robustness_of
from umid_research.analysis.robustness.bands import bands_of, overlaps_of, ranges_of, ranks_of
from umid_research.analysis.robustness.conclusions import survivals, verdicts_of
from umid_research.analysis.robustness.rescoring import Answers, Scores
from umid_research.analysis.robustness.runs import Run, _localities, runs_of
from umid_research.analysis.robustness.weights import (
    WeightedIndex,
    WeightedRuns,
    drawn_weights,
)
from umid_research.analysis.score import (
    compared_dimensions,
    district_means,
    score_responses,
    score_units,
)
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


def test_parts_of_the_runs_make_the_same_frames_in_any_order(small, monkeypatch) -> None:
    """Also parts with nothing in them; here each set of weights is a block."""
    monkeypatch.setattr("umid_research.analysis.robustness.weights._BLOCK", 1)
    cleaned, form, study = small(**_eight_localities())
    expected = robustness_of(cleaned, form, study, weights=50, seed=1)

    def _in_parts(parts: int, asked: dict) -> list:
        runs = [Reanalyses(cleaned, form, study, **asked) for _ in range(parts)]
        return [runs[number].part(number, parts) for number in reversed(range(parts))]

    for parts in (2, 3, 60):
        elsewhere = partial(_in_parts, parts)
        found = robustness_of(cleaned, form, study, weights=50, seed=1, elsewhere=elsewhere)
        assert expected.conclusions.equals(found.conclusions)
        assert expected.bands.equals(found.bands)


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


def _answers(cleaned, form, study) -> tuple[Answers, Scores]:
    answers = Answers(cleaned, form, study)
    return answers, answers.score()


def test_every_run_scores_as_the_functions_of_the_frames_do(small) -> None:
    """score_responses, score_units, match_groups and district_means on the changed answers."""
    form = TWO.replace(
        "| | text | proposal", "| | select_one mode | mode | How? | | | |\n| | text | proposal"
    ).replace(
        "| | channel | tv",
        "| | mode | face | Face | |\n| | mode | phone | Phone | |\n| | channel | tv",
    )
    table = small_export()
    table = pd.concat([table, table.assign(_uuid=table["_uuid"] + "-b")], ignore_index=True)
    rng = np.random.default_rng(4)
    table["mode"] = rng.choice(["face", "phone"], len(table))
    for name in ("trust_1", "trust_2", "duty"):
        asked = table[name] != ""
        table.loc[asked, name] = rng.choice([*"12345", "dk"], asked.sum())
    roles = TWO_STUDY.replace("[roles]", '[roles]\nmode = "mode"\nweight = "age"')
    table["age"] = rng.choice(["1", "2", "3"], len(table))
    for described in (roles, roles.replace("matched = true, ", "")):
        cleaned, questionnaire, study = small(study=described, questionnaire=form, export=table)
        answers, base = _answers(cleaned, questionnaire, study)
        runs = {(run.name, run.left_out): run.scores for run in runs_of(answers, base, seed=1)}
        changed = _changed_studies(cleaned, questionnaire)
        compared = [key for key in runs if key[0] != "geometric"]
        assert set(changed) >= set(compared) > {("items", "trust_1"), ("modes", "phone")}
        for key in compared:
            _assert_scores(answers, runs[key], *changed[key], study)


def _changed_studies(cleaned, form) -> dict[tuple[str, str], tuple]:
    """By run, the answers, the form and the rule that it changes by hand."""
    rule = Fraction(2, 3)
    found = {}
    for name, item in (("trust_1", "items"), ("trust_2", "items"), ("trust_3", "dimensions")):
        questions = tuple(replace(q, dimension=None) if q.name == name else q for q in form)
        left_out = name if item == "items" else form[name].dimension
        found[(item, left_out)] = (cleaned, replace(form, questions=questions), rule)
    without_trust = tuple(replace(q, dimension=None) if q.dimension == "trust" else q for q in form)
    found["dimensions", "trust"] = (cleaned, replace(form, questions=without_trust), rule)
    for column, name in (("locality", "localities"), ("mode", "modes")):
        for value in cleaned.responses[column].dropna().unique():
            rows = cleaned.responses[column] != value
            kept = replace(cleaned, responses=cleaned.responses[rows], states=cleaned.states[rows])
            found[name, value] = (kept, form, rule)
    for share in (Fraction(1, 2), Fraction(1)):
        found["missing_rule", str(share)] = (cleaned, form, share)
    return found


def _assert_scores(answers, scores, cleaned, form, rule, study) -> None:
    long = score_responses(cleaned.responses, cleaned.states, form, study, answered=rule)
    units = score_units(long)
    assert compared_dimensions(units) == scores.dimensions
    made = answers.units(scores.people)
    if study.is_matched:
        # A locality without a single difference may have a row or none.
        expected, found = (
            family.differences[np.isfinite(family.differences).any(axis=1)]
            for family in (
                match_groups(units, study, scores.dimensions),
                groups_in(answers.cells(made), study, scores.dimensions),
            )
        )
        assert expected == pytest.approx(found, nan_ok=True)
    means = district_means(units[units["dimension"] == "index"], study).set_index("district")
    of_districts = answers.districts(answers.units(scores.of(["index"])))[:, 0]
    assert means["score"].reindex(list(study.districts)).tolist() == pytest.approx(
        of_districts.tolist(), nan_ok=True
    )


def test_a_weighted_index_is_the_weighted_mean_of_the_dimensions(small) -> None:
    """A unit's index under the weights w is Σ w·score over its dimensions."""
    cleaned, form, study = small()
    answers, scores = _answers(cleaned, form, study)
    drawn = WeightedIndex(answers, scores).of(drawn_weights(2, 3, seed=7))
    weights = np.random.default_rng(7).dirichlet([1, 1], size=3)
    frame = score_responses(cleaned.responses, cleaned.states, form, study)
    units = score_units(frame).pivot_table(index="unit", columns="dimension", values="score")
    office = cleaned.responses.loc[cleaned.responses["group"] == "office", "unit"].iloc[0]
    place = list(dict.fromkeys(cleaned.responses["unit"])).index(office)

    expected = weights @ units.loc[office, ["trust", "service"]].to_numpy()
    assert expected == pytest.approx(drawn[place])


def test_weights_of_a_person_without_a_dimension_are_those_of_the_others(small) -> None:
    """Of 20 and nothing, with weights 0.1 and 0.9, the index is 20; without an index, nothing.

    The first unit's people have 20 and nothing, 20 and 60, and no index: (20 + 56) / 2 = 38.
    """
    answers = Answers(*small())
    answers.unit = np.arange(len(answers.unit)).clip(min=2) - 2
    people = np.full((len(answers.unit), 3), np.nan)
    people[:3] = [[20.0, np.nan, 20.0], [20.0, 60.0, 40.0], [90.0, 90.0, np.nan]]
    scores = Scores(["trust", "service", "index"], people, ["trust", "service"])
    found = WeightedIndex(answers, scores).of(np.array([[0.1, 0.9]]))

    assert [38.0] == pytest.approx(found[0].tolist())
    assert np.isnan(found[1:]).all()


def test_without_an_index_of_anybody_no_unit_has_one(small) -> None:
    """Whatever the weights; and the work is still done in blocks of some size."""
    answers = Answers(*small())
    nobody = np.full((len(answers.unit), 3), np.nan)
    index = WeightedIndex(
        answers, Scores(["trust", "service", "index"], nobody, ["trust", "service"])
    )

    assert np.isnan(index.of(np.array([[0.1, 0.9]]))).all()
    assert index.width >= answers.unit.max() + 1


def test_random_weights_of_dimensions_keep_the_weights_of_respondents(small) -> None:
    """0 with weight 1 and 100 with weight 3 are 75, whatever the dimensions weigh."""
    table = small_export()
    first = table.index[(table["kind"] == "p") & (table["village"] == "n1")][:2]
    table = table.loc[first].assign(age=["1", "3"], trust_1=["1", "5"], trust_2=["1", "5"])
    table["trust_2"] = table["trust_1"]
    cleaned, form, study = small(
        study=TWO_STUDY.replace("[roles]", '[roles]\nweight = "age"'), export=table
    )
    answers = Answers(cleaned, form, study)
    people = np.array([[0.0, 0.0, 0.0], [100.0, 100.0, 100.0]])
    scores = Scores(["trust", "service", "index"], people, ["trust", "service"])
    units = WeightedIndex(answers, scores).of(drawn_weights(2, 3, seed=7))

    assert [75.0] * 3 == pytest.approx(units[0].tolist())


def test_the_geometric_index_of_unequal_scores_is_far_below_their_mean(small) -> None:
    """Of 0 and 100: the root of 1 · 101, less 1, is 9.05; of 50 and 50 it is 50."""
    answers = Answers(*small())
    for pair, expected in (((0.0, 100.0), 9.0499), ((50.0, 50.0), 50.0)):
        people = np.array([[*pair, sum(pair) / 2]])
        scores = Scores(["trust", "service", "index"], people, ["trust", "service"])
        run = next(runs_of(answers, scores, seed=1))

        assert "geometric" == run.name
        assert [expected] == pytest.approx(run.scores.people[:, 2].tolist(), abs=1e-4)


def test_exactly_half_of_the_items_is_enough_where_half_is_asked_for(small) -> None:
    """One person of s1 answered one of two items on trust, with 2 of 1..5, which is 25."""
    answers, base = _answers(*small())
    people = (answers.responses["locality"] == "s1") & (answers.responses["group"] == "people")
    runs = [run for run in runs_of(answers, base, seed=1) if run.name == "missing_rule"]
    found = {run.left_out: run.scores.of(["trust"]) for run in runs}

    assert [25.0] == found["1/2"][people].ravel().tolist()
    assert np.isnan(found["1"][people]).all()


def test_above_two_hundred_localities_a_random_sample_of_them_is_left_out() -> None:
    """The sample is the same whatever the order of the answers, and says by its name what it is."""
    known = [f"n{place}" for place in range(201)]
    kind, drawn = _localities(known, seed=1)

    assert ("localities_sampled", 200) == (kind, len(drawn))
    assert len(set(drawn)) == 200 and set(drawn) < set(known)
    assert drawn == _localities(known[::-1], seed=1)[1]
    assert drawn != _localities(known, seed=2)[1]
    assert ("localities", known[:200]) == _localities(known[:200], seed=1)


@pytest.mark.parametrize(
    ("base", "found", "survives"),
    [
        *(("higher", "higher", 1.0), ("higher", "unclear", 0.0), ("higher", "lower", 0.0)),
        *(("unclear", "unclear", 1.0), ("unclear", "higher", 0.0), ("lower", "higher", 0.0)),
    ],
)
def test_a_conclusion_survives_a_run_with_the_same_verdict_only(base, found, survives) -> None:
    """Without an estimate the run has no row."""
    contrast = ("A", "index", "a", "b")
    run = Run("items", "trust_1", Scores([], np.empty((0, 0)), []))
    rows = survivals({contrast: base}, {contrast: found}, run)

    assert [survives] == [row["survives"] for row in rows]
    assert [] == survivals({contrast: base}, {contrast: "not_estimable"}, run)
    assert [] == survivals({contrast: base}, {}, run)


def test_variants_are_significant_as_their_families_are() -> None:
    """flip_signs gives the adjusted p, with enumerated and random flips and missing scores."""
    rng = np.random.default_rng(2)
    seen = set()
    # Of 40 flips, 2 are exactly 5 %.
    for (localities, draws), shift in product([(9, 511), (20, 511), (20, 39)], (0.1, 0.6, 1.2)):
        fixed = rng.normal(0.6, 1, (localities, 6)).round(1)
        varied = rng.normal(shift, 1, (localities, 60, 3)).round(1)
        fixed[0, 3] = varied[1, :, 0] = np.nan
        flipped = FlippedVariants(fixed, np.ones(localities, dtype=bool), draws=draws, seed=3)
        found = flipped.significant(varied)

        for variant in range(60):
            family = np.hstack([varied[:, variant], fixed])
            expected = flip_signs(family, draws=draws, seed=3).p_adjusted
            assert (expected[:3] < 0.05).tolist() == found[variant].tolist()
            alone = flip_signs(varied[:, variant], draws=draws, seed=3).p_adjusted
            seen |= set(zip(expected[:3] < 0.05, alone < 0.05, strict=True))
    # With the shared contrasts, some are no longer significant.
    assert {(True, True), (False, True), (False, False)} <= seen


def test_variants_without_shared_contrasts_are_families_of_their_own() -> None:
    """The index may be the only dimension that is compared."""
    varied = np.random.default_rng(3).normal(0.8, 1, (9, 40, 2))
    flipped = FlippedVariants(np.empty((9, 0)), np.ones(9, dtype=bool), draws=511, seed=3)
    found = flipped.significant(varied)

    expected = [flip_signs(varied[:, n], draws=511, seed=3).p_adjusted < 0.05 for n in range(40)]
    assert np.array(expected).tolist() == found.tolist()
    assert {True, False} == set(found.ravel())


def test_survival_is_the_share_of_weights_with_the_same_verdict(small) -> None:
    """Each weighted index takes the index's place in its family, tested here by flip_signs."""
    answers, scores = _answers(*small(**_eight_localities()))
    base = verdicts_of(answers, scores, draws=999, seed=1)
    weighted = WeightedRuns(answers, scores, base, draws=999, seed=1)
    rows, indices = weighted.joined(40, weighted.blocks(40))

    weights = drawn_weights(2, 40, seed=1)
    given = scores.of(scores.indexed)[:, np.newaxis]
    share = np.where(np.isfinite(given), weights, 0)
    drawn = np.nansum(given * weights, axis=2) / share.sum(axis=2)
    place = scores.dimensions.index("index")
    same = dict.fromkeys(base, 0)
    for index in drawn.T:
        people = scores.people.copy()
        people[:, place] = index
        found = verdicts_of(
            answers, Scores(scores.dimensions, people, scores.indexed), draws=999, seed=1
        )
        for contrast in base:
            same[contrast] += found[contrast] == base[contrast]
    expected = [count / 40 for contrast, count in same.items() if contrast[1] == "index"]

    assert ["A", "D"] == [row["family"] for row in rows]
    assert expected == [row["survives"] for row in rows]
    assert 0 < expected[0] < 1
    assert [40, 40] == [row["runs"] for row in rows]
    assert answers.districts(answers.units(drawn)) == pytest.approx(indices)


def test_blocks_of_weights_do_not_change_what_survives(small, monkeypatch) -> None:
    """One set of weights at a time, or all at once."""
    answers, scores = _answers(*small(**_eight_localities()))
    base = verdicts_of(answers, scores, draws=999, seed=1)
    weighted = WeightedRuns(answers, scores, base, draws=999, seed=1)
    rows, indices = weighted.joined(40, weighted.blocks(40))
    monkeypatch.setattr("umid_research.analysis.robustness.weights._BLOCK", 1)
    one_by_one, again = weighted.joined(40, weighted.blocks(40))

    assert rows == one_by_one
    assert indices == pytest.approx(again)


def _eight_localities() -> dict[str, object]:
    """Offices trust more than people in each of eight localities, but serve no better."""
    places = [f"{district}{number}" for district in "ns" for number in (1, 2, 3, 4)]
    table = small_export()
    person, office = (table[table["kind"] == kind].iloc[0] for kind in "po")
    rng = np.random.default_rng(8)
    rows = [
        {
            **row,
            "place": place[0],
            "village": place,
            "trust_1": str(trust + rng.integers(0, 2)),
            "trust_2": "3",
            "trust_3": str(rng.integers(1, 6)),
            "_uuid": f"{place}-{trust}",
        }
        for place in places
        for row, trust in ((person, 2), (office, 4))
    ]
    listed = TWO_STUDY
    for key in "ns":
        old = f'localities = ["{key}1", "{key}2"]'
        assert old in listed
        listed = listed.replace(old, f"localities = {[p for p in places if p[0] == key]}")
    form = TWO
    for place in places:
        if f"| village | {place} |" not in form:
            line = f"| | village | {place} | {place} | |\n"
            form = form.replace("| | channel | tv", line + "| | channel | tv")
    return {"study": listed, "questionnaire": form, "export": pd.DataFrame(rows)}


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
    found = ranges_of({"items": np.array([[1.0, 2, 1], [2, 1, 2]])}, study)

    assert ["north", "south"] == found["district"].tolist()
    assert [1, 1.1] == found["low"].round(6).tolist()
    assert [1.9, 2] == found["high"].round(6).tolist()


def test_the_range_of_twenty_one_ranks_leaves_out_one_at_each_end(read_all) -> None:
    """The 5th and 95th percentile of 1, 2, … 21 are 2 and 20 (R: quantile(1:21, c(.05, .95)))."""
    study, _, _ = read_all()
    ranks = np.array([np.arange(1.0, 22), np.full(21, np.nan)])
    found = ranges_of({"items": ranks}, study)

    assert [["north", 2, 20]] == found.to_numpy().tolist()


def test_a_district_without_an_index_in_one_kind_of_runs_keeps_its_range(read_all) -> None:
    """Without any index there are no ranges."""
    study, _, _ = read_all()
    nothing = np.full((2, 1), np.nan)
    found = ranges_of({"items": np.array([[1.0], [2.0]]), "modes": nothing}, study)

    assert [["north", 1, 1], ["south", 2, 2]] == found.to_numpy().tolist()
    assert ranges_of({"": nothing}, study).empty


def test_the_district_with_the_higher_index_is_first() -> None:
    """Equal indices share the mean of their ranks; without an index there is no rank."""
    ranks = ranks_of(np.array([[30.0, 50, np.nan], [70.0, 50, 10]]))

    assert [[2.0, 1.5], [1.0, 1.5]] == ranks[:, :2].tolist()
    assert [np.nan, 1.0] == pytest.approx(ranks[:, 2].tolist(), nan_ok=True)


def test_many_random_weights_do_not_outweigh_other_kinds_of_runs(read_all) -> None:
    """Ranks are 1 and 2 under 1000 weights; without two of four localities they are reversed."""
    study, _, _ = read_all()
    weights = {"weights": np.array([[1.0] * 1000, [2.0] * 1000])}
    localities = {"localities": np.array([[1.0, 1, 2, 2], [2, 2, 1, 1]])}

    assert overlaps_of(ranges_of(weights | localities, study))["overlap"].tolist() == [True]
    assert overlaps_of(ranges_of(weights, study))["overlap"].tolist() == [False]


def test_bands_come_from_the_runs_without_a_locality_too(robustness) -> None:
    """The north leads by n1 alone, in each topic alike, so that weights of topics change nothing.

    North: 100, 25, 25, 25 (mean 43.75), without n1 25. South: 25, 50, 50, 25 (mean 37.5). So the
    order changes in one of eight runs: the 95th percentile of seven ranks 1 and one 2 is 1.65.
    """
    parts = _eight_localities()
    answers = dict(zip(["n1", "n2", "n3", "n4", "s1", "s2", "s3", "s4"], "52222332", strict=True))
    given = parts["export"]["village"].map(answers)
    turned = given.map(dict(zip("12345", "54321", strict=True)))
    parts["export"] = parts["export"].assign(trust_1=given, trust_2=turned, trust_3=given)
    bands = robustness(**parts).bands.set_index("district")

    assert [1, 1.65] == pytest.approx(bands.loc["north", ["low", "high"]].to_list())
    assert [1.35, 2] == pytest.approx(bands.loc["south", ["low", "high"]].to_list())


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
