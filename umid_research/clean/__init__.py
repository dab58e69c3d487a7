"""raw -> responses, states, issues, set_aside.

In, `raw` (three submissions, all text; file and version left out):

    row  uuid  consent  district  respondent_group  locality  trust_1  trust_2
      2  1cb5  yes      quba      community         Guba 1    4        nine
      3  1cb5  yes      quba      community         Guba 1    4        nine
      4  77aa  no

Out, `responses` and `states`, one row an accepted respondent:

    respondent  unit  district  locality  group      weight  trust_1  trust_2
    777564f2…   e1f…  quba      Guba 1    community     1.0  4
    777564f2…   …     …                                      answered missing

`issues`, one row a problem or a change, and `set_aside`, one row a submission not analysed:

    file  row  respondent  column   rule            action   old     new  note
    k.csv   2  777564f2…   trust_2  unknown_choice  blanked  [text]

    file  row  rule        respondent
    k.csv   3  duplicate   777564f2…
    k.csv   4  no_consent  90b3a1c5…

read aloud: the one accepted respondent answered 4 to `trust_1`; what stood in `trust_2` is no
choice of the form and was blanked; row 3 came in twice; row 4 did not agree to take part, and
nothing of that submission is kept. Rows in = rows kept + rows set aside.

The order of the rules: people's corrections; duplicates, what the survey platform's review
rejected, tests and missing consent are set aside; answers are read question by question (places,
choices, numbers, dates, free text without personal data), the form's constraint and its conditions
applied; who cannot be placed is set aside; what is left is looked at for duplicates and other
doubts. A rule either changes or flags; every change
is a line of `issues`, and raw with these lines gives `responses` again (`ledger.replay`).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from umid_research.clean.answers import clean_answers
from umid_research.clean.column import Column
from umid_research.clean.corrections import CORRECTION_COLUMNS, corrected, read_corrections
from umid_research.clean.excluded import first_verdicts, last_verdicts, log_verdicts
from umid_research.clean.frame import (
    ACTIONS,
    ANSWERED,
    ISSUE_COLUMNS,
    KEYS,
    MISSING,
    NOT_ASKED,
    RULES,
    SET_ASIDE_COLUMNS,
    STATES,
    Cleaned,
    published_questions,
    question_columns,
    read_cleaned,
)
from umid_research.clean.keys import respondent_keys
from umid_research.clean.ledger import replay, typed_answers
from umid_research.clean.log import IssueLog
from umid_research.clean.losses import check_consent, check_losses
from umid_research.clean.quality_flags import flag_quality
from umid_research.privacy import respondent_ids
from umid_research.questionnaire import Questionnaire
from umid_research.study import Study

__all__ = [
    "ACTIONS",
    "ANSWERED",
    "CORRECTION_COLUMNS",
    "ISSUE_COLUMNS",
    "KEYS",
    "MISSING",
    "NOT_ASKED",
    "RULES",
    "SET_ASIDE_COLUMNS",
    "STATES",
    "Cleaned",
    "clean_responses",
    "question_columns",
    "read_cleaned",
    "read_corrections",
    "replay",
]


def clean_responses(
    raw: pd.DataFrame,
    questionnaire: Questionnaire,
    study: Study,
    *,
    key: str,
    corrections: pd.DataFrame | None = None,
    lacking: Mapping[str, np.ndarray] | None = None,
) -> Cleaned:
    """The accepted, typed responses of `raw`, and an account of everything that was changed.

    `key` is the respondent key (privacy.respondent_key); `corrections` are those of the study
    folder (read_corrections); `lacking` tells which rows come from a form version without a
    question (raw.Intake).

    Raises ExportError where a question or a dimension lost its answers (`losses`).
    """
    submissions = raw.assign(respondent=respondent_ids(raw, key))
    log = IssueLog(submissions, questionnaire, study)
    if corrections is not None:
        submissions = corrected(submissions, corrections, questionnaire, log)
    verdict = first_verdicts(submissions, questionnaire, study)
    willing = np.flatnonzero(np.isin(verdict.astype(str), ["", "no_consent"]))
    check_consent(submissions, willing, questionnaire, study)
    kept = verdict == ""
    positions = np.flatnonzero(kept)
    received = {name: Column.of(submissions[name]).rows(kept) for name in questionnaire.names}
    without = {name: rows[kept] for name, rows in (lacking or {}).items() if rows[kept].any()}
    answers = clean_answers(received, positions, questionnaire, study, log, lacking=without)
    check_losses(submissions, positions, received, answers, questionnaire, study)
    verdict[positions] = last_verdicts(answers, received, questionnaire, study)
    log.withdraw(np.flatnonzero(verdict != ""))
    log_verdicts(verdict, submissions, positions, answers, study, log)
    kept = verdict[positions] == ""
    positions, answers = positions[kept], answers.rows(kept)

    respondent = submissions["respondent"].iloc[positions].reset_index(drop=True)
    keys, alone = respondent_keys(respondent, answers.columns, study, key=key)
    log.add(positions[alone], study.roles.unit, "no_unit", action="taken as its own unit")
    flag_quality(answers, keys, submissions, positions, questionnaire, study, log)
    columns = published_questions(questionnaire, study)
    typed = {
        name: typed_answers(answers.columns[name], questionnaire[name], keys.index)
        for name in columns
    }
    states = {name: answers.state(name) for name in columns}
    aside = submissions.assign(rule=verdict)[verdict != ""]
    return Cleaned(
        responses=pd.concat([keys, pd.DataFrame(typed, index=keys.index)], axis=1),
        states=pd.concat([keys[["respondent"]], pd.DataFrame(states, index=keys.index)], axis=1),
        issues=log.frame(),
        set_aside=aside[list(SET_ASIDE_COLUMNS)].reset_index(drop=True),
    )
