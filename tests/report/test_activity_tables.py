"""Test the tables of the activities: missing and withheld data, statuses, proposals."""

from xml.etree import ElementTree

import pytest
from small_activity_report import (
    BREAKDOWNS,
    DUPLICATES,
    INDICATORS,
    PROPOSALS,
    small_activity_report,
)
from small_report import with_rows

from umid_research.messages import Messages, languages
from umid_research.report.activities.table import (
    table_cards,
    table_consultations,
    table_families,
    table_participants,
    table_portals,
    table_press,
)
from umid_research.report.indicators.definitions import (
    table_definition,
    table_definitions,
    table_questions,
)
from umid_research.report.indicators.table import (
    table_activity_issues,
    table_activity_registers,
    table_indicators,
    table_indicators_by_part,
    table_indicators_published,
    table_knowledge,
    table_terminals,
)
from umid_research.report.proposals.table import (
    letters_of,
    proposals_to,
    table_proposals,
    table_proposals_beside_survey,
    table_proposals_by_area,
    table_proposals_by_dimension,
    table_proposals_by_reply,
    table_proposals_to,
)
from umid_research.report.table import Table

TABLES = {
    "indicators": table_indicators,
    "shares": table_indicators_by_part,
    "published": table_indicators_published,
    "terminals": table_terminals,
    "knowledge": table_knowledge,
    "registers": table_activity_registers,
    "issues": table_activity_issues,
    "consultations": table_consultations,
    "cards": table_cards,
    "families": table_families,
    "portals": table_portals,
    "participants": table_participants,
    "press": table_press,
    "by area": table_proposals_by_area,
    "replies": table_proposals_by_reply,
    "beside the survey": table_proposals_beside_survey,
    "by dimension": table_proposals_by_dimension,
    "proposals": table_proposals,
    "to the municipality": lambda report: table_proposals_to(report, "municipality", "north"),
    "definition": lambda report: table_definition(report, "pieces"),
    "definitions": table_definitions,
    "questions": table_questions,
}


def row(table: Table, first: str) -> tuple[str, ...]:
    """Return the row with the given first cell."""
    return next(cells for cells in table.rows if cells[0] == first)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("language", languages())
def test_a_table_has_caption_heads_and_row_heads(table, language) -> None:
    """The HTML is well-formed in every language."""
    made = table(small_activity_report(language))
    root = ElementTree.fromstring(f"<div>{made._repr_html_()}</div>")  # noqa: S314
    width = len(root.findall("table/thead/tr/th"))

    assert root.findtext("table/caption")
    assert made.rows
    assert {width} == {len(list(cells)) for cells in root.findall("table/tbody/tr")}


def test_the_table_of_indicators_shows_every_status() -> None:
    """The statuses are met, exceeded, below, no target and no data."""
    table = table_indicators(small_activity_report())

    assert ("1.1 Units asked", "44", "44", "100 %", "met", "") == row(table, "1.1 Units asked")
    assert "200 to 300" == row(table, "2.1 People who know more")[1]
    assert ("none", "5", "", "no target", "") == row(table, "2.3 Sites")[1:]
    assert ("2", "no data", "", "no data", "") == row(table, "2.3 Workshops")[1:]


def test_a_deviation_has_its_explanation_or_says_that_it_is_missing() -> None:
    """A deviation within the threshold needs no explanation."""
    table = table_indicators(small_activity_report())

    assert "+22 %. Two places posted daily." == row(table, "1.2 Pieces posted")[-1]
    assert "−25 %. Explanation missing" == row(table, "2.1 Consultations held")[-1]
    assert "−7 %" == row(table, "2.1 People who know more")[-1]


def test_a_note_says_that_explanations_are_not_translated() -> None:
    """There is no note without explanations."""
    note = "Explanations are in the language in which they were given."
    bare = [{**row, "explanation": "missing"} for row in INDICATORS]

    assert note in table_indicators(small_activity_report()).notes
    assert note not in table_indicators(small_activity_report(indicators=bare)).notes


def test_a_translated_explanation_is_shown_in_the_report_s_language() -> None:
    """Then no note on its language is needed."""
    own = [{**row, "explanation_en": row["explanation"] and "In English."} for row in INDICATORS]
    table = table_indicators(small_activity_report(indicators=own))

    assert "+22 %. In English." == row(table, "1.2 Pieces posted")[-1]
    assert "−25 %. Explanation missing" == row(table, "2.1 Consultations held")[-1]
    assert not any("in which they were given" in note for note in table.notes)


def test_a_status_has_a_class_and_a_word() -> None:
    """The stylesheets draw a shape for the class; the word is readable without it."""
    html = table_indicators(small_activity_report())._repr_html_()

    for status, word in (
        ("met", "met"),
        ("exceeded", "exceeded"),
        ("nearly-met", "nearly met"),
        ("below", "below"),
        ("no-target", "no target"),
        ("no-data", "no data"),
    ):
        assert f'<td class="light {status}">{word}</td>' in html


def test_a_share_short_of_the_target_is_never_printed_as_all_of_it() -> None:
    """299 of 300 are 99.67 %: rounded down to 99 %, never up to 100 %."""
    one = [{**INDICATORS[0], "target": 300, "actual": 299, "achieved": 0.9967}]

    assert "99 %" == table_indicators(small_activity_report(indicators=one)).rows[0][3]


def test_the_table_of_shares_has_districts_and_sexes_and_marks_withheld_cells() -> None:
    """An indicator without breakdown is not in the table."""
    table = table_indicators_by_part(small_activity_report())

    assert ("Indicator", "North", "South", "Women", "Men", "Project") == table.head
    assert ("×", "×", "87", "99", "186") == row(table, "2.1 People who know more")[1:]
    assert ("23", "21", "", "", "44") == row(table, "1.1 Units asked")[1:]
    assert not [cells for cells in table.rows if cells[0] == "2.3 Sites"]
    assert "× Withheld to protect those who answered." in table.notes


def test_a_withheld_share_is_not_in_the_table() -> None:
    """This holds even if the number was left in the frame."""
    hidden = [{**row, "actual": 4} if row.get("shown") is False else row for row in INDICATORS]
    table = table_indicators_by_part(small_activity_report(indicators=hidden))

    assert ("×", "×", "87", "99", "186") == row(table, "2.1 People who know more")[1:]


def test_consultations_are_counted_per_municipality_activity_and_place() -> None:
    """One held in person is in a column of its own; no column for what nobody held."""
    table = table_consultations(small_activity_report())

    assert ("Municipality", "Practical, online", "Practical, in person") == table.head
    assert [("n1, North", "2", "0"), ("n2, North", "1", "1")] == [*table.rows[:2]]
    assert ("s2, South", "1", "0") == table.rows[-1]


def test_cards_are_counted_by_kind_of_place_and_district() -> None:
    """The last column is their sum."""
    table = table_cards(small_activity_report())

    assert ("Handed to", "North", "South", "Project") == table.head
    assert ("Public bodies and companies", "0", "34", "34") == table.rows[1]
    assert ("Schools", "35", "36", "71") == table.rows[2]


def test_few_families_are_withheld_even_if_the_number_is_left_in_the_frame() -> None:
    """The mark and its note stand in their place."""
    left = [{**entry, "number": entry["number"] or 4} for entry in BREAKDOWNS]
    table = table_families(small_activity_report(breakdowns=left))

    assert ["27", "×", "29", "×"] == [cells[1] for cells in table.rows]
    assert "× Withheld to protect those who answered." in table.notes


def test_tables_of_absent_registers_say_none() -> None:
    """No zero stands where nobody counted."""
    report = small_activity_report(breakdowns=[], events=[])

    for table in (table_consultations, table_cards, table_families):
        assert [("None",)] == [cells[:1] for cells in table(report).rows]
        assert () == table(report).notes


def test_figures_published_elsewhere_are_marked_as_reference() -> None:
    """Their column says so; no difference is computed."""
    table = table_indicators_published(small_activity_report())
    real = table_indicators_published(small_activity_report(provenance="public"))

    assert ("2.2 Terminals asked for", "3", "71", "At least", "somewhere/564") == table.rows[0]
    assert "This report (simulated)" == table.head[1]
    assert "This report" == real.head[1]
    assert "Published (reference)" == table.head[2]


def test_request_approval_and_installation_have_separate_columns() -> None:
    """A terminal may be requested and approved but not installed."""
    table = table_terminals(small_activity_report())

    assert ("T1", "n1, North", "20 April 2022", "Approved, 30 May 2022", "10 July 2022") == (
        table.rows[0]
    )
    assert ("Approved", "Not installed") == table.rows[1][3:]
    assert ("No reply", "Not installed") == table.rows[2][3:]


def test_a_missing_register_has_no_zeros() -> None:
    """It says 'no data'."""
    table = table_activity_registers(small_activity_report())

    assert ("no data", "no data", "no data") == row(table, "Workshops")[1:]
    assert ("64", "61", "3") == row(table, "Posts")[1:]


def test_proposals_add_up_by_area_and_addressee() -> None:
    """Rows and columns have the same total."""
    table = table_proposals_by_area(small_activity_report())

    assert ("Part of the plan", "Municipality", "Ministry", "Other", "Total") == table.head
    assert ("Money", "1", "0", "1", "2") == row(table, "Money")
    assert ("Total", "1", "1", "1", "3") == row(table, "Total")


def test_a_proposal_is_in_the_reports_language_or_names_its_own() -> None:
    """An untranslated proposal says in which language it is."""
    english, azerbaijani = (
        table_proposals(small_activity_report(language)) for language in ("en", "az")
    )

    assert "Hang the budget on the board" == row(english, "P01")[1]
    assert "Hesabatı dərc edin (in Azerbaijani)" == row(english, "P02")[1]
    assert '<span lang="az">Hesabatı' in english._repr_html_()
    assert "Hesabatı dərc edin" == row(azerbaijani, "P02")[1]


def test_the_list_of_proposals_shows_submission_and_reply() -> None:
    """A proposal is submitted and answered, only submitted, or neither."""
    table = table_proposals(small_activity_report())

    assert "Submitted on 30 June 2022. Accepted" == row(table, "P01")[-1]
    assert "Submitted on 28 June 2022. No reply" == row(table, "P02")[-1]
    assert "Not submitted" == row(table, "P03")[-1]


def test_markup_in_a_proposal_is_escaped() -> None:
    """The proposal is shown as it was written."""
    html = table_proposals(small_activity_report())._repr_html_()

    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_a_letter_has_only_the_proposals_to_its_addressee_from_its_district() -> None:
    """It has no column of replies, because it is the list that is sent."""
    report = small_activity_report()
    table = table_proposals_to(report, "other", "north")

    assert [
        ("P02", "Hesabatı dərc edin (in Azerbaijani)", "Money", "no document checked", "1")
    ] == [*table.rows]
    assert ["P03"] == [cells[0] for cells in table_proposals_to(report, "ministry", "south").rows]


def test_every_proposal_is_in_a_letter_and_that_of_two_districts_in_two() -> None:
    """Proposals without a district that may be named have a letter of their own."""
    unnamed = {**PROPOSALS[1], "proposal": "P04", "district": ""}
    report = small_activity_report(proposals=[*PROPOSALS, unnamed])

    assert {
        ("municipality", "north"): ["P01"],
        ("municipality", "south"): ["P01"],
        ("ministry", "south"): ["P03"],
        ("other", "north"): ["P02"],
        ("other", ""): ["P04"],
    } == {key: [*proposals_to(report, *key)["proposal"]] for key in letters_of(report)}


def test_a_letter_shows_what_documents_of_its_district_show() -> None:
    """Not those of all districts, which stand in the letter without a district."""
    shown = {"table": "documentary_by_area", "dimension": "money", "units": 9, "shown": True}
    rows = [
        {**shown, "value": 61.0},
        {**shown, "value": 42.0, "district": "north"},
        {**shown, "value": 17.0, "district": "south", "shown": False},
    ]
    unnamed = [*PROPOSALS, {**PROPOSALS[0], "proposal": "P04", "district": ""}]
    report = with_rows(small_activity_report(proposals=unnamed), rows)

    assert ["42 % (9 checks)", "no document checked", "61 % (9 checks)"] == [
        table_proposals_to(report, "municipality", district).rows[0][3]
        for district in ("north", "south", "")
    ]


_MEASURE = {"table": "measures", "question": "M2", "dimension": "money", "answer": "en"}


@pytest.mark.parametrize(("verified", "area"), [("yes", "Money, M2"), ("no", "Money")])
def test_a_letter_names_only_verified_measures(verified, area) -> None:
    """An unverified code means nothing to an authority; the annex of the report has it."""
    report = with_rows(small_activity_report(), [{**_MEASURE, "statistic": verified}])

    assert area == table_proposals_to(report, "municipality", "north").rows[0][2]
    assert "Money, M2" == row(table_proposals(report), "P01")[3]


@pytest.mark.parametrize("language", languages())
def test_a_district_that_must_not_be_named_is_withheld(language) -> None:
    """The letter and the list have the mark and a note; without withheld cells there is no note."""
    rows = [{**PROPOSALS[0], "district": ""}]
    report = small_activity_report(language, proposals=rows)
    to, listed = table_proposals_to(report, "municipality", ""), table_proposals(report)
    note = report.text("withheld_reason")

    assert [("municipality", "")] == letters_of(report)
    assert "×" == listed.rows[0][4]
    assert any(note in line for line in to.notes)
    assert any(note in line for line in listed.notes)
    whole = small_activity_report(language)
    assert not any(
        note in line for line in table_proposals_to(whole, "municipality", "north").notes
    )
    assert not any(note in line for line in table_proposals(whole).notes)


def test_a_letter_does_not_reveal_who_made_a_proposal() -> None:
    """It has no column for the person or the group."""
    table = table_proposals_to(small_activity_report(), "municipality", "north")

    heads = ("No.", "Proposal", "Part of the plan", "What documents show", "Times made")
    assert heads == table.head


def test_tables_of_proposals_without_rows_say_none() -> None:
    """No area shows a zero that nobody counted."""
    report = small_activity_report(proposals=[])

    for table in (
        table_proposals_by_area,
        table_proposals_beside_survey,
        table_proposals,
        table_proposals_by_reply,
    ):
        assert "None" == table(report).rows[0][0]


def test_a_reference_sheet_has_the_entries_of_the_donors_form() -> None:
    """Empty optional entries are left out; a known limitation is shown."""
    sheet = dict(table_definition(small_activity_report(), "pieces").rows)
    other = dict(table_definition(small_activity_report(), "more").rows)

    assert "definition of Pieces posted" == sheet["Precise definition"]
    assert "Nobody looked again" == sheet["Known limitations"]
    assert "district" == sheet["Disaggregated by"]
    assert "district and sex" == other["Disaggregated by"]
    assert "200 to 300" == other["Target"]
    assert "Known limitations" not in other


def test_counts_of_duplicates_have_no_ids() -> None:
    """Possible matches of persons are only for the field office."""
    columns = set(small_activity_report(duplicates=DUPLICATES).frame("duplicates").columns)

    assert {"kind", "decision", "times"} == columns


def test_an_unknown_date_of_reply_is_left_out() -> None:
    """The reply itself is shown."""
    changed = [{**PROPOSALS[0], "reply_date": None}]
    table = table_proposals(small_activity_report(proposals=changed))

    assert "Submitted on 30 June 2022. Accepted" == table.rows[0][-1]


@pytest.mark.parametrize("language", languages())
def test_every_code_of_the_activities_has_a_text(language) -> None:
    """A register, category, addressee or member without a text would stop the report."""
    from umid_research.indicators import schema

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


def test_portals_have_their_declared_names_and_others_are_counted_together() -> None:
    """A withheld number has a mark and a note."""
    table = table_portals(small_activity_report())

    assert (("The Gate", "21"), ("Other portals", "×")) == table.rows
    assert any(note.startswith("× Withheld") for note in table.notes)


def test_participants_are_named_by_their_kind_of_body() -> None:
    """The code `other` is reserved for a plural form in the catalogues."""
    assert (("NGOs", "6"), ("Other bodies", "×")) == table_participants(
        small_activity_report()
    ).rows


def test_a_press_item_leads_to_its_address_unless_it_may_name_somebody() -> None:
    """The address is a link, with its signs escaped."""
    table = table_press(small_activity_report())

    assert ("R2", "3 July 2022", "×") == table.rows[1]
    address = "example.org/1?a=1&amp;b=2"
    assert f'<a href="https://{address}">{address}</a>' in table._repr_html_()
    assert any("may name somebody" in note for note in table.notes)
