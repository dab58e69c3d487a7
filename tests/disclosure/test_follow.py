"""Numbers that restate a withheld number are withheld with it."""

import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from attacked import Case, row_of, rows_of
from random_studies import LOW, meetings, random_export, write_random
from small_plan import PLAN_QUESTIONNAIRE, PLAN_STUDY, write_plan
from small_study import QUESTIONNAIRE, STUDY, small_export, write_small

from umid_research.disclosure.audit import linked_scores
from umid_research.disclosure.derived import (
    follow_answers,
    follow_bases,
    follow_conditions,
    follow_means,
    follow_themes,
    follow_totals,
)
from umid_research.study import Study, read_study
from umid_research.study.questionnaire import read_questionnaire

# --- bases, limits, totals, conditions -----------------------------------------------------------


def test_limits_are_withheld_with_the_interval_they_derive_from(case) -> None:
    """For groups that are not matched, both spreads can be computed from the means' intervals."""
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


def test_bases_are_withheld_with_the_answer_that_decides_who_is_asked(case) -> None:
    """Only those who are aware are asked about trust, so its bases show how many are aware."""
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


def test_sums_over_everybody_are_withheld_with_a_total(case) -> None:
    """Sums of don't-knows, and cleaned cells of a question or of one that depends on it."""
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


def test_weighted_percentages_are_withheld_with_any_count(case) -> None:
    """They show whose weights a count is made of."""
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


def test_a_question_is_withheld_with_the_one_it_depends_on(case) -> None:
    """The number of people asked about channels is the number who are aware."""
    table = random_export(random.Random(3))
    small = case(export=table)
    published = small.publish()
    aware = (published["question"] == "aware") & (published["table"] == "answers_by_district")
    channels = (published["question"] == "channels") & (published["table"] == "answers_by_district")
    published.loc[channels, "shown"] = True
    published.loc[aware & (published["district"] == "north"), "shown"] = False
    after = small.protect(published)

    hidden_rows = after[
        (after["question"] == "channels") & (after["table"] == "answers_by_district")
    ]
    assert not hidden_rows.loc[hidden_rows["district"] == "north", "shown"].any()


def test_all_places_of_a_ranking_are_withheld_with_one_of_them(tmp_path) -> None:
    """How often a choice was put in any place is known: everybody put it in one."""
    raw = write_small(tmp_path)
    form = read_questionnaire(raw, read_study(raw))
    ranking = replace(form, places={"needs": ("trust_1", "trust_2")})
    published = rows_of(
        *(row_of("answers", question=f"trust_{n}", answer="1", shown=n != 1) for n in (1, 2, 3))
    )

    assert set() == follow_conditions(published.copy(), form)
    assert {"trust_2"} == follow_conditions(published, ranking)
    assert [False, False, True] == published["shown"].tolist()


def test_a_dependent_question_gets_secondary_suppression_too(case) -> None:
    """Channels, withheld with awareness, could be worked out without secondary suppression."""
    table = small_export().assign(place=list("nsnssnnsns"), kind=list("oogoopgopo"))
    table["village"] = (table["place"] + "1").where(table["kind"] != "g", "")
    table["organisation"] = pd.Series(table.index.astype(str)).where(table["kind"] == "g", "")
    table["duty"] = pd.Series(list("2345123451")).where(table["kind"] == "o", "")
    channels = ["", "tv web", "web", "", "tv", "tv", "tv", "", "tv", "web"]
    table = table.assign(channels=channels, aware=["yes" if c else "no" for c in channels])
    small = case(export=table, study=STUDY + LOW)

    assert [] == small.counts(small.protect(small.publish()))


def test_an_answer_that_nobody_gave_is_shown_once(case) -> None:
    """It is shown as 0 over everybody, and has no row in a withheld group."""
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
    """Six people, three of whom live in one village, and five offices answer on two areas."""
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


def test_a_view_can_reveal_more_than_counts(case, monkeypatch) -> None:
    """Three people of one village weigh as much in a view as one person of another.

    On money, three people answered "not started" and two "complete", and the mean of their three
    villages is 67. So the three live in one village.
    """
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    before = small.publish()
    views = before[before["table"] == "views_by_area"]
    assert 67 == views.set_index(["dimension", "group"])["value"]["money", "people"]

    assert [] == small.attack(small.protect(before))
    monkeypatch.setattr(linked_scores, "_AREA_TABLES", {})
    assert {"views"} <= {score[0] for score, *_ in small.attack(small.protect(before))}


def test_results_on_an_area_are_withheld_with_its_answers(case) -> None:
    """With offices' answers go their view and the gap; with a district's answers its status."""
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


def test_a_withheld_theme_count_gets_secondary_suppression(case) -> None:
    """No NGO raised roads; the total minus the other groups would reveal it."""
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    write_plan(small.folder, meetings=meetings(SPOKEN))
    small = Case(small.folder)
    published = small.publish()
    of_roads = (published["table"] == "themes_meetings") & (published["dimension"] == "roads")
    # Undo the primary suppression of the second cell, so that rule 5 has something to do.
    published.loc[of_roads & (published["group"] == "office"), ["shown", "value"]] = [True, 2]
    after = small.protect(published)

    assert [("themes_meetings", "roads", "ngo")] == [row[:3] for row in small.counts(published)]
    assert [] == small.counts(after)
    shown = after[(after["table"] == "themes_meetings") & after["shown"]]
    assert len(published[of_roads & published["shown"]]) > (shown["dimension"] == "roads").sum() > 0


def test_a_meeting_with_two_groups_counts_once_in_the_total(case) -> None:
    """What two groups said together in a meeting is granted, and no other number reveals it."""
    small = case(study=PLAN_STUDY, questionnaire=PLAN_QUESTIONNAIRE, export=_plan_of_eleven())
    write_plan(small.folder, meetings=meetings(SPOKEN + "M1,o,n,roads M4,o,s,roads M4,g,s,money"))
    small = Case(small.folder)

    assert [] == small.counts(small.protect(small.publish()))


def test_quotes_are_withheld_with_the_count_of_their_theme(case) -> None:
    """It shows that somebody there raised the theme."""
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


# --- the whole of rule 5 --------------------------------------------------------------------------


def _shown_means(published: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Return dimension, kind and key of each mean that readers see."""
    return {
        (row.dimension, kind, getattr(row, kind))
        for kind in ("group", "district")
        for row in published[published["table"] == f"scores_by_{kind}"].itertuples()
        if row.shown
    }


def _means_behind(row, study: Study) -> list[tuple[str, str, str]]:
    """Return the means that a difference is computed from: a side is that of its groups."""
    if row.table == "differences_by_side":
        sides = (row.side, row.versus)
        groups = [key for key in study.matched_groups if study.groups[key].side in sides]
        return [(row.dimension, "group", key) for key in groups]
    kind = "district" if row.table == "differences_by_district" else "group"
    return [(row.dimension, kind, key) for key in (getattr(row, kind), row.versus)]


@pytest.mark.parametrize("number", [0, 17, 23])
def test_no_difference_is_shown_of_a_mean_that_the_audit_withheld(number, tmp_path) -> None:
    """With the other mean it would reveal it; in these studies the audit withholds means."""
    made = Case(write_random(number, tmp_path / "study"))
    before = made.publish()
    after = made.protect(before)
    gone = _shown_means(before) - _shown_means(after)
    differences = before["table"].str.startswith("differences") & before["shown"]
    lost = [
        row
        for row in before[differences].itertuples()
        if gone & set(_means_behind(row, made.study))
    ]
    shown = after[after["table"].str.startswith("differences") & after["shown"]]

    assert lost
    for row in shown.itertuples():
        assert _shown_means(after).issuperset(_means_behind(row, made.study)), row


@pytest.mark.parametrize("number", [0, 12])
def test_no_quote_is_left_whose_count_the_audit_withheld(number, tmp_path) -> None:
    """It shows that somebody there raised the theme; in these studies some quotes go."""
    made = Case(write_random(number, tmp_path / "study"))
    before = made.publish()
    after = made.protect(before)
    quotes = after[after["table"] == "quotes"]

    assert 0 < len(quotes) < (before["table"] == "quotes").sum()
    for quote in quotes.itertuples():
        by = "group" if isinstance(quote.group, str) else "district"
        counts = after[(after["table"] == f"themes_{quote.statistic}") & after["shown"]]
        here = counts[(counts["dimension"] == quote.dimension) & (counts[by] == getattr(quote, by))]
        assert len(here) == 1, quote
