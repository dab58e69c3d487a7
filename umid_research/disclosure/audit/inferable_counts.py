"""Audit of counts against means: do the means determine a withheld count of scored answers?"""

from copy import copy
from dataclasses import replace
from itertools import combinations

import numpy as np

from umid_research.disclosure.audit.published_numbers import PublishedCount
from umid_research.disclosure.audit.respondents import spaced
from umid_research.disclosure.audit.scores import Attack

# Answers of so many people may change; more would take the solver long.
_MAX_FREE = 80
# So many interchangeable people per cell take part in the search for exchanges.
_MAX_INTERCHANGEABLE = 16
_MAX_STARTS, _MAX_EXCHANGES = 40, 12
_TOLERANCE = 1e-9


def inferable_counts(attack: Attack) -> list[PublishedCount]:
    """Return the withheld counts that are determined once the means are known, too.

    Counts that are determined without any mean are left out. They are known only to an attacker who
    is granted who gave an answer with a score; `counts` audits them without that grant.
    """
    if not attack.hidden:
        return []
    with_means, without_means = copy(attack), copy(attack)
    # Here the other linked scores may stay as they are, so this one has all of an index's rounding.
    with_means.linear = [
        replace(known, below=known.below / known.share, above=known.above / known.share)
        for known in attack.linear
    ]
    without_means.linear = []
    inferable = _determined(with_means, attack.hidden)
    without_means_rows = {known.row for known in _determined(without_means, inferable)}
    return [known for known in inferable if known.row not in without_means_rows]


def _determined(attack: Attack, hidden: list[PublishedCount]) -> list[PublishedCount]:
    """Return the counts for which no response pattern with another value is found.

    Exchanges of answers between two people are quick to try. Integer programs follow, in which the
    people of the counts' cells, and others comparable to them, may have answered otherwise.
    """
    hidden = _unchanged_by_exchanges(attack, hidden)
    if not hidden:
        return []
    about = attack.respondents.in_order(
        np.flatnonzero(np.any([known.people for known in hidden], axis=0))
    )
    free = attack.respondents.comparable_with(spaced(about, _MAX_FREE), _MAX_FREE)
    changes = attack.answer_changes(free)
    program = attack.program(changes, rounding_share=1.0)
    is_fixed = program.fixed(attack.changes_of(hidden, changes))
    return [known for known, fixed in zip(hidden, is_fixed, strict=True) if fixed]


def _unchanged_by_exchanges(attack: Attack, hidden: list[PublishedCount]) -> list[PublishedCount]:
    """Return the counts that no tried exchange of answers changes.

    Two people who are in the same shown cells of an item may exchange their answers to it without
    changing a shown count. The means must stay within their rounding, if need be by further
    exchanges that offset the first one.
    """
    exchanges = _Exchanges(attack)
    unchanged = []
    for known in hidden:
        by = exchanges.added_to(known)
        starts = np.flatnonzero(by)
        # Offsetting exchanges may change the count back, so the sum over all of them decides.
        if not any(by[exchanges.offset(n)].sum() for n in spaced(starts, _MAX_STARTS)):
            unchanged.append(known)
    return unchanged


class _Exchanges:
    """Pairs of people who gave different answers to an item and may exchange them."""

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
        everybody = np.arange(len(given))
        self._moved = np.zeros((len(attack.weights), len(gain)))
        for mean, moved in enumerate(self._moved):
            (own,) = attack.weights.of_answers(np.array([mean]), everybody)
            moved[:] = (own[self._one, self._items] - own[self._two, self._items]) * gain
        self._below, self._above = attack.below, attack.above
        self._offsets: dict[int, list[int]] = {}

    def added_to(self, known: PublishedCount) -> np.ndarray:
        """Return what each exchange adds to a count: 1, -1 or 0."""
        gained = (self._second == known.answer).astype(int) - (self._first == known.answer)
        apart = known.people[self._one].astype(int) - known.people[self._two]
        return np.where(self._items == known.item, gained * apart, 0)

    def offset(self, start: int) -> list[int]:
        """Return an exchange and others that together keep the means in their rounding; else []."""
        if start not in self._offsets:
            self._offsets[start] = self._find_offset(start)
        return self._offsets[start]

    def _find_offset(self, start: int) -> list[int]:
        """Add, one by one, the exchange that brings the means nearest to what is published."""
        chosen, moved, free = [start], self._moved[:, start], self._are_independent(start)
        excess = self._excess(moved[:, np.newaxis])[0]
        for _ in range(_MAX_EXCHANGES):
            if excess == 0 or not free.any():
                break
            choices = np.flatnonzero(free)
            after = self._excess(moved[:, np.newaxis] + self._moved[:, choices])
            best = int(np.argmin(after))
            if after[best] >= excess:
                break
            chosen.append(int(choices[best]))
            moved, excess = moved + self._moved[:, choices[best]], after[best]
            free &= self._are_independent(choices[best])
        return chosen if excess == 0 else []

    def _excess(self, moved: np.ndarray) -> np.ndarray:
        """Return how far means lie outside their rounding, relative to its width, summed."""
        low, high = self._below[:, np.newaxis], self._above[:, np.newaxis]
        outside = np.maximum(moved - high, 0) + np.maximum(-low - moved, 0)
        return (outside / (low + high + _TOLERANCE)).sum(axis=0)

    def _are_independent(self, one: int) -> np.ndarray:
        """Return which exchanges concern another item, or other people, than the given one."""
        people = np.ones(len(self._items), dtype=bool)
        for mine in (self._one[one], self._two[one]):
            people &= (self._one != mine) & (self._two != mine)
        return people | (self._items != self._items[one])


def _exchanges(attack: Attack) -> tuple[np.ndarray, np.ndarray]:
    """Return, per exchange, the item and the two people."""
    items: list[int] = []
    pairs: list[tuple[int, int]] = []
    given = attack.linked.given
    for item in range(given.shape[1]):
        shown = [known.people for known in attack.counted if known.item == item]
        places = np.array([np.zeros(len(given), dtype=bool), *shown])
        classes = np.unique(places, axis=1, return_inverse=True)[1].ravel()
        classes[given[:, item] < 0] = -1
        for number in range(classes.max() + 1):
            interchangeable = attack.respondents.in_order(np.flatnonzero(classes == number))
            interchangeable = interchangeable[
                np.argsort(given[interchangeable, item], kind="stable")
            ]
            interchangeable = spaced(interchangeable, _MAX_INTERCHANGEABLE)
            for one, two in combinations(interchangeable, 2):
                if given[one, item] != given[two, item]:
                    items.append(item)
                    pairs.append((one, two))
    return np.array(items, dtype=int), np.array(pairs, dtype=int).reshape(-1, 2)
