"""What looks odd about accepted submissions: flagged for a person, never changed or set aside.

`under_review`, `not_reviewed`, `rejected_in_review`   kept, though the survey platform's review has
                   not approved it; see `review`
`same_answers`     without uuids: every answer equals that of an earlier submission
`sent_at_once`     without uuids: sent at the same moment as an earlier submission, with other
                   answers; two people, or one whose answers were edited between two downloads
`near_same`        one locality and group, and at least 95 % of 20 or more answers equal those of
                   an earlier submission: perhaps one person asked twice, perhaps one made up
`straight_lining`  one and the same answer through two or more batteries whose items are worded in
                   both directions, so that it contradicts itself
`speeding`         answered faster than the questions can be read; see `pace`
`blank_in_version` nobody who filled in one version of the form answered, though others did:
                   perhaps that version did not ask (`not_asked_in` of study.toml)
`quota`            fewer units of a group than planned
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers
from umid_research.clean.column import Column, combined
from umid_research.clean.excluded import submission_names
from umid_research.clean.frame import ANSWERED, NOT_ASKED, STATES
from umid_research.clean.log import IssueLog
from umid_research.clean.pace import too_fast
from umid_research.clean.repeats import sent_at_once
from umid_research.clean.review import review_rules
from umid_research.questionnaire import Question, Questionnaire
from umid_research.study import Study

_MIN_ITEMS = 20
_ALIKE = 0.95
# Of a crowd that agrees on a whole band of items only this many neighbours are compared.
_NEIGHBOURS = 100
_MIN_BATTERIES, _MIN_IN_BATTERY = 2, 3
_MIN_ASKED = 5
_FLAGGED = "flagged"


def flag_quality(
    answers: Answers,
    keys: pd.DataFrame,
    raw: pd.DataFrame,
    positions: np.ndarray,
    questionnaire: Questionnaire,
    study: Study,
    log: IssueLog,
) -> None:
    """Logs what looks odd; `positions` are the accepted submissions' places in raw."""
    reviewed = review_rules(raw)[positions]
    open_to_review = np.flatnonzero(reviewed != "")
    log.add(positions[open_to_review], None, reviewed[open_to_review], action=_FLAGGED)
    items = _items(answers, questionnaire, study)
    same = _same_answers(answers, raw, positions)
    near = _near_same(items, answers, study)
    near[same >= 0] = -1
    at_once = sent_at_once(raw.iloc[positions])
    at_once[same >= 0] = -1
    found = {"same_answers": same, "sent_at_once": at_once, "near_same": near}
    for rule, partner in found.items():
        hit = np.flatnonzero(partner >= 0)
        note = submission_names(raw, positions[partner[hit]])
        log.add(positions[hit], None, rule, action=_FLAGGED, note=note)
    lined = np.flatnonzero(_straight_lining(answers, questionnaire))
    log.add(positions[lined], None, "straight_lining", action=_FLAGGED)
    fast, pace = too_fast(answers, raw[["started", "ended"]].iloc[positions], study)
    log.add(positions[fast], None, "speeding", action=_FLAGGED, note=pace)
    for name, told in _blank_in_version(answers, raw.iloc[positions], questionnaire):
        log.add(np.array([-1]), name, "blank_in_version", action=_FLAGGED, note=told)
    for group, reached in _short_quotas(keys, study):
        log.add(
            np.array([-1]),
            study.roles.group,
            "quota",
            action=_FLAGGED,
            old=study.groups[group].code,
            note=f"{reached} of {study.groups[group].quota}",
        )


def _short_quotas(keys: pd.DataFrame, study: Study) -> Iterator[tuple[str, int]]:
    reached = keys.groupby("group")["unit"].nunique()
    for key, group in study.groups.items():
        if group.quota is not None and reached.get(key, 0) < group.quota:
            yield key, int(reached.get(key, 0))


def _blank_in_version(
    answers: Answers, raw: pd.DataFrame, questionnaire: Questionnaire
) -> Iterator[tuple[str, str]]:
    """Question, and of how many it was asked in which version (or file) without an answer."""
    told = raw["version"].where(raw["version"] != "", raw["file"])
    codes, sources = pd.factorize(told.to_numpy(dtype=object), sort=True)
    if len(sources) < 2:
        return
    for name in questionnaire.names:
        state = answers.states[name]
        asked = np.bincount(codes, state != STATES.categories.get_loc(NOT_ASKED), len(sources))
        given = np.bincount(codes, state == STATES.categories.get_loc(ANSWERED), len(sources))
        if given.any():
            for place in np.flatnonzero((asked >= _MIN_ASKED) & (given == 0)):
                yield name, f"asked of {asked[place]:.0f} in {sources[place]}, answered by none"


# --- the same answers again ---------------------------------------------------------------------


def _items(answers: Answers, questionnaire: Questionnaire, study: Study) -> list[Column]:
    """The answers to each question with choices that is no role."""
    roles = set(study.roles.named().values()) | set(study.identifying)
    return [answers.columns[q.name] for q in questionnaire if q.choices and q.name not in roles]


def _same_answers(answers: Answers, raw: pd.DataFrame, positions: np.ndarray) -> np.ndarray:
    """Per submission without uuid the first one with the same answers, -1 where there is none."""
    nameless = np.flatnonzero(raw["uuid"].to_numpy()[positions] == "")
    partner = np.full(len(positions), -1)
    if nameless.size:
        columns = [column.rows(nameless) for column in answers.columns.values()]
        codes, rows = combined(columns)
        first = rows[codes]
        again = first != np.arange(len(nameless))
        partner[nameless[again]] = nameless[first[again]]
    return partner


def _near_same(items: list[Column], answers: Answers, study: Study) -> np.ndarray:
    """Per submission an earlier one of its place and group with nearly the same answers, or -1.

    If at most d of k items may differ, then of d + 1 bands into which the items are dealt one is
    equal as a whole. Only submissions that share a band are compared.
    """
    size = len(next(iter(answers.states.values())))
    partner = np.full(size, -1)
    if len(items) < _MIN_ITEMS or size < 2:
        return partner
    roles = study.roles
    place = [roles.district, roles.group, *([roles.locality] if roles.locality else [])]
    block, _ = combined([answers.columns[name] for name in place])
    whole = _hashed(block, [item.codes for item in items])
    _, first, again = np.unique(whole, return_index=True, return_inverse=True)
    answered = sum((item.codes != item.blank).astype(np.int32) for item in items)
    enough = answered >= _MIN_ITEMS
    copies = (first[again] != np.arange(size)) & enough
    partner[copies] = first[again][copies]
    distinct = np.sort(first[enough[first]])
    bands = int(len(items) * (1 - _ALIKE)) + 1
    for band in range(bands):
        shared = _hashed(block[distinct], [item.codes[distinct] for item in items[band::bands]])
        for early, late in _pairs(shared):
            early, late = distinct[early], distinct[late]
            alike = _is_alike(items, early, late)
            partner[late[alike]] = early[alike]
    return partner


def _pairs(shared: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places of equal values, in pairs of an earlier and a later one, neighbours first."""
    order = np.argsort(shared, kind="stable")
    ordered = shared[order]
    for step in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        equal = np.flatnonzero(ordered[step:] == ordered[:-step])
        if not equal.size:
            return
        yield order[equal], order[equal + step]


def _is_alike(items: list[Column], early: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Whether enough of the items that either of the two answered have the same answer."""
    total, equal = np.zeros(len(early), dtype=int), np.zeros(len(early), dtype=int)
    for item in items:
        a, b = item.codes[early], item.codes[late]
        compared = (a != item.blank) | (b != item.blank)
        total += compared
        equal += compared & (a == b)
    return (total >= _MIN_ITEMS) & (equal >= _ALIKE * total)


def _hashed(block: np.ndarray, items: list[np.ndarray]) -> np.ndarray:
    """64 bits per row that are equal where block and items are."""
    mixed = block.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for item in items:
        mixed ^= item.astype(np.uint64, copy=False)
        mixed *= np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
    return mixed


# --- one answer throughout ----------------------------------------------------------------------


def _straight_lining(answers: Answers, questionnaire: Questionnaire) -> np.ndarray:
    """Who gave one answer to all items of at least two batteries that turn the question round."""
    batteries = list(_batteries(questionnaire))
    size = len(next(iter(answers.states.values())))
    if len(batteries) < _MIN_BATTERIES:
        return np.zeros(size, dtype=bool)
    lined = [_is_one_answer(items, answers) for items in batteries]
    return np.sum(lined, axis=0) >= _MIN_BATTERIES


def _batteries(questionnaire: Questionnaire) -> Iterator[list[Question]]:
    """Items of one dimension with one list of choices, some of them reversed."""
    for dimension in questionnaire.dimensions:
        lists: dict[tuple[str, ...], list[Question]] = {}
        for item in questionnaire.items(dimension):
            lists.setdefault(item.choice_names, []).append(item)
        for items in lists.values():
            if len(items) >= _MIN_IN_BATTERY and len({item.reverse for item in items}) == 2:
                yield items


def _is_one_answer(items: list[Question], answers: Answers) -> np.ndarray:
    """Whether every item asked was answered with the same scored choice, three items or more."""
    places = {name: place for place, name in enumerate(items[0].scores)}
    not_asked = STATES.categories.get_loc(NOT_ASKED)
    given = np.column_stack([_places(answers.columns[item.name], places) for item in items])
    asked = np.column_stack([answers.states[item.name] != not_asked for item in items])
    highest = np.where(asked, given, -1).max(axis=1)
    lowest = np.where(asked, given, len(places)).min(axis=1)
    return (asked.sum(axis=1) >= _MIN_IN_BATTERY) & (highest == lowest) & (lowest >= 0)


def _places(column: Column, places: dict[str, int]) -> np.ndarray:
    return np.array([places.get(text, -1) for text in column.texts])[column.codes]
