"""Test the figures: published numbers only, complete texts, reproducible and safe SVG."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from drawings import boxes, cut_off, overlapping, smallest
from notebook_outputs import shapes
from small_report import AZ, HOSTILE, small_report, unmatched, with_number

from umid_research.errors import ParameterError
from umid_research.messages import Messages, languages
from umid_research.report import charts
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import NARROW_TYPE, group_series, side_series
from umid_research.study import Study

PLOTS = {
    "scores by group": charts.plot_scores_by_group,
    "sides": charts.plot_sides,
    "differences": charts.plot_differences_by_group,
    "districts": charts.plot_districts,
    "district profile": charts.plot_district_profile,
    "answers": lambda report: charts.plot_answers(report, "trust"),
    "answers by group": lambda report: charts.plot_answers(report, "trust", by="group"),
    "counts": lambda report: charts.plot_counts(report, "plan"),
    "counts of several": lambda report: charts.plot_counts(report, "channels"),
    "counts by group": lambda report: charts.plot_counts(report, "plan", by="group"),
}
every_plot = pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
# Each figure has two drawings: for paper and for a phone.
both_drawings = pytest.mark.parametrize("drawing", ["svg", "narrow"])


@pytest.fixture
def report():
    """Return the small report of the district North."""
    return small_report(district="north")


@pytest.fixture
def figure(plot):
    """Return the figure of that report, drawn once for all tests that read it."""
    return _figure_of(plot)


@cache
def _figure_of(plot: Callable) -> charts.Figure:
    return plot(small_report(district="north"))


def texts(svg: str) -> list[str]:
    """Return the text lines of a drawing."""
    return [node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}text")]  # noqa: S314


@every_plot
def test_the_same_numbers_give_the_same_bytes(plot, report) -> None:
    """The drawing does not depend on the time, on random numbers or on earlier drawings."""
    assert plot(report) == plot(report)


@pytest.mark.parametrize(
    ("plot", "number"),
    [
        ("scores by group", 33),
        ("sides", 57),
        ("differences", -24),
        ("districts", 52),
        ("district profile", 38),
        ("answers", 14),
        ("answers by group", 7),
        ("counts", 32),
        ("counts of several", 28),
        ("counts by group", 19),
    ],
)
def test_another_published_number_gives_another_figure(plot, number, report) -> None:
    """It moves a mark or changes the length of a bar, and changes the alternative text.

    A printed number by itself would change the drawing too.
    """
    before = PLOTS[plot](report)
    after = PLOTS[plot](with_number(report, number, number + 1))
    moved = [
        one
        for one, other in zip(shapes(before.svg), shapes(after.svg), strict=True)
        if not one.is_at(other) and "fill: #ffffff" not in one.look
    ]

    assert moved
    assert before.alt != after.alt


@every_plot
@both_drawings
def test_the_alternative_text_has_every_number_that_is_drawn(figure, drawing) -> None:
    """Readers who do not see the figure get the same numbers, except the ticks of the scale."""
    ticks = {"0", "25", "50", "75", "100", "−40", "+40"}
    drawn = {
        number
        for line in texts(getattr(figure, drawing))
        if "0.05" not in line
        for number in re.findall(r"[+−]?\d+", line)
    }

    assert set() == {number for number in drawn - ticks if number not in figure.alt}


@every_plot
@both_drawings
def test_nothing_but_published_numbers_is_drawn(figure, drawing, report) -> None:
    """Every drawn number is published, the sum of the unscored answers, or a tick."""
    allowed = {
        int(number)
        for rows in report.published.values()
        for name in {"value", "low", "high", "units", "respondents"} & set(rows.columns)
        for number in rows.loc[rows["shown"], name].dropna()
    }
    # 2 "don't know" and 1 refusal are added; the axis of the differences ends at 39 rounded up.
    allowed |= {0, 25, 50, 75, 100, 2 + 1, 40, -40}
    own = re.compile(r"alert\(1\)|x\^2|\\frac\{1\}\{2\}|0\.05")
    lines = [own.sub("", line) for line in texts(getattr(figure, drawing))]
    drawn = {
        int(number.replace("−", "-"))
        for line in lines
        if "frac" not in line and "x^2" not in line
        for number in re.findall(r"[+−]?\d+", line)
    }

    assert set() == drawn - allowed


def test_a_withheld_number_appears_nowhere() -> None:
    """A withheld number left in the frame is not in the drawing, the texts or the caption."""
    row = {"dimension": "trust", "group": "ngo", "statistic": "mean"}
    hidden = {**row, "value": 83, "low": 81, "high": 88, "units": 2, "shown": False}
    figure = charts.plot_scores_by_group(small_report(scores_by_group=[hidden]))

    drawn = [*texts(figure.svg), *texts(figure.narrow)]
    for number in ("83", "81", "88"):
        assert number not in " ".join([*drawn, figure.alt, figure.caption])
    assert "Clubs withheld" in figure.alt
    assert "×" in texts(figure.svg)
    assert "×" in texts(figure.narrow)


def test_a_clear_gap_is_bold_and_a_withheld_gap_is_marked() -> None:
    """Clear by its verdict, as everywhere; withheld with the mark."""
    gap = {"dimension": "trust", "side": "supply", "versus": "demand", "units": 11}
    clear = {**gap, "value": 25, "low": 9, "high": 41, "verdict": "higher"}
    unclear = {**clear, "verdict": "unclear"}
    hidden = {**gap, "shown": False}

    drawn = [
        charts.plot_sides(small_report(differences_by_side=[row]))
        for row in (clear, unclear, hidden)
    ]

    bold = [
        re.search(r"font-weight: (?:700|bold)[^>]*>\+25<", figure.svg) is not None
        for figure in drawn
    ]
    assert [True, False, False] == bold
    assert "gap +25 (+9 to +41)." in drawn[0].alt
    assert "×" in texts(drawn[2].svg)


def test_dumbbells_show_matched_groups_on_shared_dimensions(report) -> None:
    """Two matched groups were asked about the dimension; a withheld group has the mark."""
    row = {"dimension": "trust", "statistic": "mean"}
    people = {**row, "group": "people", "value": 33, "units": 12}
    office = {**row, "group": "office", "shown": False}
    figure = charts.plot_sides(small_report(scores_by_group=[people, office]))

    assert "Office withheld" in figure.alt
    assert "×" in texts(figure.svg)
    assert "Clubs" not in charts.plot_sides(report).alt
    assert report.text("index") not in charts.plot_sides(report).alt
    assert charts.plot_sides(replace(report, study=_unmatched(report.study))).alt.startswith(
        report.text("figure.nothing")
    )


def _unmatched(study: Study) -> Study:
    groups = {k: g.model_copy(update={"matched": False}) for k, g in study.groups.items()}
    return study.model_copy(update={"groups": groups})


def test_withheld_answers_are_listed_with_the_mark(report) -> None:
    """This holds for a group and for a question over everybody."""
    by_group = charts.plot_answers(report, "trust", by="group")
    over_everybody = charts.plot_answers(report, "trust")

    assert "× Clubs" in texts(by_group.svg)
    assert "×" in texts(over_everybody.svg)
    assert "“Do they hide things?” is withheld." in over_everybody.alt
    assert "Nowhere withheld" in charts.plot_counts(report, "channels").alt


@every_plot
@both_drawings
def test_every_figure_shows_its_base(figure, drawing) -> None:
    """The drawing shows n, units or k of n; the caption says how many took part."""
    drawn = " ".join(texts(getattr(figure, drawing)))

    assert re.search(r"\bn\b|\d+ of \d|adjusted", drawn)
    assert re.search(r"\d+ (people|answered|units)", figure.caption)


@every_plot
def test_every_figure_of_a_simulated_study_is_marked(plot, figure) -> None:
    """A figure of a real study has no mark."""
    mark = "SIMULATED DATA: these are not answers of real people"
    real = plot(small_report(district="north", provenance="public"))

    assert mark in texts(figure.svg)
    assert mark in texts(figure.narrow)
    assert mark in figure.alt
    assert mark not in real.svg + real.narrow + real.alt


@every_plot
@both_drawings
def test_hostile_text_is_text(figure, drawing) -> None:
    """Names and answers create no tag, formula or reference."""
    svg = getattr(figure, drawing)
    hostile = {"script", "foreignObject", "image", "a", "use"}
    tags = {node.tag.split("}")[-1] for node in ElementTree.fromstring(svg).iter()}  # noqa: S314

    assert set() == tags & hostile
    assert "<script" not in svg


@pytest.mark.parametrize(
    "plot", ["scores by group", "district profile", "counts", "counts by group"]
)
def test_what_looks_like_markup_is_shown_as_written(plot, report) -> None:
    """Every character is kept, in a dimension, a question and an answer."""
    figure = PLOTS[plot](report)

    for drawing in (figure.svg, figure.narrow):
        assert HOSTILE.replace(" ", "") in "".join(texts(drawing)).replace(" ", "")
    assert HOSTILE in figure.alt


def test_control_characters_do_not_reach_the_drawing(report) -> None:
    """A direction override in a name would reverse the rest of the line."""
    names = {"en": "Off\u202eice\x07"}
    groups = {**report.study.groups}
    groups["office"] = groups["office"].model_copy(update={"name": names})
    study: Study = report.study.model_copy(update={"groups": groups})
    figure = charts.plot_scores_by_group(replace(report, study=study))

    assert "Off ice" in " ".join(texts(figure.svg))


def test_azerbaijani_letters_stay_letters(report) -> None:
    """They are text, not outlines, so that search and screen readers find them."""
    svg = charts.plot_answers(report, "trust", by="group").svg

    assert AZ == " ".join(line for line in texts(svg) if set(line) & set("əğış"))[: len(AZ)]
    assert "'Fira Sans'" in svg


@every_plot
def test_a_figure_loads_nothing(figure) -> None:
    """The only addresses are the namespaces of SVG."""
    addresses = set(re.findall(r"https?://[^\"]+", figure.svg))

    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@every_plot
@both_drawings
def test_no_text_leaves_the_figure_or_covers_another(figure, drawing) -> None:
    """Text is measured with the font of the drawing."""
    svg = getattr(figure, drawing)

    assert [] == cut_off(svg)
    assert [] == overlapping(svg)


@pytest.mark.parametrize("edge", [0, 500])
def test_the_helpers_find_text_that_is_cut_off_or_overlaps(edge) -> None:
    """They find it at either edge, and find nothing in a correct drawing."""
    good, bad = Canvas(), Canvas()
    for canvas in (good, bad):
        canvas.text(100, 10, "A name")
        canvas.text(100, 30, "Another name")
    bad.text(edge, 60, "Too far out", align="center")
    bad.text(110, 12, "Over it")

    assert ([], []) == (cut_off(good.svg(70)), overlapping(good.svg(70)))
    assert ["Too far out"] == cut_off(bad.svg(70))
    assert [("A name", "Over it")] == overlapping(bad.svg(70))


LEGENDS = {
    "in one line": (["a", "b", "c"], 200, [["a", "b", "c"]]),
    "closer together, if that saves a line": (["a", "b", "c"], 70, [["a", "b", "c"]]),
    "in two lines": (["a", "b", "c", "d"], 55, [["a", "b"], ["c", "d"]]),
    "two entries in the last line": (["a", "b", "c", "d"], 80, [["a", "b"], ["c", "d"]]),
    "one entry if the line above is short": (["a", "b", "c"], 50, [["a", "b"], ["c"]]),
}


@pytest.mark.parametrize("case", LEGENDS)
def test_the_entries_of_a_legend_are_distributed(case) -> None:
    """A marker takes 14 points, a letter 5; entries are 12 points apart, or 6."""
    names, room, expected = LEGENDS[case]
    canvas = Canvas()
    canvas.legend(0, 0, room, [(style.Series(style.INK, "circle"), name) for name in names])
    lines: dict[float, list[str]] = {}
    for box in boxes(canvas.svg(100)):
        lines.setdefault(round(box.top + 0.72 * style.SMALL), []).append(box.text)

    assert expected == list(lines.values())


# --- for a phone ---------------------------------------------------------------------------------


@every_plot
def test_letters_are_large_enough_on_a_phone(figure) -> None:
    """A drawing gets 356 of 390 pixels; no letter is smaller than 11 pixels."""
    narrow = figure.narrow
    width = float(ElementTree.fromstring(narrow).get("viewBox").split()[2])  # noqa: S314

    assert smallest(narrow) * 356 / width >= 11


@every_plot
def test_both_drawings_have_the_same_numbers(figure) -> None:
    """Whoever reads on a phone misses nothing."""
    wide, narrow = (
        set(re.findall(r"[+−]?\d+", " ".join(texts(svg)))) for svg in (figure.svg, figure.narrow)
    )

    assert wide == narrow


def test_names_are_left_of_marks_on_paper_and_above_them_on_a_phone(report) -> None:
    """On a phone the scale can use the whole width."""
    svg, narrow = (getattr(charts.plot_districts(report), name) for name in ("svg", "narrow"))
    for drawing, is_above in ((svg, False), (narrow, True)):
        heights = {box.text: box.top for box in boxes(drawing)}
        name = heights["Overall index"]
        mark = heights["× North"]
        assert is_above == (mark - name > style.SMALL)


def test_a_long_wording_is_wrapped(report) -> None:
    """A long question takes several lines and loses no word."""
    wording = " ".join(f"word{number}" for number in range(60))
    question = replace(report.questionnaire["plan"], labels={"en": wording})
    long = replace(report, questionnaire=replace(report.questionnaire, questions=(question,)))
    lines = texts(charts.plot_counts(long, "plan").svg)

    assert wording in " ".join(lines)
    assert max(style.text_width(line, size=11, weight="bold") for line in lines) < 508


def test_a_word_wider_than_its_column_is_split() -> None:
    """No letter is lost, and no line is too wide."""
    lines = style.wrapped("a" * 40, 50)

    assert "a" * 40 == "".join(lines)
    assert all(style.text_width(line) <= 50 for line in lines)


def test_the_mime_bundle_has_drawings_text_and_caption(report) -> None:
    """The exporters need all of these."""
    figure = charts.plot_districts(report)
    data, metadata = figure._repr_mimebundle_()

    drawings = {"image/svg+xml": figure.svg, NARROW_TYPE: figure.narrow}
    assert {**drawings, "text/plain": figure.alt} == data
    assert {"image/svg+xml": {"alt": figure.short, "caption": figure.caption}} == metadata
    assert figure.short.startswith(figure.caption)
    assert figure.svg.startswith("<svg")


def test_drawing_leaves_the_settings_of_matplotlib_alone(report) -> None:
    """Other figures of a notebook do not change."""
    before = dict(matplotlib.rcParams)
    charts.plot_districts(report)

    assert before == dict(matplotlib.rcParams)


def test_a_drawing_that_fails_leaves_nothing_on_the_next_one() -> None:
    """All drawings use the same axes in turn."""
    failing, good = Canvas(), Canvas()
    failing.text(10, 10, "Left over")
    failing.picture(0, 0, 10, 10, "no pixels")
    good.text(10, 10, "A name")

    with pytest.raises(TypeError):
        failing.svg(20)
    assert ["A name"] == texts(good.svg(20))


def test_settings_of_the_user_change_nothing(report) -> None:
    """The bytes do not depend on a matplotlibrc file."""
    before = charts.plot_districts(report)
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "path"}):
        after = charts.plot_districts(report)

    assert before == after


# --- what each figure shows ----------------------------------------------------------------------


def test_the_alternative_text_gives_only_published_intervals(report) -> None:
    """The index of the group 'people' has no interval."""
    alt = charts.plot_scores_by_group(report).alt

    assert f"{AZ} 33 (21 to 46; n = 12)" in alt
    assert f"Overall index: {AZ} 36 (n = 9)." in alt


def test_a_difference_is_called_clear_by_the_rule_of_all_comparisons(report) -> None:
    """-24 with -39 to -8 and p 0.0123 is by `lower`; by `unclear` the same numbers are not."""
    alt = charts.plot_differences_by_group(report).alt
    row = report.rows("differences_by_group").iloc[0].to_dict()
    unsure = small_report(differences_by_group=[{**row, "verdict": "unclear"}])

    assert f"{AZ} minus Office −24 (−39 to −8; n = 11; clear difference)" in alt
    assert "; no clear difference)" in charts.plot_differences_by_group(unsure).alt


def test_clear_differences_of_skewed_scores_are_named(report) -> None:
    """Unclear differences are not named."""
    row = report.rows("differences_by_group").iloc[0].to_dict() | {"skewed": 1}
    for verdict, named in (("lower", True), ("unclear", False)):
        made = small_report(differences_by_group=[{**row, "verdict": verdict}])
        figure = charts.plot_differences_by_group(made)
        assert named == ("Skewed scores in" in figure.alt)


def test_comparisons_without_estimate_are_left_out_and_counted(report) -> None:
    """One comparison cannot be estimated and one is withheld."""
    figure = charts.plot_differences_by_group(report)

    assert "2 more comparisons are not drawn" in figure.alt
    assert not any("Duties" in line for line in texts(figure.svg))


def test_negative_answers_are_left_and_the_middle_has_its_own_column(report) -> None:
    """Answers 1 and 2 are left of the line, 4 and 5 right; 3 and "don't know" have columns."""
    svg = charts.plot_answers(report, "trust").svg
    place = {text: x for text, x in _places(svg) if text in {"6", "10", "14", "8", "11"}}
    heads = {text: x for text, x in _places(svg) if text in ("Half and half", "Don't know or")}

    assert place["6"] < place["10"] < place["14"] < place["8"] < place["11"]
    assert place["8"] < heads["Half and half"] < heads["Don't know or"]


def test_a_reversed_question_is_turned_and_says_so(report) -> None:
    """The answer with the low score is left, whatever its code; a note says so."""
    counts = {"1": 6, "2": 10, "3": 11, "4": 14, "5": 8, "dk": 2, "ref": 1}
    rows = [
        {"question": "trust_2", "answer": code, "value": count, "respondents": 52}
        for code, count in counts.items()
    ]
    svg = charts.plot_answers(small_report(answers=rows), "trust").svg
    place = dict(_places(svg))

    assert place["8"] < place["14"] < place["10"] < place["6"]
    assert any("worded the other way round" in line for line in texts(svg))


def test_a_district_profile_names_both_sides_and_the_score(report) -> None:
    """Demand is 38 (3 units), supply 61 (4 units), the district 47; the index is withheld."""
    figure = charts.plot_district_profile(report)

    assert "the people it serves 38 (n = 3), local government 61 (n = 4)" in figure.alt
    assert "North 47 (n = 6)" in figure.alt
    assert "Office (n = 4)" in texts(figure.svg)
    assert "North withheld" in figure.alt


def test_a_side_is_drawn_like_its_first_group(report) -> None:
    """A group keeps its colour and marker across figures."""
    groups, districts = (
        charts.plot_scores_by_group(report).svg,
        charts.plot_district_profile(report).svg,
    )
    people, office = (series.colour for series in style.series_of(["people", "office"]).values())

    for svg in (groups, districts):
        assert [people, office] == [
            colour for colour in _legend_colours(svg) if colour in (people, office)
        ]
    assert side_series(report) == {
        "demand": group_series(report)["people"],
        "supply": group_series(report)["office"],
    }


def test_seven_series_have_different_colours_and_markers() -> None:
    """Seven is the largest number that is distinguishable with any colour vision and in grey."""
    drawn = list(style.series_of("abcdefg").values())

    assert 7 == len({one.colour for one in drawn}) == len({one.marker for one in drawn})
    assert {""} == {one.letter for one in drawn}


@pytest.mark.parametrize("count", [8, 16, 66, 703])
def test_more_series_than_colours_share_one_colour_and_have_letters(count) -> None:
    """A repeated colour would represent two districts."""
    drawn = list(style.series_of(map(str, range(count))).values())

    assert 1 == len({one.colour for one in drawn}) == len({one.marker for one in drawn})
    assert count == len({one.letter for one in drawn})
    assert ["A", "B", "H"] == [drawn[place].letter for place in (0, 1, 7)]
    named = {25: "Z", 26: "AA", 27: "AB", 701: "ZZ", 702: "AAA"}
    for place, letter in named.items():
        assert count <= place or letter == drawn[place].letter


def test_sides_have_colours_and_no_letters_when_groups_have_letters() -> None:
    """The letter of the first group would identify that group, not the side."""
    report = small_report()
    groups = report.study.groups | {
        f"more_{n}": report.study.groups["people"] for n in range(len(report.study.groups), 9)
    }
    many = replace(report, study=report.study.model_copy(update={"groups": groups}))

    assert {""} == {drawn.letter for drawn in side_series(many).values()}
    assert 2 == len({drawn.colour for drawn in side_series(many).values()})


def test_a_group_keeps_its_colour_if_another_group_is_missing() -> None:
    """Its position among all groups of the study decides the colour."""
    office = {
        "dimension": "trust",
        "group": "office",
        "statistic": "mean",
        "value": 57,
        "units": 11,
    }
    alone = small_report(scores_by_group=[office])

    assert [style.series_of(["people", "office"])["office"].colour] == _legend_colours(
        charts.plot_scores_by_group(alone).svg
    )


def test_a_district_profile_without_sides_shows_the_scores(report) -> None:
    """A study without matched groups has no sides."""
    figure = charts.plot_district_profile(unmatched(report))

    assert "North 47" in texts(figure.svg)


def test_districts_keep_the_order_of_the_study() -> None:
    """Sorting by score would be a ranking."""
    lines = texts(charts.plot_districts(small_report()).svg)

    assert ["North 47", "South 52"] == [line for line in lines if re.match("(North|South) ", line)]


def test_a_figure_without_numbers_says_that_there_is_nothing_to_draw(report) -> None:
    """An unmatched study has no differences between groups."""
    figure = charts.plot_differences_by_group(unmatched(report))

    assert "There is nothing to draw here" in figure.alt


# --- refusals ------------------------------------------------------------------------------------


def test_an_unscored_question_or_dimension_is_refused(report) -> None:
    """The error lists the possible dimensions."""
    with pytest.raises(ParameterError, match="no question is scored into") as refusal:
        charts.plot_answers(report, "plan")

    assert ("trust",) == refusal.value.possible


def test_a_question_without_choices_is_refused(report) -> None:
    """An age has no list of answers."""
    with pytest.raises(ParameterError, match="no question with choices; found 'age'"):
        charts.plot_counts(report, "age")


def test_a_breakdown_that_is_not_published_is_refused(report) -> None:
    """Nothing is published by locality, and a role question only over everybody."""
    with pytest.raises(ParameterError, match="published over everybody"):
        charts.plot_counts(report, "plan", by="locality")
    with pytest.raises(ParameterError, match="plays a part in the study"):
        charts.plot_counts(report, "sex", by="group")


def test_a_profile_needs_a_district() -> None:
    """The error names the parameter and the possible districts."""
    with pytest.raises(ParameterError, match="parameter `district`; possible: north, south"):
        charts.plot_district_profile(small_report())


# --- the catalogue -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
def test_the_catalogue_has_every_text_of_figures_and_tables(language) -> None:
    """Every key used in the code exists in every language."""
    files = Path(charts.__file__).parent.rglob("*.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    written = set(re.findall(r"\"((?:figure|table)\.[a-z_.]+[a-z_])\"", code))

    assert set() == {key for key in written if key not in Messages(language).keys}
    assert len(written) > 30


def _places(svg: str) -> list[tuple[str, float]]:
    nodes = ElementTree.fromstring(svg).iter()  # noqa: S314
    return [(node.text, float(node.get("x"))) for node in nodes if node.tag.endswith("}text")]


def _legend_colours(svg: str) -> list[str]:
    """Return the colours of the legend: filled shapes above the first row, in order."""
    first = min(box.bottom for box in boxes(svg))
    colours = []
    for node in ElementTree.fromstring(svg).iter():  # noqa: S314
        colour = re.search(r"fill: (#[0-9a-f]{6})", node.get("style", ""))
        ys = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", node.get("d", ""))]
        if colour and ys and max(ys) < first + style.SMALL and colour.group(1) != style.PAPER:
            colours.append(colour.group(1))
    return colours


def test_fallback_fonts_are_no_wider_than_the_font(report) -> None:
    """JupyterLab uses the fonts of the computer; wider letters would overlap."""
    figure = charts.plot_scores_by_group(report)

    for drawing in (figure.svg, figure.narrow):
        families = set(re.findall("font-family: ([^;]*)", drawing))
        assert {"'Fira Sans', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"} == families


def test_the_alternative_text_of_a_chart_names_the_table_with_its_numbers() -> None:
    """In documents; the text of the figure itself, which notebooks show, keeps every number."""
    figure = charts.plot_scores_by_group(small_report())
    _, metadata = figure._repr_mimebundle_()
    short = metadata["image/svg+xml"]["alt"]

    assert f"{figure.caption} The numbers are in table 3." in short
    assert len(short) < 350
    assert "n = 12" in figure.alt and "n = 12" not in short


def test_a_chart_without_a_table_keeps_its_numbers_in_the_text() -> None:
    figure = charts.plot_district_profile(replace(small_report(), district="north"))
    _, metadata = figure._repr_mimebundle_()

    assert figure.alt == metadata["image/svg+xml"]["alt"]
