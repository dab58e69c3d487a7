"""Test the slides: the PDF and the PowerPoint file have the same content and run no code."""

import io
import re
from dataclasses import replace

import pytest
from pptx import Presentation
from pypdf import PdfReader
from small_report import HOSTILE, small_report, unmatched

from umid_research.errors import ReportError
from umid_research.output.slides_pdf import to_pdf
from umid_research.output.slides_pptx import to_pptx
from umid_research.report.chart.figure import group_series
from umid_research.report.chart.style import text_width
from umid_research.report.slides.deck import deck
from umid_research.report.slides.drawing import Row, plot_rows
from umid_research.report.slides.fit import (
    INSIDE,
    ROOM,
    ROW_PAD,
    drawing_room,
    figure_box,
    figure_size,
    points_size,
    table_layout,
    title_size,
)
from umid_research.report.slides.slide import Slide, plain, point, points
from umid_research.report.study_report import Report
from umid_research.report.table import make_table
from umid_research.report.texts import Prose, in_a_line
from umid_research.study.outlines import Outline, Outlines

MARK = small_report().text("mark")


def _pages(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def _presentation(content: bytes):
    return Presentation(io.BytesIO(content))


def _words(slide) -> str:
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    tables = [shape.table for shape in slide.shapes if shape.has_table]
    texts += [cell.text for table in tables for row in table.rows for cell in row.cells]
    return "\n".join(texts)


@pytest.fixture(scope="module")
def talk():
    """Return the small report's slides and both files."""
    report = small_report()
    slides = deck(report)
    return slides, to_pdf(slides, report), to_pptx(slides, report)


def test_both_files_have_every_slide_with_its_title(talk) -> None:
    """The order is the same; titles are tagged for the outline and screen readers."""
    slides, pdf, pptx = talk
    titles = [slide.shapes.title.text_frame.text for slide in _presentation(pptx).slides]

    assert 4 <= len(slides) <= 10
    assert [slide.title for slide in slides] == titles
    for slide, page in zip(slides, _pages(pdf), strict=True):
        assert " ".join(slide.title.split()) in page


def test_both_files_have_every_point_and_every_cell(talk) -> None:
    """The contents of both files agree."""
    slides, pdf, pptx = talk

    for slide, page, shown in zip(slides, _pages(pdf), _presentation(pptx).slides, strict=True):
        texts = [plain(one) for one in slide.points]
        texts += [text for row in slide.table.rows for text in row] if slide.table else []
        for text in texts:
            assert text.replace(" ", "") in page.replace(" ", "")
            assert text in _words(shown)


def test_powerpoint_slides_are_numbered_by_a_field(talk) -> None:
    """The numbers change when a slide is moved or inserted."""
    _, _, pptx = talk
    slides = _presentation(pptx).slides
    fields = [slide._element.xpath('.//a:fld[@type="slidenum"]') for slide in slides]

    assert [[str(n)] for n in range(1, len(slides) + 1)] == [
        [field.xpath("./a:t")[0].text for field in found] for found in fields
    ]


def test_pictures_have_alternative_texts_and_slides_have_notes(talk) -> None:
    """The alternative texts have the numbers; the notes are for the speaker."""
    slides, _, pptx = talk

    for slide, shown in zip(slides, _presentation(pptx).slides, strict=True):
        notes = shown.notes_slide.notes_text_frame.text
        assert "Base: 52 people in 27 units." in notes
        pictures = [shape for shape in shown.shapes if shape.shape_type == 13 or shape.has_chart]
        assert bool(slide.figure) == bool(pictures)
        for picture in pictures:
            described = picture._element.xpath(".//p:cNvPr")[0].get("descr")
            assert " ".join(slide.figure.alt.split()) == described


def test_every_run_of_text_has_its_language(talk) -> None:
    """Screen readers need it."""
    _, _, pptx = talk
    runs = [
        run
        for slide in _presentation(pptx).slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]

    assert len(runs) > 20
    assert {"en"} == {run.font._element.get("lang") for run in runs}


def test_the_mark_depends_only_on_the_provenance() -> None:
    """It is on every page of both files, or on none."""
    for provenance, marked in (("simulated", True), ("public", False)):
        report = small_report(provenance=provenance)
        slides = deck(report)
        for page in _pages(to_pdf(slides, report)):
            assert marked == (MARK in page)
        for slide in _presentation(to_pptx(slides, report)).slides:
            assert marked == (MARK in _words(slide))


def test_equal_numbers_give_equal_bytes(talk) -> None:
    """Neither file contains a time or a random name."""
    report = small_report()
    slides, pdf, pptx = talk

    assert slides == deck(report)
    assert pdf == to_pdf(slides, report)
    assert pptx == to_pptx(slides, report)


def test_hostile_texts_are_shown_literally() -> None:
    """Scripts, formulas and entities in a question are shown as they were written."""
    report = _asking("plan")
    slides = [slide for slide in deck(report) if slide.key == "headline"]
    (page,) = _pages(to_pdf(slides, report))
    (shown,) = _presentation(to_pptx(slides, report)).slides
    expected = " ".join(HOSTILE.split())

    assert expected.replace(" ", "") in page.replace(" ", "")
    assert expected in _words(shown)


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\ud800", "\uffff"])
def test_control_characters_become_visible(sign) -> None:
    """Both files are valid and have no control character."""
    report = small_report()
    slide = Slide("asked", f"A{sign}title", (point(f"a{sign}point"),), notes=(f"a{sign}note",))

    shown = _presentation(to_pptx([slide], report)).slides[0]
    assert "A\ufffdtitle" == shown.shapes.title.text_frame.text
    assert "a\ufffdpoint" in _words(shown)
    assert "a\ufffdnote." == shown.notes_slide.notes_text_frame.text
    assert "A\ufffdtitle" in _pages(to_pdf([slide], report))[0]


def test_very_long_texts_are_cut_and_marked() -> None:
    """A slide has space for a limited number of characters."""
    text = plain(point("word " * 100_000)).strip()

    assert len(text) <= 420
    assert text.endswith("…")


def test_a_slide_with_too_much_text_is_an_error() -> None:
    """Text never overflows unnoticed."""
    slide = Slide("limits", "Too much", (point("many words " * 36),) * 12)

    with pytest.raises(ReportError, match="too much text for a slide"):
        points_size(slide)
    with pytest.raises(ReportError, match="title is too long"):
        title_size("A very long title " * 30)


def _figures(slides) -> list[Slide]:
    return [slide for slide in slides if slide.figure]


def _letters(slide: Slide) -> list[float]:
    """Return the letter sizes of a slide's figure on the page."""
    scale = figure_box(slide)[0] / figure_size(slide.figure.svg)[0]
    sizes = re.findall(r"font-size: ([\d.]+)px", slide.figure.svg)
    return [float(size) * scale for size in sizes]


def test_a_figure_fills_the_slide_with_letters_of_14_points(talk) -> None:
    """It is as wide as the page inside its margins, and ends above the footer."""
    slides, _, _ = talk

    assert {"differences"} == {slide.key for slide in _figures(slides)}
    for slide in _figures(slides):
        wide, high = figure_box(slide)
        assert pytest.approx(INSIDE) == wide
        assert high <= ROOM
        assert min(_letters(slide)) >= 14


def test_points_leave_most_of_the_height_to_the_figure() -> None:
    """The points get smaller letters; if they still do not fit, it is an error."""
    report = _asking("plan")
    slide = next(slide for slide in deck(report) if slide.key == "headline")

    assert [report.question("plan")] == [plain(one) for one in slide.points]
    assert drawing_room(slide.points)[1] >= 0.6 * drawing_room()[1]
    with pytest.raises(ReportError, match="too much text for a slide"):
        drawing_room((point("many words " * 36),) * 3)


def test_a_figure_with_many_rows_is_scaled_down() -> None:
    """Letters get smaller so that no row is cut off."""
    report = small_report()
    rows = report.rows("scores_by_group", dimension="trust")
    marks = {row.group: row for row in rows.itertuples()}
    names = {key: report.group(key) for key in marks}
    many = [Row(f"A row with a name {number}", marks) for number in range(30)]

    series, room = group_series(report), drawing_room()
    figure = plot_rows(report, many, names, series, room=room, caption="", alt=[])
    slide = Slide("group", "Many", figure=figure)

    assert figure_box(slide)[1] <= ROOM
    assert min(_letters(slide)) < 14


def _table(rows: int, *heads: str) -> Slide:
    cells = [["A name", *["7 (12)"] * (len(heads) - 1)]] * rows
    return Slide("raised", "A table", table=make_table(small_report(), "A table", heads, cells))


def test_a_table_grows_to_fill_the_slide_up_to_a_limit() -> None:
    """A few rows are not spread too far, and many rows get smaller letters."""
    few, some, many = (table_layout(_table(rows, "Name", "One")) for rows in (2, 7, 14))

    assert sum(few.heights) < sum(some.heights) <= ROOM
    assert sum(some.heights) > 0.9 * ROOM
    assert sum(many.heights) <= ROOM
    assert few.size == some.size > many.size
    with pytest.raises(ReportError, match="the table is too long"):
        table_layout(_table(40, "Name", "One"))


def test_no_word_of_a_head_is_split() -> None:
    """Columns are as wide as the longest word, or the letters get smaller."""
    word = "Planlaşdırılan"
    layout = table_layout(_table(5, "Qrup", *[f"{word} vahidlər"] * 5))

    wide = text_width(word, size=layout.size, weight="bold")
    assert wide + 2 * ROW_PAD <= min(layout.widths[1:])
    assert pytest.approx(INSIDE) == sum(layout.widths)


def _mapped() -> Report:
    """Return the small report with an outline of the north."""
    report = small_report()
    north = report.study.districts["north"].model_copy(update={"iso": "X-N"})
    districts = {**report.study.districts, "north": north}
    ring = ((48.0, 60.0), (49.0, 60.0), (49.0, 61.0), (48.0, 61.0), (48.0, 60.0))
    outline = Outline(iso="X-N", names={"en": "North"}, rings=(ring,))
    study = report.study.model_copy(update={"districts": districts})
    return replace(
        report, study=study, outlines=Outlines(shapes=(outline,), attribution="Somebody")
    )


def test_the_map_is_next_to_the_table_of_groups() -> None:
    """They do not overlap; without outlines the table has the districts."""
    report = _mapped()
    reached = next(slide for slide in deck(report) if slide.key == "reached")
    shown = _presentation(to_pptx([reached], report)).slides[0]
    picture = next(shape for shape in shown.shapes if shape.shape_type == 13)
    table = next(shape for shape in shown.shapes if shape.has_table)

    assert picture.left + picture.width < table.left
    assert min(_letters(reached)) >= 14
    assert ("Total", "27", "52") == reached.table.rows[-1]
    assert "North" in reached.figure.alt
    assert len(PdfReader(io.BytesIO(to_pdf([reached], report))).pages) == 1

    without = next(slide for slide in deck(small_report()) if slide.key == "reached")
    assert without.figure is None
    assert "North" in without.table.head


def _asking(question: str) -> Report:
    report = small_report()
    return replace(report, study=report.study.model_copy(update={"headline": question}))


def test_a_title_is_the_finding_or_else_the_topic() -> None:
    """The only clear difference in one line; the most frequent answer with its base."""
    titles = {slide.key: slide.title for slide in deck(_asking("sex"))}

    assert "45 of 52 answered “Man”" == titles["headline"]
    line = plain(point(in_a_line(small_report(), "differences").markdown))
    assert HOSTILE in line
    assert line == titles["differences"]


def test_the_second_slide_answers_the_title() -> None:
    """A study without a plan answers with its headline question, or says that it has none."""
    short, nothing = deck(_asking("plan"))[1], deck(small_report())[1]
    texts = [plain(one) for one in short.points]

    assert "in_short" == short.key == nothing.key
    assert "15 answered “Yes”" in texts[0]
    assert "of 52 who answered" in texts[0]
    assert "no single question" in plain(nothing.points[0])
    assert small_report().text("slides.base", n=52, units=27) in short.notes


def test_the_last_slide_has_the_limits_and_the_address_of_the_report(talk) -> None:
    """Its notes list the other reports."""
    slides, _, _ = talk
    last = slides[-1]

    assert "limits" == last.key
    assert "study.html" in plain(last.points[-1])
    assert any("(stakeholders.html)" in note for note in last.notes)


def test_decorative_lines_are_skipped_by_screen_readers(talk) -> None:
    """The line below each title is marked as decorative."""
    _, _, pptx = talk
    for slide in _presentation(pptx).slides:
        rules = slide._element.xpath(".//p:cxnSp")
        assert 1 == len(rules)
        assert 1 == len(rules[0].findall(".//{*}decorative[@val='1']"))


def test_prose_becomes_points_without_its_markup() -> None:
    """Paragraphs and items are points; bold and link texts are kept, escapes removed."""
    prose = Prose("First **bold** word.\n\n- an [item](a.html) \\* one\n- another\n")

    assert ["First bold word.", "an item * one", "another"] == [plain(p) for p in points(prose)]
    assert [False, True, False] == [run.bold for run in points(prose)[0]]


def test_missing_data_has_no_slide() -> None:
    """The study has no evidence, meetings or areas of the plan."""
    keys = [slide.key for slide in deck(unmatched(small_report()))]

    assert not {"people", "documents", "raised"} & set(keys)
    assert {"opening", "reached", "limits"} <= set(keys)


def test_a_withheld_headline_has_no_slide() -> None:
    """The bars would reveal the withheld counts."""
    report = small_report()
    study = report.study.model_copy(update={"headline": "trust_2"})
    shown = report.study.model_copy(update={"headline": "plan"})

    assert "headline" not in [slide.key for slide in deck(replace(report, study=study))]
    assert "headline" in [slide.key for slide in deck(replace(report, study=shown))]
