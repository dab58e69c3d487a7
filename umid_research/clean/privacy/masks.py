"""Mask personal data in free text, with a mark for each kind.

    Zəng edin: Anar müəllim, 050 123-45-67   ->   Zəng edin: [name], [phone]

These are found: e-mail addresses, links and handles, coordinates, identity numbers (the
7-character FIN, series of cards and passports, plates of cars, IBANs), payment cards (13 to 19
digits that pass the Luhn check), telephone numbers and any other run of seven digits, and names.
Digits of other scripts, full-width letters, look-alike letters, invisible characters and odd
spacing do not hide them. In doubt, too much is masked rather than too little.

These are NOT found, so nobody should rely on it:

- a name without a marker next to it (`Anar`, `Anar Əliyev`). Markers are oğlu, qızı (also as `o.`
  and `q.` after two names), a Russian patronymic in either alphabet, initials, an honorific before
  or after the name, a word such as kişi, dayı or xala after a word with a capital, or the study's
  own list `names`;
- a handle without `@`, unless it follows the name of a platform and has a digit, a dot or an
  underscore, or the name has a colon;
- numbers written out in words, and names or numbers with spaced letters (`A n a r`);
- an identity number that is broken up, without the word FIN before it;
- coordinates with one or two decimals outside Azerbaijan;
- telephone numbers of fewer than seven digits, without a word such as `tel` before them;
- addresses, offices (`the head of the village`), birth dates, and people who can be recognised by
  what happened to them.

Therefore a person reads every text before any part of it is quoted.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

import pandas as pd

from umid_research.clean.privacy.names import Listed, Span, listed_names, name_spans

KINDS = ("email", "link", "coordinates", "id", "card", "phone", "name")

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
# A text without any of these has nothing to mask except names, so the slow patterns are skipped.
_MAY_BE_PERSONAL = re.compile(
    r"\d|@|\.\s?\w|:\s?/|/\s?/|[\[({_:=]|\b(?:at|собака|et)\b", re.IGNORECASE
)

_TOP = r"(?:com|ru|az|net|org|edu|gov|info|me|tr|de|uk|ge|ua|kz)"
_DOT = r"\s{0,3}(?:\.|[\[({]\s?(?:dot|nöqtə|точка)\s?[\])}]|\b(?:dot|nöqtə|точка)\b)\s{0,3}"
_AT = r"\s{0,3}(?:@|[\[({]\s?(?:at|a|et|собака)\s?[\])}])\s{0,3}"
_LOCAL = r"(?<!\w)\w++(?:\s{0,2}[.+\-]\s{0,2}\w++){0,4}+"
_EMAIL = re.compile(
    rf"{_LOCAL}{_AT}[\w\-]{{1,63}}(?:(?:{_DOT}[\w\-]{{1,63}}){{0,2}}?{_DOT}{_TOP}\b"
    rf"|(?:\.[\w\-]{{2,63}}){{0,4}})"
    rf"|{_LOCAL}\s{{1,3}}(?:at|et|собака)\s{{1,3}}[\w\-]{{1,63}}{_DOT}{_TOP}\b",
    re.IGNORECASE,
)
_HOST = (
    r"(?:facebook|fb|instagram|telegram|t|vk|ok|wa|linkedin|twitter|x|tiktok|youtube|youtu|threads)"
)
_LINK = re.compile(
    rf"(?:https?|ftp)\s?:\s?/\s?/\s?\S+|\bwww\s?\.\s?\S+"
    rf"|\b{_HOST}\s{{0,3}}\.\s{{0,3}}(?:com|me|ru|be|az|net)\s{{0,3}}/\s{{0,3}}\S+"
    rf"|(?<!\w)[\w\-]{{2,63}}(?:\.[\w\-]{{1,63}}){{0,3}}\.[a-z]{{2,10}}/\S+"
    rf"|(?<!\w)@\s{{0,2}}\w{{3,}}",
    re.IGNORECASE,
)
_PLATFORM = (
    r"(?:facebook|feysbuk|instagram|insta|telegram|teleqram|whatsapp|tiktok|twitter|youtube"
    r"|vkontakte|инстаграм|фейсбук|телеграм)"
)
# A handle has no letters but a to z. The span leaves the name of the platform.
_HANDLE = re.compile(
    rf"\b{_PLATFORM}[^\W\d_]{{0,6}}(?:-[^\W\d_]{{1,4}})?"
    r"(?:\s{1,2}|\s{0,2}[:=–—-]\s{0,2})"
    r"(?P<handle>(?=[a-z0-9._]{0,29}[a-z])(?=[a-z0-9._]{0,29}(?:[0-9_]|\.[a-z0-9]))[a-z0-9._]{4,30})(?!\w)"
    rf"|\b{_PLATFORM}\s{{0,2}}[:=]\s{{0,2}}(?P<named>[a-z][a-z0-9._]{{3,29}})(?!\w)",
    re.IGNORECASE,
)
_DEGREES = r"[+\-]?\d{1,3}\s?[.,]\s?\d{3,}(?:\s{0,2}°)?"
_SIDE = r"(?:[NSEWСЮВЗ]\b)"
_COORDINATES = re.compile(
    rf"(?<![\d.,])(?:{_SIDE}\s{{0,2}})?{_DEGREES}(?:\s{{0,2}}{_SIDE})?\s{{0,3}}[,;/|\s]\s{{0,3}}"
    rf"(?:{_SIDE}\s{{0,2}})?{_DEGREES}(?:\s{{0,2}}{_SIDE})?"
    rf"|(?<![\d.,]){_DEGREES}\s{{0,2}}{_SIDE}"
    rf"|\d{{1,3}}\s{{0,2}}[°o]\s{{0,2}}\d{{1,2}}\s{{0,2}}['’′]\s{{0,2}}"
    rf"(?:\d{{1,2}}(?:[.,]\d+)?\s{{0,2}}(?:[\"”″]|['’′]{{2}}))?(?:\s{{0,2}}{_SIDE})?"
    # two numbers within Azerbaijan: latitude 38 to 42, longitude 44 to 51
    rf"|(?<![\d.,])(?:3[89]|4[0-2])[.,]\d{{1,2}}\s?°?\s?{_SIDE}?\s{{0,2}}[,;/\s]\s{{0,3}}"
    rf"(?:4[4-9]|5[01])[.,]\d{{1,2}}(?!\d)(?:\s?{_SIDE})?"
    rf"|\b(?:lat|lon|lng|latitude|longitude|широта|долгота|enlik|uzunluq)\W{{0,4}}"
    rf"[+\-]?\d{{1,3}}[.,]\d+",
    re.IGNORECASE,
)
# A FIN has no letters O and I. The pattern is applied to text in small letters.
_FIN = re.compile(
    r"(?<!\w)(?=[a-z]*\d)(?=\d*[a-z])[0-9a-hj-np-z]{7}(?!\w)"
    r"|\bf[iı]n\b\W{0,3}(?:kod\w{0,3}|ko[дd])?\W{1,5}(?=[0-9a-z\s.\-/]{0,20}\d)(?:[0-9a-z][\s.\-/]{0,2}){7}(?!\w)"
    r"|\b(?:aze|aa|ab)\s{0,2}(?:no?\.?)?\s{0,2}\d{7,8}(?!\d)"
    # an IBAN: country, two digits, then 11 to 30 letters and digits, in fours or in one run
    r"|(?<!\w)[a-z]{2}\d{2}(?:\s{0,2}[0-9a-z]{4}){3,6}(?:\s{0,2}[0-9a-z]{1,4})?(?!\w)"
)
# A plate has two capitals, or dashes around its letters: 99-AB-123, 10 KF 345, 99-ab-123.
_PLATE = re.compile(
    r"(?<!\w)\d{2}(?:\s?[\-–]?\s?[A-Z]{2}\s?[\-–]?\s?|\s?[\-–]\s?[a-z]{2}\s?[\-–]\s?)\d{3}(?!\w)"
)
_CAPITAL_LOOK_ALIKES = str.maketrans("АВЕКМНРСТУХавекмнрстухİ", "ABEKMHPCTYXabekmhpctyxI")
_SEPARATOR = r"[\s.\-–—―‐‑()/_·•|*+\\]"
_DIGITS = re.compile(
    rf"(?<!\d)\+?\(?\d(?:{_SEPARATOR}{{0,4}}\d){{6,}}"
    # commas and colons part the digits of times and sums too, but not in these groups
    rf"|(?<!\d)(?:\+?994[,:]\s?\d\d|0\d\d)[,:]\s?\d{{3}}[,:]?\s?\d\d[,:]?\s?\d\d(?!\d)"
    rf"|\b(?:tel|telefon|mob|mobil|nömrə|phone|тел|телефон|номер)\w{{0,4}}\W{{0,5}}"
    rf"\d(?:{_SEPARATOR}{{0,4}}\d){{4,}}",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_YEARS_OR_DATE = re.compile(
    rf"{_YEAR}\s?[-–—/]\s?{_YEAR}|\d{{1,2}}[./\-]\d{{1,2}}[./\-]{_YEAR}|{_YEAR}-\d\d-\d\d"
)


def mask_texts(texts: pd.Series, *, names: Iterable[str] = ()) -> tuple[pd.Series, pd.DataFrame]:
    """Return the texts with personal data masked, and which kinds were found in each text.

    The second result has one boolean column per kind in KINDS. A text without personal data is
    returned unchanged. `names` are names of people, which are masked wherever they occur as words.
    """
    listed = listed_names(tuple(names))
    read = {text: _masked(text, listed) for text in texts.unique()}
    found = pd.DataFrame(
        {
            kind: texts.map({text: kind in kinds for text, (_, kinds) in read.items()}).astype(bool)
            for kind in KINDS
        },
        index=texts.index,
    )
    return texts.map({text: masked for text, (masked, _) in read.items()}), found


def _masked(text: str, names: Listed) -> tuple[str, tuple[str, ...]]:
    plain = _normalised(text)
    found: list[str] = []
    if _MAY_BE_PERSONAL.search(plain):
        for kind, spans in _FINDERS:
            plain = _replaced(plain, spans(plain), kind, found)
    plain = _replaced(plain, name_spans(plain, names), "name", found)
    return (plain if found else text), tuple(found)


def _normalised(text: str) -> str:
    """Normalise letters and digits and remove invisible characters."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return _OTHER_DIGITS.sub(lambda match: str(unicodedata.decimal(match[0])), plain)


def _replaced(text: str, spans: Iterable[Span], kind: str, found: list[str]) -> str:
    parts, end = [], 0
    for start, stop in spans:
        if start >= end:
            parts += [text[end:start], f"[{kind}]"]
            end = stop
    if end:
        found.append(kind)
    return "".join([*parts, text[end:]])


def _matches(pattern: re.Pattern[str]) -> Callable[[str], list[Span]]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


def _identity_spans(text: str) -> list[Span]:
    shadow = text.translate(_CAPITAL_LOOK_ALIKES).lower()
    if len(shadow) != len(text):
        return []
    plates = _PLATE.finditer(text.translate(_CAPITAL_LOOK_ALIKES))
    return sorted(match.span() for match in (*_FIN.finditer(shadow), *plates))


def _link_spans(text: str) -> list[Span]:
    """Return the spans of links and handles; of a handle, without the platform before it."""
    handles = (
        match.span("handle" if match["handle"] else "named") for match in _HANDLE.finditer(text)
    )
    return sorted([*(match.span() for match in _LINK.finditer(text)), *handles])


def _card_spans(text: str) -> list[Span]:
    return [match.span() for match in _DIGITS.finditer(text) if _is_card(match[0])]


def _phone_spans(text: str) -> list[Span]:
    return [
        match.span() for match in _DIGITS.finditer(text) if not _YEARS_OR_DATE.fullmatch(match[0])
    ]


def _is_card(run: str) -> bool:
    """Return whether the run has 13 to 19 digits and passes the Luhn check."""
    digits = [int(c) for c in run if c.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


_FINDERS: tuple[tuple[str, Callable[[str], list[Span]]], ...] = (
    # The order matters: addresses before handles, recognisable numbers before any run of digits.
    ("email", _matches(_EMAIL)),
    ("link", _link_spans),
    ("coordinates", _matches(_COORDINATES)),
    ("id", _identity_spans),
    ("card", _card_spans),
    ("phone", _phone_spans),
)
