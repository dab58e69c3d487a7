"""No two documents of a build give one quantity two values, and no two quantities one name.

The bundled study, one without a plan, and one with weights.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from cells import shown, words
from contradictions import contradictions, quantities
from lxml import html

from umid_research.messages import WORDS, Messages, languages
from umid_research.output.publish import planned_runs
from umid_research.report.slides.deck import deck
from umid_research.report.study_report import (
    DESCRIPTION,
    open_report,
    words_of,
)
from umid_research.study import read_study


def _found(documents: Mapping[str, str], text: Messages) -> dict:
    return quantities(documents, text, [text._words[place] for place in WORDS])


def _text(page: Path) -> str:
    """Return what a page says in words: its tables and drawings have their own tests."""
    tree = html.parse(page, parser=html.HTMLParser(encoding="utf-8")).getroot()
    for element in tree.xpath('//style | //*[local-name()="svg"]'):
        element.drop_tree()
    return tree.text_content()


def _of_the_bundled_study(built: Path, language: str) -> tuple[dict[str, str], Messages]:
    folder = built / "reports" / language
    text = words_of(read_study(built / "raw"), language)
    return {str(p.relative_to(folder)): _text(p) for p in sorted(folder.rglob("*.html"))}, text


@pytest.mark.parametrize("language", languages())
def test_no_page_contradicts_another(built, language) -> None:
    """Every number with its noun, in all pages of the bundled study."""
    documents, text = _of_the_bundled_study(built, language)
    found = _found(documents, text)

    assert [] == contradictions(found)
    assert {"study.html", "annex.html"} <= {
        name
        for (key, _), of in found.items()
        if key == "cover.simulated"
        for name in of.popitem()[1]
    }
    assert len(found) > 30


def test_another_number_in_one_page_is_found(built) -> None:
    """65 people here, 64 there."""
    documents, text = _of_the_bundled_study(built, "en")
    page = documents["study.html"]
    documents["study.html"] = page.replace("a survey of 65 people", "a survey of 64 people", 1)

    (line,) = contradictions(_found(documents, text))

    assert line.startswith("cover.simulated")
    assert "64, 44 in study.html" in line
    assert "65, 44 in annex.html" in line


def test_one_name_for_two_quantities_is_found() -> None:
    """The share of refusals is said of one topic with two numbers in one page."""
    text = Messages("en")
    said = (text("findings.refused", dimension="Trust", n=n, of=38) for n in (16, 8))

    assert len(contradictions(_found({"study.html": " ".join(said)}, text))) == 1


@pytest.mark.parametrize(
    "case", ["no group is matched", "one district", "two groups", "answers are weighted"]
)
def test_no_other_study_contradicts_itself(case, thin) -> None:
    """Studies without a plan, of one district, with weights, and others; slides as well."""
    study = read_study(thin(case) / DESCRIPTION)
    text = words_of(study, "en")
    documents = {
        run.title: " ".join(
            words(one) for one in shown(run.notebook, **run.parameters) if not hasattr(one, "svg")
        )
        for run in planned_runs(study, "en")
    }
    slides = deck(open_report("07-study", language="en"))
    documents["slides"] = " ".join(said for slide in slides for said in slide.texts())

    assert [] == contradictions(_found(documents, text))
