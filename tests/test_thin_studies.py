"""Test complete runs of studies with too little data: reports say so and show no invalid number.

The content of the reports is taken from the cells of the notebooks.
"""

import io
import re

import pytest
from cells import NOTEBOOKS, shown, words
from pypdf import PdfReader
from thin_studies import CASES, SIXTEEN_DISTRICTS

from umid_research.output.document import read_notebook
from umid_research.output.publish import execute, planned_runs
from umid_research.output.rendering import to_pdf as report_to_pdf
from umid_research.output.slides_pdf import to_pdf
from umid_research.report.slides.deck import deck
from umid_research.report.study_report import DESCRIPTION, open_report
from umid_research.study import read_study

# How Python and its libraries write an invalid number.
_NO_NUMBER = re.compile(r"(?<!\w)(?:nan|-?inf|NaT|<NA>|&lt;NA&gt;)(?!\w)", re.IGNORECASE)


@pytest.mark.parametrize("case", CASES)
def test_a_thin_study_has_complete_reports_without_invalid_numbers(case, thin) -> None:
    """All stages and all reports run in both languages, and no cell is empty."""
    study = read_study(thin(case) / DESCRIPTION)

    by_language: dict[str, list[str]] = {}
    for language in study.languages:
        for run in planned_runs(study, language):
            texts = [words(one) for one in shown(run.notebook, **run.parameters)]
            assert [] == [text for text in texts if _NO_NUMBER.search(text)]
            by_language.setdefault(language, []).extend(texts)
        report = open_report("07-study", language=language)
        slides = deck(report)
        talk = [text for slide in slides for text in slide.texts()]
        assert [] == [text for text in talk if _NO_NUMBER.search(text) or "of 0" in text]
        assert 5 <= len(slides) == len(PdfReader(io.BytesIO(to_pdf(slides, report))).pages)
    assert len(by_language["en"]) == len(by_language["az"])
    assert any(CASES[case].says in text for text in by_language["en"])
    assert not any("none of 0" in text for text in by_language["en"])


def test_a_study_of_sixteen_districts_has_all_its_reports(thin) -> None:
    """Tables too wide for a page are split; the annex names every district, slides stay few."""
    thin(SIXTEEN_DISTRICTS)

    made = report_to_pdf(read_notebook(execute(NOTEBOOKS / "08-annex.ipynb", {"language": "en"})))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "(2/2)" in text
    assert [] == [n for n in range(16) if not re.search(rf"District {n}\b", text)]
    texts = [words(one) for one in shown("03-district", language="az", district="d15")]
    assert any("Rayon 15." in one for one in texts)
    report = open_report("07-study", language="en")
    slides = PdfReader(io.BytesIO(to_pdf(deck(report), report)))
    assert len(slides.pages) <= 10
