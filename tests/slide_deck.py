"""What readers or screen readers would miss in a PowerPoint file."""

import io
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.oxml.ns import qn

_DRAWN = {"pic", "graphicFrame"}
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_ENDS = (".", "!", "?", ":", ")")


def problems_of(deck: bytes, language: str) -> list[str]:
    """Return what is missing, with the number of the slide; empty if there is nothing."""
    shown = Presentation(io.BytesIO(deck))
    properties = shown.core_properties
    found = [] if properties.title and properties.author else ["no title or author"]
    found += [] if properties.language == language else [f"language is {properties.language}"]
    titles = [slide.shapes.title.text_frame.text for slide in shown.slides if slide.shapes.title]
    found += [
        f"two slides are called {title}" for title in {t for t in titles if titles.count(t) > 1}
    ]
    for number, slide in enumerate(shown.slides, start=1):
        found += [f"{number}: {problem}" for problem in _problems(slide, language)]
    return found


def _problems(slide: Any, language: str) -> Iterator[str]:
    shapes = [shape for shape in slide.shapes if not _is_decorative(shape)]
    title = slide.shapes.title
    if title is None or not title.text_frame.text.strip():
        yield "no title"
    elif shapes[0].shape_id != title.shape_id:
        yield "the title is not read first"
    tops = [shape.top for shape in shapes if shape.is_placeholder or _kind(shape) in _DRAWN]
    if tops != sorted(tops):
        yield "not read from top to bottom"
    for shape in shapes:
        if _kind(shape) in _DRAWN and not shape._element.xpath(".//p:cNvPr")[0].get("descr"):
            yield f"no alternative text: {shape.name}"
        if shape.has_text_frame and not shape.text_frame.text.strip():
            yield f"an empty text: {shape.name}"
    for table in (shape.table for shape in shapes if shape.has_table):
        if not table.first_row or any(not cell.text.strip() for cell in table.rows[0].cells):
            yield "a table without heads"
    languages = {run.get("lang") for run in slide._element.iter(qn("a:rPr"))}
    if languages != {language}:
        yield f"texts in {sorted(map(str, languages))}"
    if [field.get("type") for field in slide._element.iter(qn("a:fld"))] != ["slidenum"]:
        yield "no field with its number"
    notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
    if not notes.strip():
        yield "no notes"
    for line in notes.splitlines():
        if not line.rstrip("\N{RIGHT DOUBLE QUOTATION MARK}").endswith(_ENDS):
            yield f"a note without end: …{line[-60:]}"


def _kind(shape: Any) -> str:
    return shape._element.tag.rsplit("}", 1)[1]


def _is_decorative(shape: Any) -> bool:
    return any(mark.get("val") == "1" for mark in shape._element.iter(_DECORATIVE))
