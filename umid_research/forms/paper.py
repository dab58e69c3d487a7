"""Write the form on paper (A4, one language) for interviews without a device."""

import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from umid_research.output.typesetting import TEMPLATES, typeset
from umid_research.study.form_outline import Entry, Outline, Section
from umid_research.study.form_wording import Wording

_WORDS = (
    "number",
    "date",
    "place",
    "interviewer",
    "instructions",
    "day",
    "page",
    "end",
)
# Consecutive questions with the same scale become one table, up to this many choices.
_WIDEST_SCALE = 7


def to_paper(outline: Outline, language: str) -> bytes:
    """Return the form as a tagged PDF/UA-1; equal input gives equal bytes.

    Raises ReportError with the message of the typesetter.
    """
    with tempfile.TemporaryDirectory(prefix="umid-form-") as folder:
        source = Path(folder, "paper.typ")
        source.write_bytes((TEMPLATES / "paper.typ").read_bytes())
        content = json.dumps(_content(outline, language), ensure_ascii=False)
        Path(folder, "form.json").write_text(content, encoding="utf-8")
        return typeset(source, name=f"paper-{language}.pdf")


def _content(outline: Outline, language: str) -> dict[str, Any]:
    """Return the content for the template, as plain text that cannot become markup."""
    wording = Wording(outline, language)
    return {
        "language": language,
        "title": outline.study.title[language],
        "by": outline.study.field_work.conducted_by[language],
        "version": outline.version,
        "words": {word: wording.words(f"paper.{word}") for word in _WORDS},
        "parts": [
            part for section in outline.sections for part in _parts(section, outline, wording)
        ],
    }


def _parts(section: Section, outline: Outline, wording: Wording) -> Iterator[dict[str, Any]]:
    if section.titles:
        yield {
            "kind": "section",
            "level": section.depth,
            "title": wording.text(section.titles),
            "condition": _condition("only_if", section.condition, wording),
            "asks": bool(section.entries),
        }
    for _, alike in groupby(enumerate(section.entries), _scale):
        entries = [entry for _, entry in alike]
        if len(entries) > 1:
            yield _table(entries, wording)
        else:
            yield _question(entries[0], outline, wording)


def _scale(placed: tuple[int, Entry]) -> tuple[object, ...]:
    """Return a key that is equal for entries that may share a table, and different otherwise."""
    position, entry = placed
    question = entry.question
    alone = (
        question is None
        or question.kind != "select_one"
        or len(question.choices) > _WIDEST_SCALE
        or entry.condition is not None
        or entry.filtered_by is not None
        or any(entry.hints.values())
    )
    if alone or question is None:
        return (position,)
    return tuple((choice.name, *choice.labels.items()) for choice in question.choices)


def _table(entries: list[Entry], wording: Wording) -> dict[str, Any]:
    questions = [entry.question for entry in entries if entry.question is not None]
    return {
        "kind": "table",
        "hint": wording.words("paper.each"),
        "choices": [wording.text(dict(choice.labels)) for choice in questions[0].choices],
        "rows": [
            {
                "number": wording.number(question.name),
                "text": wording.text(entry.labels),
                "required": entry.required,
            }
            for entry, question in zip(entries, questions, strict=True)
        ],
    }


def _question(entry: Entry, outline: Outline, wording: Wording) -> dict[str, Any]:
    question = entry.question
    answer = {"select_one": "one", "select_multiple": "several"}
    kind = question.kind if question else "note"
    return {
        "kind": "question" if question else "note",
        "number": wording.number(question.name) if question else "",
        "text": wording.text(entry.labels),
        "required": entry.required,
        "condition": _condition("ask_if", entry.condition, wording),
        "hint": wording.text(entry.hints),
        "answer": answer.get(kind, kind),
        "lines": 1 if question and question.name in outline.study.identifying else 4,
        "how": wording.words(f"paper.{answer[kind]}") if kind in answer else "",
        "offered": [
            {
                "heading": wording.text(offered.heading),
                "choices": [wording.text(dict(choice.labels)) for choice in offered.choices],
            }
            for offered in entry.offered
        ],
    }


def _condition(pattern: str, expression: str | None, wording: Wording) -> str:
    if expression is None:
        return ""
    return wording.words(pattern, condition=wording.condition([expression]))
