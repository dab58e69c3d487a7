"""Questions whose answers are published together, and the scores that are made of them.

Dimensions, and areas of the plan, that share a question are one scope: what is told of one tells of
the other. Between scopes an index is the only link, and the attacker is granted each scope's part
in it; so scopes need not be looked at together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from umid_research.clean import ANSWERED, KEYS, NOT_ASKED, Cleaned
from umid_research.implementation.views import area_scores
from umid_research.protection.means import locality_weights, mean_weights, unit_weights
from umid_research.questionnaire import Questionnaire
from umid_research.score import INDEX, compared_dimensions, score_responses, score_units
from umid_research.study import Study

SCORES = ("scores_by_group", "scores_by_district", "scores_by_side")
VIEWS = ("views_by_area",)
MEANS = (*SCORES, *VIEWS)
DIFFERENCES = (
    *("differences_by_group", "differences_exploratory", "differences_by_district"),
    "differences_by_side",
)
# Where the means of dimensions, and those of areas, are published.
_OF_DIMENSIONS = {table: table for table in SCORES}
_OF_AREAS = {"scores_by_group": "views_by_area"}
Weighed = tuple[np.ndarray, float]


@dataclass(frozen=True)
class ScoreDefinition:
    """A score of the scope's people: of a dimension, of an area, or what is added to an index.

    Its means are published in `tables` as `name`. `rows` are those of `scores`, one a person, and
    `of` are the items, or of an index the names, that the scope has of it. `scale` holds, person ×
    item, what an answer's 0 to 100 weighs in the score, which is NaN where there is none. `means`,
    and their `members`, units of a group and localities of a district, are what people's scores
    weigh in each, and its exact value; the scope has `share` of their rounding.
    """

    name: str
    tables: tuple[str, ...]
    rows: pd.DataFrame
    of: tuple[str, ...]
    scale: np.ndarray
    score: np.ndarray
    means: dict[tuple[str, ...], Weighed]
    members: dict[str, list[Weighed]]
    share: float


@dataclass(frozen=True)
class LinkedScores:
    """The scored answers of the people whom any of the scope's items was asked of.

    `given` holds, person × item, the place of the answer among the item's scored `codes`, or -1;
    `points` what these are worth. `unscored` holds the answer where it has no score, such as don't
    know, one of `unscored_codes`; blank elsewhere.
    """

    people: pd.DataFrame
    items: tuple[str, ...]
    codes: list[list[str]]
    points: list[np.ndarray]
    given: np.ndarray
    unscored_codes: list[list[str]]
    unscored: np.ndarray
    parts: tuple[ScoreDefinition, ...]


@dataclass(frozen=True)
class _Source:
    """Scores, the items behind each, and the table in which each table of means is published."""

    scores: pd.DataFrame
    items: dict[str, tuple[str, ...]]
    tables: dict[str, str]


def linked_scores_of(
    cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> list[LinkedScores]:
    """The scopes of a study, in the order of its dimensions and areas."""
    dimensions = {
        name: tuple(item.name for item in questionnaire.items(name))
        for name in questionnaire.dimensions
    }
    areas = {key: tuple(area.items) for key, area in study.areas.items() if area.items}
    scores = score_responses(cleaned.responses, cleaned.states, questionnaire, study)
    sources = [_Source(scores, dimensions, _OF_DIMENSIONS)]
    if areas:
        sources.append(_Source(area_scores(cleaned, questionnaire, study), areas, _OF_AREAS))
    together = _joined([set(items) for source in sources for items in source.items.values()])
    return [_scope(items, sources, cleaned, questionnaire, study) for items in together]


def _joined(sets: list[set[str]]) -> list[set[str]]:
    """Sets that share a member, put together."""
    together: list[set[str]] = []
    for one in sets:
        near = [other for other in together if other & one]
        together = [other for other in together if not other & one]
        together.append(one.union(*near))
    return together


def _scope(
    members: set[str],
    sources: list[_Source],
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
) -> LinkedScores:
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
        parts=(),
    )
    parts = (part for source in sources for part in _parts(source, linked, study))
    return replace(linked, parts=tuple(parts))


def _parts(source: _Source, linked: LinkedScores, study: Study) -> Iterator[ScoreDefinition]:
    """The source's scores that are made of the scope's items, and what they add to its index."""
    rows = dict(iter(source.scores.groupby("dimension", sort=False)))
    common = compared_dimensions(score_units(source.scores[source.scores["dimension"] != INDEX]))
    inside = [name for name, items in source.items.items() if set(items) & set(linked.items)]
    added = np.zeros(linked.given.shape)
    for name in (name for name in inside if name in rows):
        score = _aligned(rows[name], linked)["score"].to_numpy(dtype=float)
        own = (linked.given >= 0) & np.isin(linked.items, source.items[name])
        own &= np.isfinite(score)[:, np.newaxis]
        scale = own / np.maximum(own.sum(axis=1, keepdims=True), 1)
        of = tuple(item for item in linked.items if item in source.items[name])
        yield _part(name, of, source, rows[name], linked, scale, 1.0, study)
        added += scale * (name in common)
    share = len(set(inside) & set(common)) / max(len(common), 1)
    if share > 0:
        index = _aligned(rows[INDEX], linked)
        number = index["items_answered"].where(index["score"].notna()).to_numpy(dtype=float)
        scale = np.nan_to_num(added / number[:, np.newaxis])
        of = tuple(name for name in inside if name in common)
        yield _part(INDEX, of, source, rows[INDEX], linked, scale, share, study)


def _aligned(rows: pd.DataFrame, linked: LinkedScores) -> pd.DataFrame:
    return rows.set_index("respondent").reindex(linked.people["respondent"])


def _part(
    name: str,
    of: tuple[str, ...],
    source: _Source,
    rows: pd.DataFrame,
    linked: LinkedScores,
    scale: np.ndarray,
    share: float,
    study: Study,
) -> ScoreDefinition:
    place = pd.Index(rows["respondent"]).get_indexer(pd.Index(linked.people["respondent"]))
    scores = np.nan_to_num(rows["score"].to_numpy(dtype=float))

    def weighed(vector: np.ndarray) -> Weighed:
        return np.where(place >= 0, vector[place], 0.0), float(vector @ scores)

    units, vectors = unit_weights(rows)
    members: dict[str, list[Weighed]] = {}
    for group, vector in zip(units["group"], vectors, strict=True):
        members.setdefault(f"group {group}", []).append(weighed(vector))
    if study.is_matched:
        for (district, _), vector in locality_weights(rows, study).items():
            members.setdefault(f"district {district}", []).append(weighed(vector))
    means = {
        (source.tables[table], *key): weighed(vector)
        for (table, *key), vector in mean_weights(rows, study).items()
        if table in source.tables
    }
    # A score of which the scope has a part only can't be told from the scope alone.
    own = _aligned(rows, linked).reset_index()
    score = np.where(share == 1, own["score"].to_numpy(dtype=float), np.nan)
    tables = tuple(source.tables.values())
    return ScoreDefinition(name, tables, own, of, scale, score, means, members, share)
