"""The numbers of the analysis plan that decide something, each where it decides.

They are written here as the plan has them, and imported from nowhere.
"""

import inspect
from fractions import Fraction
from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pandas as pd
import pytest

from umid_research.analysis.compare import compare_units
from umid_research.analysis.compare.flips import flip_signs
from umid_research.analysis.compare.skew import is_skewed
from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.percentages import Percentage
from umid_research.analysis.robustness import robustness_of
from umid_research.analysis.robustness.bands import ranges_of
from umid_research.analysis.score import is_answered_enough
from umid_research.frames import Schema
from umid_research.study.entries import Thresholds


@pytest.mark.parametrize(
    ("answered", "asked", "enough"),
    [(2, 3, True), (4, 6, True), (3, 5, False), (5, 8, False), (1, 2, False), (1, 1, True)],
)
def test_a_score_needs_two_thirds_of_the_items_asked(answered, asked, enough) -> None:
    """Section 1: exactly two of three are enough, three of five are not."""
    assert enough == is_answered_enough(np.array([answered]), np.array([asked]))[0]


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(1)])
def test_other_shares_are_compared_exactly(share) -> None:
    """Section 4: half, and all."""
    answered = np.arange(5)

    expected = [False, False, True, True, True] if share < 1 else [False] * 4 + [True]
    assert expected == is_answered_enough(answered, 4, share).tolist()


@pytest.mark.parametrize(
    ("low", "high", "p", "verdict"),
    [
        (0.1, 9.0, 0.0499, "higher"),
        (-9.0, -0.1, 0.0499, "lower"),
        (0.1, 9.0, 0.05, "unclear"),
        (0.0, 9.0, 0.0499, "unclear"),
        (-9.0, 0.0, 0.0499, "unclear"),
        (-0.1, 9.0, 0.0001, "unclear"),
    ],
)
def test_a_difference_is_stated_below_five_percent_outside_zero(low, high, p, verdict) -> None:
    """Section 3: the adjusted p is below 0.05, and the interval excludes zero."""
    assert [verdict] == verdicts([5.0], [low], [high], [p]).tolist()


@pytest.mark.parametrize(("skewness", "warned"), [(0.69, False), (0.7, True), (-0.7, True)])
def test_a_warning_begins_at_a_skewness_of_seven_tenths(skewness, warned) -> None:
    """To either side, and only where signs were flipped."""
    rows = pd.DataFrame({"draws": [4096.0, np.nan], "skewness": skewness})

    assert [warned, False] == is_skewed(rows).tolist()


@pytest.mark.parametrize(("localities", "flips"), [(17, 131_072), (18, 500)])
def test_flips_are_enumerated_up_to_seventeen_localities(localities, flips) -> None:
    """Section 2; beyond that as many are drawn as asked."""
    differences = np.random.default_rng(1).normal(size=(localities, 1))
    found = flip_signs(differences, draws=500, seed=1)

    assert flips == found.draws
    assert (localities == 17) == found.enumerated


def test_as_many_flips_and_weights_are_drawn_as_the_plan_says() -> None:
    """Sections 2 and 4: 99,999 flips, 10,000 weights, unless a caller says otherwise."""
    compared, robust = (inspect.signature(one).parameters for one in (compare_units, robustness_of))

    assert 99_999 == compared["draws"].default == robust["draws"].default
    assert 10_000 == robust["weights"].default


def test_a_rank_range_is_from_the_5th_to_the_95th_percentile(read_all) -> None:
    """Section 4: of the ranks 0 to 100, from 5 to 95."""
    study, _, _ = read_all()
    ranks = {"a": np.tile(np.arange(101.0), (len(study.districts), 1))}

    assert [(key, 5.0, 95.0) for key in study.districts] == list(
        ranges_of(ranks, study).itertuples(index=False, name=None)
    )


def test_the_thresholds_of_disclosure_control() -> None:
    """Section 3, rules 1 and 5, where the study says nothing else."""
    limits = Thresholds()

    assert (3, 3, 5, 20) == (
        limits.units,
        limits.respondents,
        limits.answers,
        limits.protection,
    )


@pytest.mark.parametrize(
    ("share", "width", "n", "df", "precise"),
    [
        (0.5, 0.29, 30, 8, True),
        (0.5, 0.29, 29.9, 8, False),
        (0.5, 0.29, 30, 7, False),
        (0.5, 0.30, 99, 99, False),
        (0.2, 0.26, 99, 99, True),
        (0.2, 0.27, 99, 99, False),
        (0.8, 0.27, 99, 99, False),
        (0.01, 0.05, 999, 99, True),
        (0.01, 0.051, 999, 99, False),
        (0.0, 0.01, 999, 99, False),
        (1.0, 0.01, 999, 99, False),
    ],
)
def test_a_percentage_is_shown_by_the_nchs_rule(share, width, n, df, precise) -> None:
    """At least 30 people and 8 degrees of freedom; width at most 0.05, or below 0.30 and 130 %.

    Parker et al. (2017), National Center for Health Statistics Data Presentation Standards for
    Proportions; shares of 0 and 1 are counts.
    """
    assert precise == Percentage(share, share - width / 2, share + width / 2, n, df).is_precise


# Lowest and highest value of the columns of frames, by what they are; other numbers are counts
# from 0 on, or have no limit.
_RANGES = {
    (0, 100): "changes.earlier changes.later scores.score units.score views.score",  # scores
    (-100, 100): "changes.change changes.high changes.low "  # differences of scores or percentages
    "knowledge.change knowledge.high knowledge.low",
    (
        0,
        1,
    ): "status.cannot_judge_share checks.credit robustness.survives reliability.omega "  # shares
    "reliability.ceiling reliability.dont_know reliability.floor reliability_items.ceiling "
    "reliability_items.dont_know reliability_items.floor changes.p changes.p_adjusted "  # p-values
    "changes.p_smallest comparisons.p comparisons.p_adjusted comparisons.p_smallest gaps.p "
    "gaps.p_adjusted gaps.p_smallest knowledge.p knowledge.p_adjusted",
    (-1, 1): "reliability_items.item_rest agreement.alpha agreement.high agreement.low "  # r, alpha
    "theme_agreement.alpha theme_agreement.high theme_agreement.low",
    (-np.inf, 1): "reliability.alpha reliability.high reliability.low",  # Cronbach's alpha
    (1, np.inf): "bands.high bands.low changes.draws comparisons.draws gaps.draws "  # from 1 on
    "robustness.runs themes.of theme_cells.of views.respondents views.units causes.submissions "
    "causes.row issues.row set_aside.row meeting_issues.row register_issues.row",
    (-np.inf, np.inf): "comparisons.effect comparisons.estimate comparisons.high comparisons.low "
    "comparisons.skewness gaps.effect gaps.estimate gaps.high gaps.low gaps.skewness "
    "indicators.achieved indicators.actual indicators.baseline indicators.deviation "
    "indicators.target indicators.target_high activities_published.achieved "
    "activities_published.actual activities_published.baseline activities_published.deviation "
    "activities_published.target activities_published.target_high",
}


@pytest.mark.parametrize("package", ["analysis", "clean", "indicators"])
def test_a_number_of_a_frame_is_in_the_range_of_what_it_is(package) -> None:
    """A score of 101 or a p of 2 is refused wherever a frame is written or read."""
    expected = {name: limits for limits, names in _RANGES.items() for name in names.split()}
    root = import_module(f"umid_research.{package}")
    names = [one.name for one in walk_packages(root.__path__, f"{root.__name__}.")]
    found = {
        f"{schema.name}.{column}": (declared.metadata["from"], declared.metadata["to"])
        for module in map(import_module, names)
        for schema in vars(module).values()
        if isinstance(schema, Schema)
        for column, declared in schema.columns.items()
        if "from" in (declared.metadata or {})
    }

    assert len(found) > 5
    for name, limits in found.items():
        assert expected.get(name, (0, np.inf)) == pytest.approx(limits, abs=1e-6), name
