"""Find repeated submissions without an id, for example in a sheet that was downloaded twice.

Google Forms gives no ids, so a submission is identified by its sending time and its answers:

    file         submitted_at         answers         ->
    a (1).csv    01.03.2024 10:00:11  yes, quba, 4        kept
    a.csv        2024-03-01 10:00:11  yes, quba, 4        duplicate: same time, same answers
    a.csv        01.03.2024 10:00:11  yes, quba, 5        kept and flagged: may be two people
    a.csv        02.03.2024 10:00:11  yes, quba, 4        kept: another time

If a spreadsheet program removed the seconds, several people may have sent the same answers in one
minute. Then a row can repeat only a row of another file.
"""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from umid_research.clean.column import Column, combined
from umid_research.clean.dates import read_dates
from umid_research.clean.numbers import read_numbers
from umid_research.raw import normal
from umid_research.raw.google import is_moment, spreadsheet_moment
from umid_research.study.questionnaire import Question, Questionnaire

_MOMENT = re.compile(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})[,T ]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"[\d.]*\s*([AP]M)?",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"\d{1,2}[:.]\d{2}[:.]\d{2}")


def first_copies(raw: pd.DataFrame, questionnaire: Questionnaire) -> np.ndarray:
    """Return for each submission without uuid the first one with the same time and answers.

    That is a position in `raw`: its own, if the submission repeats no earlier one.
    """
    found = np.arange(len(raw))
    moment, is_cut = sending_moments(raw)
    rows = np.flatnonzero(moment != "")
    if rows.size:
        answers = [_comparable(raw[q.name].iloc[rows], q) for q in questionnaire]
        codes, _ = combined([Column.of(pd.Series(moment[rows])), *answers])
        known = pd.DataFrame({"code": codes, "nth": 0})
        if is_cut:
            known["nth"] = known.groupby([raw["file"].to_numpy()[rows], "code"]).cumcount()
        known["row"] = rows
        found[rows] = known.groupby(["code", "nth"])["row"].transform("first").to_numpy()
    return found


def sent_at_once(raw: pd.DataFrame) -> np.ndarray:
    """Return for each submission the first one sent at the same time, -1 if it is itself.

    If the seconds are missing, only submissions of different files are compared.
    """
    moment, is_cut = sending_moments(raw)
    rows = np.flatnonzero(moment != "")
    partner = np.full(len(raw), -1)
    if rows.size:
        codes, firsts = combined([Column.of(pd.Series(moment[rows]))])
        first = rows[firsts[codes]]
        file = raw["file"].to_numpy()
        apart = (first != rows) & (not is_cut or file[first] != file[rows])
        partner[rows[apart]] = first[apart]
    return partner


def sending_moments(raw: pd.DataFrame) -> tuple[np.ndarray, bool]:
    """Return the sending time of each submission without uuid, and whether seconds are missing.

    If the sending time is unknown, the times at which the device opened and closed the form stand
    in for it; without these it is "". If one time has no seconds, all are cut to the minute.
    """
    sent = Column.of(raw["submitted_at"])
    parts = [_parts(text) for text in sent.texts]
    is_cut = any(part is not None and part[1] == "" for part in parts)
    texts = ["" if part is None else part[0] + ("" if is_cut else part[1]) for part in parts]
    moment = np.array(texts, dtype=object)[sent.codes]
    timed = raw["started"].str.contains(":", regex=False) & raw["ended"].str.contains(
        ":", regex=False
    )
    both = (raw["started"] + " " + raw["ended"]).where(timed, "").to_numpy(dtype=object)
    moment = np.where(moment == "", both, moment)
    return np.where(raw["uuid"] == "", moment, ""), is_cut


def _parts(text: str) -> tuple[str, str] | None:
    """Return the date with hour and minute, and the seconds, as text; None if there is no time.

    Day and month are sorted, because their order differs between countries. Equal answers at the
    same second of 3 April and 4 March are too unlikely to matter. A format that is not known, such
    as one with the name of the month, is compared as it is.
    """
    if (moment := spreadsheet_moment(text)) is not None:
        text = moment.strftime("%Y-%m-%d %H:%M:%S")
    match = _MOMENT.match(text)
    if match is None:
        has_seconds = _SECONDS.search(text) is not None
        return (normal(text).casefold(), "?" if has_seconds else "") if is_moment(text) else None
    first, second, third, hour, minute, seconds, half = match.groups()
    year, *days = (first, second, third) if len(first) == 4 else (third, first, second)
    hours = int(hour) % 12 + 12 * (half.upper() == "PM") if half else int(hour)
    low, high = sorted(map(int, days))
    return f"{int(year) % 100}-{low}-{high} {hours}:{minute}", seconds or ""


def _comparable(answers: pd.Series, question: Question) -> Column:
    """Return the answers in one format, as two downloads may write a date differently."""
    column = Column.of(answers)
    texts = np.array([normal(text) for text in column.texts], dtype=object)
    if question.kind in ("integer", "decimal"):
        return column.read_as(_or_as_received(read_numbers(texts, question).answers, texts))
    if question.kind == "date":
        return column.read_as(_or_as_received(read_dates(texts).answers, texts))
    return column.read_as(texts)


def _or_as_received(read: Iterable[str], texts: np.ndarray) -> np.ndarray:
    return np.array([new or text for new, text in zip(read, texts, strict=True)], dtype=object)
