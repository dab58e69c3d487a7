"""Find all errors of a form at once.

Reading a form stops at the first error, which is tedious for its author. The linter checks the
sheets as written, so that one error does not hide another. Only a form without findings is then
read and converted as well, to find the remaining errors.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from umid_research.errors import QuestionnaireError
from umid_research.forms.workbook import to_xform, to_xlsx
from umid_research.raw import normal
from umid_research.study import Study, read_study
from umid_research.study.conditions import (
    is_about_itself,
    is_computable,
    referenced_questions,
    with_calculations,
)
from umid_research.study.form_wording import REFERENCE, compared_codes
from umid_research.study.questionnaire import (
    questionnaire_path,
    read_questionnaire,
    read_sheets,
)
from umid_research.study.questionnaire.languages import codes_of

Row = dict[str, str]
_TEXT_COLUMN = re.compile(
    r"(label|caption|hint|guidance_hint|constraint_message|required_message)(?:\s*::?\s*(.+?))?\s*"
)
_SHOWN = (
    "select_one",
    "select_multiple",
    "rank",
    "integer",
    "int",
    "decimal",
    "date",
    "text",
    "string",
    "note",
)
_OR_OTHER = re.compile(r"^select.*\sor[_ ](specify )?other$")
# Columns with conditions, and their names in the findings.
_CONDITIONS = {"relevant": "condition", "relevance": "condition", "constraint": "constraint"}
_YES = ("yes", "true", "true()")
# Columns of the sheet choices that no filter uses.
_NO_FILTER = ("list_name", "list name", "name", "value", "score")
_GROUPS = ("begin_group", "begin_repeat", "end_group", "end_repeat")


@dataclass(frozen=True)
class _Form:
    """The two sheets as written, their study, and the settings of the form."""

    survey: Sequence[Row]
    choices: Sequence[Row]
    study: Study
    settings: Row = field(default_factory=dict)

    @cached_property
    def questions(self) -> list[Row]:
        """Return the rows of questions and other fields: all named rows except groups."""
        return [row for row in self.survey if row.get("name") and _kind(row) not in _GROUPS]

    @cached_property
    def lists(self) -> dict[str, list[Row]]:
        """Return the choices of each choice list that a question uses."""
        lists: dict[str, list[Row]] = {}
        for row in self.choices:
            lists.setdefault(row.get("list_name") or row.get("list name") or "", []).append(row)
        used = {_list(row) for row in self.survey} - {""}
        return {name: rows for name, rows in lists.items() if name in used}

    @cached_property
    def codes(self) -> dict[str, set[str]]:
        """Return the codes of each select question."""
        return {
            row["name"]: {_code(choice) for choice in self.lists[_list(row)]}
            | ({"other"} if _has_other(row) else set())
            for row in self.questions
            if _kind(row).startswith(("select", "rank")) and _list(row) in self.lists
        }

    @cached_property
    def names(self) -> set[str]:
        """The names of all questions and fields, with the text questions of `or_other`."""
        others = {f"{row['name']}_other" for row in self.questions if _has_other(row)}
        return {row["name"] for row in self.questions} | others

    @cached_property
    def calculations(self) -> dict[str, str]:
        """The calculated fields that can be computed, and their expressions."""
        fields = {
            row["name"]: row.get("calculation", "")
            for row in self.questions
            if _kind(row) == "calculate"
        }
        return {name: text for name, text in fields.items() if is_computable(text)}

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """The code of each language that a label column names, "" for one that names none."""
        rows = (*self.survey, *self.choices)
        columns = (_TEXT_COLUMN.fullmatch(column.strip()) for row in rows for column in row)
        named = [match.group(2) or "" for match in columns if match]
        return codes_of(named, self.settings.get("default_language"), self.study.languages)


def lint_form(folder: Path) -> list[str]:
    """Return everything that must be corrected in the form of a study folder, one line each.

    The checks find labels missing in a language of the study, placeholders that differ between
    languages, repeated names, choices of one list with the same label, questions on a scored list
    without a dimension, choices of scored questions that have no score and are not in [missing],
    conditions that are not supported, and conditions and constraints that name an unknown question
    or choice.

    Raises StudyError or QuestionnaireError if the study or the form cannot be read.
    """
    study = read_study(folder)
    path = questionnaire_path(folder)
    sheets = read_sheets(path)
    settings: Row = next(iter(sheets.settings or ()), {})
    form = _Form(sheets.survey or (), sheets.choices or (), study, settings)
    found = [
        *_repeated_names(form),
        *_equal_labels(form),
        *_texts(form),
        *_without_dimension(form),
        *_without_score(form),
        *_conditions(form),
    ]
    return found or list(_refusals(folder, study))


def _refusals(folder: Path, study: Study) -> Iterator[str]:
    """Yield the error that reading or converting the form raises, if any."""
    try:
        read_questionnaire(folder, study)
        to_xform(to_xlsx(folder), validate=False)
    except QuestionnaireError as error:
        yield str(error)


def _repeated_names(form: _Form) -> Iterator[str]:
    for name in _repeated(row["name"] for row in form.questions):
        yield f"question {name}: the name is used more than once"
    if form.settings.get("allow_choice_duplicates", "").strip().lower() in _YES:
        return
    for list_name, choices in form.lists.items():
        for code in _repeated(_code(choice) for choice in choices):
            yield f"choice {code} of list {list_name}: the name is used more than once"


def _equal_labels(form: _Form) -> Iterator[str]:
    """Yield choices that people see under one label, so that nobody knows which one is meant.

    Choices that a filter shows in different places, such as villages of two districts, may share
    a label.
    """
    filtered = {_list(row) for row in form.survey if row.get("choice_filter")}
    for list_name, choices in form.lists.items():
        seen: dict[tuple[str, ...], str] = {}
        for choice in choices:
            shown_by = [
                f"{column}={text}"
                for column, text in choice.items()
                if list_name in filtered and column not in _NO_FILTER and not _is_text(column)
            ]
            labels = _translations(choice, form.languages).get("label", {})
            for language in [x for x in ("", *form.study.languages) if x in labels]:
                text = labels[language]
                key = (language, normal(text), *shown_by)
                other = seen.setdefault(key, _code(choice))
                if other != _code(choice):
                    where = f" in {language}" if language else ""
                    yield (
                        f"choices {other} and {_code(choice)} of list {list_name}: the same label"
                        f"{where}, {text!r}"
                    )


def _texts(form: _Form) -> Iterator[str]:
    for row in form.survey:
        kind = _kind(row)
        place = f"{'group' if kind in _GROUPS else 'question'} {row.get('name', '')}"
        yield from _text_faults(row, place, form, needed=kind in _SHOWN)
    for list_name, choices in form.lists.items():
        for choice in choices:
            place = f"choice {_code(choice)} of list {list_name}"
            yield from _text_faults(choice, place, form, needed=True)


def _text_faults(row: Row, place: str, form: _Form, *, needed: bool) -> Iterator[str]:
    """Yield labels that lack a language of the study, and texts whose placeholders differ.

    Hints and messages may be in fewer languages, as on the device.
    """
    written = _translations(row, form.languages)
    if needed:
        labels = written.get("label", {})
        blank = [language for language in form.study.languages if language not in labels]
        if blank and "" not in labels:
            yield f"{place}: no label in {', '.join(blank)}"
    for what, texts in written.items():
        placeholders = {
            language: frozenset(REFERENCE.findall(texts[language]))
            for language in form.study.languages
            if language in texts
        }
        if len(set(placeholders.values())) > 1:
            listed = "; ".join(
                f"{language}: {', '.join(sorted(names)) or 'none'}"
                for language, names in placeholders.items()
            )
            yield f"{place}: the {what} has different placeholders ({listed})"


def _translations(row: Row, codes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Map each kind of text to language -> text, without blanks."""
    written: dict[str, dict[str, str]] = {}
    for column, text in row.items():
        match = _TEXT_COLUMN.fullmatch(column.strip())
        if match and text.strip():
            what = match.group(1).replace("caption", "label")
            written.setdefault(what, {}).setdefault(codes[match.group(2) or ""], text)
    return written


def _is_text(column: str) -> bool:
    return _TEXT_COLUMN.fullmatch(column.strip()) is not None


def _without_dimension(form: _Form) -> Iterator[str]:
    """Yield questions on a scored list whose dimension seems to be forgotten.

    A question on a scored list may be unscored on purpose. Its dimension counts as forgotten if no
    question scores this list, if another question of its section does, or if the question is
    marked as reversed. An author who means it can give the question a list without scores.
    """
    section = ""
    sections: dict[str, set[str]] = {}
    placed: list[tuple[Row, str]] = []
    for row in form.survey:
        if _kind(row) in _GROUPS:
            section = row.get("name", "")
        elif _kind(row) == "select_one" and any(
            choice.get("score") for choice in form.lists.get(_list(row), ())
        ):
            placed.append((row, section))
            if row.get("dimension"):
                sections.setdefault(_list(row), set()).add(section)
    for row, section in placed:
        scored_in = sections.get(_list(row), set())
        forgotten = not scored_in or section in scored_in or row.get("reverse")
        if forgotten and not row.get("dimension"):
            yield (
                f"question {row.get('name', '')}: no dimension, though list {_list(row)} is "
                "scored; name one, or give the question a list without scores"
            )


def _without_score(form: _Form) -> Iterator[str]:
    scored: dict[str, list[str]] = {}
    for row in form.questions:
        if row.get("dimension"):
            scored.setdefault(_list(row), []).append(row["name"])
    for list_name, names in scored.items():
        for choice in form.lists.get(list_name, ()):
            if not choice.get("score") and _code(choice) not in form.study.missing.kinds(list_name):
                yield (
                    f"choice {_code(choice)} of list {list_name}: neither a score nor an entry in "
                    f"[missing] of study.toml, though {', '.join(names)} is scored"
                )


def _conditions(form: _Form) -> Iterator[str]:
    for row in form.survey:
        kind, name = "group" if _kind(row) in _GROUPS else "question", row.get("name", "")
        for column, what in _CONDITIONS.items():
            if condition := row.get(column):
                itself = name if what == "constraint" else None
                for fault in _condition_faults(condition, form, itself=itself):
                    yield f"{kind} {name}: the {what} {condition!r} {fault}"


def _condition_faults(condition: str, form: _Form, *, itself: str | None) -> Iterator[str]:
    """Yield the errors of a condition; `itself` is the question that `.` stands for, if any."""
    condition = with_calculations(condition, form.calculations)
    try:
        unknown = [name for name in referenced_questions(condition) if name not in form.names]
    except QuestionnaireError as error:
        if itself is not None and "is not understood" in error.problem:
            return  # the device judges the answers; cleaning leaves them unjudged and says so
        yield error.problem.partition(repr(condition))[2].strip()
        return
    for name in unknown:
        yield f"names the unknown question {name}"
    if itself is None and is_about_itself(condition):
        yield "refers to `.`, which only a constraint may do"
    for compared, code in compared_codes(condition):
        asked = itself if itself and compared == "." else compared
        if code and asked in form.codes and code not in form.codes[asked]:
            yield f"names {code!r}, which is not a choice of {asked}"


def _repeated(names: Iterator[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _kind(row: Row) -> str:
    """Return the type of a row without its list, in one spelling (`begin_group`)."""
    kind = row.get("type", "").strip()
    words = kind.split()
    if words[:1] in (["begin"], ["end"], ["select"]) and len(words) > 1:
        return "_".join(words[:2])
    return words[0] if words else ""


def _has_other(row: Row) -> bool:
    """Return whether the question has the choice "other" and a text question for it."""
    return _OR_OTHER.search(row.get("type", "")) is not None


def _list(row: Row) -> str:
    words = row.get("type", "").split()
    skipped = 2 if words[:1] == ["select"] else 1
    return words[skipped] if len(words) > skipped else ""


def _code(choice: Row) -> str:
    return choice.get("name") or choice.get("value") or ""
