"""The short form of `tests/validation/validate.py`."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from validation.line import at_least, at_most
from validation.null_studies import (
    BEYOND,
    BOUND,
    FAMILIES,
    compare_families,
    draw_studies,
    holm,
    shifted,
    warned,
)
from validation.planted import planted_truth
from validation.power import power
from validation.prose import design, stated_families, stated_studies, units_of
from validation.rates import prose_lines, tally
from validation.references import references
from validation.validate import FULL, markdown, parts

from umid_research.analysis.compare import compare_units
from umid_research.report.chart.canvas import Canvas

_STUDIES = 60
PAGE = Path(__file__).parents[1] / "docs" / "validation.md"


@pytest.fixture(autouse=True)
def _no_drawings(monkeypatch) -> None:
    """The words of charts are judged here, not their drawings: those are blank, of their size."""
    monkeypatch.setattr(Canvas, "svg", _blank)


def _blank(canvas: Canvas, height: float) -> str:
    return f'<svg viewBox="0 0 {canvas.width + 10:g} {height + 10:g}"/>'


class Inline:
    """A pool of workers that is this process."""

    map = staticmethod(map)


def test_every_reference_holds() -> None:
    """Closed forms to 1e-8, maximum likelihood to 1e-6."""
    lines = list(references())

    assert lines
    assert [] == [str(line) for line in lines if not line.holds]


@pytest.mark.parametrize("condition", BOUND, ids=lambda condition: condition.name)
def test_null_studies_are_rejected_about_as_often_as_stated(condition) -> None:
    """In 60 studies no family rejects more often than 6 % does in all but one of 10,000 cases."""
    counts = tally(condition, range(_STUDIES)).loc[list(FAMILIES)]
    most = stats.binom(_STUDIES, 0.06).ppf(0.9999)

    assert (counts["rejected"] <= most).all()
    assert (counts["claimed"] <= counts["rejected"]).all()
    assert (counts["covered"] > 0.85 * counts["limits"]).all()


def test_what_skew_makes_of_nothing_is_warned_of() -> None:
    """Very skewed scores of unequal spread: A errs in many of 200 studies, few without warning."""
    condition = next(one for one in BEYOND if one.skew == "strong" and one.unequal)
    found = tally(condition, range(200))

    assert found.loc["A", "rejected"] > 200 * 0.1
    assert found.loc["A", "unwarned"] <= stats.binom(200, 0.06).ppf(0.999)
    assert found.loc["all", "warned"] > 0.85 * found.loc["all", "dimensions"]


def test_normal_scores_are_seldom_warned_of() -> None:
    """One dimension in twenty."""
    found = tally(BOUND[0], range(200)).loc["all"]

    assert found["warned"] < 0.1 * found["dimensions"]


def test_what_has_no_p_does_not_count_in_the_adjustment() -> None:
    """By hand: of three, 0.01 · 3 and 0.04 · 2; without the third, 0.01 · 2 and 0.04."""
    adjusted = holm(np.array([[0.01, 0.5, 0.04], [0.01, np.nan, 0.04]]))

    assert [0.03, 0.5, 0.08] == pytest.approx(adjusted[0].tolist())
    assert [0.02, 0.04] == pytest.approx(adjusted[1, [0, 2]].tolist())
    assert np.isnan(adjusted[1, 1])


@pytest.mark.parametrize("family", FAMILIES)
def test_many_studies_at_once_are_compared_as_one_is(family) -> None:
    """The second of three studies, through the frames of a report: the same p and limits."""
    studies = draw_studies(BOUND[-1], range(3))
    found = compare_families(studies)[family]
    comparisons = compare_units(units_of(studies, 1), design(), seed=1)
    rows = comparisons[comparisons["family"] == family]
    rows = rows[rows["dimension"] == rows["dimension"].iloc[0]]

    for name in ("p", "low", "high"):
        expected = getattr(found, name)[1, found.dimension == 0]
        assert expected.tolist() == pytest.approx(rows[name].tolist(), abs=1e-9)
    assert found.p_adjusted[1].min() == pytest.approx(
        comparisons.loc[comparisons["family"] == family, "p_adjusted"].min(), abs=1e-9
    )


def test_the_warning_of_many_studies_is_that_of_one() -> None:
    """Skewness of each dimension, as the comparisons carry it."""
    studies = draw_studies(BEYOND[1], range(3))
    comparisons = compare_units(units_of(studies, 1), design(), seed=1)
    skewness = comparisons.groupby("dimension", sort=False)["skewness"].first()

    assert warned(studies)[1].tolist() == (skewness.abs() >= 0.7).tolist()


def test_a_sentence_claims_what_differs_and_nothing_else() -> None:
    """40 points between supply and demand are stated; without them nothing is."""
    studies = draw_studies(BOUND[0], range(1))
    without, with_difference = (
        stated_families(units_of(one, 0), design()) for one in (studies, shifted(studies, "D", 40))
    )

    assert not any(without.values())
    assert with_difference["D"]


def test_prose_about_studies_without_a_difference_is_judged_by_those_that_are_told() -> None:
    """Of forty studies those near a claim and a few others are written; the rest state nothing."""
    found = stated_studies(BOUND[0], range(40))
    drawn = draw_studies(BOUND[0], range(40))
    all_stated = [stated_families(units_of(drawn, n), design()) for n in (2, 7)]
    lines = {line.method: line for line in prose_lines(BOUND[0], found.copy())}

    assert found.loc[found["near"], list(FAMILIES)].notna().all(axis=None)
    assert not any(any(one.values()) for one in all_stated)
    assert found.loc[[2, 7], "A"].isna().all()
    assert "of 40" in lines["whole report"].figure
    assert lines["prose, the studies left out"].holds


def test_a_claim_about_a_study_that_was_left_out_does_not_hold() -> None:
    """A sentence that claims what no p is near to."""
    claimed = {name: [True, False] for name in (*FAMILIES, "whole report")}
    found = pd.DataFrame(claimed | {"near": [False, False]})
    lines = {line.method: line for line in prose_lines(BOUND[0], found)}

    assert not lines["prose, the studies left out"].holds


def test_what_is_printed_as_detectable_is_found_four_times_in_five() -> None:
    """Three studies a family, each drawn anew 50 times with the spread that it shows."""
    lines = list(power(3, Inline))

    assert list(FAMILIES) == [line.method[0] for line in lines if line.holds]


def test_a_detectable_difference_that_is_too_small_or_too_large_does_not_hold(monkeypatch) -> None:
    """Three quarters, or five quarters, of what is printed."""
    for factor in (0.75, 1.25):
        monkeypatch.setattr("validation.power.compare_units", partial(_other_mdd, factor))
        held = [line.holds for line in power(3, Inline)]
        assert [False] * 4 + [None] * 4 == held


def _other_mdd(factor: float, *given, **options) -> pd.DataFrame:
    found = compare_units(*given, **options)
    return found.assign(mdd=found["mdd"] * factor)


def test_the_planted_truth_lies_in_the_limits() -> None:
    """Of ten re-simulations, about 270 limits of A and 90 of D."""
    held = [float(line.figure.split()[0]) for line in planted_truth(10, Inline)]

    assert 2 == len(held)
    assert min(held) > 80


def test_a_line_says_when_something_does_not_hold() -> None:
    """In capitals; a figure without a bound is only shown."""
    assert str(at_most("a", "b", 7, 100, 0.06)).endswith("DOES NOT HOLD")
    assert str(at_least("a", "b", 7, 100, 0.06)).endswith("holds")
    assert str(at_most("a", "b", 7, 100, None)).endswith("shown")


def test_the_page_counts_the_bounds_that_hold() -> None:
    """Two bounds, one of which holds; what has no bound does not count."""
    table = {"Part": [at_most("a", "b", k, 100, bound) for k, bound in ((7, 0.06), (5, 0.06))]}
    table["Other"] = [at_most("a", "b", 9, 100, None)]

    page = markdown(table, 10)
    assert "of 2 bounds 1 hold." in page
    assert "| a | b | 7.00 % of 100 | <= 6 % | DOES NOT HOLD |" in page


def _told(page: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The headings of a page, each with the methods and conditions of its lines."""
    headed = [part.splitlines() for part in page.split("\n## ")[1:]]
    rows = [(heading, [line.split(" | ") for line in lines[3:]]) for heading, *lines in headed]
    return [(heading, [(cells[0][2:], _counted(cells[1])) for cells in of]) for heading, of in rows]


def _counted(condition: str) -> str:
    """A condition without how often something was drawn, which a short run draws less often."""
    return re.sub(r"drawn \d+ times", "drawn", condition)


def test_the_page_of_validation_is_of_a_full_run_in_which_all_holds() -> None:
    """A bound that does not hold would need a word beside it."""
    page = PAGE.read_text(encoding="utf-8")
    bounds, held = map(int, re.search(r"of (\d+) bounds (\d+) hold", page).groups())

    assert f"{FULL:,} studies a condition" in page
    assert bounds == held == page.count("| holds |")
    assert "DOES NOT HOLD" not in page


def test_the_page_of_validation_was_made_by_these_methods(monkeypatch) -> None:
    """Its lines are those that a run of five studies has, in its order."""
    monkeypatch.setattr("validation.speed._DRAWS", 9)
    table = {heading: list(lines) for heading, lines in parts(5, Inline)}

    assert _told(markdown(table, 5)) == _told(PAGE.read_text(encoding="utf-8"))


def test_a_page_of_other_methods_is_noticed() -> None:
    """A line less, a line more, another condition, another order."""
    page = PAGE.read_text(encoding="utf-8")
    lines = page.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("| A: familywise"))
    others = [
        [*lines[:at], *lines[at + 1 :]],
        [*lines[:at], lines[at], *lines[at:]],
        [*lines[:at], lines[at].replace("complete", "other"), *lines[at + 1 :]],
        [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]],
    ]

    assert all(_told("\n".join(other)) != _told(page) for other in others)
