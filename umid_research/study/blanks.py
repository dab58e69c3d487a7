"""Find what a person must fill in before a study can be read: all blanks at once, with examples.

    title has no text in az; for example az = "Bələdiyyə xidmətləri, 2024"
    field_work.start is blank; for example start = 2024-03-02
    districts.north.localities is blank; for example localities = ["village_1", "village_2"]

`begin` leaves blank what the form does not say, and no blank is ever filled by a guess. An entry
that a study may leave out, such as those under [words], is a blank only if it is there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_DAYS = {"start": "2024-03-02", "end": "2024-04-30"}
# Entry -> an example of its text, per language; other languages have the English one.
_EXAMPLES: dict[str, Mapping[str, str]] = {
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
_EXAMPLES |= {
    "words.title": {
        "en": "Do people trust their municipality?",
        "az": "İnsanlar öz bələdiyyəsinə inanırmı?",
        "ru": "Доверяют ли люди своему муниципалитету?",
    },
    "words.index": {"en": "trust overall", "az": "ümumi inam", "ru": "доверие в целом"},
    "words.plan": {"en": "the programme", "az": "proqram", "ru": "программа"},
    "words.units": {"en": "villages", "az": "kəndlər", "ru": "сёла"},
    "findings.name": {
        "en": "Have seen the report",
        "az": "Hesabatı görüblər",
        "ru": "Видели отчёт",
    },
    "publication.licence": {"en": "CC BY 4.0"},
    "publication.citation": {
        "en": "Name of the organisation (2024). Municipal services.",
        "az": "Təşkilatın adı (2024). Bələdiyyə xidmətləri.",
        "ru": "Название организации (2024). Услуги муниципалитетов.",
    },
    "publication.statement": {
        "en": "Paid for by the donor; the views are those of the authors.",
        "az": "Donor tərəfindən maliyyələşdirilib; fikirlər müəlliflərə məxsusdur.",
        "ru": "Оплачено донором; мнения принадлежат авторам.",
    },
    "publication.copied": {
        "en": "The numbers of people are those of a published survey.",
        "az": "İnsanların sayı dərc olunmuş sorğudandır.",
        "ru": "Число людей взято из опубликованного опроса.",
    },
    "publication.invented": {
        "en": "All answers are made up.",
        "az": "Bütün cavablar uydurulub.",
        "ru": "Все ответы вымышлены.",
    },
    "publication.background": {
        "en": "Why the study was made.",
        "az": "Tədqiqat nə üçün aparılıb.",
        "ru": "Почему проведено исследование.",
    },
    "information.rights": {
        "en": "You may leave out any question.",
        "az": "İstənilən sualı cavabsız qoya bilərsiniz.",
        "ru": "Вы можете не отвечать на любой вопрос.",
    },
    "information.contact": {
        "en": "Telephone of the organisation",
        "az": "Təşkilatın telefonu",
        "ru": "Телефон организации",
    },
    "glossary.name": {"en": "Municipality", "az": "Bələdiyyə", "ru": "Муниципалитет"},
    "glossary.meaning": {
        "en": "The elected council of a town or a village.",
        "az": "Şəhərin və ya kəndin seçkili şurası.",
        "ru": "Выборный совет города или села.",
    },
    "groups.people": {"en": "residents", "az": "sakinlər", "ru": "жители"},
    "areas": {"en": "Public services", "az": "İctimai xidmətlər", "ru": "Общественные услуги"},
    "themes": {"en": "Roads", "az": "Yollar", "ru": "Дороги"},
    "evidence_items": {
        "en": "Annual report on the notice board",
        "az": "Elan lövhəsində illik hesabat",
        "ru": "Годовой отчёт на доске объявлений",
    },
}
_FIELD_WORK = ("sponsor", "conducted_by", "recruitment")
_NAMED = ("districts", "groups", "dimensions", "areas", "evidence_items", "themes")
# Entries with a text per language that a study may leave out: of the study, and of each entry of
# a table. Those under _LINES have a list of texts per language.
_OPTIONAL = {
    "words": ("title", "index", "plan", "units"),
    "publication": ("licence", "citation", "statement", "copied", "invented", "background"),
    "information": ("rights", "contact"),
}
_OPTIONAL_OF_EACH = (("groups", "people"), ("findings", "name"))
_LINES = ("background", "rights", "contact")


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
    yield from _optional(description, languages)
    roles = description.get("roles")
    roles = roles if isinstance(roles, Mapping) else {}
    for key, entry in _entries(description, "districts") if roles.get("locality") else ():
        if not entry.get("localities"):
            example = 'localities = ["village_1", "village_2"]'
            yield f"districts.{key}.localities", f"is blank; for example {example}"
    if roles.get("consent") and description.get("consent_given") == []:
        yield "consent_given", 'is blank; for example consent_given = ["yes"]'


def _optional(description: Mapping[str, Any], languages: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the blanks of entries that a study may leave out, where they are there."""
    for table, keys in _OPTIONAL.items():
        given = description.get(table)
        given = given if isinstance(given, Mapping) else {}
        for key in keys:
            if key in given and (given[key] or key not in _LINES):
                kind = f"{table}.{key}"
                yield from _text(kind, kind, given[key], languages, lines=key in _LINES)
    for table, key in _OPTIONAL_OF_EACH:
        for name, entry in _entries(description, table):
            if key in entry:
                yield from _text(f"{table}.{name}.{key}", f"{table}.{key}", entry[key], languages)
    for name, entry in _entries(description, "glossary"):
        for key in ("name", "meaning"):
            at = f"glossary.{name}.{key}"
            yield from _text(at, f"glossary.{key}", entry.get(key), languages)


def _entries(description: Mapping[str, Any], table: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    entries = description.get(table)
    if isinstance(entries, Mapping):
        yield from ((key, entry) for key, entry in entries.items() if isinstance(entry, Mapping))


def _text(
    entry: str, kind: str, given: object, languages: list[str], *, lines: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the languages in which an entry has no text, with an example for the first of them.

    With `lines`, the entry has a list of texts per language.
    """
    if given is not None and not isinstance(given, Mapping):
        return
    texts = given or {}
    lacking = [code for code in languages if not _written(texts.get(code, ""))]
    if lacking:
        example = f'"{_EXAMPLES[kind].get(lacking[0], _EXAMPLES[kind]["en"])}"'
        shown = f"[{example}]" if lines else example
        yield entry, f"has no text in {', '.join(lacking)}; for example {lacking[0]} = {shown}"


def _written(text: object) -> str:
    """Return the text without spaces around it; of a list, all its texts together."""
    parts = text if isinstance(text, list) else [text]
    return "".join(str(part) for part in parts).strip()
