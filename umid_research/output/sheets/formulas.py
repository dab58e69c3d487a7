"""Keep text from being computed as a formula in a CSV file or a workbook.

A program that opens a CSV file reads a cell that begins with one of `= + - @` as a formula; a tab
or line end before it does not help. A workbook declares the type of each cell.
"""

from umid_research.report.text_safety import one_line, shortened

# The largest number of characters in a cell of a workbook.
MAX_LENGTH = 32_767
_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
ESCAPE = "'"


def cell_text(text: str, cut: str) -> str:
    """Return readable text on one line; text too long for a cell is cut and ends with `cut`."""
    return shortened(one_line(text), MAX_LENGTH, cut)


def looks_like_formula(text: str) -> bool:
    """Return whether a program might read the text as a formula."""
    return text.lstrip("'\" \t\r\n").startswith(_STARTS)


def neutralise_formula(text: str) -> str:
    """Return the text for a CSV file, with an apostrophe before a possible formula."""
    return ESCAPE + text if looks_like_formula(text) else text
