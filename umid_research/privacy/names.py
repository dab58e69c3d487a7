"""Where a text names a person: by the words around the name, or because the study lists it."""

import re
from collections.abc import Iterable
from functools import lru_cache

from umid_research.spelling import folded

Span = tuple[int, int]
# First folded word -> the folded words of the names that begin with it.
Listed = dict[str, tuple[tuple[str, ...], ...]]

_WORD = re.compile(r"\w++(?:['’\-]\w++)*+")
_GAP = re.compile(r"\s+|\s*\.\s*")


def _folded(words: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in words.split())


# Case endings in the three languages.
_ENDINGS = _folded(
    "a ə ı i u ü y n ın in un ün na nə nı ni nu nü nın nin nun nün da də nda ndə dan dən ndan"
    " ndən la lə nla nlə dır dir dur ya yə yı yi yu yü yla ylə s а у ю я ем ом ой е и ы"
)


def _forms(words: str) -> frozenset[str]:
    """The words, folded, alone and with every ending."""
    return frozenset(stem + ending for stem in _folded(words) for ending in ("", *_ENDINGS))


_PATRONYMIC = _forms("oğlu ogly ogli qızı gizi qyzy kızı kyzy оглы оғлу оглу огли кызы гызы кизи")
_AFTER_NAME = _forms("bəy bek xanım khanum hanım müəllim бей бек бəй ханум ханым муаллим муэллим")
_BEFORE_NAME = _forms(
    "cənab xanım mr mrs ms dr hacı kərbəlayi məşədi г-н г-жа госпожа господин гражданин гражданка"
)
_RUSSIAN = re.compile(
    f"(?:{'|'.join(_folded('ович евич овна евна ична'))})(?:{'|'.join(_folded('а у ем е ы ой'))})?$"
)
# Words that stand before `oğlu`, `qızı` or an honorific without being a name.
_NO_NAMES = frozenset(
    _folded(
        "bir o bu hər öz onun mənim sənin bizim sizin onların kimin həmin və ya da də ki isə üçün"
        " ilə kənd məktəb sinif yaxşı pis yeni gənc çox az heç bütün dil ibtidai riyaziyyat böyük"
        " kiçik ana qonşu hörmətli əziz baş bəzi hansı kim mən sən biz siz onlar the a his her my"
        " our their и или его её их мой моя наш один одна дорогой уважаемый"
    )
)


@lru_cache(maxsize=8)
def listed_names(names: tuple[str, ...]) -> Listed:
    """The study's list of names, ready for `name_spans`; their last word may take an ending."""
    listed: dict[str, list[tuple[str, ...]]] = {}
    for name in names:
        *first, last = folded(name).split() or [""]
        for ending in ("", *_ENDINGS) if last else ():
            words = (*first, last + ending)
            listed.setdefault(words[0], []).append(words)
    return {word: tuple(found) for word, found in listed.items()}


def name_spans(text: str, listed: Listed) -> list[Span]:
    """Start and end of every name, with the sign that tells it; they do not overlap."""
    words = _Words(text)
    runs: list[Span] = []  # first and last word of what may be a name with its sign
    alone: list[Span] = []  # and of what is a name without one
    for i, form in enumerate(words.forms):
        if form in _PATRONYMIC:
            runs.append((words.first_before(i, most=3), i))
        if form in _AFTER_NAME:
            runs.append((words.first_before(i, most=2), i))
        if form in _BEFORE_NAME:
            runs.append((i, words.last_after(i, most=2)))
        if _RUSSIAN.search(form) and words.is_capital(i):
            alone.append((words.first_before(i, most=2), words.last_after(i, most=1)))
        alone += [
            (i, i + len(name) - 1)
            for name in listed.get(form, ())
            if tuple(words.forms[i : i + len(name)]) == name
        ]
    found = [*alone, *(run for run in runs if run[0] < run[1])]
    return _united((words.spans[first][0], words.spans[last][1]) for first, last in found)


class _Words:
    """The words of a text: where they stand and what they are when folded."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.forms = [_folded_word(text[start:stop]) for start, stop in self.spans]

    def is_capital(self, i: int) -> bool:
        """Whether the word begins with a capital letter."""
        return self._text[self.spans[i][0]].isupper()

    def first_before(self, i: int, *, most: int) -> int:
        """The first word of the name that ends before word `i`, or `i` when there is none.

        The name goes on as long as its words are written alike, all with capitals or all without.
        """
        first = i
        while first > 0 and i - first < most and self._may_be_name(first - 1, first):
            if first < i and self.is_capital(first - 1) != self.is_capital(i - 1):
                break
            first -= 1
        return first

    def last_after(self, i: int, *, most: int) -> int:
        """The last word of the name in capitals that begins after word `i`, or `i`."""
        last = i
        while last + 1 < len(self.spans) and last - i < most:
            if not (self._may_be_name(last + 1, last) and self.is_capital(last + 1)):
                break
            last += 1
        return last

    def _may_be_name(self, i: int, beside: int) -> bool:
        left, right = sorted((i, beside))
        gap = self._text[self.spans[left][1] : self.spans[right][0]]
        return (
            _GAP.fullmatch(gap) is not None
            and self.forms[i] not in _NO_NAMES
            and self._text[self.spans[i][0]].isalpha()
        )


@lru_cache(maxsize=65536)
def _folded_word(word: str) -> str:
    return folded(word)


def _united(spans: Iterable[Span]) -> list[Span]:
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united
