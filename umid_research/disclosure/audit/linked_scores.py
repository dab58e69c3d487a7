"""Scores that share questions, grouped for the audit: what is known of one restricts the others.

Dimensions and areas of the plan that have a question in common form one `LinkedScores`. An index is
the only link between two `LinkedScores`. The attacker is granted the share of each in the index, so
they can be audited one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from umid_research.analysis.implementation.views import area_scores
from umid_research.analysis.score import INDEX, compared_dimensions, score_responses, score_units
from umid_research.clean import ANSWERED, KEYS, NOT_ASKED, Cleaned
from umid_research.disclosure.audit.weights import mean_of_rows, member_weights
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

SCORES = ("scores_by_group", "scores_by_district", "scores_by_side")
VIEWS = ("views_by_area",)
MEANS = (*SCORES, *VIEWS)
DIFFERENCES = (
    *("differences_by_group", "differences_exploratory", "differences_by_district"),
    "differences_by_side",
)
# Table of `score` -> the table in which those means are published, for dimensions and for areas.
_DIMENSION_TABLES = {table: table for table in SCORES}
_AREA_TABLES = {"scores_by_group": "views_by_area"}
# The people who have a part in a mean, the weight of each person's score in it, and its value.
WeightedMean = tuple[np.ndarray, np.ndarray, float]


@dataclass(frozen=True)
class Members:
    """What a mean is the mean of: weights of people's scores, member × person, and exact values."""

    weights: sparse.csr_array
    exact: np.ndarray

    def __len__(self) -> int:
        return len(self.exact)

    def __iter__(self) -> Iterator[WeightedMean]:
        """Yield one member after the other."""
        for start, end, exact in zip(
            self.weights.indptr, self.weights.indptr[1:], self.exact, strict=False
        ):
            yield self.weights.indices[start:end], self.weights.data[start:end], float(exact)

    def mean(self) -> WeightedMean:
        """Return the mean of all members."""
        weights = mean_of_rows(self.weights)
        people = np.flatnonzero(weights)
        return people, weights[people], float(self.exact.mean())


@dataclass(frozen=True)
class ScoreDefinition:
    """A score: of a dimension, of a part of the plan, or (part of) an index.

    Attributes
    ----------
    name, tables
        Its means are published in `tables` under the dimension `name`.
    rows : DataFrame
        The rows of `scores`, one per person in `LinkedScores.people`.
    of : tuple of str
        Its items; of an index, the names of its dimensions that belong to this `LinkedScores`.
    scale : ndarray, person × item
        The weight of an answer's score (0 to 100) in the person's score.
    score : ndarray
        The person's score; NaN where there is none, or where it depends on other `LinkedScores`.
    means : dict
        The published means by table and keys: the weights of people's scores, and the exact value.
    members : dict
        What each is the mean of (see `weights`), by table and keys.
    share : float
        Of an index, the part of its dimensions that belong to this `LinkedScores`; else 1.
    """

    name: str
    tables: tuple[str, ...]
    rows: pd.DataFrame
    of: tuple[str, ...]
    scale: np.ndarray
    score: np.ndarray
    means: dict[tuple[str, ...], WeightedMean]
    members: dict[tuple[str, ...], "Members"]
    share: float


@dataclass(frozen=True)
class LinkedScores:
    """The answers behind some linked scores, of everybody who was asked any of their items.

    Attributes
    ----------
    codes, points
        Per item, the answers that have a score, and their scores (0 to 100).
    given : ndarray, person × item
        The position of the answer in `codes`; -1 where no answer with a score was given.
    unscored_codes, unscored
        Per item, the answers without a score, such as "don't know"; and, person × item, which of
        them was given ("" where none).
    """

    people: pd.DataFrame
    items: tuple[str, ...]
    codes: list[list[str]]
    points: list[np.ndarray]
    given: np.ndarray
    unscored_codes: list[list[str]]
    unscored: np.ndarray
    definitions: tuple[ScoreDefinition, ...]


@dataclass(frozen=True)
class _Source:
    """Scores, the items behind each, and the table in which each table of means is published.

    `rows` has the scores by dimension or area, and `common` those that are compared.
    """

    rows: dict[str, pd.DataFrame]
    common: list[str]
    items: dict[str, tuple[str, ...]]
    tables: dict[str, str]


def _source(
    scores: pd.DataFrame, items: dict[str, tuple[str, ...]], tables: dict[str, str]
) -> _Source:
    common = compared_dimensions(score_units(scores[scores["dimension"] != INDEX]))
    return _Source(dict(iter(scores.groupby("dimension", sort=False))), common, items, tables)


def linked_scores_of(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> list[LinkedScores]:
    """Return the linked scores of a study, in the order of its dimensions and areas."""
    dimensions = {
        name: tuple(item.name for item in questionnaire.items(name))
        for name in questionnaire.dimensions
    }
    areas = {key: tuple(area.items) for key, area in study.areas.items() if area.items}
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    sources = [_source(scores, dimensions, _DIMENSION_TABLES)]
    if areas:
        sources.append(_source(area_scores(cleaned, questionnaire, study), areas, _AREA_TABLES))
    connected = _connected([set(items) for source in sources for items in source.items.values()])
    return [_linked_scores(items, sources, cleaned, questionnaire, study) for items in connected]


def _connected(sets: list[set[str]]) -> list[set[str]]:
    """Merge sets that share a member."""
    connected: list[set[str]] = []
    for one in sets:
        overlapping = [other for other in connected if other & one]
        connected = [other for other in connected if not other & one]
        connected.append(one.union(*overlapping))
    return connected


def _linked_scores(
    members: set[str],
    sources: list[_Source],
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
) -> LinkedScores:
    """Return the `LinkedScores` whose items are `members`."""
    items = tuple(name for name in questionnaire.names if name in members)
    asked = (cleaned.states[list(items)] != NOT_ASKED).any(axis=1).to_numpy()
    answers = cleaned.responses[asked].reset_index(drop=True)
    scored = [questionnaire[name].scores for name in items]
    given = [
        answers[name].map({code: place for place, code in enumerate(scores)}).fillna(-1)
        for name, scores in zip(items, scored, strict=True)
    ]
    is_answered = (cleaned.states.loc[asked, list(items)] == ANSWERED).to_numpy()
    is_unscored = is_answered & (np.column_stack(given) < 0)
    linked = LinkedScores(
        people=answers[list(KEYS)],
        items=items,
        codes=[list(scores) for scores in scored],
        points=[np.array(list(scores.values())) for scores in scored],
        given=np.column_stack(given).astype(int),
        unscored_codes=[
            [code for code in questionnaire[name].answers if code not in scores]
            for name, scores in zip(items, scored, strict=True)
        ],
        unscored=np.where(is_unscored, answers[list(items)].to_numpy(dtype=object), ""),
        definitions=(),
    )
    definitions = (
        definition for source in sources for definition in _definitions(source, linked, study)
    )
    return replace(linked, definitions=tuple(definitions))


def _definitions(source: _Source, linked: LinkedScores, study: Study) -> Iterator[ScoreDefinition]:
    """Yield the source's scores that are made of these items, and their share in its index."""
    rows, common = source.rows, source.common
    inside = [name for name, items in source.items.items() if set(items) & set(linked.items)]
    added = np.zeros(linked.given.shape)
    for name in (name for name in inside if name in rows):
        score = _aligned(rows[name], linked)["score"].to_numpy(dtype=float)
        own = (linked.given >= 0) & np.isin(linked.items, source.items[name])
        own &= np.isfinite(score)[:, np.newaxis]
        scale = own / np.maximum(own.sum(axis=1, keepdims=True), 1)
        of = tuple(item for item in linked.items if item in source.items[name])
        yield _definition(name, of, source, rows[name], linked, scale, 1.0, study)
        added += scale * (name in common)
    share = len(set(inside) & set(common)) / max(len(common), 1)
    if share > 0:
        index = _aligned(rows[INDEX], linked)
        number = index["items_answered"].where(index["score"].notna()).to_numpy(dtype=float)
        scale = np.nan_to_num(added / number[:, np.newaxis])
        of = tuple(name for name in inside if name in common)
        yield _definition(INDEX, of, source, rows[INDEX], linked, scale, share, study)


def _aligned(rows: pd.DataFrame, linked: LinkedScores) -> pd.DataFrame:
    return rows.set_index("respondent").reindex(linked.people["respondent"])


def _definition(
    name: str,
    of: tuple[str, ...],
    source: _Source,
    rows: pd.DataFrame,
    linked: LinkedScores,
    scale: np.ndarray,
    share: float,
    study: Study,
) -> ScoreDefinition:
    place = pd.Index(linked.people["respondent"]).get_indexer(pd.Index(rows["respondent"]))
    asked = place >= 0
    columns = sparse.csr_array(
        (np.ones(asked.sum()), (np.flatnonzero(asked), place[asked])),
        (len(rows), len(linked.people)),
    )
    scores = np.nan_to_num(rows["score"].to_numpy(dtype=float))
    members = {
        (source.tables[table], *key): Members(weights @ columns, weights @ scores)
        for (table, *key), weights in member_weights(rows, study).items()
        if table in source.tables
    }
    means = {key: own.mean() for key, own in members.items()}
    # An index that also depends on other `LinkedScores` is no target: it cannot be computed here.
    own = _aligned(rows, linked).reset_index()
    score = np.where(share == 1, own["score"].to_numpy(dtype=float), np.nan)
    tables = tuple(source.tables.values())
    return ScoreDefinition(name, tables, own, of, scale, score, means, members, share)
