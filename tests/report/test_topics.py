"""Test the numbers, anchors, files and pages of the published tables."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from small_report import small_report, unmatched

from umid_research.report.scores.table import table_scores_by_group
from umid_research.report.topics import (
    TABLES,
    link_to,
    page,
    references,
    relative_url,
)

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def _anchors(notebook: str) -> list[str]:
    """Return the anchors of all tables in a notebook's stored outputs."""
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return re.findall(r'<table(?: id="([^"]*)")?', "".join(d.get("text/html", "") for d in shown))


def test_a_number_is_that_of_one_table_in_every_study() -> None:
    """A study without some tables, and a table that is added, change no number of another."""
    whole = references(small_report())
    less = references(unmatched(small_report()))

    assert len(TABLES) == len({entry.place for entry in TABLES})
    assert len(whole) == len({entry.number for entry in whole.values()})
    assert {name: whole[name].number for name in less} == {
        name: entry.number for name, entry in less.items()
    }
    assert "differences-by-group" in whole
    assert "differences-by-group" not in less


def test_the_letters_of_districts_go_on_after_z() -> None:
    """Azerbaijan has more districts than the alphabet has letters."""
    keys = [f"d{place:02}" for place in range(28)]
    report = small_report()
    (north, *_) = report.study.districts.values()
    study = report.study.model_copy(update={"districts": dict.fromkeys(keys, north)})
    entries = references(replace(report, study=study))

    letters = [entries[f"scores-by-side-{key}"].number for key in keys]
    assert ["25a", "25b", "25z", "25aa", "25ab"] == [*letters[:2], *letters[25:]]


def test_a_number_is_the_same_in_every_report() -> None:
    """It does not depend on the notebook, the district or the language."""
    here = references(small_report())

    assert here == references(small_report(district="south"))
    assert here == references(replace(small_report(), notebook="04-stakeholders"))


def test_a_table_shows_its_number_and_anchor() -> None:
    """The number is in the caption, the anchor is the target of links."""
    report = small_report()
    table = table_scores_by_group(report)

    assert "3" == references(report)["scores-by-group"].number
    assert "Table 3" == table.number
    assert table._repr_html_().startswith(
        '<table id="scores-by-group">\n<caption>Table 3. Mean scores by group'
    )


def test_each_district_has_its_own_tables() -> None:
    """Each has its own number, page and file."""
    entries = references(small_report())

    assert "districts/north.html" == entries["scores-by-side-north"].page
    assert "25a" == entries["scores-by-side-north"].number
    assert "25b" == entries["scores-by-side-south"].number
    assert "tables/25a-scores-by-side-north.csv" == entries["scores-by-side-north"].file


def test_a_link_leads_to_the_same_page_if_the_table_is_there() -> None:
    """Other links are relative to the folder of the report."""
    study, district = (
        small_report(),
        replace(small_report(district="north"), notebook="03-district"),
    )
    entries = references(study)

    assert "annex.html#scores-by-group" == link_to(study, entries["scores-by-group"])
    assert "districts/north.html#scores-by-side-north" == link_to(
        study, entries["scores-by-side-north"]
    )
    assert "#scores-by-side-north" == link_to(district, entries["scores-by-side-north"])
    assert "../annex.html#scores-by-group" == link_to(district, entries["scores-by-group"])
    assert "../districts/south.html#scores-by-side-south" == link_to(
        district, entries["scores-by-side-south"]
    )
    assert "../tables.xlsx" == relative_url(district, "tables.xlsx")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_every_table_of_a_notebook_is_published(path) -> None:
    """It is then also in the files; each occurs once per report, so that links are unique."""
    anchors = _anchors(path.stem)
    # what was found where stands in the files as the table `evidence`, measure by measure
    unnumbered = 1 if path.stem == "03-district" else 0

    assert unnumbered == anchors.count("")
    assert len(set(anchors)) == len(anchors)


def test_every_published_table_is_in_the_notebooks_of_its_reference() -> None:
    """Links to other reports rely on this. The district notebook is stored for one district.

    The table of all answers is printed in parts, one per question. The bundled study asks for no
    numbers and has no repeated groups; `test_numbers` and `test_members` test that they are shown.
    """
    for entry in (entry for entry in TABLES if entry.anchor not in ("numbers", "members")):
        for notebook in entry.notebooks:
            is_parted = entry.by_district or entry.anchor == "answers"
            name = rf"{entry.anchor}-\w+" if is_parted else entry.anchor
            assert any(re.fullmatch(name, anchor) for anchor in _anchors(notebook)), entry.anchor
    assert {page(path.stem, "x") for path in NOTEBOOKS.glob("[0-9]*.ipynb")} >= {
        entry.page for entry in references(small_report()).values() if entry.district is None
    }
