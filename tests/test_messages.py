"""Catalogues: complete, with the same places, in the language's own plural forms and numbers."""

import datetime
import string

import pytest
from babel import Locale

from umid_research.errors import ParameterError, ReportError
from umid_research.messages import Messages, languages

REFERENCE = Messages("en")


def _forms(messages: Messages, key: str) -> dict[str, str]:
    entry = messages._texts[key]
    return {"other": entry} if isinstance(entry, str) else entry


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_has_every_text_with_its_places(language) -> None:
    """A missing translation would stop the report; this says so before."""
    messages = Messages(language)

    assert set(REFERENCE.keys) == set(messages.keys)
    for key in REFERENCE.keys:
        expected = _places(_forms(REFERENCE, key)["other"])
        for form, text in _forms(messages, key).items():
            assert text.strip(), key
            assert _places(text) - {"n"} == expected - {"n"}, (key, form)


@pytest.mark.parametrize("language", languages())
def test_every_plural_form_of_the_language_is_there(language) -> None:
    """Azerbaijani has two, Russian would have four."""
    messages = Messages(language)
    forms = {*Locale.parse(language).plural_form.tags, "other"}

    for key in messages.keys:
        if not isinstance(messages._texts[key], str):
            assert forms == set(_forms(messages, key)), key


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    """Decimal comma in Azerbaijani, day before month in English."""
    day = datetime.date(2022, 3, 2)

    assert "1,234.5" == REFERENCE.number(1234.5)
    assert "1.234,5" == Messages("az").number(1234.5)
    assert "2 March 2022" == REFERENCE.date(day)
    assert "2 mart 2022" == Messages("az").date(day)
    assert "\N{MINUS SIGN}5" == REFERENCE.signed(-5)
    assert "\N{MINUS SIGN}0,5" == Messages("az").number(-0.5)
    assert "a, b və c" == Messages("az").listed("abc")


def test_a_text_that_is_missing_is_an_error_and_never_a_key() -> None:
    """Nor another language."""
    with pytest.raises(
        ReportError, match=r"messages/en\.toml: a text is missing; found 'no\.such'"
    ):
        REFERENCE("no.such")


def test_a_plural_form_that_is_missing_is_an_error_and_never_another_form(monkeypatch) -> None:
    """As where a catalogue began as a copy of one whose language has fewer forms."""
    messages = Messages("en")
    monkeypatch.setattr(messages, "_texts", {"file": {"one": "a file", "other": "{n} files"}})
    monkeypatch.setattr(messages, "_plural_form", Locale.parse("ru").plural_form)

    assert "a file" == messages("file", n=21)
    with pytest.raises(ReportError, match=r"'file' lacks the plural form 'few'; found 'one, other"):
        messages("file", n=3)


def test_a_place_that_is_not_filled_is_an_error() -> None:
    """Naming text and place."""
    with pytest.raises(ReportError, match=r"text 'quota\.short' needs the place 'group'"):
        REFERENCE("quota.short", n=1, units=1)


def test_a_language_without_a_catalogue_is_refused() -> None:
    """With those there are."""
    with pytest.raises(ParameterError, match="found 'xx'; possible: az, en"):
        Messages("xx")


def test_a_value_is_never_read_as_a_template() -> None:
    """Names may hold braces."""
    text = REFERENCE("quota.short", group="{n}", units=1, n=2)

    assert "{n} (1 of 2)" == text
