"""Test the annexes: separate files in each language, with the mark, only if there is data."""

import io

import pytest
from pypdf import PdfReader
from small_activity_report import small_activity_report

from umid_research.messages import languages
from umid_research.output.annexes import write_annexes

MARK = {"en": "SIMULATED DATA", "az": "SİMULYASİYA EDİLMİŞ MƏLUMAT"}


def _pages(path) -> list[str]:
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("language", languages())
def test_definitions_have_the_sheet_of_every_indicator(language, tmp_path) -> None:
    """They also have the questions of the test; each page has the mark."""
    report = small_activity_report(language)
    write_annexes(report, tmp_path)
    pages = _pages(tmp_path / "definitions.pdf")
    text = " ".join(pages)

    assert all(MARK[language] in page for page in pages)
    for sheet in report.definitions.indicators.values():
        assert report.name(sheet.definition) in text
    for question in report.definitions.questions.values():
        assert report.name(question.text) in text


@pytest.mark.parametrize("language", languages())
def test_each_addressee_and_district_has_its_own_page(language, tmp_path) -> None:
    """The page has a line for the letter's number and no replies; P01 is of both districts."""
    write_annexes(small_activity_report(language), tmp_path)
    pages = _pages(tmp_path / "proposals.pdf")

    assert ["P01", "P01", "P03", "P02"] == [
        next(key for key in ("P01", "P02", "P03") if key in page) for page in pages
    ]
    north, south = {"en": ("North", "South"), "az": ("Şimal", "Cənub")}[language]
    assert [(True, False), (False, True), (False, True), (True, False)] == [
        (north in page, south in page) for page in pages
    ]
    assert all("____" in page and MARK[language] in page for page in pages)
    assert not any("30 June 2022" in page for page in pages)


def test_equal_reports_give_equal_annexes(tmp_path) -> None:
    """The bytes are equal."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        write_annexes(small_activity_report(), folder)
    one, two = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)

    assert {"definitions.pdf", "definitions.docx", "proposals.pdf", "proposals.docx"} == set(one)
    assert one == two


def test_without_proposals_there_is_no_file_of_proposals(tmp_path) -> None:
    """The definitions are still written."""
    write_annexes(small_activity_report(proposals=[]), tmp_path)

    assert {"definitions.pdf", "definitions.docx"} == {path.name for path in tmp_path.iterdir()}
