"""Questions that lost their answers in reading, which stops the run unless the study accepts it.

A wrong answer is left blank and logged. But where most answers to a question cannot be read, the
cause lies in the file or the form, and a report from what is left would mislead:

    question  received  read  values found        likely cause
    t1              24     0  2 (10), 5 (8), …    the codes 02, 05 lost their leading zeros
    t2              24     0  Raz?yam (9), …      letters were lost when the file was saved
    village         24     1  v7 (4), v12 (3) …   codes of another version of the form

What is not asked is not lost, nor is a question that nobody answered, unless it leaves a scored
dimension without any answer. `accepted_losses` in study.toml names questions and dimensions that
may lose their answers.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers, read_answers
from umid_research.clean.column import Column
from umid_research.clean.frame import ANSWERED, NOT_ASKED, STATES
from umid_research.errors import ExportError
from umid_research.privacy import KINDS, mask_texts
from umid_research.questionnaire import Question, Questionnaire
from umid_research.raw import damaged
from umid_research.study import Study

# All answers lost, of at least so many; or this share of them, of at least so many from one source.
_MIN_OF_ALL, _MIN_OF_SOURCE, _MAX_LOST_SHARE = 2, 5, 0.9
# A value that so many gave has one cause, and is no secret of one of them. If such values are this
# share of the answers, the cause lies in the file or the form.
_MIN_ALIKE, _MAX_ALIKE_SHARE = 3, 0.5
_MAX_LENGTH, _MAX_SHOWN = 40, 5
# Of many different texts only the most frequent are searched for the cause.
_MAX_EXAMINED = 200
_NUMBER = re.compile(r"-?\d{1,4}")
_CODE = re.compile(r"\S{1,20}(?: \S{1,20})*")
_LETTERS = (
    "letters were lost or replaced when the file was saved in another encoding; "
    "export it again, or save it as CSV UTF-8"
)
_ZEROS = (
    "leading zeros were lost, as a spreadsheet program does it; export the file again and do not "
    "save it from there"
)


@dataclass(frozen=True)
class _Loss:
    """A question, the rows in which its answers were lost, and how many were received there."""

    question: Question
    rows: np.ndarray
    received: int
    texts: Counter[str]
    cause: str


@dataclass(frozen=True)
class _Column:
    """What was received for a question; `positions` are the places in raw, flags one per row.

    `given` says where an asked question was answered, `lost` where nothing of that is left,
    `unread` where something could not be read.
    """

    question: Question
    received: Column
    positions: np.ndarray
    given: np.ndarray
    lost: np.ndarray

    @property
    def unread(self) -> np.ndarray:
        """Of several ticked answers some may have been read."""
        if self.question.kind != "select_multiple":
            return self.lost
        codes = set(self.question.choice_names)
        whole = [set(text.split()) <= codes for text in self.received.texts]
        return self.given & ~np.array(whole, dtype=bool)[self.received.codes]

    def texts(self, rows: np.ndarray) -> Counter[str]:
        """How often each text was received in these rows."""
        return Counter(self.received.texts[self.received.codes[rows]].tolist())

    def loss(self, rows: np.ndarray, received: int, cause: str) -> _Loss:
        """The loss of the answers in these rows."""
        return _Loss(self.question, self.positions[rows], received, self.texts(rows), cause)


def check_losses(
    raw: pd.DataFrame,
    positions: np.ndarray,
    received: dict[str, Column],
    answers: Answers,
    questionnaire: Questionnaire,
    study: Study,
) -> None:
    """Refuse answers of which too many were lost; `positions` are their submissions' places in raw.

    Raises ExportError naming the question, the values found, the likely cause and the entry of
    study.toml that accepts the loss.
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
    """Refuse answers to the question of consent that cannot be read, as `check_losses` does.

    Whoever consented in unreadable words would be set aside as if they had refused.
    """
    if study.roles.consent is None:
        return
    question = questionnaire[study.roles.consent]
    received = Column.of(raw[question.name].iloc[positions])
    read = received.read_as(read_answers(received.texts, question, study).answers)
    given = received.answered()
    _refuse([_Column(question, received, positions, given, given & ~read.answered())], raw, study)


def _loss(column: _Column, raw: pd.DataFrame, study: Study) -> _Loss | None:
    """What was lost of one question, if it is too much and the study does not accept it."""
    question = column.question
    if not {question.name, question.dimension}.isdisjoint(study.accepted_losses):
        return None
    if not column.unread.any():
        return None
    return _proven_loss(column, study) or _large_loss(column, raw)


def _proven_loss(column: _Column, study: Study) -> _Loss | None:
    """The answers of which the text itself proves that they were damaged; one is enough."""
    known = _known_texts(column.question, study)
    unread = column.texts(column.unread)
    causes = {
        text: _proven_cause(text, known, column.question)
        for text, _ in unread.most_common(_MAX_EXAMINED)
    }
    for cause in (_LETTERS, _ZEROS):
        alike = [text for text, found in causes.items() if found == cause]
        if alike:
            rows = column.unread & np.isin(column.received.texts, alike)[column.received.codes]
            return column.loss(rows, int(column.given.sum()), cause)
    return None


def _large_loss(column: _Column, raw: pd.DataFrame) -> _Loss | None:
    """All answers, or most of those in one file and form version."""
    everywhere = np.ones(len(column.given), dtype=bool)
    for source in (everywhere, *_sources(raw, column.positions)):
        given, lost = (column.given & source).sum(), (column.lost & source).sum()
        times = column.texts(column.lost & source).values()
        alike = sum(n for n in times if n >= _MIN_ALIKE)
        is_most = given >= _MIN_OF_SOURCE and (
            lost >= _MAX_LOST_SHARE * given or alike >= _MAX_ALIKE_SHARE * given
        )
        is_all = source is everywhere and given >= _MIN_OF_ALL and lost == given
        if is_most or is_all:
            cause = _likely_cause(column.texts(column.lost & source), column.question)
            return column.loss(column.lost & source, int(given), cause)
    return None


def _sources(raw: pd.DataFrame, positions: np.ndarray) -> Iterator[np.ndarray]:
    """The rows of each file and form version."""
    told = raw["file"].iloc[positions] + "\n" + raw["version"].iloc[positions]
    codes, sources = pd.factorize(told.to_numpy(dtype=object))
    for place in range(len(sources)):
        yield codes == place


# --- why ----------------------------------------------------------------------------------------


def _known_texts(question: Question, study: Study) -> list[str]:
    """Everything that an answer to the question could be: codes, labels, names of places."""
    texts = [text for c in question.choices for text in (c.name, *c.labels.values())]
    for role, entries in (("district", study.districts), ("group", study.groups)):
        if question.name == getattr(study.roles, role):
            texts += [name for e in entries.values() for name in (*e.name.values(), *e.aliases)]
    if question.name == study.roles.locality:
        texts += [name for d in study.districts.values() for name in d.localities]
    return texts


def _proven_cause(text: str, known: Iterable[str], question: Question) -> str:
    """The cause that the text itself proves, "" if there is none."""
    if not question.choices and not known:
        return ""
    if damaged(text, known) is not None:
        return _LETTERS
    numbers = {int(code): code for code in question.choice_names if code.isdecimal()}
    words = text.split() if question.kind == "select_multiple" else [text]
    unknown = [word for word in words if word not in question.choice_names]
    if unknown and all(word.isdecimal() and int(word) in numbers for word in unknown):
        return _ZEROS
    return ""


def _likely_cause(values: Iterable[str], question: Question) -> str:
    if question.kind in ("integer", "decimal"):
        return "they are no numbers, or the form's constraint does not allow them"
    if question.kind == "date":
        return "they are no dates or may mean two days, or the form's constraint excludes them"
    if set(values) <= set(question.choice_names):
        return "the form's constraint does not allow them"
    if all(_CODE.fullmatch(text) and text.islower() | text.isdecimal() for text in values):
        return "the codes are of another version of the form, or of another list of choices"
    return "they are in words that the form does not have: another language, or reworded choices"


# --- what is said -------------------------------------------------------------------------------


def _refuse(columns: list[_Column], raw: pd.DataFrame, study: Study) -> None:
    """Raise ExportError for the first question that lost too much; the others are named."""
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
        possible=[
            *first.question.choice_names[:10],
            _entry([*study.accepted_losses, *(loss.question.name for loss in losses)]),
        ],
    )


def _shown(loss: _Loss, study: Study) -> str:
    """The values that were lost and how often, but for what could tell who wrote it."""
    texts = pd.Series([*loss.texts], dtype=object)
    masked, kinds = mask_texts(texts, names=study.names)
    harmless = (masked == texts) & ~kinds[list(KINDS)].any(axis=1)
    is_proven = loss.cause in (_LETTERS, _ZEROS)
    parts = []
    for (text, times), is_harmless in zip(loss.texts.items(), harmless, strict=True):
        is_shown = is_proven or bool(_NUMBER.fullmatch(text)) or times >= _MIN_ALIKE
        if is_shown and is_harmless and len(text) <= _MAX_LENGTH:
            parts.append((times, text))
    parts = [] if loss.question.name in study.identifying else sorted(parts, reverse=True)
    parts = parts[:_MAX_SHOWN]
    hidden = loss.texts.total() - sum(times for times, _ in parts)
    told = [f"{text} ({times})" for times, text in parts]
    return ", ".join([*told, *([f"{hidden} others"] if hidden else [])])


def _entry(names: Iterable[str]) -> str:
    """The line of study.toml that accepts the losses."""
    listed = ", ".join(json.dumps(name, ensure_ascii=False) for name in dict.fromkeys(names))
    return f"accepted_losses = [{listed}] in study.toml"


def _check_dimensions(answers: Answers, questionnaire: Questionnaire, study: Study) -> None:
    """Refuse a scored dimension of which nobody answered a question, though it was asked."""
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
                possible=[_entry([*study.accepted_losses, dimension])],
            )
