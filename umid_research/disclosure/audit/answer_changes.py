"""The variables of the audit of scores: which answers may be other than they are."""

import numpy as np
from scipy import sparse

from umid_research.disclosure.audit.published_numbers import MeanWeights


class AnswerChanges:
    """The variables of a program over answers: person × item × an answer other than theirs.

    A variable is 1 if the person gave that answer instead. Only the people in `free` may change
    their answers; those of others are granted to the attacker. `given`, person × item, is the
    position of the answer, or -1; `sizes` is the number of possible answers per item.
    """

    def __init__(self, given: np.ndarray, sizes: np.ndarray, free: np.ndarray) -> None:
        self.free, self.people = free, len(free)
        at, item = np.nonzero(given[free] >= 0)
        others = sizes[item] - 1
        self.cell = np.repeat(np.arange(len(item)), others)
        self.size = len(self.cell)
        self.at, self.item = at[self.cell], item[self.cell]
        self.who = free[self.at]
        self.given = given[self.who, self.item]
        position = np.arange(self.size) - (np.cumsum(others) - others)[self.cell]
        self.to = position + (position >= self.given)

    def one_answer(self) -> sparse.csr_array:
        """Return the sums that may be at most 1: a person has one answer to an item."""
        shape = (self.cell.max(initial=-1) + 1, self.size)
        return sparse.csr_array((np.ones(self.size), (self.cell, np.arange(self.size))), shape)

    def of_counts(
        self, people: np.ndarray, items: np.ndarray, answers: np.ndarray
    ) -> sparse.csr_array:
        """Return the change of counts: count × variable.

        `people`, count × person, says who is counted; `items` and `answers` have one entry per
        count.
        """
        # Most counts of a large study are of nobody whose answers may change, or of other items.
        count, variable = np.nonzero(
            people.reshape(-1, people.shape[-1])[:, self.who] & (self.item == items[:, np.newaxis])
        )
        gained = (self.to[variable] == answers[count]).astype(float)
        gained -= self.given[variable] == answers[count]
        shape = (len(items), self.size)
        changes = sparse.csr_array((gained, (count, variable)), shape)
        changes.eliminate_zeros()
        return changes

    def gain(self, points: list[np.ndarray]) -> np.ndarray:
        """Return how many points the score of an item changes by, per variable."""
        width = max((len(values) for values in points), default=0)
        table = np.array([np.pad(values, (0, width - len(values))) for values in points])
        return table[self.item, self.to] - table[self.item, self.given]

    def of_means(self, weights: MeanWeights, points: list[np.ndarray]) -> sparse.csr_array:
        """Return the change of means: mean × variable."""
        # The means of others do not change.
        means = weights.means_of(self.free)
        of_answers = weights.of_answers(means, self.free)
        own = sparse.coo_array(of_answers[:, self.at, self.item] * self.gain(points))
        entries = (own.data, (means[own.row], own.col))
        return sparse.csr_array(entries, (len(weights), self.size))

    def of_people(self, weights: np.ndarray, points: list[np.ndarray]) -> sparse.csr_array:
        """Return the change of people's scores, free person × variable."""
        gain = weights[self.who, self.item] * self.gain(points)
        return sparse.csr_array((gain, (self.at, np.arange(self.size))), (self.people, self.size))
