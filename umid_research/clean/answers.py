"""Turn received answers into answers that the form allows, and set the state of every cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.clean.choices import NOT_ASKED_CODE, read_choices, without_not_asked
from umid_research.clean.column import Column, combined, condition
from umid_research.clean.dates import read_dates
from umid_research.clean.frame import ANSWERED, MISSING, NOT_ASKED, NUMERIC, STATES
from umid_research.clean.log import IssueLog
from umid_research.clean.numbers import is_numeric, read_numbers
from umid_research.clean.places import read_districts, read_groups, read_localities
from umid_research.clean.privacy import KINDS, mask_texts
from umid_research.clean.reading import Reading, Sources
from umid_research.study import Study
from umid_research.study.conditions import is_understood, referenced_values
from umid_research.study.questionnaire import Question, Questionnaire


@dataclass(frozen=True)
class Answers:
    """The cleaned answers of all submissions, their states and notes, each keyed by question."""

    columns: dict[str, Column]
    states: dict[str, np.ndarray]
    notes: dict[str, Column]

    def rows(self, kept: np.ndarray) -> "Answers":
        """Return the answers of the submissions in `kept`, a boolean mask or positions."""
        return Answers(
            {name: column.rows(kept) for name, column in self.columns.items()},
            {name: state[kept] for name, state in self.states.items()},
            {name: note.rows(kept) for name, note in self.notes.items()},
        )

    def state(self, name: str) -> pd.Categorical:
        """Return for each submission whether the question was answered, missing or not asked."""
        return pd.Categorical.from_codes(self.states[name], dtype=STATES)


# The state of a cell, indexed by [was asked, was answered].
_STATE_OF = (
    STATES.categories.get_indexer([NOT_ASKED, NOT_ASKED, MISSING, ANSWERED])
    .reshape(2, 2)
    .astype(np.int8)
)


def clean_answers(
    received: dict[str, Column],
    positions: np.ndarray,
    sources: Sources,
    questionnaire: Questionnaire,
    study: Study,
    log: IssueLog,
    *,
    lacking: Mapping[str, np.ndarray],
) -> Answers:
    """Return the cleaned answers; log every change as an issue.

    Questions are cleaned in the form's order, because a condition refers to earlier answers: it
    sees them cleaned, and blank where the question was not asked, as the device did. Calculated and
    hidden fields come last, as conditions see what the device computed.

    If a condition refers to a question that the submission's form version did not have, or to a
    field that neither the export has nor anybody can compute, it cannot be evaluated. Then the
    submissions with an answer count as asked and the others as not asked; for fields, an issue
    counts them.

    Parameters
    ----------
    received : the answers to each question, and the form's other fields that conditions need.
    positions : the row of each submission in `raw`.
    sources : the file of each submission.
    lacking : question -> True for the submissions whose form version did not have it.
    """
    answers = dict(received)
    states: dict[str, np.ndarray] = {}
    notes: dict[str, Column] = {}
    asked_by = _Conditions(answers, len(positions), questionnaire.fields)
    for question in questionnaire:
        column, notes[question.name], declared = _read(
            received, positions, sources, question, questionnaire, study, log
        )
        asked = asked_by.met_by(question.relevant)
        fields = {name: rows for name, rows in lacking.items() if name in questionnaire.fields}
        if lacking:
            unknown = _lacking_for(question.relevant, lacking, len(positions))
            asked = np.where(unknown, column.answered(), asked)
            without = lacking.get(question.name, np.zeros(len(positions), dtype=bool))
            asked &= ~without
            _log_unknown(question, fields, ~without, log)
        asked &= ~declared
        if question.constraint is not None and not is_understood(question.constraint):
            _log_unjudged(question, column.answered(), log)
        elif question.constraint is not None:
            unknown = _lacking_for([question.constraint], fields, len(positions))
            _log_unjudged(question, asked & column.answered() & unknown, log)
            answers[question.name] = column
            judged = asked & ~_lacking_for([question.constraint], lacking, len(positions))
            column = _within_constraint(column, question, judged, answers, positions, log)
        answered = column.answered()
        stray = np.flatnonzero(~asked & answered)
        if stray.size:
            old = column.texts[column.codes[stray]]
            log.add(positions[stray], question.name, "not_asked", old=old)
            column = column.where(asked)
        answers[question.name] = column
        asked_by.cleaned(question.name)
        states[question.name] = _STATE_OF[asked.view(np.int8), answered.view(np.int8)]
    for field in questionnaire.calculated:
        # A column of numbers has no text that could be personal.
        if field.kind != "text" or not is_numeric(received[field.name].texts):
            answers[field.name], notes[field.name], _ = _read(
                received, positions, sources, field, questionnaire, study, log
            )
    return Answers(answers, states, notes)


def _log_unknown(
    question: Question, fields: Mapping[str, np.ndarray], rows: np.ndarray, log: IssueLog
) -> None:
    """Log for how many of `rows` a condition cannot be evaluated, as a field's value is unknown."""
    open_conditions = [
        (expression, unknown)
        for expression in question.relevant
        if (unknown := rows & _lacking_for([expression], fields, len(rows))).any()
    ]
    if open_conditions:
        number = int(np.logical_or.reduce([unknown for _, unknown in open_conditions]).sum())
        listed = " and ".join(expression for expression, _ in open_conditions)
        log.add(
            np.array([-1]),
            question.name,
            "condition_unread",
            action="flagged",
            note=f"{number} rows; {listed}",
        )


def _log_unjudged(question: Question, answered: np.ndarray, log: IssueLog) -> None:
    """Log how many answers the form's constraint cannot judge.

    It is not supported, or it depends on what the export does not have, such as the day.
    """
    number = int(answered.sum())
    log.add(
        np.array([-1] if number else [], dtype=int),
        question.name,
        "constraint_unread",
        action="flagged",
        note=f"{number} answers; {question.constraint}",
    )


def _lacking_for(
    conditions: Iterable[str], lacking: Mapping[str, np.ndarray], size: int
) -> np.ndarray:
    """Return which submissions lack a question that one of the conditions refers to."""
    found = np.zeros(size, dtype=bool)
    for expression in conditions:
        for name in referenced_values(expression):
            found |= lacking.get(name, False)
    return found


class _Conditions:
    """Evaluate each condition once: a group of the form repeats its condition in every question."""

    def __init__(self, answers: dict[str, Column], size: int, known: Iterable[str]) -> None:
        self._answers, self._size = answers, size
        self._cleaned = set(known)
        self._known: dict[str, np.ndarray] = {}

    def cleaned(self, name: str) -> None:
        """Note that the answers to a question are final."""
        self._cleaned.add(name)

    def met_by(self, conditions: tuple[str, ...]) -> np.ndarray:
        """Return which submissions meet all the conditions."""
        fulfilled = np.ones(self._size, dtype=bool)
        for expression in conditions:
            if expression not in self._known:
                test = condition(expression, self._answers, self._size)
                if not self._cleaned.issuperset(referenced_values(expression)):
                    fulfilled &= test
                    continue
                self._known[expression] = test
            fulfilled &= self._known[expression]
        return fulfilled


def _read(
    received: dict[str, Column],
    positions: np.ndarray,
    sources: Sources,
    question: Question,
    questionnaire: Questionnaire,
    study: Study,
    log: IssueLog,
) -> tuple[Column, Column, np.ndarray]:
    """Return the allowed answers, notes on them, and which answers are a "not asked" code."""
    column = received[question.name]
    none = np.zeros(len(column.codes), dtype=bool)
    if question.name == study.roles.locality:
        column, reading = _read_locality(received, question, questionnaire, study)
    elif question.kind == "text" and question.name != study.roles.unit:
        blank = np.full(len(column.texts), "", dtype=object)
        masked = _mask_text(column, positions, question, study, log)
        return masked, Column(blank, column.codes), none
    elif question.kind in NUMERIC:
        column, reading = sources.read_each(
            column, lambda texts, by_device: read_numbers(texts, question, by_device=by_device)
        )
    else:
        reading = read_answers(column.texts, question, study)
    if (reading.rules != "").any():
        hit = (reading.rules != "")[column.codes]
        codes = column.codes[hit]
        log.add(
            positions[hit],
            question.name,
            reading.rules[codes],
            old=column.texts[codes],
            new=reading.answers[codes],
            note=reading.notes[codes],
        )
    declared = (reading.rules == NOT_ASKED_CODE)[column.codes]
    return column.read_as(reading.answers), Column(reading.notes, column.codes), declared


def read_answers(texts: np.ndarray, question: Question, study: Study) -> Reading:
    """Read each text as an answer to the question, by the rules of its role or its type."""
    if question.name == study.roles.district:
        return read_districts(texts, question, study)
    if question.name == study.roles.group:
        return read_groups(texts, question, study)
    if question.kind in ("select_one", "select_multiple"):
        codes = study.missing.codes("not_asked", question.list_name)
        return without_not_asked(read_choices(texts, question), texts, codes)
    if question.kind in NUMERIC:
        return read_numbers(texts, question)
    if question.kind == "date":
        return read_dates(texts)
    nothing = np.full(len(texts), "", dtype=object)
    return Reading(texts, nothing, nothing)


def _read_locality(
    received: dict[str, Column], question: Question, questionnaire: Questionnaire, study: Study
) -> tuple[Column, Reading]:
    """Read localities within the district of the same submission, as two may share a name."""
    places = received[study.roles.district]
    reading = read_districts(places.texts, questionnaire[study.roles.district], study)
    districts, texts = places.read_as(reading.answers), received[question.name]
    codes, rows = combined([districts, texts])
    column = Column(texts.texts[texts.codes[rows]], codes)
    district_codes = districts.texts[districts.codes[rows]]
    return column, read_localities(column.texts, district_codes, question, study)


def _mask_text(
    column: Column, positions: np.ndarray, question: Question, study: Study, log: IssueLog
) -> Column:
    """Mask personal data in free text; log one issue per text and kind, with the mark only."""
    masked, found = mask_texts(pd.Series(column.texts, dtype=object), names=study.names)
    if question.name not in study.identifying:
        for kind in KINDS:
            hit = found[kind].to_numpy()[column.codes]
            mark = f"[{kind}]"
            log.add(
                positions[hit], question.name, f"mask_{kind}", action="masked", old=mark, new=mark
            )
    return column.read_as(masked.to_numpy(dtype=object))


def _within_constraint(
    column: Column,
    question: Question,
    judged: np.ndarray,
    answers: dict[str, Column],
    positions: np.ndarray,
    log: IssueLog,
) -> Column:
    """Blank the answers that break the form's constraint, for the submissions in `judged`."""
    fulfilled = condition(str(question.constraint), answers, len(positions), itself=column)
    broken = judged & column.answered() & ~fulfilled
    hit = np.flatnonzero(broken)
    log.add(positions[hit], question.name, "out_of_range", old=column.texts[column.codes[hit]])
    return column.where(~broken)
