"""Text about the activities: known results, open points, and never a number nobody counted."""

import pandas as pd
import pytest
from small_activity_report import (
    ATTRITION,
    COVERAGE,
    DUPLICATES,
    EVENTS,
    INDICATORS,
    KNOWLEDGE,
    MEMBERSHIPS,
    PROPOSALS,
    REGISTERS,
    TERMINALS,
    small_activity_report,
)

from umid_research.messages import languages
from umid_research.report import texts
from umid_research.report.activity_report import has_activities, in_points
from umid_research.report.study_report import DESCRIPTION

TEXTS = {
    "reached": texts.targets_met_text,
    "unexplained": texts.unexplained_deviations_text,
    "unknown": texts.missing_data_text,
    "terminals": texts.terminals,
    "platforms": texts.platforms,
    "possible_duplicates": texts.possible_duplicates,
    "register_rows": texts.register_rows,
    "activity_limits": texts.activity_limits,
    "learned": texts.knowledge_gain_text,
    "lost": texts.attrition_text,
    "next_steps": texts.next_steps,
    "proposed": texts.proposals_text,
    "letter": lambda report: texts.letter(report, "municipality", "north"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("language", languages())
def test_every_text_exists_in_every_language(text, language) -> None:
    """No text is empty."""
    assert text(small_activity_report(language)).markdown


def test_targets_met_counts_the_indicators_with_a_target_by_status() -> None:
    """Six of seven have a target; those short of it are listed, the nearly met ones first."""
    text = texts.targets_met_text(small_activity_report()).markdown

    assert (
        "Of 6 indicators with a target, 1 met it, 2 exceeded it, 1 nearly met it, "
        "1 is below it and 1 cannot be judged for want of data." in text
    )
    assert "- **People who know more**: 186 of 200 to 300, nearly met\n- **Cons" in text
    assert "**Consultations held**: 6 of 8\n" in text
    assert "Units asked" not in text


def test_without_targets_no_target_is_said_to_be_met() -> None:
    """The study only counts."""
    rows = [{**row, "target": None, "status": "no_target"} for row in INDICATORS]

    assert (
        "No indicator has a target."
        == texts.targets_met_text(small_activity_report(indicators=rows)).markdown
    )


def test_a_deviation_without_explanation_is_named() -> None:
    """An explained or small deviation is not."""
    text = texts.unexplained_deviations_text(small_activity_report()).markdown
    explained = [{**row, "explanation": "It rained."} for row in INDICATORS]

    assert text.endswith("Not yet explained: Consultations held.")
    assert (
        ""
        == texts.unexplained_deviations_text(small_activity_report(indicators=explained)).markdown
    )


def test_an_absent_register_is_named_with_its_uncounted_indicators() -> None:
    """No number is called zero."""
    text = texts.missing_data_text(small_activity_report()).markdown

    assert "The study does not have this register: Workshops." in text
    assert "nothing is known of Workshops; that is not zero" in text


def test_with_every_register_there_is_no_text_about_missing_data() -> None:
    """The text is empty."""
    rows = [row for row in INDICATORS if row["status"] != "no_data"]
    report = small_activity_report(registers=REGISTERS[:-1], indicators=rows)

    assert "" == texts.missing_data_text(report).markdown


def test_terminals_are_counted_at_three_stages() -> None:
    """Three requested, two approved, one installed."""
    text = texts.terminals(small_activity_report()).markdown
    without = [row for row in REGISTERS if row["register"] != "terminals"]

    assert "requested: 3; approved: 2; refused: 0; without a reply: 1; installed: 1" in text
    assert "nothing is known" in texts.terminals(small_activity_report(registers=without)).markdown


def test_a_platform_in_two_districts_is_described_once() -> None:
    """With the total of its members."""
    text = texts.platforms(small_activity_report()).markdown

    assert 1 == text.count("Platform PL1")
    assert "6 member bodies (2 NGOs and 4 other bodies) from North and South" in text
    assert "" == texts.platforms(small_activity_report(memberships=[])).markdown
    assert MEMBERSHIPS[0]["members"] + MEMBERSHIPS[1]["members"] == 6


def test_a_rise_is_stated_only_if_it_is_clear() -> None:
    """Otherwise the text says that it is not clear, and never that there was none."""
    clear = texts.knowledge_gain_text(small_activity_report()).markdown
    doubtful = [{**row, "verdict": "unclear"} for row in KNOWLEDGE]
    unclear = texts.knowledge_gain_text(small_activity_report(knowledge=doubtful)).markdown

    assert "rose from 48 % to 62 %, by 14 points (95 % interval 8 to 19;" in clear
    assert "rose" not in unclear
    assert "no clear change, which does not mean that there was none" in unclear


def test_a_fall_is_stated_as_a_fall() -> None:
    """Its limits change sign: from 3 to 9 points less."""
    fall = {"before": 60.0, "after": 54.0, "low": -9.0, "high": -3.0, "verdict": "lower"}
    rows = [{**row, **fall} for row in KNOWLEDGE]
    text = texts.knowledge_gain_text(small_activity_report(knowledge=rows)).markdown

    assert "fell from 60 % to 54 %, by 6 points (95 % interval 3 to 9;" in text


def test_without_an_interval_the_certainty_is_not_stated() -> None:
    """Too few municipalities."""
    nothing = float("nan")
    unknown = {"low": nothing, "high": nothing, "verdict": "unclear"}
    rows = [{**row, **unknown} for row in KNOWLEDGE]
    text = texts.knowledge_gain_text(small_activity_report(knowledge=rows)).markdown

    assert "too few municipalities to say how sure that is" in text


def test_withheld_test_results_are_not_stated() -> None:
    """Neither the change nor the number of those who know more."""
    hidden = [{**row, "shown": False} for row in KNOWLEDGE]
    steps = [*ATTRITION[:-1], {**ATTRITION[-1], "shown": False}]
    report = small_activity_report(knowledge=hidden, attrition=steps)

    assert "Withheld to protect those who answered." == texts.knowledge_gain_text(report).markdown
    assert "" == texts.attrition_text(report).markdown
    assert "no tests" in texts.knowledge_gain_text(small_activity_report(knowledge=[])).markdown


def test_the_number_who_know_more_comes_with_its_definition() -> None:
    """And with the attrition."""
    text = texts.attrition_text(small_activity_report()).markdown

    assert "262 different people attended; 151 took both tests, and 118 know more." in text
    assert text.endswith("Who knows more: One more right than before")


def test_open_pairs_of_duplicates_are_counted() -> None:
    """A pair with contradictory decisions is open."""
    odd = [{"kind": "person", "decision": "contradiction", "times": 2}, *DUPLICATES]
    text = texts.possible_duplicates(small_activity_report(duplicates=odd)).markdown

    assert "25 pairs of attendances" in text
    assert "13 found to be the same, 4 different, 8 still open" in text
    assert "they count as two" in text


NORTH, SOUTH = "### North", "### South"


def _next(**changed: list[dict]) -> dict[str, str]:
    text = texts.next_steps(small_activity_report(**changed)).markdown
    north, south = text.split(SOUTH)
    return {"north": north, "south": south}


def test_categories_without_posts_are_named_by_district() -> None:
    """If only some posted, the others are named; posts of other kinds have no target."""
    steps = _next()

    assert "Nobody in the district has posted anything on Recruitment." in steps["south"]
    assert "Nothing on “Recruitment” from n2." in steps["north"]
    assert "Other" not in steps["north"]


def test_a_place_without_a_page_is_named() -> None:
    """With the kind of the missing page."""
    steps = _next()

    assert "The community organisation has no page in the register: n2." in steps["north"]
    assert "The municipality has no page in the register: s1." in steps["south"]


def test_missing_consultations_are_compared_with_the_target() -> None:
    """n2 had one online and one in person; the target is two online."""
    steps = _next()
    online = [{**event, "mode": "hybrid"} for event in EVENTS]

    assert (
        "promises 2 online consultations in every place; the register has fewer in n2 (1)"
        in (steps["north"])
    )
    assert "promises" not in _next(events=online)["north"]


def test_without_a_register_of_consultations_none_is_said_to_be_missing() -> None:
    """Nothing is known about them."""
    without = [row for row in REGISTERS if row["register"] != "consultations"]
    steps = _next(registers=without, events=[])

    assert "promises" not in steps["north"] + steps["south"]


def test_an_outstanding_reply_has_its_date() -> None:
    """For requests for terminals and for proposals."""
    steps = _next()

    assert "The request of 25 June 2022 for a terminal in s2 has no reply." in steps["south"]
    assert "The terminal approved for s1 is not installed." in steps["south"]
    assert "1 submitted proposal has no reply, since 28 June 2022." in steps["north"]
    assert "1 proposal is not submitted: P03." in steps["south"]


def test_a_proposal_of_two_districts_is_open_in_both() -> None:
    """Its list of districts is split."""
    both = [{**PROPOSALS[1], "district": "north south"}]
    steps = _next(proposals=both)

    assert "since 28 June 2022" in steps["north"]
    assert "since 28 June 2022" in steps["south"]


def test_a_district_without_open_points_says_so() -> None:
    """And only such a district."""
    full = [{**row, "pieces": 1} for row in COVERAGE]
    online = [{**event, "mode": "online"} for event in EVENTS]
    held = [*online, {**online[6], "event": "C8", "locality": "s2", "district": "south"}]
    steps = _next(coverage=full, events=held, proposals=[], terminals=TERMINALS[:1])

    assert "- The registers show nothing that is still open." in steps["north"]
    assert "- The registers show nothing that is still open." in steps["south"]
    assert "Nothing open" not in _next()["north"] + _next()["south"]


def test_absent_registers_are_named_before_the_districts() -> None:
    """With every register this part is left out."""
    without = [row for row in REGISTERS if row["register"] not in ("posts", "terminals")]
    text = texts.next_steps(small_activity_report(registers=without)).markdown

    assert "for want of usable registers: Posts and Requests for terminals." in text.split(NORTH)[0]
    assert "for want of" not in texts.next_steps(small_activity_report()).markdown


def test_markup_in_names_is_escaped() -> None:
    """A place could have any name."""
    rows = [{**TERMINALS[2], "locality": "**s2** [x](y)"}]
    text = _next(terminals=rows)["south"]

    assert r"\*\*s2\*\* \[x\](y)" in text


def test_open_proposals_without_a_district_come_last() -> None:
    """Without such proposals there is no such part."""
    rows = [{**PROPOSALS[2], "district": ""}, PROPOSALS[1]]
    text = texts.next_steps(small_activity_report(proposals=rows)).markdown
    last = text.partition("### Proposals whose district is withheld")

    assert "1 proposal is not submitted: P03." in last[2]
    assert "P03" not in last[0]
    assert "withheld" not in texts.next_steps(small_activity_report()).markdown


def test_changes_are_computed_from_the_rounded_numbers() -> None:
    """Limits are rounded outwards, so rounding never narrows an interval."""
    rows = pd.DataFrame([{"before": 41.4, "after": 71.5, "low": 24.9, "high": 36.1}])
    row = in_points(rows.assign(change=30.1, verdict="higher")).iloc[0]

    assert (41, 72, 31, 24, 37) == tuple(row[["before", "after", "change", "low", "high"]])


def test_a_study_without_definitions_has_no_activities(tmp_path) -> None:
    """Then there is no report of the activities."""
    assert not has_activities(tmp_path)
    (tmp_path / DESCRIPTION / "activities").mkdir(parents=True)

    assert has_activities(tmp_path)
