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
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from umid_research.clean.answers import Answers, read_answers
from umid_research.clean.column import Column
from umid_research.clean.frame import ANSWERED, NOT_ASKED, STATES
from umid_research.clean.privacy import KINDS, mask_texts
from umid_research.errors import ExportError
from umid_research.raw import damaged
from umid_research.study import Study, wordings_entry
from umid_research.study.questionnaire import Question, Questionnaire

# Too much is lost if these are all of at least _MIN_OF_ALL answers, or _MAX_LOST_SHARE of at least
# _MIN_OF_SOURCE answers from one source.
_MIN_OF_ALL, _MIN_OF_SOURCE, _MAX_LOST_SHARE = 2, 5, 0.9
# A value given by at least _MIN_ALIKE people identifies none of them and has a common cause. If
# such values are _MAX_ALIKE_SHARE of the answers, the cause lies in the file or the form.
_MIN_ALIKE, _MAX_ALIKE_SHARE = 3, 0.5
_MAX_LENGTH, _MAX_SHOWN = 40, 5
# Only the most frequent texts are searched for the cause, to limit the time.
_MAX_EXAMINED = 200
_NUMBER = re.compile(r"-?\d{1,4}")
_CODE = re.compile(r"\S{1,20}(?: \S{1,20})*")
_LETTERS = (
    "letters were lost or replaced when the file was saved in another encoding; "
    "export it again, or save it as CSV UTF-8"
)
_WORDS = "they are in words that the form does not have: another language, or reworded choices"
_ZEROS = (
    "leading zeros were lost, as a spreadsheet program does it; export the file again and do not "
    "save it from there"
)


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
    """Return the loss if all answers were lost, or most of those in one file and form version."""
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
    """Yield a mask of the rows of each file and form version."""
    source_of = raw["file"].iloc[positions] + "\n" + raw["version"].iloc[positions]
    codes, sources = pd.factorize(source_of.to_numpy(dtype=object))
    for place in range(len(sources)):
        yield codes == place


# --- causes ---------------------------------------------------------------------------------------


def _known_texts(question: Question, study: Study) -> list[str]:
    """Return all texts that can be an answer to the question: codes, labels, names of places."""
    texts = [text for c in question.choices for text in (c.name, *c.texts)]
    for role, entries in (("district", study.districts), ("group", study.groups)):
        if question.name == getattr(study.roles, role):
            texts += [name for e in entries.values() for name in (*e.name.values(), *e.aliases)]
    if question.name == study.roles.locality:
        texts += [name for d in study.districts.values() for name in d.localities]
    return texts


def _proven_cause(text: str, known: Iterable[str], question: Question) -> str:
    """Return the cause that the text proves, "" if it proves none."""
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
        return "they are not numbers, or the form's constraint does not allow them"
    if question.kind == "date":
        return "they are not dates or can mean two days, or the form's constraint excludes them"
    if set(values) <= set(question.choice_names):
        return "the form's constraint does not allow them"
    if all(_CODE.fullmatch(text) and text.islower() | text.isdecimal() for text in values):
        return "the codes are of another version of the form, or of another list of choices"
    return _WORDS


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
        to_copy=_wording(first, study),
        possible=[
            *first.question.choice_names[:10],
            _entry([*study.accepted_losses, *(loss.question.name for loss in losses)]),
        ],
    )


def _wording(loss: _Loss, study: Study) -> str | None:
    """Return the line of study.toml for a choice in an older wording, None for another cause."""
    parts = _harmless(loss, study)
    if loss.cause != _WORDS or not parts or not loss.question.choices:
        return None
    text = parts[0][1]
    by_label = {label: c.name for c in loss.question.choices for label in (c.name, *c.texts)}
    similar = get_close_matches(text, by_label, n=1)
    code = by_label[similar[0]] if similar else "CODE"
    return wordings_entry(study, f"{loss.question.name}/{code}", text)


def _shown(loss: _Loss, study: Study) -> str:
    """List the lost values and their counts, without those that could identify a person."""
    parts = _harmless(loss, study)
    hidden = loss.texts.total() - sum(times for times, _ in parts)
    shown = [f"{text} ({times})" for times, text in parts]
    return ", ".join([*shown, *([f"{hidden} others"] if hidden else [])])


def _harmless(loss: _Loss, study: Study) -> list[tuple[int, str]]:
    """Return the most frequent lost values that cannot identify a person, after their counts."""
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
    return parts[:_MAX_SHOWN]


def _entry(names: Iterable[str]) -> str:
    """Return the line of study.toml that accepts the losses."""
    listed = ", ".join(json.dumps(name, ensure_ascii=False) for name in dict.fromkeys(names))
    return f"accepted_losses = [{listed}] in study.toml"


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
                possible=[_entry([*study.accepted_losses, dimension])],
            )
