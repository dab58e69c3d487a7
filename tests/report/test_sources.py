"""Every statement links to its tables, in every language, on web pages and on paper."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader
from small_report import as_tables, small_report

from umid_research.report import texts

LANGUAGES = ("en", "az")
FINDINGS = 7


def test_a_source_names_table_rows_and_file() -> None:
    """The number links to the table, the rows of the frame to their CSV file."""
    output = texts.source(small_report(), "scores-by-group", "not-knowing").markdown

    assert output.startswith(
        "[Source: [Table\N{NO-BREAK SPACE}3](annex.html#scores-by-group) "
        "[([published: scores\\_by\\_group]("
    )
    assert "(tables/03-scores-by-group.csv))]{.frame}; [Table\N{NO-BREAK SPACE}" in output
    assert output.endswith("{.source}")


def test_the_source_of_one_question_is_a_part_of_a_table() -> None:
    """With the number and anchor under which it is printed."""
    output = texts.source(small_report(), "answers-plan").markdown

    assert "[Table\N{NO-BREAK SPACE}26.2](annex.html#answers-plan)" in output
    assert "[published: answers](tables/26-answers.csv)" in output


def test_tables_by_district_are_named_one_by_one() -> None:
    """Each is on the page of its district."""
    output = texts.source(small_report(), "scores-by-side").markdown

    assert ["north", "south"] == re.findall(r"\(districts/(\w+)\.html#scores-by-side-\1\)", output)


def test_an_unpublished_table_is_no_source() -> None:
    """A table without rows has no number; without any source there is no line."""
    less = replace(small_report(), published=as_tables([]))

    assert "" == texts.source(less, "scores-by-group", "answers-plan").markdown


def _findings(page: Path) -> list[html.HtmlElement]:
    tree = html.parse(page, parser=html.HTMLParser(encoding="utf-8")).getroot()
    return tree.xpath('//*[@class="finding"]//li')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_links_to_its_table_and_file(built, language) -> None:
    """The table is on the page of the link, the file exists, the rows are in `published`."""
    page = built / "reports" / language / "study.html"
    known = {path.stem for path in (built / "processed" / "published").glob("*.csv")}
    findings = _findings(page)
    pages = {one.name: html.parse(one) for one in page.parent.glob("*.html")}
    anchors = {f"{name}#{at}" for name, tree in pages.items() for at in tree.xpath("//@id")}

    assert FINDINGS == len(findings)
    for finding in findings:
        ways = finding.xpath('.//*[@class="source"]//a/@href')
        rows = " ".join(finding.xpath('.//*[@class="frame"]/a/text()'))
        inside = [way for way in ways if "#" in way]
        files = [way for way in ways if way.startswith("tables/")]
        assert inside and anchors.issuperset(inside)
        assert len(files) == len(inside)
        assert all((page.parent / file).is_file() for file in files)
        assert known.issuperset(re.findall(r"\w+_?\w*", rows.replace("published:", "")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_every_finding_names_a_table_of_the_annex(built, language) -> None:
    """By its number; CSV files are not named on paper."""
    numbers = {"en": r"Table\s(\d+[a-z]*(?:\.\d+)?)", "az": r"Cədvəl\s(\d+[a-z]*(?:\.\d+)?)"}[
        language
    ]
    folder = built / "reports" / language
    first = PdfReader(folder / "study.pdf").pages[0].extract_text()
    annex = "\n".join(page.extract_text() for page in PdfReader(folder / "annex.pdf").pages)
    named = re.findall(numbers, first)

    assert FINDINGS <= len(named)
    assert set(named) <= set(re.findall(rf"{numbers}\. ", annex))
    assert "published:" not in first
