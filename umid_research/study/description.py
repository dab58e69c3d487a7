"""Write the description of a new study, `study.toml`, from its form.

Districts, groups, dimensions, languages and roles are taken from the form. Everything else is left
blank or proposed in a comment, so no invented value gets into a report.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from umid_research.errors import QuestionnaireError
from umid_research.study.complete_languages import complete_languages
from umid_research.study.proposals import (
    ROLES,
    proposed_focus,
    proposed_headline,
    proposed_roles,
)
from umid_research.study.questionnaire import Choice, Question, Questionnaire
from umid_research.study.slugs import slug

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
# The question that the report opens with, and dimensions whose single answers are figures.
# Without them it opens with the scores, and single answers are in the annex only.{headline}{focus}

# Columns of the export that can be ignored, and questions that a form version did not have:
# ignored_columns = []
# Older wordings of a question, or of a choice as question/code:
# wordings = {{ "age" = ["Your age?"], "channels/web" = ["The internet"] }}
# Questions or dimensions that may lose their answers without stopping the run:
# accepted_losses = []
# What to do with submissions by their review on the survey platform (validation in KoboToolbox,
# review in ODK Central and SurveyCTO): keep or set_aside. Submissions that are kept are flagged.
# review = {{ rejected = "set_aside", under_review = "keep", not_reviewed = "keep" }}
# How submissions sent to try the form are known:
# test_submissions = {{ column = "interviewer", values = ["test"] }}
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
# district), unit (the organisation), consent, sex, mode (of interview), weight and interviewer (who
# asked; only the page on the field work uses it). What is proposed seems to fit by its name or its
# choices: take the # away where it is right.
[roles]
district = {district}
group = {group}
{roles}
# Codes of missing answers to scored questions; they get no score, and each type is counted. Codes
# under `not_asked` mean that somebody was not asked a question: they are not counted anywhere. A
# code that means something else in one list of choices is written in [missing.lists.<list>].
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
# `people` is what page one calls the people of a group, such as "residents" in "7 of 24 residents".
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
_THRESHOLDS = """
# How much is withheld, all of it optional; docs/protection.md says what each limit protects. These
# are the limits without an entry. `count = 5` withholds counts of 1 to 4 people, as statistics
# offices do, and `preset = "office"` sets all of them as offices do.
# [thresholds]
# units = 3
# respondents = 3
# answers = 5
# count = 0
# protection = 20
"""
_REPORTS = """
# What the reports say, all of it optional: take the # away and fill in the blanks. docs/reports.md
# shows where each of them appears.

# What the reports call things. Without these words they say "the overall index", "the plan" and
# "units".
# [words]
# title = {blank}
# index = {blank}
# plan = {blank}
# units = {blank}

# Questions with one answer that page one shows group beside group. Choose them before you know the
# answers. `answers` are those that are counted; `name` says what they mean, in a few words.
# [findings.{question}]
# answers = {answers}
# name = {blank}

# What the cover says, such as version = "1.0"; `statement` is the text that a donor asks for.
# [publication]
# date = 2024-05-02
# licence = {blank}
# citation = {blank}
# statement = {blank}
# background = {lines}

# Words that readers may not know, one table each, and what they mean in one sentence.
# [glossary.word]
# name = {blank}
# meaning = {blank}
"""


def described_study(
    name: str,
    questionnaire: Questionnaire,
    nodes: Iterable[Mapping[str, Any]],
    form: Path,
    *,
    district: str,
    group: str,
) -> str:
    """Return the text of study.toml.

    `nodes` are the questions as pyxform reads them, with the filters of their choices. Raises
    QuestionnaireError if the form lacks the questions or a complete language.
    """
    languages, partial = complete_languages(questionnaire, form)
    places, groups = (_choices(questionnaire, q, form) for q in (district, group))
    proposed = proposed_roles(questionnaire, nodes, district=district, group=group)
    blank = _names(dict.fromkeys(languages, ""))
    taken = [district, group, *proposed.values()]
    head = _HEAD.format(
        id=_text(slug(name) or "study"),
        languages=json.dumps(languages),
        partial=partial,
        title="\n".join(_titles(questionnaire.title, languages)),
        blank=blank,
        district=_text(district),
        group=_text(group),
        roles="".join(f"{line}\n" for line in _roles(questionnaire, proposed)),
        headline="".join(_proposed("headline", proposed_headline(questionnaire, taken=taken))),
        focus="".join(_proposed("focus", proposed_focus(questionnaire))),
        consenting=json.dumps(_consenting(questionnaire)),
        unscored="".join(f"# {line}\n" for line in unscored(questionnaire, languages[0])),
    )
    there = _localities(questionnaire, proposed)
    parts = [head, _DISTRICTS.format(there=f":\n# {there}" if there else "")]
    asked = "locality" in questionnaire.names
    parts += _tables("districts", places, languages, more=["localities = []"] if asked else [])
    parts += [_GROUPS, *_tables("groups", groups, languages, more=[f"# people = {blank}"])]
    names = [f"{_key(dimension)}.name = {blank}\n" for dimension in questionnaire.dimensions]
    scored = [_DIMENSIONS, "[dimensions]\n", *names]
    parts += scored if names else [_NO_DIMENSIONS.format(blank=blank)]
    return "".join([*parts, _THRESHOLDS, _reports(questionnaire, languages, taken)])


def _reports(questionnaire: Questionnaire, languages: list[str], taken: list[str]) -> str:
    """Return the tables of the reports' words, first findings and cover, as comments.

    The finding is an example: the question that could be the headline, with its first answer.
    """
    example = proposed_headline(questionnaire, taken=taken)
    answers = questionnaire[example].choice_names[:1] if example else ["yes"]
    return _REPORTS.format(
        blank=_names(dict.fromkeys(languages, "")),
        lines="{ " + ", ".join(f'{code} = [""]' for code in languages) + " }",
        question=_key(example or "question"),
        answers=json.dumps(answers, ensure_ascii=False),
    )


def _titles(title: str, languages: list[str]) -> Iterator[str]:
    """Yield the title per language; the form has only one, so the others are blank."""
    return (f"{code} = {_text('' if n else title)}" for n, code in enumerate(languages))


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


def _roles(questionnaire: Questionnaire, proposed: Mapping[str, str]) -> Iterator[str]:
    """Yield the roles that the form has a question for; the others are proposed, or left empty.

    A question has a role if it has the role's name.
    """
    for role, cost in ROLES.items():
        if role in questionnaire.names:
            yield f"{role} = {_text(role)}"
        elif role in proposed:
            yield f"# {role} = {_text(proposed[role])}"
            yield from _comment(f"(proposed; without {role}, {cost})")
        else:
            yield from _comment(f"{role}: no question seems to fit. Without it, {cost}.")


def _comment(text: str) -> Iterator[str]:
    yield from wrap(text, 98, initial_indent="# ", subsequent_indent="#   ")


def _proposed(entry: str, value: str | list[str]) -> Iterator[str]:
    """Yield a proposed entry as a comment on a line of its own."""
    if value:
        yield f"\n# {entry} = {json.dumps(value, ensure_ascii=False)}"


def _consenting(questionnaire: Questionnaire) -> list[str]:
    """Return the answer `yes` if the consent question has it, else a person must fill it in."""
    if "consent" not in questionnaire.names:
        return ["yes"]
    return [code for code in questionnaire["consent"].choice_names if code == "yes"]


def _localities(questionnaire: Questionnaire, proposed: Mapping[str, str]) -> str:
    """Return the choices of the question for localities in TOML syntax, "" if there is none."""
    name = "locality" if "locality" in questionnaire.names else proposed.get("locality")
    if name is None:
        return ""
    return ", ".join(_text(code) for code in questionnaire[name].choice_names)


def _tables(
    table: str, choices: Iterable[Choice], languages: list[str], *, more: Iterable[str] = ()
) -> Iterator[str]:
    keys: list[str] = []
    for number, choice in enumerate(choices, start=1):
        labels = {code: choice.labels.get(code, "") for code in languages}
        key = slug(choice.name if choice.name.isalpha() else labels[languages[0]])
        keys.append(key if key and key not in keys else f"{table[:-1]}-{number}")
        lines = [f"code = {_text(choice.name)}", f"name = {_names(labels)}", *more, ""]
        yield "\n".join([f"[{table}.{keys[-1]}]", *lines, ""])


def unscored(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Yield a line with the choices of scored questions that have no score, and all their labels.

    One code may mean different things in different lists.
    """
    found: dict[str, dict[str, None]] = {}
    for question in questionnaire:
        for choice in question.choices if question.dimension else ():
            if choice.score is None:
                label = " ".join(choice.labels.get(language, "").split())
                found.setdefault(choice.name, {})[label] = None
    if found:
        listed = ", ".join(
            f"{_text(code)} ({' / '.join(labels)})" for code, labels in found.items()
        )
        yield f"Without a score in the form: {listed}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _names(names: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{code} = {_text(name)}" for code, name in names.items()) + " }"


def _text(text: str) -> str:
    """Return a TOML basic string: a JSON string in which DEL is escaped too."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False).replace("\x7f", "\\u007f")
