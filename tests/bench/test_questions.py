"""Questions to a study: each number has a second source, and none leaves without the rules.

Who knows the plan scores 75, 100, 83.3, 8.3 and 25 on trust, who does not 100, 50, 66.7 and 66.7:
reckoned by hand from the ten interviews of the small study. One of the latter has no score.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from numpy.testing import assert_allclose
from scipy import stats
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.bench.results import (
    BY_ITSELF,
    INTERNAL,
    NOT_BY_PLACE,
    NOTHING,
    OF_THE_REPORTS,
)
from umid_research.errors import ParameterError

YES = [75, 100, 250 / 3, 25 / 3, 25]
NO = [100, 50, 200 / 3, 200 / 3]
ALL_ASKED = QUESTIONNAIRE.replace("| ${kind} = 'o' | duties", "| | duties")


def _with_thresholds(**numbers: int) -> str:
    lines = "".join(f"{name} = {number}\n" for name, number in numbers.items())
    return f"{STUDY}\n[thresholds]\n{lines}"


def test_means_by_a_question_are_those_of_the_divided_units(opened) -> None:
    """The two people of one community who answer differently are two units."""
    means = opened().means("aware", "trust").to_frame().set_index("aware")

    assert_allclose(means.loc["yes", "score"], np.mean(YES))
    assert_allclose(means.loc["no", "score"], np.mean(NO))
    assert [5, 4] == [means.loc[answer, "units"] for answer in ("yes", "no")]
    assert ["Yes", "No"] == [means.loc[answer, "aware_name"] for answer in ("yes", "no")]


def test_means_by_district_are_those_of_the_reports(opened) -> None:
    """Of the matched groups: the mean of localities, here reckoned from the frame `units`."""
    study = opened()
    units = study.units.query("dimension == 'trust' and group != 'ngo'")

    places = units.groupby(["district", "locality", "group"])["score"].mean().unstack()
    complete = places.dropna().mean(axis=1).groupby("district").mean()
    means = study.means("district", "trust").to_frame().set_index("district")["score"]
    assert_allclose(means["north"], complete["north"])


def test_a_matched_study_is_compared_within_districts(opened) -> None:
    """The estimate is the least-squares coefficient of the answer beside the district."""
    (row,) = opened().compare("aware", "trust").to_frame().to_dict("records")

    table = pd.DataFrame({"score": YES + NO})
    table["aware"] = [1] * len(YES) + [0] * len(NO)
    table["district"] = [*"nnnss", *"nnss"]
    fitted = smf.ols("score ~ aware + C(district)", table).fit()
    assert_allclose(row["estimate"], fitted.params["aware"])
    assert ("yes", "Yes", "no", "No") == tuple(
        row[name] for name in ("group_a", "group_a_name", "group_b", "group_b_name")
    )
    assert "unclear" == row["verdict"]


def test_another_study_is_compared_by_welchs_t(opened) -> None:
    """With the smaller number of units minus 1 as degrees of freedom."""
    study = opened(study=STUDY.replace(", matched = true", ""))
    (row,) = study.compare("aware", "trust").to_frame().to_dict("records")

    welch = stats.ttest_ind(YES, NO, equal_var=False)
    error = np.sqrt(np.var(YES, ddof=1) / len(YES) + np.var(NO, ddof=1) / len(NO))
    assert_allclose(row["estimate"] / error, welch.statistic)
    assert_allclose(row["p"], 2 * stats.t.sf(abs(welch.statistic), len(NO) - 1))
    assert_allclose(row["high"] - row["estimate"], stats.t.ppf(0.975, len(NO) - 1) * error)


def test_a_clear_difference_by_a_question_has_a_verdict(opened) -> None:
    """By the rule of the reports: everybody who knows the plan trusts, nobody else does."""
    export = small_export()
    knows = export["aware"] == "yes"
    for item, high, low in (("trust_1", "54545", "12121"), ("trust_3", "54545", "12121")):
        export.loc[knows, item] = list(high)
        export.loc[~knows, item] = list(low)
    export["trust_2"] = np.where(knows, "1", "5")
    study = opened(study=STUDY.replace(", matched = true", ""), export=export)

    rows = study.compare("aware").to_frame().set_index("dimension")
    assert "higher" == rows.loc["trust", "verdict"]


def test_by_group_they_are_the_comparisons_of_the_reports(opened) -> None:
    """Adjusted within their family, not within the call."""
    study = opened()
    rows = study.compare("group", "trust").to_frame()

    expected = study.comparisons.query("family in ('A', 'B') and dimension == 'trust'")
    assert expected["p_adjusted"].to_list() == rows["p_adjusted"].to_list()
    assert {"C"} == set(study.compare("district").to_frame()["family"])
    assert {"D"} == set(study.compare("side").to_frame()["family"])


def test_answers_are_counted_by_any_grouping(opened) -> None:
    """As pandas counts them in the frame of the answers."""
    study = opened()
    counts = study.crosstab("trust_1", "aware").to_frame()

    expected = pd.crosstab(study.responses["trust_1"], study.responses["aware"])
    for row in counts.itertuples():
        known = row.answer in expected.index
        assert row.value == (expected.loc[row.answer, row.aware] if known else 0)
    assert {5} == set(counts["respondents"])


def test_other_items_give_another_score(opened) -> None:
    """Of one item alone, the score is that of the item: 5 and 1 on a scale of five are its ends."""
    study = opened().score(items={"trust": "trust_1"})
    scores = study.scores.query("dimension == 'trust'")["score"]

    assert_allclose(scores, [75, 100, 100, 50, 75, 25, 75, 0, 50, 25])


def test_other_weights_give_another_index(opened) -> None:
    """As numpy's weighted mean; equal weights give the index of the study."""
    study = opened(questionnaire=ALL_ASKED)
    weighted, equal = study.score(weights={"trust": 3}), study.score(weights={"trust": 1})

    wide = study.scores.pivot_table(index="respondent", columns="dimension", values="score")
    both = wide.dropna()
    assert 4 == len(both)
    of = weighted.scores.query("dimension == 'index'").set_index("respondent")["score"]
    expected = np.average(both[["trust", "duties"]], axis=1, weights=[3, 1])
    assert_allclose(of[both.index], expected)
    same = equal.scores.query("dimension == 'index'").set_index("respondent")["score"]
    assert_allclose(same[both.index], both["index"])


def test_some_people_can_be_left_out_or_looked_at_alone(opened) -> None:
    """And the title says so."""
    study = opened()

    assert 7 == len(study.without(locality="n1").responses)
    only = study.only(group=["people", "office"], aware="yes")
    assert 4 == len(only.responses) == len(only.states)
    assert "only group people, office; only aware yes" in only.means("group").title


# --- what may be published ----------------------------------------------------------------------


def test_every_result_is_internal_at_first(opened) -> None:
    """In words, wherever it is shown."""
    study = opened()

    for result in (study.means("aware"), study.compare("group"), study.crosstab("aware", "group")):
        assert INTERNAL == result.status
        assert INTERNAL in repr(result)
        assert INTERNAL in result._repr_html_()


def test_numbers_of_the_reports_are_published_as_there(opened) -> None:
    """Withheld numbers are listed, each with its reason."""
    study = opened()
    passed = study.means("group", "trust").publishable()

    published = study.published["scores_by_group"].query("dimension == 'trust'")
    assert OF_THE_REPORTS == passed.status
    assert published.query("shown")["value"].to_list() == passed.frame["value"].to_list()
    reasons = dict(zip(passed.withheld["group"], passed.withheld["why"], strict=True))
    assert {"ngo": "fewer than 3 units (rule 1)"} == reasons


def test_numbers_by_a_question_pass_the_rules_by_themselves(opened) -> None:
    """Rounded; so few units have no interval, and no verdict."""
    study = opened()
    means = study.means("aware", "trust").publishable()
    contrast = study.compare("aware", "trust").publishable()

    assert BY_ITSELF == means.status == contrast.status
    assert [58, 71] == means.frame.set_index("aware").loc[["yes", "no"], "value"].to_list()
    assert "low" not in means.frame
    assert [-13] == contrast.frame["value"].to_list()
    assert ["withheld"] == contrast.frame["verdict"].to_list()
    assert not {"low", "high", "p_adjusted", "mdd"} & set(contrast.frame)


def test_with_one_group_all_are_withheld(opened) -> None:
    """The mean of everybody is in the reports, so a single one could be worked out."""
    study = opened(study=_with_thresholds(units=5))
    means = study.means("aware", "trust").publishable()

    assert 0 == len(means.frame)
    reasons = means.withheld.set_index("aware")["why"]
    assert "fewer than 5 units (rule 1)" == reasons["no"]
    assert "it could be worked out" in reasons["yes"]
    for shown in (repr(means), means._repr_html_()):
        assert "withheld, with the reason: 2 rows" in shown
        assert f"{reasons['yes']}" in shown
    contrast = study.compare("aware", "trust").publishable()
    assert ["one of the two means is withheld"] == contrast.withheld["why"].to_list()


def test_nothing_is_published_if_only_a_few_are_in_no_group(opened) -> None:
    """Everybody minus all groups would be those few."""
    export = small_export()
    export.loc[0, "aware"] = ""
    export.loc[0, "channels"] = ""
    study = opened(export=export)

    for result in (
        study.means("aware"),
        study.compare("aware"),
        study.crosstab("trust_1", "aware"),
    ):
        assert 0 == len(result.publishable().frame)


@pytest.mark.parametrize(("least", "shown"), [(5, True), (6, False)])
def test_counts_need_as_many_people_as_in_the_reports(opened, least, shown) -> None:
    """Five answered in either group."""
    study = opened(study=_with_thresholds(answers=least))
    passed = study.crosstab("trust_1", "aware").publishable()

    assert shown == bool(len(passed.frame))
    if not shown:
        assert {"fewer than 6 people answered (rule 1)"} == set(passed.withheld["why"])


def test_of_a_changed_study_nothing_may_be_published(opened) -> None:
    """Beside the reports, it would tell the scores of those who were left out."""
    study = opened()

    for changed in (
        study.without(locality="n1"),
        study.only(group="people"),
        study.score(items={"trust": ["trust_1", "trust_2"]}),
        study.score(weights={"trust": 2}),
    ):
        for result in (changed.means("group"), changed.compare("side")):
            passed = result.publishable()
            assert NOTHING == passed.status
            assert 0 == len(passed.frame) < len(passed.withheld)
            keys = {"dimension", "group", "group_a", "group_b", "why"}
            assert {name.removesuffix("_name") for name in passed.withheld} <= keys


def test_nothing_is_published_by_place(opened) -> None:
    """Everybody in a village knows who was asked there; its answers can be looked at, inside."""
    thresholds = _with_thresholds(units=1, respondents=1, answers=1)
    study = opened(
        study=thresholds.replace('"village"', '"locality"'),
        questionnaire=QUESTIONNAIRE.replace("| village | Which", "| locality | Which"),
        export=small_export().rename(columns={"village": "locality"}),
    )

    for result in (study.means("locality", "trust"), study.crosstab("trust_1", "locality")):
        assert len(result.frame)
        assert NOT_BY_PLACE == result.publishable().status
        assert 0 == len(result.publishable().frame)


def test_a_workbook_says_what_it_is(opened, tmp_path) -> None:
    """In its first sheet."""
    path = opened().means("aware", "trust").to_excel(tmp_path / "means.xlsx")

    about = pd.read_excel(path, sheet_name="about")["about"]
    assert INTERNAL in about.to_list()
    assert 2 == len(pd.read_excel(path, sheet_name="table"))


@pytest.mark.parametrize(
    ("ask", "problem", "possible"),
    [
        (lambda study: study.means("shoe_size"), "no such grouping", "aware"),
        (lambda study: study.means("channels"), "no such grouping", "side"),
        (lambda study: study.compare("age"), "no such grouping", "district"),
        (lambda study: study.means("group", "trusty"), "no such dimension", "trust"),
        (lambda study: study.crosstab("age", "group"), "no such question", "trust_1"),
        (lambda study: study.crosstab("aware", "side"), "not counted by side", None),
        (lambda study: study.without(village="n1"), "no such column", "locality"),
        (lambda study: study.without(locality="n9"), "nobody has this value", "n1"),
        (lambda study: study.only(group=[]), "nobody is left", None),
        (lambda study: study.score(items={"trust": "duty"}), "no such item", "trust_2"),
        (lambda study: study.score(items={"trust": []}), "no such item", "trust_2"),
        (lambda study: study.score(weights={"thrust": 2}), "no such dimension", "trust"),
        (lambda study: study.score(weights={"trust": -1}), "0 or more", None),
        (lambda study: study.score(weights={"trust": 0, "duties": 0}), "weight above 0", None),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(opened, ask, problem, possible) -> None:
    """In one line."""
    study = opened()

    with pytest.raises(ParameterError, match=problem) as raised:
        ask(study)
    if possible:
        assert possible in raised.value.possible
