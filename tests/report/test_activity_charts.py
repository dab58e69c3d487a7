"""Test the figures of the activities: alternative texts, gaps and withheld numbers."""

import base64
import io
import re
from collections.abc import Callable
from functools import cache
from xml.etree import ElementTree

import pytest
from drawings import cut_off, overlapping
from PIL import Image
from small_activity_report import (
    ATTRITION,
    CATEGORIES,
    COVERAGE,
    EVENTS,
    GALLERY,
    KNOWLEDGE,
    small_activity_report,
)

from umid_research.messages import languages
from umid_research.report import charts
from umid_research.report.texts import category_name

PLOTS = {
    "timeline": charts.plot_timeline,
    "coverage": charts.plot_coverage,
    "gallery": charts.plot_gallery,
    "knowledge": charts.plot_knowledge,
    "attrition": charts.plot_attrition,
}
FRAMES = {"timeline": "events"}
every_plot = pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
both_drawings = pytest.mark.parametrize("drawing", ["svg", "narrow"])


def texts(svg: str) -> list[str]:
    """Return the text lines of a drawing."""
    return [node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}text")]  # noqa: S314


@cache
def figure_in(plot: Callable, language: str) -> charts.Figure:
    """Return the figure of the small report in a language, drawn once for tests that read it."""
    return plot(small_activity_report(language))


def numbers(text: str) -> set[str]:
    """Return every number of a text with its sign."""
    return set(re.findall(r"[+−]?\d+", text))


@every_plot
@pytest.mark.parametrize("language", languages())
@both_drawings
def test_the_alternative_text_has_every_number_that_is_drawn(plot, drawing, language) -> None:
    """Readers who do not see the figure get the same numbers, except scales and sums."""
    figure = figure_in(plot, language)
    scale = {"0", "25", "50", "75", "100", "1", "2", "3", "4"}
    sums = {"14", "30", "17"}
    drawn = numbers(" ".join(line for line in texts(getattr(figure, drawing)) if "05" not in line))

    assert set() == drawn - scale - sums - numbers(figure.alt)


@every_plot
def test_the_same_numbers_give_the_same_bytes(plot) -> None:
    """The drawing does not depend on the time or on random numbers."""
    assert plot(small_activity_report()) == plot(small_activity_report())


@pytest.mark.parametrize(
    ("plot", "changed"),
    [
        ("timeline", {"events": [*EVENTS, {**EVENTS[1], "event": "C9"}]}),
        ("coverage", {"coverage": [{**COVERAGE[0], "pieces": 15}, *COVERAGE[1:]]}),
        ("knowledge", {"knowledge": [{**KNOWLEDGE[0], "after": 75.5}, *KNOWLEDGE[1:]]}),
        ("attrition", {"attrition": [{**ATTRITION[0], "people": 263}, *ATTRITION[1:]]}),
    ],
)
def test_another_number_gives_another_figure(plot, changed) -> None:
    """A changed number changes the drawing and its alternative text."""
    before, after = (PLOTS[plot](small_activity_report(**rows)) for rows in ({}, changed))

    assert before.svg != after.svg
    assert before.alt != after.alt


@every_plot
def test_every_figure_of_a_simulated_study_is_marked(plot) -> None:
    """A figure of a real study has no mark."""
    mark = "SIMULATED DATA: these are not answers of real people"
    real = plot(small_activity_report(provenance="public"))

    assert mark in texts(figure_in(plot, "en").svg)
    assert mark in texts(figure_in(plot, "en").narrow)
    assert mark not in real.svg + real.narrow + real.alt


@pytest.mark.parametrize("plot", PLOTS)
def test_without_rows_a_figure_says_that_there_is_nothing(plot) -> None:
    """A missing register is not drawn as zeros."""
    report = small_activity_report(**{FRAMES.get(plot, plot): []})

    assert "There is nothing to draw here" in PLOTS[plot](report).alt


@every_plot
@both_drawings
@pytest.mark.parametrize("language", languages())
def test_no_text_leaves_the_figure_or_covers_another(plot, drawing, language) -> None:
    """Text is measured with the font of the drawing, in every language."""
    svg = getattr(figure_in(plot, language), drawing)

    assert [] == cut_off(svg)
    assert [] == overlapping(svg)


@pytest.mark.parametrize("language", languages())
def test_letters_replace_category_names_on_a_phone(language) -> None:
    """Each letter is in the list of meanings and above its column, where a name does not fit."""
    report = small_activity_report(language)
    lines = texts(charts.plot_coverage(report).narrow)

    for letter, key in zip("ABCDE", CATEGORIES, strict=True):
        assert 2 == lines.count(letter)
        assert category_name(report, key) in lines


def test_the_coverage_caption_counts_the_gaps() -> None:
    """Of 4 municipalities × 2 promised categories 3 are empty; 61 pieces in all."""
    caption = charts.plot_coverage(small_activity_report()).caption

    assert caption.startswith("61 pieces of information from 4 municipalities; in 3 of 8 pairs")


def test_without_posts_coverage_shows_only_the_pages() -> None:
    """The number of pieces is unknown, so no zero is drawn."""
    pages = [row for row in COVERAGE if row["category"].startswith("page:")]
    figure = charts.plot_coverage(small_activity_report(coverage=pages))

    assert "Nothing is known of what was posted there." in figure.caption
    assert not any("Total" == line and figure.svg.count("Total") > 1 for line in texts(figure.svg))
    assert "North, n2: Page of the municipality 1 and Page of the community 0." in figure.alt


def test_events_in_person_are_marked() -> None:
    """Their markers are hollow, and the alternative text counts them."""
    online = [{**row, "mode": "online"} for row in EVENTS]
    mixed, all_online = (
        charts.plot_timeline(small_activity_report(events=rows)) for rows in (EVENTS, online)
    )

    assert "1 of them was held in person." in mixed.alt
    assert "Hollow markers" in " ".join(texts(mixed.svg))
    assert "in person" not in all_online.alt + " ".join(texts(all_online.svg))


def test_events_on_one_day_are_not_described_as_a_period() -> None:
    """Start and end would be the same day."""
    alt = charts.plot_timeline(small_activity_report()).alt

    assert "2.3 Platforms founded: 1 on 27 July 2022 (whole project 1)." in alt
    assert "2.2 Terminals requested: 3 from 20 April 2022 to 25 June 2022" in alt


def test_an_event_outside_the_project_is_counted_in_a_note_and_not_drawn() -> None:
    """A page may be older than the project; its marker would be outside the scale."""
    outside = [{**EVENTS[0], "event": f"G{year}", "date": f"{year}-01-05"} for year in (2019, 2023)]
    figure = charts.plot_timeline(small_activity_report(events=[*EVENTS, *outside]))
    inside = charts.plot_timeline(small_activity_report())

    assert inside.caption == figure.caption
    assert "2 events lie outside the project and are not drawn." in figure.alt
    assert "outside the project" not in inside.alt
    assert figure.svg.count("<path") == inside.svg.count("<path")
    assert "2 events lie outside the project" in " ".join(texts(figure.svg))


def test_the_change_agrees_with_the_drawn_numbers() -> None:
    """41.1 and 71.5 are drawn as 41 and 72, so the change is 31 and not 30."""
    alt = charts.plot_knowledge(small_activity_report()).alt

    assert "41 % before, 72 % after; change +31 (+24 to +38)" in alt


def test_a_withheld_number_appears_nowhere() -> None:
    """This holds even if the number was left in the frame."""
    hidden = [{**row, "shown": False} for row in KNOWLEDGE]
    steps = [*ATTRITION[:-1], {**ATTRITION[-1], "people": 3, "shown": False}]
    report = small_activity_report(knowledge=hidden, attrition=steps)
    knowledge, attrition = charts.plot_knowledge(report), charts.plot_attrition(report)

    assert not {"41", "72", "151"} & numbers(knowledge.alt + " ".join(texts(knowledge.svg)))
    assert "“Who may ask?” is withheld." in knowledge.alt
    assert "3" not in numbers(attrition.alt) | numbers(" ".join(texts(attrition.svg)))
    assert "×" in texts(attrition.svg)


def test_only_clear_changes_are_bold() -> None:
    """By its verdict, as all comparisons."""
    svg = charts.plot_knowledge(small_activity_report()).svg
    weight = {
        node.text: "font-weight: 700" in node.get("style")
        for node in ElementTree.fromstring(svg).iter()  # noqa: S314
        if node.tag.endswith("}text")
    }

    assert weight["+31"]
    assert not weight["−2"]


def test_a_gallery_has_each_picture_with_its_place_topic_and_date() -> None:
    """On paper and on a phone; the alternative text tells the same."""
    figure = charts.plot_gallery(small_activity_report())

    for svg in (figure.svg, figure.narrow):
        assert svg is not None
        assert 2 == svg.count("<image ")
        assert {"n1", "s1", "Recruitment", "2 May 2022", "1 May 2022"} <= set(texts(svg))
    assert "A post of n1 about: Recruitment, 2 May 2022." in figure.alt
    assert figure.caption.startswith("2 pieces of information")


def test_a_wide_and_a_tall_picture_keep_their_shape_in_the_gallery() -> None:
    """A picture is as wide to its height as its pixels."""
    shapes = {"B2": (60, 20), "B1": (20, 60)}
    rows = [{**row, "picture": _png(*shapes[row["post"]])} for row in GALLERY]
    drawn = ElementTree.fromstring(charts.plot_gallery(small_activity_report(gallery=rows)).svg)  # noqa: S314
    images = [one for one in drawn.iter() if one.tag.endswith("image")]

    assert [3, pytest.approx(1 / 3, rel=0.1)] == [
        pytest.approx(float(one.get("width", 0)) / float(one.get("height", 1)), rel=0.1)
        for one in images
    ]


def _png(width: int, height: int) -> str:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()
