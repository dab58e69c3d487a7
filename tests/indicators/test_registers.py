"""Registers of the activities: issues name file and row, and no row is dropped silently."""

import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import to_excel
from small_activities import DEFINITIONS, REGISTERS, alone, with_row, write_activities

from umid_research.errors import ExportError, StudyError
from umid_research.indicators import Registers, read_definitions, read_registers
from umid_research.indicators.columns import Known
from umid_research.indicators.dates import read_dates
from umid_research.indicators.schema import schemas
from umid_research.study import read_study

BUNDLED = Path(__file__).parents[2] / "data" / "raw"


@pytest.fixture
def read(tmp_path):
    """Return a function that reads the small registers; a text replaces one, None omits it."""

    def _read(**replaced: str | None) -> Registers:
        folder = write_activities(tmp_path, **replaced)
        return read_registers(folder, read_study(folder))

    return _read


def _issues(registers: Registers, name: str) -> list[tuple]:
    found = registers.issues[registers.issues["file"].str.startswith(f"{name}.")]
    return list(found[["row", "column", "rule", "action"]].itertuples(index=False, name=None))


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "rule"),
    [
        ("2022-04-25", "2022-04-25", ""),
        ("2022-04-25T00:00:00", "2022-04-25", ""),
        ("25.04.2022", "2022-04-25", "date_order"),
        ("03.04.2022", "2022-04-03", "date_order"),
        ("25/04/2022", "2022-04-25", "date_order"),
        ("04/25/2022", "2022-04-25", "date_order"),
        ("25-4-2022", "2022-04-25", "date_order"),
        ("05/05/2022", "2022-05-05", "date_order"),
        ("2022/4/5", "2022-04-05", "date_order"),
        ("44676", "2022-04-25", "serial_date"),
        ("44676.75", "2022-04-25", "serial_date"),
        ("03/04/2022", "", "ambiguous_date"),
        ("25.04.22", "", "ambiguous_date"),
        ("31.02.2022", "", "not_a_date"),
        ("2022-13-01", "", "not_a_date"),
        ("in April", "", "not_a_date"),
        ("", "", ""),
    ],
)
def test_only_unambiguous_dates_are_read(text, expected, rule) -> None:
    """With points the day comes first; with slashes only if the other order is not a date."""
    read = read_dates(pd.Series([text])).iloc[0]

    assert pd.to_datetime(expected or None) is read["date"] or expected == str(read["date"].date())
    assert rule == read["rule"]


@given(st.dates(datetime.date(1930, 1, 1), datetime.date(2170, 1, 1)))
def test_the_serial_number_of_a_day_is_that_of_spreadsheets(day) -> None:
    """The expected values come from openpyxl."""
    assert pd.Timestamp(day) == read_dates(pd.Series([f"{to_excel(day):.0f}"]))["date"].iloc[0]


# --- what is right --------------------------------------------------------------------------------


def test_valid_registers_have_no_issue(read) -> None:
    """All fifteen are read, in the order of the schema."""
    registers = read()

    assert [] == registers.issues.to_dict("records")
    assert list(REGISTERS) == list(registers.frames) == registers.sizes["register"].to_list()
    assert (registers.sizes["set_aside"] == 0).all()


def test_dates_and_numbers_are_typed_and_other_blanks_are_empty_texts(read) -> None:
    """A blank date is missing, a blank code is an empty text."""
    frames = read().frames

    assert pd.Timestamp("2022-04-10") == frames["consultations"]["date"][0]
    assert pd.isna(frames["terminals"]["installed"][1])
    assert [1980, pd.NA, 1990] == frames["attendance"]["birth_year"].to_list()
    assert 40 == frames["cards"]["copies"][0]
    assert "" == frames["attendance"]["sex"][2]
    assert ["P1", "P2"] == frames["proposals"]["proposal_id"].to_list()
    assert "" == frames["proposals"]["text_en"][0]
    assert ("pages.csv", 2) == tuple(frames["pages"].loc[0, ["file", "row"]])


def test_every_register_is_optional(read) -> None:
    """A missing register has no frame and no number of rows."""
    registers = read(payments=None)

    assert "payments" not in registers.frames
    size = registers.sizes.set_index("register").loc["payments"]
    assert size.isna().all()


def test_a_study_without_activities_has_none(write_study) -> None:
    """There is nothing to read and no issue."""
    folder = write_study()

    registers = read_registers(folder, read_study(folder))

    assert {} == registers.frames
    assert registers.definitions is None
    assert registers.issues.empty


# --- each rule fires ------------------------------------------------------------------------------


SET_ASIDE = [
    ("pages", "G3,firm,n1,other,https://e.org/,2022-04-01,", ("owner_type", "unknown_value")),
    ("pages", "Anna Sample,cbo,n1,other,https://e.org/,2022-04-01,", ("page_id", "not_a_code")),
    ("pages", "G3,cbo,n1,other,a page,2022-04-01,", ("url", "not_a_link")),
    ("pages", "G3,cbo,n1,other,https://e.org/,2023-04-01,", ("created", "outside_period")),
    ("posts", "B3,G1,n9,2022-04-01,other,A,https://e.org/,,", ("locality", "unknown_locality")),
    ("posts", "B3,G9,n1,2022-04-01,other,A,https://e.org/,,", ("page_id", "unknown_reference")),
    ("posts", "B3,G1,n1,,other,A,https://e.org/,,", ("date", "missing_value")),
    ("consultations", "C3,2.1,n1,2022-09-10,online,", ("date", "outside_period")),
    ("consultations", "C3,2.1,n1,04/05/2022,online,", ("date", "ambiguous_date")),
    ("consultations", "C3,2.1,n1,soon,online,", ("date", "not_a_date")),
    ("consultations", "C1,2.1,n1,2022-04-10,online,", ("event_id", "id_twice")),
    ("workshops", "C1,2022-07-01,online,", ("event_id", "id_of_another")),
    ("attendance", "A4,C9,Sample Four,f,1980,n1", ("event_id", "unknown_reference")),
    ("tests", "A9,before,q1,a", ("attendance_id", "unknown_reference")),
    ("tests", "A1,before,q9,a", ("question", "unknown_question")),
    ("tests", "A2,after,q1,c", ("answer", "answer_of_another")),
    ("tests", "A2,after,q1,z", ("answer", "unknown_value")),
    ("tests", "A1,before,q1,a", ("attendance_id", "row_twice")),
    ("cards", "K2,n1,2022-05-01,school,many", ("copies", "not_a_number")),
    ("payments", "Y3,,n1,2022-05-02,p,fine,,,", ("family_id", "missing_value")),
    ("payments", "Cəmi,,,,,,,,", ("payment_id", "total_row")),
    ("payments", ",,,,YEKUN: 2,,,,", ("payment_id", "total_row")),
    ("payments", "Y3,Итого,n1,2022-05-02,p,fine,,,", ("payment_id", "total_row")),
    ("press", "R2,W9,2022-07-02,e.org,https://e.org/,", ("event_id", "unknown_reference")),
    ("platforms", "L1,2022-07-20,north,Municipality of n1,cdc,", ("platform_id", "row_twice")),
    ("platforms", "L1,2022-07-20,west,A body,cdc,", ("district", "unknown_district")),
    ("decisions", "person,A1,A9,same,r,ann", ("second", "unknown_reference")),
    ("decisions", "person,P1,A1,same,r,ann", ("first", "unknown_reference")),
    ("decisions", "person,A1,A1,same,r,ann", ("second", "one_id")),
    ("explanations", "no_such,,e,ann", ("indicator", "unknown_indicator")),
    ("explanations", "consultations_held,,e,ann", ("indicator", "row_twice")),
]


@pytest.mark.parametrize(("name", "row", "expected"), SET_ASIDE)
def test_a_row_that_cannot_be_used_is_set_aside_and_named(read, name, row, expected) -> None:
    """The issue names row and column; the other rows stay."""
    before = REGISTERS[name].strip().count("\n")
    registers = read(**alone(name, with_row(name, row)))

    assert (before + 2, *expected, "set aside") in _issues(registers, name)
    assert before == len(registers.frames[name])
    size = registers.sizes.set_index("register").loc[name]
    assert (before + 1, before, 1) == (size["read"], size["kept"], size["set_aside"])


_PAGE = "G3,cbo,n1,other,https://e.org/,2022-04-01,"
_PROPOSAL = "P3,{},2022-07-02,en,Words,south,money,ministry,{},{},{},"
_BEFORE_SUBMITTED = ("reply_date", "before_submitted")

BLANKED = [
    ("pages", _PAGE + "x.png", "screenshot", "screenshot_absent"),
    ("pages", _PAGE + "../screenshots/g1.png", "screenshot", "screenshot_absent"),
    ("attendance", "A4,C1,Sample Four,x,1980,n1", "sex", "unknown_value"),
    ("attendance", "A4,C1,Sample Four,f,1980,elsewhere", "locality", "unknown_locality"),
    ("attendance", "A4,C1,Sample Four,f,2030,n1", "birth_year", "not_a_year"),
    ("terminals", "T3,n1,2022-05-10,1,2022-05-01,,", "reply_date", "before_requested"),
    ("terminals", "T3,n1,2022-05-10,1,,,2022-04-01", "installed", "before_requested"),
    ("proposals", _PROPOSAL.format("", "M9", "", ""), "measure", "unknown_reference"),
    ("proposals", _PROPOSAL.format("W9", "", "", ""), "event_id", "unknown_reference"),
    ("proposals", _PROPOSAL.format("", "", "2022-07-01", ""), "submitted", "before_date"),
    ("proposals", _PROPOSAL.format("", "", "2022-07-09", "2022-07-05"), *_BEFORE_SUBMITTED),
]


@pytest.mark.parametrize(("name", "row", "column", "rule"), BLANKED)
def test_a_wrong_optional_value_is_blanked_and_logged(read, name, row, column, rule) -> None:
    """The row stays."""
    before = REGISTERS[name].strip().count("\n")
    registers = read(**alone(name, with_row(name, row)))

    assert [(before + 2, column, rule, "blanked")] == _issues(registers, name)
    assert before + 1 == len(registers.frames[name])
    assert registers.frames[name][column].replace("", pd.NA).isna().iloc[-1]


@pytest.mark.parametrize(
    ("typed", "rule", "column", "expected"),
    [
        ("C3,2.1,N1,10.04.2022,ONLINE,", "place_spelling", "locality", "n1"),
        ("C3,2.1,n1,10.04.2022,Online ,", "date_order", "date", pd.Timestamp("2022-04-10")),
        ("C3,2.1,n1,44661,online,", "serial_date", "date", pd.Timestamp("2022-04-10")),
    ],
)
def test_an_unambiguous_value_is_read_and_logged(read, typed, rule, column, expected) -> None:
    """Capitals and spaces in a code are not logged, other spellings of places and dates are."""
    registers = read(**alone("consultations", with_row("consultations", typed)))

    assert (4, column, rule, "read") in _issues(registers, "consultations")
    assert expected == registers.frames["consultations"][column].iloc[-1]
    assert "online" == registers.frames["consultations"]["mode"].iloc[-1]


def test_an_after_test_without_a_before_test_is_kept_and_logged_once(read) -> None:
    """This person is lost to the comparison."""
    rows = "A3,after,q1,a\nA3,after,q2,c"
    registers = read(tests=with_row("tests", rows))

    assert [(7, "phase", "after_without_before", "kept")] == _issues(registers, "tests")
    assert 7 == len(registers.frames["tests"])


def test_contradicting_decisions_are_both_set_aside(read) -> None:
    """The order of the pair does not matter: the question is open again."""
    registers = read(decisions=with_row("decisions", "proposal,P2,P1,different,r,bob"))

    assert [
        (2, "decision", "decisions_differ", "set aside"),
        (4, "decision", "decisions_differ", "set aside"),
    ] == _issues(registers, "decisions")
    assert ["A1"] == registers.frames["decisions"]["first"].to_list()


def test_rows_that_refer_to_a_row_set_aside_are_set_aside_too(read) -> None:
    """An attendance at an event outside the project, and the test taken there."""
    outside = REGISTERS["consultations"].replace("2022-04-10", "2022-09-10")
    registers = read(consultations=outside)

    assert [(row, "event_id", "refers_to_set_aside", "set aside") for row in (2, 3)] == _issues(
        registers, "attendance"
    )
    assert 5 == len(_issues(registers, "tests"))
    assert registers.frames["tests"].empty


def test_a_corrected_row_counts_below_the_wrong_one(read) -> None:
    """The id occurs twice, but only once in a usable row."""
    rows = "K2,n1,2022-05-01,school,many\nK2,n1,2022-05-01,school,30"
    registers = read(**alone("cards", with_row("cards", rows)))

    assert [(3, "copies", "not_a_number", "set aside")] == _issues(registers, "cards")
    assert [40, 30] == registers.frames["cards"]["copies"].to_list()


def test_a_target_of_zero_is_logged_with_its_line(read) -> None:
    """The definitions are kept, but no share of zero can be computed."""
    text = DEFINITIONS.replace("target = 2", "target = 0")
    registers = read(**alone("cards", REGISTERS["cards"]), indicators=text)

    line = text.split("\n").index("target = 0") + 1
    assert [(line, "target", "zero_target", "kept")] == _issues(registers, "indicators")


def test_every_rule_of_the_schemas_is_tested() -> None:
    """A check that no test breaks is untested."""
    plan = schemas(read_study(BUNDLED), read_definitions(BUNDLED / "activities"), Known())
    rules = {rule for schema in plan.values() for _, rule, _ in schema.checks} | {"missing_value"}
    for schema in plan.values():
        rules |= {rule for column in schema.columns.values() for rule in column.checks}
    fired = {rule for _, _, (_, rule) in SET_ASIDE} | {rule for *_, rule in BLANKED}

    assert {"refers_to_set_aside", "decisions_differ"} == rules - fired


# --- what may stand in an issue -------------------------------------------------------------------


def test_an_issue_shows_a_small_number(read) -> None:
    """For example, three and a half cards are a typing error."""
    rows = "K2,n1,2022-05-01,school,3.5\nK3,n1,2022-05-01,school,994509876501"
    registers = read(**alone("cards", with_row("cards", rows)))

    assert ["3.5", "[text]"] == registers.issues["old"].to_list()


def test_an_issue_shows_codes_and_dates_but_no_words(read) -> None:
    """Any column may hold a name by mistake."""
    rows = "Y3,Anna Sample,Anna Sample,04/05/2022,p,Anna Sample,no,f,Anna Sample"
    registers = read(**alone("payments", with_row("payments", rows)))

    assert {"[text]", "04/05/2022"} == set(registers.issues["old"])


# --- workbooks ------------------------------------------------------------------------------------


def _workbook(folder, rows: list[list], *, merged: str | None = None) -> None:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    book.save(folder / "activities" / "cards.xlsx")


_HEADER = ["batch_id", "locality", "date", "place", "copies"]


def test_dates_of_a_workbook_are_read_as_they_are(tmp_path) -> None:
    """Real dates are not logged; bare day numbers are."""
    folder = write_activities(tmp_path, **alone("cards", None))
    day = datetime.datetime(2022, 5, 1)
    _workbook(folder, [_HEADER, ["K1", "n1", day, "ngo", 40], ["K2", "n1", 44682, "ngo", 41]])

    registers = read_registers(folder, read_study(folder))

    assert [pd.Timestamp(day)] * 2 == registers.frames["cards"]["date"].to_list()
    assert [(3, "date", "serial_date", "read")] == _issues(registers, "cards")


def test_rows_in_merged_cells_are_set_aside_and_named(tmp_path) -> None:
    """Nobody knows to which of the rows the value belongs."""
    folder = write_activities(tmp_path, **alone("cards", None))
    rows = [["K1", "n1", "2022-05-01", "ngo", 40], ["K2", "n1", "2022-05-01", "ngo", 41]]
    rows += [["K3", None, "2022-05-01", "ngo", 42], ["K4", "n2", "2022-05-01", "ngo", 43]]
    _workbook(folder, [_HEADER, *rows], merged="B3:B4")

    registers = read_registers(folder, read_study(folder))

    assert [(row, "batch_id", "merged_cells", "set aside") for row in (3, 4)] == _issues(
        registers, "cards"
    )
    assert ["K1", "K4"] == registers.frames["cards"]["batch_id"].to_list()


# --- what stops -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"cards": "batch_id,locality,date,place\n"}, "cards.csv: lacks a column; found 'copies'"),
        ({"cards": with_row("cards", "").replace("copies", "copies,note", 1)}, "fewer cells"),
        ({"indicators": None}, "no definitions of the indicators here"),
        ({"indicators": "period ="}, "is not valid TOML"),
        ({"indicators": DEFINITIONS.replace("= 2\n", "= -2\n", 1)}, "target can't be negative"),
        ({"indicators": DEFINITIONS.replace("= 2\n", "= [3, 2]\n", 1)}, "its smaller number"),
        ({"indicators": DEFINITIONS.replace('right = "a"', 'right = "z"')}, "none of the choices"),
        ({"indicators": DEFINITIONS.replace('source = "register"', 'source = "r"')}, r"\[words\]"),
        ({"indicators": DEFINITIONS.replace('y = "2.1"', 'y = "2.9"')}, "an activity.*2.9"),
        ({"indicators": DEFINITIONS.replace("= 2\n", "= 2\neach = 2\n", 1)}, "possible: 8"),
        ({"indicators": DEFINITIONS.replace("2022-07-31", "2021-07-31")}, "the end lies before"),
        ({"indicators": DEFINITIONS.replace("text.en", "text.az", 1)}, "has no text in en"),
        ({"indicators": DEFINITIONS.replace("knowledge.definition.en", "#")}, "who knows more"),
    ],
)
def test_an_unreadable_register_stops_the_run_in_one_line(read, replaced, message) -> None:
    """The line names the file, the entry and what was found."""
    with pytest.raises((StudyError, ExportError), match=message) as stopped:
        read(**replaced)

    assert 1 == len(str(stopped.value).splitlines())


def test_a_file_that_is_not_a_register_is_refused(tmp_path) -> None:
    """Otherwise `payment.csv` would be ignored silently."""
    folder = write_activities(tmp_path)
    (folder / "activities" / "payment.csv").write_text("payment_id\n")

    with pytest.raises(StudyError, match=r"payment\.csv: is not a register; .*: pages, posts"):
        read_registers(folder, read_study(folder))


# --- nothing is dropped ---------------------------------------------------------------------------

_CELLS = (
    *("", "n1", "n9", "K1", "A1", "A2", "P1", "P2", "C1", "Total", "Words", "yes", "f", "1980"),
    *("2022-05-01", "04/05/2022", "44682", "in May", "same", "different", "person", "proposal"),
    *("q1", "a", "c", "before", "after", "online", "https://e.org/", "north", "consultations_held"),
)


@st.composite
def _some_register(draw) -> tuple[str, list[str], list[list[str]]]:
    name = draw(st.sampled_from(list(REGISTERS)))
    header = REGISTERS[name].strip().split("\n")[0].split(",")
    row = st.lists(st.sampled_from(_CELLS), min_size=len(header), max_size=len(header))
    return name, header, draw(st.lists(row, min_size=1, max_size=8))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_some_register())
def test_every_row_is_kept_or_set_aside_with_a_reason(tmp_path, register) -> None:
    """Rows in = rows kept + rows logged as set aside, for any content."""
    name, header, rows = register
    text = "\n".join([",".join(header), *(",".join(row) for row in rows)]) + "\n"
    folder = write_activities(tmp_path / name, **alone(name, text))

    registers = read_registers(folder, read_study(folder))

    aside = registers.issues[registers.issues["action"] == "set aside"]
    named = set(aside.loc[aside["file"] == f"{name}.csv", "row"])
    kept = set(registers.frames[name]["row"])
    there = {number for number, row in enumerate(rows, start=2) if any(row)}
    assert there == named | kept
    assert set() == named & kept


# --- the bundled study ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled() -> Registers:
    return read_registers(BUNDLED, read_study(BUNDLED))


def test_every_planted_flaw_is_reported_and_nothing_else(bundled) -> None:
    """Issues have file, row, column, rule and action; counting finds duplicate posts."""
    planted = pd.read_csv(BUNDLED / "truth_activity_issues.csv", keep_default_na=False)
    planted = planted[planted["rule"] != "url_twice"]
    found = bundled.issues[list(planted.columns)]

    assert sorted(map(tuple, planted.to_numpy())) == sorted(map(tuple, found.to_numpy()))


def test_the_issues_of_the_bundled_registers_show_no_name(bundled) -> None:
    """They show no part of a name either."""
    words = {word for name in bundled.frames["attendance"]["name"] for word in name.split()}
    output = " ".join(bundled.issues["old"])

    assert len(words) > 20
    assert [] == [word for word in words if word in output]


def test_rows_in_are_rows_kept_and_rows_set_aside_in_every_register(bundled) -> None:
    """Each row that is set aside has at least one issue."""
    aside = bundled.issues[bundled.issues["action"] == "set aside"]
    named = aside.drop_duplicates(["file", "row"])["file"].str.partition(".")[0].value_counts()
    sizes = bundled.sizes.set_index("register")

    assert (sizes["read"] == sizes["kept"] + sizes["set_aside"]).all()
    assert {name: n for name, n in sizes["set_aside"].items() if n} == named.to_dict()
    assert {name: len(rows) for name, rows in bundled.frames.items()} == sizes["kept"].to_dict()
