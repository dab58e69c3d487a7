"""What compares the cells of a row, or the rows of a register: a Boolean per row, True if right."""

from collections.abc import Callable, Mapping

import pandas as pd

from umid_research.activities.columns import Known
from umid_research.activities.dates import read_dates
from umid_research.activities.definitions import Definitions

Holds = Callable[[pd.DataFrame], pd.Series]


def is_choice(definitions: Definitions) -> Holds:
    """Whether an answer is one to its question, and not only to another."""
    questions = definitions.questions
    possible = [f"{name} {answer}" for name, asked in questions.items() for answer in asked.choices]
    answers = [answer for asked in questions.values() for answer in asked.choices]

    def holds(rows: pd.DataFrame) -> pd.Series:
        is_known = rows["question"].isin(list(questions)) & rows["answer"].isin(answers)
        return ~is_known | (rows["question"] + " " + rows["answer"]).isin(possible)

    return holds


def in_order(earlier: str, later: str) -> tuple[str, str, Holds]:
    """The check that the second date is not before the first, where both can be read."""

    def holds(rows: pd.DataFrame) -> pd.Series:
        return ~(read_dates(rows[later])["date"] < read_dates(rows[earlier])["date"])

    return later, f"before_{earlier}", holds


def is_new(column: str, register: str, known: Known) -> Holds:
    """Whether an id does not stand in another register, with which it shares one numbering."""
    return lambda rows: ~known.has(register, rows[column])


def is_subject(column: str, subjects: Mapping[str, str], known: Known) -> Holds:
    """Whether what is decided about is there, and of the kind that the decision names."""

    def holds(rows: pd.DataFrame) -> pd.Series:
        unknown = pd.Series(False, index=rows.index)
        for kind, named in subjects.items():
            unknown |= (rows["kind"] == kind) & ~known.was_read(named, rows[column])
        return ~unknown

    return holds


def agrees(rows: pd.DataFrame) -> pd.Series:
    """Whether all decisions about a pair say the same, whichever of the two is named first."""
    pair = rows[["first", "second"]]
    keys = [rows["kind"], pair.min(axis=1), pair.max(axis=1)]
    return rows["decision"].groupby(keys).transform("nunique") == 1
