"""What the means leave open about withheld counts of the answers that they are means of."""

from copy import copy
from dataclasses import replace
from itertools import combinations

import numpy as np

from umid_research.protection.known import PublishedCount
from umid_research.protection.program import Program
from umid_research.protection.scores import Attack

_MAX_FREE = 80
# Of people who could change places, so many take part in the search for exchanges.
_MAX_ALIKE = 16
_MAX_STARTS, _MAX_EXCHANGES = 40, 12
_TOLERANCE = 1e-9


def inferable_counts(attack: Attack) -> list[PublishedCount]:
    """Withheld counts of which the means, with all else, leave one whole number only.

    Not those that no mean is needed for: they are known to nobody but an attacker who is granted
    who answered what with a score.
    """
    if not attack.hidden:
        return []
    alone, without = copy(attack), copy(attack)
    # Here the other scopes may keep still, and this one have all of an index's rounding.
    alone.linear = [
        replace(known, below=known.below / known.share, above=known.above / known.share)
        for known in attack.linear
    ]
    without.linear = []
    told = _single(alone, attack.hidden)
    anyway = {known.row for known in _single(without, told)}
    return [known for known in told if known.row not in anyway]


def _single(attack: Attack, hidden: list[PublishedCount]) -> list[PublishedCount]:
    """The counts that are the same in every way to have answered that was looked for.

    Exchanges of answers are quick to try; then a whole-number program, with people of the cells in
    question free to have answered otherwise.
    """
    hidden = _not_exchanged(attack, hidden)
    if not hidden:
        return []
    about = attack.in_order(np.flatnonzero(np.any([known.people for known in hidden], axis=0)))
    spaced = np.linspace(0, len(about) - 1, min(_MAX_FREE, len(about))).astype(int)
    program = Program(
        attack, attack.with_comparable_respondents(about[spaced], _MAX_FREE - len(spaced)), 1.0
    )
    single = np.ones(len(hidden), dtype=bool)
    for place in range(len(hidden)):
        if single[place]:
            moved = program.other_counts(hidden, place)
            # One way to have answered tells something of every count.
            single &= True if moved is None else np.abs(moved) < 0.5
    return [known for known, is_single in zip(hidden, single, strict=True) if is_single]


def _not_exchanged(attack: Attack, hidden: list[PublishedCount]) -> list[PublishedCount]:
    """The counts that no exchanges of answers that were tried change.

    Two people who are counted in the same shown cells of an item may have given each other's
    answer to it: no shown count changes, and the means must stay within their rounding, if need be
    by other exchanges that make up for the first.
    """
    exchanges = _Exchanges(attack)
    left = []
    for known in hidden:
        by = exchanges.added_to(known)
        starts = np.flatnonzero(by)
        spaced = np.linspace(0, len(starts) - 1, min(_MAX_STARTS, len(starts))).astype(int)
        # One exchange may undo what another did to the count.
        if not any(by[exchanges.made_up_for(n)].sum() for n in starts[spaced]):
            left.append(known)
    return left


class _Exchanges:
    """Pairs of people who gave different answers to an item and may change places."""

    def __init__(self, attack: Attack) -> None:
        given, points = attack.linked.given, attack.linked.points
        self._items, pairs = _exchanges(attack)
        self._one, self._two = pairs.T
        self._first, self._second = given[self._one, self._items], given[self._two, self._items]
        gain = np.array(
            [
                points[item][second] - points[item][first]
                for item, first, second in zip(self._items, self._first, self._second, strict=True)
            ]
        )
        weights = attack.weights
        self._moved = weights[:, self._one, self._items] - weights[:, self._two, self._items]
        self._moved = self._moved * gain
        self._below, self._above = attack.below, attack.above
        self._made_up: dict[int, list[int]] = {}

    def added_to(self, known: PublishedCount) -> np.ndarray:
        """What each exchange adds to a count: 1, -1 or nothing."""
        gained = (self._second == known.answer).astype(int) - (self._first == known.answer)
        apart = known.people[self._one].astype(int) - known.people[self._two]
        return np.where(self._items == known.item, gained * apart, 0)

    def made_up_for(self, start: int) -> list[int]:
        """An exchange and others that keep the means within their rounding with it, if found."""
        if start not in self._made_up:
            self._made_up[start] = self._make_up_for(start)
        return self._made_up[start]

    def _make_up_for(self, start: int) -> list[int]:
        """Adds the exchange that brings the means nearest to what is published, one by one."""
        made, moved, free = [start], self._moved[:, start], self._are_apart(start)
        excess = self._excess(moved[:, np.newaxis])[0]
        for _ in range(_MAX_EXCHANGES):
            if excess == 0 or not free.any():
                break
            choices = np.flatnonzero(free)
            after = self._excess(moved[:, np.newaxis] + self._moved[:, choices])
            best = int(np.argmin(after))
            if after[best] >= excess:
                break
            made.append(int(choices[best]))
            moved, excess = moved + self._moved[:, choices[best]], after[best]
            free &= self._are_apart(choices[best])
        return made if excess == 0 else []

    def _excess(self, moved: np.ndarray) -> np.ndarray:
        """How far means lie outside their rounding, each against its width, added up."""
        low, high = self._below[:, np.newaxis], self._above[:, np.newaxis]
        outside = np.maximum(moved - high, 0) + np.maximum(-low - moved, 0)
        return (outside / (low + high + _TOLERANCE)).sum(axis=0)

    def _are_apart(self, one: int) -> np.ndarray:
        """Of another item or of other people, so that both exchanges can be made."""
        people = np.ones(len(self._items), dtype=bool)
        for mine in (self._one[one], self._two[one]):
            people &= (self._one != mine) & (self._two != mine)
        return people | (self._items != self._items[one])


def _exchanges(attack: Attack) -> tuple[np.ndarray, np.ndarray]:
    """Item, and two people who gave different answers to it and may change places."""
    items: list[int] = []
    pairs: list[tuple[int, int]] = []
    given = attack.linked.given
    for item in range(given.shape[1]):
        shown = [known.people for known in attack.counted if known.item == item]
        places = np.array([np.zeros(len(given), dtype=bool), *shown])
        kinds = np.unique(places, axis=1, return_inverse=True)[1].ravel()
        kinds[given[:, item] < 0] = -1
        for kind in range(kinds.max() + 1):
            alike = attack.in_order(np.flatnonzero(kinds == kind))
            alike = alike[np.argsort(given[alike, item], kind="stable")]
            if len(alike) > _MAX_ALIKE:
                alike = alike[np.linspace(0, len(alike) - 1, _MAX_ALIKE).astype(int)]
            for one, two in combinations(alike, 2):
                if given[one, item] != given[two, item]:
                    items.append(item)
                    pairs.append((one, two))
    return np.array(items, dtype=int), np.array(pairs, dtype=int).reshape(-1, 2)
