"""Recognise the time column and the grid headers that Google Forms writes."""

import re

import pandas as pd

# A date and a time of day, with day and month in any order, as every locale writes its own.
_MOMENT = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[,T ]+\d{1,2}[:.]\d{2}[^;,|\t]{0,30}"
_GRID = re.compile(r"(?P<title>.*)\[(?P<row>[^\[\]]+)\]$")


def is_timestamp(position: int, cells: pd.Series) -> bool:
    """Return whether the column holds the times of submission: the first column, and only times.

    Its header is a word in the form's language, so only its cells can tell.
    """
    return position == 0 and bool(cells.str.fullmatch(_MOMENT).all())


def grid_cell(header: str) -> tuple[str, str] | None:
    """Return title and row of `Title of the grid [row]`, None for any other header."""
    match = _GRID.fullmatch(header)
    return None if match is None else (match["title"].strip(), match["row"].strip())
