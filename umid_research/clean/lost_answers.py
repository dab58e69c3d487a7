"""Count equal causes in `issues`, and say which questions lost many answers to one cause.

`causes`, one row per kind of issue, the most frequent first within a question:

    column   rule            action   old    new  submissions  file        row
    region   unknown_choice  blanked  2                    28  export.csv    3
    region   unknown_choice  blanked  1                    20  export.csv    2
    age      number_format   changed  1 200  1200           2  typed.xlsx    9

For example, 28 answers to `region` were 2, which is no choice of the form, first in row 3 of
export.csv. The lines for people are made from it:

    region: 48 of 48 answers are no choice of the form: '2' 28, '1' 20; leading zeros were lost …

`losses` stops the run where so much is lost that a report would mislead. Smaller losses, and those
that the study accepts, are listed here.
"""

from collections.abc import Iterator

import pandas as pd

from umid_research.clean.causes import likely_cause, older_wording
from umid_research.clean.frame import ACTIONS, ANSWERED, RULES, Cleaned
from umid_research.clean.log import NOT_SHOWN
from umid_research.frames import Schema, code, text, whole
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

CAUSES = Schema(
    "causes",
    {
        "column": text(blank=True),
        "rule": code(RULES),
        "action": code(ACTIONS),
        "old": text(blank=True),
        "new": text(blank=True),
        "submissions": whole(1),
        "file": text(blank=True),
        "row": whole(1, blank=True),
    },
)
# A line is printed if one cause took at least this many answers, and this share of all to a
# question; or all of them.
_MIN_LOST, _MIN_SHARE = 2, 0.05
_MAX_SHOWN = 5
_ASIDE = "; these submissions are set aside"
# Rule -> what is wrong with the answers.
_LOST = {
    "unknown_choice": "are no choice of the form",
    "ambiguous_choices": "can be read as several choices",
    "not_a_number": "are no numbers, or can be several",
    "not_a_date": "are no dates, or can be several",
    "out_of_range": "are outside of what the form allows",
    "not_asked": "were given where the form does not ask for them",
    "no_consent": f"are neither consent nor refusal{_ASIDE}",
    "unknown_district": f"are no district of the study{_ASIDE}",
    "unknown_group": f"are no group of the study{_ASIDE}",
    "unknown_locality": f"are no locality of their district{_ASIDE}",
    "no_weight": f"are no weight{_ASIDE}",
}
_REMEDIES = {
    "ambiguous_choices": "export codes instead of labels",
    "not_a_number": "write them without signs between thousands, and decimals with a point",
    "not_a_date": "write them as 2024-03-31",
    "no_consent": "write them as in the form",
    "unknown_district": "add other spellings to `aliases` of the district in study.toml",
    "unknown_group": "add other spellings to `aliases` of the group in study.toml",
    "unknown_locality": "add other spellings to `locality_aliases` of the district in study.toml",
    "no_weight": "a weight is a number above 0",
}


def group_causes(issues: pd.DataFrame) -> pd.DataFrame:
    """Return `causes`: how many submissions have each issue, and the first of them."""
    same = ["column", "rule", "action", "old", "new"]
    rows = issues[[*same, "file", "row"]]
    first = rows.drop_duplicates(same)
    times = rows.groupby(same, dropna=False, sort=False).size().rename("submissions")
    counted = first.merge(times.reset_index(), on=same, how="left")
    order = {column: place for place, column in enumerate(counted["column"].unique())}
    counted["place"] = counted["column"].map(order)
    counted = counted.sort_values(
        ["place", "rule", "submissions"], ascending=[True, True, False], kind="stable"
    )
    return CAUSES.of(counted.reset_index(drop=True))


def lost_answers(cleaned: Cleaned, questionnaire: Questionnaire, study: Study) -> Iterator[str]:
    """Yield a line for each question that lost more than a share of its answers to one cause.

    It names how many, the values found, the likely cause and what to do.
    """
    causes = group_causes(cleaned.issues[cleaned.issues["rule"].isin(_LOST)])
    for name in questionnaire.names:
        lost = causes[causes["column"] == name]
        read = _read_answers(name, cleaned, study)
        received = None if read is None else read + int(lost["submissions"].sum())
        for rule, found in lost.groupby("rule", sort=False):
            number = int(found["submissions"].sum())
            share = 1 if received is None else number / received
            if share == 1 or (number >= _MIN_LOST and share >= _MIN_SHARE):
                amount = number if received is None else f"{number} of {received}"
                what = _remedy(str(rule), found, questionnaire[name], study)
                yield f"{name}: {amount} answers {_LOST[str(rule)]}{_values(found)}; {what}"


def unread_conditions(cleaned: Cleaned) -> Iterator[str]:
    """Yield a line for each condition that depends on a value which no export has.

    It names the number of rows, the condition and the questions that depend on it.
    """
    found = cleaned.issues[cleaned.issues["rule"] == "condition_unread"]
    for note, rows in found.groupby("note", sort=False):
        number, _, expression = str(note).partition(" rows; ")
        yield (
            f"{', '.join(rows['column'])}: the condition {expression} depends on a value that "
            f"cannot be computed and is in no column of {number} rows; there, who answered counts "
            "as asked, nobody else; export the field's column too, for today() that of `start`"
        )


def _read_answers(name: str, cleaned: Cleaned, study: Study) -> int | None:
    """Return how many answers to the question could be read and kept as they are.

    Some roles have an answer in every submission that is kept. None if the frames cannot tell: the
    answers of identifying questions are in none of them.
    """
    roles = study.roles
    if name in (roles.district, roles.group, roles.locality, roles.weight, roles.consent):
        return len(cleaned.responses)
    if name not in cleaned.states:
        return None
    partly = cleaned.issues["rule"].isin(_LOST) & (cleaned.issues["action"] == "changed")
    partly &= cleaned.issues["column"] == name
    return int((cleaned.states[name] == ANSWERED).sum()) - int(partly.sum())


def _values(found: pd.DataFrame) -> str:
    """List the values that may be shown, each with its number."""
    shown = found[(found["old"] != NOT_SHOWN) & found["old"].notna()].head(_MAX_SHOWN)
    parts = [f"{row.old!r} {row.submissions}" for row in shown.itertuples()]
    others = int(found["submissions"].sum() - shown["submissions"].sum())
    return f": {', '.join([*parts, *([f'{others} others'] if others else [])])}"


def _remedy(rule: str, found: pd.DataFrame, question: Question, study: Study) -> str:
    """Return the likely cause and what to do about it."""
    if rule == "out_of_range":
        return f"the form's constraint is {question.constraint}"
    if rule == "not_asked":
        return (
            f"the form's condition is {' and '.join(question.relevant)}; if an older form asked "
            "everybody, take it out of the questionnaire in the study folder"
        )
    if rule != "unknown_choice":
        return _REMEDIES[rule]
    shown = found[(found["old"] != NOT_SHOWN) & found["old"].notna()]
    values = list(zip(shown["submissions"], shown["old"], strict=True))
    if not values:
        kept = "; ticks that are choices are kept" if question.kind == "select_multiple" else ""
        return f"they are words of people's own{kept}"
    cause = likely_cause(shown["old"], question)
    lines = list(older_wording(question, cause, values, study))
    return f"{cause}{'; to copy: ' + ' or '.join(lines) if lines else ''}"
