"""Apply what people corrected (`corrections.csv`), before any other rule.

    submission           column   old  new        reason                    by
    1cb5df98             trust_1  44   4          typing slip, called back  field coordinator
    typed.xlsx, row 12   village  n1   n2         see sheet 3               field coordinator
    google.csv:5                       set aside  invented by interviewer   field coordinator
    1cb5df98/people[2]   years    12   21         digits turned             field coordinator

For example, the first line changes `trust_1` from 44 to 4 in the submission with that uuid; the
second changes `village` from n1 to n2 in row 12 of that file; the third sets the submission in
row 5 of that file aside, and all copies of it; the last one changes an answer of the second member
of the group `people` (`member_corrections`). A submission may be named as the issues and errors
print it. A correction must match exactly one submission and its old answer; if the export has
changed, the run stops. The reason and the name of the person stay in the file; `issues` refers to
its line.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from umid_research.clean.log import IssueLog
from umid_research.errors import StudyError
from umid_research.study.questionnaire import Questionnaire

FILE = "corrections.csv"
CORRECTION_COLUMNS = ("submission", "column", "old", "new", "reason", "by")
SET_ASIDE = "set aside"
_MEMBER = re.compile(r"(.+)/\s*([^/\[\]]+?)\s*\[\s*(\d+)\s*\]")
_IN_ROW = re.compile(r"(?:.*/)?(.+?)(?:, sheet .+)?(?:, row |:)\s*(\d+)")


def read_corrections(folder: Path) -> pd.DataFrame:
    """Return the corrections of a study folder as text, with the `line` of each.

    The frame is empty if there is no file. Raises StudyError if the file is malformed, or if a
    line does not give the submission, the column, the reason and the person.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return pd.DataFrame(columns=[*CORRECTION_COLUMNS, "line"])
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError("is not UTF-8 text", where=f"{path}, byte {error.start}") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [name.strip() for name in next(reader, [])]
    if sorted(header) != sorted(CORRECTION_COLUMNS):
        raise StudyError(
            "needs these columns and no others",
            where=str(path),
            found=", ".join(header),
            possible=CORRECTION_COLUMNS,
        )
    rows = []
    for cells in reader:
        where = f"{path}, line {reader.line_num}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise StudyError(
                "has more or fewer cells than the header", where=where, found=len(cells)
            )
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        blank = [name for name in ("submission", "reason", "by") if not row[name]]
        if blank:
            raise StudyError(f"a correction needs {' and '.join(blank)}", where=where)
        if not row["column"]:
            _check_set_aside(row, where)
        rows.append({**row, "submission": _plain_name(row["submission"]), "line": reader.line_num})
    return pd.DataFrame(rows, columns=[*CORRECTION_COLUMNS, "line"])


def _check_set_aside(row: dict[str, str], where: str) -> None:
    """Raise StudyError unless a line without a column sets its submission aside."""
    if row["new"].casefold() != SET_ASIDE or row["old"]:
        raise StudyError(
            f"a correction needs a column, or `{SET_ASIDE}` under `new` and a blank under `old`",
            where=where,
            found=row["new"] or row["old"],
        )


def _plain_name(submission: str) -> str:
    """Return the uuid, or file:row for a name such as `responses/google.csv, row 5`.

    After the name of its submission, a member has its group and its position: `1cb5/people[2]`.
    """
    submission = submission.removeprefix("uuid:")
    if member := _MEMBER.fullmatch(submission):
        return f"{_plain_name(member[1])}/{member[2]}[{int(member[3])}]"
    found = _IN_ROW.fullmatch(submission)
    return f"{found[1]}:{int(found[2])}" if found else submission


def names_set_aside(corrections: pd.DataFrame) -> frozenset[str]:
    """Return the submissions that people set aside, by uuid or as file:row."""
    return frozenset(corrections.loc[corrections["column"] == "", "submission"])


def set_aside_by(
    raw: pd.DataFrame, corrections: pd.DataFrame, questionnaire: Questionnaire, log: IssueLog
) -> np.ndarray:
    """Return which submissions people set aside; log each as an issue.

    Raises StudyError naming the line that matches no submission, or more than the copies of one.
    """
    aside = np.zeros(len(raw), dtype=bool)
    lines = corrections[corrections["column"] == ""]
    submissions = _submissions(raw, lines["submission"])
    for line in lines.itertuples():
        found = submissions.get(line.submission, [])
        where = f"{FILE}, line {line.line}"
        if not found:
            problem = "names a submission that is not in the exports"
            if questionnaire.repeats:
                problem += "; a member of a repeated group is set aside with its submission only"
            raise StudyError(
                problem,
                where=where,
                found=line.submission,
                possible=["a uuid", "google.csv, row 5"],
            )
        aside[found] = True
        rows = np.array(found[:1])
        log.add(rows, None, "correction", action="set aside", note=where)
    return aside


def corrected(
    raw: pd.DataFrame, corrections: pd.DataFrame, questionnaire: Questionnaire, log: IssueLog
) -> pd.DataFrame:
    """Return `raw` with the corrections applied in order; log each as an issue.

    Raises StudyError naming the line of a correction that does not match exactly one submission
    and its old answer.
    """
    if corrections.empty:
        return raw
    changed_raw = raw.copy()
    of_members = [name for repeat in questionnaire.repeats for name in repeat.members.names]
    answers = corrections[~corrections["column"].isin(["", *of_members])]
    submissions = _submissions(raw, answers["submission"])
    for correction in answers.itertuples():
        where = f"{FILE}, line {correction.line}"
        found = submissions.get(correction.submission, [])
        if len(found) != 1:
            raise StudyError(
                "a correction must match one submission, by its uuid, or by file and row",
                where=f"{where}, submission {correction.submission}",
                found=f"{len(found)} submissions",
            )
        if correction.column not in questionnaire.names:
            raise StudyError(
                "a correction names an unknown question",
                where=where,
                found=correction.column,
                possible=[*questionnaire.names, *of_members],
            )
        if group := questionnaire[correction.column].counts:
            raise StudyError(
                f"the number of members is counted; correct the answers of the members of {group}, "
                "or set the submission aside",
                where=where,
                found=correction.column,
            )
        correct(changed_raw, found, correction, log)
    return changed_raw


def correct(table: pd.DataFrame, rows: list[int], correction: Any, log: IssueLog) -> None:
    """Apply a correction to all given rows of `table` in place; log it at the first of them.

    Raises StudyError naming the line if the old answer is another one.
    """
    where = f"{FILE}, line {correction.line}"
    place = table.columns.get_loc(correction.column)
    received = str(table.iloc[rows[0], place]).strip()
    if received != correction.old:
        raise StudyError(
            f"the answer to {correction.column!r} is not the old answer of the correction",
            where=where,
            found=log.shown(received, correction.column),
            possible=[log.shown(correction.old, correction.column) or "a blank"],
        )
    if correction.new == correction.old:
        raise StudyError("a correction changes nothing", where=where)
    table.iloc[rows, place] = correction.new
    log.add(
        np.array(rows[:1]),
        correction.column,
        "correction",
        action="changed",
        old=correction.old,
        new=log.shown(correction.new, correction.column),
        note=where,
    )


def _submissions(raw: pd.DataFrame, wanted: pd.Series) -> dict[str, list[int]]:
    """Map each wanted uuid or `file:row` to its positions in `raw`."""
    found: dict[str, list[int]] = {}
    for names in (raw["uuid"], raw["file"] + ":" + raw["row"].astype(str)):
        hit = np.flatnonzero(names.isin(wanted) & (names != ""))
        for place, name in zip(hit, names.iloc[hit], strict=True):
            found.setdefault(name, []).append(int(place))
    return found
