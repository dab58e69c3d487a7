"""Find names of people in a text: by the words next to a name, or because the study lists it."""

import re
from collections.abc import Iterable
from functools import lru_cache

from umid_research.study.spelling import folded

Span = tuple[int, int]
# First folded word of a name -> all names (as folded words) that begin with it.
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
    """Return the folded words, without and with every case ending."""
    return frozenset(stem + ending for stem in _folded(words) for ending in ("", *_ENDINGS))


_PATRONYMIC = _forms("oğlu ogly ogli qızı gizi qyzy kızı kyzy оглы оғлу оглу огли кызы гызы кизи")
_AFTER_NAME = _forms("bəy bek xanım khanum hanım müəllim бей бек бəй ханум ханым муаллим муэллим")
# They are also common nouns, so only a word with a capital before them is a name.
_RELATIVES = _forms("kişi kisi dayı dayi əmi emi xala bibi baba nənə nene дядя тётя бабушка")
_BEFORE_NAME = _forms(
    "cənab xanım mr mrs ms dr hacı kərbəlayi məşədi г-н г-жа госпожа господин гражданин гражданка"
)
_RUSSIAN = re.compile(
    f"(?:{'|'.join(_folded('ович евич овна евна ична ovich evich ovic ovna evna'))})"
    f"(?:{'|'.join(_folded('а у ем е ы ой a u em e y oy'))})?$"
)
# oğlu and qızı as one letter with a dot.
_SHORT_PATRONYMIC = frozenset(_folded("o q о г к"))
_CAPITAL = r"[A-ZÀ-ÞĀ-ŽƏĞİÖŞÜА-ЯЁ]"
_SURNAME = r"\w+?(?:ov|ova|yev|yeva|ev|eva|lı|li|lu|lü|zadə|ski|skaya|ов|ова|ев|ева|лы|ли|заде)"
_CASE = r"(?:[aəıiuün]|ın|in|un|ün|nın|nin|da|də|dan|dən|а|у|ым|ой|е)?"
# Two initials beside a word with a capital, or one beside a word that ends as a surname does.
_INITIALS = re.compile(
    rf"\b(?:{_CAPITAL}\.\s?){{2}}{_CAPITAL}\w+"
    rf"|\b{_CAPITAL}\w+\s{_CAPITAL}\.\s?{_CAPITAL}\."
    rf"|\b{_CAPITAL}\.\s?(?={_CAPITAL}){_SURNAME}{_CASE}\b"
    rf"|\b(?={_CAPITAL}){_SURNAME}{_CASE}\s{_CAPITAL}\."
)
# Words that may precede `oğlu`, `qızı` or an honorific but are not names.
_NOT_NAMES = frozenset(
    _folded(
        "bir o bu hər öz onun mənim sənin bizim sizin onların kimin həmin və ya da də ki isə üçün"
        " ilə kənd məktəb sinif yaxşı pis yeni gənc çox az heç bütün dil ibtidai riyaziyyat böyük"
        " kiçik ana qonşu hörmətli əziz baş bəzi hansı kim mən sən biz siz onlar the a his her my"
        " our their и или его её их мой моя наш один одна дорогой уважаемый"
    )
)


@lru_cache(maxsize=8)
def listed_names(names: tuple[str, ...]) -> Listed:
    """Prepare the study's names for `name_spans`, with every case ending of the last word."""
    listed: dict[str, list[tuple[str, ...]]] = {}
    for name in names:
        *first, last = folded(name).split() or [""]
        for ending in ("", *_ENDINGS) if last else ():
            words = (*first, last + ending)
            listed.setdefault(words[0], []).append(words)
    return {word: tuple(found) for word, found in listed.items()}


def name_spans(text: str, listed: Listed) -> list[Span]:
    """Return start and end of every name, with its marker word; the spans do not overlap."""
    words = _Words(text)
    marked: list[Span] = []  # first and last word of a possible name with its marker
    unmarked: list[Span] = []  # first and last word of a name that needs no marker
    for i, form in enumerate(words.forms):
        if form in _PATRONYMIC:
            marked.append((words.first_before(i, most=3), i))
        if form in _SHORT_PATRONYMIC and words.is_followed_by_dot(i):
            first = words.first_before(i, most=3)
            if i - first >= 2 and words.is_capital(i - 1):
                unmarked.append((first, i))
        if form in _RELATIVES and i and words.is_capital(i - 1):
            marked.append((words.first_before(i, most=2), i))
        if " " in form and form.rsplit(" ", 1)[1] in _PATRONYMIC:  # Həsən-oğlu
            unmarked.append((words.first_before(i, most=2), i))
        if form in _AFTER_NAME:
            marked.append((words.first_before(i, most=2), i))
        if form in _BEFORE_NAME:
            marked.append((i, words.last_after(i, most=2)))
        if _RUSSIAN.search(form) and words.is_capital(i):
            unmarked.append((words.first_before(i, most=2), words.last_after(i, most=1)))
        unmarked += [
            (i, i + len(name) - 1)
            for name in listed.get(form, ())
            if tuple(words.forms[i : i + len(name)]) == name
        ]
    found = [*unmarked, *(run for run in marked if run[0] < run[1])]
    spans = [(words.spans[first][0], words.spans[last][1]) for first, last in found]
    return _merged([*spans, *(match.span() for match in _INITIALS.finditer(text))])


class _Words:
    """The words of a text: their positions and their folded forms."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.forms = [_folded_word(text[start:stop]) for start, stop in self.spans]

    def is_capital(self, i: int) -> bool:
        """Return whether the word begins with a capital letter."""
        return self._text[self.spans[i][0]].isupper()

    def is_followed_by_dot(self, i: int) -> bool:
        """Return whether a dot follows the word at once."""
        return self._text[self.spans[i][1] : self.spans[i][1] + 1] == "."

    def first_before(self, i: int, *, most: int) -> int:
        """Return the first word of the name that ends before word `i`, or `i` if there is none.

        A name ends where the capitalisation changes: its words all have capitals, or none has.
        """
        first = i
        while first > 0 and i - first < most and self._may_be_name(first - 1, first):
            if first < i and self.is_capital(first - 1) != self.is_capital(i - 1):
                break
            first -= 1
        return first

    def last_after(self, i: int, *, most: int) -> int:
        """Return the last word of the capitalised name that begins after word `i`, or `i`."""
        last = i
        while last + 1 < len(self.spans) and last - i < most:
            if not (self._may_be_name(last + 1, last) and self.is_capital(last + 1)):
                break
            last += 1
        return last

    def _may_be_name(self, i: int, neighbour: int) -> bool:
        left, right = sorted((i, neighbour))
        gap = self._text[self.spans[left][1] : self.spans[right][0]]
        return (
            _GAP.fullmatch(gap) is not None
            and self.forms[i] not in _NOT_NAMES
            and self._text[self.spans[i][0]].isalpha()
        )


@lru_cache(maxsize=65536)
def _folded_word(word: str) -> str:
    return folded(word)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
