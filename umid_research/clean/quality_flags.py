"""Flag accepted submissions of doubtful quality for a person; never change or set them aside.

`under_review`, `not_reviewed`, `rejected_in_review`   kept, although the survey platform's review
                   has not approved it; see `review`
`same_answers`     without uuids: every answer equals that of an earlier submission
`sent_at_once`     without uuids: sent at the same time as an earlier submission, with other
                   answers: two people, or one person's answers edited between two downloads
`near_same`        same locality and group, and at least 95 % of 20 or more answers equal those of
                   an earlier submission: one person asked twice, or an invented interview
`straight_lining`  the same answer throughout two or more batteries with reversed items, so that
                   the answers contradict each other
`implausible`      a number far from all other answers to the question; see `implausible`
`speeding`         answered faster than the questions can be read; see `pace`
`blank_in_version` nobody answered the question in one form version, although others did: perhaps
                   that version did not have it (`not_asked_in` of study.toml)
`quota`            a group has fewer units than planned
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers
from umid_research.clean.column import Column, combined
from umid_research.clean.excluded import submission_names
from umid_research.clean.frame import ANSWERED, NOT_ASKED, STATES
from umid_research.clean.implausible import implausible_numbers
from umid_research.clean.log import IssueLog
from umid_research.clean.pace import too_fast
from umid_research.clean.repeats import sent_at_once
from umid_research.clean.review import review_rules
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

_MIN_ITEMS = 20
_MIN_ALIKE_SHARE = 0.95
# Of many submissions with one equal band of items, each is compared with this many neighbours.
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
    """Log all quality flags; `positions` are the rows of the accepted submissions in `raw`."""
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
    straight = np.flatnonzero(_straight_lining(answers, questionnaire))
    log.add(positions[straight], None, "straight_lining", action=_FLAGGED)
    fast, pace = too_fast(answers, raw[["started", "ended"]].iloc[positions], study)
    log.add(positions[fast], None, "speeding", action=_FLAGGED, note=pace)
    for name, far in implausible_numbers(answers, questionnaire, study).items():
        column = answers.columns[name]
        old = column.texts[column.codes[far]]
        log.add(positions[far], name, "implausible", action=_FLAGGED, old=old)
    for name, asked_note in _blank_in_version(answers, raw.iloc[positions], questionnaire):
        log.add(np.array([-1]), name, "blank_in_version", action=_FLAGGED, note=asked_note)
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
    """Yield each question that a version (or file) asked but nobody there answered, and a note."""
    source_of = raw["version"].where(raw["version"] != "", raw["file"])
    codes, sources = pd.factorize(source_of.to_numpy(dtype=object), sort=True)
    if len(sources) < 2:
        return
    for name in questionnaire.names:
        state = answers.states[name]
        asked = np.bincount(codes, state != STATES.categories.get_loc(NOT_ASKED), len(sources))
        given = np.bincount(codes, state == STATES.categories.get_loc(ANSWERED), len(sources))
        if given.any():
            for place in np.flatnonzero((asked >= _MIN_ASKED) & (given == 0)):
                yield name, f"asked of {asked[place]:.0f} in {sources[place]}, answered by none"


# --- repeated answers ---------------------------------------------------------------------


def _items(answers: Answers, questionnaire: Questionnaire, study: Study) -> list[Column]:
    """Return the answers to each select question that is neither a role nor identifying."""
    roles = set(study.roles.named().values()) | set(study.identifying)
    return [answers.columns[q.name] for q in questionnaire if q.choices and q.name not in roles]


def _same_answers(answers: Answers, raw: pd.DataFrame, positions: np.ndarray) -> np.ndarray:
    """Return for each submission without uuid the first one with equal answers, -1 for none."""
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
    """Return for each submission an earlier one with nearly equal answers, -1 for none.

    Only submissions of one place and group are compared. To avoid comparing all pairs, the items
    are divided into d + 1 bands, where d is how many items may differ: two submissions that differ
    in at most d items agree in at least one whole band (the pigeonhole principle). Only pairs that
    share a band are compared.
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
    bands = int(len(items) * (1 - _MIN_ALIKE_SHARE)) + 1
    for band in range(bands):
        shared = _hashed(block[distinct], [item.codes[distinct] for item in items[band::bands]])
        for early, late in _pairs(shared):
            early, late = distinct[early], distinct[late]
            alike = _is_alike(items, early, late)
            partner[late[alike]] = early[alike]
    return partner


def _pairs(shared: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield pairs of positions with equal values, the earlier one first, neighbours first."""
    order = np.argsort(shared, kind="stable")
    ordered = shared[order]
    for step in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        equal = np.flatnonzero(ordered[step:] == ordered[:-step])
        if not equal.size:
            return
        yield order[equal], order[equal + step]


def _is_alike(items: list[Column], early: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Return which pairs agree on enough of the items that at least one of the two answered."""
    total, equal = np.zeros(len(early), dtype=int), np.zeros(len(early), dtype=int)
    for item in items:
        a, b = item.codes[early], item.codes[late]
        compared = (a != item.blank) | (b != item.blank)
        total += compared
        equal += compared & (a == b)
    return (total >= _MIN_ITEMS) & (equal >= _MIN_ALIKE_SHARE * total)


def _hashed(block: np.ndarray, items: list[np.ndarray]) -> np.ndarray:
    """Return a 64-bit hash per row of its block and items."""
    mixed = block.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for item in items:
        mixed ^= item.astype(np.uint64, copy=False)
        mixed *= np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
    return mixed


# --- straight-lining ----------------------------------------------------------------------


def _straight_lining(answers: Answers, questionnaire: Questionnaire) -> np.ndarray:
    """Return who gave one answer to all items of at least two batteries with reversed items."""
    batteries = list(_batteries(questionnaire))
    size = len(next(iter(answers.states.values())))
    if len(batteries) < _MIN_BATTERIES:
        return np.zeros(size, dtype=bool)
    straight = [_is_one_answer(items, answers) for items in batteries]
    return np.sum(straight, axis=0) >= _MIN_BATTERIES


def _batteries(questionnaire: Questionnaire) -> Iterator[list[Question]]:
    """Yield the items of a dimension that share a choice list, if some of them are reversed."""
    for dimension in questionnaire.dimensions:
        lists: dict[tuple[str, ...], list[Question]] = {}
        for item in questionnaire.items(dimension):
            lists.setdefault(item.choice_names, []).append(item)
        for items in lists.values():
            if len(items) >= _MIN_IN_BATTERY and len({item.reverse for item in items}) == 2:
                yield items


def _is_one_answer(items: list[Question], answers: Answers) -> np.ndarray:
    """Return who gave the same scored choice to every item asked, of three items or more."""
    places = {name: place for place, name in enumerate(items[0].scores)}
    not_asked = STATES.categories.get_loc(NOT_ASKED)
    given = np.column_stack([_places(answers.columns[item.name], places) for item in items])
    asked = np.column_stack([answers.states[item.name] != not_asked for item in items])
    highest = np.where(asked, given, -1).max(axis=1)
    lowest = np.where(asked, given, len(places)).min(axis=1)
    return (asked.sum(axis=1) >= _MIN_IN_BATTERY) & (highest == lowest) & (lowest >= 0)


def _places(column: Column, places: dict[str, int]) -> np.ndarray:
    return np.array([places.get(text, -1) for text in column.texts])[column.codes]
