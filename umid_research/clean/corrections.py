"""Apply the answers that people corrected (`corrections.csv`), before any other rule.

    submission       column   old  new  reason                    by
    1cb5df98         trust_1  44   4    typing slip, called back  field coordinator
    typed.xlsx:12    village  n1   n2   see sheet 3               field coordinator

For example, the first line changes `trust_1` from 44 to 4 in the submission with that uuid; the
second changes `village` from n1 to n2 in row 12 of that file. A correction must match exactly one
submission and its old answer; if the export has changed, the run stops. The reason and the name of
the person stay in the file; `issues` refers to its line.
"""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.clean.log import IssueLog
from umid_research.errors import StudyError
from umid_research.study.questionnaire import Questionnaire

FILE = "corrections.csv"
CORRECTION_COLUMNS = ("submission", "column", "old", "new", "reason", "by")


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
        blank = [name for name in ("submission", "column", "reason", "by") if not row[name]]
        if blank:
            raise StudyError(f"a correction needs {' and '.join(blank)}", where=where)
        rows.append({**row, "line": reader.line_num})
    return pd.DataFrame(rows, columns=[*CORRECTION_COLUMNS, "line"])


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
    submissions = _submissions(raw, corrections["submission"])
    for correction in corrections.itertuples():
        where = f"{FILE}, line {correction.line}"
        found = submissions.get(correction.submission, [])
        if len(found) != 1:
            raise StudyError(
                "a correction must match one submission, by its uuid or as file:row",
                where=f"{where}, submission {correction.submission}",
                found=f"{len(found)} submissions",
            )
        if correction.column not in questionnaire.names:
            raise StudyError(
                "a correction names an unknown question",
                where=where,
                found=correction.column,
                possible=questionnaire.names,
            )
        place = changed_raw.columns.get_loc(correction.column)
        (row,) = found
        received = str(changed_raw.iloc[row, place]).strip()
        if received != correction.old:
            raise StudyError(
                f"the answer to {correction.column!r} is not the old answer of the correction",
                where=where,
                found=log.shown(received, correction.column),
                possible=[log.shown(correction.old, correction.column) or "a blank"],
            )
        if correction.new == correction.old:
            raise StudyError("a correction changes nothing", where=where)
        changed_raw.iloc[row, place] = correction.new
        log.add(
            np.array([row]),
            correction.column,
            "correction",
            action="changed",
            old=correction.old,
            new=log.shown(correction.new, correction.column),
            note=where,
        )
    return changed_raw


def _submissions(raw: pd.DataFrame, wanted: pd.Series) -> dict[str, list[int]]:
    """Map each wanted uuid or `file:row` to its positions in `raw`."""
    found: dict[str, list[int]] = {}
    for names in (raw["uuid"], raw["file"] + ":" + raw["row"].astype(str)):
        hit = np.flatnonzero(names.isin(wanted) & (names != ""))
        for place, name in zip(hit, names.iloc[hit], strict=True):
            found.setdefault(name, []).append(int(place))
    return found
