"""Read the downloaded exports into the frame `raw`: all text, and never written to disk.

`raw`, one row per submission as received:

    file         row  version  uuid      started    ended      review_state  consent  district  ...
    k_export.csv   2  v1       1cb5df98  2022-03-…  2022-03-…  approved      yes      quba

For example, row 2 of that file (as a spreadsheet numbers rows) is a submission of form version v1,
started and ended at these times, and approved in the survey platform's review (`review`). The
respondent consented, in Quba. `submitted_at`, not shown, is when Google received the submission. A
blank cell is "". Labels are replaced by codes; a text that is neither a code nor a label, or that
can be read in two ways, stays as it was received.

`account`, one row per count of what was read, converted or left out:

    file              column    what              number
    google_forms.csv            submissions            7
    google_forms.csv  district  read_from_label        7
    google_forms.csv            no_times               7
    old_version.csv   v0        submissions           12
    old_version.csv   saw_plan  not_in_version        12
    old_version.csv   photo     not_read               9
    old_version.csv   village   kept_as_text          12
    export.xlsx       people    members               80
    export.xlsx       cities    repeat_set_aside      30
    export.xlsx       Lists     sheet_passed_over      1

For example, the first file has seven submissions without a form version; their districts were
labels and became codes, and their durations are unknown. The 12 submissions of the second file are
of version v0, which did not have `saw_plan`, so the question counts as not asked there
(`versions`). Nine of them hold a picture, a type of answer that is not read. The file with the
choices of `village` is missing from the form's folder, so its answers are kept as text. The 80 rows
of the repeated group `people` were read (`members`). The 30 rows of the group `cities` were not,
because another repeated group contains it, nor was the sheet `Lists`, which is hidden.

A column that the questionnaire does not know is an error, unless KoboToolbox, ODK or Google Forms
adds it or the study ignores it. Otherwise an export that lost or gained a question would lead to
wrong numbers that look normal. `tables` reads files, `columns` finds the questions and `answers`
reads the codes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.errors import ExportError
from umid_research.frames import Schema, text, whole
from umid_research.raw.answers import read_answers
from umid_research.raw.aside import without_rows_set_aside
from umid_research.raw.choices import AMBIGUOUS, UNKNOWN, choice_reader
from umid_research.raw.columns import match_columns
from umid_research.raw.export import Export
from umid_research.raw.fields import field_values, unknown_values
from umid_research.raw.files import submission_files, submission_tables
from umid_research.raw.headers import Headers
from umid_research.raw.letters import damaged
from umid_research.raw.members import Members, read_members
from umid_research.raw.ranks import ranked_answers
from umid_research.raw.repeats import group_of
from umid_research.raw.review import (
    APPROVED,
    DELETED,
    DRAFT,
    REJECTED,
    STRICTEST_FIRST,
    TEST,
    UNDECIDED,
    UNDER_REVIEW,
    check_review_columns,
)
from umid_research.raw.table import Table, normal
from umid_research.raw.times import seconds_between
from umid_research.raw.versions import (
    answered_nonetheless,
    check_versions,
    lacking_questions,
)
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

__all__ = [
    "AMBIGUOUS",
    "APPROVED",
    "COLUMNS",
    "DELETED",
    "DRAFT",
    "REJECTED",
    "STRICTEST_FIRST",
    "TEST",
    "UNDECIDED",
    "UNDER_REVIEW",
    "UNKNOWN",
    "Intake",
    "Members",
    "choice_reader",
    "damaged",
    "normal",
    "read_intake",
    "read_raw",
    "seconds_between",
]

COLUMNS = (*("file", "row", "version", "uuid", "started", "ended", "submitted_at", "review_state"),)
INTAKE = Schema(
    "intake", {"file": text(), "column": text(blank=True), "what": text(), "number": whole()}
)


@dataclass(frozen=True)
class Intake:
    """The frames `raw` and `account`; see the module's docstring.

    `lacking` maps a question to a boolean array, True for the rows of `raw` whose form version
    did not have it. `members` has the members of each repeated group that is in the exports.
    """

    raw: pd.DataFrame
    account: pd.DataFrame
    lacking: Mapping[str, np.ndarray]
    members: tuple[Members, ...] = ()


def read_raw(folder: Path, questionnaire: Questionnaire, study: Study) -> pd.DataFrame:
    """Return `raw`: every submission in `folder/responses`, files in the order of their names.

    Raises ExportError, naming the file and the column or row, if an export has a wrong structure.
    """
    return read_intake(folder, questionnaire, study).raw


def read_intake(
    folder: Path, questionnaire: Questionnaire, study: Study, *, aside: Collection[str] = ()
) -> Intake:
    """Return `raw` with the account of what was converted or not read.

    `aside` are the submissions that a person sets aside, by uuid or as file:row; a mistake in them
    is no error. Raises ExportError as `read_raw` does, and StudyError if `not_asked_in` names an
    unknown source, or `review.columns` an unknown column.
    """
    headers = Headers.of(questionnaire)
    exports: list[Export] = []
    account: list[tuple[str, str, str, int]] = []
    tables: dict[str, list[tuple[Table, int | None]]] = {r.name: [] for r in questionnaire.repeats}
    for path in submission_files(Path(folder)):
        sheets = submission_tables(path, headers)
        place = None if sheets.submissions is None else len(exports)
        for table in sheets.repeats:
            group = group_of(table, questionnaire) or ""
            what = "members" if group in tables else "repeat_set_aside"
            account.append((path.name, group or table.sheet or "", what, len(table.cells)))
            if group in tables:
                tables[group].append((table, place))
        account += [
            (path.name, table.sheet or "", "sheet_passed_over", 1) for table in sheets.passed_over
        ]
        if (main := sheets.submissions) is not None:
            columns = match_columns(main, headers, study)
            exports.append(without_rows_set_aside(Export(main, columns, study), aside, study))
    if not exports:
        raise ExportError("no submissions here, only repeated groups", where=str(folder))
    member_files = [table.path.name for group in tables.values() for table, _ in group]
    check_versions(exports, study, member_files)
    check_review_columns((export.table for export in exports), study)
    read = [_submissions(export, questionnaire, study) for export in exports]
    raw = pd.concat([part.raw for part in read], ignore_index=True)
    lacking = {
        name: np.concatenate([p.lacking.get(name, np.zeros(len(p.raw), bool)) for p in read])
        for name in (*questionnaire.names, *questionnaire.fields)
        if any(name in part.lacking for part in read)
    }
    members = tuple(
        read_members(repeat, tables[repeat.name], exports, raw, study)
        for repeat in questionnaire.repeats
        if tables[repeat.name]
    )
    raw, uncounted = _with_numbers(raw, members, questionnaire, lacking)
    uncounted_in = [
        (file, name, "not_in_version", len(rows))
        for name, unknown in uncounted.items()
        for file, rows in raw[unknown].groupby("file", sort=False)
    ]
    return Intake(
        raw,
        pd.concat(
            [
                pd.DataFrame(account, columns=list(INTAKE.columns)),
                *(part.account for part in read),
                pd.DataFrame(uncounted_in, columns=list(INTAKE.columns)),
            ],
            ignore_index=True,
        ),
        lacking | uncounted,
        members,
    )


def _with_numbers(
    raw: pd.DataFrame,
    members: Sequence[Members],
    questionnaire: Questionnaire,
    lacking: Mapping[str, np.ndarray],
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return `raw` with the number of members in each group, and the rows where it is unknown.

    `lacking` has the rows whose form version did not have the group, according to `not_asked_in`.
    """
    read = {one.repeat.name: one for one in members}
    uncounted = {}
    for question in questionnaire:
        if question.counts in read:
            group = read[question.counts]
            number = group.numbers(raw)
            unasked = lacking.get(question.name, np.zeros(len(raw), dtype=bool))
            _check_unasked(raw, number, unasked, question.name)
            raw = raw.assign(**{question.name: number.mask(unasked, "")})
            uncounted[question.name] = ~group.covered | unasked
        elif question.counts:
            uncounted[question.name] = np.ones(len(raw), dtype=bool)
    return raw, {name: rows for name, rows in uncounted.items() if rows.any()}


def _check_unasked(raw: pd.DataFrame, number: pd.Series, unasked: np.ndarray, name: str) -> None:
    """Raise ExportError if there are members where the form did not have their group."""
    counted = np.flatnonzero(unasked & ~number.isin(["", "0"]).to_numpy())
    if counted.size:
        row = raw.iloc[counted[0]]
        raise answered_nonetheless(name, f"{row['file']}, row {row['row']}", str(row["version"]))


def _submissions(export: Export, questionnaire: Questionnaire, study: Study) -> Intake:
    """Return the submissions of one export, its columns named after the questions."""
    columns, keys = export.columns, export.keys
    answers, from_labels = read_answers(export.table, columns.answers, columns.ticks, questionnaire)
    ranked, by_labels = ranked_answers(export.table, columns.ranks, answers, questionnaire)
    answers, from_labels = answers.assign(**ranked), {**from_labels, **by_labels}
    answers = answers.reindex(columns=list(questionnaire.names), fill_value="")
    lacking = lacking_questions(export, answers, questionnaire, study)
    names = dict.fromkeys((*questionnaire.fields, *(f.name for f in questionnaire.calculated)))
    fields = pd.DataFrame({name: field_values(export, name) for name in names}, index=keys.index)
    unknown = {name: unknown_values(export, name, fields[name]) for name in questionnaire.fields}
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
        pd.concat([keys, answers, fields], axis=1),
        pd.DataFrame([(export.file, *entry) for entry in account], columns=list(INTAKE.columns)),
        lacking | unknown,
    )


def _unread(export: Export) -> Iterator[tuple[str, int]]:
    """Count the answers per question of an unsupported type."""
    columns = export.columns.unread
    for name in dict.fromkeys(columns.values()):
        cells = export.table.cells[[place for place, held in columns.items() if held == name]]
        yield name, int((cells != "").any(axis=1).sum())
