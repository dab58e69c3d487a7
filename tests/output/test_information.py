"""Test the information page for respondents: one page, with missing parts marked."""

import io
from dataclasses import replace

import pytest
from lxml import html
from pypdf import PdfReader
from small_report import AZ, HOSTILE, as_tables, small_report
from small_study import STUDY
from whole_way import BUNDLED

from umid_research.errors import ReportError, StudyError
from umid_research.messages import Messages, languages
from umid_research.output.information import parts, to_html, to_pdf
from umid_research.report.study_report import Report
from umid_research.study import Information, read_study
from umid_research.study.questionnaire import read_questionnaire


def _with(report: Report, **given: dict) -> Report:
    information = Information.model_validate(given)
    return replace(report, study=report.study.model_copy(update={"information": information}))


def _words(pdf: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def test_the_page_has_topics_groups_dates_and_organisation() -> None:
    """They come from study.toml; a simulated study has its mark."""
    report = small_report()

    words = _words(to_pdf(report))

    assert report.text("mark") in words
    for text in (AZ, HOSTILE, "Office (planned: 11)", "People in North and South. Asked by hand."):
        assert " ".join(text.split()) in words
    assert "From 2 March 2022 to 31 July 2022, by Nobody." in words


def test_the_html_page_has_the_texts_of_the_pdf() -> None:
    """The parts and texts are equal; none of them is markup."""
    report = small_report()

    page = html.fromstring(to_html(report))
    (content,) = page.xpath('//div[@id="content"]')
    words = " ".join(content.text_content().split())

    for part in parts(report):
        for text in (part.heading, *part.sentences, *part.points):
            assert text in words
    assert [part.heading for part in parts(report)] == content.xpath(".//h2/text()")
    assert 2 == len(content.xpath('.//div[@class="limits"]'))
    assert not content.xpath(".//script")
    assert report.text("mark") in page.xpath("//header")[0].text_content()


def test_missing_information_is_marked_as_to_be_filled_in() -> None:
    """The mark disappears once the study has the information."""
    empty = small_report()
    rights, contact = {"en": ["You may stop."]}, {"en": ["Anna", "555"]}
    full = _with(empty, rights=rights, contact=contact)

    assert [False, False, False, True, True] == [part.missing for part in parts(empty)]
    assert [False] * 5 == [part.missing for part in parts(full)]
    assert 2 == _words(to_pdf(empty)).count("To be filled in before this page is handed out")
    assert "• You may stop." in _words(to_pdf(full))
    assert "filled in" not in _words(to_pdf(full))


def test_long_texts_get_smaller_letters_and_too_long_ones_are_an_error() -> None:
    """The PDF has exactly one page; unreadably small letters are not allowed."""
    report = small_report()
    long, endless = ({"en": ["Words and words. " * 30] * times} for times in (5, 50))

    assert 150 == _words(to_pdf(_with(report, rights=long))).count("Words and words.")
    with pytest.raises(ReportError, match="does not fit one page"):
        to_pdf(_with(report, rights=endless))


def test_hostile_texts_are_inactive_and_control_characters_visible() -> None:
    """Texts are passed to the page as data, never as markup."""
    hostile = '#eval("1") $x$ *a* <b> @x \\ -- ... \u202eabc'

    words = _words(to_pdf(_with(small_report(), contact={"en": [hostile]})))

    assert '#eval("1") $x$ *a* <b> @x \\ -- ... \ufffdabc' in words


def test_the_same_study_gives_the_same_bytes() -> None:
    """The PDF is tagged with the language of the report."""
    report = small_report()

    pdf = to_pdf(report)

    assert pdf == to_pdf(report)
    assert "en" == PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"]


@pytest.mark.parametrize("language", languages())
def test_the_bundled_study_has_its_page_in_every_language(language) -> None:
    """It has the rights in that language, and its text can be extracted."""
    study = read_study(BUNDLED)
    form = read_questionnaire(BUNDLED, study)
    nothing = as_tables([])

    words = _words(to_pdf(Report("07-study", study, form, nothing, Messages(language), None)))

    for text in (*study.information.rights[language], study.title[language]):
        assert text in words


def test_rights_are_required_in_every_language_of_the_study(write_study) -> None:
    """The same rule holds for names."""
    study = STUDY.replace("[roles]", '[information]\nrights.az = ["Hə"]\n[roles]')
    folder = write_study(study=study)

    with pytest.raises(StudyError, match=r"information\.rights has no text in en"):
        read_study(folder)
