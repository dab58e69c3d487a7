"""The four frames that cleaning returns: their columns, their types, and how to read them."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from umid_research.clean.privacy import KINDS
from umid_research.frames import read_frame
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire

ANSWERED, MISSING, NOT_ASKED = "answered", "missing", "not asked"
STATES = pd.CategoricalDtype([ANSWERED, MISSING, NOT_ASKED])
KEYS = ("respondent", "unit", "district", "locality", "group", "weight")
ISSUE_COLUMNS = ("file", "row", "respondent", "column", "rule", "action", "old", "new", "note")
# All rules and actions in `issues` and `set_aside`; the catalogues have a text for each.
ASIDE_RULES = (
    *("duplicate", "duplicate_differs"),
    *("rejected_in_review", "under_review", "not_reviewed", "test", "no_consent"),
    *("unknown_district", "unknown_group", "unknown_locality", "no_weight"),
)
RULES = (
    *ASIDE_RULES,
    *("correction", "place_spelling", "choice_label", "number_format", "date_format"),
    *("unknown_choice", "ambiguous_choices", "not_a_number", "not_a_date"),
    *(f"mask_{kind}" for kind in KINDS),
    *("out_of_range", "not_asked", "not_asked_code", "no_unit"),
    *(
        "same_answers",
        "sent_at_once",
        "near_same",
        "straight_lining",
        "speeding",
        "blank_in_version",
        "quota",
    ),
)
ACTIONS = ("changed", "blanked", "masked", "flagged", "set aside", "taken as its own unit")
SET_ASIDE_COLUMNS = ("file", "row", "rule", "respondent")


@dataclass(frozen=True)
class Cleaned:
    """The four frames that cleaning returns; see `umid_research.clean`."""

    responses: pd.DataFrame
    states: pd.DataFrame
    issues: pd.DataFrame
    set_aside: pd.DataFrame


def read_cleaned(folder: Path, questionnaire: Questionnaire) -> Cleaned:
    """Read the four frames from `folder`, with the types that cleaning gave them."""
    numbers = tuple(q.name for q in questionnaire if q.kind in ("integer", "decimal"))
    states = read_frame(folder, "states")
    columns = question_columns(states)
    return Cleaned(
        responses=read_frame(folder, "responses", numbers=("weight", *numbers)),
        states=states.astype(dict.fromkeys(columns, STATES)),
        issues=read_frame(folder, "issues", numbers=("row",)).astype({"row": "Int64"}),
        set_aside=read_frame(folder, "set_aside", numbers=("row",)),
    )


def question_columns(responses: pd.DataFrame) -> list[str]:
    """Return the columns of `responses` or `states` that are questions."""
    return [name for name in responses.columns if name not in KEYS]


def published_questions(questionnaire: Questionnaire, study: Study) -> list[str]:
    """Return the questions whose answers may be copied from `raw` into `responses`.

    Identifying questions are left out, so that no name leaves `raw`. Roles that became columns of
    their own (district, group …) are left out too.
    """
    roles = study.roles
    dropped = {roles.district, roles.group, roles.locality, roles.unit, roles.weight, roles.consent}
    return [
        question.name
        for question in questionnaire
        if question.name not in dropped and question.name not in study.identifying
    ]
