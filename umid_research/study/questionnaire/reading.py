"""Read an XLSForm in Markdown or XLSX as a `Questionnaire`, with pyxform."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from umid_research.errors import QuestionnaireError
from umid_research.study.conditions import with_calculations
from umid_research.study.questionnaire.fields import (
    calculated_fields,
    calculations,
    fields_in_the_way,
    needed_fields,
)
from umid_research.study.questionnaire.form import Choice, Question, Questionnaire
from umid_research.study.questionnaire.languages import with_language_codes
from umid_research.study.questionnaire.lists import choices_beside, list_file
from umid_research.study.questionnaire.ranks import place_questions, places_of
from umid_research.study.questionnaire.repeats import with_repeats
from umid_research.study.questionnaire.types import (
    KINDS,
    NOT_ASKED,
    NOT_READ,
    RANK,
    RECORDED,
    SELECTS,
)

# What pyxform and the readers of workbooks raise on sheets that are blank, cut or no workbooks.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, BadZipFile, LookupError, OSError, RecursionError),
    *(TypeError, ValueError),
)
FILES = ("questionnaire.md", "questionnaire.xlsx", "questionnaire.xls")


def questionnaire_path(folder: Path) -> Path:
    """Return the questionnaire's file in a study folder, which must hold exactly one."""
    found = [Path(folder) / name for name in FILES if (Path(folder) / name).is_file()]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise QuestionnaireError(
            "one questionnaire is needed", where=str(folder), found=names, possible=FILES
        )
    return found[0]


def read_form(path: Path, languages: Sequence[str] = ()) -> Questionnaire:
    """Return the questionnaire in a file, without checks against a study.

    `languages` are those of the study, which tell the language of labels that do not name theirs.
    Raises QuestionnaireError, naming the file and the question, if the form is not valid.
    """
    form, missing, found = parse_form(path, languages)
    nodes = [*_walk(form["children"])]
    calculated = calculations(nodes)
    questions = tuple(_questions(form["children"], (), None, path, calculated))
    questionnaire = Questionnaire(
        title=str(form.get("title", "")),
        questions=questions,
        fields=needed_fields(questions, nodes),
        calculated=tuple(calculated_fields(form["children"], questions)),
        silent=frozenset(node["name"] for node in nodes if node.get("type") in NOT_ASKED),
        recorded=frozenset(node["name"] for node in nodes if node.get("type") in RECORDED),
        unread=MappingProxyType(
            {node["name"]: _labels(node) for node in nodes if node.get("type") in NOT_READ}
            | dict.fromkeys(fields_in_the_way(form["children"]), MappingProxyType({}))
        ),
        **{node["type"]: node["name"] for node in nodes if node.get("type") in ("start", "end")},
        groups=MappingProxyType(
            {
                node["name"]: _labels(node)
                for node in nodes
                if node.get("type") in ("group", "repeat")
            }
        ),
        repeated=frozenset(
            node["name"]
            for repeat in nodes
            if repeat.get("type") == "repeat"
            for node in _walk([repeat])
        ),
        ranks=MappingProxyType(
            {node["name"]: _labels(node) for node in nodes if node.get("type") == RANK}
        ),
        places=MappingProxyType(
            {n["name"]: places_of(n, questions) for n in nodes if n.get("type") == RANK}
        ),
        list_files=found,
        without_list=MappingProxyType(missing),
    )
    return with_repeats(
        questionnaire,
        form["children"],
        nodes,
        lambda children, conditions, name: _questions(children, conditions, name, path, calculated),
        calculated,
    )


def read_sheets(path: Path) -> DefinitionData:
    """Return the sheets of a form as written; raise QuestionnaireError if they cannot be read."""
    with _pyxform_errors(path):
        return get_xlsform(path)


@contextmanager
def _pyxform_errors(path: Path) -> Iterator[None]:
    """Raise QuestionnaireError for the errors of pyxform, and for those that it does not catch."""
    try:
        yield
    except PyXFormError as error:
        raise QuestionnaireError(f"is not a valid XLSForm: {error}", where=str(path)) from error
    except _UNREADABLE as error:
        raise QuestionnaireError(
            f"is not a valid XLSForm: a sheet is damaged, or lacks its columns ({error!r})",
            where=str(path),
            possible=["the sheets survey and choices, with type, name, label and list_name"],
        ) from error


def parse_form(
    path: Path, languages: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, str], frozenset[str]]:
    """Return the form as pyxform reads it, with labels and hints as language code -> text.

    The second value maps questions whose file of choices is missing to that file, the third are the
    files of choices that were read. Raises QuestionnaireError if the form is not valid.
    """
    sheets = read_sheets(path)
    with _pyxform_errors(path):
        # Copied, because pyxform shares the choice "other" between all forms.
        form = deepcopy(workbook_to_json(sheets, form_name="data"))
    nodes = [*_walk(form["children"])]
    found, missing = _add_listed_choices(nodes, path)
    with_language_codes(form, nodes, languages)
    return form, missing, found


def questions_of(path: Path, languages: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the questions, fields and groups of a form as pyxform reads them, in their order."""
    form, *_ = parse_form(path, languages)
    return [*_walk(form["children"])]


def _add_listed_choices(
    nodes: list[dict[str, Any]], path: Path
) -> tuple[frozenset[str], dict[str, str]]:
    """Add the choices from files to the questions; turn questions without their file into text.

    Return the names of the files that were read, and question -> file for those that are missing.
    """
    found, missing = set(), {}
    for node in nodes:
        file = list_file(node)
        if node.get("type") not in (*SELECTS, RANK) or file is None:
            continue
        choices = choices_beside(path, node)
        if choices:
            node["choices"] = choices
            found.add(Path(file).name)
        elif str(node.get("dimension", "")).strip():
            raise QuestionnaireError(
                "a scored question needs its choices; put the file into the questionnaire's folder",
                where=f"{path}, question {node['name']}",
                found=file,
            )
        else:
            node["type"] = "text"
            missing[node["name"]] = file
    return frozenset(found), missing


def _walk(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        if node.get("type") in ("group", "repeat"):
            yield from _walk(node.get("children", []))


def _questions(
    nodes: list[dict[str, Any]],
    conditions: tuple[str, ...],
    section: str | None,
    path: Path,
    calculated: Mapping[str, str],
) -> Iterator[Question]:
    for node in nodes:
        kind, own = node.get("type", ""), node.get("bind", {}).get("relevant")
        relevant = (*conditions, with_calculations(own, calculated)) if own else conditions
        if kind == "group" and node["name"] != "meta":
            yield from _questions(node["children"], relevant, node["name"], path, calculated)
        elif kind in KINDS:
            yield _question(node, relevant, section, path, calculated)
        elif kind == RANK:
            yield from place_questions(_question(node, relevant, section, path, calculated))
        elif kind not in NOT_ASKED | NOT_READ and kind not in ("group", "repeat"):
            raise QuestionnaireError(
                f"question {node['name']!r} has an unsupported type",
                where=str(path),
                found=kind,
                possible=sorted({*KINDS, RANK} | NOT_ASKED | NOT_READ),
            )


def _question(
    node: dict[str, Any],
    relevant: tuple[str, ...],
    section: str | None,
    path: Path,
    calculated: Mapping[str, str],
) -> Question:
    where = f"{path}, question {node['name']}"
    constraint = node.get("bind", {}).get("constraint")
    reverse = str(node.get("reverse", "")).strip().lower()
    if reverse not in ("", "yes", "no"):
        raise QuestionnaireError("`reverse` must be yes or no", where=where, found=reverse)
    question = Question(
        name=node["name"],
        kind="select_one" if node["type"] == RANK else KINDS[node["type"]],
        labels=_labels(node),
        choices=_choices(node, where),
        relevant=relevant,
        section=section,
        dimension=str(node.get("dimension", "")).strip() or None,
        reverse=reverse == "yes",
        constraint=with_calculations(constraint, calculated) if constraint else None,
        list_name=str(node.get("list_name") or ""),
    )
    if node["type"] == RANK and question.dimension:
        raise QuestionnaireError("a ranking cannot be scored; clear its dimension", where=where)
    _check_scoring(question, where)
    return question


def _labels(node: dict[str, Any]) -> Mapping[str, str]:
    return node.get("label") or MappingProxyType({})


def _choices(node: dict[str, Any], where: str) -> tuple[Choice, ...]:
    """Return the choices; one that the form lists again, for another filter, is one choice."""
    by_name: dict[str, Choice] = {}
    for entry in node.get("choices", ()):
        choice = _choice(entry, where)
        first = by_name.setdefault(choice.name, choice)
        if first.score != choice.score:
            raise QuestionnaireError(
                f"choice {choice.name!r} is there several times, with different scores", where=where
            )
        if first.labels != choice.labels:
            by_name[choice.name] = _joined(first, choice)
    return tuple(by_name.values())


def _joined(first: Choice, second: Choice) -> Choice:
    """Return a choice with the labels of both, as nobody can tell which of them was shown."""
    labels = {
        language: " / ".join(
            dict.fromkeys(x.labels[language] for x in (first, second) if language in x.labels)
        )
        for language in (*first.labels, *second.labels)
    }
    wordings = tuple(dict.fromkeys((*first.texts, *second.texts)))
    return replace(first, labels=MappingProxyType(labels), wordings=wordings)


def _choice(node: dict[str, Any], where: str) -> Choice:
    score = str(node.get("score", "")).strip()
    try:
        number = float(score) if score else None
    except ValueError:
        raise QuestionnaireError(
            f"the score of choice {node['name']!r} is not a number", where=where, found=score
        ) from None
    return Choice(str(node["name"]), _labels(node), number)


def _check_scoring(question: Question, where: str) -> None:
    if question.dimension is None:
        return
    if question.kind != "select_one":
        raise QuestionnaireError(
            "only select_one questions are scored", where=where, found=question.kind
        )
    if len({choice.score for choice in question.choices} - {None}) < 2:
        raise QuestionnaireError("a scored question needs two different scores", where=where)
