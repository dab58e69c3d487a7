"""The XLSForm of a study as a frozen `Questionnaire`, read by pyxform.

The form is the instrument and the scoring sheet in one: beside the standard columns, questions
carry `dimension` and `reverse`, choices carry `score`. pyxform reads Markdown and XLSX alike and
passes the extra columns through.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from umid_research.errors import QuestionnaireError
from umid_research.relevant import is_about_itself, references
from umid_research.study import Study

FILES = ("questionnaire.md", "questionnaire.xlsx")
_SELECT_ONE, _SELECT_MULTIPLE = "select one", "select all that apply"
_KINDS = MappingProxyType(
    {
        _SELECT_ONE: "select_one",
        _SELECT_MULTIPLE: "select_multiple",
        "integer": "integer",
        "int": "integer",
        "decimal": "decimal",
        "date": "date",
        "text": "text",
        "string": "text",
    }
)
# What a form carries that holds no answer of its own, or only the device's doings.
_NOT_ASKED = frozenset(
    {"start", "end", "today", "deviceid", "username", "note", "calculate", "audit", "phonenumber"}
)
# Names that frames use for something else; a question may bear one only in that very role.
_RESERVED = MappingProxyType(
    {
        "district": "district",
        "group": "group",
        "locality": "locality",
        "unit": "unit",
        "weight": "weight",
        "file": None,
        "row": None,
        "version": None,
        "uuid": None,
        "started": None,
        "ended": None,
        "respondent": None,
        "provenance": None,
    }
)
_LANGUAGE = re.compile(r".*\(([A-Za-z]{2,3})\)\s*$")


@dataclass(frozen=True)
class Choice:
    """An answer that can be chosen; `score` is None where the choice is not scored."""

    name: str
    labels: MappingProxyType[str, str]
    score: float | None


@dataclass(frozen=True)
class Question:
    """A question as asked.

    `kind` is one of select_one, select_multiple, integer, decimal, date, text. `relevant` holds
    the conditions of the question and of every group around it; all must hold for it to be asked.
    `constraint` is what the form demands of an answer, in which `.` stands for it.
    """

    name: str
    kind: str
    labels: MappingProxyType[str, str]
    choices: tuple[Choice, ...]
    relevant: tuple[str, ...]
    section: str | None
    dimension: str | None
    reverse: bool
    constraint: str | None = None

    @cached_property
    def choice_names(self) -> tuple[str, ...]:
        """The codes that can be answered, in the form's order."""
        return tuple(choice.name for choice in self.choices)

    @cached_property
    def scores(self) -> dict[str, float]:
        """Item score 0–100 per scored choice: 100 · (x - min) / (max - min), turned if reverse."""
        raw = {choice.name: choice.score for choice in self.choices if choice.score is not None}
        if not raw:
            return {}
        low, high = min(raw.values()), max(raw.values())
        item = {name: 100 * (score - low) / (high - low) for name, score in raw.items()}
        return {name: 100 - score for name, score in item.items()} if self.reverse else item


@dataclass(frozen=True)
class Questionnaire:
    """All questions in the form's order.

    `silent` names what the form carries beside questions: notes, calculations, device data;
    `start` and `end` what it calls the times at which the device opened and closed the form.
    `groups` maps the form's groups to their labels. `repeated` names the repeated groups and what
    they ask; that is answered several times a submission, and not among the questions.
    """

    title: str
    questions: tuple[Question, ...]
    silent: frozenset[str] = frozenset()
    start: str = "start"
    end: str = "end"
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all questions, in the form's order."""
        return tuple(question.name for question in self.questions)

    def __getitem__(self, name: str) -> Question:
        try:
            return self._by_name[name]
        except KeyError:
            raise QuestionnaireError("no such question", found=name, possible=self.names) from None

    @cached_property
    def _by_name(self) -> dict[str, Question]:
        return {question.name: question for question in self.questions}

    def items(self, dimension: str) -> tuple[Question, ...]:
        """The questions scored into a dimension, in the form's order."""
        return tuple(question for question in self.questions if question.dimension == dimension)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that questions are scored into, in the form's order."""
        return tuple(dict.fromkeys(q.dimension for q in self.questions if q.dimension))


def questionnaire_path(folder: Path) -> Path:
    """The questionnaire's file in a study folder; exactly one must be there."""
    found = [Path(folder) / name for name in FILES if (Path(folder) / name).is_file()]
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise QuestionnaireError(
            "one questionnaire is needed", where=str(folder), found=names, possible=FILES
        )
    return found[0]


def read_questionnaire(folder: Path, study: Study) -> Questionnaire:
    """The questionnaire of the study in `folder`, checked against the study's description.

    Raises QuestionnaireError, naming the file and the question.
    """
    path = questionnaire_path(folder)
    questionnaire = read_form(path)
    _check_against_study(questionnaire, study, path)
    return questionnaire


def read_form(path: Path) -> Questionnaire:
    """The questionnaire in one file, whatever study it belongs to.

    Raises QuestionnaireError, naming the file and the question.
    """
    try:
        form = workbook_to_json(get_xlsform(path), form_name="data")
    except PyXFormError as error:
        raise QuestionnaireError(f"is not a valid XLSForm: {error}", where=str(path)) from error
    languages = _languages(form, path)
    nodes = [*_walk(form["children"])]
    return Questionnaire(
        title=str(form.get("title", "")),
        questions=tuple(_questions(form["children"], (), None, languages, path)),
        silent=frozenset(node["name"] for node in nodes if node.get("type") in _NOT_ASKED),
        **{node["type"]: node["name"] for node in nodes if node.get("type") in ("start", "end")},
        groups=MappingProxyType(
            {
                node["name"]: _labels(node.get("label"), languages)
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
    )


def _languages(form: dict[str, Any], path: Path) -> dict[str, str]:
    """Language name as the form writes it -> its code: `English (en)` -> `en`."""
    found: dict[str, str] = {}
    for node in _walk(form["children"]):
        labels = node.get("label")
        for name in labels if isinstance(labels, dict) else ():
            match = _LANGUAGE.match(name)
            if match is None:
                raise QuestionnaireError(
                    "a label column must end in its language code",
                    where=str(path),
                    found=f"label::{name}",
                    possible=["label::English (en)"],
                )
            found[name] = match.group(1).lower()
    return found


def _walk(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        if node.get("type") in ("group", "repeat"):
            yield from _walk(node.get("children", []))


def _questions(
    nodes: list[dict[str, Any]],
    conditions: tuple[str, ...],
    section: str | None,
    languages: dict[str, str],
    path: Path,
) -> Iterator[Question]:
    for node in nodes:
        kind, own = node.get("type", ""), node.get("bind", {}).get("relevant")
        relevant = (*conditions, own) if own else conditions
        if kind == "group" and node["name"] != "meta":
            yield from _questions(node["children"], relevant, node["name"], languages, path)
        elif kind in _KINDS:
            yield _question(node, relevant, section, languages, path)
        elif kind not in _NOT_ASKED and kind not in ("group", "repeat"):
            raise QuestionnaireError(
                f"question {node['name']!r} is of a type that is not read yet",
                where=str(path),
                found=kind,
                possible=sorted(set(_KINDS) | _NOT_ASKED),
            )


def _question(
    node: dict[str, Any],
    relevant: tuple[str, ...],
    section: str | None,
    languages: dict[str, str],
    path: Path,
) -> Question:
    where = f"{path}, question {node['name']}"
    reverse = str(node.get("reverse", "")).strip().lower()
    if reverse not in ("", "yes", "no"):
        raise QuestionnaireError("`reverse` is yes or no", where=where, found=reverse)
    question = Question(
        name=node["name"],
        kind=_KINDS[node["type"]],
        labels=_labels(node.get("label"), languages),
        choices=tuple(_choice(entry, languages, where) for entry in node.get("choices", ())),
        relevant=relevant,
        section=section,
        dimension=str(node.get("dimension", "")).strip() or None,
        reverse=reverse == "yes",
        constraint=node.get("bind", {}).get("constraint"),
    )
    _check_scoring(question, where)
    return question


def _labels(label: Any, languages: dict[str, str]) -> MappingProxyType[str, str]:
    if isinstance(label, dict):
        return MappingProxyType({languages[name]: str(text) for name, text in label.items()})
    return MappingProxyType({} if label is None else {"": str(label)})


def _choice(node: dict[str, Any], languages: dict[str, str], where: str) -> Choice:
    score = str(node.get("score", "")).strip()
    try:
        number = float(score) if score else None
    except ValueError:
        raise QuestionnaireError(
            f"the score of choice {node['name']!r} is not a number", where=where, found=score
        ) from None
    return Choice(str(node["name"]), _labels(node.get("label"), languages), number)


def _check_scoring(question: Question, where: str) -> None:
    if question.dimension is None:
        return
    if question.kind != "select_one":
        raise QuestionnaireError(
            "only select_one questions are scored", where=where, found=question.kind
        )
    if len({choice.score for choice in question.choices} - {None}) < 2:
        raise QuestionnaireError("a scored question needs two different scores", where=where)


def _check_against_study(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Roles, dimensions, codes and languages that the study names must stand in the form."""
    _check_distinct(questionnaire, path)
    for role, name in study.roles.named().items():
        if name not in questionnaire.names:
            raise QuestionnaireError(
                f"the study's role `{role}` names no question",
                where=str(path),
                found=name,
                possible=questionnaire.names,
            )
    pointers = [("identifying", name) for name in study.identifying]
    pointers += [("headline", study.headline)] if study.headline else []
    pointers += [("not_asked_in", name) for names in study.not_asked_in.values() for name in names]
    for entry, name in pointers:
        if name not in questionnaire.names:
            raise QuestionnaireError(
                f"the study's `{entry}` names no question",
                where=str(path),
                found=name,
                possible=questionnaire.names,
            )
    _check_reserved(questionnaire, study, path)
    for question in questionnaire:
        _check_question(question, study, f"{path}, question {question.name}")
    _check_conditions(questionnaire, path)
    _check_codes(questionnaire, study, path)


def _check_distinct(questionnaire: Questionnaire, path: Path) -> None:
    """A name is a column of the frames, so that not even two groups may share one."""
    repeated = [name for name, times in Counter(questionnaire.names).items() if times > 1]
    if repeated:
        raise QuestionnaireError(
            "a name is given to more than one question", where=str(path), found=", ".join(repeated)
        )


def _check_reserved(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    roles = study.roles.named()
    for name, role in _RESERVED.items():
        if name in questionnaire.names and (role is None or roles.get(role) != name):
            raise QuestionnaireError(
                "a question bears a name that the frames use otherwise; rename it",
                where=f"{path}, question {name}",
            )


def _check_question(question: Question, study: Study, where: str) -> None:
    if question.dimension is not None and question.dimension not in study.dimensions:
        raise QuestionnaireError(
            "is scored into a dimension the study does not describe",
            where=where,
            found=question.dimension,
            possible=study.dimensions,
        )
    for what, labels in _texts(question):
        lacking = [language for language in study.languages if not labels.get(language, "").strip()]
        if lacking:
            raise QuestionnaireError(f"{what} has no label in {', '.join(lacking)}", where=where)
    known_missing = {code for codes in study.missing.values() for code in codes}
    silent = [
        choice.name
        for choice in question.choices
        if question.dimension and choice.score is None and choice.name not in known_missing
    ]
    if silent:
        raise QuestionnaireError(
            "a choice of a scored question needs a score or a place in the study's [missing]",
            where=where,
            found=", ".join(silent),
        )


def _check_conditions(questionnaire: Questionnaire, path: Path) -> None:
    """Every condition and constraint is understood, and speaks of questions that are asked."""
    for question in questionnaire:
        where = f"{path}, question {question.name}"
        for expression in (*question.relevant, *filter(None, [question.constraint])):
            try:
                unknown = set(references(expression)) - set(questionnaire.names)
            except QuestionnaireError as error:
                raise QuestionnaireError(
                    error.problem, where=where, possible=error.possible
                ) from error
            if unknown:
                raise QuestionnaireError(
                    f"the condition {expression!r} names what is no question",
                    where=where,
                    found=", ".join(sorted(unknown)),
                    possible=questionnaire.names,
                )
        if any(map(is_about_itself, question.relevant)):
            raise QuestionnaireError("only a constraint may refer to `.`", where=where)


def _texts(question: Question) -> Iterator[tuple[str, MappingProxyType[str, str]]]:
    yield "the question", question.labels
    for choice in question.choices:
        yield f"choice {choice.name!r}", choice.labels


def _check_codes(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Every district and group of the study can be answered, and every answer is one of them."""
    missing = {code for codes in study.missing.values() for code in codes}
    for role, entries in (("district", study.districts), ("group", study.groups)):
        question = questionnaire[getattr(study.roles, role)]
        choices = set(question.choice_names) - missing
        codes = {entry.code for entry in entries.values()}
        if choices != codes:
            raise QuestionnaireError(
                f"the {role}s of the study are not the choices of its question",
                where=f"{path}, question {question.name}",
                found=", ".join(sorted(choices ^ codes)) + " on one side only",
                possible=sorted(choices & codes),
            )
