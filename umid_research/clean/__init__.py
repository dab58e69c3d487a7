"""Clean the raw submissions: raw -> responses, states, issues, set_aside.

Input, `raw` (three submissions, all text; the columns file and version are not shown):

    row  uuid  consent  district  respondent_group  locality  trust_1  trust_2
      2  1cb5  yes      quba      community         Guba 1    4        nine
      3  1cb5  yes      quba      community         Guba 1    4        nine
      4  77aa  no

Output, `responses` and `states`, one row per accepted respondent:

    respondent  unit  district  locality  group      weight  trust_1  trust_2
    777564f2…   e1f…  quba      Guba 1    community     1.0  4
    777564f2…   …     …                                      answered missing

`issues`, one row per problem or change, and `set_aside`, one row per submission not analysed:

    file  row  respondent  column   rule            action   old     new  note
    k.csv   2  777564f2…   trust_2  unknown_choice  blanked  [text]

    file  row  rule        respondent
    k.csv   3  duplicate   777564f2…
    k.csv   4  no_consent  90b3a1c5…

For example, the one accepted respondent answered 4 to `trust_1`. The answer to `trust_2` is not a
choice of the form and was blanked. Row 3 is a duplicate of row 2. The respondent of row 4 did not
consent, so no answer of that submission is kept. Rows in = rows kept + rows set aside. Each
repeated group of the form has four frames like these, whose rows are its members (`members`).

The rules apply in this order:

1. Corrections made by people.
2. Submissions that a person set aside, drafts, duplicates, submissions that the survey platform
   deleted or rejected, test submissions and submissions without consent are set aside.
3. Answers are read question by question: places, choices, numbers, dates, and free text with
   personal data masked. The form's constraints and conditions are applied.
4. Submissions without a valid district, group, locality or weight are set aside.
5. The remaining submissions are checked for near duplicates and other signs of poor quality.

A rule either changes an answer or flags a submission. Every change is a row of `issues`, so that
`ledger.replay` can rebuild `responses` from `raw` and these rows.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers, clean_answers
from umid_research.clean.column import Column
from umid_research.clean.corrections import (
    CORRECTION_COLUMNS,
    corrected,
    names_set_aside,
    read_corrections,
    set_aside_by,
)
from umid_research.clean.excluded import first_verdicts, last_verdicts, log_verdicts
from umid_research.clean.frame import (
    ACTIONS,
    ANSWERED,
    ISSUES,
    KEY_COLUMNS,
    KEYS,
    MISSING,
    NOT_ASKED,
    NUMERIC,
    RULES,
    SET_ASIDE,
    STATES,
    Cleaned,
    published_questions,
    question_columns,
    read_cleaned,
)
from umid_research.clean.keys import respondent_keys
from umid_research.clean.ledger import replay, typed_responses
from umid_research.clean.log import IssueLog
from umid_research.clean.losses import check_consent, check_losses
from umid_research.clean.lost_answers import CAUSES, group_causes, lost_answers, unread_conditions
from umid_research.clean.member_corrections import check_groups_read
from umid_research.clean.members import Submissions, clean_members, replay_members
from umid_research.clean.privacy import respondent_ids
from umid_research.clean.quality_flags import flag_quality
from umid_research.clean.reading import Sources
from umid_research.raw import Members
from umid_research.study import Study
from umid_research.study.conditions import TODAY
from umid_research.study.questionnaire import Questionnaire

__all__ = [
    "ACTIONS",
    "ANSWERED",
    "CAUSES",
    "CORRECTION_COLUMNS",
    "ISSUES",
    "KEYS",
    "KEY_COLUMNS",
    "MISSING",
    "NOT_ASKED",
    "NUMERIC",
    "RULES",
    "SET_ASIDE",
    "STATES",
    "Cleaned",
    "clean_responses",
    "group_causes",
    "lost_answers",
    "names_set_aside",
    "question_columns",
    "read_cleaned",
    "read_corrections",
    "replay",
    "replay_members",
    "unread_conditions",
]


def clean_responses(
    raw: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    key: str,
    corrections: pd.DataFrame | None = None,
    lacking: Mapping[str, np.ndarray] | None = None,
    members: Sequence[Members] = (),
) -> Cleaned:
    """Return the accepted, typed responses of `raw` and a record of every change.

    Parameters
    ----------
    raw : one row per submission, all text (see `umid_research.raw`).
    key : the secret from which respondent ids are derived (`privacy.respondent_key`).
    corrections : the corrections of the study folder (`read_corrections`).
    lacking : question -> boolean array, True for the rows of `raw` whose form version did not
        have the question (`raw.Intake`).
    members : the members of each repeated group (`raw.Intake`).

    Raises
    ------
    StudyError
        If a correction does not match exactly one submission and its old answer.
    ExportError
        If a question or a dimension lost its answers (see `losses`).
    """
    submissions = raw.assign(respondent=respondent_ids(raw, key))
    log = IssueLog(submissions, questionnaire, study)
    by_person = np.zeros(len(submissions), dtype=bool)
    if corrections is not None:
        check_groups_read(corrections, questionnaire, members)
        submissions = corrected(submissions, corrections, questionnaire, log)
        by_person = set_aside_by(submissions, corrections, questionnaire, log)
    verdict = first_verdicts(submissions, questionnaire, study, by_person=by_person)
    to_check = np.flatnonzero(np.isin(verdict.astype(str), ["", "no_consent"]))
    check_consent(submissions, to_check, questionnaire, study)
    verdict, positions, answers = _accepted(
        submissions, verdict, lacking or {}, questionnaire, study, log
    )

    respondent = submissions["respondent"].iloc[positions].reset_index(drop=True)
    keys, unnamed = respondent_keys(respondent, answers.columns, study, key=key)
    log.add(positions[unnamed], study.roles.unit, "no_unit", action="taken as its own unit")
    flag_quality(answers, keys, submissions, positions, questionnaire, study, log)
    states = {name: answers.state(name) for name in published_questions(questionnaire, study)}
    aside = submissions.assign(rule=verdict)[verdict != ""]
    whose = Submissions(submissions, verdict, positions, answers, lacking or {}, corrections)
    return Cleaned(
        responses=typed_responses(keys, answers.columns, questionnaire, study),
        states=pd.concat([keys[["respondent"]], pd.DataFrame(states, index=keys.index)], axis=1),
        issues=log.frame(),
        set_aside=SET_ASIDE.of(aside).reset_index(drop=True),
        members={group.repeat.name: clean_members(group, whose, study) for group in members},
    )


def _accepted(
    submissions: pd.DataFrame,
    verdict: np.ndarray,
    lacking: Mapping[str, np.ndarray],
    questionnaire: Questionnaire,
    study: Study,
    log: IssueLog,
) -> tuple[np.ndarray, np.ndarray, Answers]:
    """Return the verdicts, the positions of the accepted submissions and their cleaned answers.

    A verdict is the rule by which a submission is set aside, or ""; those of the rules that need
    cleaned answers are added to the given ones.
    """
    verdict, kept = verdict.copy(), verdict == ""
    positions = np.flatnonzero(kept)
    calculated = [field.name for field in questionnaire.calculated]
    names = dict.fromkeys((*questionnaire.names, *questionnaire.fields, *calculated))
    received = {name: Column.of(submissions[name]).rows(kept) for name in names}
    if TODAY in received:
        lacking = {**lacking, TODAY: (submissions[TODAY] == "").to_numpy()}
    without = {name: rows[kept] for name, rows in lacking.items() if rows[kept].any()}
    answers = clean_answers(
        received,
        positions,
        Sources.of(submissions, kept),
        questionnaire,
        study,
        log,
        lacking=without,
    )
    check_losses(submissions, positions, received, answers, questionnaire, study)
    verdict[positions] = last_verdicts(answers, received, questionnaire, study)
    log.withdraw(np.flatnonzero(verdict != ""))
    log_verdicts(verdict, submissions, positions, answers, questionnaire, study, log)
    kept = verdict[positions] == ""
    return verdict, positions[kept], answers.rows(kept)
