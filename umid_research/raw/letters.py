"""Text that was damaged on the way: letters replaced by `?`, or read in a wrong encoding.

A spreadsheet program that saves CSV in a code page writes `?` for each letter that the page does
not have: `Razıyam` becomes `Raz?yam`. A program that reads UTF-8 as a code page shows `RazÄ±yam`.
"""

import re
from collections.abc import Iterable

from umid_research.raw.table import normal

_LOST = "?\N{REPLACEMENT CHARACTER}"
_CODE_PAGES = ("cp1252", "cp1254", "cp1251", "latin-1")


def damaged(text: str, known: Iterable[str]) -> str | None:
    """Return the known text that `text`, or a part of it, was before it was damaged; else None."""
    text = normal(text)
    for original in map(normal, known):
        if original.isascii():
            continue
        if any(mark in text for mark in _LOST) and _has_lost_letters(text, original):
            return original
        if any(original in normal(decoded) for decoded in _decoded(text)):
            return original
    return None


def _has_lost_letters(text: str, original: str) -> bool:
    """Whether the text holds the original with `?` for at least one letter, and nothing else."""
    letters = (
        re.escape(letter) if letter.isascii() else f"[{re.escape(letter)}{re.escape(_LOST)}]"
        for letter in original
    )
    found = re.search("".join(letters), text)
    return found is not None and found[0] != original


def _decoded(text: str) -> Iterable[str]:
    """The text as it would be, had it been UTF-8 read in one of the code pages."""
    for page in () if text.isascii() else _CODE_PAGES:
        try:
            yield text.encode(page).decode()
        except UnicodeError:
            continue
