"""Test the table files: numbers as in the reports, text that is never a formula."""

import csv
import inspect
import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from small_report import AZ, small_report

from umid_research.errors import ReportError
from umid_research.messages import Messages, languages
from umid_research.output.sheets import to_csv, write_tables
from umid_research.output.sheets.formulas import (
    ESCAPE,
    cell_text,
    looks_like_formula,
    neutralise_formula,
)
from umid_research.output.sheets.keys import KINDS, with_keys
from umid_research.output.sheets.tidy import STATUSES, tidy
from umid_research.output.sheets.workbook import number_format
from umid_research.report.differences.table import (
    table_differences_by_group,
    table_differences_exploratory,
)
from umid_research.report.scores.table import table_scores_by_group
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table
from umid_research.report.topics import TABLES, references, table_at

MARK = Messages("en")("mark")
FORMULAS = (
    '=HYPERLINK("http://evil.example";"open")',
    "+1",
    "-1+2",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    "'=1+1",
)


def table_of(*rows: tuple[Cell | str, ...], head: tuple[str, ...], **more: object) -> Table:
    cells = tuple(tuple(c if isinstance(c, Cell) else Cell(c) for c in row) for row in rows)
    return Table("A table", head, cells, frozenset(), **more)


def written(report: Report, folder: Path) -> dict[str, bytes]:
    write_tables(report, folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def rows_of(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))


def columns_of(table: Table, marked: Table | None = None) -> dict[str, tuple[object, ...]]:
    columns, _ = tidy(table, Messages("en"), marked)
    return {column.head: column.values for column in columns}


def mark(label: str, kind: str, name: str) -> str:
    """Return a name as a report with keys has it."""
    return f"\ufdd0{label}\ufdd1{kind}:{name}\ufdd2"


def cells_of(page: Worksheet) -> list[dict[str, object]]:
    """Return the rows of the table of a sheet by head."""
    (table,) = page.tables.values()
    heads, *rows = [[cell.value for cell in row] for row in page[table.ref]]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def texts_of(page: Worksheet) -> list[str]:
    return [c.value for row in page.iter_rows() for c in row if isinstance(c.value, str)]


def saying(text: str) -> Report:
    """Return the small report with `text` as the name of a dimension, a group and a rule."""
    report = small_report()
    dimensions, groups = dict(report.study.dimensions), dict(report.study.groups)
    dimensions["trust"] = dimensions["trust"].model_copy(update={"name": {"en": text}})
    groups["ngo"] = groups["ngo"].model_copy(update={"name": {"en": text}})
    named = {"dimensions": dimensions, "groups": groups}
    return replace(report, study=report.study.model_copy(update=named))


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    return written(small_report(), tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def book(files):
    return load_workbook(io.BytesIO(files["tables.xlsx"]))


# --- contents ------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", TABLES, ids=lambda entry: entry.anchor)
def test_every_listed_table_has_its_function(entry) -> None:
    """The register finds a function by the table's name, which no type checker follows."""
    module = import_module(f"umid_research.report.{entry.module}")
    made = getattr(module, f"table_{entry.anchor.replace('-', '_')}")

    assert "report" == next(iter(inspect.signature(made).parameters))


@pytest.mark.parametrize("language", languages())
def test_every_listed_table_describes_its_numbers(language) -> None:
    """The description exists in every language."""
    assert {f"unit.{entry.unit}" for entry in TABLES} <= set(Messages(language).keys)


def test_every_published_table_is_a_file_and_a_sheet(files, book) -> None:
    """The contents list each table with a link."""
    entries = references(small_report())
    contents = rows_of(files["tables/contents.csv"])[1:]
    links = [cell.hyperlink.location for cell in book["Contents"]["A"] if cell.hyperlink]
    names = [f"Table {row[0]}" for row in contents]

    listings = {f"tables/{name}.csv" for name in ("contents", "dictionary", "codes")}
    assert {"tables.xlsx", *listings} | {r.file for r in entries.values()} == set(files)
    assert ["Cover", "Contents", "Notes", "Dictionary", "Codes", *names] == book.sheetnames
    assert {(r.number, r.file) for r in entries.values()} == {(row[0], row[6]) for row in contents}
    assert [f"'{name}'!A1" for name in names] == links


def test_the_tables_of_the_study_come_first(book) -> None:
    """Those on the quality of the data and on single districts come last."""
    numbers = [int(name.removeprefix("Table ").rstrip("abc")) for name in book.sheetnames[5:]]
    places = {number: place for place, number in enumerate(numbers)}

    assert places[3] < places[4] < places[26] < places[6] < places[24] < places[25]


def test_writing_again_gives_the_same_bytes(files, tmp_path) -> None:
    """The files depend neither on the time nor on the order of a set."""
    assert files == written(small_report(), tmp_path)


# --- numbers -------------------------------------------------------------------------------------


def test_numbers_are_those_of_the_published_frame(book) -> None:
    """Value, limits and units have their own columns, compared with the frame cell by cell."""
    rows = small_report().rows("scores_by_group")
    people, office, clubs, index = cells = cells_of(book["Table 3"])

    assert [
        *("Topic", "dimension_key", "Group", "group_key"),
        *("Score", "Low", "High", "Units", "status"),
    ] == list(cells[0])
    columns = {"value": "Score", "low": "Low", "high": "High", "units": "Units"}
    for name, head in columns.items():
        assert [rows[name][0], rows[name][1]] == [people[head], office[head]]
        assert isinstance(people[head], int)
    assert [AZ, "Office"] == [people["Group"], office["Group"]]
    assert [None] * 4 == [clubs[head] for head in columns.values()]
    assert [36, None, None, 9] == [index[head] for head in columns.values()]
    assert ["shown", "shown", "withheld", "in_part"] == [row["status"] for row in cells]
    assert ["people", "office", "ngo", "people"] == [row["group_key"] for row in cells]
    assert ["trust", "trust", "trust", "index"] == [row["dimension_key"] for row in cells]


def test_a_table_spread_over_groups_becomes_one_row_per_cell() -> None:
    """The cell of a group that was not asked has no row."""
    head = ("Dimension", "A", "B")
    cell = Cell("62 (55–69)", {"score": 62.0, "low": 55.0, "high": 69.0})
    table = table_of(("Trust", cell, "×"), ("Duties", "", "none"), head=head, spread_over="Group")

    assert {
        "Dimension": ("Trust", "Trust", "Duties"),
        "Group": ("A", "B", "B"),
        "Score": (62, None, None),
        "Low": (55, None, None),
        "High": (69, None, None),
        "status": ("shown", "withheld", "none"),
    } == columns_of(table)


def test_columns_named_after_districts_become_rows() -> None:
    """They hold the same parts; what does not depend on the district stands in each row."""
    cell = {"units": 4, "people": 8}
    plain = table_of(
        ("Clubs", Cell("5", {"value": 5}), Cell("4 (8)", cell), "×", Cell("4 (8)", cell)),
        head=("Group", "Planned", "North", "South", "Total"),
    )
    marked = replace(
        plain,
        head=(
            *("Group", "Planned", mark("North", "district", "n"), mark("South", "district", "s")),
            mark("Total", "all", "all"),
        ),
    )

    assert {
        "Group": ("Clubs",) * 3,
        "Planned": (5, 5, 5),
        "District": ("North", "South", "Total"),
        "district_key": ("n", "s", "all"),
        "Units": (4, None, 4),
        "People": (8, None, 8),
        "status": ("shown", "withheld", "shown"),
    } == columns_of(plain, marked)


def test_columns_with_other_parts_stay_columns() -> None:
    """A table with the groups and what documents show is no longer table of one thing."""
    cells = [Cell("50 [12]", {"score": 50, "units": 12}), "×", Cell("76 %", {"percent": 76})]
    plain = table_of(("Services", *cells), head=("Area", "A", "B", "Documents"))
    plain = replace(plain, numeric=frozenset({1, 2, 3}))
    heads = ("Area", mark("A", "group", "a"), mark("B", "group", "b"), "Documents")

    columns = columns_of(plain, replace(plain, head=heads))

    assert ["Area", "A: Score", "A: Units", "B", "Documents", "status", "status_detail"] == list(
        columns
    )
    assert ("in_part",) == columns["status"]
    assert ("B: withheld",) == columns["status_detail"]


def test_a_cell_with_several_parts_becomes_several_columns() -> None:
    """The column of the main value keeps the head as its name."""
    alpha = Cell("0.81 (0.7 to 0.88)", {"value": 0.81, "low": 0.7, "high": 0.88})
    table = table_of(("Trust", alpha, "31"), ("Duties", "no", "×"), head=("Of", "Alpha", "People"))

    assert {
        "Of": ("Trust", "Duties"),
        "Alpha": (0.81, None),
        "Alpha: Low": (0.7, None),
        "Alpha: High": (0.88, None),
        "People": ("31", "withheld"),
        "status": ("shown", "none"),
    } == columns_of(table)


def test_a_comparison_without_interval_keeps_its_columns() -> None:
    """The columns of a file do not depend on what can be estimated."""
    row = {"dimension": "trust", "statistic": "difference", "group": "ngo", "versus": "people"}
    report = small_report(differences_exploratory=[{**row, "value": 4, "units": 3}])
    with_interval = columns_of(table_differences_by_group(small_report()))

    assert list(with_interval) == list(columns_of(table_differences_exploratory(report)))
    assert {"Difference", "status", "status_detail"} < set(with_interval)


def test_a_small_p_is_rounded_as_in_print() -> None:
    """The files have the printed decimals."""
    report = small_report()
    tables = [
        table_at(r, references(r)["differences-by-district"]) for r in (report, with_keys(report))
    ]
    by_district = columns_of(*tables)

    assert 0.001 == by_district["Adjusted p"][0]
    assert "Adjusted p: below" in by_district["status_detail"][0]
    assert 0.012 == columns_of(table_differences_by_group(report))["Adjusted p"][0]


def test_a_table_without_rows_says_so() -> None:
    """This also holds for a table spread over groups."""
    table = table_of(("None", "", ""), head=("Dimension", "A", "B"), spread_over="Group")

    assert [("None",), ("None",), ("None",)] == list(columns_of(table).values())


def test_repeated_heads_get_a_number() -> None:
    """Programs need unique column names."""
    table = table_of(("a", "b", "c"), head=("Name", "One", "one"))

    assert ["Name", "One", "one (2)"] == list(columns_of(table))


def test_a_head_that_is_called_like_a_machine_name_gives_way() -> None:
    """Programs find `status` under its name in every table and language."""
    table = table_of(("a", Cell("1", {"value": 1}), "met"), head=("Name", "Number", "Status"))

    assert ["Name", "Number", "Status (2)", "status"] == list(columns_of(table))


def test_an_invalid_number_is_an_error() -> None:
    """NaN is not a published number."""
    table = table_of(("a", Cell("nan", {"value": float("nan")})), head=("Name", "One"))

    with pytest.raises(ReportError, match="has an invalid number"):
        tidy(table, Messages("en"))


@pytest.mark.parametrize(
    ("numbers", "style"),
    [([62, 1204], "#,##0"), ([0.8, 1, "×"], "#,##0.0"), ([0.353], "#,##0.000")],
)
def test_a_column_shows_the_decimals_of_its_longest_number(numbers, style) -> None:
    """All numbers of a column have the same format."""
    assert style == number_format(numbers)


# --- the mark and the texts around a table -------------------------------------------------------


def test_the_mark_is_on_every_sheet_and_line_of_a_simulated_study(files, book) -> None:
    """It is also on every printed page, because the rows above the heads are repeated."""
    for page in book:
        assert MARK == page["A2"].value
        if page.title != "Cover":
            (table,) = page.tables.values()
            assert f"$1:${range_boundaries(table.ref)[1]}" == page.print_title_rows
    for name, file in files.items():
        if name.endswith(".csv"):
            header, *rows = rows_of(file)
            assert "provenance" == header[-1]
            assert {"simulated"} == {row[-1] for row in rows}


def test_a_real_study_has_no_mark(tmp_path) -> None:
    """It has no column of provenance either."""
    files = written(small_report(provenance="field"), tmp_path)

    assert MARK not in texts_of(load_workbook(io.BytesIO(files["tables.xlsx"]))["Table 3"])
    assert "status" == rows_of(files["tables/03-scores-by-group.csv"])[0][-1]


def test_units_origin_and_links_are_above_a_table(book) -> None:
    """Notes on brackets and on the mark of withheld cells are left out: they are columns here."""
    page = book["Table 3"]
    above = [page.cell(row, 1).value for row in range(3, 6)]

    assert above[0].startswith("This sheet has one table. Units. Score: mean of the units")
    assert "From the frame “published” (scores_by_group)." == above[1]
    assert "Back to the contents" == above[2]
    assert not any("square brackets" in text or "×" in text for text in texts_of(page))
    assert any("brackets" in note for note in table_scores_by_group(small_report()).layout)


def test_notes_are_numbered_in_a_sheet_of_their_own(book) -> None:
    """A table lists its numbers with a link; each note is there once."""
    notes = cells_of(book["Notes"])
    page = book["Table 6"]
    (line,) = [c for c in page["A"] if str(c.value).startswith("Notes that belong")]
    numbers = {int(number) for number in line.value.split(": ")[1].split(", ")}

    assert list(range(1, len(notes) + 1)) == [note["Note"] for note in notes]
    assert len(notes) == len({note["Text"] for note in notes})
    assert "'Notes'!A1" == line.hyperlink.location
    assert numbers == {n["Note"] for n in notes if "6" in str(n["Tables"]).split(", ")}
    assert {n["Text"] for n in notes if n["Note"] in numbers} == {
        note for note in table_differences_by_group(small_report()).notes if note[0] != "×"
    }


def test_the_dictionary_explains_every_column(files, book) -> None:
    """The codes explain every machine name and status, except those of answers."""
    columns = {(row["Table"], row["Column"]) for row in cells_of(book["Dictionary"])}
    codes = {(row["Column"], row["Code"]): row["Label"] for row in cells_of(book["Codes"])}

    for name in book.sheetnames[5:]:
        rows = cells_of(book[name])
        assert {(name, head) for head in rows[0]} <= columns
        for row in rows:
            used = {(head, row[head]) for head in row if head.endswith("_key") or head == "status"}
            named = {
                one for one in used if one[0] != "answer_key" and one[1] not in ("all", "other")
            }
            # the second one of a contrast is of the same kind as the first
            kinds = [head for head in row if head.endswith("_key")]
            assert {one for one in named if one[0] != "versus_key" and one not in codes} == set(), (
                kinds
            )
    assert AZ == codes["group_key", "people"]
    assert "withheld" in codes["status", "withheld"]
    assert len(rows_of(files["tables/dictionary.csv"])) == len(columns) + 1
    assert len(rows_of(files["tables/codes.csv"])) == len(codes) + 1


@pytest.mark.parametrize("language", languages())
def test_every_kind_of_thing_has_a_name(language) -> None:
    """A table that is spread over things of a kind is named after it."""
    keys = set(Messages(language).keys)

    assert {f"sheets.kind.{kind}" for kind in KINDS} <= keys
    assert {f"sheets.status.{name}" for name in STATUSES} <= keys


def test_a_sheet_is_set_up_to_be_read_and_printed(book) -> None:
    """Heads are frozen, the page is A4 landscape, and the table is a named table."""
    page = book["Table 3"]

    assert "B7" == page.freeze_panes
    assert ("landscape", 9) == (page.page_setup.orientation, int(page.page_setup.paperSize))
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (1, 0) == (page.page_setup.fitToWidth, page.page_setup.fitToHeight)
    assert ["A6:I10"] == [table.ref for table in page.tables.values()]


def broken_rules(book: Workbook) -> list[str]:
    """Return what breaks the rules for statistics in spreadsheets, by sheet."""
    found = []
    for page in book:
        rows = list(page.iter_rows())
        filled = [[cell.value is not None for cell in row] for row in rows]
        found += [f"{page.title}: merged cells"] if page.merged_cells.ranges else []
        found += [f"{page.title}: a blank row" for row in filled if not any(row)]
        found += [] if rows and rows[0][0].value else [f"{page.title}: no title"]
        found += [f"{page.title}: hidden"] if page.sheet_state != "visible" else []
        if page.title == book.sheetnames[0]:
            continue
        if len(page.tables) != 1:
            found.append(f"{page.title}: {len(page.tables)} tables")
            continue
        (table,) = page.tables.values()
        first, top, last, bottom = range_boundaries(table.ref)
        if (first, last, bottom) != (1, page.max_column, page.max_row):
            found.append(f"{page.title}: something beside or below the table")
        heads = [cell.value for cell in rows[top - 1]]
        found += [f"{page.title}: no head"] if None in heads else []
        found += [f"{page.title}: two equal heads"] if len(set(heads)) < len(heads) else []
        for row in rows[top:]:
            is_blank = any(cell.value is None for cell in row)
            stated = dict(zip(heads, (cell.value for cell in row), strict=True)).get(
                "status", "shown"
            )
            found += (
                [f"{page.title}: a blank cell unexplained"]
                if is_blank and stated == "shown"
                else []
            )
            found += [f"{page.title}: a mark"] if "×" in [cell.value for cell in row] else []
    return found


def test_the_workbook_follows_the_rules_for_statistics_in_spreadsheets(book) -> None:
    """One named table a sheet, nothing merged or hidden, no blank row, no blank cell unexplained.

    The rules are those of the Analysis Function of the United Kingdom.
    """
    assert [] == broken_rules(book)


def _a_note_below(page: Worksheet) -> None:
    page.cell(page.max_row + 2, 1).value = "Note"


def _a_blank_number(page: Worksheet) -> None:
    page["E7"].value = None


def _a_mark(page: Worksheet) -> None:
    page["E9"].value = "×"


def _merged(page: Worksheet) -> None:
    page.merge_cells("A3:D3")


def _no_table(page: Worksheet) -> None:
    page.tables.clear()


def _no_title(page: Worksheet) -> None:
    page["A1"].value = None


def _two_heads(page: Worksheet) -> None:
    page["E6"].value = page["F6"].value


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_a_note_below, "something beside or below the table"),
        (_a_note_below, "a blank row"),
        (_a_blank_number, "a blank cell unexplained"),
        (_a_mark, "a mark"),
        (_merged, "merged cells"),
        (_no_table, "0 tables"),
        (_no_title, "no title"),
        (_two_heads, "two equal heads"),
    ],
)
def test_a_workbook_that_breaks_a_rule_is_found(files, damage, says) -> None:
    """Each rule is checked."""
    book = load_workbook(io.BytesIO(files["tables.xlsx"]))
    damage(book["Table 3"])

    assert f"Table 3: {says}" in broken_rules(book)


# --- text from outside ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text(text, tmp_path) -> None:
    """The workbook has it unchanged, the CSV file after an apostrophe."""
    files = written(saying(text), tmp_path)
    shown = cell_text(text, "[cut]")
    book = load_workbook(io.BytesIO(files["tables.xlsx"]))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    hostile = [cell for cell in cells if cell.value == shown]

    assert len(hostile) > 2
    assert {"s"} == {cell.data_type for cell in hostile}
    assert all(cell.quotePrefix for cell in hostile)
    assert "f" not in {cell.data_type for cell in cells}
    with zipfile.ZipFile(io.BytesIO(files["tables.xlsx"])) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in archive.read(name) for name in sheets)
    assert ESCAPE + shown == rows_of(files["tables/03-scores-by-group.csv"])[1][0]


def test_numbers_and_words_get_no_apostrophe() -> None:
    """A negative number, our minus sign and our dash are not formulas."""
    assert ["−17 to +19", "– none", "×"] == [
        neutralise_formula(t) for t in ("−17 to +19", "– none", "×")
    ]
    assert not looks_like_formula("9 = 3 + 6")
    file = to_csv(small_report(), table_differences_by_group(small_report()))
    assert ["-24"] == [row[2] for row in rows_of(file) if row[0].startswith("<script>")]


def test_control_characters_are_made_visible(tmp_path) -> None:
    """These are control characters, line ends, direction marks and escapes of programs."""
    text = "a\x00b\x0bc\nd\u202ee\uffff_x0041_\ud800"
    files = written(saying(text), tmp_path)
    expected = "a�b c d�e�_x0041_�"
    book = load_workbook(io.BytesIO(files["tables.xlsx"]))

    assert expected.replace("_x0041_", "_x005F_x0041_") in texts_of(book["Table 3"])
    assert expected == rows_of(files["tables/03-scores-by-group.csv"])[1][0]


def test_a_very_long_text_is_cut_and_says_so(tmp_path) -> None:
    """The limits are those of a cell and of the head of a named table."""
    files = written(saying("x" * 100_000), tmp_path)
    texts = [t for page in load_workbook(io.BytesIO(files["tables.xlsx"])) for t in texts_of(page)]

    assert 32_767 == max(map(len, texts))
    assert any(len(text) == 32_767 and text.endswith("x [cut]") for text in texts)


@pytest.fixture(scope="module")
def converted(tmp_path_factory) -> list[list[str]]:
    """Return a sheet of hostile texts as LibreOffice reads it."""
    if shutil.which("localc") is None:  # soffice may be there without its spreadsheet program
        pytest.skip("LibreOffice Calc is not here to open the workbook")
    folder = tmp_path_factory.mktemp("office")
    write_tables(saying(FORMULAS[0]), folder)
    sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    home = f"-env:UserInstallation=file://{folder / 'profile'}"
    subprocess.run(
        [
            "soffice",
            home,
            "--headless",
            "--convert-to",
            sheets,
            "--outdir",
            folder,
            folder / "tables.xlsx",
        ],
        capture_output=True,
        check=True,
        timeout=300,
    )
    return rows_of((folder / "tables-Table 3.csv").read_bytes())


def test_libreoffice_computes_no_text(converted) -> None:
    """It shows the texts as they were written, and the numbers."""
    cells = [row for row in converted if row[0] == FORMULAS[0]]

    numbers = ["33", "21", "46", "12"]
    assert [[FORMULAS[0], "trust", AZ, "people", *numbers, "shown"]] == cells[:1]
