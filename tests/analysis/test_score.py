"""Scores and means against hand arithmetic."""

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.analysis.score import (
    compared_dimensions,
    district_means,
    group_means,
    is_answered_enough,
    locality_means,
    score_responses,
    score_units,
    side_means,
)
from umid_research.clean import clean_responses
from umid_research.errors import StudyError

# R's data set apistrat of the package survey: api00 of the schools of two counties by type.
SCHOOLS = {
    "Sacramento": {"E": [863, 606], "M": [667], "H": [610, 618, 717, 600]},
    "Ventura": {"E": [720, 805, 778, 668, 714, 521], "M": [773], "H": [724, 710]},
}
SCHOOL_WEIGHTS = {"E": 44.209999084472656, "M": 20.360000610351562, "H": 15.100000381469727}
# svyby(~api00, ~cname, svydesign(~1, strata = ~stype, weights = ~pw, data = apistrat), svymean)
SCHOOL_MEANS = {"Sacramento": 691.29985708752395, "Ventura": 707.17161700202212}


def school_scores() -> pd.DataFrame:
    """Schools as respondents, counties as units."""
    rows = [
        (f"{county} {kind} {place}", county, SCHOOL_WEIGHTS[kind], float(score))
        for county, kinds in SCHOOLS.items()
        for kind, scores in kinds.items()
        for place, score in enumerate(scores)
    ]
    frame = pd.DataFrame(rows, columns=["respondent", "unit", "weight", "score"])
    return frame.assign(district="x", locality=np.nan, group="a", dimension="api")


@pytest.fixture
def scored(read_all):
    def score(**parts):
        study, questionnaire, raw = read_all(**parts)
        cleaned = clean_responses(raw, questionnaire, study, key="k" * 16)
        scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
        return study, scores, score_units(scores)

    return score


def _trust(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[scores["dimension"] == "trust"].reset_index(drop=True)


def test_a_score_is_the_mean_of_the_answered_items(scored) -> None:
    """Row 0: 4, reversed 2, 4 of 1..5 give (75 + 75 + 75) / 3; row 1: 100, 100, don't know."""
    _, scores, _ = scored()

    assert [75.0, 100.0] == _trust(scores)["score"].tolist()[:2]
    assert [(3, 3), (2, 3)] == list(
        _trust(scores)[["items_answered", "items_asked"]].head(2).itertuples(index=False, name=None)
    )


def test_fewer_than_two_thirds_answered_is_no_score(scored) -> None:
    """Row 5 answered one of three."""
    _, scores, _ = scored()

    assert np.isnan(_trust(scores)["score"][5])


def test_a_unit_is_the_weighted_mean_of_its_respondents_with_a_score(scored) -> None:
    """North 1 people: (75 + 100) / 2; South 1: nobody has a score; South 2: (0 + 0 + 25) / 3."""
    _, _, units = scored()
    trust = units[(units["dimension"] == "trust") & (units["group"] == "people")]

    assert [87.5, 50.0, 25 / 3] == trust["score"].dropna().tolist()
    assert [2, 1, 0, 1] == trust["respondents"].tolist()


def test_weights_apply_only_within_a_unit(scored) -> None:
    """Weights 3 and 1: (3 · 75 + 100) / 4 = 81.25; in a group's mean units weigh the same."""
    _, scores, _ = scored()
    scores.loc[scores["respondent"] == scores["respondent"][0], "weight"] = 3.0

    units = score_units(scores)
    means = group_means(units).set_index(["dimension", "group"])["score"]

    assert 81.25 == units["score"][0]
    assert pytest.approx((81.25 + 50 + 25 / 3) / 3) == means["trust", "people"]


def test_a_weighted_unit_agrees_with_the_survey_package() -> None:
    """R 4.2.2, survey 4.1-1: svyby and svymean of apistrat, as called above."""
    units = score_units(school_scores()).set_index("unit")["score"]

    assert pytest.approx(SCHOOL_MEANS, abs=1e-8) == units.to_dict()


def test_a_dimension_asked_of_one_group_is_not_compared(scored) -> None:
    """`duties` is asked of offices only, and is not part of the index."""
    _, scores, units = scored()
    index = scores[scores["dimension"] == "index"]

    assert {"office"} == set(units[units["dimension"] == "duties"]["group"])
    assert {1} == set(index["items_asked"])
    assert ["trust", "index"] == compared_dimensions(units)


def test_a_dimension_that_mixes_audiences_is_refused(scored) -> None:
    """An easier item asked of one group would look like a difference between groups."""
    form = QUESTIONNAIRE.replace("${kind} = 'o' | duties", "${kind} = 'o' | trust")

    with pytest.raises(StudyError, match=r"dimension 'trust' mixes items .* found 'duty'"):
        scored(questionnaire=form)


def test_a_district_score_is_the_mean_of_its_localities(scored) -> None:
    """North 1: people 87.5, office (100, 100, 100); North 2: 50 and (75, 75, 100)."""
    study, _, units = scored()
    places = locality_means(units, study)
    trust = places[places["dimension"] == "trust"].set_index("locality")["score"]
    districts = district_means(units, study).set_index(["dimension", "district"])

    assert (87.5 + 100) / 2 == trust["n1"]
    assert pytest.approx((50 + 250 / 3) / 2) == trust["n2"]
    assert (
        pytest.approx((trust["n1"] + trust["n2"]) / 2) == districts.loc[("trust", "north"), "score"]
    )
    assert 4 == districts.loc[("trust", "north"), "units"]


def test_a_locality_is_adjusted_for_the_group_it_lacks(scored) -> None:
    """South 1 lacks the people: the office's score minus its group's mean plus the grand mean."""
    study, _, units = scored()
    trust = units[(units["dimension"] == "trust")].set_index(["group", "locality"])["score"]
    people, office = (trust[group].dropna().mean() for group in ("people", "office"))

    places = locality_means(units, study).set_index(["dimension", "locality"])["score"]

    expected = trust["office", "s1"] - office + (people + office) / 2
    assert pytest.approx(expected) == places["trust", "s1"]


def test_sides_have_separate_means_within_a_district(scored) -> None:
    """Supply is the offices, demand the people; the NGO belongs to no locality."""
    study, _, units = scored()

    sides = side_means(units, study).set_index(["dimension", "district", "side"])

    assert pytest.approx((87.5 + 50) / 2) == sides.loc[("trust", "north", "demand"), "score"]
    assert 2 == sides.loc[("trust", "north", "supply"), "units"]


def test_reversing_twice_is_identity(scored) -> None:
    """An item reversed in the form and in the answers gives the same scores."""
    reversed_twice = small_export()
    reversed_twice["trust_2"] = reversed_twice["trust_2"].replace(
        {str(i): str(6 - i) for i in range(1, 6)}
    )
    form = QUESTIONNAIRE.replace("| trust | yes |", "| trust | |")

    _, expected, _ = scored()
    _, again, _ = scored(export=reversed_twice, questionnaire=form, name="turned")

    pd.testing.assert_series_equal(expected["score"], again["score"])


THREE = QUESTIONNAIRE.replace("Do they hide things? | | trust", "Do they hide things? | | open")
THREE = THREE.replace("Do they keep their word? | | trust", "Do they keep their word? | | service")
THREE_STUDY = STUDY.replace(
    "[dimensions]\n", '[dimensions]\nopen.name.en = "Open"\nservice.name.en = "Service"\n'
)


@pytest.mark.parametrize(("known", "has_index"), [(1, False), (2, True), (3, True)])
def test_an_index_needs_scores_in_two_thirds_of_the_dimensions_asked(
    scored, known, has_index
) -> None:
    """Three dimensions of one item each are asked of everybody; the others were not judged."""
    items = ["trust_1", "trust_2", "trust_3"]
    table = small_export()
    table.loc[0, items] = ["4", "2", "4"][:known] + ["dk"] * (3 - known)
    _, scores, _ = scored(study=THREE_STUDY, questionnaire=THREE, export=table)
    first = scores["respondent"].iloc[0]
    index = scores[(scores["respondent"] == first) & (scores["dimension"] == "index")]

    assert [has_index] == index["score"].notna().tolist()


def test_a_respondent_without_a_score_does_not_change_the_unit(scored) -> None:
    """Of two people in n1 one scored 75 on trust; the other could judge nothing."""
    table = small_export()
    table.loc[1, ["trust_1", "trust_2", "trust_3"]] = "dk"
    _, _, units = scored(export=table)
    row = units[(units["dimension"] == "trust") & (units["locality"] == "n1")]
    row = row[row["group"] == "people"].iloc[0]

    assert (75.0, 1) == (row["score"], row["respondents"])


def test_two_thirds_of_the_items_must_be_answered() -> None:
    """1 of 2 and 3 of 5 are too few; 2 of 3 and 4 of 6 are exactly two thirds."""
    enough = is_answered_enough(np.array([1, 3, 2, 4, 0]), np.array([2, 5, 3, 6, 0]))

    assert [False, False, True, True, False] == enough.tolist()
