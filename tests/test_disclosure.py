"""Each rule of the analysis plan's section 3 fires, and nothing withheld leaves a number behind."""

import numpy as np
import pandas as pd
import pytest
from small_study import STUDY, small_export

from umid_research.clean import clean_responses
from umid_research.compare import compare_units
from umid_research.disclosure import COLUMNS, NUMBERS, publish_frames
from umid_research.score import group_means, score_responses, score_units

LOW_THRESHOLDS = STUDY + "\n[thresholds]\nunits = 1\nrespondents = 1\nanswers = 1\n"


@pytest.fixture
def published(read_all):
    """The published frame of the small study, and the exact group means behind it."""

    def publish(**parts):
        study, questionnaire, raw = read_all(**parts)
        cleaned = clean_responses(raw, questionnaire, study, key="k" * 16)
        scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
        units = score_units(scores)
        comparisons = compare_units(units, study, seed=study.seed)
        frame = publish_frames(cleaned, units, comparisons, questionnaire, study)
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
    """The one NGO has none; the four offices have one, rounded."""
    frame, means, _ = published()
    trust = _rows(frame, "scores_by_group", dimension="trust").set_index("group")

    assert not trust.loc["ngo", "shown"]
    assert round(means["trust", "office"]) == trust.loc["office", "value"]


def test_a_score_of_fewer_than_three_respondents_is_withheld(published) -> None:
    """Four units of one person each are four respondents; a threshold of five withholds them."""
    frame, _, _ = published(study=STUDY + "\n[thresholds]\nrespondents = 5\n")

    assert not _rows(frame, "scores_by_group", dimension="trust", group="office")["shown"].any()


def test_answers_of_fewer_than_five_respondents_are_withheld(published) -> None:
    """Five people answered; four offices and one NGO are too few, and five together."""
    frame, _, _ = published()
    shown = _rows(frame, "answers_by_group", question="aware").groupby("group")["shown"].all()

    assert {"people": True, "office": False, "ngo": False} == shown.to_dict()


def test_a_single_withheld_cell_gets_company(published) -> None:
    """Total minus what is shown would tell it: with one too small, the next smallest goes too."""
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


def test_what_one_group_was_asked_is_not_shown_by_district(published) -> None:
    """It would be that group within the district: neither its score nor its answers."""
    frame, _, _ = published(study=LOW_THRESHOLDS)
    duties = frame[(frame["dimension"] == "duties") | (frame["question"] == "duty")]

    assert duties["group"].notna().any()
    assert duties["district"].isna().all()


def test_unanimous_answers_are_withheld(published) -> None:
    """Everybody in the group would be known to have said it."""
    agreeing = ["yes"] * 5 + ["no", "yes", "yes", "no", "no"]
    table = _answering("aware", agreeing).assign(channels="tv")
    table.loc[table["aware"] == "no", "channels"] = ""
    frame, _, _ = published(export=table, study=LOW_THRESHOLDS)

    by_district = _rows(frame, "answers_by_district", question="aware")
    assert not by_district["shown"].any()
    # Of a question with several answers, each choice is a question: all tv, nobody web.
    channels = _rows(frame, "answers", question="channels").set_index("answer")["shown"]
    assert {"tv": False, "web": False} == channels.to_dict()


def test_a_mean_at_the_scales_end_is_withheld(published) -> None:
    """A mean of 100 tells that everybody gave the highest answer."""
    table = _answering("duty", ["", "", "5", "", "5", "", "5", "", "5", ""])
    frame, means, _ = published(export=table, study=LOW_THRESHOLDS)

    assert 100 == means["duties", "office"]
    assert not _rows(frame, "scores_by_group", dimension="duties")["shown"].any()


def test_what_is_withheld_leaves_no_number(published) -> None:
    """Not even the base: with the base a reader could tell why."""
    frame, _, _ = published()

    assert (~frame["shown"]).any()
    assert frame.loc[~frame["shown"], list(NUMBERS)].isna().all(axis=None)
    assert list(COLUMNS) == list(frame.columns)


def test_means_have_no_decimals_and_differences_are_differences_of_means(published) -> None:
    """A difference tells no more than the two means beside it; its limits round outward."""
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
    """Otherwise it could be worked out from the other side."""
    frame, _, _ = published(study=STUDY + "\n[thresholds]\nunits = 4\n")
    trust = _rows(frame, "differences_by_group", dimension="trust")

    assert not _rows(frame, "scores_by_group", dimension="trust", group="people")["shown"].any()
    assert 1 == len(trust)
    assert not trust["shown"].any()


def test_an_interval_needs_twice_the_units(published) -> None:
    """Mean and interval of three units come near to telling each."""
    frame, _, _ = published()
    wide, _, _ = published(study=LOW_THRESHOLDS)

    assert _rows(frame, "scores_by_group", group="office")["low"].isna().all()
    assert _rows(wide, "scores_by_group", group="office", dimension="trust")["low"].notna().all()


def test_the_order_of_an_export_changes_nothing_published(published) -> None:
    """Rows come in the study's order."""
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
