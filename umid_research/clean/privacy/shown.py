"""Decide which received answers may be shown to a person who corrects the data.

An answer to a question with choices, a number or a date can hold anything, because people type
over codes and shift columns. It is shown if it cannot identify anybody:

    1445, 45.000, -3     a short number
    01.03.24             a date
    v7, AZ-05, 3a        a short code
    Razıyam (9 people)   any other text, if three or more people gave it and nothing is masked in it
    Aygün (1 person)     not shown

Free text and answers to identifying questions are never shown.
"""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from umid_research.clean.privacy.masks import mask_texts

# A text given by at least this many people identifies none of them.
MIN_ALIKE = 3
_MAX_LENGTH = 40
_MAX_DIGITS = 6
_NUMBER = re.compile(r"[+-]?\d+(?:[\s.,'’]\d+){0,2}")
_CODE = re.compile(r"[A-Za-z]{0,2}[-_.]?\d{1,3}[A-Za-z]?")
_TIME = r"(?:[T,\s]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?"
_DATE = re.compile(
    rf"(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\1(?:[12]\d{{3}}|\d{{2}}){_TIME}"
    rf"|[12]\d{{3}}([./-])(?:0?[1-9]|[12]\d|3[01])\2(?:0?[1-9]|[12]\d|3[01]){_TIME}"
)


def is_impersonal(text: str) -> bool:
    """Return whether the text is a short number, a date or a short code."""
    is_short = sum(map(str.isdigit, text)) <= _MAX_DIGITS
    return bool(
        _DATE.fullmatch(text) or (is_short and (_NUMBER.fullmatch(text) or _CODE.fullmatch(text)))
    )


def given_by_several(times: Mapping[str, int], *, names: Iterable[str]) -> set[str]:
    """Return the texts that several people gave and in which nothing personal is found.

    `times` is the number of people who gave each text, `names` are the names of people that the
    study lists.
    """
    alike = [text for text, n in times.items() if n >= MIN_ALIKE and len(text) <= _MAX_LENGTH]
    texts = pd.Series(alike, dtype=object)
    masked, _ = mask_texts(texts, names=names)
    return set(texts[masked == texts])
