"""Tables of the activities: what is missing is said, what is withheld is marked, lights speak."""

from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest
from small_activity_report import DUPLICATES, INDICATORS, PROPOSALS, small_activity_report

from umid_research import tables
from umid_research.messages import Messages, languages

TABLES = {
    "indicators": tables.table_indicators,
    "shares": tables.table_shares,
    "published": tables.table_published,
    "terminals": tables.table_terminals,
    "knowledge": tables.table_knowledge,
    "registers": tables.table_activity_registers,
    "issues": tables.table_activity_issues,
    "by area": tables.table_proposals_by_area,
    "replies": tables.table_replies,
    "beside the survey": tables.table_proposals_beside_survey,
    "by dimension": tables.table_proposals_by_dimension,
    "proposals": tables.table_proposals,
    "to the municipality": lambda report: tables.table_proposals_to(report, "municipality"),
    "definition": lambda report: tables.table_definition(report, "pieces"),
    "definitions": tables.table_definitions,
    "questions": tables.table_questions,
}


def row(table: tables.Table, first: str) -> tuple[str, ...]:
    """The row that a first cell heads."""
    return next(cells for cells in table.rows if cells[0] == first)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("language", languages())
def test_a_table_has_caption_heads_and_row_heads(table, language) -> None:
    """In every language, and as well-formed HTML."""
    made = table(small_activity_report(language))
    root = ElementTree.fromstring(f"<div>{made._repr_html_()}</div>")  # noqa: S314
    width = len(root.findall("table/thead/tr/th"))

    assert root.findtext("table/caption")
    assert made.rows
    assert {width} == {len(list(cells)) for cells in root.findall("table/tbody/tr")}


def test_the_donors_table_tells_every_kind_of_status() -> None:
    """Met, exceeded, below, without target, without data."""
    table = tables.table_indicators(small_activity_report())

    assert ("1.1 Units asked", "44", "44", "100 %", "met", "") == row(table, "1.1 Units asked")
    assert "200 to 300" == row(table, "2.1 People who know more")[1]
    assert ("none", "5", "", "no target", "") == row(table, "2.3 Sites")[1:]
    assert ("2", "no data", "", "no data", "") == row(table, "2.3 Workshops")[1:]


def test_a_deviation_is_explained_or_said_not_to_be() -> None:
    """Within the threshold it needs no word."""
    table = tables.table_indicators(small_activity_report())

    assert "+22 %. Two places posted daily." == row(table, "1.2 Pieces posted")[-1]
    assert "−25 %. Explanation missing" == row(table, "2.1 Consultations held")[-1]
    assert "−7 %" == row(table, "2.1 People who know more")[-1]


def test_an_explanation_is_said_to_stand_in_its_own_language() -> None:
    """Where there is one: nobody translates the words of the field office."""
    note = "Explanations stand in the language in which they were given."
    bare = [{**row, "explanation": "missing"} for row in INDICATORS]

    assert note in tables.table_indicators(small_activity_report()).notes
    assert note not in tables.table_indicators(small_activity_report(indicators=bare)).notes


def test_an_explanation_is_told_in_the_report_s_language_where_somebody_has_translated_it() -> None:
    """Then nothing has to be said of its language."""
    own = [{**row, "explanation_en": row["explanation"] and "In English."} for row in INDICATORS]
    table = tables.table_indicators(small_activity_report(indicators=own))

    assert "+22 %. In English." == row(table, "1.2 Pieces posted")[-1]
    assert "−25 %. Explanation missing" == row(table, "2.1 Consultations held")[-1]
    assert not any("in which they were given" in note for note in table.notes)


def test_a_status_is_lit_by_its_class_and_told_by_its_word() -> None:
    """The stylesheets draw a shape for the class; the word stands without it."""
    html = tables.table_indicators(small_activity_report())._repr_html_()

    for status, word in (
        ("met", "met"),
        ("exceeded", "exceeded"),
        ("below", "below"),
        ("no-target", "no target"),
        ("no-data", "no data"),
    ):
        assert f'<td class="light {status}">{word}</td>' in html


def test_shares_name_districts_and_sexes_and_mark_what_is_withheld() -> None:
    """An indicator without parts is not in the table."""
    table = tables.table_shares(small_activity_report())

    assert ("Indicator", "North", "South", "Women", "Men", "Project") == table.head
    assert ("×", "×", "87", "99", "186") == row(table, "2.1 People who know more")[1:]
    assert ("23", "21", "", "", "44") == row(table, "1.1 Units asked")[1:]
    assert not [cells for cells in table.rows if cells[0] == "2.3 Sites"]
    assert "× Withheld to protect those who answered." in table.notes


def test_a_withheld_share_is_not_in_the_table() -> None:
    """Even if it had been left in the frame."""
    hidden = [{**row, "actual": 4} if row.get("shown") is False else row for row in INDICATORS]
    table = tables.table_shares(small_activity_report(indicators=hidden))

    assert ("×", "×", "87", "99", "186") == row(table, "2.1 People who know more")[1:]


def test_what_was_published_stands_beside_and_is_marked() -> None:
    """As a reference, in a column that says so; never a difference."""
    table = tables.table_published(small_activity_report())
    real = tables.table_published(small_activity_report(provenance="public"))

    assert ("2.2 Terminals asked for", "3", "71", "At least", "somewhere/564") == table.rows[0]
    assert "This report (simulated)" == table.head[1]
    assert "This report" == real.head[1]
    assert "Published (reference)" == table.head[2]


def test_a_request_an_approval_and_a_terminal_are_three_things() -> None:
    """Each has its column."""
    table = tables.table_terminals(small_activity_report())

    assert ("T1", "n1, North", "20 April 2022", "Approved, 30 May 2022", "10 July 2022") == (
        table.rows[0]
    )
    assert ("Approved", "Not installed") == table.rows[1][3:]
    assert ("No reply", "Not installed") == table.rows[2][3:]


def test_a_register_that_is_absent_has_no_noughts() -> None:
    """It has no data."""
    table = tables.table_activity_registers(small_activity_report())

    assert ("no data", "no data", "no data") == row(table, "Workshops")[1:]
    assert ("64", "61", "3") == row(table, "Posts")[1:]


def test_proposals_add_up_by_area_and_addressee() -> None:
    """Rows and columns to the same total."""
    table = tables.table_proposals_by_area(small_activity_report())

    assert ("Area of the plan", "Municipality", "Ministry", "Other", "Total") == table.head
    assert ("Money", "1", "0", "1", "2") == row(table, "Money")
    assert ("Total", "1", "1", "1", "3") == row(table, "Total")


def test_a_proposal_stands_in_the_reports_language_or_names_its_own() -> None:
    """Nobody's words pass for a translation."""
    english, azerbaijani = (
        tables.table_proposals(small_activity_report(language)) for language in ("en", "az")
    )

    assert "Hang the budget on the board" == row(english, "P01")[1]
    assert "Hesabatı dərc edin (in Azerbaijani)" == row(english, "P02")[1]
    assert '<span lang="az">Hesabatı' in english._repr_html_()
    assert "Hesabatı dərc edin" == row(azerbaijani, "P02")[1]


def test_what_became_of_a_proposal_is_told() -> None:
    """Submitted and replied, submitted, or neither."""
    table = tables.table_proposals(small_activity_report())

    assert "Submitted on 30 June 2022. Accepted" == row(table, "P01")[-1]
    assert "Submitted on 28 June 2022. No reply" == row(table, "P02")[-1]
    assert "Not submitted" == row(table, "P03")[-1]


def test_words_of_a_proposal_are_no_markup() -> None:
    """They are shown as they were written."""
    html = tables.table_proposals(small_activity_report())._repr_html_()

    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_a_list_to_an_addressee_holds_what_is_addressed_to_it() -> None:
    """And not what became of it: it is what is sent."""
    table = tables.table_proposals_to(small_activity_report(), "municipality")

    assert ["P01"] == [cells[0] for cells in table.rows]
    assert ("Money", "North and South") == table.rows[0][2:4]
    assert "3" == table.rows[0][-1]


_MEASURE = {"table": "measures", "question": "M2", "dimension": "money", "answer": "en"}


@pytest.mark.parametrize(("verified", "area"), [("yes", "Money, M2"), ("no", "Money")])
def test_a_letter_names_a_measure_only_where_somebody_has_verified_it(verified, area) -> None:
    """The code of a placeholder means nothing to an authority; the annex of the report has it."""
    report = small_activity_report()
    rows = report.published.iloc[[0]].assign(**_MEASURE, statistic=verified, shown=True)
    report = replace(report, published=pd.concat([report.published, rows]))

    assert area == tables.table_proposals_to(report, "municipality").rows[0][2]
    assert "Money, M2" == row(tables.table_proposals(report), "P01")[3]


@pytest.mark.parametrize("language", languages())
def test_a_district_that_may_not_be_named_has_the_mark_of_what_is_withheld(language) -> None:
    """In the letter and in the list, with its reason; where none is withheld, without a note."""
    rows = [{**PROPOSALS[0], "district": ""}]
    report = small_activity_report(language, proposals=rows)
    to, listed = tables.table_proposals_to(report, "municipality"), tables.table_proposals(report)
    note = report.text("withheld_reason")

    assert "×" == to.rows[0][3] == listed.rows[0][4]
    assert any(note in line for line in to.notes)
    assert any(note in line for line in listed.notes)
    whole = small_activity_report(language)
    assert () == tables.table_proposals_to(whole, "municipality").notes
    assert not any(note in line for line in tables.table_proposals(whole).notes)


def test_a_letter_says_nothing_of_who_made_a_proposal() -> None:
    """Neither as a column nor as the name of a group."""
    table = tables.table_proposals_to(small_activity_report(), "municipality")

    assert ("No.", "Proposal", "Area of the plan", "District", "Times made") == table.head


def test_without_proposals_their_tables_say_none() -> None:
    """No area gets a nought that nobody counted."""
    report = small_activity_report(proposals=[])

    for table in (
        tables.table_proposals_by_area,
        tables.table_proposals_beside_survey,
        tables.table_proposals,
        tables.table_replies,
    ):
        assert "None" == table(report).rows[0][0]


def test_a_reference_sheet_has_the_entries_of_the_donors_form() -> None:
    """What is not told is left out; a limit that is known is told."""
    sheet = dict(tables.table_definition(small_activity_report(), "pieces").rows)
    other = dict(tables.table_definition(small_activity_report(), "more").rows)

    assert "definition of Pieces posted" == sheet["Precise definition"]
    assert "Nobody looked again" == sheet["Known limitations"]
    assert "district" == sheet["Disaggregated by"]
    assert "district and sex" == other["Disaggregated by"]
    assert "200 to 300" == other["Target"]
    assert "Known limitations" not in other


def test_counts_of_duplicates_hold_no_ids() -> None:
    """Who might be whom is for the field office alone."""
    columns = set(small_activity_report(duplicates=DUPLICATES).frame("duplicates").columns)

    assert {"kind", "decision", "times"} == columns


def test_a_replied_date_that_is_unknown_is_left_out() -> None:
    """The reply is told all the same."""
    changed = [{**PROPOSALS[0], "reply_date": None}]
    table = tables.table_proposals(small_activity_report(proposals=changed))

    assert "Submitted on 30 June 2022. Accepted" == table.rows[0][-1]


@pytest.mark.parametrize("language", languages())
def test_every_rule_action_and_code_of_the_activities_has_words(language) -> None:
    """A register, category, addressee or kind without a text would stop the report."""
    from umid_research.activities import schema

    keys = set(Messages(language).keys)
    codes = {
        "register": [*schema.EVENT_REGISTERS, "pages", "posts", "deliverables", "explanations"],
        "category": [*schema.CATEGORIES, *(f"page_{owner}" for owner in schema.OWNERS)],
        "addressee": schema.ADDRESSEES,
        "member": schema.MEMBERS,
    }
    expected = {
        f"activities.{table}.{'rest' if code == 'other' else code}"
        for table, listed in codes.items()
        for code in listed
    }

    assert set() == expected - keys
