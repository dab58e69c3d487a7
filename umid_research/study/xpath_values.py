"""Values of conditions: truth values, numbers and texts per respondent, and functions of them.

They convert into each other as on the device (XPath 1.0; for dates, the functions of ODK XForms):

    ""      is false, and no number          2     is true, and the text "2"
    "x"     is true, and no number           0     is false
    "2022-03-02"  is 19053 as a number: the days since 1970-01-01
"""

import datetime
import math
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?.*)?")
_DIRECTIVE = re.compile(r"%([YymndeHMSb])")
_EPOCH = datetime.date(1970, 1, 1)


def is_truth(values: pd.Series) -> bool:
    """Return whether these are truth values."""
    return pd.api.types.is_bool_dtype(values)


def is_number(values: pd.Series) -> bool:
    """Return whether these are numbers."""
    return pd.api.types.is_float_dtype(values)


def as_booleans(values: pd.Series) -> pd.Series:
    """Return truth values: a number is true unless it is 0 or NaN, a text unless it is empty."""
    if is_truth(values):
        return values
    return (values.notna() & (values != 0)) if is_number(values) else values != ""


def as_numbers(values: pd.Series) -> pd.Series:
    """Return numbers, NaN for what is none; a date is its number of days since 1970-01-01."""
    if is_number(values):
        return values
    if is_truth(values):
        return values.astype(float)
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    dated = numbers.isna() & values.str.match(_DATE)
    return numbers.mask(dated, values[dated].map(_days).reindex(values.index).astype(float))


def as_texts(values: pd.Series) -> pd.Series:
    """Return texts: 2 rather than 2.0, true and false."""
    if is_truth(values):
        return values.map({True: "true", False: "false"}).astype(str)
    return values.map(_number_text).astype(str) if is_number(values) else values


def _number_text(number: float) -> str:
    if math.isnan(number) or math.isinf(number):
        return "NaN" if math.isnan(number) else f"{'-' if number < 0 else ''}Infinity"
    return str(int(number)) if number == int(number) else repr(number)


def _days(text: str) -> float:
    """Return the days since 1970-01-01, NaN if there is no such day."""
    found = _DATE.fullmatch(text)
    if found is None:
        return math.nan
    day, hours, minutes, seconds = found.groups()
    try:
        days = (datetime.date.fromisoformat(day) - _EPOCH).days
    except ValueError:
        return math.nan
    return days + (int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0)) / 86400


def _date_of(text: str) -> datetime.date | None:
    days = _days(text) if _DATE.fullmatch(text) else _plain_number(text)
    if not abs(days) < 1e6:
        return None
    try:
        return _EPOCH + datetime.timedelta(days=math.floor(days))
    except OverflowError:
        return None


def _plain_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def call(name: str, values: Sequence[pd.Series]) -> pd.Series:
    """Return the value of a function for each respondent; `conditions` checks name and number."""
    if name in _OF_NUMBERS:
        with np.errstate(all="ignore"):
            return _OF_NUMBERS[name](*map(as_numbers, values)).astype(float)
    if name in _OF_TEXTS:
        kind, function = _OF_TEXTS[name]
        texts = zip(*map(as_texts, values), strict=True)
        return pd.Series([function(*row) for row in texts], index=values[0].index, dtype=kind)
    if name == "if":
        return _chosen(as_booleans(values[0]), values[1], values[2])
    if name == "coalesce":
        blank = values[0].isna() if is_number(values[0]) else as_texts(values[0]) == ""
        return _chosen(~blank, values[0], values[1])
    return {"boolean": as_booleans, "string": as_texts, "once": lambda same: same}[name](values[0])


def _chosen(test: pd.Series, first: pd.Series, second: pd.Series) -> pd.Series:
    """Return the first value where the test holds, else the second; texts if kinds differ."""
    if not ((is_truth(first) and is_truth(second)) or (is_number(first) and is_number(second))):
        first, second = as_texts(first), as_texts(second)
    return first.where(test, second)


def _rounded(number: pd.Series, digits: pd.Series | None = None) -> pd.Series:
    # As in XPath, a half is rounded up, also below zero.
    factor = 10.0 ** (digits if digits is not None else 0.0)
    return np.floor(number * factor + 0.5) / factor


def _selected_at(text: str, place: str) -> str:
    words, number = text.split(), _plain_number(place)
    return words[int(number)] if 0 <= number < len(words) else ""


def _substr(text: str, start: str, end: str = "") -> str:
    first, last = (_plain_number(mark) for mark in (start, end))
    if math.isnan(first):
        return ""
    return text[int(first) :] if math.isnan(last) else text[int(first) : int(last)]


def _formatted(text: str, pattern: str) -> str:
    date = _date_of(text)
    if date is None:
        return ""
    year, month, day = date.year, date.month, date.day
    parts = {"Y": f"{year:04}", "y": f"{year % 100:02}", "m": f"{month:02}", "n": str(month)}
    parts |= {"d": f"{day:02}", "e": str(day), "b": f"{date:%b}"} | dict.fromkeys("HMS", "00")
    return _DIRECTIVE.sub(lambda match: parts[match.group(1)], pattern)


def _as_date(text: str) -> str:
    date = _date_of(text)
    return "" if date is None else date.isoformat()


_OF_NUMBERS: dict[str, Callable[..., pd.Series]] = {
    "number": lambda number: number,
    "decimal-date-time": lambda number: number,
    "int": np.trunc,
    "abs": np.abs,
    "floor": np.floor,
    "ceiling": np.ceil,
    "round": _rounded,
    "pow": lambda base, exponent: base**exponent,
    "min": lambda *numbers: pd.concat(numbers, axis=1).min(axis=1, skipna=False),
    "max": lambda *numbers: pd.concat(numbers, axis=1).max(axis=1, skipna=False),
}
_OF_TEXTS: dict[str, tuple[type, Callable[..., str | bool]]] = {
    "contains": (bool, lambda text, part: part in text),
    "starts-with": (bool, str.startswith),
    "ends-with": (bool, str.endswith),
    "boolean-from-string": (bool, lambda text: text in ("true", "1")),
    "concat": (str, lambda *texts: "".join(texts)),
    "normalize-space": (str, lambda text: " ".join(text.split())),
    "selected-at": (str, _selected_at),
    "substr": (str, _substr),
    "format-date": (str, _formatted),
    "date": (str, _as_date),
}
