"""Read numbers as people and spreadsheets write them.

One rule: a text that can mean one number only is read, and its new form is logged
(`number_format`); what can mean several numbers is left blank, and they are suggested
(`not_a_number`). A point or a comma before three digits can divide decimals or thousands, so other
answers to the question in the same file decide, and for the decimals of a device its platform:

    45.000               blank     perhaps 45 or 45000
    45,000               blank     perhaps 45 or 45000
    45.000 beside 12.5   45        the point divides decimals
    45.000 beside 12,5   45000     the comma divides decimals, so the point divides thousands
    1.250 of KoboToolbox 1.25      a device writes decimals with a point and never a comma

Digits that begin like a telephone number, and numbers of nine digits or more, are left blank too:
they may be a telephone or an identity number.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from umid_research.clean.reading import Reading, suggestion
from umid_research.study.questionnaire import Question

_SPACES = re.compile(r"[\s'’_]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([\s'’])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_BOTH = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})")
_AMBIGUOUS = re.compile(r"([+-]?[1-9]\d{0,2})([.,])(\d{3})")
_DIALLED = re.compile(r"(?:\+|00?)\d{6,}")
_TOO_LARGE = 1e8
_CALCULATED = re.compile(r"-?(?:0|[1-9]\d{0,5})(?:\.\d{1,20})?(?:[eE]-\d{1,2})?")
_OTHER = {".": ",", ",": "."}


def is_numeric(texts: Iterable[str]) -> bool:
    """Return whether all texts but blanks are numbers in the form's own format, if there are any.

    Codes such as 007 are no numbers, nor are those with so many digits that they may be a telephone
    or an identity number.
    """
    given = [text for text in texts if text]
    return bool(given) and all(map(_CALCULATED.fullmatch, given))


def read_numbers(texts: np.ndarray, question: Question, *, by_device: bool = False) -> Reading:
    """Return numbers in the form's own format; rewrite other formats (`number_format`).

    `texts` are the distinct answers of one file; `by_device` is true if a survey platform wrote it.
    """
    answers = texts.astype(object)
    number = pd.to_numeric(pd.Series(texts, dtype="str"), errors="coerce")
    number = number.to_numpy(dtype=float, copy=True)
    open_ = np.array([_AMBIGUOUS.fullmatch(text) is not None for text in texts], dtype=bool)
    rules, notes = np.full(len(texts), "", object), np.full(len(texts), "", object)
    to_read = np.flatnonzero((texts != "") & (~np.isfinite(number) | open_))
    sign = (
        _decimal_sign(texts, by_device=by_device and question.kind == "decimal")
        if to_read.size
        else ""
    )
    for place in to_read:
        answers[place], rules[place], notes[place] = _read_number(texts[place], sign)
        number[place] = float(answers[place] or "nan")
    personal = np.array([_DIALLED.fullmatch(text) is not None for text in answers], dtype=bool)
    personal |= np.abs(number) >= _TOO_LARGE
    answers[personal], rules[personal], notes[personal] = "", "not_a_number", ""
    if question.kind == "integer":
        broken = np.isfinite(number) & (number % 1 != 0)
        answers[broken], rules[broken], notes[broken] = "", "not_a_number", ""
    return Reading(answers, rules, notes)


def _decimal_sign(texts: Iterable[str], *, by_device: bool) -> str:
    """Return the sign before the decimals, "" if the answers do not show it, or contradict."""
    numbers = [_in_plain_digits(text) for text in texts]
    signs = {sign for number in numbers for sign in _shown_sign(number)}
    if not signs and by_device and not any("," in number for number in numbers):
        return "."
    return signs.pop() if len(signs) == 1 else ""


def _shown_sign(number: str) -> Iterator[str]:
    """Yield the decimal sign that a number shows."""
    if _BOTH.fullmatch(number):
        yield number[max(number.rfind("."), number.rfind(","))]
    elif found := _THOUSANDS.fullmatch(number):
        yield _OTHER["." if "." in found[0] else ","]
    elif _PLAIN.fullmatch(number) and not _AMBIGUOUS.fullmatch(number):
        yield from set(number) & set(_OTHER)


def _read_number(text: str, decimal_sign: str) -> tuple[str, str, str]:
    plain = _in_plain_digits(text)
    if found := _AMBIGUOUS.fullmatch(plain):
        whole, sign, part = found.groups()
        decimal, thousands = f"{whole}.{part}", f"{whole}{part}"
        if not decimal_sign:
            short = decimal.rstrip("0").rstrip(".")
            return "", "not_a_number", suggestion([short, thousands])
        answer = decimal if sign == decimal_sign else thousands
        return answer, "" if answer == text else "number_format", ""
    if _THOUSANDS.fullmatch(plain):
        return re.sub("[.,]", "", plain), "number_format", ""
    if _BOTH.fullmatch(plain):
        sign = plain[max(plain.rfind("."), plain.rfind(","))]
        whole, _, part = plain.rpartition(sign)
        return re.sub("[.,]", "", whole) + "." + part, "number_format", ""
    if _PLAIN.fullmatch(plain):
        return plain.replace(",", "."), "number_format", ""
    return "", "not_a_number", ""


def _in_plain_digits(text: str) -> str:
    """Return the text with ASCII digits and signs, without spaces between groups of digits."""
    plain = "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text))
    plain = plain.replace("\N{MINUS SIGN}", "-")
    return _SPACES.sub("", plain) if _GROUPED.fullmatch(plain) else plain
