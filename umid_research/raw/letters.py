"""Recognise damaged text: letters replaced by `?`, or UTF-8 read in a wrong encoding.

A spreadsheet program that saves CSV in a code page writes `?` for each letter that the code page
lacks: `Razıyam` becomes `Raz?yam`. A program that reads UTF-8 as a code page shows `RazÄ±yam`.
"""

import re
from collections.abc import Iterable

from umid_research.raw.table import normal

_LOST = "?\N{REPLACEMENT CHARACTER}"
_CODE_PAGES = ("cp1252", "cp1254", "cp1251", "latin-1")


def damaged(text: str, known: Iterable[str]) -> str | None:
    """Return the known text of which `text`, or a part of it, is a damaged copy; else None."""
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
    """Return whether the text contains the original with `?` in place of some of its letters."""
    letters = (
        re.escape(letter) if letter.isascii() else f"[{re.escape(letter)}{re.escape(_LOST)}]"
        for letter in original
    )
    found = re.search("".join(letters), text)
    return found is not None and found[0] != original


def _decoded(text: str) -> Iterable[str]:
    """Yield the original of a text that was UTF-8 and was read in one of the code pages."""
    for page in () if text.isascii() else _CODE_PAGES:
        try:
            yield text.encode(page).decode()
        except UnicodeError:
            continue
