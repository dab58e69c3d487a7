"""Test the PowerPoint file: native bars with their numbers, notes in whole sentences."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from small_report import small_report

from umid_research.output.slides_pptx import to_pptx, whole_sentences
from umid_research.report.chart.figure import Figure
from umid_research.report.slides.drawing import Row, plot_bars, plot_rows
from umid_research.report.slides.slide import Slide

FORMULA = '=HYPERLINK("http://evil.example")'
Columns = dict[str, tuple[list[int | None], list[str]]]
COUNTS: Columns = {"": ([58, 0], ["7 of 12", "0 of 4"])}


def bars(columns: Columns = COUNTS, names: tuple[str, ...] = ("Office", "Clubs")) -> Figure:
    return plot_bars(small_report(), names, columns, room=(600.0, 200.0), caption="Who knows")


def deck(figure: Figure, **changes: Any) -> bytes:
    report = small_report()
    slide = Slide("knows", "Who knows", figure=figure, notes=("One.",))
    return to_pptx([replace(slide, **changes)], report)


def shapes(pptx: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(pptx)).slides[0].shapes)


def chart(pptx: bytes) -> Any:
    (found,) = [shape.chart for shape in shapes(pptx) if shape.has_chart]
    return found


def numbers(pptx: bytes) -> Any:
    """Return the sheet with the numbers of the chart."""
    return load_workbook(io.BytesIO(chart(pptx).part.chart_workbook.xlsx_part.blob))["Sheet1"]


# --- native bars ---------------------------------------------------------------------------------


def test_bars_are_a_chart_with_names_numbers_and_texts() -> None:
    """The first name is at the top, and the bars have the length of the drawing's."""
    drawn = chart(deck(bars()))
    (series,) = drawn.plots[0].series
    labels = [series.points[place].data_label.text_frame.text for place in range(2)]

    assert ["Office", "Clubs"] == list(drawn.plots[0].categories)
    assert (58, 0) == series.values
    assert ["7 of 12", "0 of 4"] == labels
    assert drawn.category_axis.reverse_order
    assert (0, 100) == (drawn.value_axis.minimum_scale, drawn.value_axis.maximum_scale)
    assert not drawn.has_legend


def test_two_columns_are_two_series_with_a_legend() -> None:
    """Their colours differ."""
    two = {"Plan": ([10, 20], ["1", "2"]), "Report": ([30, 40], ["3", "4"])}
    drawn = chart(deck(bars(two)))

    assert ["Plan", "Report"] == [series.name for series in drawn.plots[0].series]
    assert drawn.has_legend
    colours = [str(series.format.fill.fore_color.rgb) for series in drawn.plots[0].series]
    assert 2 == len(set(colours))


def test_a_chart_has_the_alternative_text_and_the_notes_of_the_figure() -> None:
    """The notes of a drawing stand in it; those of a chart are a text on the slide."""
    figure = replace(bars(), notes=("Not weighted.",))
    found = shapes(deck(figure))
    (frame,) = [shape for shape in found if shape.has_chart]
    texts = [shape.text_frame.text for shape in found if shape.has_text_frame]

    assert figure.alt == frame._element.xpath(".//p:cNvPr")[0].get("descr")
    assert "Not weighted." in texts
    assert [] == [shape for shape in found if shape.shape_type == 13]


def test_the_numbers_can_be_edited_and_no_text_is_a_formula() -> None:
    """The workbook in the chart has the cells that the chart names."""
    hostile = deck(bars({FORMULA: ([58, 0], ["a", "b"])}, (FORMULA, "Clubs")))
    sheet = numbers(hostile)
    (series,) = chart(hostile).plots[0].series

    assert [[None, FORMULA], [FORMULA, 58], ["Clubs", 0]] == [
        [cell.value for cell in row] for row in sheet.iter_rows()
    ]
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "Sheet1!$B$2:$B$3" == series._element.xpath("c:val/c:numRef/c:f/text()")[0]
    assert "Sheet1!$A$2:$A$3" == series._element.xpath("c:cat/*/c:f/text()")[0]


def test_equal_bars_give_equal_bytes_with_one_date() -> None:
    """Also that of the workbook in the chart."""
    once = deck(bars())
    book = chart(once).part.chart_workbook.xlsx_part.blob
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        dates = {entry.date_time[:3] for entry in archive.infolist()}

    assert once == deck(bars())
    assert {(2022, 3, 2)} == dates
    assert (2022, 3, 2) == load_workbook(io.BytesIO(book)).properties.created.timetuple()[:3]


def test_withheld_bars_stay_a_picture() -> None:
    """PowerPoint would leave out the bar and its mark."""
    figure = bars({"": ([58, None], ["7 of 12", ""])})

    assert [13] == [shape.shape_type for shape in shapes(deck(figure)) if shape.shape_type == 13]
    assert not any(shape.has_chart for shape in shapes(deck(figure)))


def test_another_form_stays_a_picture() -> None:
    """Markers with intervals have no chart of PowerPoint that shows the same."""
    report = small_report()
    rows = [Row("Trust", {})]
    figure = plot_rows(report, rows, {}, {}, room=(600.0, 200.0), caption="Scores", alt=[])

    assert not any(shape.has_chart for shape in shapes(deck(figure)))


# --- notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("One. Two.", "One. Two."),
        ("Shabran: no overlap", "Shabran: no overlap."),
        ("One of 2.5. The next is cut in the mid …", "One of 2.5."),
        ("Cut at once …", ""),
        ("One. Two … Three. Four", "One. Four."),
        ("From −13…+22 points.", "From −13…+22 points."),
        ("“So.”", "“So.”"),
        ("Where? (study.html)", "Where? (study.html)"),
        ("", ""),
    ],
)
def test_a_note_has_whole_sentences(note, said) -> None:
    """A speaker cannot read out a sentence that was cut; an interval is no cut."""
    assert said == whole_sentences(note)
