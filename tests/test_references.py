"""Each published table has one number, one anchor and one file, and the pages that it stands on."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from small_report import small_report, unmatched

from umid_research import tables
from umid_research.references import BY_DISTRICT, ORDER, link_to, page, references, relative_url

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def _anchors(notebook: str) -> list[str]:
    """The anchors of all tables in a notebook's stored outputs."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return re.findall(r'<table(?: id="([^"]*)")?', "".join(d.get("text/html", "") for d in shown))


def test_tables_are_numbered_in_one_order() -> None:
    """From 1, without gaps; what a study does not publish has no number."""
    whole = references(small_report())
    less = references(unmatched(small_report()))

    assert list(range(1, len(whole) + 1)) == [entry.number for entry in whole.values()]
    assert list(range(1, len(less) + 1)) == [entry.number for entry in less.values()]
    assert "differences-by-group" in whole
    assert "differences-by-group" not in less


def test_a_number_is_the_same_in_every_report() -> None:
    """Whatever notebook, district and language it is read in."""
    here = references(small_report())

    assert here == references(small_report(district="south"))
    assert here == references(replace(small_report(), notebook="04-stakeholders"))


def test_a_table_bears_its_number_and_anchor() -> None:
    """In the caption, and where a link leads to."""
    report = small_report()
    table = tables.table_scores_by_group(report)

    assert references(report)["scores-by-group"].number == 2
    assert "Table 2" == table.number
    assert table._repr_html_().startswith(
        '<table id="scores-by-group">\n<caption>Table 2. Mean scores by group'
    )


def test_a_district_has_tables_of_its_own() -> None:
    """With a number each."""
    found = references(small_report())

    assert "districts/north.html" == found["scores-by-side-north"].page
    assert found["scores-by-side-north"].number + 1 == found["scores-by-side-south"].number
    assert "tables/11-scores-by-side-north.csv" == found["scores-by-side-north"].file


def test_a_link_leads_to_the_same_page_or_to_the_one_beside() -> None:
    """From the folder in which the report lies."""
    study, district = (
        small_report(),
        replace(small_report(district="north"), notebook="03-district"),
    )
    entries = references(study)

    assert "#scores-by-group" == link_to(study, entries["scores-by-group"])
    assert "districts/north.html#scores-by-side-north" == link_to(
        study, entries["scores-by-side-north"]
    )
    assert "#scores-by-side-north" == link_to(district, entries["scores-by-side-north"])
    assert "../study.html#scores-by-group" == link_to(district, entries["scores-by-group"])
    assert "../districts/south.html#scores-by-side-south" == link_to(
        district, entries["scores-by-side-south"]
    )
    assert "../tables.xlsx" == relative_url(district, "tables.xlsx")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_every_table_of_a_notebook_is_a_published_one(path) -> None:
    """So that it is in the files; each stands once in a report, or links would go astray."""
    anchors = _anchors(path.stem)

    assert "" not in anchors
    assert len(set(anchors)) == len(anchors)


def test_every_published_table_stands_where_its_reference_says() -> None:
    """A link into another report finds its table there; a district's report is stored for one.

    That of all answers is printed in parts, a question each.
    """
    for entry in ORDER:
        for notebook in entry.notebooks:
            is_parted = entry.anchor in (*BY_DISTRICT, "answers")
            name = rf"{entry.anchor}-\w+" if is_parted else entry.anchor
            assert any(re.fullmatch(name, anchor) for anchor in _anchors(notebook)), entry.anchor
    assert {page(path.stem, "x") for path in NOTEBOOKS.glob("[0-9]*.ipynb")} >= {
        entry.page for entry in references(small_report()).values() if entry.district is None
    }
