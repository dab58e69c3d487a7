"""Link records that are the same by their key or by a person's decision.

Similar records are never merged automatically: the pair is proposed to a person, and counts as two
until that person decides. The output `pairs` has one row per proposed or decided pair:

    first  second  similarity  decision       reason
    A017   A112          92  same           the same signature
    A020   A031          88
    A044   A045         100  contradiction  neighbours

For example, A017 and A112 are the same; nobody has decided about A020 and A031; the decision about
A044 and A045 contradicts others. Decisions are transitive: from a = b and b = c follows a = c, and
with b ≠ d also a ≠ d. If this leads to a contradiction, no decision within that cluster is
followed, and each becomes an issue.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from umid_research.clean.registers import ISSUE_COLUMNS

SAME, DIFFERENT, CONTRADICTION, OPEN = "same", "different", "contradiction", ""
PAIR_COLUMNS = ("first", "second", "similarity", "decision", "reason")
RULE, ACTION = "decisions_contradict", "not followed"


@dataclass(frozen=True)
class Resolved:
    """The entity number of each id, the frame `pairs`, and issues about decisions."""

    entity_ids: pd.Series
    pairs: pd.DataFrame
    issues: pd.DataFrame


class Clusters:
    """Clusters of ids, built from equal keys and from decisions."""

    def __init__(self, keys: pd.Series, decisions: pd.DataFrame) -> None:
        known = decisions["first"].isin(keys.index) & decisions["second"].isin(keys.index)
        self.decisions = decisions[known]
        self.nodes = self._split(pd.Series(pd.factorize(keys)[0], index=keys.index))
        self._first, self._second = (
            self.nodes[self.decisions[side]].to_numpy() for side in ("first", "second")
        )
        is_same = (self.decisions["decision"] == SAME).to_numpy()
        self._cluster = _components(len(self.nodes), self._first[is_same], self._second[is_same])
        against = ~is_same & (self._cluster[self._first] == self._cluster[self._second])
        self._contradicted = np.unique(self._cluster[self._first[against]])
        free = np.isin(self._cluster, self._contradicted)
        # Nodes of a cluster with a contradiction stay separate, as if nobody had decided.
        self._entity = np.where(
            free, len(self._cluster) + np.arange(len(self._cluster)), self._cluster
        )
        self._different = _pair_numbers(self._entity, self._first[~is_same], self._second[~is_same])

    def _split(self, nodes: pd.Series) -> pd.Series:
        """Give ids their own node if a decision says they differ although their keys are equal."""
        one, other = (nodes[self.decisions[side]].to_numpy() for side in ("first", "second"))
        split = self.decisions[(self.decisions["decision"] == DIFFERENT) & (one == other)]
        alone = nodes.index.isin([*split["first"], *split["second"]])
        separated = nodes.mask(alone, len(nodes) + np.arange(len(nodes)))
        return pd.Series(pd.factorize(separated)[0], index=nodes.index)

    @property
    def entity_ids(self) -> pd.Series:
        """Return the entity number of each id."""
        return pd.Series(self._entity[self.nodes], index=self.nodes.index)

    def decided(self, first: pd.Series, second: pd.Series) -> np.ndarray:
        """Return the decision per pair of ids: same, different, contradiction, or "" (open)."""
        one, other = self.nodes[first].to_numpy(), self.nodes[second].to_numpy()
        same = self._entity[one] == self._entity[other]
        different = np.isin(_pair_numbers(self._entity, one, other), self._different)
        cluster = self._cluster[one]
        not_followed = (
            (cluster == self._cluster[other])
            & np.isin(cluster, self._contradicted)
            & (one != other)
        )
        return np.select([not_followed, same, different], [CONTRADICTION, SAME, DIFFERENT], OPEN)

    @property
    def issues(self) -> pd.DataFrame:
        """Return an issue for each decision that is not followed, with its file and row."""
        clusters = self._cluster[np.concatenate([self._first, self._second])].reshape(2, -1)
        not_followed = (clusters[0] == clusters[1]) & np.isin(clusters[0], self._contradicted)
        rows = self.decisions[not_followed]
        rows = rows.assign(column="decision", rule=RULE, action=ACTION, old=rows["decision"])
        return rows[list(ISSUE_COLUMNS)]


def resolve(keys: pd.Series, proposed: pd.DataFrame, decisions: pd.DataFrame) -> Resolved:
    """Return the entity of each id, all pairs with their decisions, and the issues.

    Parameters
    ----------
    keys : Series
        Indexed by id; ids with equal keys are the same unless a decision says otherwise.
    proposed : DataFrame
        Pairs of similar ids: first, second, similarity (0 to 100).
    decisions : DataFrame
        first, second, decision, reason, file, row; decisions about unknown ids are ignored.
    """
    clusters = Clusters(keys, decisions)
    made = clusters.decisions[["first", "second", "reason"]]
    separated = _split_pairs(keys, clusters.nodes)
    pairs = pd.concat([made, proposed, separated], ignore_index=True)
    pairs = _one_row_per_pair(pairs, clusters.nodes)
    pairs["decision"] = clusters.decided(pairs["first"], pairs["second"])
    return Resolved(
        clusters.entity_ids, pairs[list(PAIR_COLUMNS)].reset_index(drop=True), clusters.issues
    )


def _split_pairs(keys: pd.Series, nodes: pd.Series) -> pd.DataFrame:
    """Return pairs of ids with equal keys that a decision has separated."""
    firsts = pd.DataFrame({"key": keys, "node": nodes, "id": keys.index}).drop_duplicates("node")
    pairs = firsts.merge(firsts, on="key", suffixes=("_a", "_b"))
    pairs = pairs[pairs["node_a"] < pairs["node_b"]]
    return pd.DataFrame({"first": pairs["id_a"], "second": pairs["id_b"], "similarity": 100})


def _one_row_per_pair(pairs: pd.DataFrame, nodes: pd.Series) -> pd.DataFrame:
    """Keep the first row of each pair of nodes, with the largest similarity of the pair.

    Decided pairs come first, so their ids and reason are kept.
    """
    one, other = nodes[pairs["first"]].to_numpy(), nodes[pairs["second"]].to_numpy()
    pair = [np.minimum(one, other), np.maximum(one, other)]
    similarity = pairs["similarity"].astype(float).groupby(pair).transform("max")
    first = ~pd.DataFrame(pair).T.duplicated().to_numpy()
    reason = pairs["reason"].astype("str").fillna("")
    return pairs.assign(similarity=similarity.round().astype("Int64"), reason=reason)[first]


def _components(size: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    links = coo_array((np.ones(len(one)), (one, other)), shape=(size, size))
    return connected_components(links, directed=False)[1]


def _pair_numbers(entities: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return a number for each pair of entities that does not depend on their order."""
    a, b = entities[one].astype(np.int64), entities[other].astype(np.int64)
    return np.minimum(a, b) * (entities.max(initial=0) + 1) + np.maximum(a, b)
