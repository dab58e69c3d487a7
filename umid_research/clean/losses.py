"""Stop the run if most answers to a question cannot be read, unless the study accepts it.

A single unreadable answer is blanked and logged. But if most answers to a question cannot be
read, the cause lies in the file or the form, and a report on the remaining ones would mislead:

    question  received  read  values found        likely cause
    t1              24     0  2 (10), 5 (8), …    the codes 02, 05 lost their leading zeros
    t2              24     0  Raz?yam (9), …      letters were lost when the file was saved
    village         24     1  v7 (4), v12 (3) …   codes of another version of the form

Only answers that were received can be lost: a question that was not asked or that nobody answered
is not a loss, unless a scored dimension is left without any answer. `accepted_losses` in study.toml
lists the questions and dimensions that may lose their answers.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers, read_answers
from umid_research.clean.causes import (
    LETTERS,
    ZEROS,
    known_texts,
    likely_cause,
    older_wording,
    proven_cause,
)
from umid_research.clean.column import Column
from umid_research.clean.frame import ANSWERED, NOT_ASKED, STATES
from umid_research.clean.privacy.shown import MIN_ALIKE, given_by_several, is_impersonal
from umid_research.errors import ExportError
from umid_research.study import Study
from umid_research.study.questionnaire import Question, Questionnaire

# Too much is lost if these are all of at least _MIN_OF_ALL answers, or _MAX_LOST_SHARE of at least
# _MIN_OF_SOURCE answers from one source.
_MIN_OF_ALL, _MIN_OF_SOURCE, _MAX_LOST_SHARE = 2, 5, 0.9
# If values that several people gave are this share of the answers, the cause lies in the file or
# the form.
_MAX_ALIKE_SHARE = 0.5
_MAX_SHOWN = 5
# Only the most frequent texts are searched for the cause, to limit the time.
_MAX_EXAMINED = 200


@dataclass(frozen=True)
class _Loss:
    """A question, the rows that lost their answers, and how many answers were received there."""

    question: Question
    rows: np.ndarray
    received: int
    texts: Counter[str]
    cause: str


@dataclass(frozen=True)
class _Column:
    """The received answers to a question; `positions` are their rows in `raw`.

    The masks have one value per row: `given` if the question was asked and answered, `lost` if
    nothing of the answer could be read, `unread` if some part of it could not be read.
    """

    question: Question
    received: Column
    positions: np.ndarray
    given: np.ndarray
    lost: np.ndarray

    @property
    def unread(self) -> np.ndarray:
        """Which answers hold something unreadable; in select_multiple, the rest may be read."""
        if self.question.kind != "select_multiple":
            return self.lost
        codes = set(self.question.choice_names)
        whole = [set(text.split()) <= codes for text in self.received.texts]
        return self.given & ~np.array(whole, dtype=bool)[self.received.codes]

    def texts(self, rows: np.ndarray) -> Counter[str]:
        """Count each received text in these rows."""
        return Counter(self.received.texts[self.received.codes[rows]].tolist())

    def loss(self, rows: np.ndarray, received: int, cause: str) -> _Loss:
        """Return the loss of the answers in these rows."""
        return _Loss(self.question, self.positions[rows], received, self.texts(rows), cause)


def check_losses(
    raw: pd.DataFrame,
    positions: np.ndarray,
    received: dict[str, Column],
    answers: Answers,
    questionnaire: Questionnaire,
    study: Study,
) -> None:
    """Raise ExportError if a question or a dimension lost too many answers.

    The error names the question, the values found, the likely cause and the entry of study.toml
    that accepts the loss. `positions` are the rows of the submissions in `raw`.
    """
    columns = []
    for question in questionnaire:
        asked = answers.states[question.name] != STATES.categories.get_loc(NOT_ASKED)
        given = received[question.name].answered() & asked
        lost = given & ~answers.columns[question.name].answered()
        columns.append(_Column(question, received[question.name], positions, given, lost))
    _refuse(columns, raw, study)
    _check_dimensions(answers, questionnaire, study)


def check_consent(
    raw: pd.DataFrame, positions: np.ndarray, questionnaire: Questionnaire, study: Study
) -> None:
    """Raise ExportError if too many answers to the consent question cannot be read.

    People whose consent cannot be read would otherwise be set aside as if they had refused.
    """
    if study.roles.consent is None:
        return
    question = questionnaire[study.roles.consent]
    received = Column.of(raw[question.name].iloc[positions])
    read = received.read_as(read_answers(received.texts, question, study).answers)
    given = received.answered()
    _refuse([_Column(question, received, positions, given, given & ~read.answered())], raw, study)


def _loss(column: _Column, raw: pd.DataFrame, study: Study) -> _Loss | None:
    """Return the loss of one question if it is too large and not accepted, else None."""
    question = column.question
    if not {question.name, question.dimension}.isdisjoint(study.accepted_losses):
        return None
    if not column.unread.any():
        return None
    return _proven_loss(column, study) or _large_loss(column, raw)


def _proven_loss(column: _Column, study: Study) -> _Loss | None:
    """Return the answers whose text proves that the file was damaged; one is enough."""
    known = known_texts(column.question, study)
    unread = column.texts(column.unread)
    causes = {
        text: proven_cause(text, known, column.question)
        for text, _ in unread.most_common(_MAX_EXAMINED)
    }
    for cause in (LETTERS, ZEROS):
        alike = [text for text, found in causes.items() if found == cause]
        if alike:
            rows = column.unread & np.isin(column.received.texts, alike)[column.received.codes]
            return column.loss(rows, int(column.given.sum()), cause)
    return None


def _large_loss(column: _Column, raw: pd.DataFrame) -> _Loss | None:
    """Return the loss if all answers were lost, or most of those in one file and form version."""
    everywhere = np.ones(len(column.given), dtype=bool)
    for source in (everywhere, *_sources(raw, column.positions)):
        given, lost = (column.given & source).sum(), (column.lost & source).sum()
        times = column.texts(column.lost & source).values()
        alike = sum(n for n in times if n >= MIN_ALIKE)
        is_most = given >= _MIN_OF_SOURCE and (
            lost >= _MAX_LOST_SHARE * given or alike >= _MAX_ALIKE_SHARE * given
        )
        is_all = source is everywhere and given >= _MIN_OF_ALL and lost == given
        if is_most or is_all:
            cause = likely_cause(column.texts(column.lost & source), column.question)
            return column.loss(column.lost & source, int(given), cause)
    return None


def _sources(raw: pd.DataFrame, positions: np.ndarray) -> Iterator[np.ndarray]:
    """Yield a mask of the rows of each file and form version."""
    source_of = raw["file"].iloc[positions] + "\n" + raw["version"].iloc[positions]
    codes, sources = pd.factorize(source_of.to_numpy(dtype=object))
    for place in range(len(sources)):
        yield codes == place


# --- error messages -------------------------------------------------------------------------------


def _refuse(columns: list[_Column], raw: pd.DataFrame, study: Study) -> None:
    """Raise ExportError for the first question that lost too much, and name the others."""
    losses = [loss for column in columns if (loss := _loss(column, raw, study)) is not None]
    if not losses:
        return
    first, *others = losses
    file, row = raw[["file", "row"]].iloc[first.rows[0]]
    lost = len(first.rows)
    amount = f"{lost} of its {first.received} answers cannot be read"
    if lost == first.received:
        amount = f"none of its {lost} answers can be read"
    problem = f"{amount}: {first.cause}"
    if others:
        names = ", ".join(loss.question.name for loss in others[:10])
        problem += f" (likewise {names}{' …' if len(others) > 10 else ''})"
    raise ExportError(
        problem,
        where=f"{file}, row {row}, question {first.question.name}",
        found=_shown(first, study),
        possible=first.question.choice_names or None,
        to_copy=[
            *older_wording(first.question, first.cause, _harmless(first, study), study),
            _entry([*study.accepted_losses, *(loss.question.name for loss in losses)]),
        ],
    )


def _shown(loss: _Loss, study: Study) -> str:
    """List the lost values and their counts, without those that could identify a person."""
    parts = _harmless(loss, study)
    hidden = loss.texts.total() - sum(times for times, _ in parts)
    shown = [f"{text} ({times})" for times, text in parts]
    return ", ".join([*shown, *([f"{hidden} others"] if hidden else [])])


def _harmless(loss: _Loss, study: Study) -> list[tuple[int, str]]:
    """Return the most frequent lost values that cannot identify a person, after their counts."""
    if loss.question.name in study.identifying:
        return []
    several = given_by_several(loss.texts, names=study.names)
    if loss.cause in (LETTERS, ZEROS):  # damaged copies of the form's own texts
        several = given_by_several(dict.fromkeys(loss.texts, MIN_ALIKE), names=study.names)
    parts = [
        (times, text)
        for text, times in loss.texts.items()
        if text in several or is_impersonal(text)
    ]
    return sorted(parts, reverse=True)[:_MAX_SHOWN]


def _entry(names: Iterable[str]) -> str:
    """Return the line of study.toml that accepts the losses."""
    listed = ", ".join(json.dumps(name, ensure_ascii=False) for name in dict.fromkeys(names))
    return f"accepted_losses = [{listed}]"


def _check_dimensions(answers: Answers, questionnaire: Questionnaire, study: Study) -> None:
    """Raise ExportError if nobody answered any question of a scored dimension that was asked."""
    for dimension in questionnaire.dimensions:
        names = [item.name for item in questionnaire.items(dimension)]
        states = np.column_stack([answers.states[name] for name in names])
        asked = (states != STATES.categories.get_loc(NOT_ASKED)).any(axis=1).sum()
        answered = (states == STATES.categories.get_loc(ANSWERED)).any()
        accepted = {dimension, *names}.intersection(study.accepted_losses)
        if asked >= _MIN_OF_SOURCE and not answered and not accepted:
            raise ExportError(
                f"nobody answered any question of dimension {dimension!r}, although {asked} people "
                "were asked; are its columns filled in the export?",
                where="responses",
                found=f"only blanks in {', '.join(names)}",
                to_copy=[_entry([*study.accepted_losses, dimension])],
            )
