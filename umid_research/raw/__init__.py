"""Exports as downloaded -> the frame `raw`, all text, never written.

`raw`, one row a submission as received:

    file         row  version  uuid      started    ended      review_state  consent  district  ...
    k_export.csv   2  v1       1cb5df98  2022-03-…  2022-03-…  approved      yes      quba

read aloud: row 2 of that file, as a spreadsheet shows it, is a submission of form version v1,
begun and ended at these times and approved on the survey platform (`review`); its respondent
agreed, in Quba. `submitted_at`, left out here, is when Google received it. A blank cell is "".
Labels have become codes; a text that is neither, or can be read in two ways, is there as it was
received.

`account`, one row for what was done on the way:

    file              column    what              number
    google_forms.csv            submissions            7
    google_forms.csv  district  read_from_label        7
    google_forms.csv            no_times               7
    old_version.csv   v0        submissions           12
    old_version.csv   saw_plan  not_in_version        12
    old_version.csv   photo     not_read               9
    old_version.csv   village   kept_as_text          12
    export.xlsx       cities    repeat_set_aside      30

read aloud: the first file has seven submissions of no known form version; their districts were
labels and became codes, and nobody knows how long they took; the 12 of the second file are of
version v0, which did not have `saw_plan`, so that it counts as not asked there (`versions`); nine
of them hold a picture, a kind of answer that is not read; the file with the choices of `village` is
not beside the form, so that its answers are kept as text; 30 rows of the repeated group `cities`
are not read either.

What the questionnaire does not know is an error, unless it is a column of KoboToolbox, ODK or
Google Forms or the study ignores it: an export that silently lost or gained a question would give
numbers that look normal. `tables` reads files, `columns` finds the questions, `answers` the codes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.questionnaire import Questionnaire
from umid_research.raw.answers import read_answers
from umid_research.raw.choices import AMBIGUOUS, UNKNOWN, choice_reader
from umid_research.raw.columns import match_columns
from umid_research.raw.export import Export
from umid_research.raw.files import submission_files, submission_tables
from umid_research.raw.headers import Headers
from umid_research.raw.letters import damaged
from umid_research.raw.review import REJECTED, STRICTEST_FIRST, UNDECIDED, UNDER_REVIEW
from umid_research.raw.table import normal
from umid_research.raw.times import seconds_between
from umid_research.raw.versions import check_versions, lacking_questions
from umid_research.study import Study

__all__ = [
    "AMBIGUOUS",
    "COLUMNS",
    "REJECTED",
    "STRICTEST_FIRST",
    "UNDECIDED",
    "UNDER_REVIEW",
    "UNKNOWN",
    "Intake",
    "choice_reader",
    "damaged",
    "normal",
    "read_intake",
    "read_raw",
    "seconds_between",
]

COLUMNS = (*("file", "row", "version", "uuid", "started", "ended", "submitted_at", "review_state"),)
ACCOUNT_COLUMNS = ("file", "column", "what", "number")


@dataclass(frozen=True)
class Intake:
    """The frames `raw` and `account`; see the module's docstring.

    `lacking` maps a question to the rows of raw whose form version did not have it.
    """

    raw: pd.DataFrame
    account: pd.DataFrame
    lacking: Mapping[str, np.ndarray]


def read_raw(folder: Path, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """The frame `raw`: every submission in `folder/responses`, files in the order of their names.

    Raises ExportError naming file and column or row when the structure of an export is wrong.
    """
    return read_intake(folder, questionnaire, study).raw


def read_intake(folder: Path, questionnaire: Questionnaire, study: Study) -> Intake:
    """The frame `raw`, and the account of what was read as something else or not at all.

    Raises ExportError as `read_raw` does.
    """
    headers = Headers.of(questionnaire)
    exports, account = [], []
    for path in submission_files(Path(folder)):
        main, repeats = submission_tables(path, questionnaire)
        account += [
            (path.name, table.sheet or "", "repeat_set_aside", len(table.cells))
            for table in repeats
        ]
        exports += [
            Export(table, match_columns(table, headers, study), study.review.states)
            for table in main
        ]
    if not exports:
        raise ExportError("no submissions here, only repeated groups", where=str(folder))
    check_versions(exports, study)
    read = [_submissions(export, questionnaire, study) for export in exports]
    return Intake(
        pd.concat([part.raw for part in read], ignore_index=True),
        pd.concat(
            [pd.DataFrame(account, columns=list(ACCOUNT_COLUMNS)), *(p.account for p in read)],
            ignore_index=True,
        ),
        {
            name: np.concatenate([p.lacking.get(name, np.zeros(len(p.raw), bool)) for p in read])
            for name in questionnaire.names
            if any(name in part.lacking for part in read)
        },
    )


def _submissions(export: Export, questionnaire: Questionnaire, study: Study) -> Intake:
    """One export as received, its columns named as the questions."""
    columns, keys = export.columns, export.keys
    answers, from_labels = read_answers(export.table, columns.answers, columns.ticks, questionnaire)
    answers = answers.reindex(columns=list(questionnaire.names), fill_value="")
    lacking = lacking_questions(export, answers, questionnaire, study)
    untimed = int(np.isnan(seconds_between(keys["started"], keys["ended"])).sum())
    account = [
        *((version, "submissions", n) for version, n in export.version.value_counts().items()),
        *((name, "read_from_label", n) for name, n in from_labels.items()),
        *([("", "no_times", untimed)] if untimed else []),
        *((name, "not_read", n) for name, n in _unread(export) if n),
        *(
            (name, "kept_as_text", int((answers[name] != "").sum()))
            for name in questionnaire.without_list
        ),
        *((name, "not_in_version", int(rows.sum())) for name, rows in lacking.items()),
        *((name, "not_in_version", len(keys)) for name in columns.absent if "/" in name),
    ]
    return Intake(
        pd.concat([keys, answers], axis=1),
        pd.DataFrame([(export.file, *did) for did in account], columns=list(ACCOUNT_COLUMNS)),
        lacking,
    )


def _unread(export: Export) -> Iterator[tuple[str, int]]:
    """How often each question was answered that is of a kind which is not read."""
    columns = export.columns.unread
    for name in dict.fromkeys(columns.values()):
        cells = export.table.cells[[place for place, held in columns.items() if held == name]]
        yield name, int((cells != "").any(axis=1).sum())
