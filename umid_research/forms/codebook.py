"""Write the codebook, as an HTML page and as a CSV table: each question and its stored codes."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from umid_research.study.form_outline import Entry, Outline, Section
from umid_research.study.form_wording import Wording
from umid_research.study.questionnaire import Question

_CSV = (
    *("number", "variable", "section", "question", "kind", "choices", "scores"),
    *("dimension", "reverse", "asked_if", "missing"),
)
_HTML = ("number", "variable", "question", "kind", "choices", "dimension", "asked_if")
_STYLE = resources.files("umid_research") / "templates" / "codebook.css"


@dataclass(frozen=True)
class _Choice:
    code: str
    label: str
    score: str
    missing: str


@dataclass(frozen=True)
class _Variable:
    """A question with all its entries in the codebook, as text."""

    question: Question
    number: str
    section: str
    text: str
    kind: str
    choices: tuple[_Choice, ...]
    dimension: str
    asked_if: str
    own_condition: str
    required: bool


def to_codebook_csv(outline: Outline, language: str) -> str:
    """Return the codebook as CSV: one row per question, one line per choice within a cell."""
    wording = Wording(outline, language)
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    # The column names are the same in all languages, so that one program can read all files.
    table.writerow(_CSV)
    for section in outline.sections:
        for variable in _variables(outline, section, wording):
            scored = [f"{c.code} = {c.score}" for c in variable.choices if c.score]
            table.writerow(
                [
                    variable.number,
                    variable.question.name,
                    variable.section,
                    variable.text,
                    variable.question.kind,
                    "\n".join(f"{choice.code} = {choice.label}" for choice in variable.choices),
                    "\n".join(scored),
                    variable.question.dimension or "",
                    ("yes" if variable.question.reverse else "no") if scored else "",
                    variable.asked_if,
                    "\n".join(f"{c.code} = {c.missing}" for c in variable.choices if c.missing),
                ]
            )
    return written.getvalue()


def to_codebook_html(outline: Outline, language: str) -> str:
    """Return the codebook as one HTML page: a table per section, a row per question."""
    wording = Wording(outline, language)
    words = wording.words
    title = f"{words('codebook.title')}: {outline.study.title[language]}"
    page = Element("html", lang=language)
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _add_element(head, "title", title)
    _add_element(head, "style", _STYLE.read_text(encoding="utf-8"))
    main = SubElement(SubElement(page, "body"), "main")
    _add_element(main, "h1", title)
    _add_element(main, "p", words("codebook.intro"))
    if outline.questionnaire.dimensions:
        _add_element(main, "p", words("codebook.scoring"))
    for section in outline.sections:
        _add_section(main, outline, section, wording)
    ElementTree.indent(main)
    return f"<!doctype html>\n{ElementTree.tostring(page, encoding='unicode', method='html')}\n"


def _variables(outline: Outline, section: Section, wording: Wording) -> Iterator[_Variable]:
    for entry in section.entries:
        if entry.question is not None:
            yield _variable(outline, section, entry, entry.question, wording)


def _variable(
    outline: Outline, section: Section, entry: Entry, question: Question, wording: Wording
) -> _Variable:
    scores = question.scores if question.dimension else {}
    return _Variable(
        question=question,
        number=wording.number(question.name),
        section=wording.text(section.titles),
        text=wording.text(entry.labels),
        kind=wording.words(f"kind.{question.kind}"),
        choices=tuple(
            _Choice(
                code=choice.name,
                label=wording.text(dict(choice.labels)),
                score=wording.words.number(scores[choice.name]) if choice.name in scores else "",
                missing=wording.words(f"missing.{choice.missing}") if choice.missing else "",
            )
            for choice in question.choices
        ),
        dimension=outline.study.dimensions[question.dimension].name[wording.language]
        if question.dimension
        else "",
        asked_if=wording.condition(question.relevant),
        own_condition=wording.condition([entry.condition] if entry.condition else []),
        required=entry.required,
    )


def _add_section(main: Element, outline: Outline, section: Section, wording: Wording) -> None:
    variables = list(_variables(outline, section, wording))
    title = wording.text(section.titles)
    heading = f"h{min(section.depth + 1, 6)}"
    if title and not variables:
        _add_element(main, heading, title)
    if not variables:
        return
    table = SubElement(SubElement(main, "div", {"class": "table", "tabindex": "0"}), "table")
    caption = SubElement(table, "caption")
    _add_element(caption, heading, title or wording.words("codebook.other_questions"))
    condition = wording.condition(section.conditions)
    if condition:
        _add_element(caption, "p", wording.words("only_if", condition=condition))
    row = SubElement(SubElement(table, "thead"), "tr")
    for column in _HTML:
        _add_element(row, "th", wording.words(f"codebook.{column}"), scope="col")
    body = SubElement(table, "tbody")
    for variable in variables:
        _add_row(SubElement(body, "tr"), variable, wording)


def _add_row(row: Element, variable: _Variable, wording: Wording) -> None:
    words = wording.words
    _add_element(row, "td", variable.number)
    _add_element(SubElement(row, "th", scope="row"), "code", variable.question.name)
    _add_element(row, "td", variable.text)
    kind = SubElement(row, "td")
    kind.text = variable.kind
    if variable.required:
        _add_element(kind, "small", words("codebook.required"))
    cell = SubElement(row, "td")
    if variable.choices:
        _add_choices(SubElement(cell, "ul"), variable.choices, wording)
    reversed_item = variable.dimension and variable.question.reverse
    dimension = variable.dimension
    _add_element(
        row,
        "td",
        words("codebook.scored_reversed", dimension=dimension) if reversed_item else dimension,
    )
    _add_element(row, "td", variable.own_condition)


def _add_choices(listed: Element, choices: tuple[_Choice, ...], wording: Wording) -> None:
    for choice in choices:
        item = SubElement(listed, "li")
        code = _add_element(item, "code", choice.code)
        code.tail = f" = {choice.label}"
        if choice.score:
            _add_element(item, "small", wording.words("codebook.score", value=choice.score))
        if choice.missing:
            _add_element(item, "small", wording.words("codebook.missing_as", kind=choice.missing))


def _add_element(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    element.text = text
    return element
