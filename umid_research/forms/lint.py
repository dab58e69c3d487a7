"""Find all errors of a form at once.

Reading a form stops at the first error, which is tedious for its author. The linter checks the
sheets as written, so that one error does not hide another. Only a form without findings is then
read and converted as well, to find the remaining errors.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import QuestionnaireError
from umid_research.forms.sheets import (
    GROUPS,
    Row,
    Sheets,
    code_of,
    is_text,
    kind_of,
    list_of,
    translations,
)
from umid_research.forms.workbook import to_xform, to_xlsx
from umid_research.raw import normal
from umid_research.study import Study, read_study
from umid_research.study.conditions import (
    is_about_itself,
    referenced_questions,
    with_calculations,
)
from umid_research.study.form_wording import REFERENCE, compared_codes
from umid_research.study.questionnaire import (
    questionnaire_path,
    read_questionnaire,
    read_sheets,
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
# Columns with conditions, and their names in the findings.
_CONDITIONS = {"relevant": "condition", "relevance": "condition", "constraint": "constraint"}
_YES = ("yes", "true", "true()")
# Columns of the sheet choices that no filter uses.
_NO_FILTER = ("list_name", "list name", "name", "value", "score")


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
    form = Sheets(sheets.survey or (), sheets.choices or (), study, settings)
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


def _repeated_names(form: Sheets) -> Iterator[str]:
    for name in _repeated(row["name"] for row in form.questions):
        yield f"question {name}: the name is used more than once"
    if form.settings.get("allow_choice_duplicates", "").strip().lower() in _YES:
        return
    for list_name, choices in form.lists.items():
        for code in _repeated(code_of(choice) for choice in choices):
            yield f"choice {code} of list {list_name}: the name is used more than once"


def _equal_labels(form: Sheets) -> Iterator[str]:
    """Yield choices that people see under one label, so that nobody knows which one is meant.

    Choices that a filter shows in different places, such as villages of two districts, may share
    a label.
    """
    filtered = {list_of(row) for row in form.survey if row.get("choice_filter")}
    for list_name, choices in form.lists.items():
        seen: dict[tuple[str, ...], str] = {}
        for choice in choices:
            shown_by = [
                f"{column}={text}"
                for column, text in choice.items()
                if list_name in filtered and column not in _NO_FILTER and not is_text(column)
            ]
            labels = translations(choice, form.languages).get("label", {})
            for language in [x for x in ("", *form.study.languages) if x in labels]:
                text = labels[language]
                key = (language, normal(text), *shown_by)
                other = seen.setdefault(key, code_of(choice))
                if other != code_of(choice):
                    where = f" in {language}" if language else ""
                    yield (
                        f"choices {other} and {code_of(choice)} of list {list_name}: the same label"
                        f"{where}, {text!r}"
                    )


def _texts(form: Sheets) -> Iterator[str]:
    for row in form.survey:
        kind = kind_of(row)
        place = f"{'group' if kind in GROUPS else 'question'} {row.get('name', '')}"
        yield from _text_faults(row, place, form, needed=kind in _SHOWN)
    for list_name, choices in form.lists.items():
        for choice in choices:
            place = f"choice {code_of(choice)} of list {list_name}"
            yield from _text_faults(choice, place, form, needed=True)


def _text_faults(row: Row, place: str, form: Sheets, *, needed: bool) -> Iterator[str]:
    """Yield labels that lack a language of the study, and texts whose placeholders differ.

    Hints and messages may be in fewer languages, as on the device.
    """
    written = translations(row, form.languages)
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


def _without_dimension(form: Sheets) -> Iterator[str]:
    """Yield questions on a scored list whose dimension seems to be forgotten.

    A question on a scored list may be unscored on purpose. Its dimension counts as forgotten if no
    question scores this list, if another question of its section does, or if the question is
    marked as reversed. An author who means it can give the question a list without scores.
    """
    section = ""
    sections: dict[str, set[str]] = {}
    placed: list[tuple[Row, str]] = []
    for row in form.survey:
        if kind_of(row) in GROUPS:
            section = row.get("name", "")
        elif kind_of(row) == "select_one" and any(
            choice.get("score") for choice in form.lists.get(list_of(row), ())
        ):
            placed.append((row, section))
            if row.get("dimension"):
                sections.setdefault(list_of(row), set()).add(section)
    for row, section in placed:
        scored_in = sections.get(list_of(row), set())
        forgotten = not scored_in or section in scored_in or row.get("reverse")
        if forgotten and not row.get("dimension"):
            yield (
                f"question {row.get('name', '')}: no dimension, though list {list_of(row)} is "
                "scored; name one, or give the question a list without scores"
            )


def _without_score(form: Sheets) -> Iterator[str]:
    scored: dict[str, list[str]] = {}
    for row in form.questions:
        if row.get("dimension"):
            scored.setdefault(list_of(row), []).append(row["name"])
    for list_name, names in scored.items():
        for choice in form.lists.get(list_name, ()):
            if not choice.get("score") and code_of(choice) not in form.study.missing.kinds(
                list_name
            ):
                yield (
                    f"choice {code_of(choice)} of list {list_name}: neither a score nor an entry "
                    f"in [missing] of study.toml, though {', '.join(names)} is scored"
                )


def _conditions(form: Sheets) -> Iterator[str]:
    for row in form.survey:
        kind, name = "group" if kind_of(row) in GROUPS else "question", row.get("name", "")
        for column, what in _CONDITIONS.items():
            if condition := row.get(column):
                itself = name if what == "constraint" else None
                for fault in _condition_faults(condition, form, itself=itself):
                    yield f"{kind} {name}: the {what} {condition!r} {fault}"


def _condition_faults(condition: str, form: Sheets, *, itself: str | None) -> Iterator[str]:
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
