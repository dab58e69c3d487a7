"""The questions of a form, their choices and their scoring."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from umid_research.errors import QuestionnaireError
from umid_research.study.entries import KINDS, Missing, MissingKind


@dataclass(frozen=True)
class Choice:
    """A choice of a question; `score` is None if the choice is not scored.

    `missing` is the kind of missing answer that the choice stands for, if any. `wordings` are
    further texts by which an export may hold the choice.
    """

    name: str
    labels: Mapping[str, str]
    score: float | None
    missing: MissingKind | None = None
    wordings: tuple[str, ...] = ()

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All distinct texts of the choice: its labels in every language, and other wordings."""
        return tuple(dict.fromkeys((*self.labels.values(), *self.wordings)))


@dataclass(frozen=True)
class Question:
    """A question of the form.

    `kind` is one of select_one, select_multiple, integer, decimal, date, text. `relevant` holds
    the conditions of the question and of all groups that contain it; the question is asked if all
    of them hold. `constraint` is the condition that an answer must meet; `.` stands for the answer.
    `list_name` is the list that the choices are from, "" without choices. `wordings` are further
    texts by which an export may name the question. `counts` is the repeated group whose members the
    answer counts; such a question is no field of the form, and no export has a column for it.
    """

    name: str
    kind: str
    labels: Mapping[str, str]
    choices: tuple[Choice, ...]
    relevant: tuple[str, ...]
    section: str | None
    dimension: str | None
    reverse: bool
    constraint: str | None = None
    wordings: tuple[str, ...] = ()
    list_name: str = ""
    counts: str = ""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All distinct texts of the question: labels in every language, and other wordings."""
        return tuple(dict.fromkeys((*self.labels.values(), *self.wordings)))

    @cached_property
    def choice_names(self) -> tuple[str, ...]:
        """The codes of all choices, in the form's order."""
        return tuple(choice.name for choice in self.choices)

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The codes that count as answers: all except those that mean "not asked"."""
        return tuple(choice.name for choice in self.choices if choice.missing != "not_asked")

    def missing(self, *kinds: MissingKind) -> tuple[str, ...]:
        """Return the codes of the choices that stand for missing answers of these kinds, or any."""
        return tuple(one.name for one in self.choices if one.missing in (kinds or KINDS))

    @cached_property
    def scores(self) -> dict[str, float]:
        """The item score of each scored choice, from 0 to 100.

        It is 100 · (x - min) / (max - min), or 100 minus that for a reversed question.
        """
        raw = {choice.name: choice.score for choice in self.choices if choice.score is not None}
        if not raw:
            return {}
        low, high = min(raw.values()), max(raw.values())
        item = {name: 100 * (score - low) / (high - low) for name, score in raw.items()}
        return {name: 100 - score for name, score in item.items()} if self.reverse else item


@dataclass(frozen=True)
class Repeat:
    """A group that is asked once for each member, such as each person of a household.

    `relevant` holds the conditions of the group and of all groups that contain it. `members` has
    the questions that are asked of each member; they have the group's conditions too.
    """

    name: str
    labels: Mapping[str, str]
    relevant: tuple[str, ...]
    members: "Questionnaire"


@dataclass(frozen=True)
class Questionnaire:
    """All questions in the form's order.

    `silent` are the form's fields that ask nothing: notes, calculations, device data. `unread` maps
    questions of unsupported types, such as coordinates and pictures, to their labels. `start` and
    `end` are the fields with the times at which the device opened and closed the form. `groups`
    maps groups to their labels. `repeated` are the repeated groups and their questions, which have
    several answers per submission and are not among `questions`. `list_files` are the files in the
    form's folder that hold choices; `without_list` maps a question to the choice file that is
    missing: its answers are read as text. `fields` are the values that conditions need and that are
    no questions: hidden and calculated fields, answers that are not read, the day (`today()`).
    `calculated` are the calculated and hidden fields whose exported columns are data. `ranks` maps
    each ranking to its labels, `places` to the questions that hold the choice of each place.
    `recorded` are the fields in which the device writes who uses it.
    `repeats` are the repeated groups that are read, `unread_repeats` maps the others to the reason.
    """

    title: str
    questions: tuple[Question, ...]
    silent: frozenset[str] = frozenset()
    unread: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    start: str = "start"
    end: str = "end"
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()
    list_files: frozenset[str] = frozenset()
    without_list: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    calculated: tuple[Question, ...] = ()
    ranks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recorded: frozenset[str] = frozenset()
    repeats: tuple[Repeat, ...] = ()
    unread_repeats: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all questions, in the form's order."""
        return tuple(question.name for question in self.questions)

    @cached_property
    def columns(self) -> tuple[Question, ...]:
        """All questions, and after them the calculated and hidden fields."""
        return (*self.questions, *self.calculated)

    def __getitem__(self, name: str) -> Question:
        try:
            return self._by_name[name]
        except KeyError:
            raise QuestionnaireError("no such question", found=name, possible=self.names) from None

    @cached_property
    def _by_name(self) -> dict[str, Question]:
        return {question.name: question for question in self.questions}

    def with_missing(self, missing: Missing) -> "Questionnaire":
        """Return the form with the choices marked that stand for missing answers."""
        return self._with(lambda q, c: replace(c, missing=missing.kinds(q.list_name).get(c.name)))

    def with_wordings(self, wordings: Mapping[str, tuple[str, ...]]) -> "Questionnaire":
        """Return the form with further texts of questions (`q`) and of choices (`q/code`)."""
        worded = self._with(
            lambda q, c: replace(c, wordings=c.wordings + wordings.get(f"{q.name}/{c.name}", ()))
        )
        questions = tuple(replace(q, wordings=wordings.get(q.name, ())) for q in worded)
        repeats = tuple(
            replace(old, members=old.members.with_wordings(wordings)) for old in self.repeats
        )
        return replace(worded, questions=questions, repeats=repeats)

    def _with(self, changed: Callable[[Question, Choice], Choice]) -> "Questionnaire":
        questions = tuple(
            replace(q, choices=tuple(changed(q, choice) for choice in q.choices)) for q in self
        )
        repeats = tuple(replace(r, members=r.members._with(changed)) for r in self.repeats)
        return replace(self, questions=questions, repeats=repeats)

    def items(self, dimension: str) -> tuple[Question, ...]:
        """Return the questions scored into a dimension, in the form's order."""
        return tuple(question for question in self.questions if question.dimension == dimension)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that questions are scored into, in the form's order."""
        return tuple(dict.fromkeys(q.dimension for q in self.questions if q.dimension))
