"""Each rule of the analysis plan, section 3, takes effect, and withheld rows have no numbers."""

import math

import numpy as np
import pandas as pd
import pytest
from small_study import QUESTIONNAIRE, STUDY, small_export
from thin_studies import CASES

from umid_research.analysis.compare import compare_units
from umid_research.analysis.reliability import reliability_of
from umid_research.analysis.robustness import Robustness, robustness_of
from umid_research.analysis.score import group_means, score_responses, score_units
from umid_research.clean import clean_responses
from umid_research.disclosure.frame import COLUMNS, NUMBERS
from umid_research.disclosure.rules import publish_frames
from umid_research.disclosure.rules.robustness import robustness_rows
from umid_research.disclosure.rules.scores import score_rows

_RUNS = ["family", "dimension", "group_a", "group_b", "run", "runs", "survives"]
LOW_THRESHOLDS = STUDY + "\n[thresholds]\nunits = 1\nrespondents = 1\nanswers = 1\n"


@pytest.fixture
def published(read_all):
    """Return `published` of the small study, its exact group means and its comparisons."""

    def publish(**parts):
        study, questionnaire, raw = read_all(**parts)
        cleaned = clean_responses(raw, questionnaire, study, key="k" * 16)
        scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
        units = score_units(scores)
        comparisons = compare_units(units, study, seed=study.seed)
        frame = publish_frames(
            cleaned,
            units,
            comparisons,
            questionnaire,
            study,
            reliability=reliability_of(cleaned.responses, cleaned.states, questionnaire),
            robustness=robustness_of(cleaned, questionnaire, study, weights=20, seed=1),
        )
        return frame, group_means(units).set_index(["dimension", "group"])["score"], comparisons

    return publish


def _rows(frame: pd.DataFrame, table: str, **keys: str) -> pd.DataFrame:
    rows = frame[frame["table"] == table]
    for column, value in keys.items():
        rows = rows[rows[column] == value]
    return rows


def _answering(column: str, values: list[str]) -> pd.DataFrame:
    return small_export().assign(**{column: values})


def test_a_score_of_fewer_than_three_units_is_withheld(published) -> None:
    """The single NGO has no score; the four offices have one, rounded."""
    frame, means, _ = published()
    trust = _rows(frame, "scores_by_group", dimension="trust").set_index("group")

    assert not trust.loc["ngo", "shown"]
    assert round(means["trust", "office"]) == trust.loc["office", "value"]


def test_a_score_of_fewer_than_three_respondents_is_withheld(published) -> None:
    """Four units of one person each have four respondents; a threshold of five withholds them."""
    frame, _, _ = published(study=STUDY + "\n[thresholds]\nrespondents = 5\n")

    assert not _rows(frame, "scores_by_group", dimension="trust", group="office")["shown"].any()


def test_answers_of_fewer_than_five_respondents_are_withheld(published) -> None:
    """Five people answered; the four offices and the NGO are too few."""
    frame, _, _ = published()
    shown = _rows(frame, "answers_by_group", question="aware").groupby("group")["shown"].all()

    assert {"people": True, "office": False, "ngo": False} == shown.to_dict()


def test_a_single_withheld_cell_gets_secondary_suppression(published) -> None:
    """The total minus the shown cells would reveal it, so the next smallest cell goes too."""
    kinds = list("ppopoppppo")
    table = _answering("kind", kinds).assign(village=["n1"] * 5 + ["s1"] * 5, duty="")
    frame, _, _ = published(export=table)
    shown = _rows(frame, "answers_by_group", question="aware").groupby("group")["shown"].all()

    assert {"people": False, "office": False} == shown.to_dict()


def test_nothing_is_shown_by_group_within_a_district_nor_by_locality(published) -> None:
    """Except how many were reached."""
    frame, _, _ = published(study=LOW_THRESHOLDS)
    answers = frame[frame["table"] != "field_work"]

    assert not (answers["group"].notna() & answers["district"].notna()).any()
    assert answers["locality"].isna().all()
    assert {"supply", "demand"} == set(answers["side"].dropna())


def test_questions_to_one_group_are_not_shown_by_district(published) -> None:
    """A district's score or answers would be those of that group within the district."""
    frame, _, _ = published(study=LOW_THRESHOLDS)
    duties = frame[(frame["dimension"] == "duties") | (frame["question"] == "duty")]

    assert duties["group"].notna().any()
    assert duties["district"].isna().all()


def test_unanimous_answers_are_withheld(published) -> None:
    """They would reveal the answer of everybody in the group."""
    agreeing = ["yes"] * 5 + ["no", "yes", "yes", "no", "no"]
    table = _answering("aware", agreeing).assign(channels="tv")
    table.loc[table["aware"] == "no", "channels"] = ""
    frame, _, _ = published(export=table, study=LOW_THRESHOLDS)

    by_district = _rows(frame, "answers_by_district", question="aware")
    assert not by_district["shown"].any()
    # Each choice of a question with several answers counts as a question: all tv, nobody web.
    channels = _rows(frame, "answers", question="channels").set_index("answer")["shown"]
    assert {"tv": False, "web": False} == channels.to_dict()


@pytest.mark.parametrize(("women", "shown"), [(5, True), (4, False), (1, False)])
def test_people_of_a_sex_that_few_have_are_counted_nowhere(published, women, shown) -> None:
    """Of ten people 5, 4 or 1 are women; the threshold for answers is 5. Other answers stay."""
    sexes = ["yes"] * women + ["no"] * (10 - women)
    form = QUESTIONNAIRE.replace("| ${aware} = 'yes' |", "| |")
    table = small_export().assign(aware=sexes, channels="tv")
    study = STUDY.replace("[roles]", '[roles]\nsex = "aware"')
    frame, *_ = published(study=study, questionnaire=form, export=table)
    other, *_ = published(questionnaire=form, export=table)

    assert {shown} == set(_rows(frame, "answers", question="aware")["shown"])
    assert frame.loc[frame["question"] == "aware", "value"].notna().all() == shown
    assert {True} == set(_rows(other, "answers", question="aware")["shown"])


def test_a_mean_at_the_scales_end_is_withheld(published) -> None:
    """A mean of 100 reveals that everybody gave the highest answer."""
    table = _answering("duty", ["", "", "5", "", "5", "", "5", "", "5", ""])
    frame, means, _ = published(export=table, study=LOW_THRESHOLDS)

    assert 100 == means["duties", "office"]
    assert not _rows(frame, "scores_by_group", dimension="duties")["shown"].any()


@pytest.mark.parametrize(
    ("score", "shown"), [(1.4, False), (1.6, True), (98.4, True), (98.6, False), (50.0, True)]
)
def test_a_mean_that_rounds_to_the_next_point_of_an_end_is_withheld(read_all, score, shown) -> None:
    """1 and 99 of 100 say as much of everybody as 0 and 100 do; 2 and 98 are shown."""
    study, _, _ = read_all()
    units = pd.DataFrame(
        {
            "unit": [f"u{n}" for n in range(8)],
            "district": "north",
            "locality": ["n1", "n2", "s1", "s2"] * 2,
            "group": ["people"] * 4 + ["office"] * 4,
            "dimension": "trust",
            "score": [score] * 4 + [50.0] * 4,
            "respondents": 5,
        }
    )
    rows = score_rows(units, study)
    people = rows[(rows["table"] == "scores_by_group") & (rows["group"] == "people")]

    assert [shown] == people["shown"].tolist()


def test_limits_are_rounded_outward_in_every_family(published) -> None:
    """3.6 to 3 and 9.2 to 10, on a study of twelve localities, where limits exist."""
    frame, _, comparisons = published(**CASES["nothing is wrong"].parts())
    exact = comparisons.set_index(["family", "dimension", "group_a", "group_b"])
    rows = frame[frame["table"].str.startswith("differences") & frame["low"].notna()]
    inside = 0
    for row in rows.itertuples():
        first = next(key for key in (row.group, row.district, row.side) if isinstance(key, str))
        of = exact.loc[(row.family, row.dimension, first, row.versus)]
        assert row.low == min(math.floor(of["low"]), row.value)
        assert row.high == max(math.ceil(of["high"]), row.value)
        inside += row.low < row.value < row.high

    assert {"A", "B", "C", "D"} == set(rows["family"])
    assert inside > 4


def test_withheld_rows_have_no_numbers(published) -> None:
    """Not even the number of people: it would reveal the reason."""
    frame, _, _ = published()

    assert (~frame["shown"]).any()
    assert frame.loc[~frame["shown"], list(NUMBERS)].isna().all(axis=None)
    assert list(COLUMNS) == list(frame.columns)


def test_means_have_no_decimals_and_differences_are_differences_of_means(published) -> None:
    """A difference reveals no more than its two means; its limits are rounded outward."""
    frame, _, comparisons = published()
    means = _rows(frame, "scores_by_group").set_index(["dimension", "group"])["value"]
    differences = _rows(frame, "differences_by_group")
    exact = comparisons[comparisons["family"] == "A"].set_index("dimension")

    assert (means.dropna() % 1 == 0).all()
    assert differences["shown"].any()
    for row in differences[differences["shown"]].itertuples():
        expected = means[row.dimension, row.group] - means[row.dimension, row.versus]
        assert expected == row.value
        if np.isfinite(row.low):
            assert row.low <= exact.loc[row.dimension, "low"]
            assert row.high >= exact.loc[row.dimension, "high"]


def test_a_difference_of_a_withheld_mean_is_withheld(published) -> None:
    """With the other mean it would reveal the withheld one."""
    frame, _, _ = published(study=STUDY + "\n[thresholds]\nunits = 4\n")
    trust = _rows(frame, "differences_by_group", dimension="trust")

    assert not _rows(frame, "scores_by_group", dimension="trust", group="people")["shown"].any()
    assert 1 == len(trust)
    assert not trust["shown"].any()


def test_each_family_has_a_table_of_its_own(published) -> None:
    """Every row names its family."""
    frame, _, _ = published(study=LOW_THRESHOLDS)
    families = {
        table: set(_rows(frame, table)["family"])
        for table in sorted(set(frame["table"]))
        if table.startswith("differences")
    }

    expected = {"by_district": "C", "by_group": "A", "by_side": "D", "exploratory": "B"}
    assert {f"differences_{name}": {family} for name, family in expected.items()} == families


def test_groups_without_matching_are_compared_by_family_b(published) -> None:
    """The groups' table holds family B, and there is no other."""
    frame, means, _ = published(study=LOW_THRESHOLDS.replace("matched = true, ", ""))
    rows = _rows(frame, "differences_by_group", dimension="trust").set_index(["group", "versus"])

    assert {"B"} == set(frame["family"].dropna())
    people, office = (round(means["trust", group]) for group in ("people", "office"))
    assert people - office == rows.loc[("people", "office"), "value"]
    assert "too_few_scores" == rows.loc[("people", "ngo"), "reason"]
    assert not rows.loc[("people", "ngo"), "shown"]


def test_no_spread_is_shown_for_few_unmatched_units(published) -> None:
    """Three units with a score are fewer than twice the threshold: no interval, p or mdd."""
    unmatched = STUDY.replace("matched = true, ", "")
    few, _, comparisons = published(study=unmatched)
    enough, _, _ = published(study=unmatched + "\n[thresholds]\nunits = 1\n")
    spread = ["low", "high", "p_adjusted", "mdd"]

    def trust(frame: pd.DataFrame) -> pd.Series:
        return _rows(
            frame, "differences_by_group", dimension="trust", group="people", versus="office"
        ).iloc[0]

    assert comparisons["mdd"].notna().any()
    assert trust(few)["shown"] and trust(few)[spread].isna().all()
    assert trust(enough)[spread].notna().all()
    assert ("withheld", "unclear") == (trust(few)["verdict"], trust(enough)["verdict"])


def test_limits_hold_the_difference_that_is_shown(published) -> None:
    """The limits are of the adjusted difference; they are widened to contain the published one."""
    frame, _, _ = published(study=LOW_THRESHOLDS)
    rows = frame[frame["table"].str.startswith("differences") & frame["low"].notna()]

    assert len(rows)
    assert (rows["low"] <= rows["value"]).all()
    assert (rows["value"] <= rows["high"]).all()


def test_a_gap_is_computed_from_published_means(published) -> None:
    """Office minus people, both shown; if one is withheld there is no gap."""
    frame, means, _ = published()
    hidden, _, _ = published(study=STUDY + "\n[thresholds]\nunits = 4\n")
    gap = _rows(frame, "differences_by_side", dimension="trust").iloc[0]

    assert round(means["trust", "office"]) - round(means["trust", "people"]) == gap["value"]
    assert not _rows(hidden, "differences_by_side", dimension="trust")["shown"].any()


def test_percentages_are_over_everybody_and_only_where_precise(published) -> None:
    """Ten people are too few; with 20 yes of 50 it is 40 %, with the limits of R's binom.test."""
    frame, _, _ = published()
    table = pd.concat([small_export()] * 5, ignore_index=True)
    table = table.assign(_uuid=[f"uuid-{n}" for n in range(50)], aware=["yes"] * 20 + ["no"] * 30)
    many, _, _ = published(export=table.assign(channels=""), name="many")
    yes = _rows(many, "answers", question="aware", answer="yes").iloc[0]

    assert frame["percent"].isna().all()
    # R 4.2.2: binom.test(20, 50)$conf.int gives 0.2640784 0.5482060; rounded outward.
    assert (40.0, 26.4, 54.9) == (yes["percent"], yes["low"], yes["high"])
    assert _rows(many, "answers_by_group")["percent"].isna().all()


def test_percentages_have_one_decimal(published) -> None:
    """25 of 70 are 35.714 %."""
    table = pd.concat([small_export()] * 7, ignore_index=True)
    table = table.assign(_uuid=[f"uuid-{n}" for n in range(70)], aware=["yes"] * 25 + ["no"] * 45)
    frame, _, _ = published(export=table.assign(channels=""))

    assert [35.7] == _rows(frame, "answers", question="aware", answer="yes")["percent"].tolist()


@pytest.mark.parametrize(("answers", "shown"), [(10, True), (11, False)])
def test_what_is_not_known_is_counted_from_the_threshold_on(published, answers, shown) -> None:
    """Ten people were asked about trust."""
    frame, _, _ = published(study=f"{STUDY}\n[thresholds]\nanswers = {answers}\n")

    assert {shown} == set(_rows(frame, "not_knowing", dimension="trust")["shown"])


@pytest.mark.parametrize(("units", "shown"), [(4, True), (5, False)])
def test_a_score_is_shown_from_the_threshold_of_units_on(published, units, shown) -> None:
    """There are four offices, of one person each."""
    frame, _, _ = published(study=f"{STUDY}\n[thresholds]\nunits = {units}\n")
    office = _rows(frame, "scores_by_group", dimension="trust", group="office")

    assert [shown] == office["shown"].tolist()


def test_percentages_of_a_weighted_study_are_weighted(published) -> None:
    """Half of the 40 people have weight 3 and said yes: 75 %."""
    table = pd.concat([small_export()] * 4, ignore_index=True)
    table = table.assign(_uuid=[f"uuid-{n}" for n in range(40)], age=["3", "1"] * 20)
    table = table.assign(
        aware=["yes", "no"] * 20, channels="", organisation=[f"o{n}" for n in range(40)]
    )
    study = STUDY.replace("matched = true, ", "").replace("[roles]", '[roles]\nweight = "age"')
    form = QUESTIONNAIRE.replace("Which organisation? | ${kind} = 'g'", "Which organisation? | ")
    frame, _, _ = published(export=table, study=study, questionnaire=form)
    yes = _rows(frame, "answers", question="aware", answer="yes").iloc[0]

    assert (20, 75.0) == (yes["value"], yes["percent"])
    assert yes["low"] < 75 < yes["high"]


def test_runs_are_counted_without_what_they_left_out(published) -> None:
    """Four localities are left out in turn: 4 of 4, without their names."""
    frame, _, _ = published()
    row = _rows(
        frame, "robustness", family="A", dimension="trust", group="people", statistic="localities"
    ).iloc[0]

    assert (4, 4, "office") == (row["value"], row["runs"], row["versus"])
    assert not {"n1", "n2", "s1", "s2"} & set(frame.loc[frame["table"] == "robustness", "answer"])
    assert {"D"} == set(_rows(frame, "robustness", side="supply")["family"])


def test_runs_of_a_withheld_difference_are_withheld(published) -> None:
    """They would reveal something about it."""
    frame, _, _ = published(study=STUDY + "\n[thresholds]\nunits = 4\n")
    trust = _rows(frame, "robustness", dimension="trust")

    assert len(trust)
    assert not trust["shown"].any()


def test_districts_overlap_or_not_and_have_no_rank(published) -> None:
    """One row per pair; nothing is published on a pair with a withheld score."""
    frame, _, _ = published()
    few, _, _ = published(study=STUDY + "\n[thresholds]\nunits = 9\n")
    pairs = _rows(frame, "district_bands")

    assert [("north", "south")] == list(zip(pairs["district"], pairs["versus"], strict=True))
    assert {0, 1} >= set(pairs["value"])
    assert not _rows(few, "district_bands")["shown"].any()
    assert not {"rank", "low", "high"} & set(frame["statistic"])


def test_reliability_has_two_decimals_and_a_base(published) -> None:
    """Eight complete answers to three items; duties, with four people, are withheld."""
    frame, _, _ = published()
    alpha = _rows(frame, "reliability", dimension="trust", statistic="alpha").iloc[0]

    assert (3, 8) == (alpha["units"], alpha["respondents"])
    assert round(alpha["value"], 2) == alpha["value"]
    assert not _rows(frame, "reliability", dimension="duties")["shown"].any()


def test_an_interval_needs_twice_the_units(published) -> None:
    """The mean and interval of three units would nearly determine each of them."""
    frame, _, _ = published()
    wide, _, _ = published(study=LOW_THRESHOLDS)

    assert _rows(frame, "scores_by_group", group="office")["low"].isna().all()
    assert _rows(wide, "scores_by_group", group="office", dimension="trust")["low"].notna().all()


def test_the_order_of_an_export_changes_nothing_published(published) -> None:
    """Rows are in the study's order."""
    frame, _, _ = published()
    again, _, _ = published(export=small_export().iloc[::-1], name="reversed")

    pd.testing.assert_frame_equal(frame, again)


def test_every_submission_and_every_issue_is_counted(published) -> None:
    """Read = kept + set aside."""
    table = _answering("consent", ["yes"] * 9 + ["no"])
    table.loc[0, "trust_1"] = "9"
    frame, _, _ = published(export=table)
    intake = _rows(frame, "intake").set_index("statistic")["value"]

    assert {"read": 10, "kept": 9, "set_aside": 1} == intake.to_dict()
    assert [1.0] == _rows(frame, "set_aside", statistic="no_consent")["value"].tolist()
    assert [1.0] == _rows(frame, "issues", question="trust_1")["value"].tolist()


@pytest.mark.parametrize(
    ("trust_1", "answered"),
    [
        ({}, 27),
        ({0: "dk", 1: "ref"}, 25),
        ({0: "", 1: "dk"}, 25),
        ({0: "impossible"}, 26),
    ],
    ids=["three don't know", "one refuses", "one is blank", "one is no choice"],
)
def test_answers_given_leave_out_dont_knows_and_refusals(published, trust_1, answered) -> None:
    """Ten people are asked three questions; don't-knows and refusals are counted by kind."""
    table = small_export()
    for row, text in trust_1.items():
        table.loc[row, "trust_1"] = text
    frame, _, _ = published(export=table)
    counts = _rows(frame, "not_knowing", dimension="trust").set_index("statistic")["value"]
    blank = sum(text in ("", "impossible") for text in trust_1.values())

    assert 30 == counts["asked"]
    assert answered == counts["answered"]
    assert 30 == counts[["answered", "dont_know", "refused"]].sum() + blank


@pytest.mark.parametrize(
    ("shown", "pairs"),
    [((True, True), [1.0]), ((True, False), []), ((False, True), []), ((False, False), [])],
)
def test_a_pair_is_compared_only_where_both_district_scores_are_shown(shown, pairs) -> None:
    """An overlap of ranks would reveal something about the withheld score."""
    ranges = pd.DataFrame({"district": ["north", "south"], "low": [1, 1.5], "high": [2, 2]})
    scores = pd.DataFrame(
        {
            "table": "scores_by_district",
            "dimension": "index",
            "district": ["north", "south"],
            "shown": shown,
        }
    )
    nothing = pd.DataFrame(columns=list(COLUMNS))
    rows = list(robustness_rows(Robustness(pd.DataFrame(columns=_RUNS), ranges), nothing, scores))

    assert pairs == rows[1].loc[rows[1]["shown"], "value"].tolist()
    assert 1 == len(rows[1])
