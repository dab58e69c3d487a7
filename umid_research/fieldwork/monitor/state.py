"""The state of the field work on one day, as frames, before any word is written.

`submissions` has one row per submission as received (`received`), with what the checks found:

    respondent  rule  new    group  unit  asked  missing  dont_know  speeding  repeated  …
    777564f2…         True   ngo    e1f…     24        2          3     False     False

For example, this one is new today, was accepted, and answered "don't know" to three of the 24
questions that it was asked. For a submission that was set aside the checks are all False. A check
that cannot be made has no column; `not_made` says why.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.clean import MISSING, NOT_ASKED, Cleaned, question_columns
from umid_research.clean.privacy import respondent_ids
from umid_research.fieldwork.monitor.back_checks import read_back_checks
from umid_research.fieldwork.monitor.memory import Memory
from umid_research.fieldwork.monitor.received import received_submissions
from umid_research.fieldwork.monitor.straight import straight_lining
from umid_research.raw import read_raw
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

# Checks of single submissions, by the rules of `issues` that they count.
_RULES: Mapping[str, tuple[str, ...]] = {
    "speeding": ("speeding",),
    "repeated": ("same_answers", "sent_at_once", "near_same"),
}
CHECKS = ("speeding", "repeated", "straight", "no_place")
SHARES = ("dont_know", "missing")
# Cleaning compares submissions only if they have as many questions with choices.
_MIN_COMPARED = 20


@dataclass(frozen=True)
class State:
    """The state of the field work; `since` is the last earlier evening, `gone` a count.

    `back_checks` has the columns respondent, question, same; it is None without back-checks.
    """

    day: datetime.date
    study: Study
    questionnaire: Questionnaire
    submissions: pd.DataFrame
    back_checks: pd.DataFrame | None
    not_made: Mapping[str, str]
    since: datetime.date | None
    gone: int

    @property
    def accepted(self) -> pd.DataFrame:
        """Return the submissions that are analysed."""
        return self.submissions[self.submissions["rule"] == ""]

    @property
    def checks(self) -> list[str]:
        """Return the checks of single submissions that could be made."""
        return [name for name in CHECKS if name in self.submissions]

    @property
    def days_left(self) -> int:
        """Return the days after this one until the end of the field work; negative after it."""
        return (self.study.field_work.end - self.day).days

    @property
    def days_gone(self) -> int:
        """Return the days of field work up to this one, both included; 0 or less before it."""
        work = self.study.field_work
        return (min(self.day, work.end) - work.start).days + 1


def read_state(
    folder: Path,
    cleaned: Cleaned,
    questionnaire: Questionnaire,
    study: Study,
    memory: Memory,
    *,
    key: str,
) -> State:
    """Return the state from the study folder and the frames that `clean` made from it.

    Raises FrameError if the frames were not made from these exports, and StudyError for a mistake
    in the back-checks.
    """
    raw = read_raw(folder, questionnaire, study)
    raw = raw.assign(respondent=respondent_ids(raw, key))
    received = received_submissions(folder, raw, cleaned, questionnaire, study, key=key)
    back_checks = read_back_checks(folder, cleaned, raw, questionnaire)
    by_check, not_made = _checks(received, cleaned, questionnaire, study)
    if study.roles.interviewer is None:
        not_made["interviewer"] = "no_role"
    if back_checks is None:
        not_made["back_checks"] = "no_file"
    if all(group.quota is None for group in study.groups.values()):
        not_made["quota"] = "no_quota"
    known = memory.known()
    responses = cleaned.responses[["group", "district", "unit"]]
    accepted = pd.concat([responses, _counts(cleaned, questionnaire, study), by_check], axis=1)
    accepted.index = received.index[received["rule"] == ""]
    submissions = received.assign(new=~received["respondent"].isin(known)).join(accepted)
    made = list(by_check)
    submissions[made] = submissions[made].fillna(False).astype(bool)
    return State(
        day=memory.day,
        study=study,
        questionnaire=questionnaire,
        submissions=submissions,
        back_checks=back_checks,
        not_made=not_made,
        since=memory.since,
        gone=memory.gone(received["respondent"]),
    )


def _counts(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return per response how many questions were asked, missing, and not known."""
    names = question_columns(cleaned.states)
    states = cleaned.states[names]
    codes = {
        name: list(study.missing.codes("dont_know", questionnaire[name].list_name))
        for name in names
    }
    unknown = cleaned.responses[names].isin(codes)
    return pd.DataFrame(
        {
            "asked": (states != NOT_ASKED).sum(axis=1),
            "missing": (states == MISSING).sum(axis=1),
            "dont_know": unknown.sum(axis=1),
        }
    )


def _checks(
    received: pd.DataFrame, cleaned: Cleaned, questionnaire: Questionnaire, study: Study
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return per response what each check found, and why others cannot be made."""
    kept = received[received["rule"] == ""].reset_index(drop=True)
    issues, respondent = cleaned.issues, cleaned.responses["respondent"]
    found: dict[str, np.ndarray] = {}
    not_made: dict[str, str] = {}
    for name, rules in _RULES.items():
        flagged = issues["respondent"][issues["rule"].isin(rules)]
        found[name] = respondent.isin(flagged).to_numpy()
    if kept["minutes"].isna().all():
        del found["speeding"]
        not_made["speeding"] = "no_times"
    asked = set(study.roles.named().values()) | set(study.identifying)
    if sum(bool(q.choices) and q.name not in asked for q in questionnaire) < _MIN_COMPARED:
        not_made["repeated"] = "few_questions"
        if not found["repeated"].any():
            del found["repeated"]
    straight = straight_lining(cleaned.responses, questionnaire, study)
    if straight is None:
        not_made["straight"] = "no_scale"
    else:
        found["straight"] = straight
    if kept["place"].isna().all():
        not_made["no_place"] = "no_question"
    else:
        found["no_place"] = (~kept["place"].fillna(True)).to_numpy(dtype=bool)
    if not any(study.missing.codes("dont_know", question.list_name) for question in questionnaire):
        not_made["dont_know"] = "no_code"
    return pd.DataFrame(found, index=cleaned.responses.index), not_made
