"""The frames that cleaning returns: their columns, their types, and how to read them.

There are four of the submissions, and four of each repeated group, whose rows are its members:

    responses  members_people           states     member_states_people
    issues     member_issues_people     set_aside  member_set_aside_people
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from umid_research.clean.numbers import is_numeric
from umid_research.clean.privacy import KINDS
from umid_research.frames import Schema, category, code, number, read_frame, text, whole
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

ANSWERED, MISSING, NOT_ASKED = "answered", "missing", "not asked"
STATES = pd.CategoricalDtype([ANSWERED, MISSING, NOT_ASKED])
NUMERIC = ("integer", "decimal")
KEY_COLUMNS = {
    **{name: text() for name in ("respondent", "unit", "district")},
    "locality": text(blank=True),
    "group": text(),
    "weight": number(0),
}
KEYS = tuple(KEY_COLUMNS)
# All rules and actions in `issues` and `set_aside`; the catalogues have a text for each.
ASIDE_RULES = (
    *("by_person", "draft", "duplicate", "duplicate_differs", "deleted"),
    *("rejected_in_review", "under_review", "not_reviewed", "test", "no_consent"),
    *("unknown_district", "unknown_group", "unknown_locality", "no_weight"),
)
RULES = (
    *ASIDE_RULES,
    *("correction", "place_spelling", "choice_label", "number_format", "date_format"),
    *("unknown_choice", "ambiguous_choices", "not_a_number", "not_a_date"),
    *(f"mask_{kind}" for kind in KINDS),
    *(
        "out_of_range",
        "constraint_unread",
        "condition_unread",
        "not_asked",
        "not_asked_code",
        "no_unit",
    ),
    *(
        "same_answers",
        "sent_at_once",
        "near_same",
        "straight_lining",
        "implausible",
        "speeding",
        "blank_in_version",
        "quota",
    ),
)
ACTIONS = ("changed", "blanked", "masked", "flagged", "set aside", "taken as its own unit")
ISSUES = Schema(
    "issues",
    {
        "file": text(blank=True),
        "row": whole(1, blank=True),
        **{name: text(blank=True) for name in ("respondent", "column")},
        "rule": code(RULES),
        "action": code(ACTIONS),
        **{name: text(blank=True) for name in ("old", "new", "note")},
    },
)
SET_ASIDE = Schema(
    "set_aside",
    {"file": text(), "row": whole(1), "rule": code(ASIDE_RULES), "respondent": text()},
    key=("file", "row"),
)
# The rules by which members of a repeated group are set aside: that of their submission, if the
# submission is not in the export, and if the row is a copy of another one.
MEMBER_RULES = (*ASIDE_RULES, "no_submission", "twice")
_MEMBER_KEYS = {"respondent": text(), "position": whole(1)}


def answer_schemas(
    questions: Iterable[Question], fields: Iterable[Question] = (), *, required: bool = True
) -> tuple[Schema, Schema]:
    """Return the schemas of `responses` and `states` with columns for these questions.

    `responses` has columns for the calculated and hidden `fields` too. Without `required`, the
    frames may lack some columns.
    """
    answers, states = {}, {}
    for question in questions:
        kind = number if question.kind in NUMERIC else text
        answers[question.name] = kind(blank=True, required=required)
        states[question.name] = category(STATES, required=required)
    for field in fields:
        kind = number if field.kind in NUMERIC else text
        answers[field.name] = kind(blank=True, required=required)
    return (
        Schema("responses", KEY_COLUMNS | answers, key=("respondent",)),
        Schema("states", {"respondent": text()} | states, key=("respondent",)),
    )


def member_schemas(
    group: str, questions: Iterable[Question], *, required: bool = True
) -> dict[str, Schema]:
    """Return the schemas of the four frames of a repeated group, by the names of their fields."""
    responses, states = answer_schemas(questions, required=required)
    keys = tuple(_MEMBER_KEYS)
    answers = {name: c for name, c in responses.columns.items() if name not in KEY_COLUMNS}
    cells = {name: c for name, c in states.columns.items() if name not in KEY_COLUMNS}
    aside = {**SET_ASIDE.columns, "rule": code(MEMBER_RULES), "respondent": text(blank=True)}
    return {
        "responses": Schema(f"members_{group}", _MEMBER_KEYS | answers, key=keys),
        "states": Schema(f"member_states_{group}", _MEMBER_KEYS | cells, key=keys),
        "issues": Schema(f"member_issues_{group}", ISSUES.columns),
        "set_aside": Schema(f"member_set_aside_{group}", aside, key=("file", "row")),
    }


@dataclass(frozen=True)
class Cleaned:
    """The frames that cleaning returns; see `umid_research.clean`.

    `members` maps each repeated group that was read to its own four frames; their rows have the
    respondent that the member belongs to and the member's position, from 1.
    """

    responses: pd.DataFrame
    states: pd.DataFrame
    issues: pd.DataFrame
    set_aside: pd.DataFrame
    members: Mapping[str, "Cleaned"] = dataclasses.field(default_factory=dict)

    def frames(self, questionnaire: Questionnaire, study: Study) -> dict[Schema, pd.DataFrame]:
        """Return the frames by schema, in the order in which they are written."""
        published = [questionnaire[name] for name in published_questions(questionnaire, study)]
        fields = [
            replace(one, kind="decimal") if is_numeric_dtype(self.responses[one.name]) else one
            for one in questionnaire.calculated
            if one.name in self.responses
        ]
        schemas = (*answer_schemas(published, fields), ISSUES, SET_ASIDE)
        frames = {schema: getattr(self, schema.name) for schema in schemas}
        for repeat in questionnaire.repeats:
            if (group := self.members.get(repeat.name)) is not None:
                names = published_questions(repeat.members, study)
                kept = member_schemas(repeat.name, [repeat.members[name] for name in names])
                frames |= {schema: getattr(group, own) for own, schema in kept.items()}
        return frames


def read_cleaned(folder: Path, questionnaire: Questionnaire) -> Cleaned:
    """Read the frames from `folder`, with the types that cleaning gave them."""
    fields = questionnaire.calculated
    schemas = (*answer_schemas(questionnaire, fields, required=False), ISSUES, SET_ASIDE)
    read = {schema.name: read_frame(folder, schema) for schema in schemas}
    texts = [field.name for field in fields if field.name in read["responses"]]
    typed = {name: typed_field(read["responses"][name]) for name in texts}
    read["responses"] = read["responses"].assign(**typed)
    members = {
        repeat.name: Cleaned(**{own: read_frame(folder, schema) for own, schema in schemas.items()})
        for repeat in questionnaire.repeats
        for schemas in [member_schemas(repeat.name, repeat.members, required=False)]
        if (Path(folder) / f"{schemas['responses'].name}.csv").is_file()
    }
    return Cleaned(**read, members=members)


def typed_field(values: pd.Series) -> pd.Series:
    """Return the values of a field as numbers, if all of them are."""
    if is_numeric_dtype(values) or not is_numeric(values.dropna()):
        return values
    return pd.to_numeric(values).astype(float)


def question_columns(states: pd.DataFrame) -> list[str]:
    """Return the questions, which are the columns of `states` that are no keys."""
    return [name for name in states.columns if name not in KEYS]


def published_fields(questionnaire: Questionnaire, study: Study) -> list[str]:
    """Return the calculated and hidden fields that are copied from `raw` into `responses`."""
    fields = (field.name for field in questionnaire.calculated)
    kept_back = {*study.identifying, study.roles.interviewer}
    return [name for name in fields if name not in kept_back]


def published_questions(questionnaire: Questionnaire, study: Study) -> list[str]:
    """Return the questions whose answers may be copied from `raw` into `responses`.

    Identifying questions are left out, so that no name leaves `raw`. Roles that became columns of
    their own (district, group …) are left out too.
    """
    roles = study.roles
    dropped = {roles.district, roles.group, roles.locality, roles.unit, roles.weight, roles.consent}
    dropped.add(roles.interviewer)  # who asked is no answer, and would be published as one
    return [
        question.name
        for question in questionnaire
        if question.name not in dropped and question.name not in study.identifying
    ]
