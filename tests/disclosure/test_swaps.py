"""Swaps of answers: by hand, and against a linear program that knows nothing of swaps."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from umid_research.disclosure.audit.swaps import Answers, least_widths, widths


def _cell(points: list[list[float]], weights: np.ndarray | None = None) -> Answers:
    """The people of one cell; without weights, they have a part in no published mean."""
    own = np.array(points, dtype=float)
    none = np.zeros((0, *own.shape))
    return Answers(np.arange(len(own)), own, none if weights is None else weights)


def _widths(cell: Answers, below: float = 0.5, above: float = 0.5) -> np.ndarray:
    """How far the mean of all items moves, for each person."""
    items = cell.points.shape[1]
    scale = np.full(cell.points.shape, 1 / items)
    rounding = np.full(len(cell.weights), 1.0)
    return widths(cell, cell, below * rounding, above * rounding, [scale])[0]


def test_a_swap_needs_three_others_with_another_answer() -> None:
    """25 may become 75, since three have it. Of the three, none has more than one partner."""
    assert [50, 0, 0, 0] == _widths(_cell([[25], [75], [75], [75]])).tolist()
    assert [0, 0, 0, 0] == _widths(_cell([[25], [75], [75], [25]])).tolist()


def test_the_third_best_partner_counts_in_both_directions() -> None:
    """50 may rise to 75 (100, 100, 75 are above) and fall to 25 (0, 0, 25 are below)."""
    cell = _cell([[50], [100], [100], [75], [0], [0], [25]])

    assert 50 == _widths(cell)[0]


def test_an_item_without_an_answer_is_swapped_with_nobody() -> None:
    """Two of four did not answer the second item, so one partner is left in it."""
    cell = _cell([[0, 0], [100, 100], [100, np.nan], [100, np.nan]])

    assert 50 == _widths(cell)[0]


def test_a_swap_keeps_to_half_of_the_rounding() -> None:
    """Weights of 0.010 and 0.008 move a mean by 0.2 when 0 and 100 are swapped.

    Half of a rounding of 0.4 allows it, and half of 0.39 does not; nor does a mean that may only go
    down. With equal weights any swap is allowed.
    """
    weights = np.array([[[0.010], [0.008], [0.008], [0.008]]])
    cell = _cell([[0], [100], [100], [100]], weights)

    assert 100 == _widths(cell, above=0.4)[0]
    assert 0 == _widths(cell, above=0.39)[0]
    assert 100 == _widths(cell, below=0.0, above=0.4)[0]
    assert 0 == _widths(cell, below=0.4, above=0.0)[0]
    assert 100 == _widths(_cell([[0], [100], [100], [100]], 0 * weights + 0.01), above=0.0)[0]


def test_two_swaps_share_the_rounding() -> None:
    """Each of two items moves the mean by 0.2: both are allowed within 0.8, one within 0.4."""
    weights = np.array([[[0.010] * 2, [0.008] * 2, [0.008] * 2, [0.008] * 2]])
    cell = _cell([[0, 0], [100, 100], [100, 100], [100, 100]], weights)

    assert 100 == _widths(cell, above=0.8)[0]
    assert 50 == _widths(cell, above=0.79)[0]
    assert 0 == _widths(cell, above=0.39)[0]


@pytest.mark.parametrize("seed", range(12))
def test_the_mean_of_any_two_moves_at_least_as_far_as_swaps_say(seed) -> None:
    """A linear program over all answers of the cell, with counts and means as constraints."""
    rng = np.random.default_rng(seed)
    people, items, answers = 8, 2, np.array([0.0, 50.0, 100.0])
    given = rng.integers(0, 3, (people, items))
    weights = rng.choice([0.004, 0.005, 0.006], (2, people))
    weights[1, people // 2 :] = 0
    parts = np.repeat(weights[:, :, np.newaxis] / items, items, axis=2)
    below, above = rng.uniform(0, 0.5, 2), rng.uniform(0.3, 1, 2)
    cell = Answers(np.arange(people), answers[given], parts)
    found = widths(cell, cell, below, above, [np.full(given.shape, 1 / items)])[0]

    # One variable per person, item and answer.
    chosen = np.eye(people * items * 3).reshape(people, items, 3, -1)
    points = chosen @ np.eye(chosen.shape[-1])
    score = np.einsum("pian,a->pn", points, answers) / items
    true = answers[given].mean(axis=1)
    equal = [chosen.sum(axis=2).reshape(-1, chosen.shape[-1])]
    equal.append(chosen.sum(axis=0).reshape(-1, chosen.shape[-1]))
    counts = np.array([[(given[:, i] == a).sum() for a in range(3)] for i in range(items)])
    right = np.concatenate([np.ones(people * items), counts.ravel()])
    means = weights @ score
    bounds = np.concatenate([weights @ true + above, below - weights @ true])
    for one, two in itertools.combinations_with_replacement(range(people), 2):
        both = (score[one] + score[two]) / 2
        low, high = (
            linprog(
                sign * both,
                A_eq=np.vstack(equal),
                b_eq=right,
                A_ub=np.vstack([means, -means]),
                b_ub=bounds,
                bounds=(0, 1),
            ).fun
            for sign in (1, -1)
        )
        assert -high - low >= min(found[one], found[two]) - 1e-6
    assert found.max() > 0


# --- a whole cell at once -------------------------------------------------------------------------


def _least(points: list[list[float]], spread: float, slack: float) -> list[float]:
    """How far the mean of all items moves at least, with one mean for all items."""
    own = np.array(points, dtype=float)
    answered = np.isfinite(own)
    scale = answered / answered.sum(axis=1, keepdims=True)
    spreads = np.full((1, own.shape[1]), spread)
    return least_widths(own, spreads, np.array([slack]), [scale])[0].tolist()


def test_four_people_at_either_end_protect_a_cell() -> None:
    """Each of them has three others there; with three at one end, one of those has two."""
    assert [100] * 8 == _least([[0]] * 4 + [[100]] * 4, 0, 0.5)
    assert [0] * 7 == _least([[0]] * 3 + [[100]] * 4, 0, 0.5)
    assert [50] * 8 == _least([[0]] * 3 + [[50]] + [[100]] * 4, 0, 0.5)


def test_a_cell_keeps_to_half_of_the_rounding() -> None:
    """Weights that differ by 0.0025 move a mean by 0.25 when 0 and 100 are swapped.

    One item may be swapped with a slack of 0.5, and none with 0.49; two items need twice as much.
    """
    one, two = [[0]] * 4 + [[100]] * 4, [[0, 0]] * 4 + [[100, 100]] * 4

    assert [100] * 8 == _least(one, 0.0025, 0.5)
    assert [0] * 8 == _least(one, 0.0025, 0.49)
    assert [50] * 8 == _least(two, 0.0025, 0.99)
    assert [100] * 8 == _least(two, 0.0025, 1.0)
    assert [100] * 8 == _least(two, 0, 0.0)
    assert [100] * 8 == _least(two, 1e-12, 0.0)  # weights that differ by the rounding of floats


def test_who_did_not_answer_an_item_does_not_move_by_it() -> None:
    """Seven answered both items, and one the first alone."""
    cell = [[0, 0]] * 4 + [[100, 50]] * 4

    assert [75] * 8 == _least(cell, 0, 0.5)
    assert [*[50] * 7, 100] == _least([*cell[:-1], [100, np.nan]], 0, 0.5)


def test_a_cell_as_a_whole_promises_no_more_than_its_swaps() -> None:
    """Random answers, weights and rounding: each person against all others, one by one."""
    promised = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        people, items, means = 12, 3, 2
        points = rng.choice([0.0, 50.0, 100.0, np.nan], (people, items), p=[0.4, 0.1, 0.4, 0.1])
        answered = np.isfinite(points)
        scale = answered / np.maximum(answered.sum(axis=1, keepdims=True), 1)
        weights = rng.choice([0.01, 0.012], (means, people, 1)) * scale
        below, above = rng.uniform(0.5, 6, (2, means))
        spreads = [
            [np.ptp(mean[answered[:, item], item]) for item in range(items)] for mean in weights
        ]

        least = least_widths(points, np.array(spreads), np.minimum(below, above), [scale])[0]

        cell = Answers(np.arange(people), points, weights)
        assert (least <= widths(cell, cell, below, above, [scale])[0] + 1e-9).all()
        promised += int((least > 0).any())
    assert promised >= 10
