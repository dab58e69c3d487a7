"""Find the language of each text of a form, whether its column names it by code, by name or not.

A form can head its label columns in four ways, and differently in each sheet:

    label::English (en)   ->  en    the code in brackets
    label::English        ->  en    the language's name, in English or in its own language
    label::en             ->  en    the code alone
    label                 ->  the form's `default_language`, else the first language of the study
                              that no other column names, else a text for all languages

For example, in a study in Azerbaijani and English, a form with `label` and `label::English` has its
Azerbaijani texts in `label`. A text without a language is kept under the key "" too, because an
export may hold it as a header or as an answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from babel import Locale
from babel.localedata import locale_identifiers

from umid_research.messages import Messages, languages
from umid_research.study.spelling import folded

# The set of catalogues with the texts of forms.
_FORMS = "forms"
# pyxform's name for the language of a column without one, beside columns with languages.
_NO_NAME = "default"
# The key of a text that serves all languages, whatever the form's columns are.
FOR_ALL = "*"
_CODE = re.compile(r"[A-Za-z]{2,3}")
_WITH_CODE = re.compile(r".*\(\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*\)\s*")
# The labels that pyxform gives to the text question and to the choice of `or_other`, in English for
# every language. `<question>_other` is the name of the text question.
_SPECIFY_OTHER, _OTHER, _OTHER_NAME, _ENDING = "Specify other.", "Other", "other", "_other"


def language_code(name: str) -> str | None:
    """Return the code of the language that a column names, None if it names none that is known."""
    if match := _WITH_CODE.fullmatch(name):
        return match.group(1).lower()
    key = folded(name)
    if _CODE.fullmatch(key) and key in _english_names().values():
        return key
    return _english_names().get(key) or _own_names().get(key)


@lru_cache(maxsize=1)
def _english_names() -> dict[str, str]:
    names = Locale.parse("en").languages
    return {folded(name): code for code, name in names.items() if _CODE.fullmatch(code)}


@lru_cache(maxsize=1)
def _own_names() -> dict[str, str]:
    """Map each language's name for itself to its code; takes a second, so only if needed."""
    codes = [code for code in locale_identifiers() if _CODE.fullmatch(code)]
    names = {code: Locale.parse(code).languages.get(code) for code in codes}
    return {folded(name): code for code, name in names.items() if name}


def codes_of(names: Iterable[str], default: str | None, studied: Sequence[str]) -> dict[str, str]:
    """Map the languages as a form names them to codes, "" being texts without a language.

    A language that cannot be known keeps its name; "" maps to "" if its texts serve all languages.

    Parameters
    ----------
    names : as in the form's columns: `English (en)`, `English`, or "" for a plain `label`.
    default : the form's setting `default_language`, if any.
    studied : the languages of the study; the first one that no column names is that of the
        texts without a language, or of the only language whose name is not known.
    """
    found = {name: language_code(name) for name in dict.fromkeys(names) if name}
    open_names = [name for name, code in found.items() if code is None]
    unnamed = [code for code in studied if code not in found.values()]
    codes = {name: code or name for name, code in found.items()}
    plain = language_code(default) if default and default != _NO_NAME else None
    codes[""] = plain or next(iter(unnamed), "")
    if len(open_names) == 1 and unnamed and "" not in names:
        codes[open_names[0]] = unnamed[0]
    return codes


def with_language_codes(
    form: Mapping[str, Any], nodes: Sequence[dict[str, Any]], studied: Sequence[str]
) -> None:
    """Replace the labels and hints of pyxform's nodes by code -> text, in place.

    Texts without a language fill in where a text is missing, unless they have a language.
    """
    texts = [(holder, key, _by_name(holder[key])) for holder, key in _texts(nodes)]
    names = dict.fromkeys(name for *_, named in texts for name in named if name != FOR_ALL)
    codes = codes_of(names, form.get("default_language"), studied)
    every = dict.fromkeys([*codes.values(), *studied])
    for holder, key, named in texts:
        coded: dict[str, str] = {}
        for name, text in named.items():
            code = codes.get(name, "")
            coded[code] = coded.get(code) or text
            if name in ("", FOR_ALL):
                coded[""] = text
        if FOR_ALL in named or ("" in named and not codes[""]):
            coded |= {code: coded[""] for code in every if not coded.get(code)}
        holder[key] = MappingProxyType(coded)
    _translate_other(nodes, every)


def _translate_other(nodes: Sequence[dict[str, Any]], codes: Iterable[str]) -> None:
    """Put what pyxform adds for `or_other` into the form's languages, in place.

    The English text stays under the key "", because devices show it and exports hold it. Languages
    without a catalogue keep it.
    """
    asked = [node for node in nodes if (node.get("label") or {}).get("") == _SPECIFY_OTHER]
    names = {node["name"].removesuffix(_ENDING) for node in asked}
    added = [
        choice
        for node in nodes
        if node["name"] in names
        for choice in node.get("choices") or ()
        if choice["name"] == _OTHER_NAME and {*choice["label"].values()} == {_OTHER}
    ]
    for holders, key, text in (
        (asked, "or_other.question", _SPECIFY_OTHER),
        (added, "or_other.choice", _OTHER),
    ):
        written = {
            code: Messages(code, catalogue=_FORMS)(key) if code in languages(_FORMS) else text
            for code in codes
            if code
        }
        for holder in holders:
            holder["label"] = MappingProxyType({**written, "": text})


def _texts(nodes: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each label and hint once, as the dictionary that holds it and its key."""
    seen: set[int] = set()
    for node in nodes:
        for holder in (node, *(node.get("choices") or ())):
            if id(holder) not in seen:
                seen.add(id(holder))
                yield from ((holder, key) for key in ("label", "hint") if holder.get(key))


def _by_name(text: Any) -> dict[str, str]:
    """Map the languages as pyxform names them to texts; "" is the key of one without a language."""
    if not isinstance(text, dict):
        return {FOR_ALL if text == _SPECIFY_OTHER else "": str(text)}
    return {"" if name == _NO_NAME else name: str(value) for name, value in text.items()}
