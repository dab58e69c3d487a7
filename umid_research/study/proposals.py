"""Propose from a form which question has which role, and say what a role left empty costs.

Nothing is decided here: `begin` writes the proposals as comments into study.toml.

    locality    its choices are filtered by the district, or its name or label speaks of a village
    unit        its name or label speaks of an organisation, a household or a school; or it asks for
                the village in words, since answers of one village belong together
    interviewer its name or its whole label says so, as "Enumerator ID"; or it is the user name that
                the device writes (`username`)
    headline    the first question with few choices that is not scored, such as whether people know
    focus       the first two dimensions
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from umid_research.study.questionnaire import Question, Questionnaire
from umid_research.study.spelling import folded

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "locality": "groups cannot be compared within places, and `matched` has no effect",
        "unit": "every person is a unit, unless groups are matched by locality. People of one "
        "place are then assumed to be independent, and reports say that intervals are too narrow",
        "consent": "nobody can refuse: every submission is analysed",
        "sex": "reports do not say how many women and men were asked",
        "mode": "interviews are judged as too fast together, whether on the phone or at home",
        "weight": "percentages are not weighted",
        "interviewer": "`make monitor` cannot compare interviewers, nor say whom to call; no frame "
        "and no report has them",
    }
)
_ASKING = (
    "enum interviewer surveyor numerator username anketor anketyor anketçi müsahibəçi "
    "intervyuer intervyüçü анкетёр анкетер анкетист интервьюер"
)
_AROUND = (
    "name code id number no of the your s kod kodu kodunuz ad adı adınız nömrə nömrəsi код имя "
    "номер ваш ваше фио"
)
_USER = "username"  # the type of the field in which a device writes who is logged in
_MAX_CHOICES = 6
_FOCUS, _MAX_ANSWERS = 2, 3


def _words(text: str) -> re.Pattern[str]:
    """Return a pattern for a word that begins with one of these, in folded texts."""
    starts = "|".join(re.escape(folded(word)) for word in text.split())
    return re.compile(rf"\b(?:{starts})")


_PLACES = _words(
    "village town settlement localit communit municipalit kend kənd qəsəbə şəhər bələdiyyə icma "
    "сел посел посёл город деревн общин муниципалит"
)
_UNITS = _words(
    "organisation organization org institution compan firm enterprise school clinic household hh "
    "hhid family cluster psu təşkilat qurum müəssisə məktəb ailə təsərrüfat организаци учреждени "
    "предприяти школ семь хозяйств домохозяйств кластер"
)
_SIZES = _words("size many members count sayı neçə сколько числ")
_AWARENESS = _words("aware know heard saw seen xəbər eşit bilir знаете слышали видели")
_CONSENT = _words("consent agree razı razılıq соглас")
_SEX = re.compile(rf"{_words('sex gender cins cinsi cinsiniz пол').pattern}\b")


def proposed_roles(
    questionnaire: Questionnaire, nodes: Iterable[Mapping[str, Any]], *, district: str, group: str
) -> dict[str, str]:
    """Return role -> question for the roles that no question is named after, if one seems to fit.

    `nodes` are the questions as pyxform reads them, with the filters of their choices.
    """
    nodes = [*nodes]
    taken = {district, group, *(role for role in ROLES if role in questionnaire.names)}
    free = [question for question in questionnaire if question.name not in taken]
    found: dict[str, str] = {}
    cascades = {
        str(node["name"])
        for node in nodes
        if re.search(rf"\$\{{\s*{re.escape(district)}\s*\}}", str(node.get("choice_filter", "")))
    }
    one = [
        question for question in free if question.kind == "select_one" and not question.dimension
    ]
    places = [q for q in one if q.name in cascades] + [q for q in one if _says(q, _PLACES)]
    if "locality" not in taken and places:
        found["locality"] = places[0].name
    named = [q for q in free if q.kind in ("text", "select_one", "integer") and not q.dimension]
    units = [q for q in named if _says(q, _UNITS) and not _says(q, _SIZES)]
    # Many labels speak of a household; the name of a question says more.
    units = [q for q in units if q.kind == "text" or _UNITS.search(_plain(q.name))]
    units += [q for q in named if q.kind == "text" and _says(q, _PLACES)]
    if "unit" not in taken and units:
        found["unit"] = units[0].name
    consents = [q for q in one if _says(q, _CONSENT) and len(q.choices) <= _MAX_ANSWERS]
    if "consent" not in taken and consents:
        found["consent"] = consents[0].name
    sexes = [q for q in one if _says(q, _SEX)]
    if "sex" not in taken and sexes:
        found["sex"] = sexes[0].name
    asking = [q for q in named if _is_interviewer(_plain(q.name))]
    asking += [q for q in named if any(_is_interviewer(folded(text)) for text in q.texts)]
    users = [str(node["name"]) for node in nodes if node.get("type") == _USER]
    interviewers = [*(question.name for question in asking), *users]
    if "interviewer" not in taken and interviewers:
        found["interviewer"] = interviewers[0]
    return found


def proposed_headline(questionnaire: Questionnaire, *, taken: Iterable[str]) -> str:
    """Return the question whose answers could open the report, "" if none seems to fit.

    Better one of awareness than another; `taken` are questions with a role.
    """
    known = {*taken, *ROLES}
    fitting = [
        question
        for question in questionnaire
        if question.kind == "select_one"
        and question.dimension is None
        and question.name not in known
        and 2 <= len(question.choices) <= _MAX_CHOICES
    ]
    aware = [question for question in fitting if _says(question, _AWARENESS)]
    return next((question.name for question in (*aware, *fitting)), "")


def proposed_focus(questionnaire: Questionnaire) -> list[str]:
    """Return the dimensions whose single answers the report could show first."""
    return list(questionnaire.dimensions[:_FOCUS])


def _is_interviewer(text: str) -> bool:
    """Return whether a folded text names the interviewer and nothing else, as "Enumerator ID".

    Forms often speak to interviewers ("Interviewer: was anybody else present?").
    """
    words = re.findall(r"\w+", text)
    starts = tuple(map(folded, _ASKING.split()))
    around = {folded(word) for word in _AROUND.split()}
    return any(word.startswith(starts) for word in words) and all(
        word in around or word.startswith(starts) for word in words
    )


def _says(question: Question, words: re.Pattern[str]) -> bool:
    texts = (_plain(question.name), *map(folded, question.texts))
    return any(map(words.search, texts))


def _plain(name: str) -> str:
    return folded(name.replace("_", " "))
