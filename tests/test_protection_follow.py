"""What goes with what: that which would tell of a withheld number is withheld too."""

import random

import numpy as np
import pandas as pd
from attacked import Case, row_of, rows_of
from random_studies import LOW, meetings, random_export
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY, write_plan
from small_study import QUESTIONNAIRE, STUDY, small_export

from umid_research.protection import linked_scores
from umid_research.protection.follow import (
    follow_answers,
    follow_bases,
    follow_means,
    follow_themes,
    follow_totals,
)

# --- bases, limits, totals, conditions -----------------------------------------------------------


def test_limits_go_with_the_interval_that_they_are_made_of(case) -> None:
    """Of groups that are not matched: both spreads follow from the intervals of the means."""
    means = [
        row_of("scores_by_group", dimension="trust", group=group, value=50.0, low=low, high=60.0)
        for group, low in (("people", 40.0), ("office", 40.0), ("ngo", np.nan))
    ]
    numbers = {"value": 0.0, "low": -9.0, "high": 9.0, "p_adjusted": 0.5, "mdd": 12.0}
    differences = [
        row_of("differences_by_group", dimension="trust", group="people", versus=other, family="B")
        | numbers
        for other in ("office", "ngo")
    ]
    published = rows_of(*means, *differences)
    follow_means(published, case().study)
    after = published.set_index("versus")

    assert after.loc["office", list(numbers)].notna().all()
    assert ["value"] == list(after.loc["ngo", list(numbers)].dropna().index)
    assert after.loc["ngo", "shown"]


def test_how_many_were_asked_goes_with_the_answer_that_decides_it(case) -> None:
    """Those who are aware are asked of trust, so that its bases tell how many are aware."""
    form = QUESTIONNAIRE.replace(
        "Do you trust them? | |", "Do you trust them? | ${aware} = 'yes' |"
    )
    small = case(questionnaire=form)
    hidden = row_of("answers_by_group", question="aware", answer="yes", group="office")
    rows = [
        row_of("scores_by_group", dimension="trust", group="people", value=50.0),
        row_of("scores_by_group", dimension="trust", group="office", value=50.0),
        row_of("scores_by_side", dimension="trust", district="north", side="supply", value=50.0),
        row_of("scores_by_side", dimension="trust", district="north", side="demand", value=50.0),
        row_of("scores_by_group", dimension="duties", group="office", value=50.0),
    ]
    published = rows_of(hidden | {"shown": False}, *rows)
    follow_bases(published, small.questionnaire, small.study)

    assert [False, True, False, False, True, True] == list(published["shown"])


def test_what_is_counted_over_everybody_goes_with_the_total(case) -> None:
    """Not knowing, summed over the dimension, and what cleaning changed of a question and after."""
    small = case()
    rows = [
        row_of("answers", question="aware", answer="yes") | {"shown": False},
        row_of("answers", question="trust_1", answer="1") | {"shown": False},
        row_of("not_knowing", dimension="trust", statistic="dont_know", value=3.0),
        row_of("not_knowing", dimension="duties", statistic="dont_know", value=3.0),
        row_of("issues", question="channels", statistic="not_asked", value=3.0),
        row_of("issues", question="trust_1", statistic="unknown_choice", value=3.0),
        row_of("issues", question="age", statistic="not_a_number", value=3.0),
    ]
    published = rows_of(*rows)
    follow_totals(published, small.questionnaire, small.study)

    assert [False, False, False, True, False, False, True] == list(published["shown"])


def test_weighted_percentages_go_with_any_withheld_count(case) -> None:
    """They tell of whose weights a count is made."""
    weighted = STUDY.replace('unit = "organisation"', 'unit = "organisation"\nweight = "age"')
    rows = rows_of(
        row_of("answers", question="aware", answer="yes", value=6.0, percent=61.2),
        row_of("answers", question="channels", answer="tv", value=3.0, percent=30.0),
        row_of("answers_by_group", question="aware", answer="yes", group="ngo") | {"shown": False},
    )
    for study, left in ((STUDY, [61.2, 30.0]), (weighted, [30.0])):
        published, small = rows.copy(), case(study=study)
        follow_totals(published, small.questionnaire, small.study)

        assert left == list(published["percent"].dropna())


def test_a_question_follows_the_one_it_depends_on(case) -> None:
    """How many were asked for channels is how many are aware."""
    table = random_export(random.Random(3))
    small = case(export=table)
    published = small.publish()
    aware = (published["question"] == "aware") & (published["table"] == "answers_by_district")
    channels = (published["question"] == "channels") & (published["table"] == "answers_by_district")
    published.loc[channels, "shown"] = True
    published.loc[aware & (published["district"] == "north"), "shown"] = False
    after = small.protect(published)

    gone = after[(after["question"] == "channels") & (after["table"] == "answers_by_district")]
    assert not gone.loc[gone["district"] == "north", "shown"].any()


def test_what_follows_another_question_is_protected_in_turn(case) -> None:
    """Withheld because awareness is, channels could be worked out if nothing more were withheld."""
    table = small_export().assign(place=list("nsnssnnsns"), kind=list("oogoopgopo"))
    table["village"] = (table["place"] + "1").where(table["kind"] != "g", "")
    table["organisation"] = pd.Series(table.index.astype(str)).where(table["kind"] == "g", "")
    table["duty"] = pd.Series(list("2345123451")).where(table["kind"] == "o", "")
    channels = ["", "tv web", "web", "", "tv", "tv", "tv", "", "tv", "web"]
    table = table.assign(channels=channels, aware=["yes" if c else "no" for c in channels])
    small = case(export=table, study=STUDY + LOW)

    assert [] == small.counts(small.protect(small.publish()))


def test_an_answer_nobody_gave_is_told_once(case) -> None:
    """As 0 over everybody; in a withheld group it is no number of its own."""
    small = case()
    before = small.publish()
    totals = before[(before["table"] == "answers") & before["shown"]].set_index(
        ["question", "answer"]
    )
    nobody = set(totals.index[totals["value"] == 0])
    after = small.protect(before)
    hidden = after[~after["shown"] & after["table"].str.startswith("answers")]

    assert ("duty", "1") in nobody or ("trust_1", "ref") in nobody
    assert not nobody & set(zip(hidden["question"], hidden["answer"], strict=True))
    assert len(after) < len(before)


# --- areas of the plan ---------------------------------------------------------------------------


def _plan_of_eleven() -> pd.DataFrame:
    """Six people, of whom three live in one village, and five offices, on two areas."""
    table = pd.concat([small_export(), small_export().iloc[:1]], ignore_index=True)
    done = {"n": "not_started", "l": "limited", "s": "substantial", "c": "complete", "d": "dk"}
    return table.assign(
        place=list("nnnnsnnsssss"[:11]),
        kind=list("ppppp" + "ooooo" + "p"),
        village=["n1", "n1", "n1", "n2", "s1", "n1", "n2", "s1", "s2", "s2", "s2"],
        organisation="",
        aware="yes",
        channels="tv",
        trust_1=list("42325312342"),
        trust_2=list("31445252435"),
        trust_3=list("23412314513"),
        duty=[*[""] * 5, *"23451", ""],
        done_services=[done[letter] for letter in "lcsdlcnslsc"],
        done_money=[done[letter] for letter in "nnnccslclnd"],
        _uuid=[f"uuid-{number}" for number in range(11)],
    )


def test_a_view_gives_away_what_counts_do_not(case, monkeypatch) -> None:
    """Three people of one village weigh as much in a view as one of another.

    Of money, three people said not started and two complete, and the mean of their three villages
    is 67: so the three are those of one village.
    """
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    before = small.publish()
    views = before[before["table"] == "views_by_area"]
    assert 67 == views.set_index(["dimension", "group"])["value"]["money", "people"]

    assert [] == small.attack(small.protect(before))
    monkeypatch.setattr(linked_scores, "_OF_AREAS", {})
    assert {"views"} <= {score[0] for score, *_ in small.attack(small.protect(before))}


def test_what_is_said_of_an_area_goes_with_its_answers(case) -> None:
    """One of the offices takes their view and the gap with it, one of a district its status."""
    folder = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    write_plan(folder.folder)
    published = folder.publish()
    of_services = published["question"] == "done_services"
    hidden = of_services & ((published["group"] == "office") | (published["district"] == "north"))
    published.loc[hidden, "shown"] = False
    after = follow_answers(published, folder.questionnaire, folder.study)
    services = after[after["dimension"] == "services"].set_index("table")

    assert not services.loc[["gap_by_area"], "shown"].any()
    views = services.loc["views_by_area"].set_index("group")
    assert {"people": True, "office": False} == views["shown"].to_dict()
    status = services.loc["status"]
    status = status[status["statistic"].isin(["perceived", "cannot_judge"])]
    assert {"north": False, "south": True} == status.groupby("district")["shown"].any().to_dict()
    assert status.loc[~status["shown"], ["answer", "value"]].isna().all(axis=None)


# --- themes of the meetings ----------------------------------------------------------------------


SPOKEN = """
    M1,p,n,roads M2,p,n,roads M3,p,n,roads+money M4,p,s,roads M5,p,s,money M6,p,s,
    M7,o,n,roads M8,o,n,money M9,o,s,money M10,o,s,roads M11,o,s,
    M12,g,n,money M13,g,n, M14,g,n, M15,g,s, M16,g,s,
"""


def test_a_withheld_count_of_a_theme_gets_company(case) -> None:
    """Nobody of the NGOs speaks of roads: the total less the others would tell it."""
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    write_plan(small.folder, meetings=meetings(SPOKEN))
    small = Case(small.folder)
    published = small.publish()
    of_roads = (published["table"] == "themes_meetings") & (published["dimension"] == "roads")
    # Without the rule of thumb that withholds a second one.
    published.loc[of_roads & (published["group"] == "office"), ["shown", "value"]] = [True, 2]
    after = small.protect(published)

    assert [("themes_meetings", "roads", "ngo")] == [row[:3] for row in small.counts(published)]
    assert [] == small.counts(after)
    shown = after[(after["table"] == "themes_meetings") & after["shown"]]
    assert len(published[of_roads & published["shown"]]) > (shown["dimension"] == "roads").sum() > 0


def test_a_meeting_with_two_groups_counts_once_over_all(case) -> None:
    """What two groups said together in a meeting is granted, and told by no other number."""
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    write_plan(small.folder, meetings=meetings(SPOKEN + "M1,o,n,roads M4,o,s,roads M4,g,s,money"))
    small = Case(small.folder)

    assert [] == small.counts(small.protect(small.publish()))


def test_a_quote_goes_with_the_count_of_its_theme(case) -> None:
    """It tells that somebody there spoke of it."""
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    write_plan(small.folder, meetings=meetings(SPOKEN))
    small = Case(small.folder)
    published = small.publish()
    of_money = (published["table"] == "themes_meetings") & (published["dimension"] == "money")
    published.loc[of_money & (published["group"] == "people"), "shown"] = False
    after = follow_themes(published)
    quoted = after[after["table"] == "quotes"]

    assert "people" in set(quoted.loc[quoted["dimension"] == "roads", "group"])
    assert {"office", "ngo"} == set(quoted.loc[quoted["dimension"] == "money", "group"])
