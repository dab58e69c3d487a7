"""Too little of everything, the whole way: reports that say so, and never a number from nothing.

What the reports show is taken from the notebooks' own cells.
"""

import io
import re

import pytest
from cells import NOTEBOOKS, derive, shown, words
from pypdf import PdfReader
from thin_studies import CASES, MANY_DISTRICTS

from umid_research.exporters import to_pdf as report_to_pdf
from umid_research.publish import execute, planned_runs
from umid_research.report import DESCRIPTION, PROCESSED_VARIABLE, open_report
from umid_research.robustness import robustness_of
from umid_research.slides import deck, to_pdf
from umid_research.study import read_study

# How Python and its libraries write a number that is none.
_NO_NUMBER = re.compile(r"(?<!\w)(?:nan|-?inf|NaT|<NA>|&lt;NA&gt;)(?!\w)", re.IGNORECASE)


@pytest.mark.parametrize("case", CASES)
def test_a_thin_study_is_told_whole_and_without_a_number_from_nothing(
    case, write_study, tmp_path, monkeypatch
) -> None:
    """All stages and all reports in both languages; no cell is left without a text."""
    monkeypatch.setitem(robustness_of.__kwdefaults__, "weights", 20)
    raw, processed = write_study(**CASES[case].parts()), tmp_path / "processed"
    derive(raw, processed)
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
    study = read_study(processed / DESCRIPTION)

    said: dict[str, list[str]] = {}
    for language in study.languages:
        for run in planned_runs(study, language):
            told = [words(one) for one in shown(run.notebook, **run.parameters)]
            assert [] == [text for text in told if _NO_NUMBER.search(text)]
            said.setdefault(language, []).extend(told)
        report = open_report("07-study", language=language)
        slides = deck(report)
        talk = [text for slide in slides for text in slide.texts()]
        assert [] == [text for text in talk if _NO_NUMBER.search(text) or "of 0" in text]
        assert 5 <= len(slides) == len(PdfReader(io.BytesIO(to_pdf(slides, report))).pages)
    assert len(said["en"]) == len(said["az"])
    assert any(CASES[case].says in text for text in said["en"])
    assert not any("none of 0" in text for text in said["en"])


def test_a_study_of_sixteen_districts_has_all_its_reports(
    write_study, tmp_path, monkeypatch
) -> None:
    """Tables too wide for a page are split, and the deck names every district."""
    monkeypatch.setitem(robustness_of.__kwdefaults__, "weights", 20)
    raw, processed = write_study(**MANY_DISTRICTS.parts()), tmp_path / "processed"
    derive(raw, processed)
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))

    made = report_to_pdf(execute(NOTEBOOKS / "07-study.ipynb", {"language": "en"}))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "(2/2)" in text
    told = [words(one) for one in shown("03-district", language="az", district="d15")]
    assert any("Rayon 15." in one for one in told)
    report = open_report("07-study", language="en")
    slides = PdfReader(io.BytesIO(to_pdf(deck(report), report)))
    talk = "".join(page.extract_text() for page in slides.pages)
    assert [] == [n for n in range(16) if f"District {n}." not in talk]
