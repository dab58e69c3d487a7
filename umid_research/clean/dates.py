"""Read dates as people and spreadsheets write them.

One rule: a text that can mean one day only is read, and its new form is logged (`date_format`);
what can mean several days is left blank, and the days are suggested (`not_a_date`).

    31.12.2022, 2022-12-31 10:05    2022-12-31
    01.03.2024 10:05                2024-03-01   with dots, the day comes first
    03/28/2022                      2022-03-28   there is no month 28
    03/04/2022                      blank        3 April or 4 March
    01.03.24                        blank        of 2024 or of 1924
    44926                           blank        a spreadsheet's number for 2022-12-31
    01.03.1445                      blank        another calendar, or a slip

The time of day is left out in any format. Years from 1900 to 2099 are read: others are of another
calendar, such as 1445 or 2567, or typing errors.
"""

import datetime
import re

import numpy as np

from umid_research.clean.reading import Reading, read_each, suggestion

FIRST_YEAR, LAST_YEAR = 1900, 2099
_TIME = re.compile(r"[T,\s]+\d{1,2}[:.]\d\d[\d:.,+\-\sZ]*(?:[AaPp][Mm])?$")
_DAY_FIRST = re.compile(
    r"(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?:\s+г\.?|-?c?[iı]?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
_FIRST_SERIAL = datetime.date(1899, 12, 30)
_OTHER_YEAR = f"the year is not from {FIRST_YEAR} to {LAST_YEAR}"


def read_dates(texts: np.ndarray) -> Reading:
    """Return dates as year-month-day; rewrite other formats (`date_format`)."""
    return read_each(texts, _read_date)


def _read_date(text: str) -> tuple[str, str, str]:
    if text == "":
        return "", "", ""
    day = _TIME.sub("", text)
    if found := (_YEAR_FIRST.fullmatch(day) or _COMPACT.fullmatch(day)):
        dates, years = [_date(*found.groups())], [found[1]]
    elif found := _DAY_FIRST.fullmatch(day):
        first, sign, second, year = found.groups()
        years = [year] if len(year) == 4 else [f"20{year}", f"19{year}"]
        dates = [_date(y, second, first) for y in years]
        dates += [_date(y, first, second) for y in years if sign != "."]
    elif _SERIAL.fullmatch(day):
        days = datetime.timedelta(days=int(float(day)))
        return "", "not_a_date", suggestion([(_FIRST_SERIAL + days).isoformat()])
    else:
        return "", "not_a_date", ""
    if not any(FIRST_YEAR <= int(year) <= LAST_YEAR for year in years):
        return "", "not_a_date", _OTHER_YEAR
    possible = list(dict.fromkeys(date for date in dates if date))
    if len(possible) != 1:
        return "", "not_a_date", suggestion(possible)
    return possible[0], "" if _ISO.fullmatch(text) else "date_format", ""


def _date(year: str, month: str, day: str) -> str:
    """Return the date in ISO format, "" if there is no such day."""
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
