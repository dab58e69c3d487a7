"""Decide which submissions are not analysed, and by which rule.

Each rule returns a boolean per submission; the first rule that applies is recorded. `raw` is read
again in every run, so a submission that was set aside returns once its cause is fixed.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers
from umid_research.clean.choices import read_choices
from umid_research.clean.column import Column, combined
from umid_research.clean.frame import NOT_ASKED, STATES
from umid_research.clean.log import IssueLog
from umid_research.clean.repeats import first_copies
from umid_research.clean.review import is_set_aside, review_rules
from umid_research.errors import StudyError
from umid_research.raw import DRAFT
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

# --- before any answer is read ------------------------------------------------------------------


def first_verdicts(
    raw: pd.DataFrame, questionnaire: Questionnaire, study: Study, *, by_person: np.ndarray
) -> np.ndarray:
    """Return for each submission the first rule that sets it aside, "" if none does.

    These rules apply before the answers are read. Duplicates come early, so that each submission
    counts once in the other rules; a draft is no copy of the submission that it became. A
    submission without consent is not examined further.

    Parameters
    ----------
    by_person : True for the submissions that a person sets aside; their copies are too.
    """
    draft = (raw["review_state"] == DRAFT).to_numpy()
    verdict = np.where(draft, "draft", "").astype(object)
    kind, first = _duplicates(raw, questionnaire, np.flatnonzero(~draft))
    verdict[verdict == ""] = kind[verdict == ""]
    aside = np.isin(first, first[by_person])
    verdict[aside & ((verdict == "") | by_person)] = "by_person"
    reviewed = review_rules(raw)
    hit = (verdict == "") & is_set_aside(reviewed, study)
    verdict[hit] = reviewed[hit]
    for rule, applies in _BEFORE.items():
        verdict[(verdict == "") & applies(raw, questionnaire, study)] = rule
    return verdict


def _duplicates(
    raw: pd.DataFrame, questionnaire: Questionnaire, among: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return `duplicate` for a repeated uuid with equal answers, else `duplicate_differs`, else "".

    The second value is the position of the first copy of each submission. Submissions without a
    uuid are duplicates if time and answers are equal (`repeats`). If two submissions with one uuid
    differ, only a person can say which is right; the first one is kept.

    Parameters
    ----------
    among : the positions of the submissions that are compared; the others are no copies.
    """
    rows = raw.iloc[among].reset_index(drop=True)
    verdict, first = np.full(len(rows), "", dtype=object), first_copies(rows, questionnaire)
    verdict[first != np.arange(len(rows))] = "duplicate"
    again = ((rows["uuid"] != "") & rows.duplicated("uuid")).to_numpy()
    if again.any():
        shared = np.flatnonzero(rows["uuid"].isin(rows["uuid"][again]))
        copies = rows.iloc[shared].reset_index(drop=True)
        codes, firsts = combined([Column.of(copies["uuid"])])
        first[shared] = shared[firsts[codes]]
        differs = np.zeros(len(copies), dtype=bool)
        for name in questionnaire.names:
            answers = copies[name].str.strip().to_numpy()
            differs |= answers != answers[firsts[codes]]
        verdict[shared] = np.where(differs, "duplicate_differs", "duplicate")
        verdict[~again & (rows["uuid"] != "").to_numpy()] = ""
    whole, places = np.full(len(raw), "", dtype=object), np.arange(len(raw))
    whole[among], places[among] = verdict, among[first]
    return whole, places


def _is_test(raw: pd.DataFrame, _: Questionnaire, study: Study) -> np.ndarray:
    trials = study.test_submissions
    if trials is None:
        return np.zeros(len(raw), dtype=bool)
    possible = [name for name in raw.columns if name not in ("row", "respondent")]
    if trials.column not in possible:
        raise StudyError(
            "names no question and no column of an export",
            where="study.toml, entry test_submissions.column",
            found=trials.column,
            possible=possible,
        )
    wanted = {text.strip().casefold() for text in trials.values}  # noqa: PD011
    column = Column.of(raw[trials.column])
    return np.array([text.casefold() in wanted for text in column.texts])[column.codes]


def _lacks_consent(raw: pd.DataFrame, questionnaire: Questionnaire, study: Study) -> np.ndarray:
    if study.roles.consent is None:
        return np.zeros(len(raw), dtype=bool)
    _, answers = _consent(raw[study.roles.consent], questionnaire[study.roles.consent])
    return ~np.isin(answers.texts.astype(str), study.consent_given)[answers.codes]


def _consent(received: pd.Series, question: Question) -> tuple[Column, Column]:
    """Return the received texts and the answers to the question of consent."""
    column = Column.of(received)
    answers = read_choices(column.texts, question).answers if question.choices else column.texts
    return column, Column(answers, column.codes)


_BEFORE: Mapping[str, Callable[[pd.DataFrame, Questionnaire, Study], np.ndarray]] = {
    "test": _is_test,
    "no_consent": _lacks_consent,
}


# --- after the answers are read ------------------------------------------------------------------


def last_verdicts(
    answers: Answers, received: dict[str, Column], questionnaire: Questionnaire, study: Study
) -> np.ndarray:
    """Return for each cleaned submission the first rule that sets it aside, "" if none does."""
    size = len(answers.states[questionnaire.names[0]])
    verdict = np.full(size, "", dtype=object)
    for rule, (_, applies) in _AFTER.items():
        verdict[(verdict == "") & applies(answers, received, study)] = rule
    return verdict


def _lacks_district(answers: Answers, _: dict[str, Column], study: Study) -> np.ndarray:
    return ~answers.columns[study.roles.district].answered()


def _lacks_group(answers: Answers, _: dict[str, Column], study: Study) -> np.ndarray:
    return ~answers.columns[study.roles.group].answered()


def _lacks_locality(answers: Answers, received: dict[str, Column], study: Study) -> np.ndarray:
    """Return who has no valid locality, though they gave one or their group is matched by it."""
    name = study.roles.locality
    if name is None:
        return np.zeros(len(answers.states[study.roles.district]), dtype=bool)
    groups = answers.columns[study.roles.group]
    matched = [study.groups[key].code for key in study.matched_groups]
    needed = np.isin(groups.texts.astype(str), matched)[groups.codes]
    asked = answers.states[name] != STATES.categories.get_loc(NOT_ASKED)
    return ~answers.columns[name].answered() & (needed | (received[name].answered() & asked))


def _lacks_weight(answers: Answers, _: dict[str, Column], study: Study) -> np.ndarray:
    if study.roles.weight is None:
        return np.zeros(len(answers.states[study.roles.district]), dtype=bool)
    column = answers.columns[study.roles.weight]
    weight = pd.to_numeric(pd.Series(column.texts, dtype="str"), errors="coerce").to_numpy(float)
    return ~(np.isfinite(weight) & (weight > 0))[column.codes]


_LastRule = Callable[[Answers, dict[str, Column], Study], np.ndarray]
# Rule -> the role whose answer is missing, and the test.
_AFTER: Mapping[str, tuple[str, _LastRule]] = {
    "unknown_district": ("district", _lacks_district),
    "unknown_group": ("group", _lacks_group),
    "unknown_locality": ("locality", _lacks_locality),
    "no_weight": ("weight", _lacks_weight),
}


# --- issues for the submissions set aside ---------------------------------------------------------


def log_verdicts(
    verdict: np.ndarray,
    raw: pd.DataFrame,
    positions: np.ndarray,
    answers: Answers,
    questionnaire: Questionnaire,
    study: Study,
    log: IssueLog,
) -> None:
    """Log one issue for each submission set aside for an answer or for a conflicting duplicate.

    A refusal is not logged, but an answer that is neither consent nor refusal is.

    `positions` are the rows in `raw` of the submissions in `answers`.
    """
    for rule, (role, _) in _AFTER.items():
        name = getattr(study.roles, role)
        hit = np.flatnonzero(verdict[positions] == rule)
        if name is not None and hit.size:
            places = positions[hit]
            old = raw[name].iloc[places].str.strip().to_numpy(dtype=object)
            note = answers.notes[name].rows(hit)
            log.add(places, name, rule, action="set aside", old=old, note=note.texts[note.codes])
    refused = np.flatnonzero(verdict == "no_consent")
    if refused.size:
        name = str(study.roles.consent)
        received, read = _consent(raw[name].iloc[refused], questionnaire[name])
        unread = np.flatnonzero(received.answered() & ~read.answered())
        old = received.texts[received.codes[unread]]
        log.add(refused[unread], name, "no_consent", action="set aside", old=old)
    other = np.flatnonzero(verdict == "duplicate_differs")
    if other.size:
        named = raw[raw["review_state"] != DRAFT].drop_duplicates("uuid")
        first = pd.Series(raw.index.get_indexer(named.index), index=named["uuid"])
        log.add(
            other,
            None,
            "duplicate_differs",
            action="set aside",
            note=submission_names(raw, first.loc[raw["uuid"].iloc[other]].to_numpy()),
        )


def submission_names(raw: pd.DataFrame, positions: np.ndarray) -> np.ndarray:
    """Return where a person finds each submission, for example `kobo.csv, row 12`."""
    rows = raw[["file", "row"]].iloc[positions]
    return (rows["file"] + ", row " + rows["row"].astype(str)).to_numpy(dtype=object)
