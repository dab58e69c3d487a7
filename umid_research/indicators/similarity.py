"""Measure the similarity of names and texts across three languages and two alphabets.

The comparison of letters finds typing errors, other spellings, another word order, and the same
name in Latin and Cyrillic letters. Between languages it finds shared numbers, names and borrowed
words (`budget` and `büdcə`). It cannot find the same idea in other words: a translation without a
shared number, name or borrowed word is not found, and a person has to notice it.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from umid_research.study.spelling import folded

# On a scale of 0 to 100; pairs of texts below this are not proposed as duplicates.
ALIKE = 80
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[a-zçəğıöşü]")
_LETTERS = str.maketrans(
    "абвгғдеёжзиійјкҝлмнопрстуүфхһцчҹшыэәө", "abvqgdeejziiyykglmnoprstuufxhsccsieeo"
)
_MORE_LETTERS = str.maketrans({"ю": "u", "я": "ya", "щ": "s", "ъ": "", "ь": ""})
# Letters that the languages use for one another's sounds: Гусейн is Hüseyn, Гулиев is Quliyev.
_SOUNDS = str.maketrans("qxhyw", "gggiv")
# Borrowed words have different endings in each language, but nearly the same beginning.
_BEGINNING = 5
_NEAR_BEGINNING = 0.87
# A word is common, and ignored, if more than this share and more than this number of texts have it.
_COMMON, _FEW = 0.2, 3


def latin(text: str) -> str:
    """Return the text folded for comparison, with Cyrillic words in Latin letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return folded(_WORD.sub(_transliterated, plain)).translate(_SOUNDS)


def similarities(texts: Sequence[str]) -> np.ndarray:
    """Return the similarity of each pair of texts as a matrix, 0 to 100; values below ALIKE are 0.

    The order of words does not matter. Texts of two or more words are fully similar if one has all
    the words of the other.
    """
    plain = [latin(text) for text in texts]
    alike = process.cdist(
        plain, plain, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, dtype=np.uint8
    )
    part = process.cdist(
        plain, plain, scorer=fuzz.token_set_ratio, score_cutoff=ALIKE, dtype=np.uint8
    )
    several = np.array([" " in text for text in plain], dtype=bool)
    part[~(several & several[:, np.newaxis])] = 0
    return np.maximum(alike, part)


def same_numbers(texts: Sequence[str]) -> np.ndarray:
    """Return a boolean matrix: whether each pair of texts contains the same digits."""
    digits = np.array(["".join(filter(str.isdigit, text)) for text in texts], dtype=object)
    return digits == digits[:, np.newaxis]


def shared_words(texts: Sequence[str]) -> np.ndarray:
    """Return for each pair of texts the percentage of distinctive words in common, 0 to 100.

    Distinctive words are numbers, and words of five or more letters that few texts have. Words are
    equal if their beginnings are nearly equal. Of the two percentages of a pair, one from each
    text, the larger one counts.
    """
    words = [sorted(set(_telling(latin(text)))) for text in texts]
    known = sorted({word for found in words for word in found})
    if not known:
        return np.zeros((len(words), len(words)), dtype=np.float32)
    has = np.array([np.isin(known, found) for found in words], dtype=np.float32)
    has_near = (has @ _near(known) > 0).astype(np.float32)
    rare = has_near.sum(axis=0) <= max(_FEW, _COMMON * len(words))
    shared = (has * rare) @ has_near.T
    share = 100 * shared / np.maximum((has * rare).sum(axis=1, keepdims=True), 1)
    return np.maximum(share, share.T)


def _transliterated(match: re.Match[str]) -> str:
    word = match[0]
    return word if _LATIN.search(word) else word.translate(_MORE_LETTERS).translate(_LETTERS)


def _telling(text: str) -> list[str]:
    long = (word for word in text.split() if word.isdigit() or len(word) >= _BEGINNING)
    return [word if word.isdigit() else word[:_BEGINNING] for word in long]


def _near(known: Sequence[str]) -> np.ndarray:
    """Return a matrix: 1 for beginnings that are nearly equal (numbers: exactly equal), else 0."""
    near = process.cdist(known, known, scorer=JaroWinkler.normalized_similarity)
    near = (near >= _NEAR_BEGINNING).astype(np.float32)
    is_number = np.array([word.isdigit() for word in known])
    near[is_number | is_number[:, np.newaxis]] = 0
    np.fill_diagonal(near, 1)
    return near
