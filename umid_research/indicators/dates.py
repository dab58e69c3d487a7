"""Read typed dates, if they can be read in one way only.

    text        date        rule
    2022-04-25  2022-04-25
    25.04.2022  2022-04-25  date_order
    04/25/2022  2022-04-25  date_order
    04/05/2022              ambiguous_date
    44676       2022-04-25  serial_date
    in April                not_a_date

For example, in a date with dots the day comes first, as usual in the region. With slashes or
hyphens, a number is read as a day or a month only if it cannot be the other. 44676 is the serial
number of 25 April 2022 in a spreadsheet.
"""

import pandas as pd

NOT_A_DATE, AMBIGUOUS, ORDER, SERIAL = "not_a_date", "ambiguous_date", "date_order", "serial_date"
# Rules for dates that are not in ISO format but could be read; the other two rules mean failure.
READ = (ORDER, SERIAL)
_TIME = r"(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)?"
_YEAR_FIRST = r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)" + _TIME
_YEAR_LAST = r"(\d\d?)[-/.](\d\d?)[-/.](\d{4})" + _TIME
_WITH_POINTS = r"\d+\.\d+\.\d+" + _TIME
_SHORT_YEAR = r"\d\d?[-/.]\d\d?[-/.]\d\d"
_ISO = r"\d{4}-\d\d-\d\d" + _TIME
_SHAPE = r"\d{1,4}[-/.]\d\d?[-/.]\d{1,4}|\d{5}"
# Spreadsheets count days from _DAY_0; numbers of five digits are dates from 1927 to 2173.
_SERIAL = r"\d{5}(?:\.\d+)?"
_DAY_0 = pd.Timestamp("1899-12-30")


def read_dates(texts: pd.Series) -> pd.DataFrame:
    """Return the `date` of each text, and the `rule` by which it was read or why it was not.

    The rule is "" for an ISO date and for a blank text; see the module for the others.
    """
    texts = texts.astype("str").str.strip()
    day_first, month_first = (
        _dates(texts, _YEAR_LAST, order) for order in (r"\3-\2-\1", r"\3-\1-\2")
    )
    either = day_first.notna() & month_first.notna() & (day_first != month_first)
    unclear = either & ~texts.str.fullmatch(_WITH_POINTS) | texts.str.fullmatch(_SHORT_YEAR)
    is_serial = texts.str.fullmatch(_SERIAL)
    days = pd.to_numeric(texts.where(is_serial)) // 1
    serial = _DAY_0 + pd.to_timedelta(days, unit="D")
    date = _dates(texts, _YEAR_FIRST, r"\1-\2-\3").fillna(serial)
    date = date.fillna(day_first).fillna(month_first).mask(unclear)
    rule = pd.Series(ORDER, index=texts.index, dtype="str").mask(is_serial, SERIAL)
    rule = rule.mask(texts.str.fullmatch(_ISO), "").mask(date.isna(), NOT_A_DATE)
    return pd.DataFrame({"date": date, "rule": rule.mask(unclear, AMBIGUOUS).mask(texts == "", "")})


def in_shape_of_date(texts: pd.Series) -> pd.Series:
    """Return whether each text has the form of a date, so that it cannot contain a name."""
    return texts.astype("str").str.fullmatch(_SHAPE)


def _dates(texts: pd.Series, pattern: str, order: str) -> pd.Series:
    """Return the dates of the texts that match `pattern`, with its groups reordered to ISO."""
    iso = texts.where(texts.str.fullmatch(pattern), "").str.replace(pattern, order, regex=True)
    return pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce")
