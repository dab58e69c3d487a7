"""The columns of published tables and of answers with their labels and codes, in each language.

    column     kind   label              codes
    dimension  text   Topic              trust → Trust, awareness → Knowledge of rights, …
    trust_cdc  text   How much do you …  1 → Not at all, …, dk → Don't know (missing)
    value      number Value

Codebook, statistics files and data package are made from these. The codes stand in the study's
order, which is that of their numbers in the statistics files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.bench.names import names_of
from umid_research.clean.frame import NUMERIC
from umid_research.disclosure.tables import PUBLISHED
from umid_research.frames import Schema
from umid_research.indicators.frames import PUBLISHED as INDICATORS
from umid_research.messages import Messages
from umid_research.report.study_report import report_languages, words_of
from umid_research.study import Names, Study
from umid_research.study.entries import MissingKind
from umid_research.study.questionnaire import Question, Questionnaire

CATALOGUE = "archive"
Kind = Literal["text", "number", "date", "flag", "several"]
# The columns of published tables that hold codes of the study, whatever questions are called.
_CODED = ("dimension", "group", "district", "locality", "side", "versus", "question")
_DTYPES: Mapping[str, Kind] = {"bool": "flag", "datetime64[ns]": "date", "str": "text"}


@dataclass(frozen=True)
class Code:
    """A code as the frames hold it, and its labels; `missing` is the kind of missing answer."""

    value: str
    labels: Names
    missing: MissingKind | None = None


@dataclass(frozen=True)
class Variable:
    """A column; `several` are codes with a space between them, as several answers are kept."""

    name: str
    kind: Kind
    labels: Names
    codes: tuple[Code, ...] = ()
    question: Question | None = None


def table_variables(study: Study, form: Questionnaire) -> dict[str, tuple[Variable, ...]]:
    """Return the columns of every published table, also of `activities_published`."""
    languages = report_languages(study)
    words = {language: Messages(language, catalogue=CATALOGUE) for language in languages}
    codes = _codes(study, form, words)
    schemas = [*(table.schema for table in PUBLISHED.values()), INDICATORS]
    return {schema.name: tuple(_columns(schema, words, codes, study)) for schema in schemas}


def answer_variables(study: Study, form: Questionnaire) -> tuple[Variable, ...]:
    """Return the columns of `responses`: the keys, then every question and calculated field."""
    words = {
        language: Messages(language, catalogue=CATALOGUE) for language in report_languages(study)
    }
    codes = _codes(study, form, words)
    keys = [
        Variable(
            name,
            "number" if name == "weight" else "text",
            _label(words, label),
            codes.get(name, ()),
        )
        for name, label in _KEYS.items()
    ]
    return (*keys, *(question_variable(one) for one in form.columns if one.name not in _KEYS))


def member_variables(study: Study, members: Questionnaire) -> tuple[Variable, ...]:
    """Return the columns of the members of a repeated group."""
    words = {
        language: Messages(language, catalogue=CATALOGUE) for language in report_languages(study)
    }
    keys = (
        Variable("respondent", "text", _label(words, "respondent")),
        Variable("position", "number", _label(words, "member_position")),
    )
    return (*keys, *map(question_variable, members.questions))


def question_variable(question: Question) -> Variable:
    """Return the column of a question, with the labels of the form."""
    labels = {language: " ".join(text.split()) for language, text in question.labels.items()}
    codes = tuple(Code(one.name, dict(one.labels), one.missing) for one in question.choices)
    kind: Kind = "several" if question.kind == "select_multiple" else "text"
    kind = "number" if question.kind in NUMERIC else kind
    return Variable(question.name, kind, labels, codes, question)


_KEYS = {
    "respondent": "respondent",
    "unit": "unit_id",
    "district": "district",
    "locality": "locality",
    "group": "group",
    "weight": "weight",
}


def _columns(
    schema: Schema,
    words: Mapping[str, Messages],
    codes: Mapping[str, tuple[Code, ...]],
    study: Study,
) -> Iterator[Variable]:
    # Tables of the plan name its parts where others name topics; both may have the same codes.
    if schema.name.endswith("_by_area"):
        codes = {**codes, "dimension": codes.get("area", ())}
    for name, column in schema.columns.items():
        kind = _DTYPES.get(str(column.metadata["dtype"]), "number")
        variable = Variable(name, kind, {}, codes.get(name, ()) if kind == "text" else ())
        if column.regex:  # a column per language of the study
            stem = name.partition("_")[0]
            for language in study.languages:
                labels = {key: f"{text} [{language}]" for key, text in _label(words, stem).items()}
                yield replace(variable, name=f"{stem}_{language}", labels=labels)
        else:
            yield replace(variable, labels=_label(words, name))


def _label(words: Mapping[str, Messages], name: str) -> Names:
    return {language: messages(f"column.{name}") for language, messages in words.items()}


def _codes(
    study: Study, form: Questionnaire, words: Mapping[str, Messages]
) -> dict[str, tuple[Code, ...]]:
    """Return the codes of each column that holds any, with a label per language of the reports."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for language, messages in words.items():
        report = words_of(study, language)
        names = names_of(study, form, language)
        of_language: dict[str, Mapping[str, str]] = {name: names[name] for name in _CODED}
        for column, entries in (
            ("area", study.areas),
            ("theme", study.themes),
            ("item", study.evidence_items),
        ):
            of_language[column] = {key: entry.name[language] for key, entry in entries.items()}
        of_language["verdict"] = {one.value: messages(f"verdict.{one}") for one in Verdict}
        of_language["reason"] = {
            one.value: report(f"reason.{one}") for one in Reason if f"reason.{one}" in report.keys
        }
        for column, labels in of_language.items():
            for code, label in labels.items():
                found.setdefault(column, {}).setdefault(code, {})[language] = label
    return {
        column: tuple(Code(code, labels) for code, labels in entries.items())
        for column, entries in found.items()
    }
