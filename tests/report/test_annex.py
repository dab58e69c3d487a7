"""The annexes: complete, with the study's own numbers; unknown items are reported as unknown."""

import datetime
from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest
from small_report import AZ, HOSTILE, small_report, unmatched

from umid_research.messages import Messages
from umid_research.output.sheets.tidy import tidy
from umid_research.report import annex
from umid_research.report.annex.plan import departures
from umid_research.report.answers.table import table_answers, tables_of_answers
from umid_research.report.cover.text import cover
from umid_research.report.differences.table import (
    table_differences_by_group,
    table_differences_by_side,
    table_differences_exploratory,
)
from umid_research.report.robustness.table import table_reliability, table_robustness
from umid_research.report.scores.table import table_scores_by_group
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.runs.stamp import software
from umid_research.study.presentation import Departure
from umid_research.study.questionnaire import Choice, Question


@pytest.fixture
def report() -> Report:
    return small_report()


def as_text(parts: tuple) -> str:
    """Return the text of all parts of an annex."""
    return "\n".join(map(repr, parts))


def changed(report: Report, **fields: object) -> Report:
    """Return the report of a study with other entries."""
    return replace(report, study=report.study.model_copy(update=fields))


def test_every_annex_is_a_heading_and_a_folded_part(report) -> None:
    """The part is opened and closed again."""
    for name in ("questionnaire", "answers", "plan", "disclosure", "cleaning", "provenance"):
        first, *parts, last = getattr(annex, name)(report)
        assert first.markdown.startswith("### "), name
        assert f"::: {{#{name} .annex" in first.markdown
        assert parts, name
        assert ":::" == last.markdown


def test_the_technical_part_of_a_report_folds_all_its_tables(report) -> None:
    """Under its own heading; a study without matching has one family and no runs."""
    for name, expected in (
        (
            "comparisons",
            (
                table_differences_by_group,
                table_differences_by_side,
                table_differences_exploratory,
                table_scores_by_group,
            ),
        ),
        ("runs", (table_robustness, table_reliability)),
    ):
        first, *parts, last = getattr(annex, name)(report)
        assert first.markdown.startswith("## "), name
        assert f"::: {{#{name} .annex title=" in first.markdown
        assert [table(report) for table in expected] == parts
        assert ":::" == last.markdown
    groups = {
        key: group.model_copy(update={"matched": False})
        for key, group in report.study.groups.items()
    }
    apart = changed(report, groups=groups)
    _, *parts, _ = annex.comparisons(apart)
    assert [table_differences_by_group(apart), table_scores_by_group(apart)] == parts
    _, *parts, _ = annex.runs(apart)
    assert [table_reliability(apart)] == parts


# --- the questionnaire ---------------------------------------------------------------------------


def test_every_question_has_its_number_answers_and_dimension(report) -> None:
    """In the form's order and wording."""
    text = as_text(annex.questionnaire(report))

    assert "**1** Sex\\\n*one answer:* Woman · Man" in text
    assert "**3** From where?\\\n*several answers:* Television · Press · Nowhere" in text
    assert "**6** How old are you?\\\n*whole number:*" in text
    assert "Counts towards: " in text.split("**4**")[1].split("**5**")[0]
    assert ", turned round." in text.split("**5**")[1].split("**6**")[0]
    assert 'title="All 6 questions with their answers"' in text


def test_a_long_list_of_places_is_not_printed(report) -> None:
    """Of 101 answers the first five are listed and 96 counted; 100 are listed."""
    question = report.questionnaire.questions[0]
    places = tuple(
        Choice(f"p{n}", MappingProxyType({"en": f"Place {n}."}), None) for n in range(1, 102)
    )
    texts = []
    for number in (101, 100):
        asked = replace(question, choices=places[:number])
        form = replace(report.questionnaire, questions=(asked,))
        texts.append(as_text(annex.questionnaire(replace(report, questionnaire=form))))

    assert "Place 5. · and 96 more, as in the form" in texts[0]
    assert "Place 6." not in texts[0]
    assert "Place 99. · Place 100." in texts[1]
    assert "more, as in the form" not in texts[1]


def test_a_condition_is_in_words_without_the_consent(report) -> None:
    """Every question requires consent, so it is not repeated."""
    sex, plan, *others = report.questionnaire.questions
    asked = replace(plan, relevant=("${consent} = 'yes'", "${sex} = 'f'"))
    form = replace(report.questionnaire, questions=(sex, asked, *others))
    roles = report.study.roles.model_copy(update={"consent": "consent"})
    text = as_text(annex.questionnaire(replace(changed(report, roles=roles), questionnaire=form)))

    assert "Only if question 1 is answered “Woman”." in text
    assert 1 == text.count("Only if")


def test_labels_of_a_form_are_escaped(report) -> None:
    """Neither markup nor a line that would be a heading."""
    label = MappingProxyType({"en": f"# one\n\n## two {HOSTILE}"})
    choice = Choice("x", MappingProxyType({"en": "- a\n- b"}), None)
    hostile = Question("q", "select_one", label, (choice,), (), None, None, False)
    form = replace(report.questionnaire, questions=(hostile,))
    text = as_text(annex.questionnaire(replace(report, questionnaire=form))[1:-1])

    assert r"**1** \# one \#\# two \<script\>" in text
    assert "*one answer:* - a - b" in text
    assert [] == [line for line in text.splitlines() if line.startswith(("#", "- "))]


# --- the answers ---------------------------------------------------------------------------------


def test_answers_are_side_by_side_with_their_base(report) -> None:
    """Numbers are people; a withheld number has the mark, also in the base."""
    tables = {table.anchor: table for table in tables_of_answers(report)}
    plan = tables["answers-plan"]

    assert ("Answer", "All", AZ, "Clubs") == plan.head
    assert ("Yes", "15", "3", "×") == plan.rows[0]
    assert ("Answered", "52", "24", "×") == plan.rows[-1]
    assert plan.title.startswith("Table 26.2. Do you know the plan?")
    assert "Several answers were possible." in tables["answers-channels"].notes


def test_an_answer_that_nobody_gave_is_zero_in_every_group() -> None:
    """The total is zero, so a group with withheld answers shows zero as well."""
    base = {"question": "plan", "statistic": "count"}
    everybody = {"yes": 30, "no": 22, "dk": 0}
    report = small_report(
        answers=[
            {**base, "answer": a, "value": n, "respondents": 52} for a, n in everybody.items()
        ],
        answers_by_group=[
            {**base, "answer": answer, "group": "ngo", "shown": False} for answer in ("yes", "no")
        ],
    )
    (plan,) = tables_of_answers(report)

    assert ("No idea", "0", "0") == plan.rows[2]


def test_the_file_of_all_answers_has_every_published_number(report) -> None:
    """Compared with the frame row by row: everybody, groups and districts."""
    names = ("answers", "answers_by_group", "answers_by_district")
    published = pd.concat([report.rows(name) for name in names])
    shown = published[published["shown"]]
    columns, _ = tidy(table_answers(report), report.text)
    file = pd.DataFrame({one.head: one.values for one in columns})  # noqa: PD011

    assert len(published) == len(file)
    assert sorted(shown["value"]) == sorted(file["Count"].dropna())
    assert len(published) - len(shown) == (file["status"] == "withheld").sum()
    assert [3, 24] == file[(file["Number"] == 2) & (file["Among"] == AZ)][["Count", "Of"]].iloc[
        0
    ].tolist()


# --- the plan ------------------------------------------------------------------------------------


def _with_localities(report: Report, number: int) -> Report:
    districts = dict(report.study.districts)
    places = tuple(f"n{place}" for place in range(number))
    districts["north"] = districts["north"].model_copy(update={"localities": places})
    return changed(report, districts=districts)


def test_the_plan_has_the_numbers_of_the_design(report) -> None:
    """Localities, comparisons and flips, thresholds and seed."""
    text = as_text(annex.plan(_with_localities(report, 7)))

    assert "are compared in 7 localities, all pairs in all topics (3 comparisons)" in text
    assert "all 128 ways to do so are counted" in text
    assert "at least 3 units and 3 people, answers to single questions 5 people" in text
    assert "starts from the number 1," in text
    assert "Clubs are compared with the first matched group of either side" in text


def test_with_many_localities_flips_are_drawn_and_the_plan_says_how_many(report) -> None:
    """The numbers are those of the stages; see tests/test_plan_constants.py."""
    text = as_text(annex.plan(_with_localities(report, 18)))

    assert "99,999 ways to do so are drawn at random" in text
    assert "with 10,000 random weights" in text


def test_the_plan_says_which_robustness_runs_are_a_sample(report) -> None:
    """4,096 flips of 12 localities can be enumerated; of up to 200 localities each is left out."""
    few, some, many = (as_text(annex.plan(_with_localities(report, n))) for n in (12, 13, 201))

    assert "4,095" not in few
    assert "each of these analyses has at most 4,095" in some
    assert "are left out, one at a time" not in some
    assert "Of the 201 localities, 200 are left out, one at a time, drawn at random" in many


def test_the_plan_compares_many_districts_with_the_mean_of_all(report) -> None:
    """Up to twelve districts, all pairs are compared."""
    (first, *_) = report.study.districts.values()

    def plan(number: int) -> str:
        return as_text(
            annex.plan(changed(report, districts={f"d{n}": first for n in range(number)}))
        )

    assert "All pairs of districts" in plan(12)
    assert "Each of the 13 districts against the mean of all" in plan(13)


def test_a_study_without_matching_has_its_own_plan(report) -> None:
    """No families of flips, no robustness runs."""
    groups = {
        key: group.model_copy(update={"matched": False})
        for key, group in report.study.groups.items()
    }
    design = report.study.design.model_copy(update={"strata": "district"})
    text = as_text(annex.plan(changed(unmatched(report), groups=groups, design=design)))

    assert "No groups are matched by locality" in text
    assert "Groups that share no district cannot be compared" in text
    assert "Confirmatory" not in text
    assert "Other choices" not in text


def _departed(report: Report, *days: str) -> Report:
    """Return the report of a study that departs from the plan on these days."""
    declared = (
        Departure(
            date=datetime.date.fromisoformat(day),
            what={"en": f"Clubs of {day} count\n# once.", "az": f"Klublar {day} bir dəfə sayılır"},
            why={"en": f"Two were one {HOSTILE}", "az": "İkisi birdir"},
        )
        for day in days
    )
    return changed(report, departures=tuple(declared))


def test_departures_from_the_plan_are_listed_by_day_below_it(report) -> None:
    """On one line each, without the markup of the study's words; the plan stays as it is."""
    departed = _departed(report, "2022-09-05", "2022-04-01")
    _, planned, listed, end = annex.plan(departed)
    (head, _, first, second) = listed.markdown.splitlines()

    assert annex.plan(report)[1] == planned
    assert "**Departures.** What is not done as in this plan, since which day, and why:" == head
    assert first.startswith(r"- Since 1 April 2022: Clubs of 2022-04-01 count \# once. Reason: Two")
    assert second.startswith("- Since 5 September 2022: Clubs of 2022-09-05 count")
    assert second.endswith(".") and "<script" not in second.replace(r"\<", "")
    assert ":::" == end.markdown


def test_departures_are_in_the_language_of_the_report(report) -> None:
    """In Azerbaijani with its dates."""
    departed = _departed(replace(report, text=Messages("az")), "2022-04-01")
    (listed,) = departures(departed)

    assert "**Plandan kənarlaşmalar.**" in listed.markdown
    assert listed.markdown.endswith(
        "- 1 aprel 2022\N{NON-BREAKING HYPHEN}ci il tarixindən: "
        "Klublar 2022-04-01 bir dəfə sayılır. Səbəb: İkisi birdir."
    )


def test_a_study_without_departures_says_nothing_of_them(report) -> None:
    """Its annex has the plan alone."""
    _, _, end = annex.plan(report)

    assert ":::" == end.markdown


# --- what a survey has to disclose ---------------------------------------------------------------


def test_every_disclosure_item_is_given_or_reported_as_unknown(report) -> None:
    """Eleven items; contacts and modes are unknown here."""
    text = as_text(annex.disclosure(report))

    assert 11 == text.count("\n1. **")
    assert "so that no response rate can be given" in text
    assert "In which way each person was asked is not known" in text
    assert "52 people in 27 units" in text
    assert (
        "The files do not say on which days people were interviewed; "
        "the study ran from 2 March 2022 to 31 July 2022." in text
    )
    assert "the form was offered in English." in text


def test_the_days_of_the_first_and_last_interview_are_given(report) -> None:
    """In the annex and on the cover; the period in study.toml is the project's."""
    days = pd.DataFrame(
        {"first": ["2022-04-05"], "last": ["2022-06-30"], "dated": [45.0], "undated": [7.0]}
    )
    dated = replace(report, published={**report.published, "interviews": days})
    text = as_text(annex.disclosure(dated))

    assert (
        "The first interview was on 5 April 2022, the last on 30 June 2022. "
        "7 interviews have no day in their files." in text
    )
    asked, undated = (repr(cover(changed(one, provenance="public"))) for one in (dated, report))
    assert asked.startswith("From 5 April 2022 to 30 June 2022, Nobody asked 52 people")
    assert undated.startswith("Nobody asked 52 people")
    assert "the study ran from 2 March 2022 to 31 July 2022" in undated


def test_contacts_and_modes_are_given_if_they_are_known(report) -> None:
    """By group; refusals that were not counted are unknown, not zero."""
    work = report.study.field_work.model_copy(
        update={"contacts": {"people": 40, "ngo": 9}, "refusals": {"people": 16}}
    )
    roles = report.study.roles.model_copy(update={"mode": "sex"})
    text = as_text(annex.disclosure(changed(report, field_work=work, roles=roles)))

    assert "(40 contacted, refusals: 16) and Clubs (9 contacted, refusals: not known)" in text
    assert "Woman (7) and Man (45)." in text


# --- cleaning, origins ---------------------------------------------------------------------------


def test_cleaning_has_the_tables_of_the_quality_report(report) -> None:
    """The same numbers under the same table number."""
    shown = [part for part in annex.cleaning(report) if isinstance(part, Table)]

    assert ["intake", "reading", "set-aside", "issues"] == [
        table.anchor for table in shown if table.anchor
    ]


def test_origins_list_inputs_versions_and_commands(report) -> None:
    """A file with the start of its hash, a package with its version; no register of activities."""
    digest = "0123456789abcdef" * 4
    made = replace(report, inputs={"study.toml": digest, "activities/payments.csv": digest})
    text = as_text(annex.provenance(made))

    assert r"- study.toml `0123456789abcdef`" in text
    assert "payments" not in text
    assert f"pandas {software()['pandas']}" in text
    assert "`make report`" in text


def test_the_inputs_of_a_confidential_study_are_named_without_their_hashes(report) -> None:
    """Whoever guesses an export of few answers must not learn whether the guess is right."""
    made = replace(report, inputs={"study.toml": "", "responses/1.csv": ""})
    text = as_text(annex.provenance(made))

    assert r"- study.toml" in text and "responses/1.csv" in text
    assert "keyed hash" in text
    assert Messages("en")("annex.provenance.inputs", shown=16) not in text


def test_a_report_without_a_stamp_says_that_its_inputs_are_unknown(report) -> None:
    """It names no input."""
    text = as_text(annex.provenance(report))

    assert "not known here" in text
    assert Messages("en")("annex.provenance.inputs", shown=16) not in text
