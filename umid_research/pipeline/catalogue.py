"""The command that names what a language lacks before a report is made in it."""

import tomllib
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from umid_research.errors import ReportError, StudyError

Entries = dict[str, Any]


def check_catalogue(options: Namespace) -> Iterator[str]:
    """Name all texts that a language lacks, in the catalogues and in the study folder."""
    from umid_research.messages.check import check_catalogues

    language = options.language
    if problems := [*check_catalogues(language), *lacking_texts(options.raw, language)]:
        number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ReportError(f"the texts in {language!r} have {number}", details=problems)
    yield f"check    every text of the reports and of {options.raw} is there in {language!r}"


def review_language(options: Namespace) -> Iterator[str]:
    """Write a workbook for a native reader of a language, or take the corrections of one."""
    from umid_research.forms.language_review import apply_corrections, review_workbook

    language = options.language
    if options.corrections:
        keys = apply_corrections(language, options.corrections)
        yield f"correct  {len(keys)} texts in {language!r}"
        return
    path = Path("build/review") / f"{language}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(review_workbook(language))
    yield f"open     {path}; write better texts into the last column and send it back"


def lacking_texts(raw: Path, language: str) -> Iterator[str]:
    """Yield a line for each text that the study folder has in its languages but not in this one.

    The files are read without the checks of a study, which stop at the first missing text.
    """
    from umid_research.indicators.definitions import FILE
    from umid_research.indicators.registers import FOLDER
    from umid_research.study.questionnaire import questionnaire_path

    described, indicators = Path(raw) / "study.toml", Path(raw) / FOLDER / FILE
    study = _entries(described)
    languages = study.get("languages", [])
    if language not in languages:
        yield f"{described}: `languages` lacks {language!r}"
    others = {*languages} - {language}
    for path in (described, *([indicators] if indicators.is_file() else [])):
        for entry in _untranslated(_entries(path), "", others, language):
            yield f"{path}: {entry} has no text in {language!r}"
    yield from _lacking_labels(questionnaire_path(raw), language)
    yield from _lacking_in_measures(raw, language)


def _entries(path: Path) -> Entries:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudyError(f"cannot be read: {error}", where=str(path)) from None


def _untranslated(entries: Entries, prefix: str, others: set[str], language: str) -> Iterator[str]:
    """Yield the paths of entries with a text in every other language but none in this one."""
    if others and others <= entries.keys():
        if not entries.get(language):
            yield prefix
        return
    for key, entry in entries.items():
        if isinstance(entry, dict):
            path = f"{prefix}.{key}" if prefix else key
            yield from _untranslated(entry, path, others, language)


def _lacking_labels(form: Path, language: str) -> Iterator[str]:
    """Yield a line for each label that a form lacks; one line if it has no column for them."""
    from umid_research.study.questionnaire import read_form

    read = read_form(form)
    labels = {f"group {name}": texts for name, texts in read.groups.items() if texts}
    for question in read:
        labels[f"question {question.name}"] = question.labels
        for choice in question.choices:  # of a list that several questions share
            known = next(filter(None, choice.labels.values()), "")
            labels[f"choice {choice.name} {known}".rstrip()] = choice.labels
    if not any(language in texts for texts in labels.values()):
        yield f"{form}: lacks the columns 'label::… ({language})'"
        return
    for what, texts in labels.items():
        if not texts.get(language, "").strip():
            yield f"{form}, {what}: has no label in {language!r}"


def _lacking_in_measures(raw: Path, language: str) -> Iterator[str]:
    """Yield a line if the register of measures has no column for the language."""
    from umid_research.analysis.implementation.measures import NAME
    from umid_research.raw.tables import SUFFIXES, read_tables

    for path in (Path(raw) / f"{NAME}{suffix}" for suffix in SUFFIXES):
        if path.is_file() and f"text_{language}" not in read_tables(path)[0].header.values():
            yield f"{path}: lacks the column 'text_{language}'"
