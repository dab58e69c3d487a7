"""What the means leave open about withheld counts of the answers that they are means of."""

from copy import copy
from dataclasses import replace
from itertools import combinations

import numpy as np

from umid_research.protection.known import Counted
from umid_research.protection.program import Program
from umid_research.protection.scores import MOST_PEOPLE, Attack

_FEW_PEOPLE = 30
# Of people who could change places, so many take part in the search for exchanges.
_MOST_ALIKE = 16
_AT_ONCE = 16


def told_counts(attack: Attack) -> list[Counted]:
    """Withheld counts of which the means, with all else, leave one whole number only.

    Not those that no mean is needed for: they are known to nobody but an attacker who is granted
    who answered what with a score.
    """
    if not attack.hidden:
        return []
    alone, without = copy(attack), copy(attack)
    # Here the other dimensions may keep still, and this one have all of the index's rounding.
    alone.linear = [
        replace(known, below=known.below * known.parts, above=known.above * known.parts)
        for known in attack.linear
    ]
    without.linear = []
    told = _single(alone, attack.hidden)
    anyway = {known.row for known in _single(without, told)}
    return [known for known in told if known.row not in anyway]


def _single(attack: Attack, hidden: list[Counted]) -> list[Counted]:
    """The counts that are the same in every way to have answered that was looked for.

    Exchanges of answers are quick to try; then a whole-number program, first with some people
    of the cells in question free to have answered otherwise, then with more.
    """
    hidden = _not_exchanged(attack, hidden)
    for most in (_FEW_PEOPLE, MOST_PEOPLE):
        if not hidden:
            return []
        about = np.flatnonzero(np.any([known.people for known in hidden], axis=0))
        about = about[np.argsort(attack.score[about], kind="stable")]
        spaced = np.linspace(0, len(about) - 1, min(most, len(about))).astype(int)
        program = Program(attack, attack.with_mates(about[spaced], most - len(spaced)), 1.0)
        single = np.ones(len(hidden), dtype=bool)
        for place in range(len(hidden)):
            if single[place]:
                moved = program.other_counts(hidden, place)
                # One way to have answered tells something of every count.
                single &= True if moved is None else np.abs(moved) < 0.5
        hidden = [known for known, is_single in zip(hidden, single, strict=True) if is_single]
    return hidden


def _not_exchanged(attack: Attack, hidden: list[Counted]) -> list[Counted]:
    """The counts that up to three exchanges of answers do not change.

    Two people who are counted in the same shown cells of an item may have given each other's
    answer to it: no shown count changes, and the means must stay within their rounding, if need be
    by exchanges of other items' answers that make up for the first.
    """
    items, pairs = _exchanges(attack)
    if not len(items):
        return hidden
    one, two = pairs.T
    given, points = attack.given, attack.points
    first, second = given[one, items], given[two, items]
    gain = np.array(
        [points[q][b] - points[q][a] for q, a, b in zip(items, first, second, strict=True)]
    )
    per_answer = np.array([known.weights for known in attack.linear]).reshape(-1, len(given))
    per_answer = per_answer / attack.answered
    moved = (per_answer[:, one] - per_answer[:, two]) * gain
    below = np.array([[known.below] for known in attack.linear]).reshape(-1, 1)
    above = np.array([[known.above] for known in attack.linear]).reshape(-1, 1)
    possible: dict[int, bool] = {}
    left = []
    for known in hidden:
        counted = (first == known.answer) | (second == known.answer)
        apart = known.people[one] != known.people[two]
        for n in map(int, np.flatnonzero((items == known.item) & counted & apart)):
            if n not in possible:
                elsewhere = items != items[n]
                possible[n] = _made_up_for(
                    moved[:, n], moved[:, elsewhere], items[elsewhere], below, above
                )
            if possible[n]:
                break
        else:
            left.append(known)
    return left


def _made_up_for(
    start: np.ndarray,
    others: np.ndarray,
    items: np.ndarray,
    below: np.ndarray,
    above: np.ndarray,
) -> bool:
    """Whether an exchange keeps the means within their rounding, with up to two others.

    `start` is what it moves each mean by, `others` what each other exchange does. Two exchanges of
    one item's answers could concern the same person, so `items` must differ.
    """
    start = start[:, np.newaxis]
    none = np.zeros((len(start), 1))
    for extra in (none, others):
        if ((start + extra >= -below) & (start + extra <= above)).all(axis=0).any():
            return True
    for at in range(0, others.shape[1], _AT_ONCE):
        some = start + others[:, at : at + _AT_ONCE]
        both = some[:, :, np.newaxis] + others[:, np.newaxis, at:]
        fits = (both >= -below[:, :, np.newaxis]) & (both <= above[:, :, np.newaxis])
        differ = items[at : at + _AT_ONCE, np.newaxis] != items[np.newaxis, at:]
        if (fits.all(axis=0) & differ).any():
            return True
    return False


def _exchanges(attack: Attack) -> tuple[np.ndarray, np.ndarray]:
    """Item, and two people who gave different answers to it and may change places."""
    items: list[int] = []
    pairs: list[tuple[int, int]] = []
    for item in range(len(attack.points)):
        shown = [known.people for known in attack.counted if known.item == item]
        places = np.array([np.zeros(len(attack.given), dtype=bool), *shown])
        kinds = np.unique(places, axis=1, return_inverse=True)[1].ravel()
        kinds[attack.given[:, item] < 0] = -1
        for kind in range(kinds.max() + 1):
            alike = np.flatnonzero(kinds == kind)
            alike = alike[np.lexsort([attack.score[alike], attack.given[alike, item]])]
            if len(alike) > _MOST_ALIKE:
                alike = alike[np.linspace(0, len(alike) - 1, _MOST_ALIKE).astype(int)]
            for one, two in combinations(alike, 2):
                if attack.given[one, item] != attack.given[two, item]:
                    items.append(item)
                    pairs.append((one, two))
    return np.array(items, dtype=int), np.array(pairs, dtype=int).reshape(-1, 2)
