"""What Google Forms does to a header and puts before the answers."""

import re

import pandas as pd

# Whatever the language of the form: a date and a time of day, in any order of day and month.
_MOMENT = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[,T ]+\d{1,2}[:.]\d{2}[^;,|\t]{0,30}"
_GRID = re.compile(r"(?P<title>.*)\[(?P<row>[^\[\]]+)\]$")


def is_timestamp(position: int, cells: pd.Series) -> bool:
    """Whether a column is that of the moments at which the answers came in: first, and all times.

    Its header is a word in the form's language, so it is known by its cells.
    """
    return position == 0 and bool(cells.str.fullmatch(_MOMENT).all())


def grid_cell(header: str) -> tuple[str, str] | None:
    """Return title and row of `Title of the grid [row]`, None for any other header."""
    match = _GRID.fullmatch(header)
    return None if match is None else (match["title"].strip(), match["row"].strip())
