"""Read numbers and dates as people and spreadsheets write them."""

import datetime
import re
import unicodedata

import numpy as np
import pandas as pd

from umid_research.clean.reading import Reading, read_each, suggestion
from umid_research.study.questionnaire import Question

_SPACES = re.compile(r"[\s'’_]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([\s'’])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_BOTH = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})")
_AMBIGUOUS = re.compile(r"([+-]?[1-9]\d{0,2}),(\d{3})")
_DIALLED = re.compile(r"(?:\+|00?)\d{6,}")
_TOO_LARGE = 1e8
_DAY_FIRST = re.compile(r"(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?\2\s?(\d{4})(?:\s+г\.?|-?c?[iı]?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?:[T\s][\d:.,+\-\sZ]*)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_FIRST_SERIAL = datetime.date(1899, 12, 30)


def read_numbers(texts: np.ndarray, question: Question) -> Reading:
    """Return numbers in the form's own format; rewrite other formats (`number_format`).

    Decimal commas and grouped thousands are read. `1,234` is blanked, because it may mean 1.234
    or 1234; both are suggested. Digits that begin like a telephone number, and numbers of nine
    digits or more, are blanked too: they may be a phone or identity number.
    """
    answers = texts.astype(object)
    number = pd.to_numeric(pd.Series(texts, dtype="str"), errors="coerce")
    number = number.to_numpy(dtype=float, copy=True)
    rules, notes = np.full(len(texts), "", object), np.full(len(texts), "", object)
    for place in np.flatnonzero((texts != "") & ~np.isfinite(number)):
        answers[place], rules[place], notes[place] = _read_number(texts[place])
        number[place] = float(answers[place] or "nan")
    personal = np.array([_DIALLED.fullmatch(text) is not None for text in answers], dtype=bool)
    personal |= np.abs(number) >= _TOO_LARGE
    answers[personal], rules[personal], notes[personal] = "", "not_a_number", ""
    if question.kind == "integer":
        broken = np.isfinite(number) & (number % 1 != 0)
        answers[broken], rules[broken], notes[broken] = "", "not_a_number", ""
    return Reading(answers, rules, notes)


def _read_number(text: str) -> tuple[str, str, str]:
    plain = "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text))
    plain = plain.replace("\N{MINUS SIGN}", "-")
    if _GROUPED.fullmatch(plain):
        plain = _SPACES.sub("", plain)
    if found := _AMBIGUOUS.fullmatch(plain):
        whole, part = found.groups()
        return "", "not_a_number", suggestion([f"{whole}.{part}", f"{whole}{part}"])
    if _THOUSANDS.fullmatch(plain):
        return re.sub("[.,]", "", plain), "number_format", ""
    if _BOTH.fullmatch(plain):
        decimal = plain[max(plain.rfind("."), plain.rfind(","))]
        whole, _, part = plain.rpartition(decimal)
        return re.sub("[.,]", "", whole) + "." + part, "number_format", ""
    if _PLAIN.fullmatch(plain):
        return plain.replace(",", "."), "number_format", ""
    return "", "not_a_number", ""


def read_dates(texts: np.ndarray) -> Reading:
    """Return dates as year-month-day; rewrite other formats (`date_format`).

    With dots, the day comes first (`31.12.2022`). With slashes or hyphens, a date is read only if
    it can mean one day only. For a spreadsheet's day number (`44926`) the date is
    only suggested.
    """
    return read_each(texts, _read_date)


def _read_date(text: str) -> tuple[str, str, str]:
    if text == "" or (_ISO.fullmatch(text) and _date(*text.split("-"))):
        return text, "", ""
    if found := (_YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)):
        date = _date(*found.groups())
        return (date, "date_format", "") if date else ("", "not_a_date", "")
    if found := _DAY_FIRST.fullmatch(text):
        day, sign, month, year = found.groups()
        candidates = [_date(year, month, day)]
        if sign != ".":
            candidates.append(_date(year, day, month))
        dates = list(dict.fromkeys(date for date in candidates if date))
        if len(dates) == 1:
            return dates[0], "date_format", ""
        return "", "not_a_date", suggestion(dates)
    if _SERIAL.fullmatch(text):
        day_meant = _FIRST_SERIAL + datetime.timedelta(days=int(float(text)))
        return "", "not_a_date", suggestion([day_meant.isoformat()])
    return "", "not_a_date", ""


def _date(year: str, month: str, day: str) -> str:
    """Return the date in ISO format, "" if there is no such day."""
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
