"""Test the heat map, the timeline and the map with invented numbers."""

import datetime

import numpy as np
import pytest
from drawings import boxes, cut_off, drawn, overlapping, shapes, texts

from umid_research.report.chart.heat import HeatMap
from umid_research.report.chart.map import Area, Map
from umid_research.report.chart.style import Series, series_of
from umid_research.report.chart.timeline import Lane, Timeline

BLUE = Series("#0000ff", "circle")
LONG = "Şəffaflıq və hesabatlılıq"
START, END = datetime.date(2022, 3, 1), datetime.date(2022, 7, 31)


def heat(columns: list[str], summed: int, *rows: list[int]) -> HeatMap:
    named = [(f"{LONG} {number}", row) for number, row in enumerate(rows)]
    return HeatMap(columns, summed, [("Quba", named)], "Cəmi", "boş", "{} və çox".format, str)


def timeline(*lanes: Lane, start=START, end=END, legend=()) -> Timeline:
    return Timeline(start, end, lanes, legend, lambda day: f"{day:%b}", str)


def square(left: float, bottom: float, size: float = 1.0) -> tuple[tuple[float, float], ...]:
    right, top = left + size, bottom + size
    return ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))


@pytest.mark.parametrize(
    "chart",
    [
        heat(["A", "B"], 2),
        heat(["A"], 1, [0]),
        heat(["A", "B"], 0, [0, 1]),
        heat([LONG, "B", "C"], 2, [0, 12, 3]),
        heat([f"{LONG} {n}" for n in range(8)], 6, *([n] * 8 for n in range(16))),
        timeline(),
        timeline(Lane(LONG, [(START, BLUE)]), start=START, end=END),
        timeline(Lane(LONG, [(END, BLUE)] * 40)),
        timeline(
            *(
                Lane(f"{LONG} {n}", [(START, one)])
                for n, one in enumerate(series_of(map(str, range(16))).values())
            )
        ),
        Map([Area("Quba", [square(48, 41)])]),
        Map([Area(LONG, [square(48, 41)], ["22 nəfər"]), Area("Qusar", [square(49, 41)])]),
        Map([Area(f"{LONG}", [square(0, n * 3, 3)], ["22 nəfər"]) for n in range(4)]),
    ],
)
def test_nothing_is_cut_off_or_covered(chart) -> None:
    """On paper and on a phone, with few and many rows and long names."""
    for svg in drawn(chart):
        assert [] == cut_off(svg)
        assert [] == overlapping(svg)


def test_a_heat_map_adds_up_rows_and_columns() -> None:
    """2 + 3 = 5 and 4 + 1 = 5 by row; 6, 4 and 10 in all; the last column stands apart."""
    for svg in drawn(heat(["A", "B", "C"], 2, [2, 3, 7], [4, 1, 9])):
        totals = sorted(boxes(svg)[-5:], key=lambda box: box.left)

        assert ["Cəmi", "6", "4", "10", "16"] == [box.text for box in totals]
        assert 2 == texts(svg).count("5")


def test_a_zero_is_framed_and_larger_counts_are_darker() -> None:
    """Shades 1 to 4 and more; the legend has each once, and a framed cell."""
    svg, _ = drawn(heat(["A", "B", "C"], 3, [1, 4, 9]))

    assert (2, 3) == (len(shapes(svg, "#cfe5f5")), len(shapes(svg, "#00568c")))
    frames = [drawn(heat(["A"], 1, [count]))[0].count("stroke: #1a1a1a") for count in (1, 0)]
    assert 4 == frames[1] - frames[0]


def test_an_event_is_drawn_on_its_day() -> None:
    """1 May is 61 of the 152 days from 1 March to 31 July."""
    events = [(START, BLUE), (datetime.date(2022, 5, 1), BLUE), (END, BLUE)]
    for svg in drawn(timeline(Lane("A", events))):
        start, may, end = sorted(box.middle for box in shapes(svg, BLUE.colour))

        assert pytest.approx(61 / 152, abs=0.005) == (may - start) / (end - start)
        assert "3" in texts(svg)
        assert {"Mar", "Apr", "May", "Jun", "Jul"} <= set(texts(svg))


def test_events_of_one_day_are_all_visible() -> None:
    """None covers another, and their number is at the right."""
    for svg in drawn(timeline(Lane("A", [(START, BLUE)] * 5))):
        found = shapes(svg, BLUE.colour)

        assert 5 == len({round(box.top, 2) for box in found})
        assert not any(a.meets(b) for a in found for b in found if a is not b)


def test_a_degree_of_longitude_shrinks_towards_the_pole() -> None:
    """At 60.5 degrees north it is cos 60.5 = 0.492 of a degree of latitude."""
    for svg in drawn(Map([Area("A", [square(48, 60)])])):
        (shape,) = shapes(svg, "#f2f2f2")

        ratio = (shape.right - shape.left) / (shape.bottom - shape.top)
        assert pytest.approx(0.4924, abs=1e-3) == ratio


def test_north_is_up_and_only_our_districts_are_blue() -> None:
    """The neighbour in the north is pale and has a name only."""
    areas = [Area("Ours", [square(48, 60)], ["22 people"]), Area("Far", [square(48, 61)])]
    svg, _ = drawn(Map(areas))
    (ours,), (far,) = shapes(svg, "#bcd9ec"), shapes(svg, "#f2f2f2")

    assert far.bottom == pytest.approx(ours.top, abs=0.1)
    assert {"Ours", "22 people", "Far"} == set(texts(svg))


def test_a_name_is_placed_in_the_widest_part() -> None:
    """The mean of the corners is in a thin arm to the right, the name is not."""
    ring = [(0, 0), (10, 0), (10, 4.5), (60, 4.5), (60, 5.5), (10, 5.5), (10, 10), (0, 10)]
    svg, _ = drawn(Map([Area("A", [ring])]))
    (shape,), (name,) = shapes(svg, "#f2f2f2"), boxes(svg)

    assert np.interp(name.middle, [shape.left, shape.right], [0, 60]) == pytest.approx(5, abs=1)
