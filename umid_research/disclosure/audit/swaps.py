"""Who is protected by swaps of answers: response patterns that are feasible without a program.

Two people of the same group and district who swap their answers to a question change no published
count. A mean changes by the difference of their weights times the difference of their answers. So
among people with similar weights somebody's score can go up, or down, while everything published
stays the same:

    community, Guba    trust_1    after a swap
    first person            25              75
    second person           75              25
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Two people who move at once each need a partner who is none of the other three people.
_PARTNERS = 3
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Answers:
    """The answers of some people of a cell, and their part in the published means.

    Attributes
    ----------
    people : ndarray
        Their places in the study.
    points : ndarray, person × item
        The score of each answer (0 to 100); NaN where no answer with a score was given.
    weights : ndarray, mean × person × item
        The weight of each answer's score in each mean.
    """

    people: np.ndarray
    points: np.ndarray
    weights: np.ndarray


def widths(
    own: Answers,
    partners: Answers,
    below: np.ndarray,
    above: np.ndarray,
    scales: Sequence[np.ndarray],
) -> np.ndarray:
    """Return how far swaps with `partners` move each person's scores: score × person, in points.

    This is the distance between the highest and the lowest score that are reached. Everybody uses
    at most half of the rounding, and has three partners for each swap. So two people can move at
    once, and their mean score moves at least as far as the smaller of their two numbers.

    Parameters
    ----------
    below, above : ndarray
        How far each mean may move down and up, in points.
    scales : sequence of ndarray, person × item
        The weight of an answer's score in each score of the people in `own`.
    """
    gain = partners.points - own.points[:, np.newaxis]
    gain[own.people[:, np.newaxis] == partners.people] = np.nan
    rises = np.nan_to_num(gain)
    used = np.zeros(rises.shape)
    for mine, theirs, down, up in zip(own.weights, partners.weights, below, above, strict=True):
        moved = (mine[:, np.newaxis] - theirs) * rises
        moved[np.abs(moved) <= _TOLERANCE] = 0
        np.maximum(used, moved * _inverse(up), out=used)
        np.maximum(used, moved * -_inverse(down), out=used)
    reached = np.zeros((2, len(scales), len(own.people)))
    # With one swap it may use half of the rounding, with two swaps a quarter each, and so on.
    for swaps in range(1, _most_items(scales) + 1):
        allowed = used <= 0.5 / swaps
        for way, sign in enumerate((1, -1)):
            surest = _third_largest(np.where(allowed, sign * rises, 0))
            for place, scale in enumerate(scales):
                best = np.sort(surest * scale, axis=1)[:, -swaps:].sum(axis=1)
                reached[way, place] = np.maximum(reached[way, place], best)
    return reached.sum(axis=0)


def least_widths(
    points: np.ndarray, spreads: np.ndarray, slack: np.ndarray, scales: Sequence[np.ndarray]
) -> np.ndarray:
    """Return how far swaps move the scores of a whole cell at least: score × person, in points.

    Nobody is compared with anybody. On each item, everybody has three partners at or below the
    fourth lowest answer of the cell, and three at or above the fourth highest. Where no swap moves
    a mean too far, whatever the partner, the answer reaches from the one to the other. So this is
    at most what `widths` returns with the whole cell as partners. The more people, the smaller are
    the differences of weights: in a large cell nearly everybody's score reaches far enough.

    Parameters
    ----------
    points : ndarray, person × item
        The score of each answer (0 to 100); NaN where no answer with a score was given.
    spreads : ndarray, mean × item
        The largest difference of two people's weights; see `MeanWeights.spreads`.
    slack : ndarray
        How far each mean may move, down or up, in points.
    scales : sequence of ndarray, person × item
        The weight of an answer's score in each score.
    """
    answered = np.isfinite(points)
    ordered = np.sort(points, axis=0)
    reach, used = np.zeros((2, points.shape[1]))
    for item, number in enumerate(answered.sum(axis=0)):
        if number > 2 * _PARTNERS:
            given = ordered[:number, item]
            reach[item] = given[number - 1 - _PARTNERS] - given[_PARTNERS]
            moved = spreads[:, item] * (given[-1] - given[0])
            moved[moved <= _TOLERANCE] = 0
            used[item] = (moved * [_inverse(least) for least in slack]).max(initial=0)
    reached = np.zeros((len(scales), len(points)))
    for swaps in range(1, _most_items(scales) + 1):
        allowed = np.where(used <= 0.5 / swaps, reach, 0)
        for place, scale in enumerate(scales):
            best = np.sort(scale * answered * allowed, axis=1)[:, -swaps:].sum(axis=1)
            reached[place] = np.maximum(reached[place], best)
    return reached


def _most_items(scales: Sequence[np.ndarray]) -> int:
    """Return the largest number of items that a person's score is made of."""
    return max((int((scale > 0).sum(axis=1).max(initial=0)) for scale in scales), default=0)


def _inverse(slack: float) -> float:
    """Return the part of a mean's slack that a move of one point takes; of no slack, all."""
    return 1 / slack if slack > _TOLERANCE else 1 / _TOLERANCE**2


def _third_largest(gain: np.ndarray) -> np.ndarray:
    """Return the gain that at least three partners give: person × item; 0 if there are fewer."""
    partners = gain.shape[1]
    if partners < _PARTNERS:
        return np.zeros((gain.shape[0], gain.shape[2]))
    return np.partition(gain, partners - _PARTNERS, axis=1)[:, partners - _PARTNERS].clip(min=0)
