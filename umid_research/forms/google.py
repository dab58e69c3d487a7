"""Write the list of items from which a person builds the questionnaire as a Google Form.

Google Forms can choose the next section by the answer to one question, at the end of its section.
It has no other routing: it cannot hide a single question or filter options. If that is enough, the
list gives the target section of each option. Otherwise the condition is part of the description,
and the question is not required, so that nobody is blocked by a question that does not apply.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import pandas as pd

from umid_research.study.conditions import referenced_questions
from umid_research.study.evaluation import evaluate
from umid_research.study.form_outline import Entry, Outline, Section
from umid_research.study.form_wording import Wording
from umid_research.study.questionnaire import Question

_COLUMNS = ("number", "section", "type", "title", "description", "options", "required", "go_to")


def to_google_list(outline: Outline, language: str) -> str:
    """Return the items in order as CSV, with one row per section, note or question."""
    wording = Wording(outline, language, by="text")
    written = io.StringIO()
    table = csv.DictWriter(written, _COLUMNS, restval="", lineterminator="\n")
    table.writerow({column: wording.words(f"google.{column}") for column in _COLUMNS})
    pages = _pages(outline)
    for number, page in enumerate(pages, start=1):
        table.writerow(_section_row(page[0], number, pages, wording))
        for section in page:
            for entry in section.entries:
                table.writerow(_row(entry, section, number, pages, wording))
    return written.getvalue()


def _pages(outline: Outline) -> list[list[Section]]:
    """Return the sections as Google numbers them; untitled ones are joined to the one before."""
    pages: list[list[Section]] = []
    for section in outline.sections:
        if section.entries:
            if pages and not section.titles and pages[-1][-1].conditions == section.conditions:
                pages[-1].append(section)
            else:
                pages.append([section])
    return pages


def _section_row(
    section: Section, number: int, pages: list[list[Section]], wording: Wording
) -> dict[str, str]:
    unrouted = [condition for condition in section.conditions if not _routed(condition, pages)]
    return {
        "section": str(number),
        "type": wording.words("google.types.section"),
        "title": wording.text(section.titles) or wording.words("google.untitled"),
        "description": _condition(unrouted, wording),
    }


def _row(
    entry: Entry, section: Section, number: int, pages: list[list[Section]], wording: Wording
) -> dict[str, str]:
    described = [wording.text(entry.hints), _condition([entry.condition], wording)]
    row = {
        "section": str(number),
        "type": wording.words("google.types.note"),
        "title": wording.text(entry.labels),
    }
    if entry.question is not None:
        question = entry.question
        free = entry.condition is None and all(_routed(c, pages) for c in section.conditions)
        if entry.filtered_by:
            described.append(wording.words("google.filtered", **wording.named(entry.filtered_by)))
        row |= {
            "number": wording.number(question.name),
            "type": wording.words(f"google.types.{question.kind}"),
            "options": "\n".join(_label(question, code, wording) for code in question.choice_names),
            "required": wording.words("yes" if entry.required and free else "no"),
            "go_to": "\n".join(_option_targets(question, number, pages, wording)),
        }
    return row | {"description": " ".join(text for text in described if text)}


def _condition(conditions: Iterable[str | None], wording: Wording) -> str:
    clause = wording.condition(condition for condition in conditions if condition)
    return wording.words("only_if", condition=clause) if clause else ""


def _label(question: Question, code: str, wording: Wording) -> str:
    return wording.text(dict(question.choices[question.choice_names.index(code)].labels))


def _option_targets(
    question: Question, number: int, pages: list[list[Section]], wording: Wording
) -> Iterator[str]:
    """Yield the target section of each option, unless all lead to the next section."""
    if question.kind != "select_one":
        return
    targets = {code: _target(question, code, number, pages) for code in question.choice_names}
    if set(targets.values()) == {number + 1}:
        return
    for code, target in targets.items():
        option = _label(question, code, wording)
        if target > len(pages):
            yield wording.words("google.target_submit", option=option)
        else:
            yield wording.words("google.target", option=option, section=str(target))


def _target(question: Question, code: str, number: int, pages: list[list[Section]]) -> int:
    """Return the first later section that this answer allows, or the number after the last one."""
    answer = pd.DataFrame({question.name: [code]})
    for target in range(number + 1, len(pages) + 1):
        own = [
            c
            for c in pages[target - 1][0].conditions
            if referenced_questions(c) == (question.name,)
        ]
        if all(evaluate(condition, answer).all() for condition in own):
            return target
    return len(pages) + 1


def _routed(condition: str, pages: list[list[Section]]) -> bool:
    """Return whether Google's routing ensures that only people who meet the condition get there.

    This requires that the condition depends on one required question in the section right before
    the sections with this condition, and that these are all the sections that follow.
    """
    governed = [number for number, page in enumerate(pages) if condition in page[0].conditions]
    if governed[0] == 0 or governed != list(range(governed[0], len(pages))):
        return False
    before = [entry for section in pages[governed[0] - 1] for entry in section.entries]
    return any(
        entry.question is not None
        and entry.question.kind == "select_one"
        and entry.required
        and entry.condition is None
        and referenced_questions(condition) == (entry.question.name,)
        for entry in before
    )
