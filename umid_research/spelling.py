"""When two spellings are one word: alphabets, look-alike letters, dots and accents.

Azerbaijani is written in Latin and was written in Cyrillic letters, and typed on keyboards that
have neither `ə` nor `ş`. What is folded here is equal for `Şabran`, `SHABRAN`, `Schabran` and
`Şabrаn` with a Cyrillic `а`, in composed or decomposed form. Folded text is for comparing only;
it is no transliteration: `Губа` and `Quba` stay two words, and a study lists both.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

# Letters of two alphabets that look alike, in small or in capital form: one of each pair, always.
_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕһԛԝәɘǝəı", "abekmhopctyxijshqweeeei")
_DIGRAPHS = re.compile(r"sch|[sckgz]h")
_PLAIN = {"sch": "s", "sh": "s", "ch": "c", "kh": "x", "gh": "g", "zh": "j"}
_INSIDE_WORDS = re.compile(r"['’ʼ`´‘]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_LONGEST = 200
_NEAR = 0.8


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """The text as it is compared: small letters without accents, words parted by one space."""
    text = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    bare = _INSIDE_WORDS.sub("", bare.translate(_LOOK_ALIKES))
    plain = _DIGRAPHS.sub(lambda match: _PLAIN[match[0]], bare)
    return _BETWEEN_WORDS.sub(" ", plain).strip()


def near_misses(texts: Sequence[str], known: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Folded text -> the meanings of the known folded texts it nearly is, best first.

    Near is a similarity of 0.8 (shared letters in order, twice, over all letters), with the same
    digits: `Guba 2` is no slip for `Guba 1`. Long texts are near nothing.
    """
    short = [text for text in texts if 0 < len(text) <= _LONGEST]
    if not short or not known:
        return {}
    names = list(known)
    similarity = process.cdist(
        short, names, scorer=Indel.normalized_similarity, score_cutoff=_NEAR, dtype=np.float32
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in np.flatnonzero(similarity.any(axis=1)):
        text = short[row]
        order = np.argsort(-similarity[row], kind="stable")
        near = [
            names[i] for i in order if similarity[row, i] and _digits(names[i]) == _digits(text)
        ]
        if near:
            found[text] = tuple(dict.fromkeys(known[name] for name in near))
    return found


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
