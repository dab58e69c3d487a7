"""Test the bars with invented numbers: lengths, sides, withheld counts, many columns."""

import pytest
from drawings import boxes, cut_off, drawn, overlapping, shapes, texts

from umid_research.report.chart.stacked import Bars, Block, Column, Question, Stack, Stacked
from umid_research.report.chart.style import FAINT, MIDDLE, UNSCORED, Series

BLUE, RED = "#0000ff", "#ff0000"
LONG = "Yerli özünüidarəetmə orqanlarının fəaliyyətinin şəffaflığı və hesabatlılığı"


def column(*counts: int | None, total: int = 20, **more) -> Column:
    return Column(total, counts, [str(count) for count in counts], **more)


def stack(name: str = "", left: int = 4, right: int = 8, middle: int = 2, other: int = 6) -> Stack:
    n = left + right + middle + other
    return Stack(name, n, f"n = {n}", [(left, RED)], [(right, BLUE)], middle, other)


def stacked(*stacks: Stack, text: str = "What?", below: str = "") -> Stacked:
    legend = [(Series(RED, "swatch"), "Yox"), (Series(BLUE, "swatch"), "Bəli")]
    return Stacked(
        [Block(legend, "Nə hə, nə yox", "Bilmirəm", [Question(text, stacks, below)])], str
    )


@pytest.mark.parametrize("narrow", [False, True])
def test_a_bar_is_the_share_of_its_pale_bar(narrow) -> None:
    """5 of 20 is a quarter; 0 of 20 has no bar."""
    svg = drawn(Bars(["A", "B"], [BLUE, RED], [column(5, 0)]))[narrow]
    pale, (bar,) = shapes(svg, FAINT), shapes(svg, BLUE)

    assert pytest.approx(0.25, abs=0.01) == (bar.right - bar.left) / (pale[0].right - pale[0].left)
    assert 2 == len(pale)
    assert [] == shapes(svg, RED)
    assert {"5", "0"} <= set(texts(svg))


def test_a_withheld_count_has_the_mark_and_no_bar() -> None:
    """A pale bar would say that it is zero."""
    for svg in drawn(Bars(["A", "B"], [BLUE, BLUE], [column(5, None)])):
        assert "×" in texts(svg)
        assert 1 == len(shapes(svg, BLUE)) == len(shapes(svg, FAINT))


def test_all_parts_of_a_stack_have_one_unit_of_length() -> None:
    """4, 8, 2 and 6 of 20: negative answers left of the line, positive right, others apart."""
    for svg in drawn(stacked(stack())):
        legend = 1
        left, right = shapes(svg, RED)[legend], shapes(svg, BLUE)[legend]
        (middle,), (other,) = shapes(svg, MIDDLE), shapes(svg, UNSCORED)
        wide = [box.right - box.left for box in (left, right, middle, other)]

        assert [pytest.approx(wide[0] * k / 4, rel=0.01) for k in (4, 8, 2, 6)] == wide
        assert left.right == pytest.approx(right.left)
        assert right.right < middle.left < middle.right < other.left


def test_the_lines_between_the_sides_are_below_each_other() -> None:
    """Stacks of two groups can be compared."""
    svg, _ = drawn(stacked(stack("A"), stack("B", left=1)))

    assert 1 == len({round(box.left, 2) for box in shapes(svg, BLUE)[1:]})


@pytest.mark.parametrize(
    "chart",
    [
        Bars([], [], []),
        Bars(["A"], [BLUE], []),
        Bars(["A"], [BLUE], [column(0, total=0)], title=LONG * 2),
        Bars([LONG, "B"], [BLUE, RED], [column(None, None)], below="× A"),
        Bars(
            [LONG, "B"],
            [BLUE, RED],
            [column(5, 20, head=f"{LONG} {n}", base="n = 20") for n in range(16)],
        ),
        Stacked([], str),
        stacked(text=LONG * 2, below=f"× {LONG}, {LONG}"),
        stacked(stack(left=0, right=0, middle=0, other=5)),
        stacked(stack(left=0, right=5, middle=0, other=0)),
        stacked(stack(LONG, left=1000, right=1, middle=1, other=1), text=LONG * 2),
        stacked(*(stack(f"{LONG} {n}", left=n, right=16 - n) for n in range(16))),
    ],
    ids=[
        *("no rows", "no columns", "nobody", "all withheld", "sixteen columns"),
        *("no blocks", "all stacks withheld", "only other", "one answer", "thousands"),
        "sixteen districts",
    ],
)
def test_nothing_is_cut_off_or_covered(chart) -> None:
    """On paper and on a phone."""
    for svg in drawn(chart):
        assert [] == cut_off(svg)
        assert [] == overlapping(svg)


def test_both_drawings_name_every_column_and_every_answer() -> None:
    """Sixteen columns take several bands, each with the names of the answers."""
    columns = [column(5, head=f"District {n}", base="n = 20") for n in range(16)]
    for svg in drawn(Bars(["Bəli"], [BLUE], columns)):
        lines = texts(svg)
        assert {f"District {n}" for n in range(16)} <= set(lines)
        assert 16 == len(shapes(svg, BLUE))
    for svg in drawn(stacked(stack())):
        assert {"Yox", "Bəli"} <= {box.text for box in boxes(svg)}


def test_a_number_that_does_not_fit_its_bar_stands_beside_it() -> None:
    """1 of 200 at the end of a stack, and 1 of 200 among the other answers."""
    for svg in drawn(stacked(stack(left=1, right=198, middle=0, other=1))):
        (_, left), (other,) = shapes(svg, RED), shapes(svg, UNSCORED)
        ones = sorted((box for box in boxes(svg) if box.text == "1"), key=lambda box: box.left)

        assert ones[0].right < left.right
        assert other.right < ones[1].left
