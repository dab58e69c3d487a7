"""Recognise the time column and the grid headers that Google Forms writes."""

import datetime
import re

import pandas as pd

from umid_research.raw.table import normal

# The word for "timestamp" that Google Forms writes over the first column, by language of the form.
_TIME_HEADERS = frozenset(
    {
        *("timestamp", "vaxt möhürü", "vaxt damğası", "отметка времени", "позначка часу"),
        *("zaman damgası", "zeitstempel", "horodateur", "marca temporal", "carimbo de data/hora"),
        *("informazioni cronologiche", "sygnatura czasowa", "tijdstempel", "marcaj de timp"),
        *("časová značka", "időbélyeg", "tidsstämpel", "طابع زمني", "уақыт белгісі"),
    }
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,6})?(?!\d)")
_NUMBERS = re.compile(r"\d+")
_LONGEST = 60
# A spreadsheet counts days from this one; only these numbers are days of our time.
_FIRST_SERIAL = datetime.datetime(1899, 12, 30)
_SERIAL = re.compile(r"[3-6]\d{4}\.\d+")
_GRID = re.compile(r"(?P<title>.*)\[(?P<row>[^\[\]]+)\]$")


def is_timestamp(position: int, header: str, cells: pd.Series) -> bool:
    """Return whether the column holds the times of submission.

    It is the first one, and either its header says so in a language that is known here, or its
    cells do: a day and a time of day in any format, or a spreadsheet's number for both. Cells may
    be blank, but not all.
    """
    if position != 0:
        return False
    given = [text for text in cells.unique() if text.strip()]
    is_named = normal(header).casefold() in _TIME_HEADERS
    return is_named or (bool(given) and all(map(is_moment, given)))


def is_moment(text: str) -> bool:
    """Return whether the text is a day with a time of day, in any format."""
    if spreadsheet_moment(text) is not None:
        return True
    for clock in _CLOCK.finditer(text[:_LONGEST]):
        rest = text[: clock.start()] + " " + text[clock.end() :]
        if len(text) <= _LONGEST and len(_NUMBERS.findall(rest)) >= 2:
            return True
    return False


def spreadsheet_moment(text: str) -> datetime.datetime | None:
    """Return the moment that a spreadsheet's number stands for, to the second; else None."""
    if not _SERIAL.fullmatch(text.strip()):
        return None
    seconds = round(float(text) * 86_400)
    return _FIRST_SERIAL + datetime.timedelta(seconds=seconds)


def grid_cell(header: str) -> tuple[str, str] | None:
    """Return title and row of `Title of the grid [row]`, None for any other header."""
    match = _GRID.fullmatch(header)
    return None if match is None else (match["title"].strip(), match["row"].strip())
