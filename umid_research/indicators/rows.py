"""Checks that compare several cells of a row, or several rows; True means a valid row."""

from collections.abc import Callable, Mapping

import pandas as pd

from umid_research.indicators.columns import Known
from umid_research.indicators.dates import read_dates
from umid_research.indicators.definitions import Definitions

Holds = Callable[[pd.DataFrame], pd.Series]


def is_choice(definitions: Definitions) -> Holds:
    """Return a check that an answer belongs to its question, not only to another question."""
    questions = definitions.questions
    possible = [f"{name} {answer}" for name, asked in questions.items() for answer in asked.choices]
    answers = [answer for asked in questions.values() for answer in asked.choices]

    def holds(rows: pd.DataFrame) -> pd.Series:
        is_known = rows["question"].isin(list(questions)) & rows["answer"].isin(answers)
        return ~is_known | (rows["question"] + " " + rows["answer"]).isin(possible)

    return holds


def in_order(earlier: str, later: str) -> tuple[str, str, Holds]:
    """Return a check (column, rule, function) that date `later` is not before date `earlier`."""

    def holds(rows: pd.DataFrame) -> pd.Series:
        return ~(read_dates(rows[later])["date"] < read_dates(rows[earlier])["date"])

    return later, f"before_{earlier}", holds


def is_new(column: str, register: str, known: Known) -> Holds:
    """Return a check that an id is not used in another register with the same numbering."""
    return lambda rows: ~known.has(register, rows[column])


def is_subject(column: str, subjects: Mapping[str, str], known: Known) -> Holds:
    """Return a check that an id exists in the register of the decision's kind."""

    def holds(rows: pd.DataFrame) -> pd.Series:
        unknown = pd.Series(False, index=rows.index)
        for kind, named in subjects.items():
            unknown |= (rows["kind"] == kind) & ~known.was_read(named, rows[column])
        return ~unknown

    return holds


def agrees(rows: pd.DataFrame) -> pd.Series:
    """Return whether all decisions about the same pair, in either order, agree."""
    pair = rows[["first", "second"]]
    keys = [rows["kind"], pair.min(axis=1), pair.max(axis=1)]
    return rows["decision"].groupby(keys).transform("nunique") == 1
