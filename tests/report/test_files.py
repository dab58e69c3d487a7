"""Figures and tables as files, for a talk or for one's own reckoning."""

import io

import openpyxl
import pypdfium2
import pytest
from PIL import Image

from umid_research.errors import ParameterError
from umid_research.report.chart.figure import Figure
from umid_research.report.chart.files import drawn, save
from umid_research.report.table import Cell, Table
from umid_research.report.workbook import write_workbook

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100pt" height="50pt" viewBox="0 0 100 50">'
    '<rect width="100" height="50" fill="#ff0000"/>'
    '<text x="10" y="30" font-family="Fira Sans" font-size="12">Şəffaflıq</text></svg>'
)
FIGURE = Figure(SVG, alt="A red field.", caption="A field.")
TABLE = Table(
    caption="Scores",
    head=("Topic", "Residents", "People"),
    cells=(
        (
            Cell("Trust"),
            Cell("62 (55–69)", {"score": 62, "low": 55, "high": 69}),
            Cell("9", {"value": 9}),
        ),
        (Cell("=1+1"), Cell("×"), Cell("×")),
    ),
    numeric=frozenset({1, 2}),
    notes=("× withheld",),
    number="Table 3",
)


def test_a_figure_is_saved_for_a_talk(tmp_path) -> None:
    """As PNG with the sharpness of print: a page of 481 points at 300 dots per inch."""
    path = FIGURE.save(tmp_path / "figure.png")

    with Image.open(path) as picture:
        wide, high = picture.size
        assert (255, 0, 0) == picture.convert("RGB").getpixel((5, 5))
    assert 1500 < wide < 2500
    assert wide / high == pytest.approx(2, abs=0.01)


def test_a_figure_is_saved_as_it_is_drawn(tmp_path) -> None:
    """The file is the drawing in the notebook."""
    path = FIGURE.save(str(tmp_path / "figure.svg"))

    assert SVG == path.read_text(encoding="utf-8")


def test_letters_of_a_saved_pdf_are_letters(tmp_path) -> None:
    """With the font in the file, so that a computer without it shows them."""
    path = FIGURE.save(tmp_path / "figure.pdf")

    (page,) = pypdfium2.PdfDocument(path)
    assert "Şəffaflıq" in page.get_textpage().get_text_bounded()
    assert b"FiraSans" in path.read_bytes()


def test_equal_figures_give_equal_files(tmp_path) -> None:
    """As all files of this package."""
    for ending in ("png", "pdf"):
        first, second = (FIGURE.save(tmp_path / f"{n}.{ending}").read_bytes() for n in "ab")
        assert first == second


def test_several_drawings_are_drawn_at_once() -> None:
    """A picture of each, which Word files need."""
    pictures = drawn([SVG, SVG.replace("#ff0000", "#0000ff")], width=100, form="png", ppi=72)

    colours = [Image.open(io.BytesIO(one)).convert("RGB").getpixel((2, 2)) for one in pictures]
    assert [(255, 0, 0), (0, 0, 255)] == colours


@pytest.mark.parametrize(
    ("write", "problem"),
    [
        (lambda folder: FIGURE.save(folder / "figure.jpg"), "another ending; found 'figure.jpg'"),
        (lambda folder: FIGURE.save(folder / "figure"), "possible: figure.png, figure.svg"),
        (lambda folder: save(SVG, folder / "none" / "x.png", width=9), "no such folder"),
        (lambda folder: TABLE.to_excel(folder / "table.xls"), "possible: table.xlsx"),
        (lambda folder: TABLE.to_excel(folder / "none" / "table.xlsx"), "no such folder"),
    ],
)
def test_a_file_that_cannot_be_written_says_so(tmp_path, write, problem) -> None:
    """In one line, with what is possible; nothing is written."""
    with pytest.raises(ParameterError, match=problem):
        write(tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_a_table_gives_its_numbers() -> None:
    """A column for each number of a cell; what is withheld is missing."""
    frame = TABLE.to_frame()

    heads = ["Topic", "Residents (score)", "Residents (low)", "Residents (high)", "People"]
    assert heads == list(frame.columns)
    assert ["Trust", 62, 55, 69, 9] == frame.iloc[0].to_list()
    assert frame.iloc[1, 1:].isna().all()
    assert 62.0 == frame["Residents (score)"].mean()


def test_a_workbook_holds_text_as_text(tmp_path) -> None:
    """A text that looks like a formula is none; notes are beside the numbers."""
    sheets = openpyxl.load_workbook(TABLE.to_excel(tmp_path / "table.xlsx"))

    cell = sheets["table"]["A3"]
    assert ("=1+1", "s", True) == (cell.value, cell.data_type, cell.quotePrefix)
    assert 55 == sheets["table"]["C2"].value
    about = [row[0].value for row in sheets["about"].iter_rows()]
    assert ["about", "Table 3. Scores", "× withheld"] == about


def test_a_workbook_has_a_sheet_for_each_table(tmp_path) -> None:
    """In the order given."""
    frame = TABLE.to_frame()
    path = write_workbook(tmp_path / "two.xlsx", {"one": frame, "two": frame})

    assert ["one", "two"] == openpyxl.load_workbook(path).sheetnames
