"""Find what a person must fill in before a study can be read: all blanks at once, with examples.

    title has no text in az; for example az = "Bələdiyyə xidmətləri, 2024"
    field_work.start is blank; for example start = 2024-03-02
    districts.north.localities is blank; for example localities = ["village_1", "village_2"]

`begin` leaves blank what the form does not say, and no blank is ever filled by a guess.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_DAYS = {"start": "2024-03-02", "end": "2024-04-30"}
# Entry -> an example of its text, per language; other languages have the English one.
_EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "title": {
        "en": "Municipal services, 2024",
        "az": "Bələdiyyə xidmətləri, 2024",
        "ru": "Услуги муниципалитетов, 2024",
    },
    "sponsor": {
        "en": "Name of who paid for the study",
        "az": "Tədqiqatı maliyyələşdirənin adı",
        "ru": "Название того, кто оплатил исследование",
    },
    "conducted_by": {
        "en": "Name of who asked the questions",
        "az": "Sorğunu keçirənin adı",
        "ru": "Название того, кто провёл опрос",
    },
    "recruitment": {
        "en": "Every fifth household of each village; one adult in each",
        "az": "Hər kənddə hər beşinci ev təsərrüfatı; hər birindən bir yetkin şəxs",
        "ru": "Каждое пятое домохозяйство в каждом селе; один взрослый в каждом",
    },
    "districts": {"en": "Shabran", "az": "Şabran", "ru": "Шабран"},
    "groups": {"en": "Residents", "az": "Sakinlər", "ru": "Жители"},
    "dimensions": {
        "en": "Trust in the municipality",
        "az": "Bələdiyyəyə inam",
        "ru": "Доверие к муниципалитету",
    },
}
_FIELD_WORK = ("sponsor", "conducted_by", "recruitment")
_NAMED = ("districts", "groups", "dimensions")


def blanks(description: Mapping[str, Any]) -> list[str]:
    """Return a line for each blank of a study.toml: the entry, and an example of it.

    `description` is the parsed file. Entries of a wrong type are left to the reader of the file.
    """
    languages = description.get("languages")
    if not isinstance(languages, list) or not all(isinstance(code, str) for code in languages):
        return []
    return [f"{entry} {what}" for entry, what in _blanks(description, languages)]


def _blanks(description: Mapping[str, Any], languages: list[str]) -> Iterator[tuple[str, str]]:
    yield from _text("title", "title", description.get("title"), languages)
    work = description.get("field_work")
    work = work if isinstance(work, Mapping) else {}
    for key, day in _DAYS.items():
        if key not in work:
            yield f"field_work.{key}", f"is blank; for example {key} = {day}"
    for key in _FIELD_WORK:
        yield from _text(f"field_work.{key}", key, work.get(key), languages)
    for table in _NAMED:
        for key, entry in _entries(description, table):
            yield from _text(f"{table}.{key}.name", table, entry.get("name"), languages)
    roles = description.get("roles")
    roles = roles if isinstance(roles, Mapping) else {}
    for key, entry in _entries(description, "districts") if roles.get("locality") else ():
        if not entry.get("localities"):
            example = 'localities = ["village_1", "village_2"]'
            yield f"districts.{key}.localities", f"is blank; for example {example}"
    if roles.get("consent") and description.get("consent_given") == []:
        yield "consent_given", 'is blank; for example consent_given = ["yes"]'


def _entries(description: Mapping[str, Any], table: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    entries = description.get(table)
    if isinstance(entries, Mapping):
        yield from ((key, entry) for key, entry in entries.items() if isinstance(entry, Mapping))


def _text(entry: str, kind: str, given: object, languages: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the languages in which an entry has no text, with an example for the first of them."""
    if given is not None and not isinstance(given, Mapping):
        return
    lacking = [code for code in languages if not str((given or {}).get(code, "")).strip()]
    if lacking:
        example = _EXAMPLES[kind].get(lacking[0], _EXAMPLES[kind]["en"])
        yield entry, f'has no text in {", ".join(lacking)}; for example {lacking[0]} = "{example}"'
