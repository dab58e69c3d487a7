"""Test that a report tells the same in all its formats: tables, headings and pictures of a build.

HTML is read by lxml, the Word file by its XML, the PDF by PDFium from its tags.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lxml import html
from openpyxl import load_workbook
from pdf_tables import cells_of, squeezed
from word_file import WordFile

LANGUAGES = ("en", "az")
# The district reports are alike; one stands for them.
REPORTS = (
    *("study", "annex", "implementation", "stakeholders", "robustness", "quality"),
    *("activities", "information", "districts/quba"),
)
PRINTED = ("study", "annex", "activities", "districts/quba", "definitions", "proposals")


class Page:
    """A report in HTML: its tables, headings and pictures."""

    def __init__(self, path: Path) -> None:
        (self.content,) = html.parse(str(path)).getroot().xpath('//div[@id="content"]')

    def tables(self) -> list[tuple[str, list[list[str]]]]:
        """Return caption and rows of every table."""
        return [
            (
                " ".join(map(_text, table.xpath("./caption"))),
                [
                    [_text(cell) for cell in row.xpath("./th | ./td")]
                    for row in table.xpath(".//tr")
                ],
            )
            for table in self.content.xpath(".//table")
        ]

    def headings(self) -> list[tuple[int, str]]:
        """Return level and text of every heading; the title is the only one of level 1."""
        found = self.content.xpath(".//h2 | .//h3 | .//h4 | .//h5 | .//h6")
        return [(int(heading.tag[1]) - 1, _text(heading)) for heading in found]

    def alternative_texts(self) -> list[str]:
        """Return the alternative text of every figure, once where it has two drawings."""
        drawings = './/svg[@role="img" and not(ancestor::div[@class="narrow"])]/@aria-label'
        return [str(text) for text in self.content.xpath(drawings)]


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _numbers(texts: Iterable[str]) -> Counter[str]:
    return Counter(number for text in texts for number in re.findall(r"\d+(?:[.,]\d+)?", text))


def _word(built: Path, language: str, report: str) -> WordFile:
    return WordFile((built / "reports" / language / f"{report}.docx").read_bytes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_has_the_tables_headings_and_pictures_of_the_page(built, language) -> None:
    """Cell by cell and in the same order."""
    rows = 0
    for report in REPORTS:
        page, word = (
            Page(built / "reports" / language / f"{report}.html"),
            _word(built, language, report),
        )

        assert page.tables() == word.tables(), report
        assert page.headings() == list(word.headings()), report
        assert page.alternative_texts() == word.alternative_texts(), report
        rows += sum(len(table) for _, table in word.tables())
    assert rows > 700


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_has_the_cells_of_the_pdf(built, language) -> None:
    """The PDF joins tables with equal heads: captions and notes become heads of row groups."""
    numbers = 0
    for report in PRINTED:
        tables = _word(built, language, report).tables()
        written = Counter(squeezed(cell) for _, rows in tables for row in rows for cell in row)
        printed = Counter(cells_of(built / "reports" / language / f"{report}.pdf"))
        captions = tuple(squeezed(caption) for caption, _ in tables if caption)
        heads = {squeezed(cell) for _, rows in tables for cell in rows[0]}

        assert [] == [cell for cell in printed - written if not cell.startswith(captions)], report
        assert set(written - printed) <= heads | {""}, report
        numbers += _numbers(written.elements()).total()
    assert numbers > 3000


def test_the_tables_of_both_languages_join_by_their_machine_names(built) -> None:
    """Row by row: the same keys, statuses and numbers, whatever the labels."""
    folders = [built / "reports" / language / "tables" for language in LANGUAGES]
    listings = {"contents.csv", "dictionary.csv", "codes.csv"}
    names = sorted(path.name for path in folders[0].glob("*.csv") if path.name not in listings)
    keyed = 0
    for name in names:
        one, other = (pd.read_csv(folder / name, encoding="utf-8-sig") for folder in folders)
        machine = [head for head in one if head.endswith("_key") or head == "status"]
        assert machine == [head for head in other if head.endswith("_key") or head == "status"]
        assert one[machine].equals(other[machine]), name
        kinds = [pd.api.types.is_numeric_dtype(kind) for kind in one.dtypes]
        assert np.array_equal(
            one.loc[:, kinds].to_numpy(float), other.loc[:, kinds].to_numpy(float), equal_nan=True
        ), name
        keyed += bool(set(machine) - {"status"})
        by_key = [head for head in machine if head.endswith("_key")]
        assert not {"", None} & set(one[by_key].to_numpy().ravel()), name
    assert keyed > 30


def test_the_workbook_has_the_cells_of_the_files(built) -> None:
    """Text, number and blank alike; an apostrophe keeps a text of a file from being computed."""
    folder = built / "reports" / "en"
    book = load_workbook(folder / "tables.xlsx")
    contents = pd.read_csv(folder / "tables" / "contents.csv", encoding="utf-8-sig", dtype=str)
    for number, file in zip(contents["Number"], contents["File"], strict=True):
        page = book[f"Table {number}"]
        (table,) = page.tables.values()
        cells = [[cell.value for cell in row] for row in page[table.ref]]
        with (folder / file).open(encoding="utf-8-sig", newline="") as opened:
            written = [row[:-1] for row in csv.reader(opened)]
        shown = [["" if value is None else str(value) for value in row] for row in cells]
        assert shown == [[text.removeprefix("'") for text in row] for row in written], file


def test_a_changed_number_is_found(built) -> None:
    """The comparison reads every cell: one changed digit in one of three formats fails it."""
    page = Page(built / "reports" / "en" / "districts" / "quba.html")
    word = _word(built, "en", "districts/quba")
    (cell, *_) = [c for c in word.body.iter(f"{{{word.body.nsmap['w']}}}t") if c.text == "44 [8]"]

    cell.text = "45 [8]"

    assert page.tables() != word.tables()
    assert squeezed("45 [8]") not in cells_of(built / "reports" / "en" / "districts" / "quba.pdf")
