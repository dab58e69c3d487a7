"""Rows that are one by their key, pairs that look alike, people's decisions -> what is one.

Nothing is merged because it looks alike: a pair is proposed, and counts as two until somebody has
decided. Out, `pairs`, a row a proposed or decided pair:

    first  second  similarity  decision       reason
    A017   A112          92  same           the same signature
    A020   A031          88
    A044   A045         100  contradiction  neighbours

read aloud: A017 and A112 are one; about A020 and A031 nobody has decided; what was decided about
A044 and A045 contradicts other decisions. Decisions add up: a = b and b = c make a = c, and with
b ≠ d also a ≠ d. Where that leads to one thing being and not being another, none of the decisions
of the knot is followed, and each is an issue.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from umid_research.registers import ISSUE_COLUMNS

SAME, DIFFERENT, CONTRADICTION, OPEN = "same", "different", "contradiction", ""
PAIR_COLUMNS = ("first", "second", "similarity", "decision", "reason")
RULE, ACTION = "decisions_contradict", "not followed"


@dataclass(frozen=True)
class Resolved:
    """Which ids are one: id -> number of the one; the pairs drawn above; issues of decisions."""

    entity_ids: pd.Series
    pairs: pd.DataFrame
    issues: pd.DataFrame


class Clusters:
    """Ids that are one by their key, and what decisions make of them."""

    def __init__(self, keys: pd.Series, decisions: pd.DataFrame) -> None:
        known = decisions["first"].isin(keys.index) & decisions["second"].isin(keys.index)
        self.decisions = decisions[known]
        self.nodes = self._apart(pd.Series(pd.factorize(keys)[0], index=keys.index))
        self._one, self._other = (
            self.nodes[self.decisions[side]].to_numpy() for side in ("first", "second")
        )
        is_same = (self.decisions["decision"] == SAME).to_numpy()
        self._knot = _components(len(self.nodes), self._one[is_same], self._other[is_same])
        against = ~is_same & (self._knot[self._one] == self._knot[self._other])
        self._contradicted = np.unique(self._knot[self._one[against]])
        free = np.isin(self._knot, self._contradicted)
        # The nodes of a contradicted knot stay as they were before anybody decided.
        self._ones = np.where(free, len(self._knot) + np.arange(len(self._knot)), self._knot)
        self._different = _unordered(self._ones, self._one[~is_same], self._other[~is_same])

    def _apart(self, nodes: pd.Series) -> pd.Series:
        """Ids that are one by their key, but not by a decision, are nodes of their own."""
        one, other = (nodes[self.decisions[side]].to_numpy() for side in ("first", "second"))
        split = self.decisions[(self.decisions["decision"] == DIFFERENT) & (one == other)]
        alone = nodes.index.isin([*split["first"], *split["second"]])
        apart = nodes.mask(alone, len(nodes) + np.arange(len(nodes)))
        return pd.Series(pd.factorize(apart)[0], index=nodes.index)

    @property
    def entity_ids(self) -> pd.Series:
        """Id -> number of the one that it belongs to."""
        return pd.Series(self._ones[self.nodes], index=self.nodes.index)

    def decided(self, first: pd.Series, second: pd.Series) -> np.ndarray:
        """Of each pair of ids: same, different, a contradiction, or open."""
        one, other = self.nodes[first].to_numpy(), self.nodes[second].to_numpy()
        same = self._ones[one] == self._ones[other]
        different = np.isin(_unordered(self._ones, one, other), self._different)
        knot = self._knot[one]
        lost = (knot == self._knot[other]) & np.isin(knot, self._contradicted) & (one != other)
        return np.select([lost, same, different], [CONTRADICTION, SAME, DIFFERENT], OPEN)

    @property
    def issues(self) -> pd.DataFrame:
        """The decisions that are not followed, named by file and row."""
        clusters = self._knot[np.concatenate([self._one, self._other])].reshape(2, -1)
        lost = (clusters[0] == clusters[1]) & np.isin(clusters[0], self._contradicted)
        rows = self.decisions[lost]
        rows = rows.assign(column="decision", rule=RULE, action=ACTION, old=rows["decision"])
        return rows[list(ISSUE_COLUMNS)]


def resolve(keys: pd.Series, proposed: pd.DataFrame, decisions: pd.DataFrame) -> Resolved:
    """What is one, from the key of each id, the proposed pairs of ids, and people's decisions.

    Parameters
    ----------
    keys : Series
        By id; ids of equal keys are one unless a decision says otherwise.
    proposed : DataFrame
        first, second (ids), similarity.
    decisions : DataFrame
        first, second, decision, reason, file, row; those about ids that are not there say nothing.
    """
    clusters = Clusters(keys, decisions)
    made = clusters.decisions[["first", "second", "reason"]]
    apart = _apart(keys, clusters.nodes)
    pairs = pd.concat([made, proposed, apart], ignore_index=True)
    pairs = _once(pairs, clusters.nodes)
    pairs["decision"] = clusters.decided(pairs["first"], pairs["second"])
    return Resolved(
        clusters.entity_ids, pairs[list(PAIR_COLUMNS)].reset_index(drop=True), clusters.issues
    )


def no_decisions() -> pd.DataFrame:
    """Decisions of nobody."""
    columns = ["kind", "first", "second", "decision", "reason", "by", "file", "row"]
    return pd.DataFrame(columns=columns, dtype=object)


def _apart(keys: pd.Series, nodes: pd.Series) -> pd.DataFrame:
    """Pairs that have one key, but of which a decision has taken one out."""
    firsts = pd.DataFrame({"key": keys, "node": nodes, "id": keys.index}).drop_duplicates("node")
    pairs = firsts.merge(firsts, on="key", suffixes=("_a", "_b"))
    pairs = pairs[pairs["node_a"] < pairs["node_b"]]
    return pd.DataFrame({"first": pairs["id_a"], "second": pairs["id_b"], "similarity": 100})


def _once(pairs: pd.DataFrame, nodes: pd.Series) -> pd.DataFrame:
    """A row a pair of nodes: the decided ids and reason, and the similarity that was found."""
    one, other = nodes[pairs["first"]].to_numpy(), nodes[pairs["second"]].to_numpy()
    pair = [np.minimum(one, other), np.maximum(one, other)]
    similarity = pairs["similarity"].astype(float).groupby(pair).transform("max")
    first = ~pd.DataFrame(pair).T.duplicated().to_numpy()
    reason = pairs["reason"].astype("str").fillna("")
    return pairs.assign(similarity=similarity.round().astype("Int64"), reason=reason)[first]


def _components(size: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    links = coo_array((np.ones(len(one)), (one, other)), shape=(size, size))
    return connected_components(links, directed=False)[1]


def _unordered(ones: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A number for each pair of ones, whichever is first."""
    a, b = ones[one].astype(np.int64), ones[other].astype(np.int64)
    return np.minimum(a, b) * (ones.max(initial=0) + 1) + np.maximum(a, b)
