"""Test the form of rows with invented numbers: places, numbers, withheld marks, crowds."""

import re
from itertools import combinations

import pytest
from drawings import boxes, cut_off, drawn, overlapping, shapes, texts

from umid_research.report.chart.marks import Mark, extent, place_marks
from umid_research.report.chart.rows import Cell, Line, Row, Rows, percent_axis
from umid_research.report.chart.style import RULE, Scale, Series, series_of

BLUE, RED = Series("#0000ff", "circle"), Series("#ff0000", "square")
AXIS = percent_axis(["0", "25", "50", "75", "100"])
LONG = "Yerli özünüidarəetmə orqanlarının fəaliyyətinin şəffaflığı və hesabatlılığı"
MANY = series_of([f"district {number}" for number in range(16)])


def one_line(*marks: Mark, name: str = "A name", **more) -> Rows:
    return Rows(AXIS, [Row(name, [Line(marks, [Cell("12")])])], heads=["n"], **more)


@pytest.mark.parametrize("narrow", [False, True])
def test_a_value_is_drawn_at_its_place_on_the_scale(narrow) -> None:
    """30 is three tenths of the way from the tick 0 to the tick 100."""
    svg = drawn(one_line(Mark(BLUE, 30)))[narrow]
    ticks = {box.text: box.middle for box in boxes(svg)}
    (marker,) = shapes(svg, BLUE.colour)

    assert pytest.approx(0.3, abs=0.01) == (marker.middle - ticks["0"]) / (
        ticks["100"] - ticks["0"]
    )


def test_an_interval_is_a_line_between_its_limits() -> None:
    """10 to 40 around 30, in the colour of the series."""
    svg, _ = drawn(one_line(Mark(BLUE, 30, interval=(10, 40))))
    ticks = {box.text: box.middle for box in boxes(svg)}
    per_point = (ticks["100"] - ticks["0"]) / 100
    line = re.search(r'd="M ([\d.]+) [\d.]+ \nL ([\d.]+) [\d.]+ \n?"[^>]*stroke: #0000ff', svg)

    assert [pytest.approx(ticks["0"] + value * per_point, abs=0.5) for value in (10, 40)] == [
        float(x) for x in line.groups()
    ]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("value", "text"), [(25, "25 %"), (80, ""), (0, "0 %"), (None, "×")])
def test_the_bar_of_a_row_is_from_zero_to_its_value(value, text, narrow) -> None:
    """Against the ticks 0 and 100; of 0 and of a withheld value there is no bar."""
    chart = Rows(AXIS, [Row("A name", [Line([Mark(BLUE, 50)])], bar=Mark(RED, value, text=text))])
    svg = drawn(chart)[narrow]
    ticks = {box.text: box.middle for box in boxes(svg)}
    per_point = (ticks["100"] - ticks["0"]) / 100
    bars = [(bar.left, bar.right) for bar in shapes(svg, RED.colour)]

    ends = (ticks["0"], ticks["0"] + (value or 0) * per_point)
    assert ([pytest.approx(ends, abs=0.5)] if value else []) == bars


def test_a_withheld_mark_is_hollow_behind_the_withheld_sign() -> None:
    """It has no place on the scale, and its colour fills nothing."""
    for svg in drawn(one_line(Mark(BLUE, None), Mark(RED, 50))):
        assert "×" in texts(svg)
        assert [] == shapes(svg, BLUE.colour)
        assert "stroke: #0000ff" in svg


def test_a_withheld_mark_with_a_text_is_its_text() -> None:
    """For instance the name of the district."""
    svg, _ = drawn(one_line(Mark(BLUE, None, text="× North")))

    assert "× North" in texts(svg)
    assert BLUE.colour not in svg


@pytest.mark.parametrize(
    "chart",
    [
        Rows(AXIS, []),
        one_line(),
        one_line(Mark(BLUE, 0, text="0"), Mark(RED, 100, text="100"), name=LONG),
        one_line(*(Mark(series, None) for series in MANY.values()), name=LONG),
        one_line(*(Mark(series, 50, text="50") for series in MANY.values()), name=LONG),
        one_line(*(Mark(MANY[key], n, text=str(n)) for n, key in enumerate(MANY)), link=RULE),
        Rows(
            AXIS,
            [
                Row(LONG, [Line([Mark(one, 99, text=f"{LONG[:30]} 99")], [Cell("1000")])] * 3)
                for one in MANY.values()
            ],
            heads=["vahidlərin sayı"],
        ),
        Rows(
            AXIS,
            [Row(LONG, [Line([Mark(BLUE, 30, (10, 50), "+30")]), Line(), Line(), Line()])] * 2,
            panels=[(f"{LONG} →", f"← {LONG}")] * 4,
        ),
        Rows(
            AXIS,
            [Row(LONG, [Line([Mark(BLUE, 50)])], bar=Mark(RED, 100, text="100 %"), is_total=True)],
        ),
        Rows(
            AXIS,
            [Row(LONG, [Line([Mark(s, 50) for s in MANY.values()], [Cell("50")] * 16)])],
            heads=list(MANY.values()),
        ),
    ],
    ids=[
        *("no rows", "no marks", "both ends", "all withheld", "sixteen at one place"),
        *("sixteen in a row", "long texts at the end", "four panels", "a full bar"),
        "too many columns",
    ],
)
def test_nothing_is_cut_off_or_covered(chart) -> None:
    """On paper and on a phone."""
    for svg in drawn(chart):
        assert [] == cut_off(svg)
        assert [] == overlapping(svg)


@pytest.mark.parametrize(
    "values", [[50], [50, 50], [50, 51, 52], [20, 50, 50, 50, 80], [50.0] * 16, list(range(16))]
)
@pytest.mark.parametrize("link", ["", RULE])
def test_no_marker_covers_a_marker_or_a_number(values, link) -> None:
    """Those at nearly the same place move up or down, numbers to where they cover nothing."""
    marks = [Mark(BLUE, value, text=f"{value:.0f}") for value in values]
    found = place_marks(marks, Scale(0, 100, 100, 300), 4)
    placed = [one.boxes[0] for one in found] + [one.box(one.spot) for one in found]

    for one, other in combinations(placed, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        down = min(one[3], other[3]) - max(one[1], other[1])
        assert min(across, down) <= 0.01
    top, bottom = extent(found)
    assert all(top <= box[1] and box[3] <= bottom for box in placed)
    for svg in drawn(one_line(*marks, link=link)):
        assert len(values) == len(shapes(svg, BLUE.colour))


def test_no_number_is_under_the_tick() -> None:
    """The tick is drawn over the markers, just right of the number's best place."""
    (placed,) = place_marks(
        [Mark(BLUE, 50, text="50")], Scale(0, 100, 0, 200), 4, tick=Mark(RED, 55)
    )

    assert placed.box(placed.spot)[2] < 100


def test_columns_that_leave_no_room_for_the_scale_are_left_out() -> None:
    """Sixteen columns of numbers are unreadable; the markers are not."""
    cells = [Cell("57") for _ in MANY]
    marks = [Mark(series, 57) for series in MANY.values()]
    few = Rows(AXIS, [Row("A", [Line(marks[:2], cells[:2])])], heads=list(MANY.values())[:2])
    many = Rows(AXIS, [Row("A", [Line(marks, cells)])], heads=list(MANY.values()))

    assert 2 == texts(drawn(few)[0]).count("57")
    assert 0 == texts(drawn(many)[0]).count("57")


def test_three_panels_are_side_by_side_on_paper_and_all_are_stacked_on_a_phone() -> None:
    """A fourth panel takes a second row. A row without a mark in a band is not in it."""
    mark = Line([Mark(BLUE, 30)])
    rows = [Row("in all", [mark] * 4), Row("in one", [mark, Line(), Line(), Line()])]
    chart = Rows(AXIS, rows, panels=[(f"{name} →", "") for name in "ABCD"])
    wide, narrow = ({box.text: box.top for box in boxes(svg)} for svg in drawn(chart))

    assert wide["A →"] == wide["B →"] == wide["C →"] < wide["D →"]
    assert narrow["A →"] < narrow["B →"] < narrow["C →"] < narrow["D →"]
    assert [1, 1] == [texts(svg).count("in one") for svg in drawn(chart)]
    assert [2, 4] == [texts(svg).count("in all") for svg in drawn(chart)]


def test_a_name_is_left_of_its_marks_on_paper_and_above_them_on_a_phone() -> None:
    """On a phone the scale can use the whole width."""
    wide, narrow = drawn(one_line(Mark(BLUE, 30)))
    (name, *_), (mark,) = [b for b in boxes(wide) if b.text == "A name"], shapes(wide, BLUE.colour)
    assert name.right < mark.left
    assert name.top < mark.bottom
    (name, *_), (mark,) = (
        [b for b in boxes(narrow) if b.text == "A name"],
        shapes(narrow, BLUE.colour),
    )
    assert name.bottom < mark.top
