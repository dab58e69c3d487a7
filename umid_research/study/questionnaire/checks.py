"""Check that form and study agree on roles, dimensions, codes, languages and conditions."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from umid_research.errors import QuestionnaireError, StudyError
from umid_research.study import Study
from umid_research.study.conditions import (
    is_about_itself,
    is_understood,
    referenced_questions,
)
from umid_research.study.entries import KINDS
from umid_research.study.questionnaire.form import Question, Questionnaire

# Column names of frames; a question may have such a name only if it holds that role.
RESERVED = MappingProxyType(
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
        "submitted_at": None,
        "review_state": None,
        "respondent": None,
        "provenance": None,
    }
)


def check_against_study(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Raise QuestionnaireError or StudyError if form and study do not fit together."""
    _check_distinct(questionnaire, path)
    recorded = [*(field.name for field in questionnaire.calculated), *questionnaire.recorded]
    for role, name in study.roles.named().items():
        possible = [*questionnaire.names, *(sorted(recorded) if role == "interviewer" else ())]
        if name not in possible:
            raise QuestionnaireError(
                f"the study's role `{role}` names an unknown question",
                where=str(path),
                found=name,
                possible=possible,
            )
    pointers = [("identifying", name) for name in study.identifying]
    pointers += [("headline", study.headline)] if study.headline else []
    pointers += [("findings", name) for name in study.findings]
    pointers += [("not_asked_in", name) for names in study.not_asked_in.values() for name in names]
    members = [name for repeat in questionnaire.repeats for name in repeat.members.names]
    further = {
        "identifying": [*(field.name for field in questionnaire.calculated), *members],
        "not_asked_in": members,
    }
    for entry, name in pointers:
        possible = [*questionnaire.names, *further.get(entry, ())]
        if name not in possible:
            raise QuestionnaireError(
                f"the study's `{entry}` names an unknown question",
                where=str(path),
                found=name,
                possible=possible,
            )
    for name in study.accepted_losses:
        if name not in (*questionnaire.names, *members, *study.dimensions):
            raise QuestionnaireError(
                "the study's `accepted_losses` names an unknown question or dimension",
                where=str(path),
                found=name,
                possible=[*study.dimensions, *questionnaire.names, *members],
            )
    _check_findings(questionnaire, study, path)
    _check_reserved(questionnaire, study, path)
    _check_wordings(questionnaire, study, path)
    _check_missing(questionnaire, study, path)
    for question in questionnaire:
        _check_question(question, study, f"{path}, question {question.name}")
    _check_conditions(questionnaire, path)
    _check_codes(questionnaire, study, path)
    _check_localities(study, path)


def _check_findings(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Check that each declared finding counts answers of a question with one answer."""
    for name, finding in study.findings.items():
        question = questionnaire[name]
        where = f"{path.parent / 'study.toml'}, entry findings.{name}"
        if question.kind != "select_one":
            raise StudyError(
                "a declared finding needs a question with one answer (select_one)",
                where=where,
                found=question.kind,
                possible=[each.name for each in questionnaire if each.kind == "select_one"],
            )
        unknown = [code for code in finding.answers if code not in question.answers]
        if unknown:
            raise StudyError(
                f"the question {name} has no such answer",
                where=f"{where}.answers",
                found=", ".join(unknown),
                possible=question.answers,
            )
        if not finding.answers and not question.scores:
            raise StudyError(
                "say which answers are counted: the question has no scores to tell",
                where=f"{where}.answers",
                possible=question.answers,
            )


def _check_distinct(questionnaire: Questionnaire, path: Path) -> None:
    """Check that names are unique across all groups: each one becomes a column of the frames."""
    repeated = [name for name, times in Counter(questionnaire.names).items() if times > 1]
    if repeated:
        raise QuestionnaireError(
            "several questions have the same name", where=str(path), found=", ".join(repeated)
        )


def _check_reserved(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    roles = study.roles.named()
    for name, role in RESERVED.items():
        if name in questionnaire.names and (role is None or roles.get(role) != name):
            raise QuestionnaireError(
                "the frames use this question's name for another column; rename the question"
                + (f", or give it the role `{role}` in study.toml" if role else ""),
                where=f"{path}, question {name}",
            )


def _check_wordings(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Check that each entry of `wordings` names a question, or a choice as `question/code`."""
    members = [question for repeat in questionnaire.repeats for question in repeat.members]
    known = [q for q in (*questionnaire, *members) if not q.counts]  # a count is in no export
    names = [question.name for question in known]
    choices = [f"{q.name}/{c.name}" for q in known for c in q.choices]
    for name in study.wordings:
        question = name.partition("/")[0]
        if name not in (*names, *choices):
            inside = [choice for choice in choices if choice.startswith(f"{question}/")]
            raise QuestionnaireError(
                "the study's `wordings` names an unknown question or choice",
                where=str(path),
                found=name,
                possible=inside or names,
            )


def _check_question(question: Question, study: Study, where: str) -> None:
    if question.dimension is not None and question.dimension not in study.dimensions:
        raise QuestionnaireError(
            "is scored into a dimension that the study does not define",
            where=where,
            found=question.dimension,
            possible=study.dimensions,
        )
    for what, labels in _texts(question):
        lacking = [language for language in study.languages if not labels.get(language, "").strip()]
        if lacking:
            raise QuestionnaireError(
                f"{what} has no label in {', '.join(lacking)}",
                where=where,
                possible=[f"a column label::… ({lacking[0]})"],
            )
    unscored = [
        choice.name
        for choice in question.choices
        if question.dimension and choice.score is None and choice.missing is None
    ]
    if unscored:
        raise QuestionnaireError(
            "a choice of a scored question needs a score or an entry in [missing] of study.toml",
            where=where,
            found=", ".join(unscored),
        )
    scored = [
        choice.name
        for choice in question.choices
        if choice.score is not None and choice.missing == "not_asked"
    ]
    if question.dimension and scored:
        raise QuestionnaireError(
            "a choice that means “not asked” (missing.not_asked in study.toml) has a score; "
            "take away one of the two",
            where=where,
            found=", ".join(scored),
        )


def _check_missing(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Check that the lists under [missing] are lists of the form, and have the codes named there.

    A "not asked" code need not be a choice: often an interviewer or a program wrote it.
    """
    codes: dict[str, dict[str, None]] = {}
    for question in questionnaire:
        if question.choices:
            codes.setdefault(question.list_name, {}).update(dict.fromkeys(question.choice_names))
    for name, table in study.missing.lists.items():
        where = f"{path.with_name('study.toml')}, entry missing.lists.{name}"
        if name not in codes:
            raise StudyError(
                "no question has choices from this list", where=where, possible=list(codes)
            )
        for kind in KINDS:
            unknown = [code for code in getattr(table, kind) if code not in codes[name]]
            if unknown and kind != "not_asked":
                raise StudyError(
                    "the list has no such choice",
                    where=f"{where}.{kind}",
                    found=", ".join(unknown),
                    possible=list(codes[name]),
                )


def _check_conditions(questionnaire: Questionnaire, path: Path) -> None:
    """Check that conditions are supported, and that they and constraints name known questions.

    A constraint that is not supported only leaves answers unjudged; cleaning says so.
    """
    known = {*questionnaire.names, *questionnaire.fields}
    for question in questionnaire:
        where = f"{path}, question {question.name}"
        judged = [question.constraint] if question.constraint else []
        for expression in (*question.relevant, *filter(is_understood, judged)):
            try:
                unknown = set(referenced_questions(expression)) - known
            except QuestionnaireError as error:
                raise QuestionnaireError(
                    error.problem, where=where, possible=error.possible
                ) from error
            if unknown:
                raise QuestionnaireError(
                    f"the condition {expression!r} refers to an unknown question",
                    where=where,
                    found=", ".join(sorted(unknown)),
                    possible=questionnaire.names,
                )
        if any(map(is_about_itself, question.relevant)):
            raise QuestionnaireError("only a constraint may refer to `.`", where=where)


def _texts(question: Question) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "the question", question.labels
    for choice in question.choices:
        yield f"choice {choice.name!r}", choice.labels


def _check_localities(study: Study, path: Path) -> None:
    """Check that every district lists its localities if the form asks for a locality."""
    for key, district in study.districts.items():
        if study.roles.locality is not None and not district.localities:
            raise StudyError(
                "a district must list its localities, because the role `locality` is set",
                where=f"{path.with_name('study.toml')}, entry districts.{key}.localities",
            )


def _check_codes(questionnaire: Questionnaire, study: Study, path: Path) -> None:
    """Check that the study's districts and groups are exactly the choices of their questions."""
    for role, entries in (("district", study.districts), ("group", study.groups)):
        question = questionnaire[getattr(study.roles, role)]
        if question.name in questionnaire.without_list:
            raise QuestionnaireError(
                f"the question of the role `{role}` needs its choices; put the file into the "
                "questionnaire's folder",
                where=f"{path}, question {question.name}",
                found=questionnaire.without_list[question.name],
            )
        choices = set(question.choice_names) - set(question.missing())
        codes = {entry.code for entry in entries.values()}
        if choices != codes:
            raise QuestionnaireError(
                f"the {role}s of the study are not the choices of its question",
                where=f"{path}, question {question.name}",
                found=", ".join(sorted(choices ^ codes)) + " on one side only",
                possible=sorted(choices & codes),
            )
