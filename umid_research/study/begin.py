"""Create a new study folder around a form, with a `study.toml` that people complete.

Districts, groups, dimensions and languages are taken from the form. Everything else is left blank.
Each run stops at the first blank, so no invented value gets into a report.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from umid_research.errors import QuestionnaireError, StudyError
from umid_research.study.questionnaire import FILES, Choice, Question, Questionnaire, read_form
from umid_research.study.questionnaire.languages import language_code
from umid_research.study.spelling import folded

DESCRIPTION, RESPONSES = "study.toml", "responses"
_OTHER_ROLES = ("locality", "unit", "consent", "sex", "mode", "weight")
_CODE = re.compile(r"[a-z]{2,3}")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_HEAD = """\
# The description of one study; data/raw/study.toml is a filled-in example with everything there is.
# Names are given in every language of the study. A blank must be filled in before the first run.

id = {id}
# field: collected and confidential. public: collected and open.
provenance = "field"
{partial}languages = {languages}
# The seed of all random draws.
seed = 1

# Questions whose answers can name a person or an organisation; they never leave this folder.
identifying = []

# Answers to the consent question (role `consent`) that let a submission be analysed.
consent_given = {consenting}
# Columns of the export that can be ignored, and questions that a form version did not have:
# ignored_columns = []
# Older wordings of a question, or of a choice as question/code:
# wordings = {{ "age" = ["Your age?"], "channels/web" = ["The internet"] }}
# Questions or dimensions that may lose their answers without stopping the run:
# accepted_losses = []
# What to do with submissions by their review on the survey platform (validation in KoboToolbox,
# review in ODK Central and SurveyCTO): keep or set_aside. Submissions that are kept are flagged.
# review = {{ rejected = "set_aside", under_review = "keep", not_reviewed = "keep" }}
# not_asked_in = {{ "v1" = ["proposal"], "google_forms.csv" = ["mode"] }}

[title]
{title}

# What readers need to know to judge the answers. Dates are written as 2022-03-02.
[field_work]
# start =
# end =
sponsor = {blank}
conducted_by = {blank}
recruitment = {blank}

# The question for each role: district and group, and where the form has them locality (below the
# district), unit (the organisation), consent, sex, mode (of interview) and weight.
# Without unit, and without groups matched by locality, every person is a unit. People of one place
# are then assumed to be independent, and reports say that intervals are too narrow.
[roles]
district = {district}
group = {group}
{roles}
# Codes of missing answers to scored questions; they get no score, and each type is counted. Codes
# under `not_asked` mean that somebody was not asked a question: they are not counted anywhere.
[missing]
{unscored}dont_know = []
refused = []
error = []
not_asked = []
"""
_DISTRICTS = """
# In reading order; the key is part of addresses. `aliases` are other spellings, `localities` the
# choices of the role `locality` in this district{there}.
"""
_GROUPS = """
# `side` is demand (the people served) or supply (local government), `quota` the planned units;
# `matched = true` marks groups that exist in every locality and are compared within localities.
"""
_DIMENSIONS = """
# The keys in the form's column `dimension`.
"""
_NO_DIMENSIONS = """
# The form scores nothing yet: its sheet survey needs the columns dimension and reverse, its sheet
# choices the column score. Then, for each dimension:
# [dimensions]
# trust.name = {blank}
"""


def begin_study(
    folder: Path, form: Path, *, district: str, group: str, language: str = ""
) -> list[Path]:
    """Write a study folder around a form, and return the paths that were written.

    `district` and `group` are the names of the questions for the respondent's district and group,
    `language` is the code of the language of labels whose column does not name it. Raises
    StudyError if the folder already has a study, and QuestionnaireError if the form cannot be read
    or lacks these questions.
    """
    folder, form = Path(folder), Path(form)
    if (folder / DESCRIPTION).exists():
        raise StudyError("the folder already has a study", where=str(folder / DESCRIPTION))
    if not form.is_file():
        raise QuestionnaireError("this file does not exist", where=str(form))
    if f"questionnaire{form.suffix.lower()}" not in FILES:
        raise QuestionnaireError(
            "is not an XLSForm that can be read", where=str(form), possible=[".xlsx", ".xls", ".md"]
        )
    if language and language_code(language) is None:
        raise QuestionnaireError(
            "is not the code of a language", where="LANGUAGE", found=language, possible=["en", "az"]
        )
    given = [code for code in [language_code(language)] if code]
    questionnaire = read_form(form, given)
    described = described_study(folder.name, questionnaire, form, district=district, group=group)
    copied = folder / f"questionnaire{form.suffix.lower()}"
    (folder / RESPONSES).mkdir(parents=True, exist_ok=True)
    if form.resolve() != copied.resolve():
        shutil.copyfile(form, copied)
    lists = [folder / name for name in sorted(questionnaire.list_files)]
    for path in lists:
        if form.with_name(path.name).resolve() != path.resolve():
            shutil.copyfile(form.with_name(path.name), path)
    (folder / DESCRIPTION).write_text(described, encoding="utf-8")
    return [folder / DESCRIPTION, copied, *lists, folder / RESPONSES]


def described_study(
    name: str, questionnaire: Questionnaire, form: Path, *, district: str, group: str
) -> str:
    """Return the text of study.toml."""
    languages, partial = _languages(questionnaire, form)
    places, groups = (_choices(questionnaire, q, form) for q in (district, group))
    blank = _names(dict.fromkeys(languages, ""))
    head = _HEAD.format(
        id=_text(_slug(name) or "study"),
        languages=json.dumps(languages),
        partial=partial,
        title="\n".join(_titles(questionnaire.title, languages)),
        blank=blank,
        district=_text(district),
        group=_text(group),
        roles="".join(f"{role} = {_text(role)}\n" for role in _named(questionnaire)),
        consenting=json.dumps(_consenting(questionnaire)),
        unscored="".join(f"# {line}\n" for line in _unscored(questionnaire, languages[0])),
    )
    there = _localities(questionnaire)
    parts = [head, _DISTRICTS.format(there=f":\n# {there}" if there else "")]
    parts += _tables("districts", places, languages, more=["localities = []"] if there else [])
    parts += [_GROUPS, *_tables("groups", groups, languages)]
    if not questionnaire.dimensions:
        return "".join([*parts, _NO_DIMENSIONS.format(blank=blank)])
    names = [f"{_key(dimension)}.name = {blank}\n" for dimension in questionnaire.dimensions]
    return "".join([*parts, _DIMENSIONS, "[dimensions]\n", *names])


def _titles(title: str, languages: list[str]) -> Iterator[str]:
    """Yield the title per language; the form has only one, so the others are blank."""
    return (f"{code} = {_text('' if n else title)}" for n, code in enumerate(languages))


def _languages(questionnaire: Questionnaire, form: Path) -> tuple[list[str], str]:
    """Return the languages in which no text is missing, and a comment on the others.

    Raises QuestionnaireError if there is none: the labels do not say their language, or every
    language lacks a text.
    """
    lacking = _lacking(questionnaire)
    complete = [code for code, places in lacking.items() if _CODE.fullmatch(code) and not places]
    if complete:
        return complete, "".join(_left_out(lacking))
    unknown = [code for code in lacking if not _CODE.fullmatch(code)]
    if unknown or not lacking:
        names = [f"label::{code}" if code else "label" for code in unknown] or ["no label"]
        raise QuestionnaireError(
            "the labels do not say their language; give its code to `make begin` as LANGUAGE=az, "
            "or write it behind the language's name in the form",
            where=str(form),
            found=", ".join(names),
            possible=["LANGUAGE=en", "label::English (en)", "label::Azərbaycan (az)"],
        )
    shown = [
        f"{code}: {places[0]} (and {len(places) - 1} more)" for code, places in lacking.items()
    ]
    raise QuestionnaireError(
        "every language of the form lacks a label", where=str(form), found="; ".join(shown)
    )


def _lacking(questionnaire: Questionnaire) -> dict[str, list[str]]:
    """Map each language of the form to the questions and choices that have no label in it."""
    texts = {
        f"question {question.name}{where}": labels
        for question in questionnaire
        for where, labels in (
            ("", question.labels),
            *((f", choice {choice.name}", choice.labels) for choice in question.choices),
        )
    }
    codes = dict.fromkeys(code for labels in texts.values() for code in labels)
    return {
        code: [place for place, labels in texts.items() if not labels.get(code, "").strip()]
        for code in codes
    }


def _left_out(lacking: dict[str, list[str]]) -> Iterator[str]:
    """Yield a comment for each language of the form that is not one of the study."""
    for code, places in lacking.items():
        if code and places:
            yield f"# Not {_text(code)}: {len(places)} labels are missing, first of {places[0]}.\n"
    if "" in lacking and not lacking[""]:
        yield (
            "# The form has labels without a language too. If they are in another one, add its "
            "code here.\n"
        )


def _choices(questionnaire: Questionnaire, name: str, form: Path) -> tuple[Choice, ...]:
    asked: dict[str, Question] = {q.name: q for q in questionnaire if q.kind == "select_one"}
    if name not in asked:
        raise QuestionnaireError(
            "has no select_one question with this name",
            where=str(form),
            found=name,
            possible=asked,
        )
    return asked[name].choices


def _named(questionnaire: Questionnaire) -> list[str]:
    """Return the other roles that the form has a question for: one with the name of the role."""
    return [role for role in _OTHER_ROLES if role in questionnaire.names]


def _consenting(questionnaire: Questionnaire) -> list[str]:
    """Return the answer `yes` if the consent question has it, else a person must fill it in."""
    if "consent" not in questionnaire.names:
        return ["yes"]
    return [code for code in questionnaire["consent"].choice_names if code == "yes"]


def _localities(questionnaire: Questionnaire) -> str:
    """Return the choices of the question `locality` in TOML syntax, "" if the form lacks it."""
    if "locality" not in questionnaire.names:
        return ""
    return ", ".join(_text(code) for code in questionnaire["locality"].choice_names)


def _tables(
    table: str, choices: Iterable[Choice], languages: list[str], *, more: Iterable[str] = ()
) -> Iterator[str]:
    keys: list[str] = []
    for number, choice in enumerate(choices, start=1):
        labels = {code: choice.labels.get(code, "") for code in languages}
        slug = _slug(choice.name if choice.name.isalpha() else labels[languages[0]])
        keys.append(slug if slug and slug not in keys else f"{table[:-1]}-{number}")
        lines = [f"code = {_text(choice.name)}", f"name = {_names(labels)}", *more, ""]
        yield "\n".join([f"[{table}.{keys[-1]}]", *lines, ""])


def _unscored(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Yield a line with the choices of scored questions that have no score."""
    found = {
        choice.name: choice.labels.get(language, "")
        for question in questionnaire
        if question.dimension
        for choice in question.choices
        if choice.score is None
    }
    if found:
        listed = ", ".join(f"{_text(code)} ({label})" for code, label in found.items())
        yield f"Without a score in the form: {' '.join(listed.split())}"


def _slug(text: str) -> str:
    return _NO_SLUG.sub("-", folded(text)).strip("-")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _names(names: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{code} = {_text(name)}" for code, name in names.items()) + " }"


def _text(text: str) -> str:
    """Return a TOML basic string: a JSON string in which DEL is escaped too."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False).replace("\x7f", "\\u007f")
