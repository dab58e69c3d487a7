"""raw -> responses, states, issues, set_aside.

In, `raw` (three submissions, all text; file and version left out):

    row  uuid  consent  district  respondent_group  locality  trust_1  trust_2
      2  1cb5  yes      quba      community         Guba 1    4        nine
      3  1cb5  yes      quba      community         Guba 1    4        nine
      4  77aa  no

Out, `responses` and `states`, one row an accepted respondent:

    respondent  unit  district  locality  group      weight  trust_1  trust_2
    777564f2…   e1f…  quba      Guba 1    community     1.0  4
    777564f2…   …     …                                      answered missing

`issues`, one row a problem or a change, and `set_aside`, one row a submission not analysed:

    file  row  respondent  column   rule            action   old   new
    k.csv   2  777564f2…   trust_2  unknown_choice  blanked  nine

    file  row  rule        respondent
    k.csv   3  duplicate   777564f2…
    k.csv   4  no_consent  90b3a1c5…

read aloud: the one accepted respondent answered 4 to `trust_1`; what stood in `trust_2` is no
choice of the form and was blanked; row 3 came in twice; row 4 did not agree to take part, and
nothing of that submission is kept. Rows in = rows kept + rows set aside.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.frames import read_frame
from umid_research.privacy import keyed_ids, respondent_ids
from umid_research.questionnaire import Question, Questionnaire
from umid_research.relevant import holds
from umid_research.study import Study

ANSWERED, MISSING, NOT_ASKED = "answered", "missing", "not asked"
STATES = pd.CategoricalDtype([ANSWERED, MISSING, NOT_ASKED])
KEYS = ("respondent", "unit", "district", "locality", "group", "weight")
ISSUE_COLUMNS = ("file", "row", "respondent", "column", "rule", "action", "old", "new")
SET_ASIDE_COLUMNS = ("file", "row", "rule", "respondent")
# An old value is shown only where it looks like a code; other text could tell who answered.
_LOOKS_LIKE_A_CODE = re.compile(r"-?(?!\w*\d{5})\w{1,24}")
_NOT_SHOWN = "[text]"


@dataclass(frozen=True)
class Cleaned:
    """The four frames of a cleaning; see the module's docstring."""

    responses: pd.DataFrame
    states: pd.DataFrame
    issues: pd.DataFrame
    set_aside: pd.DataFrame


def clean_responses(
    raw: pd.DataFrame, questionnaire: Questionnaire, study: Study, *, key: str
) -> Cleaned:
    """The accepted, typed responses of `raw`, and an account of everything that was changed.

    `key` is the respondent key (privacy.respondent_key).
    """
    submissions = raw.assign(respondent=respondent_ids(raw, key))
    verdict = _verdicts(submissions, questionnaire, study)
    kept = submissions[verdict == ""].reset_index(drop=True)
    log = _IssueLog(submissions)
    log.add_verdicts(verdict, study)
    answers, states = _cleaned_answers(kept, questionnaire, log)
    keys = _keys(kept, answers, study, log, key=key)
    columns = _published_questions(questionnaire, study)
    typed = {name: _typed(answers[name], questionnaire[name]) for name in columns}
    return Cleaned(
        responses=pd.concat([keys, pd.DataFrame(typed, index=keys.index)], axis=1),
        states=pd.concat([keys[["respondent"]], states[columns]], axis=1),
        issues=log.frame(questionnaire),
        set_aside=submissions.assign(rule=verdict)[verdict != ""][
            list(SET_ASIDE_COLUMNS)
        ].reset_index(drop=True),
    )


def read_cleaned(folder: Path, questionnaire: Questionnaire) -> Cleaned:
    """The four frames as they were written to `folder`, with the types they had."""
    numbers = tuple(q.name for q in questionnaire if q.kind in ("integer", "decimal"))
    states = read_frame(folder, "states")
    columns = question_columns(states)
    return Cleaned(
        responses=read_frame(folder, "responses", numbers=("weight", *numbers)),
        states=states.astype(dict.fromkeys(columns, STATES)),
        issues=read_frame(folder, "issues", numbers=("row",)),
        set_aside=read_frame(folder, "set_aside", numbers=("row",)),
    )


def question_columns(responses: pd.DataFrame) -> list[str]:
    """The columns of `responses` or `states` that hold questions."""
    return [name for name in responses.columns if name not in KEYS]


def _published_questions(questionnaire: Questionnaire, study: Study) -> list[str]:
    """Questions whose answers may leave raw.

    Free text stays there, since nothing yet finds the names and numbers people write into it;
    roles that became columns of their own, and identifying questions, are not repeated.
    """
    roles = study.roles
    dropped = {roles.district, roles.group, roles.locality, roles.unit, roles.weight, roles.consent}
    return [
        question.name
        for question in questionnaire
        if question.kind != "text"
        and question.name not in dropped
        and question.name not in study.identifying
    ]


# --- which submissions are set aside ------------------------------------------------------------


def _verdicts(raw: pd.DataFrame, questionnaire: Questionnaire, study: Study) -> pd.Series:
    """The first rule that sets a submission aside, "" where none does.

    The order matters: a submission that came twice is a duplicate before it is anything else, and
    of one without consent nothing else is looked at.
    """
    verdict = pd.Series("", index=raw.index)
    for rule, (_, applies) in _SET_ASIDE_RULES.items():
        verdict = verdict.mask((verdict == "") & applies(raw, questionnaire, study), rule)
    return verdict


def _is_duplicate(raw: pd.DataFrame, _: Questionnaire, study: Study) -> pd.Series:
    return (raw["uuid"] != "") & raw.duplicated("uuid")


def _lacks_consent(raw: pd.DataFrame, _: Questionnaire, study: Study) -> pd.Series:
    if study.roles.consent is None:
        return pd.Series(False, index=raw.index)
    return ~raw[study.roles.consent].str.strip().isin(study.consent_given)


def _lacks_district(raw: pd.DataFrame, _: Questionnaire, study: Study) -> pd.Series:
    return ~raw[study.roles.district].str.strip().isin(_keys_by_code(study.districts))


def _lacks_group(raw: pd.DataFrame, _: Questionnaire, study: Study) -> pd.Series:
    return ~raw[study.roles.group].str.strip().isin(_keys_by_code(study.groups))


def _lacks_locality(raw: pd.DataFrame, _: Questionnaire, study: Study) -> pd.Series:
    """A matched group's answer counts only together with the others of its locality."""
    if study.roles.locality is None:
        return pd.Series(False, index=raw.index)
    known = {
        f"{district.code}\n{locality}"
        for district in study.districts.values()
        for locality in district.localities
    }
    locality = raw[study.roles.locality].str.strip()
    placed = (raw[study.roles.district].str.strip() + "\n" + locality).isin(known)
    matched = {study.groups[group].code for group in study.matched_groups}
    needed = raw[study.roles.group].str.strip().isin(matched) | (locality != "")
    return needed & ~placed


def _lacks_weight(raw: pd.DataFrame, _: Questionnaire, study: Study) -> pd.Series:
    if study.roles.weight is None:
        return pd.Series(False, index=raw.index)
    weight = pd.to_numeric(raw[study.roles.weight], errors="coerce")
    return ~(np.isfinite(weight) & (weight > 0))


_Rule = Callable[[pd.DataFrame, Questionnaire, Study], pd.Series]
# Rule -> the role whose answer is to blame, and the test.
_SET_ASIDE_RULES: Mapping[str, tuple[str | None, _Rule]] = {
    "duplicate": (None, _is_duplicate),
    "no_consent": (None, _lacks_consent),
    "unknown_district": ("district", _lacks_district),
    "unknown_group": ("group", _lacks_group),
    "unknown_locality": ("locality", _lacks_locality),
    "no_weight": ("weight", _lacks_weight),
}


def _keys_by_code(entries: Mapping) -> dict[str, str]:
    return {entry.code: key for key, entry in entries.items()}


# --- what was answered --------------------------------------------------------------------------


def _cleaned_answers(
    kept: pd.DataFrame, questionnaire: Questionnaire, log: "_IssueLog"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Text answers that the form allows, and the state of every cell, in the form's order.

    A condition sees the answers as the device saw them: those before it already cleaned, and
    blank where the question was not asked.
    """
    answers = kept[list(questionnaire.names)].copy()
    states = {}
    for question in questionnaire:
        received = kept[question.name].str.strip()
        value, rule = _read_answers(received, question)
        log.add(kept, question.name, rule, old=received, new=value)
        asked = pd.Series(True, index=kept.index)
        for condition in question.relevant:
            asked &= holds(condition, answers)
        stray = ~asked & (value != "")
        blank = pd.Series("", index=kept.index)
        log.add(kept, question.name, blank.mask(stray, "not_asked"), old=value, new=blank)
        answers[question.name] = value.where(asked, "")
        state = np.select([~asked, answers[question.name] != ""], [NOT_ASKED, ANSWERED], MISSING)
        states[question.name] = pd.Series(pd.Categorical(state, dtype=STATES), index=kept.index)
    return answers, pd.DataFrame(states, index=kept.index)


def _read_answers(received: pd.Series, question: Question) -> tuple[pd.Series, pd.Series]:
    """The answers the question allows, "" where it does not, and the rule that says why."""
    blank = pd.Series("", index=received.index)
    if question.kind in ("select_one", "select_multiple"):
        read = {text: _read_choices(text, question) for text in received.unique()}
        return (
            received.map({text: value for text, (value, _) in read.items()}),
            received.map({text: rule for text, (_, rule) in read.items()}),
        )
    if question.kind in ("integer", "decimal"):
        number = pd.to_numeric(received, errors="coerce")
        wrong = (received != "") & ~np.isfinite(number)
        if question.kind == "integer":
            wrong |= number.notna() & (number % 1 != 0)
        return received.mask(wrong, ""), blank.mask(wrong, "not_a_number")
    if question.kind == "date":
        date = pd.to_datetime(received, format="%Y-%m-%d", errors="coerce")
        wrong = (received != "") & date.isna()
        return received.mask(wrong, ""), blank.mask(wrong, "not_a_date")
    return received, blank


def _read_choices(text: str, question: Question) -> tuple[str, str]:
    """Known codes in the form's order, and the rule broken by what was left out."""
    if question.kind == "select_one":
        return (text, "") if text in ("", *question.choice_names) else ("", "unknown_choice")
    chosen = set(text.split())
    known = [name for name in question.choice_names if name in chosen]
    rule = "unknown_choice" if len(known) < len(chosen) else ""
    return " ".join(known), rule


def _typed(answers: pd.Series, question: Question) -> pd.Series:
    if question.kind in ("integer", "decimal"):
        return pd.to_numeric(answers, errors="coerce")
    return answers.mask(answers == "")


def _keys(
    kept: pd.DataFrame, answers: pd.DataFrame, study: Study, log: "_IssueLog", *, key: str
) -> pd.DataFrame:
    """Respondent, unit, district, locality, group and weight of every accepted submission.

    The unit is the matched group in its locality, otherwise the answer to the role `unit` within
    group and district. Who names no unit is a unit of one.
    """
    roles = study.roles
    nothing = pd.Series("", index=kept.index)
    district = answers[roles.district].map(_keys_by_code(study.districts))
    group = answers[roles.group].map(_keys_by_code(study.groups))
    locality = answers[roles.locality] if roles.locality else nothing
    named = answers[roles.unit].str.casefold() if roles.unit else nothing
    matched = group.isin(study.matched_groups) & (locality != "")
    alone = ~matched & (named == "")
    if roles.unit:
        log.add(
            kept,
            roles.unit,
            nothing.mask(alone, "no_unit"),
            old=named,
            new=named,
            action="taken as its own unit",
        )
    member = named.mask(matched, "").mask(alone, kept["respondent"])
    identity = group + "\n" + district + "\n" + locality + "\n" + member
    return pd.DataFrame(
        {
            "respondent": kept["respondent"],
            "unit": keyed_ids(identity, key),
            "district": district,
            "locality": locality.mask(locality == ""),
            "group": group,
            "weight": pd.to_numeric(answers[roles.weight]) if roles.weight else 1.0,
        }
    )


class _IssueLog:
    """Collects rows of `issues`; each call adds those of one column and rule."""

    def __init__(self, submissions: pd.DataFrame) -> None:
        self._submissions = submissions
        self._parts: list[pd.DataFrame] = []

    def add(
        self,
        rows: pd.DataFrame,
        column: str,
        rule: pd.Series,
        *,
        old: pd.Series,
        new: pd.Series,
        action: str | None = None,
    ) -> None:
        """One issue for each row whose `rule` is not "".

        The action is `changed`, or `blanked` where nothing of the answer is left, unless given.
        """
        hit = rule != ""
        if not hit.any():
            return
        done = np.where(new[hit] == "", "blanked", "changed") if action is None else action
        shown = {text: _shown(text) for text in old[hit].unique()}
        part = rows.loc[hit, ["file", "row", "respondent"]].assign(
            column=column, rule=rule[hit], action=done, old=old[hit].map(shown), new=new[hit]
        )
        self._parts.append(part)

    def add_verdicts(self, verdict: pd.Series, study: Study) -> None:
        """One issue for each submission set aside because of an answer."""
        blank = pd.Series("", index=verdict.index)
        for rule, (role, _) in _SET_ASIDE_RULES.items():
            name = getattr(study.roles, role) if role else None
            if name is not None:
                self.add(
                    self._submissions,
                    name,
                    verdict.where(verdict == rule, ""),
                    old=self._submissions[name].str.strip(),
                    new=blank,
                    action="set aside",
                )

    def frame(self, questionnaire: Questionnaire) -> pd.DataFrame:
        """The frame `issues`, in the order of files, rows and questions."""
        if not self._parts:
            return pd.DataFrame(columns=list(ISSUE_COLUMNS))
        issues = pd.concat(self._parts)
        order = {name: place for place, name in enumerate(questionnaire.names)}
        issues = issues.assign(place=issues["column"].map(order))
        issues = issues.sort_values(["file", "row", "place", "rule"], kind="stable")
        return issues[list(ISSUE_COLUMNS)].reset_index(drop=True)


def _shown(text: str) -> str:
    """The old value where it is a code, else the mark that it is withheld."""
    return text if _LOOKS_LIKE_A_CODE.fullmatch(text) or text == "" else _NOT_SHOWN
