"""`corrections.csv` in a study folder: answers that people corrected, applied before any rule.

    submission       column   old  new  reason                    by
    1cb5df98         trust_1  44   4    typing slip, called back  field coordinator
    typed.xlsx:12    village  n1   n2   see sheet 3               field coordinator

read aloud: in the submission with that uuid, `trust_1` is 4 where 44 was received; in row 12 of
that file `village` is n2. A correction must find exactly one submission and in it exactly the old
answer: when the export changes under it, the run stops. Reason and name stay in the file; the
frame `issues` names its line.
"""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.clean.log import IssueLog
from umid_research.errors import StudyError
from umid_research.questionnaire import Questionnaire

FILE = "corrections.csv"
CORRECTION_COLUMNS = ("submission", "column", "old", "new", "reason", "by")


def read_corrections(folder: Path) -> pd.DataFrame:
    """The corrections of a study folder, all text, with the `line` of each; none without a file.

    Raises StudyError when the file is malformed, or a line does not say who corrected and why.
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
                "has another number of cells than the header", where=where, found=len(cells)
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
    """`raw` with the corrections applied in their order, each a line of the log.

    Raises StudyError naming the line of a correction that does not match exactly once.
    """
    if corrections.empty:
        return raw
    mended = raw.copy()
    submissions = _submissions(raw, corrections["submission"])
    for correction in corrections.itertuples():
        where = f"{FILE}, line {correction.line}"
        found = submissions.get(correction.submission, [])
        if len(found) != 1:
            raise StudyError(
                "a correction must find one submission, by its uuid or as file:row",
                where=f"{where}, submission {correction.submission}",
                found=f"{len(found)} submissions",
            )
        if correction.column not in questionnaire.names:
            raise StudyError(
                "a correction names no question",
                where=where,
                found=correction.column,
                possible=questionnaire.names,
            )
        place = mended.columns.get_loc(correction.column)
        (row,) = found
        received = str(mended.iloc[row, place]).strip()
        if received != correction.old:
            raise StudyError(
                f"the answer to {correction.column!r} is not the old answer of the correction",
                where=where,
                found=log.shown(received, correction.column),
                possible=[log.shown(correction.old, correction.column) or "a blank"],
            )
        if correction.new == correction.old:
            raise StudyError("a correction changes nothing", where=where)
        mended.iloc[row, place] = correction.new
        log.add(
            np.array([row]),
            correction.column,
            "correction",
            action="changed",
            old=correction.old,
            new=log.shown(correction.new, correction.column),
            note=where,
        )
    return mended


def _submissions(raw: pd.DataFrame, wanted: pd.Series) -> dict[str, list[int]]:
    """uuid or `file:row` -> where in raw it stands, for those that are wanted."""
    found: dict[str, list[int]] = {}
    for names in (raw["uuid"], raw["file"] + ":" + raw["row"].astype(str)):
        hit = np.flatnonzero(names.isin(wanted) & (names != ""))
        for place, name in zip(hit, names.iloc[hit], strict=True):
            found.setdefault(name, []).append(int(place))
    return found
