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
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from small_report import AZ, small_report

from umid_research.errors import ReportError
from umid_research.messages import Messages, languages
from umid_research.output.sheets import write_tables
from umid_research.output.sheets.formulas import (
    ESCAPE,
    MAX_LENGTH,
    cell_text,
    looks_like_formula,
    neutralise_formula,
)
from umid_research.output.sheets.separated import csv_bytes
from umid_research.output.sheets.tidy import tidy
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
    contents = rows_of(files["tables/contents.csv"])
    links = [cell.hyperlink.location for cell in book["Contents"]["A"] if cell.hyperlink]

    assert {"tables.xlsx", "tables/contents.csv"} | {r.file for r in entries.values()} == set(files)
    assert ["Contents", *(f"Table {r.number}" for r in entries.values())] == book.sheetnames
    assert [r.file for r in entries.values()] == [row[6] for row in contents[1:]]
    assert [f"'Table {r.number}'!A1" for r in entries.values()] == links


def test_writing_again_gives_the_same_bytes(files, tmp_path) -> None:
    """The files depend neither on the time nor on the order of a set."""
    assert files == written(small_report(), tmp_path)


# --- numbers -------------------------------------------------------------------------------------


def test_numbers_are_those_of_the_published_frame(book) -> None:
    """Value, limits and units have their own columns, compared with the frame cell by cell."""
    rows = small_report().rows("scores_by_group")
    page = book["Table 3"]
    heads = [cell.value for cell in page[4]]
    cells = [dict(zip(heads, (c.value for c in row), strict=True)) for row in page["A5:F8"]]
    people, office, clubs, index = cells

    assert ["Dimension", "Group", "Score", "Low", "High", "Units"] == heads
    columns = {"value": "Score", "low": "Low", "high": "High", "units": "Units"}
    for name, head in columns.items():
        assert [rows[name][0], rows[name][1]] == [people[head], office[head]]
        assert isinstance(people[head], int)
    assert [AZ, "Office"] == [people["Group"], office["Group"]]
    assert ["×"] * 4 == [clubs[head] for head in columns.values()]
    assert [36, None, None, 9] == [index[head] for head in columns.values()]


def test_a_table_spread_over_groups_becomes_one_row_per_cell() -> None:
    """The cell of a group that was not asked has no row."""
    head = ("Dimension", "A", "B")
    cell = Cell("62 (55–69)", {"score": 62.0, "low": 55.0, "high": 69.0})
    table = table_of(("Trust", cell, "×"), ("Duties", "", "none"), head=head, spread_over="Group")

    heads, rows = tidy(table, Messages("en"))

    assert ["Dimension", "Group", "Score", "Low", "High"] == heads
    assert ["Trust", "A", 62, 55, 69] == rows[0]
    assert ["Trust", "B", "×", "×", "×"] == rows[1]
    assert [["Duties", "B", "none", None, None]] == rows[2:]


def test_a_cell_with_several_parts_becomes_several_columns() -> None:
    """The column of the main value keeps the head as its name."""
    alpha = Cell("0.81 (0.7 to 0.88)", {"value": 0.81, "low": 0.7, "high": 0.88})
    table = table_of(("Trust", alpha, "31"), ("Duties", "no", "×"), head=("Of", "Alpha", "People"))

    heads, rows = tidy(table, Messages("en"))

    assert ["Of", "Alpha", "Alpha: Low", "Alpha: High", "People"] == heads
    assert [["Trust", 0.81, 0.7, 0.88, "31"], ["Duties", "no", None, None, "×"]] == rows


def test_a_comparison_without_interval_keeps_its_columns() -> None:
    """The columns of a file do not depend on what can be estimated."""
    row = {"dimension": "trust", "statistic": "difference", "group": "ngo", "versus": "people"}
    report = small_report(differences_exploratory=[{**row, "value": 4, "units": 3}])
    assert (
        tidy(table_differences_by_group(small_report()), report.text)[0]
        == tidy(table_differences_exploratory(report), report.text)[0]
    )


def test_a_small_p_is_rounded_as_in_print() -> None:
    """The files have the printed decimals."""
    table = table_at(small_report(), references(small_report())["differences-by-district"])

    assert "< 0.001" in tidy(table, Messages("en"))[1][0]
    assert 0.012 == tidy(table_differences_by_group(small_report()), Messages("en"))[1][0][6]


def test_a_table_without_rows_says_so() -> None:
    """This also holds for a table spread over groups."""
    table = table_of(("None", "", ""), head=("Dimension", "A", "B"), spread_over="Group")

    assert [["None", None, None]] == tidy(table, Messages("en"))[1]


def test_repeated_heads_get_a_number() -> None:
    """Programs need unique column names."""
    table = table_of(("a", "b", "c"), head=("Name", "One", "one"))

    assert ["Name", "One", "one (2)"] == tidy(table, Messages("en"))[0]


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
        assert "$1:$4" == page.print_title_rows
    for name, file in files.items():
        if name.endswith(".csv"):
            header, *rows = rows_of(file)
            assert "provenance" == header[-1]
            assert {"simulated"} == {row[-1] for row in rows}


def test_a_real_study_has_no_mark(tmp_path) -> None:
    """It has no column of provenance either."""
    files = written(small_report(provenance="field"), tmp_path)

    assert MARK not in texts_of(load_workbook(io.BytesIO(files["tables.xlsx"]))["Table 3"])
    assert "Units" == rows_of(files["tables/03-scores-by-group.csv"])[0][-1]


def test_units_notes_and_origin_are_below_a_table(book) -> None:
    """The note on the brackets of printed cells is left out, because they are columns here."""
    below = texts_of(book["Table 3"])[-4:]

    assert below[0].startswith("Units. Score: mean of the units")
    assert "× Withheld to protect those who answered." == below[1]
    assert "From the frame “published” (scores_by_group)." == below[2]
    assert not any("square brackets" in text for text in texts_of(book["Table 3"]))
    assert any("brackets" in note for note in table_scores_by_group(small_report()).layout)


def test_a_sheet_is_set_up_to_be_read_and_printed(book) -> None:
    """Heads are frozen, the page is A4 landscape, and the table is a named table."""
    page = book["Table 3"]

    assert "B5" == page.freeze_panes
    assert ("landscape", 9) == (page.page_setup.orientation, int(page.page_setup.paperSize))
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (1, 0) == (page.page_setup.fitToWidth, page.page_setup.fitToHeight)
    assert ["A4:F8"] == [table.ref for table in page.tables.values()]


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
    assert ["-24"] == [row[2] for row in rows_of_differences() if row[0].startswith("<script>")]


def rows_of_differences() -> list[list[str]]:
    report = small_report()
    head, rows = tidy(table_differences_by_group(report), report.text)
    return rows_of(csv_bytes(head, rows, report.study))[1:]


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

    assert MAX_LENGTH == max(map(len, texts))
    assert any(len(text) == MAX_LENGTH and text.endswith("x [cut]") for text in texts)


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

    assert [[FORMULAS[0], AZ, "33", "21", "46", "12"]] == cells[:1]
