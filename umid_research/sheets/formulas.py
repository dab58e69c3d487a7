"""Text of anybody as a cell that is only text, in a workbook and in a CSV file.

A program that opens a CSV file reads a cell that begins with one of `= + - @` as a formula, and
one that begins with a tab or a line end may be one. A workbook says of each cell what it is.
"""

from umid_research.text_safety import one_line, shortened

# What a cell of a workbook can hold.
LONGEST = 32_767
_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
ESCAPE = "'"


def neutralise_formula(text: str, cut: str) -> str:
    """Legible text on one line, short enough for a cell; a longer one ends with the word `cut`."""
    return shortened(one_line(text), LONGEST, cut)


def looks_like_formula(text: str) -> bool:
    """Whether a program that is not told better might compute the text."""
    return text.lstrip("'\" \t\r\n").startswith(_STARTS)


def escaped(text: str) -> str:
    """The text for a CSV file, with an apostrophe before what looks like a formula."""
    return ESCAPE + text if looks_like_formula(text) else text
