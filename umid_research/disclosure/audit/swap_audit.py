"""Whose scores do swaps of answers leave too narrow? The people of a cell, a few at a time."""

from collections.abc import Sequence

import numpy as np

from umid_research.disclosure.audit.linked_scores import LinkedScores
from umid_research.disclosure.audit.published_numbers import MeanWeights
from umid_research.disclosure.audit.respondents import Respondents, alike, spaced
from umid_research.disclosure.audit.swaps import Answers, least_widths, widths

# So many people of a cell are tried as partners of a swap: most people need few of them.
_PARTNERS = (12, 40)
# So many people are compared with their partners at once.
_CHUNK = 40


def not_protected_by_swaps(
    linked: LinkedScores,
    respondents: Respondents,
    published: tuple[MeanWeights, np.ndarray, np.ndarray],
    scores: Sequence[tuple[np.ndarray, np.ndarray]],
    protection: float,
) -> np.ndarray:
    """Return whose scores swaps within their cell do not move far enough: score × person.

    Parameters
    ----------
    published
        The weights of answers in the published means, and how far each mean may lie below and above
        its true value, in points.
    scores
        Each score's weights of answers, person × item, and its values; NaN where there is none.
    protection : float
        The least width of an interval, in points.
    """
    weights, below, above = published
    is_open = np.isfinite(np.array([score for _, score in scores]))
    is_open = is_open.reshape(len(scores), len(respondents.cells))
    for number in range(respondents.cells.max(initial=-1) + 1):
        members = respondents.in_order(np.flatnonzero(respondents.cells == number))
        means = weights.means_of(members)
        is_open[:, members] &= _of_the_cell(linked, published, means, members, scores) < protection
        if not is_open[:, members].any():
            continue
        # Nobody gains by a swap with somebody alike, so one of them stands for all.
        scales = [scale[members] for scale, _ in scores]
        parts = weights.parts_of(means, members)
        first, kind = alike(np.column_stack([linked.given[members], *scales, parts]))
        ones = _answers(linked, weights, means, members[first])
        is_narrow = np.zeros((len(scores), len(first)), dtype=bool)
        for narrow, has_score in zip(is_narrow, is_open[:, members], strict=True):
            narrow[kind[has_score]] = True
        for most in _PARTNERS:
            partners = _answers(linked, weights, means, spaced(members, most))
            open_kinds = np.flatnonzero(is_narrow.any(axis=0))
            for start in range(0, len(open_kinds), _CHUNK):
                chunk = open_kinds[start : start + _CHUNK]
                own = Answers(ones.people[chunk], ones.points[chunk], ones.weights[:, chunk])
                own_scales = [scale[first[chunk]] for scale in scales]
                width = widths(own, partners, below[means], above[means], own_scales)
                is_narrow[:, chunk] &= width < protection
        is_open[:, members] &= is_narrow[:, kind]
    return is_open


def _of_the_cell(
    linked: LinkedScores,
    published: tuple[MeanWeights, np.ndarray, np.ndarray],
    means: np.ndarray,
    members: np.ndarray,
    scores: Sequence[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Return how far swaps move everybody's scores at least, from the cell as a whole."""
    weights, below, above = published
    spreads = weights.spreads(means, members, linked.given[members] >= 0)
    slack = np.minimum(below, above)[means]
    return least_widths(
        _points(linked, members), spreads, slack, [scale[members] for scale, _ in scores]
    )


def _answers(
    linked: LinkedScores, weights: MeanWeights, means: np.ndarray, people: np.ndarray
) -> Answers:
    return Answers(people, _points(linked, people), weights.of_answers(means, people))


def _points(linked: LinkedScores, people: np.ndarray) -> np.ndarray:
    given = linked.given[people]
    return np.column_stack(
        [np.append(own, np.nan)[given[:, item]] for item, own in enumerate(linked.points)]
    )
