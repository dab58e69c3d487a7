"""Test page one: the answer to the title, the declared findings, and what is never said."""

from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest
from small_report import QUESTIONS, small_report

from umid_research.indicators.frames import PROPOSALS
from umid_research.report import charts, texts
from umid_research.report.findings.answer import judgements, level
from umid_research.report.findings.declared import declared_counts
from umid_research.report.findings.text import (
    asked_text,
    differences_text,
    not_known_text,
    parts_text,
)
from umid_research.report.study_report import Report
from umid_research.study.entries import Area, EvidenceItem, Theme
from umid_research.study.presentation import Finding, Publication, Term
from umid_research.study.questionnaire import Choice, Question, Questionnaire

_DONE = {"no": 0.0, "part": 1.0, "mostly": 2.0, "fully": 3.0, "dk": None}


def _item(name: str) -> Question:
    choices = tuple(Choice(c, MappingProxyType({"en": c}), score) for c, score in _DONE.items())
    return Question(
        name, "select_one", MappingProxyType({"en": name}), choices, (), None, None, reverse=False
    )


def _answers(question: str, counts: dict[str, int | None], **keys: str) -> list[dict]:
    n = sum(2 if count is None else count for count in counts.values())  # a withheld 2
    return [
        {"question": question, "answer": code, "value": count, "respondents": n, **keys}
        | ({"shown": False} if count is None else {})
        for code, count in counts.items()
    ]


ROADS = {"no": 2, "part": 5, "mostly": 6, "fully": 3, "dk": 4}  # 9 of 16
MONEY = {"no": 6, "part": 6, "mostly": 2, "fully": 1, "dk": 5}  # 3 of 15


def _plan(
    *,
    roads: dict | None = None,
    money: dict | None = None,
    documents: dict[str, int] | None = None,
    **changed: list[dict],
) -> Report:
    """Return a study of a plan with two parts, their answers, and what documents show."""
    rows = _answers("roads", roads or ROADS) + _answers("money", money or MONEY)
    checked = [
        {"dimension": part, "value": value, "units": 10, "checks": 10}
        for part, value in (documents or {}).items()
    ]
    changed = {"answers": rows, "documentary_by_area": checked, **changed}
    report = small_report(**changed)
    areas = {key: Area(name={"en": key.title()}, items=(key,)) for key in ("money", "roads")}
    form = Questionnaire("Small", (*QUESTIONS, _item("roads"), _item("money")))
    study = report.study.model_copy(update={"areas": areas})
    return replace(report, study=study, questionnaire=form)


# --- the answer to the title ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (
            {},
            "**Less than half, by what people say: a part of the plan is mostly or fully "
            "carried out in 12 of 31 answers.**",
        ),
        (
            {"index": 30},
            "**Less than half. People say that a part of the plan is mostly or fully "
            "carried out in 12 of 31 answers, and documents show 30 %",
        ),
        ({"index": 81}, "Most of it, by what documents show: 81 % of what was looked for.**"),
    ],
    ids=["people alone", "alike", "apart"],
)
def test_the_title_is_answered_in_one_bold_sentence(documents, expected) -> None:
    """By people and by documents: in one word where both say the same, else in two."""
    assert expected in texts.answer(_plan(documents=documents)).markdown


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "little"),
        (0.199, "little"),
        (0.2, "less_than_half"),
        (0.4, "half"),
        (0.599, "half"),
        (0.6, "more_than_half"),
        (0.8, "most"),
        (1, "most"),
    ],
)
def test_a_share_has_its_words(share, expected) -> None:
    """In fifths of the whole; the middle one is about half."""
    assert expected == level(share)


def test_the_base_is_those_who_could_judge_and_the_furthest_part_is_first() -> None:
    """Of 20 people, 4 did not know: 9 of 16."""
    found = judgements(_plan(documents={"roads": 20}))

    assert [("roads", 9, 16, 20), ("money", 3, 15, None)] == [
        (one.part, one.positive, one.judged, one.documents) for one in found
    ]


def test_a_part_with_a_withheld_answer_is_not_judged() -> None:
    """Nor is it part of the answer."""
    report = _plan(money={**MONEY, "fully": None})

    assert [("roads", 16)] == [(one.part, one.judged) for one in judgements(report)]
    assert "in 9 of 16 answers" in texts.answer(report).markdown


def test_measures_without_a_verified_text_are_named_in_the_same_breath() -> None:
    """Two of three pairs are substantial or complete; the measure is a placeholder."""
    codes = ["Complete", "Substantial", "Limited"]
    status = [
        {"question": f"M{n}", "statistic": "documentary", "answer": code, "district": "north"}
        for n, code in enumerate(codes)
    ]
    report = _plan(
        documents={"index": 50},
        status=status,
        measures=[{"question": "M1", "answer": "en", "statistic": "no"}],
    )
    text = texts.answer(report).markdown

    assert "Of 3 pairs of measure and district" in text
    assert "2 are substantial or complete" in text
    assert "1 measure is still a placeholder" in text


def test_a_study_without_a_plan_answers_from_its_headline_or_says_that_it_has_none() -> None:
    """It never speaks of a plan."""
    report = small_report()
    asking = replace(report, study=report.study.model_copy(update={"headline": "plan"}))

    assert texts.answer(asking).markdown.startswith("**Asked")
    assert "15 answered “Yes”" in texts.answer(asking).markdown
    assert "names no single question" in texts.answer(report).markdown


# --- the findings --------------------------------------------------------------------------------


def test_the_parts_at_both_ends_are_named_by_each_source() -> None:
    """By people roads are furthest, by documents money."""
    text = parts_text(_plan(documents={"roads": 20, "money": 60})).markdown

    assert "By people's answers, Roads is furthest (9 of 16" in text
    assert "Money is least advanced (3 of 15)" in text
    assert "By documents, Money is furthest (60 %" in text
    assert "Roads is least advanced (20 %)" in text


def test_no_part_is_furthest_where_two_are_equal() -> None:
    """Equal shares have no order, by people or by documents."""
    assert "" == parts_text(_plan(money=ROADS)).markdown
    assert "Documents" not in parts_text(_plan(documents={"roads": 5, "money": 5})).markdown


def _difference(**changes: object) -> dict:
    row = {"statistic": "difference", "dimension": "trust", "group": "people", "versus": "office"}
    row |= {"value": -24, "low": -39, "high": -8, "units": 11, "p_adjusted": 0.01, "skewed": 0}
    return {**row, "verdict": "lower", "family": "A", "shown": True, **changes}


def test_a_stated_difference_has_both_means_and_no_interval() -> None:
    """33 against 57 is the difference of 24; no p and no interval on page one."""
    text = differences_text(small_report(differences_by_group=[_difference()])).markdown

    assert "The one comparison between groups shows a clear difference." in text
    assert "(57 against 33 of 100)" in text
    assert "interval" not in text
    assert "39" not in text


def test_means_that_do_not_give_the_tested_difference_are_left_out() -> None:
    """Where places are missing, the means are of others than those compared."""
    text = differences_text(small_report(differences_by_group=[_difference(value=-20)])).markdown

    assert "is 20 points of 100 higher" in text
    assert "57" not in text


def test_a_difference_that_other_choices_overturn_is_to_be_treated_with_care() -> None:
    """Fewer than half of the runs of one kind; none, if all runs agree."""
    runs = {"dimension": "trust", "group": "people", "versus": "office", "family": "A"}
    made = {
        same: small_report(
            differences_by_group=[_difference()],
            robustness=[{**runs, "statistic": "localities", "value": same, "runs": 12}],
        )
        for same in (5, 6)
    }

    assert "with care" in differences_text(made[5]).markdown
    assert "with care" not in differences_text(made[6]).markdown


def test_a_lead_stands_in_no_finding_title_or_slide() -> None:
    """Clear contrasts of districts, sides and unmatched groups."""
    clear = {"value": 24, "low": 8, "high": 39, "p_adjusted": 0.01, "verdict": "higher"}
    clear |= {"dimension": "trust", "units": 11}
    report = small_report(
        differences_by_group=[_difference(verdict="unclear")],
        differences_by_district=[{**clear, "district": "north", "versus": "south", "family": "C"}],
        differences_by_side=[{**clear, "side": "supply", "versus": "demand", "family": "D"}],
        gap_by_area=[{**clear, "dimension": "index"}],
    )
    page = texts.findings(report).markdown

    assert "24" not in page
    assert "Between districts" not in page
    assert "not a finding" in texts.district_differences(report).markdown
    assert "not a finding" in texts.side_differences(report).markdown
    assert "not a finding" in texts.view_gap_text(report).markdown


def _judged(dimension: str, asked: int, unknown: int | None) -> list[dict]:
    hidden = {"shown": False} if unknown is None else {}
    return [
        {"dimension": dimension, "statistic": "asked", "value": asked},
        {"dimension": dimension, "statistic": "dont_know", "value": unknown, **hidden},
        {"dimension": dimension, "statistic": "answered", "value": asked - (unknown or 0)},
    ]


@pytest.mark.parametrize(
    ("trust", "duties", "expected"),
    [
        ((40, 9), (100, 10), "9 of 40 questions"),
        ((40, 9), (80, 18), None),
        ((40, 9), (100, None), None),
        ((40, 0), (100, 0), None),
        ((40, 9), None, None),
    ],
    ids=["largest share", "same share", "withheld", "everybody knew", "one topic"],
)
def test_the_least_known_topic_has_the_largest_share(trust, duties, expected) -> None:
    """Not the largest number; a single topic has no such line."""
    rows = _judged("trust", *trust) + (_judged("duties", *duties) if duties else [])
    text = not_known_text(small_report(not_knowing=rows)).markdown

    assert (expected or "") in text
    assert bool(expected) == bool(text)


def test_what_people_ask_for_needs_one_most_frequent_theme() -> None:
    """Proposals first; nothing where a theme is withheld."""
    rows = [
        {"dimension": key, "statistic": "proposals", "value": value, "respondents": 20}
        for key, value in (("trust", 7), ("duties", 5))
    ]
    hidden = [rows[0], {**rows[1], "value": None, "shown": False}]

    themes = {key: Theme(name={"en": key.title()}) for key in ("trust", "duties")}
    known = small_report(themes_survey=rows)
    known = replace(known, study=known.study.model_copy(update={"themes": themes}))

    assert "Of 20 proposals made in the survey, 7 are about Trust." == asked_text(known).markdown
    assert "" == asked_text(small_report(themes_survey=hidden)).markdown
    assert "" == asked_text(small_report(themes_survey=[rows[0], {**rows[1], "value": 7}])).markdown


# --- declared findings ---------------------------------------------------------------------------


def _declaring(question: str, finding: Finding, **changed: list[dict]) -> Report:
    report = small_report(**changed)
    return replace(report, study=report.study.model_copy(update={"findings": {question: finding}}))


def _by_group(people: dict, office: dict, question: str = "trust_1") -> list[dict]:
    return [
        *_answers(question, people, group="people"),
        *_answers(question, office, group="office"),
    ]


PEOPLE = {"1": 5, "2": 4, "3": 7, "4": 3, "5": 2, "dk": 2, "ref": 1}
OFFICE = {"1": 1, "2": 2, "3": 3, "4": 6, "5": 5, "dk": 1, "ref": 0}


def test_a_scored_question_counts_the_upper_answers_of_those_who_could_judge() -> None:
    """Of 24 people, 3 did not judge, and 5 chose 4 or 5."""
    report = _declaring("trust_1", Finding(), answers_by_group=_by_group(PEOPLE, OFFICE))

    assert [("people", 5, 21), ("office", 11, 17)] == [
        (one.group, one.n, one.of) for one in declared_counts(report, "trust_1")
    ]
    assert "of those who could judge" in texts.declared(report, "trust_1").markdown


def test_the_answers_that_are_counted_can_be_declared() -> None:
    """Those of a question without scores must be; its base is everybody who answered."""
    rows = _by_group({"yes": 3, "no": 19, "dk": 2}, {"yes": 8, "no": 9, "dk": 1}, "plan")
    name = {"en": "Know the plan"}
    report = _declaring("plan", Finding(answers=("yes",), name=name), answers_by_group=rows)

    assert "3 of 24" in texts.declared(report, "plan").markdown
    assert "8 of 18." in texts.declared(report, "plan").markdown
    assert "1. **Know the plan:**" in texts.findings(report).markdown


def test_a_group_with_a_withheld_answer_has_no_count() -> None:
    """One group alone is no comparison: then nothing is shown."""
    hidden = {**OFFICE, "2": None}
    report = _declaring("trust_1", Finding(), answers_by_group=_by_group(PEOPLE, hidden))

    assert ["people"] == [one.group for one in declared_counts(report, "trust_1")]
    assert "" == texts.declared(report, "trust_1").markdown
    assert report.text("figure.nothing") == charts.plot_finding(report, "trust_1").caption


def test_a_declared_finding_is_drawn_with_its_question() -> None:
    """The alternative text has the counts."""
    report = _declaring("trust_1", Finding(), answers_by_group=_by_group(PEOPLE, OFFICE))
    figure = charts.plot_finding(report, "trust_1")

    assert "Do you trust them?" in figure.caption
    assert "Office 11 of 17" in figure.alt
    assert "5 of 21" in figure.svg


def test_the_chart_of_parts_has_two_columns_and_names_what_is_withheld_once() -> None:
    """People and documents have scales of their own."""
    figure = charts.plot_parts(_plan(documents={"roads": 20, "money": 60, "index": 40}))
    hidden = charts.plot_parts(_plan(money={**MONEY, "no": None}, documents={"money": 60}))

    assert "9 of 16" in figure.svg
    assert "60 %" in figure.svg
    assert "Roads is furthest and Money is least advanced" in figure.alt
    assert hidden.svg.count("withheld to protect") == 1


# --- the cover, the words, what could be done ----------------------------------------------------


def test_a_simulated_study_says_what_is_copied_and_what_is_invented() -> None:
    """No sentence says that somebody asked real people."""
    report = small_report()
    published = Publication(copied={"en": "the groups"}, invented={"en": "the answers"})
    report = replace(report, study=report.study.model_copy(update={"publication": published}))
    text = texts.cover(report).markdown

    assert "This study is simulated" in text
    assert "Copied from the published survey: the groups." in text
    assert "Invented: the answers." in text
    assert " asked 52 people" not in text + texts.sample(report).markdown
    assert " asked 52 people" in texts.cover(small_report(provenance="public")).markdown


def test_the_cover_has_what_the_study_gives() -> None:
    """Date and version on the cover, the citation at the end; nothing for what is missing."""
    report = small_report()
    published = Publication(date="2022-08-15", version="1.2", citation={"en": "Nobody (2022)"})
    full = replace(report, study=report.study.model_copy(update={"publication": published}))

    assert "15 August 2022 · Version 1.2" in texts.cover(full).markdown
    assert "Suggested citation: Nobody (2022)" == texts.reuse(full).markdown
    assert "" == texts.reuse(report).markdown
    assert "Version" not in texts.cover(report).markdown


def test_the_box_of_words_explains_the_studys_own_words_first() -> None:
    """The index bears the study's name for it."""
    report = small_report()
    term = Term(name={"en": "CDC"}, meaning={"en": "a council"})
    report = replace(report, study=report.study.model_copy(update={"glossary": {"cdc": term}}))
    text = texts.words_box(report).markdown

    assert text.index("**CDC**: a council") < text.index("**Overall index**")
    assert "IRM" not in text


def _evidence(item: str, results: dict[str, str]) -> list[dict]:
    keys = {"question": "M1", "dimension": "roads", "answer": item, "district": "north"}
    return [{**keys, "locality": place, "statistic": result} for place, result in results.items()]


def _proposal(**changes: object) -> dict:
    row = {"proposal": "P1", "mentions": 2, "district": "north", "area": "roads"}
    row |= {"addressee": "municipality", "measure": "", "dimension": "", "text_masked": "Mend it."}
    row |= {"language": "en", "submitted": pd.NaT, "reply": "", "reply_date": pd.NaT}
    return {**row, **changes}


def _doing(*proposals: dict, evidence: list[dict] = ()) -> Report:
    report = _plan(evidence=list(evidence))
    items = {key: EvidenceItem(name={"en": key.title()}, source="A law") for key in ("a", "b")}
    study = report.study.model_copy(update={"evidence_items": items})
    return replace(report, study=study, proposals=PROPOSALS.of(list(proposals)))


def test_what_could_be_done_names_what_most_places_lack() -> None:
    """What was not accessible is no base; a document found in part is not lacking."""
    found = {"n1": "not_found", "n2": "found", "s1": "partly", "s2": "not_accessible"}
    most = {"n1": "not_found", "n2": "not_found", "s1": "found"}
    rows = _evidence("a", found) + _evidence("b", most)

    text = texts.could_be_done(_doing(evidence=rows)).markdown

    assert "B: not found in 2 of 3 places." in text
    assert " A." not in text


def test_a_proposal_has_its_addressee_and_its_reply() -> None:
    """The most frequent one of a part; a proposal that was not sent has no reply."""
    sent = _proposal(submitted=pd.Timestamp("2022-07-01"), reply="accepted")
    rare = _proposal(proposal="P2", mentions=1, text_masked="Paint it.")
    text = texts.could_be_done(_doing(rare, sent)).markdown

    assert "Proposed 2 times: “Mend it” (addressed to: Municipality). It was accepted." in text
    assert "Paint it" not in text
    assert "There is no reply yet" not in texts.could_be_done(_doing(_proposal())).markdown


def test_a_proposal_whose_district_is_withheld_stands_in_no_district() -> None:
    """The register leaves the district blank where too few people stand behind it."""
    known, hidden = _proposal(), _proposal(proposal="P2", district="", text_masked="Hide me.")
    text = texts.proposals_here(replace(_doing(known, hidden), district="north")).markdown

    assert "Mend it" in text
    assert "Hide me" not in text


def test_answers_of_a_study_without_documents_are_not_said_to_be_done() -> None:
    """Nothing was to be carried out there."""
    heading = texts.section(small_report(), "focus").markdown.splitlines()[0]

    assert "## The answers, question by question" == heading
