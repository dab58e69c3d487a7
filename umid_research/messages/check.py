"""Check that the catalogues of a language are complete, before any report is made in it.

English is the reference: a catalogue needs the same texts with the same places, and of each text
that has plural forms those that the language uses (CLDR, as Babel knows them).
"""

import string
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from babel import Locale, UnknownLocaleError

from umid_research.errors import ParameterError, ReportError
from umid_research.messages import WORDS, languages, read_catalogue

REFERENCE = "en"
# The name of a question, in the case that the language needs there; see forms/wording.py.
_CASES = {"plain", "to", "in", "of"}


def check_catalogues(language: str) -> list[str]:
    """Return one line for each thing that is wrong in the catalogues of a language.

    Parameters
    ----------
    language
        A language code such as `ru`.

    Raises
    ------
    ParameterError
        If Babel does not know the language, so that its plural forms, numbers and dates are not
        known either.
    """
    try:
        plural_forms = {*Locale.parse(language).plural_form.tags, "other"}
    except (UnknownLocaleError, ValueError):
        raise ParameterError("no language has this code", found=language) from None
    problems: list[str] = []
    for folder in _folders():
        name = "/".join(filter(None, ("umid_research/messages", folder, f"{language}.toml")))
        problems += [f"{name}: {problem}" for problem in _check(folder, language, plural_forms)]
    return problems


def catalogue_files(language: str) -> dict[str, Path]:
    """Return the files of a language's catalogues: name below `umid_research` -> path.

    Raises ParameterError for a language that has none.
    """
    root = Path(str(resources.files("umid_research.messages")))
    names = {f"messages/{folder}/{language}.toml".replace("//", "/") for folder in _folders()}
    found = {name: root.parent / name for name in sorted(names) if (root.parent / name).is_file()}
    if not found:
        raise ParameterError(
            "there is no catalogue for this language", found=language, possible=languages()
        )
    return found


def text_problems(text: str, reference: str) -> str:
    """Return what is wrong with the places of a text beside those of another; "" for nothing."""
    places, expected = _places(text), _places(reference)
    if places is None or expected is None:
        return "has a brace without its partner"
    if _needed(places) != _needed(expected):
        return f"has the places {_listed(places)}; the text has {_listed(expected)}"
    return ""


def _folders() -> list[str]:
    """Return the folders of catalogues: that of the reports at the top, and those in it."""
    inside = resources.files("umid_research.messages").iterdir()
    return ["", *sorted(path.name for path in inside if (path / f"{REFERENCE}.toml").is_file())]


def _check(folder: str, language: str, plural_forms: set[str]) -> Iterator[str]:
    path = resources.files("umid_research.messages") / folder / f"{language}.toml"
    if not path.is_file():
        yield f"is missing; copy {REFERENCE}.toml of that folder and translate its texts"
        return
    try:
        texts = read_catalogue(language, folder)
    except ReportError as error:
        yield error.problem
        return
    reference = read_catalogue(REFERENCE, folder)
    for key in sorted(reference.keys() - texts.keys()):
        yield f"the text {key!r} is missing"
    for key in sorted(texts.keys() - reference.keys()):
        yield f"the text {key!r} is used nowhere; is its name misspelt?"
    for key in sorted(reference.keys() & texts.keys()):
        for problem in _check_text(texts[key], reference[key], plural_forms):
            yield f"the text {key!r} {problem}"


def _check_text(
    entry: str | dict[str, str], reference: str | dict[str, str], plural_forms: set[str]
) -> Iterator[str]:
    """Yield what is wrong with one text: its plural forms, its places, or that it is empty."""
    if isinstance(entry, dict) and set(entry) != plural_forms:
        yield f"has the plural forms {_listed(entry)}; the language has {_listed(plural_forms)}"
    expected = _places(reference if isinstance(reference, str) else reference["other"])
    for text in [entry] if isinstance(entry, str) else entry.values():
        if not text.strip():
            yield "is empty"
        elif (places := _places(text)) is None:
            yield "has a brace without its partner"
        elif expected is not None and _needed(places) != _needed(expected):
            yield f"has the places {_listed(places)}; English has {_listed(expected)}"


def _needed(places: set[str]) -> set[str]:
    """Return the places that a translation needs, a name in any case.

    The number `n` and the study's own words may be left out or added.
    """
    free = {"n", *WORDS, *(f"{place}_upper" for place in WORDS)}
    return {"name" if place in _CASES else place for place in places - free}


def _places(text: str) -> set[str] | None:
    """Return the names in braces; None where a brace has no partner."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        return None


def _listed(names: set[str] | dict[str, str]) -> str:
    return ", ".join(sorted(names)) or "none"
