"""Files become tables of text: no cell is lost silently, and no file can do harm."""

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from umid_research.errors import ExportError
from umid_research.raw.tables import read_tables
from umid_research.raw.workbook import MAX_BYTES


def _csv(folder: Path, content: str) -> Path:
    path = folder / "export.csv"
    path.write_bytes(content.encode())
    return path


def _xlsx(folder: Path, *rows: tuple, change: Callable[[Workbook], object] = id) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    book.save(folder / "export.xlsx")
    return folder / "export.xlsx"


def _edited(path: Path, part: str, old: str, new: str) -> Path:
    """Return the workbook with one text of one of its parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _cells(path: Path) -> list[list[str]]:
    (table,) = read_tables(path)
    return [[*table.header.values()], *table.cells.to_numpy().tolist()]


# --- CSV -----------------------------------------------------------------------------------------


def test_the_separator_is_the_one_with_the_most_columns(tmp_path) -> None:
    """Questions in a header can hold more commas than there are semicolons."""
    path = _csv(tmp_path, '"One, two, three, four";"b"\n"1";"2"\n')

    assert [["One, two, three, four", "b"], ["1", "2"]] == _cells(path)


def test_line_breaks_and_quotes_in_cells_are_kept(tmp_path) -> None:
    """So are a cell of ten million characters and right-to-left text."""
    long = "x" * 10_000_000
    path = _csv(tmp_path, f'a,b,c\n"one\r\n""two""",{long},مرحبا\n1,2,\n')

    assert [["a", "b", "c"], ['one\r\n"two"', long, "مرحبا"], ["1", "2", ""]] == _cells(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a;b\n1;2;3\n", "more cells than the header; the names must be in row 1"),
        ("a;b\n1;2\n1;2;3\n", "row 3: has a row that does not fit: more cells than the header"),
        ("a;b\n1;2\n1\n", "row 3: has fewer cells than the header"),
        ('a;b\n1;2\n"1;2\n3;4\n', "row 3: ends within a cell: the file is cut off"),
        ("\na;b\n", "has no column names in row 1"),
        ("May;;\n;;\na;b;c\n1;;\n", "nothing above; they seem to be in row 3: remove the rows"),
        ("May;;\n1;;\n;2;\n;;3\n", "with nothing above; found 'May'"),
        ("a;;b\n1;;2\n3;4;5\n", "row 3, column 2: has a column without a name"),
    ],
)
def test_a_row_that_does_not_fit_the_header_is_refused(tmp_path, content, says) -> None:
    """The error is one line that names the file."""
    with pytest.raises(ExportError) as refusal:
        read_tables(_csv(tmp_path, content))

    assert says in str(refusal.value)
    assert "export.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_blank_columns_are_ignored(tmp_path) -> None:
    """Spreadsheets save columns that were only formatted."""
    assert [["a", "b"], ["1", "2"]] == _cells(_csv(tmp_path, "a;;b;\n1;;2;\n"))


# --- XLSX ----------------------------------------------------------------------------------------


def test_cells_become_what_a_person_would_type(tmp_path) -> None:
    """Whole numbers have no decimal point, dates are ISO text, booleans are words."""
    row = (
        *(5, 5.0, 0.25, True, "05", None),
        *(datetime.date(2022, 5, 1), datetime.datetime(2022, 5, 1, 9, 30), datetime.time(9, 30)),
    )
    path = _xlsx(tmp_path, tuple("abcdefghi"), row)

    assert [
        "5",
        "5",
        "0.25",
        "true",
        "05",
        "",
        "2022-05-01",
        "2022-05-01T09:30:00",
        "09:30:00",
    ] == (_cells(path)[1])


def test_rows_keep_their_numbers_and_blank_ends_are_cut(tmp_path) -> None:
    """There is a blank row in the middle, and a formatted cell far away."""

    def style(book: Workbook) -> None:
        book.active["Z900"].number_format = "0.00"

    (table,) = read_tables(_xlsx(tmp_path, ("a",), (1,), (None,), (2,), change=style))

    assert [2, 4] == table.cells.index.tolist()
    assert {0: "a"} == table.header


def test_the_declared_size_of_a_sheet_is_ignored(tmp_path) -> None:
    """A sheet of two rows declares a million rows and 16,000 columns."""
    path = _edited(
        _xlsx(tmp_path, ("a", "b"), (1, 2)),
        *("xl/worksheets/sheet1.xml", 'ref="A1:B2"', 'ref="A1:XFD1048576"'),
    )

    assert [["a", "b"], ["1", "2"]] == _cells(path)


def test_a_formula_is_its_saved_result(tmp_path) -> None:
    """The result is what the spreadsheet showed when it was saved; an empty text is blank."""
    path = _xlsx(tmp_path, ("a", "b"), (1, "=A2+1"), (2, '=""'))
    sheet = "xl/worksheets/sheet1.xml"
    path = _edited(path, sheet, "<f>A2+1</f>", "<f>A2+1</f><v>2</v>")
    path = _edited(path, sheet, '<c r="B3">', '<c r="B3" t="str">')

    assert [["a", "b"], ["1", "2"], ["2", ""]] == _cells(path)


@pytest.mark.parametrize(
    ("rows", "change", "says"),
    [
        ([("a",), ("=1+1",)], id, "sheet Sheet, cell A2: holds a formula without a saved result"),
        (
            [("a",), ("#REF!",)],
            id,
            "cell A2: holds an error value of the spreadsheet; found '#REF!'",
        ),
        (
            [("a", "b"), (1, 2)],
            lambda book: book.active.merge_cells("A2:B2"),
            "has merged cells, which hide answers; unmerge them, and remove titles above the "
            "column names; found 'A2:B2'",
        ),
        ([], id, "has no submission; found 'only blank cells'"),
        ([("a", None), (1, 2)], id, "row 2, column 2: has a column without a name"),
        ([(None, "b"), (None, 2), (1, 2)], id, "row 3, column 1: has a column without a name"),
    ],
)
def test_a_workbook_that_hides_cells_is_refused(tmp_path, rows, change, says) -> None:
    """The error names the cell or the range."""
    with pytest.raises(ExportError) as refusal:
        read_tables(_xlsx(tmp_path, *rows, change=change))

    assert says in str(refusal.value)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path) -> None:
    """Two megabytes would unpack to two gigabytes; nothing is unpacked."""
    path = tmp_path / "export.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(MAX_BYTES // (1 << 20) + 1):
            part.write(bytes(1 << 20))

    assert path.stat().st_size < 1_000_000
    with pytest.raises(ExportError, match="unpacks to more than a workbook of answers can hold"):
        read_tables(path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
def test_a_truncated_workbook_is_refused(tmp_path, share) -> None:
    """The download was interrupted."""
    path = _xlsx(tmp_path, *[(number, str(number)) for number in range(200)])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(ExportError, match="is not a readable workbook"):
        read_tables(path)


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_workbook_is_read_or_refused(tmp_path, seed) -> None:
    """There is no traceback, whichever part of the file is damaged."""
    path = _xlsx(tmp_path, ("a", "b"), (1, "x"), (2, "y"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(parts)[seed % len(parts)]
    at = len(parts[name]) * (seed + 1) // 22
    parts[name] = parts[name][:at] + parts[name][at + 7 :]
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    path.write_bytes(book.getvalue())

    try:
        (table,) = read_tables(path)
    except ExportError as refusal:
        assert "export.xlsx" in str(refusal)
    else:
        assert len(table.cells) <= 2
