"""Test what screen readers need in every delivered file, with programs that did not make it.

PDF: `page`, a checker of PDF/UA-1 after the Matterhorn Protocol, beside Typst's own check. DOCX and
PPTX: their XML. Each check has a file that fails it.
"""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page
import pytest
import typst
from pptx import Presentation
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from slide_deck import problems_of
from whole_way import BUNDLED
from word_file import WordFile, changed

from umid_research.forms import write_forms

LANGUAGES = {"en": "en-GB", "az": "az-Latn-AZ"}
UA1 = page.ValidationProfile.PDF_UA_1


def files(built: Path, kind: str) -> dict[str, bytes]:
    """Return the delivered files of a kind by language and name."""
    reports = built / "reports"
    found = sorted(reports.rglob(f"*.{kind}"))
    return {path.relative_to(reports).as_posix(): path.read_bytes() for path in found}


# --- PDF -----------------------------------------------------------------------------------------


def broken_rules(pdf: bytes) -> set[str]:
    """Return the rules of PDF/UA-1 that a file breaks."""
    report = page.validate_pdf_bytes(pdf, profile=UA1)
    assert report.rules.total > 100
    return {failure.rule_id for failure in report.failures}


def test_every_pdf_is_accessible_by_a_second_checker(built) -> None:
    """Reports, slides, annexes and the page for respondents, in both languages."""
    pdfs = files(built, "pdf")

    assert len(pdfs) >= 18
    assert {} == {name: broken for name, pdf in pdfs.items() if (broken := broken_rules(pdf))}


def test_every_paper_form_is_accessible_by_a_second_checker(tmp_path) -> None:
    """In the three languages of the bundled form."""
    names = [name for name in write_forms(BUNDLED, tmp_path) if name.endswith(".pdf")]

    assert ["paper-en.pdf", "paper-az.pdf", "paper-ru.pdf"] == names
    assert [set()] * 3 == [broken_rules((tmp_path / name).read_bytes()) for name in names]


def other_fonts(pdf: bytes) -> set[str]:
    """Return the fonts of a file that are not Fira Sans, but for the one of code."""
    reader = PdfReader(io.BytesIO(pdf))
    numbers = range(1, int(reader.trailer["/Size"]))
    every = (reader.get_object(number) for number in numbers)
    fonts = {one["/BaseFont"] for one in every if isinstance(one, dict) and "/BaseFont" in one}
    assert fonts
    known = ("+FiraSans-", "+DejaVuSansMono")
    return {str(name) for name in fonts if not any(one in name for one in known)}


def test_no_letter_of_a_pdf_is_in_another_font(built) -> None:
    """A non-breaking hyphen, which Fira Sans lacks, set whole lines of Azerbaijani in a serif."""
    pdfs = files(built, "pdf")
    control = typst.compile(b'#set text(font: "Libertinus Serif")\nA', format="pdf")

    assert {} == {name: fonts for name, pdf in pdfs.items() if (fonts := other_fonts(pdf))}
    assert other_fonts(control)


def test_the_report_of_each_district_has_two_pages(built) -> None:
    """A title of two lines pushed one of them to a third page, two thirds of it empty."""
    pages = {
        name: len(PdfReader(io.BytesIO(pdf)).pages)
        for name, pdf in files(built, "pdf").items()
        if "districts/" in name
    }

    assert 6 == len(pages)
    assert {2} == set(pages.values())


def tags(root: Any) -> list[Any]:
    """Return every tag of a PDF."""
    found, waiting = [], [root["/StructTreeRoot"]]
    while waiting:
        tag = waiting.pop().get_object()
        if isinstance(tag, dict):
            found.append(tag)
            below = tag.get("/K", [])
            below = below.get_object() if hasattr(below, "get_object") else below
            waiting += below if isinstance(below, list) else [below]
    return found


def _remove(*keys: str) -> Callable[[Any], None]:
    def damage(root: Any) -> None:
        for key in keys:
            del root[key]

    return damage


def _from_tags(kind: str, key: str) -> Callable[[Any], None]:
    def damage(root: Any) -> None:
        for tag in tags(root):
            if tag.get("/S") == kind:
                tag.pop(key, None)

    return damage


def _skip_a_heading(root: Any) -> None:
    main = [tag for tag in tags(root) if tag.get("/S") == "/H1"]
    main[len(main) // 2][NameObject("/S")] = NameObject("/H3")


def _hide_the_title(root: Any) -> None:
    del root["/ViewerPreferences"]


DAMAGE = {
    "no tags": _remove("/StructTreeRoot"),
    "not marked as tagged": _remove("/MarkInfo"),
    "no language": _remove("/Lang"),
    "no metadata": _remove("/Metadata"),
    "pictures without text": _from_tags("/Figure", "/Alt"),
    "a level is skipped": _skip_a_heading,
    "title not shown": _hide_the_title,
}


def damaged(pdf: bytes, damage: Callable[[Any], None]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    damage(writer.root_object)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_rewriting_a_pdf_breaks_no_rule(built) -> None:
    """What fails below is the damage, not the program that does it."""
    assert set() == broken_rules(
        damaged(files(built, "pdf")["en/districts/quba.pdf"], lambda root: None)
    )


@pytest.mark.parametrize("name", DAMAGE)
def test_the_second_checker_finds_damage(built, name) -> None:
    """It would not pass a file just because it can be read."""
    assert broken_rules(damaged(files(built, "pdf")["en/districts/quba.pdf"], DAMAGE[name]))


# --- Word ----------------------------------------------------------------------------------------


def test_every_word_file_has_the_structure_that_screen_readers_need(built) -> None:
    """Language, title, author, levels of headings, alternative texts, heads of tables, A4."""
    documents = files(built, "docx")

    assert len(documents) >= 24
    problems = {
        name: WordFile(docx).problems(LANGUAGES[name[:2]]) for name, docx in documents.items()
    }
    assert {} == {name: found for name, found in problems.items() if found}


DOCUMENT, STYLES, CORE = "word/document.xml", "word/styles.xml", "docProps/core.xml"
WORD_DAMAGE = {
    "a picture without text": (DOCUMENT, r'descr="[^"]+"', 'descr=""'),
    "level 4 after 1": (DOCUMENT, '"Heading2"', '"Heading4"'),
    "level 2 after 0": (DOCUMENT, '"Heading1"', '"Heading2"'),
    "a table without a head": (DOCUMENT, r"<w:tblHeader[^>]*>", ""),
    "rows of different length": (DOCUMENT, r"<w:gridSpan[^>]*>", ""),
    "no title in the text": (DOCUMENT, '"Title"', '"Subtitle"'),
    "page of": (DOCUMENT, 'w:w="11906"', 'w:w="12240"'),
    "language is en-US": (STYLES, "en-GB", "en-US"),
    "no title": (CORE, r"<dc:title>.*</dc:title>", "<dc:title></dc:title>"),
    "no author": (CORE, r"<dc:creator>.*</dc:creator>", "<dc:creator></dc:creator>"),
}


@pytest.mark.parametrize("problem", WORD_DAMAGE)
def test_damage_to_a_word_file_is_found(built, problem) -> None:
    """Each check fails on a file that lacks just this."""
    part, before, after = WORD_DAMAGE[problem]
    annex = files(built, "docx")["en/annex.docx"]

    found = WordFile(changed(annex, part, lambda xml: re.sub(before, after, xml))).problems("en-GB")

    assert found
    assert any(one.startswith(problem) for one in found)


# --- PowerPoint ----------------------------------------------------------------------------------


def test_every_deck_has_the_structure_that_screen_readers_need(built) -> None:
    """Titles, reading order, alternative texts, language, the slide's number, whole sentences."""
    decks = files(built, "pptx")

    assert {"en/slides.pptx", "az/slides.pptx"} == set(decks)
    for name, deck in decks.items():
        assert [] == problems_of(deck, name[:2]), name


def _picture(deck: Any) -> Any:
    return next(shape for slide in deck.slides for shape in slide.shapes if shape.shape_type == 13)


def _without_title(deck: Any) -> None:
    title = deck.slides[1].shapes.title._element
    title.getparent().remove(title)


def _same_title(deck: Any) -> None:
    deck.slides[1].shapes.title.text_frame.text = deck.slides[2].shapes.title.text_frame.text


def _without_text(deck: Any) -> None:
    _picture(deck)._element.xpath(".//p:cNvPr")[0].set("descr", "")


def _title_last(deck: Any) -> None:
    title = deck.slides[1].shapes.title._element
    title.getparent().append(title)


def _upside_down(deck: Any) -> None:
    for slide in deck.slides:
        pictures = [shape for shape in slide.shapes if shape.shape_type == 13]
        if pictures and len(slide.placeholders) > 1:
            pictures[0].top = 0


def _english(deck: Any) -> None:
    deck.slides[1].shapes.title.text_frame.paragraphs[0].runs[0].font._element.set("lang", "de")


def _fixed_number(deck: Any) -> None:
    for field in deck.slides[1]._element.xpath(".//a:fld"):
        field.set("type", "datetime")


def _cut_note(deck: Any) -> None:
    deck.slides[1].notes_slide.notes_text_frame.text = "It begins and …"


def _no_notes(deck: Any) -> None:
    deck.slides[1].notes_slide.notes_text_frame.text = ""


SLIDE_DAMAGE = {
    "2: no title": _without_title,
    "two slides are called": _same_title,
    "no alternative text": _without_text,
    "2: the title is not read first": _title_last,
    "not read from top to bottom": _upside_down,
    "2: texts in ['de', 'en']": _english,
    "2: no field with its number": _fixed_number,
    "2: a note without end": _cut_note,
    "2: no notes": _no_notes,
}


@pytest.mark.parametrize("problem", SLIDE_DAMAGE)
def test_damage_to_a_deck_is_found(built, problem) -> None:
    """Each check fails on a deck that lacks just this."""
    deck = Presentation(io.BytesIO(files(built, "pptx")["en/slides.pptx"]))
    SLIDE_DAMAGE[problem](deck)
    written = io.BytesIO()
    deck.save(written)

    found = problems_of(written.getvalue(), "en")

    assert any(problem in one for one in found)
