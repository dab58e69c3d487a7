"""Clean the members of a repeated group like the answers of the submission that they belong to.

    respondent  position  age  work
    777564f2…          1   41  yes
    777564f2…          2   12
    9c01aa3e…          1       yes

For example, the first respondent named two members. The condition of `work` (`${age} >= 15`) was
not met by the second one, whose state there is "not asked". The age of the last one was no number
and is missing. A condition may also refer to answers of the submission; it sees them cleaned.

A member is kept if its submission is. It is set aside under the same rule as its submission, or as
`no_submission` or `twice` (see `raw.members`). Rows in = rows kept + rows set aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers, clean_answers
from umid_research.clean.column import Column
from umid_research.clean.frame import Cleaned, member_schemas, published_questions
from umid_research.clean.implausible import implausible_numbers
from umid_research.clean.ledger import replayed_columns, typed
from umid_research.clean.log import IssueLog
from umid_research.clean.losses import check_losses
from umid_research.clean.member_corrections import corrected_members
from umid_research.clean.privacy import respondent_ids
from umid_research.clean.reading import Sources
from umid_research.raw import Members
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire


@dataclass(frozen=True)
class Submissions:
    """What became of the submissions whose members are cleaned.

    `raw` has the submissions, with the keyed id as `respondent`; `verdict` has a value per row: the
    rule by which it was set aside, "" if it is kept. `positions` are the rows that were kept, and
    `answers` their cleaned answers. `lacking` and `corrections` are those of `clean_responses`.
    """

    raw: pd.DataFrame
    verdict: np.ndarray
    positions: np.ndarray
    answers: Answers
    lacking: Mapping[str, np.ndarray]
    corrections: pd.DataFrame | None

    @property
    def respondent(self) -> pd.Series:
        """The keyed id of each row of `raw`."""
        return self.raw["respondent"]


def clean_members(group: Members, submissions: Submissions, study: Study) -> Cleaned:
    """Return the frames of a repeated group; their rows are members of kept submissions.

    Raises ExportError if a question lost its answers (see `losses`), and StudyError for a
    correction that does not match one member.
    """
    places = np.full(len(submissions.verdict), -1)
    places[submissions.positions] = np.arange(len(submissions.positions))
    own = places[group.members["submission"].to_numpy(dtype=int)]
    kept = own >= 0
    of_member = submissions.respondent.iloc[group.members["submission"].to_numpy(dtype=int)]
    members = group.members.assign(respondent=of_member.to_numpy())
    log = IssueLog(members, group.repeat.members, study)
    if submissions.corrections is not None:
        changed = corrected_members(group, submissions.raw, kept, submissions.corrections, log)
        members = changed.assign(respondent=members["respondent"])
    answers = _answers(group, submissions, members, kept, own[kept], log, study)
    positions = np.flatnonzero(kept)
    for name, far in implausible_numbers(answers, group.repeat.members, study).items():
        column = answers.columns[name]
        old = column.texts[column.codes[far]]
        log.add(positions[far], name, "implausible", action="flagged", old=old)
    keys = _member_keys(members["respondent"][kept].reset_index(drop=True))
    names = published_questions(group.repeat.members, study)
    states = {name: answers.state(name) for name in names}
    return Cleaned(
        responses=_typed(keys, answers.columns, group.repeat.members, study),
        states=pd.concat([keys, pd.DataFrame(states, index=keys.index)], axis=1),
        issues=log.frame(),
        set_aside=_set_aside(group, kept, submissions),
    )


def replay_members(
    group: Members,
    raw: pd.DataFrame,
    cleaned: Cleaned,
    study: Study,
    *,
    key: str,
    corrections: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the members' `responses` rebuilt from the log, as `ledger.replay` does it.

    `cleaned` has the submissions that were set aside, and the issues of the members.
    """
    aside = pd.MultiIndex.from_frame(cleaned.set_aside[["file", "row"]])
    is_kept = ~pd.MultiIndex.from_frame(raw[["file", "row"]]).isin(aside)
    own = group.members["submission"].to_numpy(dtype=int)
    kept = is_kept[own]
    received = group.members[kept].reset_index(drop=True)
    keys = _member_keys(respondent_ids(raw, key).iloc[own[kept]].reset_index(drop=True))
    issues, questions = cleaned.members[group.repeat.name].issues, group.repeat.members
    columns = replayed_columns(received, issues, questions, study, corrections)
    return _typed(keys, columns, questions, study)


def _member_keys(respondent: pd.Series) -> pd.DataFrame:
    """Return the respondent and the position of each member, from 1."""
    position = respondent.groupby(respondent).cumcount() + 1
    return pd.DataFrame({"respondent": respondent, "position": position})


def _typed(
    keys: pd.DataFrame, columns: Mapping[str, Column], questions: Questionnaire, study: Study
) -> pd.DataFrame:
    names = published_questions(questions, study)
    answers = {name: typed(columns[name], questions[name], keys.index) for name in names}
    return pd.concat([keys, pd.DataFrame(answers, index=keys.index)], axis=1)


def _answers(
    group: Members,
    submissions: Submissions,
    members: pd.DataFrame,
    kept: np.ndarray,
    at: np.ndarray,
    log: IssueLog,
    study: Study,
) -> Answers:
    """Return the cleaned answers of the members in `kept`.

    `members` are all of them. `at` is the place of the submission of each one in `kept`, among the
    submissions that are kept.
    """
    given = {name: column.rows(at) for name, column in submissions.answers.columns.items()}
    questions = replace(group.repeat.members, fields=tuple(given))
    received = given | {name: Column.of(members[name]).rows(kept) for name in questions.names}
    rows = submissions.positions[at]
    lacking = {name: unknown[rows] for name, unknown in submissions.lacking.items()}
    lacking |= {name: unknown[kept] for name, unknown in group.lacking.items()}
    positions = np.flatnonzero(kept)
    answers = clean_answers(
        received,
        positions,
        Sources.of(members, kept),
        questions,
        study,
        log,
        lacking={name: unknown for name, unknown in lacking.items() if unknown.any()},
    )
    check_losses(members, positions, received, answers, questions, study)
    return answers


def _set_aside(group: Members, kept: np.ndarray, submissions: Submissions) -> pd.DataFrame:
    """Return the rows of which no copy is kept, with the rule."""
    rows = group.members[["file", "row"]]
    own = group.members["submission"].to_numpy(dtype=int)
    rows = rows.assign(
        rule=submissions.verdict[own], respondent=submissions.respondent.iloc[own].to_numpy()
    )
    kept_rows = pd.MultiIndex.from_frame(rows.loc[kept, ["file", "row"]])
    aside = rows[~pd.MultiIndex.from_frame(rows[["file", "row"]]).isin(kept_rows)]
    aside = pd.concat([aside.drop_duplicates(["file", "row"]), group.orphans], ignore_index=True)
    schema = member_schemas(group.repeat.name, ())["set_aside"]
    return schema.of(aside.sort_values(["file", "row"], ignore_index=True))
