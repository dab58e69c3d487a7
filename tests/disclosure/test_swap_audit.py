"""Whose scores swaps protect: people alike are compared once, and each cell on its own."""

import numpy as np
import pandas as pd
import pytest

from umid_research.disclosure.audit.linked_scores import LinkedScores
from umid_research.disclosure.audit.published_numbers import MeanWeights, RoundedMean
from umid_research.disclosure.audit.respondents import Respondents, alike
from umid_research.disclosure.audit.swap_audit import not_protected_by_swaps
from umid_research.disclosure.audit.swaps import Answers, widths

POINTS = np.array([0.0, 50.0, 100.0])


def _linked(given: np.ndarray, district: list[str]) -> LinkedScores:
    """People of one group who answered items of three answers; -1 is no answer."""
    people = pd.DataFrame({"group": "people", "district": district})
    items = tuple(f"item_{n}" for n in range(given.shape[1]))
    codes, none = [list("abc")] * len(items), [[] for _ in items]
    unscored = np.full(given.shape, "", dtype=object)
    points = [POINTS] * len(items)
    return LinkedScores(people, items, codes, points, given, none, unscored, ())


@pytest.mark.parametrize("seed", range(6))
def test_each_is_as_open_as_when_compared_with_the_whole_cell(seed) -> None:
    """Sixty people, many of them alike, each against all others of the cell, one by one."""
    rng = np.random.default_rng(seed)
    given = rng.choice([-1, 0, 0, 1, 2], (60, 2))
    district = ["north" if n % 3 else "south" for n in range(60)]
    answered = given >= 0
    scale = answered / np.maximum(answered.sum(axis=1, keepdims=True), 1)
    points = np.where(answered, POINTS[given], np.nan)
    score = np.where(answered.any(axis=1), (scale * np.nan_to_num(points)).sum(axis=1), np.nan)
    share = rng.choice([0.0, 0.004, 0.012], 60)
    known = RoundedMean(0, np.arange(60), share, scale, 0.4, 0.5)
    below, above = np.array([0.4]), np.array([0.5])
    linked = _linked(given, district)

    found = not_protected_by_swaps(
        linked,
        Respondents(linked),
        (MeanWeights([known], given.shape), below, above),
        [(scale, score)],
        protection=50.0,
    )[0]

    expected = []
    for person in range(60):
        cell = np.flatnonzero(np.array(district) == district[person])
        parts = (share[:, np.newaxis] * scale)[np.newaxis]
        own = Answers(np.array([person]), points[[person]], parts[:, [person]])
        others = Answers(cell, points[cell], parts[:, cell])
        (width,) = widths(own, others, below, above, [scale[[person]]])[0]
        expected.append(bool(np.isfinite(score[person]) and width < 50.0))
    assert expected == found.tolist()
    assert {True, False} == set(expected)


def test_rows_are_alike_in_all_their_numbers_and_minus_zero_is_zero() -> None:
    first, kind = alike(np.array([[1.0, 0.0], [1.0, 2.0], [1.0, -0.0], [0.0, 1.0]]))

    assert kind[0] == kind[2]
    assert 3 == len(set(kind))
    assert {0, 1, 3} == set(first)


def test_a_large_cell_needs_no_comparison_of_people(monkeypatch) -> None:
    """Two thousand people, whose weights in a mean are small: nobody is open."""
    rng = np.random.default_rng(1)
    given = rng.integers(0, 3, (2000, 2))
    scale = np.full(given.shape, 0.5)
    share = rng.choice([1 / 2000, 2 / 2000], 2000)
    linked = _linked(given, ["north"] * 2000)
    weights = MeanWeights([RoundedMean(0, np.arange(2000), share, scale, 0.4, 0.5)], given.shape)
    monkeypatch.setattr("umid_research.disclosure.audit.swap_audit.widths", None)

    found = not_protected_by_swaps(
        linked,
        Respondents(linked),
        (weights, np.array([0.4]), np.array([0.5])),
        [(scale, (scale * POINTS[given]).sum(axis=1))],
        protection=50.0,
    )

    assert not found.any()


def test_weights_lie_apart_among_those_who_answered() -> None:
    """The third person has the largest weight, and did not answer the second item."""
    scale = np.array([[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]])
    known = RoundedMean(0, np.arange(3), np.array([0.1, 0.2, 0.4]), scale, 0.4, 0.5)
    given = np.array([[True, True], [True, True], [True, False]])

    spreads = MeanWeights([known], (3, 2)).spreads(np.array([0]), np.arange(3), given)

    assert pytest.approx(np.array([[0.35, 0.05]])) == spreads
