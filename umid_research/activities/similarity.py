"""How alike names and texts are, in whichever of the three languages and two alphabets they stand.

What a comparison of letters can find: slips of the pen, other spellings, words in another order, a
name in Latin and in Cyrillic letters; between languages numbers, names and borrowed words (`budget`
beside `büdcə`). What it cannot find: the same thought in other words. A translation that has no
number, name or borrowed word in common stays unfound, and a person has to see it.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from umid_research.spelling import folded

# Of 100; below this two texts are not proposed as one.
ALIKE = 80
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[a-zçəğıöşü]")
_LETTERS = str.maketrans(
    "абвгғдеёжзиійјкҝлмнопрстуүфхһцчҹшыэәө", "abvqgdeejziiyykglmnoprstuufxhsccsieeo"
)
_MORE_LETTERS = str.maketrans({"ю": "u", "я": "ya", "щ": "s", "ъ": "", "ь": ""})
# Sounds that one language writes with the letter of another: Гусейн is Hüseyn, Гулиев is Quliyev.
_SOUNDS = str.maketrans("qxhyw", "gggiv")
# Endings differ between the languages, the beginnings of borrowed words hardly.
_BEGINNING = 5
_NEAR_BEGINNING = 0.87
# A word that more of the texts than this share, and more than so many, tells nothing of any two.
_COMMON, _FEW = 0.2, 3


def latin(text: str) -> str:
    """The text folded for comparing, with Cyrillic words in Latin letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return folded(_WORD.sub(_transliterated, plain)).translate(_SOUNDS)


def similarities(texts: Sequence[str]) -> np.ndarray:
    """Of each two texts how alike they are, 0 to 100; 0 below ALIKE.

    The words' order does not matter, and a text of two words or more is like one that has them all.
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
    """Of each two texts, whether the digits in them are the same."""
    digits = np.array(["".join(filter(str.isdigit, text)) for text in texts], dtype=object)
    return digits == digits[:, np.newaxis]


def shared_words(texts: Sequence[str]) -> np.ndarray:
    """Of each two texts, the share of the shorter one's telling words that the other has, 0 to 100.

    Telling are numbers, and words of five letters or more that few of the texts have; two words
    are one when they begin nearly alike.
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
    """Of each two beginnings, 1 where they are nearly one; numbers only where they are equal."""
    near = process.cdist(known, known, scorer=JaroWinkler.normalized_similarity)
    near = (near >= _NEAR_BEGINNING).astype(np.float32)
    is_number = np.array([word.isdigit() for word in known])
    near[is_number | is_number[:, np.newaxis]] = 0
    np.fill_diagonal(near, 1)
    return near
