"""Compare answers with those that a supervisor got when asking again (`back_checks.csv`).

    submission     trust_1  age
    1cb5df98       4        41
    typed.xlsx:12  dk

One row per submission that was asked again, named as in `corrections.csv`: by its uuid, or as
file:row. A column per question, with codes or labels of the form, numbers or days; a blank was not
asked again. The result has one row per answer that can be compared:

    respondent  question  same
    777564f2…   trust_1   True
    777564f2…   age       False
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from umid_research.clean import NOT_ASKED, Cleaned
from umid_research.errors import StudyError
from umid_research.raw import choice_reader
from umid_research.raw.tables import Table, read_tables
from umid_research.study.questionnaire import Question, Questionnaire

FILE = "back_checks.csv"
_SUBMISSION = "submission"
_NUMBERS = ("integer", "decimal")


def read_back_checks(
    folder: Path, cleaned: Cleaned, raw: pd.DataFrame, questionnaire: Questionnaire
) -> pd.DataFrame | None:
    """Return the comparisons; None without the file. Submissions set aside are left out.

    `raw` has the columns file, row, uuid and respondent of every submission. Raises StudyError,
    naming row and column, for an unknown submission or question and for an answer that the form
    does not have.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return None
    (table,) = read_tables(path)
    named = {text.strip(): position for position, text in table.header.items()}
    questions = _questions(path, named, cleaned, questionnaire)
    rows = list(_rows(table, named, questions, _submissions(raw), cleaned))
    return pd.DataFrame(rows, columns=["respondent", "question", "same"])


def _questions(
    path: Path, named: dict[str, int], cleaned: Cleaned, questionnaire: Questionnaire
) -> list[Question]:
    possible = [
        question.name
        for question in questionnaire
        if question.name in cleaned.responses and question.kind != "text"
    ]
    unknown = [name for name in named if name != _SUBMISSION and name not in possible]
    if _SUBMISSION not in named or unknown or len(named) == 1:
        raise StudyError(
            "needs the column `submission`, and columns named after questions with choices, "
            "numbers or days; free text, and what identifies people, cannot be compared",
            where=str(path),
            found=", ".join(unknown or named),
            possible=[_SUBMISSION, *possible],
        )
    return [questionnaire[name] for name in named if name != _SUBMISSION]


def _submissions(raw: pd.DataFrame) -> dict[str, set[str]]:
    """Map each way to name a submission to the respondents that it may be."""
    found: dict[str, set[str]] = {}
    places = raw["file"] + ":" + raw["row"].astype(str)
    for names in (raw["uuid"], places, places.str.replace(":", ", row ")):
        for name, respondent in zip(names, raw["respondent"], strict=True):
            found.setdefault(name, set()).add(respondent)
    return found


def _rows(
    table: Table,
    named: dict[str, int],
    questions: list[Question],
    submissions: dict[str, set[str]],
    cleaned: Cleaned,
) -> Iterator[tuple[str, str, bool]]:
    responses = cleaned.responses.set_index("respondent")
    states = cleaned.states.set_index("respondent")
    seen: set[str] = set()
    for row, cells in table.cells.iterrows():
        name = cells[named[_SUBMISSION]].strip().removeprefix("uuid:")
        found = submissions.get(name, set()) if name else set()
        if len(found) != 1 or found <= seen:
            raise StudyError(
                "a back-check must name one submission, once, by its uuid or as file:row",
                where=f"{table.where}, row {row}, column {_SUBMISSION}",
                found=name,
            )
        seen |= found
        (respondent,) = found
        if respondent not in responses.index:
            continue  # set aside
        for question in questions:
            text = cells[named[question.name]].strip()
            where = f"{table.where}, row {row}, column {question.name}"
            again = _value(text, question, where)
            if again is not None and states.loc[respondent, question.name] != NOT_ASKED:
                first = responses.loc[respondent, question.name]
                yield respondent, question.name, bool(pd.notna(first) and first == again)


def _value(text: str, question: Question, where: str) -> str | float | None:
    """Return the answer as `responses` has it; None for a blank."""
    if not text:
        return None
    if question.choices:
        codes, rule = choice_reader(question)(text)
        if rule:
            raise StudyError(
                "is no answer of this question",
                where=where,
                found=text,
                possible=question.choice_names,
            )
        return codes
    is_number = question.kind in _NUMBERS
    try:
        return float(text) if is_number else datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        what = "number" if is_number else "day, such as 2022-03-14"
        raise StudyError(f"is not a {what}", where=where, found=text) from None
