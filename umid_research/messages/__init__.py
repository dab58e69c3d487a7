"""Message catalogues: all texts of the reports, and numbers and dates in each language.

A catalogue is a TOML file named after its language. An entry is a text with named placeholders, or
a table of plural forms (`one`, `few`, `many`, `other`) chosen by the placeholder `n`. A missing
entry or value is an error: a report never shows a key or a text in another language.

Other sets of catalogues are in folders. `forms/` has the texts of paper forms and codebooks; a
study may use their languages without having reports in them. `people/` has variants of some report
texts for studies in which each person is a unit.
"""

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from umid_research.errors import ParameterError, ReportError
from umid_research.runs.records import note, unnoted

# Babel's plain `en` writes dates as in the United States.
_LOCALES = {"en": "en_GB"}
# The places that any text may have, and the words that fill them; with `_upper` at the end of the
# place, the word begins with a capital letter.
WORDS = {"study_title": "title", "index_name": "index", "plan": "plan", "units_name": "units"}
# Azerbaijani writes "2022-ci il": the suffix follows the last word of the number read aloud.
_YEAR_SUFFIXES = ("", "ci", "ci", "cü", "cü", "ci", "cı", "ci", "ci", "cu")
_TENS_SUFFIXES = ("ci", "cu", "ci", "cu", "cı", "ci", "cı", "ci", "ci", "cı")
# The hyphen between a number and its suffix, as in "0-dan", where a line may not break; the target
# of a link is not text.
_NUMBER_SUFFIX = re.compile(r"(?P<target>\]\([^)]*\))|(?<=\d)-(?=[a-zəıöüçşğ])")


class Messages:
    """The catalogue of one language: `messages("quality.read", n=68)` returns a text."""

    def __init__(
        self,
        language: str,
        *,
        catalogue: str = "",
        wording: str = "",
        words: Mapping[str, str] | None = None,
    ) -> None:
        """Read the catalogue; texts of the set `wording` replace those with the same keys.

        `words` are what the study calls things, by default the neutral words of the catalogue
        (`[words]`); every text may use them, as WORDS lists them.
        """
        self._file = _file(language, catalogue)
        if language not in languages(catalogue):
            raise ParameterError(
                f"there is no catalogue for this language ({self._file})",
                found=language,
                possible=languages(catalogue),
            )
        self.language = language
        self._texts = _catalogue(language, catalogue)
        if wording:
            self._texts = {**self._texts, **_catalogue(language, wording)}
        self._locale = _locale(language)
        self._plural_form = self._locale.plural_form
        own = words or {}
        self._words = {
            place: own.get(key) or str(self._texts[f"words.{key}"])
            for place, key in WORDS.items()
            if f"words.{key}" in self._texts
        }
        self._words |= {f"{key}_upper": self.capitalised(word) for key, word in self._words.items()}

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key` with values filled in and formatted for the language."""
        template = self._template(key, values)
        written = self._words | {name: self._written(value) for name, value in values.items()}
        try:
            return self._unbroken(template.format_map(written))
        except KeyError as missing:
            raise ReportError(
                f"text {key!r} needs a value for {missing}", where=self._file
            ) from None

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of all texts."""
        return tuple(self._texts)

    def texts(self) -> tuple[str, ...]:
        """Return all texts of the catalogue, each plural form separately."""
        entries = self._texts.values()
        forms = ([entry] if isinstance(entry, str) else entry.values() for entry in entries)
        return tuple(text for form in forms for text in form)

    def number(self, value: float) -> str:
        """Format a number for the language, with at most three decimals and a minus sign."""
        return format_decimal(value, locale=self._locale).replace("-", "\N{MINUS SIGN}")

    def signed(self, value: float) -> str:
        """Format a number rounded to an integer with its sign; negative ones get a minus sign."""
        return format_decimal(value, format="+#,##0;\N{MINUS SIGN}#,##0", locale=self._locale)

    def date(self, value: datetime.date) -> str:
        """Format a date in long form."""
        written = format_date(value, format="long", locale=self._locale)
        if self.language != "az":
            return written
        tens, last = divmod(value.year % 100, 10)
        suffix = _YEAR_SUFFIXES[last] or _TENS_SUFFIXES[tens]
        return self._unbroken(f"{written}-{suffix} il")

    def capitalised(self, text: str) -> str:
        """Return the text with a capital first letter; in Azerbaijani, i becomes İ."""
        first = "İ" if self.language == "az" and text[:1] == "i" else text[:1].upper()
        return first + text[1:]

    def _unbroken(self, text: str) -> str:
        """Return the text with hyphens that keep a number and its suffix on one line."""
        if self.language != "az":
            return text
        return _NUMBER_SUFFIX.sub(lambda found: found["target"] or "\N{NON-BREAKING HYPHEN}", text)

    def language_name(self, code: str) -> str:
        """Return the name of a language in this one, or its code if it has no name."""
        return self._locale.languages.get(code, code)

    def month(self, value: datetime.date) -> str:
        """Return the short name of a date's month."""
        return format_date(value, format="LLL", locale=self._locale)

    def listed(self, texts: Iterable[str], *, style: Literal["standard", "or"] = "standard") -> str:
        """Join the texts as a list in the language, with "and" or "or"."""
        return format_list(list(texts), style=style, locale=self._locale)

    def _template(self, key: str, values: dict[str, Any]) -> str:
        if key not in self._texts:
            raise ReportError(
                "the catalogue has no text with this key", where=self._file, found=key
            )
        entry = self._texts[key]
        if isinstance(entry, str):
            return entry
        if "n" not in values:
            raise ReportError(f"text {key!r} needs a value for 'n' to choose its plural form")
        form = self._plural_form(values["n"])
        if form not in entry:
            raise ReportError(
                f"text {key!r} has no plural form {form!r}",
                where=self._file,
                found=", ".join(entry),
            )
        return entry[form]

    def _written(self, value: object) -> str:
        if isinstance(value, datetime.date):
            return self.date(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value)
        return str(value)


@lru_cache(maxsize=8)
def languages(catalogue: str = "") -> tuple[str, ...]:
    """Return the languages with a catalogue in a set; by default, those of the reports."""
    files = (resources.files(__name__) / catalogue).iterdir()
    return tuple(sorted(file.name[:-5] for file in files if file.name.endswith(".toml")))


def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


def _file(language: str, catalogue: str) -> str:
    """Return the path of a catalogue in this package."""
    return "/".join(part for part in ("messages", catalogue, f"{language}.toml") if part)


def read_catalogue(language: str, catalogue: str) -> dict[str, str | dict[str, str]]:
    """Read a catalogue as dotted key -> text or plural forms.

    Raises ReportError if it is not a TOML file in UTF-8, with its name and the line.
    """
    path = resources.files(__name__) / catalogue / f"{language}.toml"
    try:
        return dict(flattened("", tomllib.loads(path.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReportError(f"is no TOML file in UTF-8: {error}", where=str(path)) from error


_read_once = lru_cache(maxsize=16)(read_catalogue)


def _catalogue(language: str, catalogue: str) -> dict[str, str | dict[str, str]]:
    """Return a catalogue, and note it: this process may have it from the one it was forked from."""
    note(f"code:{_file(language, catalogue)}")
    return _read_once(language, catalogue)


def load_catalogues() -> None:
    """Read the catalogues and locales for the processes that will be forked from this one.

    Only catalogues that a process uses are noted as read by it; see `runs.records`.
    """
    with unnoted():
        for catalogue in ("", "forms"):
            for language in languages(catalogue):
                _read_once(language, catalogue)
                _ = _locale(language).plural_form  # babel reads a locale when it is first asked


def flattened(prefix: str, table: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield each text of a catalogue's tables, or its plural forms, with its key in dots."""
    for name, entry in table.items():
        key = f"{prefix}{name}"
        if isinstance(entry, dict) and "other" not in entry:
            yield from flattened(f"{key}.", entry)
        else:
            yield key, entry
