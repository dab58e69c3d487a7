"""Page one of studies that are not about a plan of the government: as if written for them.

The texts are in `tests/first_pages/`; whoever changes a text reads the page again, as a person who
knows nothing of the bundled study, and replaces the file with what the test prints.
"""

import re
from pathlib import Path

import pytest
from other_words import STUDIES
from small_study import derive

from umid_research.report import texts
from umid_research.report.study_report import PROCESSED_VARIABLE, Report, open_report
from umid_research.study import read_study

PAGES = Path(__file__).parent / "first_pages"
# What only a study of the bundled kind says.
FOREIGN = r"open government|açıq hökumət|organisation|council|bələdiyyə|municipal|\bCDC\b|Guba|Quba"


def _page_one(report: Report) -> str:
    """Return the texts of page one, a paragraph each, without the addresses of links."""
    made = (texts.cover(report), texts.section(report, "findings"), texts.findings(report))
    made = (*made, texts.section(report, "plan"), texts.background(report))
    page = "\n\n".join([f"# {report.title(report.notebook)}", *(one.markdown for one in made)])
    page = re.sub(r" ?\[\(\[.*?\]\{\.frame\}", "", page)
    page = re.sub(r"\[([^][]*)\]\([^)]*\)", r"\1", page)
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"


@pytest.mark.parametrize("name", STUDIES)
def test_page_one_reads_as_if_written_for_the_study(
    name, write_study, tmp_path, monkeypatch
) -> None:
    """In the study's own words, each fact once, nothing of another study."""
    raw, processed = write_study(**STUDIES[name].parts()), tmp_path / "processed"
    derive(raw, processed)
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
    for language in read_study(raw).languages:
        page = _page_one(open_report("07-study", language=language))
        kept = PAGES / f"{name.replace(' ', '-')}.{language}.md"

        assert page == kept.read_text(encoding="utf-8")
        assert sorted(set(_sentences(page))) == sorted(_sentences(page))
        assert not re.search(FOREIGN, page, re.IGNORECASE)


def _sentences(page: str) -> list[str]:
    """Return the sentences of a page; its short lines are labels."""
    lines = [line.strip(" *") for line in re.split(r"(?<=[.?!])\s|\n", page)]
    return [line for line in lines if len(line) > 40]
