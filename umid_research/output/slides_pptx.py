"""Write the slides as an editable PowerPoint file with native texts, tables, bars and notes."""

import io
import re
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from umid_research.output.native_bars import add_bars, native_bars
from umid_research.output.office import with_fixed_timestamps
from umid_research.output.typesetting import to_png
from umid_research.report.chart.figure import Figure
from umid_research.report.slides import fit
from umid_research.report.slides.slide import CUT, Point, Slide
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.text_safety import one_line, shortened

_INK, _QUIET = (RGBColor.from_string(code) for code in ("1D2730", "52606B"))
_BAND, _ON_BAND = (RGBColor.from_string(code) for code in ("FFF1CC", "5A3B00"))
_ACCENT, _LINE = "00558C", "D5DCE2"
_TITLE_AND_CONTENT, _TITLE_ONLY = 1, 5
_BAND_HEIGHT, _NOTES_HEIGHT = 24.0, 44.0
# Pixels per inch of the pictures at the size they are shown.
_SHARPNESS = 200.0
_MAX_PROPERTY = 255
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_ENDS = (".", "!", "?", ":", ")", "\N{RIGHT DOUBLE QUOTATION MARK}")
_NUMBER_FIELD = "{5A6C8F10-3E57-4B52-9F4C-0D5B7F1E2A43}"
_DECORATIVE = """
<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
  <a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}">
    <adec:decorative val="1"
      xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"/>
  </a:ext>
</a:extLst>"""
# The id of the table style without colours and lines.
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def to_pptx(slides: Sequence[Slide], report: Report) -> bytes:
    """Return the slides as PPTX; equal input gives equal bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(fit.WIDTH), Pt(fit.HEIGHT)
    for number in (_TITLE_AND_CONTENT, _TITLE_ONLY):
        _lay_out(deck.slide_layouts[number])
    for slide in slides:
        _add(deck, slide, report)
    _describe(deck, slides[0].title, report)
    written = io.BytesIO()
    deck.save(written)
    return with_fixed_timestamps(written.getvalue())


def _lay_out(layout: Any) -> None:
    """Move the placeholders of the 4:3 template to their positions on a 16:9 page."""
    body = fit.EDGE, fit.TOP, fit.INSIDE, fit.BOTTOM - fit.TOP
    boxes = {0: (fit.EDGE, fit.TITLE_TOP, fit.INSIDE, fit.TITLE_HEIGHT), 1: body}
    for placeholder in list(layout.placeholders):
        box = boxes.get(placeholder.placeholder_format.idx)
        if box is None:
            placeholder._element.getparent().remove(placeholder._element)
        else:
            _place(placeholder, *box)


def _add(deck: Any, slide: Slide, report: Report) -> None:
    layout = _TITLE_AND_CONTENT if slide.points else _TITLE_ONLY
    page = deck.slides.add_slide(deck.slide_layouts[layout])
    drop = fit.DROP.get(slide.key, 0.0)
    _add_title(page, slide, drop, report)
    size = fit.points_size(slide)
    high = fit.points_height(slide.points, size)
    top = fit.TOP + drop
    if slide.points:
        body = page.placeholders[1]
        _place(body, fit.EDGE, top, fit.INSIDE, high)
        _write_points(body.text_frame, slide.points, size, report)
        if drop or len(slide.points) == 1:
            _without_bullets(body.text_frame)
    if slide.figure is not None:
        _add_figure(page, slide, slide.figure, top + high, report)
    if slide.table is not None:
        _add_table(page, slide.table, top + high, fit.table_layout(slide), report)
    if report.record["mark"]:
        _add_mark(page, report)
    _add_foot(page, len(deck.slides), report)
    notes = map(whole_sentences, map(one_line, slide.notes))
    page.notes_slide.notes_text_frame.text = "\n".join(filter(None, notes))


def _add_figure(page: Any, slide: Slide, figure: Figure, top: float, report: Report) -> None:
    """Add a figure as a chart of PowerPoint if it can draw it, else as a picture."""
    wide, tall = fit.figure_box(slide)
    left = fit.EDGE if slide.table else (fit.WIDTH - wide) / 2
    bars = native_bars(figure)
    if bars is None:
        png = io.BytesIO(to_png(figure.svg, width=wide, ppi=_SHARPNESS))
        shown = page.shapes.add_picture(png, *map(Pt, (left, top, wide, tall)))
    else:
        notes = one_line(" ".join(figure.notes))
        below = _NOTES_HEIGHT if notes else 0.0
        box = (fit.EDGE, top, fit.INSIDE, fit.BOTTOM - top - below)
        shown = add_bars(page, bars, box, language=report.language)
        if notes:
            _add_text(page, notes, (fit.EDGE, fit.BOTTOM - below, fit.INSIDE, below), report)
    _name(shown, slide.title, one_line(figure.alt))


def _add_text(page: Any, text: str, box: Sequence[float], report: Report) -> None:
    frame = page.shapes.add_textbox(*map(Pt, box)).text_frame
    frame.margin_left, frame.margin_right, frame.word_wrap = 0, 0, True
    _write(frame.paragraphs[0], text, 14, report)
    frame.paragraphs[0].runs[0].font.color.rgb = _QUIET


def whole_sentences(note: str) -> str:
    """Return a note in whole sentences: what was cut is left out, and the last one has its end."""
    whole = " ".join(
        sentence for sentence in _SENTENCE_END.split(note) if f" {CUT}" not in sentence
    )
    return whole if not whole or whole.endswith(_ENDS) else f"{whole}."


def _add_title(page: Any, slide: Slide, drop: float, report: Report) -> None:
    """Add the title and the line below it."""
    title = page.shapes.title
    if drop:
        _place(title, fit.EDGE, fit.TITLE_TOP + drop, fit.INSIDE, fit.TITLE_HEIGHT)
    frame = title.text_frame
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.MIDDLE, True
    frame.margin_left = frame.margin_right = 0
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    size = fit.title_size(slide.title, key=slide.key)
    _write(frame.paragraphs[0], slide.title, size, report, bold=True)
    ends = (fit.EDGE, fit.RULE + drop, fit.EDGE + fit.INSIDE, fit.RULE + drop)
    rule = page.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(Pt, ends))
    rule._element.remove(rule._element.find(qn("p:style")))
    rule.line.color.rgb, rule.line.width = RGBColor.from_string(_ACCENT), Pt(2)
    _mark_decorative(rule)


def _mark_decorative(shape: Any) -> None:
    """Mark a decorative shape, so that screen readers skip it."""
    extension = parse_xml(_DECORATIVE)
    shape._element.xpath(".//p:cNvPr")[0].append(extension)


def _write_points(frame: Any, points: Sequence[Point], size: float, report: Report) -> None:
    frame.word_wrap = True
    for place, point in enumerate(points):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(size * fit.BETWEEN)
        for run in point:
            _write(paragraph, run.text, size, report, bold=run.bold)
            if run.bold:
                paragraph.runs[-1].font.color.rgb = RGBColor.from_string(_ACCENT)


def _without_bullets(frame: Any) -> None:
    """Remove bullets: a single point and the texts of the first slide are not lists."""
    frame.margin_left = frame.margin_right = 0
    for paragraph in frame.paragraphs:
        properties = paragraph._p.get_or_add_pPr()
        properties.set("marL", "0")
        properties.set("indent", "0")
        properties.append(OxmlElement("a:buNone"))


def _add_table(
    page: Any, table: Table, top: float, layout: fit.TableLayout, report: Report
) -> None:
    rows, wide = [table.head, *table.rows], sum(layout.widths)
    box = (fit.EDGE + fit.INSIDE - wide, top, wide, sum(layout.heights))
    shown = page.shapes.add_table(len(rows), len(table.head), *map(Pt, box))
    _name(shown, table.caption, table.caption)
    native = shown.table
    native._tbl.tblPr.find("{*}tableStyleId").text = _PLAIN_TABLE
    native.horz_banding = False
    for column, width in zip(native.columns, layout.widths, strict=True):
        column.width = Pt(width)
    for place, (row, height) in enumerate(zip(rows, layout.heights, strict=True)):
        native.rows[place].height = Pt(height)
        for column, text in enumerate(row):
            cell = native.cell(place, column)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE if place else MSO_ANCHOR.BOTTOM
            cell.margin_top = cell.margin_bottom = Pt(fit.ROW_PAD / 3)
            cell.margin_left = cell.margin_right = Pt(fit.ROW_PAD)
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if column in table.numeric else PP_ALIGN.LEFT
            _write(paragraph, text, layout.size, report, bold=place == 0)
            _underline(cell, 1.2 if place == 0 else 0.6)


def _underline(cell: Any, points: float) -> None:
    """Draw a line below the cell as in the PDF; the table style has none."""
    line = OxmlElement("a:lnB")
    line.set("w", str(Pt(points)))
    colour = OxmlElement("a:srgbClr")
    colour.set("val", str(_INK) if points > 1 else _LINE)
    fill = OxmlElement("a:solidFill")
    fill.append(colour)
    line.append(fill)
    cell._tc.get_or_add_tcPr().insert(0, line)


def _add_mark(page: Any, report: Report) -> None:
    """Add the mark of a simulated study as a band on the slide, so that a copied slide keeps it."""
    band = page.shapes.add_textbox(0, 0, Pt(fit.WIDTH), Pt(_BAND_HEIGHT))
    band.fill.solid()
    band.fill.fore_color.rgb = _BAND
    frame = band.text_frame
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.MIDDLE, True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    _write(paragraph, report.record["mark"], 12, report, bold=True)
    paragraph.runs[0].font.color.rgb = _ON_BAND
    band.name = report.record["mark"]


def _add_foot(page: Any, number: int, report: Report) -> None:
    """Add the study's title, and the slide number as a field that follows the order."""
    box = fit.EDGE, fit.BOTTOM + 6, fit.INSIDE, fit.HEIGHT - fit.BOTTOM - 12
    for text, alignment in (
        (report.record["subtitle"], PP_ALIGN.LEFT),
        (str(number), PP_ALIGN.RIGHT),
    ):
        frame = page.shapes.add_textbox(*map(Pt, box)).text_frame
        frame.margin_left, frame.margin_right, frame.word_wrap = 0, 0, True
        paragraph = frame.paragraphs[0]
        paragraph.alignment = alignment
        _write(paragraph, text, 12, report)
        paragraph.runs[0].font.color.rgb = _QUIET
    field = paragraph.runs[0]._r
    field.tag = qn("a:fld")
    field.set("id", _NUMBER_FIELD)
    field.set("type", "slidenum")


def _write(paragraph: Any, text: str, size: float, report: Report, *, bold: bool = False) -> None:
    """Add a run of text tagged with the report's language, which screen readers need."""
    if paragraph.runs and not paragraph.runs[-1].text:
        paragraph.runs[-1].text = ""
    run = paragraph.add_run()
    leading, trailing = (" " if text[end : end + 1 or None].isspace() else "" for end in (0, -1))
    run.text = f"{leading}{one_line(text)}{trailing}"
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = _INK
    run.font._element.set("lang", report.language)


def _place(shape: Any, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Pt, (left, top, width, height))


def _name(shape: Any, name: str, description: str) -> None:
    """Set the name and the alternative text of a picture or a table."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", one_line(name))
    properties.set("descr", description)


def _describe(deck: Any, title: str, report: Report) -> None:
    properties = deck.core_properties
    author = report.name(report.study.field_work.conducted_by)
    texts = (title, report.record["subtitle"], author)
    properties.title, properties.subject, properties.author = (
        shortened(one_line(text), _MAX_PROPERTY, CUT) for text in texts
    )
    properties.last_modified_by, properties.comments = "", report.record["mark"]
    properties.language = report.language
