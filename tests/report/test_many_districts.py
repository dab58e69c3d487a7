"""A study of more than twelve districts counts them, and names no district for its place."""

from dataclasses import replace
from itertools import combinations

import pytest
from drawings import drawn, texts
from small_report import small_report, with_rows

from umid_research.report import texts as said
from umid_research.report.chart.map import Area, Map
from umid_research.report.implementation.many_places import (
    by_district,
    found_counted,
    status_counted,
)
from umid_research.report.implementation.table import table_places
from umid_research.study import District
from umid_research.study.entries import EvidenceItem

KEYS = [f"d{number:02d}" for number in range(1, 15)]


@pytest.fixture
def report():
    """The small report with fourteen districts, which score 41, 42, … 54 on the index."""
    made = small_report()
    districts = {key: District(code=key, name={"en": f"District {key[1:]}"}) for key in KEYS}
    made = replace(made, study=made.study.model_copy(update={"districts": districts}))
    score = {"table": "scores_by_district", "dimension": "index", "units": 9, "respondents": 9}
    rows = [{**score, "district": key, "value": 40.0 + n} for n, key in enumerate(KEYS, 1)]
    rows += [
        {"table": "district_bands", "statistic": "overlap", "dimension": "index"}
        | {"district": a, "versus": b, "value": float("d14" not in (a, b) or a == "d01")}
        for a, b in combinations(KEYS, 2)
    ]
    return with_rows(made, [{**row, "shown": True} for row in rows])


def _lead(district: str, value: float) -> dict:
    """A clear difference of a district from the mean of all."""
    row = {"table": "differences_by_district", "dimension": "index", "family": "C"}
    row |= {"district": district, "versus": "all districts", "value": value, "units": 9.0}
    row |= {"low": value - 3, "high": value + 3, "p_adjusted": 0.01, "mdd": 8.0, "skewed": 0.0}
    return {**row, "opposed": 0.0, "verdict": "higher", "reason": "", "shown": True}


def test_texts_count_the_districts(report) -> None:
    """Fourteen names in a sentence are not read."""
    for text in (said.cover(report), said.background(report)):
        assert "14 districts" in text.markdown
        assert "District 03" not in text.markdown


def test_districts_have_a_range_per_topic_in_place_of_profiles(report) -> None:
    """41 to 54; the middle half, by numpy's quantiles, is 44.25 to 50.75."""
    text = said.district_profiles(report).markdown

    assert "Mean scores of the 14 districts" in text
    assert "41 to 54, the middle half 44 to 51" in text
    assert not any(f"District {key[1:]}" in text for key in KEYS)


def test_pairs_and_the_smaller_part_of_a_band_are_named(report) -> None:
    """Of 91 pairs, 12 do not overlap: d14 with all but d01. The first band is all but d14."""
    text = said.district_bands(report).markdown

    assert "Of 91 pairs of districts, 79 cannot be distinguished" in text
    assert "- 13 districts: all but District 14\n- District 01 and District 14\n" in text


def test_a_district_apart_from_the_mean_of_all_is_a_lead(report) -> None:
    """Of more leads than are listed the largest are named, and the rest counted."""
    rows = [_lead(key, 10.0 + n) for n, key in enumerate(KEYS)]
    text = said.district_profiles(with_rows(report, rows)).markdown

    assert "District 14 and the mean of all districts are 23 points apart" in text
    assert "District 05 and the mean" in text and "District 04 and the mean" not in text
    assert "4 more are in the table." in text


def test_links_to_the_reports_stand_in_one_line(report) -> None:
    """The list of the other reports is as long as in a small study."""
    lines = said.reports(report).markdown.splitlines()
    (line,) = [line for line in lines if "districts/" in line]

    assert 14 == line.count("](districts/d")
    assert line.startswith(
        "- Each district has its own report: [District 01](districts/d01.html) · "
    )


def test_a_crowded_map_has_only_the_names_that_fit() -> None:
    """No lines below them: they would cover the next district."""
    ring = ((48, 41), (49, 41), (49, 42), (48, 42), (48, 41))
    east = tuple((x + 1, y) for x, y in ring)
    areas = [Area("North", [ring], ["22 people"]), Area("A very long name " * 9, [east], ["3"])]
    for svg in drawn(Map(areas, is_crowded=True)):
        assert ["North"] == texts(svg)


# --- measures and documents ----------------------------------------------------------------------


def _with_plan(report, verified="yes"):
    """A measure that is complete in the first two districts, limited in eleven, withheld in one.

    The report was found in two places, in part in a third, and not in a fourth. Two measures
    require it in the first place.
    """
    items = {"board": EvidenceItem(name={"en": "Report on the board"}, source="the plan")}
    report = replace(report, study=report.study.model_copy(update={"evidence_items": items}))
    measure = {"question": "M1", "dimension": "info"}
    named = {"table": "measures", "answer": "en", "statistic": verified, "note": "Publish reports"}
    rows = [{**measure, **named}]
    status = {**measure, "table": "status", "statistic": "documentary"}
    for n, key in enumerate(KEYS):
        code = "Complete" if n < 2 else "Limited"
        rows.append({**status, "district": key, "answer": code, "shown": n != 13})
    found = ("found", "found", "partly", "not_found")
    evidence = {**measure, "table": "evidence", "district": "d01", "answer": "board"}
    for place, result in enumerate(found, 1):
        rows.append({**evidence, "locality": f"p{place}", "statistic": result})
    rows.append({**rows[-4], "question": "M2"})
    return with_rows(report, [{"shown": True, **row} for row in rows])


def test_codes_of_measures_are_counted_over_districts(report) -> None:
    """The furthest code comes first, and what is withheld is counted, too."""
    table = status_counted(_with_plan(report))
    ((measure, perceived, documents, analyst),) = [
        [cell.text for cell in row] for row in table.cells
    ]

    assert "M1 Publish reports" == measure
    assert "Complete (2) · Limited (11) · × (1)" == documents
    assert ("", "") == (perceived, analyst)
    assert "14 districts" in table.caption


def test_a_measure_that_nobody_has_verified_says_so_here_too(report) -> None:
    """The text in brackets, and what it means."""
    table = status_counted(_with_plan(report, verified="no"))

    assert "M1 Publish reports [unverified]" == table.cells[0][0].text
    assert "[unverified]: nobody has verified the measure's text." in table.notes
    assert "unverified" not in repr(status_counted(_with_plan(report)))


def test_places_in_which_a_document_was_found_are_counted(report) -> None:
    """A place in which several measures require a document counts once."""
    table = found_counted(_with_plan(report))
    (row,) = [[cell.text for cell in row] for row in table.cells]

    assert ["found", "in part", "not found", "not accessible"] == list(table.head[1:])
    assert ["Report on the board", "2", "1", "1", "0"] == row
    assert "All districts" in table.caption


def test_tables_of_many_districts_are_folded_below_one_that_counts(report) -> None:
    """Fourteen tables lie under a line; of two districts, each table is shown by itself."""
    counted, opened, *tables, closed = by_district(_with_plan(report), "evidence")

    assert "Found" not in counted.caption and "All districts" in counted.caption
    assert 'title="The tables of all 14 districts"' in opened.markdown
    assert ":::" == closed.markdown
    assert [f"evidence-{key}" for key in KEYS] == [table.anchor for table in tables]
    few = small_report()
    assert 2 == len(list(by_district(few, "status")))


def test_a_district_with_nine_places_counts_them(report) -> None:
    """Eight places have a column each."""
    made = _with_plan(report)
    for places, head in ((8, 9), (9, 5)):
        names = {f"p{n}": {"en": f"Place {n}"} for n in range(1, places + 1)}
        first = made.study.districts["d01"].model_copy(update={"localities": names})
        roles = made.study.roles.model_copy(update={"locality": None})
        districts = {**made.study.districts, "d01": first}
        study = made.study.model_copy(update={"districts": districts, "roles": roles})
        table = table_places(replace(made, study=study), "d01")
        assert head == len(table.head)
