"""Compare spellings across alphabets, look-alike letters, accents and capitals.

Azerbaijani is written in Latin letters, was once written in Cyrillic, and is typed on keyboards
without `ə` or `ş`. The folded form is the same for `Şabran`, `SHABRAN`, `Schabran` and `Şabrаn`
with a Cyrillic `а`, composed or decomposed. It is only for comparison and is not a
transliteration: `Губа` and `Quba` stay different, so a study lists both.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

# Letters of two alphabets that look alike, as small or capital letters, and their Latin form.
_LOOK_ALIKES = str.maketrans("авекмнорстухіјѕһԛԝәɘǝəı", "abekmhopctyxijshqweeeei")
_DIGRAPHS = re.compile(r"sch|[sckgz]h")
_PLAIN = {"sch": "s", "sh": "s", "ch": "c", "kh": "x", "gh": "g", "zh": "j"}
_INSIDE_WORDS = re.compile(r"['’ʼ`´‘]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_MAX_LENGTH = 200
_MIN_SIMILARITY = 0.8


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Return the text for comparison: small letters, no accents, words separated by one space."""
    text = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    bare = _INSIDE_WORDS.sub("", bare.translate(_LOOK_ALIKES))
    plain = _DIGRAPHS.sub(lambda match: _PLAIN[match[0]], bare)
    return _BETWEEN_WORDS.sub(" ", plain).strip()


def near_misses(texts: Sequence[str], known: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Map each folded text to the meanings of similar known texts, best first.

    Two texts are similar if their normalised Indel similarity (twice the length of the longest
    common subsequence over the sum of the lengths) is at least 0.8 and their digits are equal:
    `Guba 2` is not a misspelling of `Guba 1`. Texts of more than 200 characters are skipped.
    """
    short = [text for text in texts if 0 < len(text) <= _MAX_LENGTH]
    if not short or not known:
        return {}
    names = list(known)
    similarity = process.cdist(
        short,
        names,
        scorer=Indel.normalized_similarity,
        score_cutoff=_MIN_SIMILARITY,
        dtype=np.float32,
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
