"""Studies without organisations or clusters: told of people, who are not independent."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_report import small_report
from small_study import STUDY, derive, write_small
from thin_studies import Thin

from umid_research.messages import Messages, languages
from umid_research.output.explore.choices import in_language
from umid_research.output.explore.views import Choice
from umid_research.report import charts, texts
from umid_research.report.annex import comparisons
from umid_research.report.annex.disclosed import disclosed_items
from umid_research.report.annex.plan import plan_paragraphs
from umid_research.report.differences.table import table_differences_by_group
from umid_research.report.sample.table import table_field_work
from umid_research.report.scores.table import table_scores_by_group
from umid_research.report.slides.deck import deck
from umid_research.report.study_report import Report, open_report
from umid_research.report.topics import published_tables
from umid_research.study import read_study
from umid_research.study.outlines import Outline, Outlines

ALONE = {'locality = "village"\n': "", 'unit = "organisation"\n': "", "matched = true, ": ""}
# Words for what people are grouped into, which no text about people alone may use.
WORDS = {
    "en": re.compile(r"\b(units?|organi[sz]ations?|clusters?|communit(y|ies))\b", re.IGNORECASE),
    "az": re.compile(r"\b(?<!ölçü )(vahid|qurum|klaster|təşkilat|icma)\w*", re.IGNORECASE),
}
# Texts with such words that a study of people alone never shows, or in which they are true.
OTHER = (
    *("activities.", "table.activities.", "figure.coverage.", "sheets.", "title.proposals"),
    *("rule.no_unit", "action.taken_as_its_own_unit", "figure.map.units"),
    # of groups matched by locality
    *("limits.matched", "section.differences.why", "figure.sides.", "figure.topics."),
    *("figure.differences.caption", "figure.district_profile.side"),
    *("figure.district_profile.caption", "plan.units", "plan.unmatched", "plan.sides"),
    *("table.scores_by_side.", "unit.numbers"),
    # of two sides, or of whom proposals are addressed to, which Azerbaijani calls by their bodies
    *("differences.side.", "implementation.gap_", "in_a_line.views", "section.sides"),
    *("table.side.", "figure.side.", "table.differences_by_side.", "explore.view.sides"),
    *("section.annex_proposals", "section.district_proposals", "section.proposals_collected"),
)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """The report of 42 people in two districts, in either language, with more replaced."""
    made: dict[frozenset, Path] = {}

    def make(language: str = "en", **changes: str) -> Report:
        key = frozenset(changes.items())
        if key not in made:
            home = tmp_path_factory.mktemp("people")
            raw = write_small(home / "raw", **Thin("", study={**ALONE, **changes}).parts())
            derive(raw, home / "processed")
            made[key] = home / "processed"
        return open_report("07-study", language=language, processed=made[key])

    return make


def _everything(report: Report) -> Iterator[str]:
    """What the reports say of the survey: prose, tables, figures, slides, methods."""
    for say in (
        *(
            texts.findings,
            texts.group_scores_text,
            texts.group_differences,
            texts.limits,
        ),
        *(texts.differences_in_short, texts.brief_differences, texts.sample),
        *(texts.district_profiles, texts.district_differences, texts.quota),
        *(texts.robustness_text, texts.district_bands, texts.dont_know_text),
    ):
        yield say(report).markdown
    for key in ("groups", "topics", "differences", "quota", "districts", "profile"):
        yield texts.section(replace(report, district="north"), key).markdown
    for _, table in published_tables(report):
        yield repr(table)
        for row in table.cells:
            yield " ".join(report.text(f"table.part.{part}") for cell in row for part in cell.parts)
    for plot in (
        *(charts.plot_scores_by_group, charts.plot_differences_by_group),
        *(charts.plot_districts, charts.plot_supply_demand),
    ):
        yield plot(report).alt + plot(report).svg
    yield charts.plot_district_profile(replace(report, district="north")).alt
    for slide in deck(report):
        yield from slide.texts()
    for part in (*plan_paragraphs(report), *disclosed_items(report), *comparisons(report)):
        yield repr(part)
    for key in ("unit.scores", "unit.differences", "unit.field_work", "unit.areas", "rule.quota"):
        yield report.text(key)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"[districts.north]": '[design]\nstrata = "district"\n[districts.north]'},
        # a place is asked for, but nobody is compared by it
        {'locality = "village"\n': 'locality = "village"\n'},
    ],
    ids=["plain", "strata", "a locality that matches nobody"],
)
def test_no_text_speaks_of_organisations_or_clusters(people, language, changes) -> None:
    """Prose, tables and their files, figures and their words, slides and methods."""
    report = people(language, **changes)
    found = {
        f"{match.group()} in: {text[:300]}"
        for text in _everything(report)
        if (match := WORDS[language].search(text))
    }

    assert set() == found


def test_people_of_one_place_are_said_not_to_be_independent(people) -> None:
    """Where differences stand: in the section, limits, table, figure, plan and disclosure."""
    report = people()
    for text in (
        texts.section(report, "differences").markdown,
        texts.limits(report).markdown,
        " ".join(table_differences_by_group(report).notes),
        next(iter(plan_paragraphs(report))).markdown,
    ):
        assert re.search(
            r"intervals are( therefore)? too narrow|the intervals are too narrow", text
        )
        assert "not independent" in text
        assert re.search(r"p is too small", text)
    assert "not independent, so the intervals are too narrow" in (
        charts.plot_differences_by_group(report).caption
    )
    assert "so the ranges are too narrow" in texts.group_scores_text(report).markdown
    assert "less sure than it looks" in texts.differences_in_short(report).markdown


def test_people_are_counted_once_in_tables_and_slides(people) -> None:
    """42 people and not "42 (42)"; the files have one column of them."""
    report = people()
    table = table_field_work(report)
    reached = next(slide for slide in deck(report) if slide.key == "reached")

    assert "42" == table.rows[-1][-1]
    assert {"people": 42} == table.cells[-1][-1].parts
    assert "42 people took part" == reached.title
    assert "24 people" in texts.group_scores_text(report).markdown


def test_a_map_and_the_table_beside_it_count_people_only(people) -> None:
    """The 20 or so people of a district, and no second number for the same."""
    ring = ((48.0, 60.0), (49.0, 60.0), (49.0, 61.0), (48.0, 61.0), (48.0, 60.0))
    shape = Outline(iso="X-N", names={"en": "North"}, rings=(ring,))
    report = people()
    north = report.study.districts["north"].model_copy(update={"iso": "X-N"})
    districts = {**report.study.districts, "north": north}
    study = report.study.model_copy(update={"districts": districts})
    mapped = replace(
        report, study=study, outlines=Outlines(shapes=(shape,), attribution="Somebody")
    )
    figure = charts.plot_map(mapped)
    reached = next(slide for slide in deck(mapped) if slide.key == "reached")

    assert not WORDS["en"].search(figure.alt + figure.svg)
    assert "North: 21 people." in figure.alt
    assert ("Group", "People") == reached.table.head
    assert ("Total", "42") == reached.table.rows[-1]


def test_a_score_of_people_needs_both_thresholds(people) -> None:
    """A person is a unit as well: fewer than the larger number are withheld."""
    more = {"[districts.north]": "[thresholds]\nunits = 3\nrespondents = 7\n[districts.north]"}

    assert "Scores of fewer than 7 people," in texts.limits(people(**more)).markdown


@pytest.mark.parametrize(
    ("changes", "alone"),
    [
        (ALONE, True),
        ({**ALONE, 'unit = "organisation"\n': 'unit = "organisation"\n'}, False),
        ({'unit = "organisation"\n': ""}, False),
        ({'locality = "village"\n': "", 'unit = "organisation"\n': ""}, True),
        ({'unit = "organisation"\n': "", "matched = true, ": ""}, True),
        ({}, False),
    ],
    ids=["neither", "units", "localities", "matched without a place", "nobody matched", "both"],
)
def test_people_count_alone_where_nothing_says_who_belongs_together(
    write_study, changes, alone
) -> None:
    """A unit is asked for, or groups are matched by locality, or everybody counts alone."""
    text = STUDY
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)

    assert alone == read_study(write_study(study=text)).counts_people


def test_a_study_of_organisations_is_told_of_them() -> None:
    """The small report is matched by locality, and its words stay."""
    report = small_report()

    assert not report.study.counts_people
    assert "Organisations are compared, not people" in texts.limits(report).markdown
    assert "[11]" in " ".join(table_scores_by_group(report).rows[0])
    assert "number of units" in table_scores_by_group(report).layout[0]
    assert {"units": 12, "people": 24} == table_field_work(report).cells[0][-1].parts


def test_another_language_keeps_the_words_for_people(people) -> None:
    """As JupyterLab shows the study in the language that is chosen."""
    report = in_language(people(), Choice(language="az"))

    assert "nəfər" == report.text("figure.units")
    assert "n" == Messages("az")("figure.units")


@pytest.mark.parametrize("language", languages())
def test_words_for_people_replace_every_text_that_speaks_of_units(language) -> None:
    """Each stands for a text of the catalogue, with no other places, and uses no such word."""
    whole, people = Messages(language), Messages(language, catalogue="people")
    unknown = set(people.keys) - set(whole.keys)
    left = {
        key
        for key in whole.keys
        if key not in people.keys
        and not key.startswith(OTHER)
        and WORDS[language].search(_without_places(whole, key))
    }
    foreign = {key for key in people.keys if _places(people, key) - _places(whole, key)}

    assert set() == unknown
    assert set() == left
    assert set() == foreign
    assert not [key for key in people.keys if WORDS[language].search(_without_places(people, key))]
    assert set(Messages("en", catalogue="people").keys) == set(people.keys)


def _without_places(messages: Messages, key: str) -> str:
    return re.sub(r"{\w+}", "", str(messages._texts[key]))


def _places(messages: Messages, key: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", str(messages._texts[key])))
