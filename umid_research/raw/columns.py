"""Headers -> questions.

A header is a question's name or its label in any language of the form, with or without the groups
it stands in; a split select_multiple question has a column per choice:

    trust_1   interview/trust_1   interview-trust_1   Do you trust them?    ->  trust_1
    channels/tv   asked-channels/tv   Where from?/Television                ->  channels, choice tv

Names count before labels, and the longest match before shorter ones. A label that several
questions bear is told apart by the group before it, or by the order of the columns if all of
them are there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from textwrap import shorten

from umid_research.errors import ExportError
from umid_research.questionnaire import Question, Questionnaire
from umid_research.raw.google import is_timestamp, row_of_grid
from umid_research.raw.table import Table, normal
from umid_research.study import Study

_GROUP_ENDS = "/.-"
_UUIDS = ("_uuid", "KEY", "meta-instanceID", "meta/instanceID", "instanceID")
_VERSIONS = ("__version__", "_version_", "FormVersion")
_SYSTEM = frozenset({"start", "end", "today", "deviceid", "username", "meta", "instanceID"})
_SYSTEM |= {"formhub", *_VERSIONS}
# ODK Central's own columns; `KEY` tells that a file is from there.
_CENTRAL = frozenset(
    {
        *("SubmissionDate", "SubmitterID", "SubmitterName", "AttachmentsPresent"),
        *("AttachmentsExpected", "Status", "ReviewState", "DeviceID", "Edits", "KEY"),
    }
)
# A question, and one of its choices where the column is that of a choice.
_Target = tuple[str, str | None]


@dataclass(frozen=True)
class Columns:
    """Where a table holds what; columns are named by their position.

    `started` and `ended` are the times at which the device opened and closed the form.

    `ticks` maps a split select_multiple question to choice -> column; `absent` are the questions
    that have no column, and `question/choice` where one of the split columns is not there.
    """

    answers: dict[str, int]
    ticks: dict[str, dict[str, int]]
    absent: tuple[str, ...]
    uuid: int | None
    versions: tuple[int, ...]
    started: int | None
    ended: int | None


@dataclass(frozen=True)
class Headers:
    """The headers by which a form's questions and choices can be known."""

    questionnaire: Questionnaire
    names: Mapping[str, tuple[_Target, ...]]
    labels: Mapping[str, tuple[_Target, ...]]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> "Headers":
        """All headers of the form, in one Unicode form."""
        names: dict[str, tuple[_Target, ...]] = {}
        labels: dict[str, tuple[_Target, ...]] = {}
        for question in questionnaire:
            names[question.name] = ((question.name, None),)
            for label in _labels(question.labels):
                _add(labels, label, (question.name, None))
            if question.kind == "select_multiple":
                for header, choice in _tick_headers(question):
                    into = names if header == f"{question.name}/{choice}" else labels
                    _add(into, header, (question.name, choice))
        return cls(questionnaire, names, labels)

    def targets(self, header: str) -> tuple[_Target, ...]:
        """What the column holds: nothing known, one thing, or several that share the label."""
        for start, prefix in _starts(header):
            rest = header[start:]
            if rest in self.names and self._is_prefix(prefix):
                return self.names[rest]
            if rest in self.labels and prefix[-1:] in ("", "/"):
                return self._in_group(self.labels[rest], prefix[:-1])
        row = row_of_grid(header)
        return () if row is None else self.names.get(row, self.labels.get(row, ()))

    def _is_prefix(self, prefix: str) -> bool:
        """Whether groups can be named so; `.` and `-` also occur in words of one's own."""
        if prefix[-1:] in ("", "/"):
            return True
        before = prefix[:-1]
        return any(
            before == group or before.endswith(tuple(f"{mark}{group}" for mark in _GROUP_ENDS))
            for group in self.questionnaire.groups
        )

    def _in_group(self, targets: tuple[_Target, ...], groups: str) -> tuple[_Target, ...]:
        """Those of several targets whose own group stands before the label; all, if none does."""
        if len(targets) == 1 or not groups:
            return targets
        inside = tuple(t for t in targets if groups.endswith(self._group_names(t[0])))
        return inside or targets

    def _group_names(self, question: str) -> tuple[str, ...]:
        section = self.questionnaire[question].section
        if section is None:
            return ()
        return (section, *_labels(self.questionnaire.groups.get(section, {})))


def _starts(header: str) -> Iterator[tuple[int, str]]:
    """Where the question can begin in the header, and the groups before it; the longest first."""
    yield 0, ""
    for place, mark in enumerate(header):
        if mark in _GROUP_ENDS:
            yield place + 1, header[: place + 1]


def _tick_headers(question: Question) -> Iterator[tuple[str, str]]:
    wholes = dict.fromkeys((question.name, *_labels(question.labels)))
    for choice in question.choices:
        parts = dict.fromkeys((choice.name, *_labels(choice.labels)))
        for whole, part in product(wholes, parts):
            yield f"{whole}/{part}", choice.name


def _labels(labels: Mapping[str, str]) -> list[str]:
    return [label for label in dict.fromkeys(map(normal, labels.values())) if label]


def _add(into: dict[str, tuple[_Target, ...]], header: str, target: _Target) -> None:
    into[header] = tuple(dict.fromkeys((*into.get(header, ()), target)))


def match_columns(table: Table, headers: Headers, study: Study) -> Columns:
    """Where `table` holds the questions.

    Raises ExportError naming file and column: unknown, there twice, or a label of several
    questions that nothing tells apart.
    """
    texts = {position: normal(text) for position, text in table.header.items()}
    found = {position: headers.targets(text) for position, text in texts.items()}
    unknown = [
        position
        for position, text in texts.items()
        if not found[position]
        and not _is_known(text, texts, headers.questionnaire, study)
        and not is_timestamp(position, table.cells[position])
    ]
    _check_once(table, texts, found)
    if unknown:
        raise _unknown(table, unknown, found, headers.questionnaire)
    answers: dict[str, int] = {}
    ticks: dict[str, dict[str, int]] = {}
    for position, (question, choice) in _one_each(table, found).items():
        place = answers if choice is None else ticks.setdefault(question, {})
        key = question if choice is None else choice
        if key in place:
            what = f"question {question!r}" if choice is None else f"{question}/{choice}"
            raise ExportError(
                f"has {what} in two columns",
                where=table.where,
                found=f"{table.header[place[key]]}, {table.header[position]}",
            )
        place[key] = position
    by_text = {text: position for position, text in reversed(texts.items())}
    others = {text: position for text, position in by_text.items() if not found[position]}
    return Columns(
        answers,
        ticks,
        _absent(headers.questionnaire, answers, ticks),
        next((by_text[name] for name in _UUIDS if name in by_text), None),
        tuple(by_text[name] for name in _VERSIONS if name in by_text),
        _ending_in(headers.questionnaire.start, others),
        _ending_in(headers.questionnaire.end, others),
    )


def _ending_in(name: str, texts: dict[str, int]) -> int | None:
    """The first column of that name, with or without the groups it stands in."""
    ends = tuple(f"{mark}{name}" for mark in _GROUP_ENDS)
    found = (place for text, place in texts.items() if text == name or text.endswith(ends))
    return next(found, None)


def _check_once(table: Table, texts: dict[int, str], found: dict[int, tuple[_Target, ...]]) -> None:
    """Refuses two columns of one header, unless it is a label that several things share."""
    seen: set[str] = set()
    for position, text in texts.items():
        if text in seen and len(found[position]) < 2:
            raise ExportError("has a column twice", where=table.where, found=text)
        seen.add(text)


def _one_each(table: Table, found: dict[int, tuple[_Target, ...]]) -> dict[int, _Target]:
    """Column -> what it holds; shared labels in the form's order, if there is a column for each."""
    shared: dict[tuple[_Target, ...], list[int]] = {}
    for position, targets in found.items():
        if targets:
            shared.setdefault(targets, []).append(position)
    held: dict[int, _Target] = {}
    for targets, positions in shared.items():
        if len(targets) > 1 and len(positions) != len(targets):
            raise ExportError(
                "has a column whose header is the label of several questions; export with group "
                "names, or with question names as headers",
                where=f"{table.where}, column {positions[0] + 1}",
                found=table.header[positions[0]],
                possible=[
                    name if choice is None else f"{name}/{choice}" for name, choice in targets
                ],
            )
        of_each = targets if len(targets) > 1 else targets * len(positions)
        held |= dict(zip(positions, of_each, strict=True))
    return dict(sorted(held.items()))


def _unknown(
    table: Table,
    positions: list[int],
    found: dict[int, tuple[_Target, ...]],
    questionnaire: Questionnaire,
) -> ExportError:
    """What is wrong with these columns; possible are the questions that have none."""
    names = [shorten(table.header[position], 60, placeholder=" …") for position in positions]
    held = {name for targets in found.values() for name, _ in targets}
    free = [question for question in questionnaire if question.name not in held]
    labels = [label for question in free for label in _labels(question.labels)]
    alike = get_close_matches(normal(table.header[positions[0]]), labels, n=1)
    repeated = [name for name in names if name.split("/")[-1] in questionnaire.repeated]
    if repeated:
        return ExportError(
            "has answers of a repeated group beside those of the submission; export the group as "
            "a sheet of its own",
            where=f"{table.where}, column {repeated[0]}",
        )
    if not held:
        return ExportError(
            "has no column of the questionnaire; it is of another form, or in a language that the "
            "form does not have",
            where=table.where,
            found=", ".join(names),
        )
    return ExportError(
        "has a column the questionnaire does not have; name it in `ignored_columns` of "
        "study.toml if it can be left out",
        where=f"{table.where}, column {names[0]}",
        found=", ".join(names),
        possible=alike or [question.name for question in free] or None,
    )


def _is_known(text: str, texts: dict[int, str], questionnaire: Questionnaire, study: Study) -> bool:
    """Whether a column that holds no answer may be left out."""
    known = _SYSTEM | set(study.ignored_columns) | questionnaire.silent
    known |= {f"SET-OF-{name}" for name in questionnaire.repeated}
    if "KEY" in texts.values():
        known |= _CENTRAL
    ends = {text, text.split("/")[0], text.split("/")[-1]}
    groups = {text.removeprefix(f"{group}-") for group in ("meta", *questionnaire.groups)}
    return text.startswith("_") or bool((ends | groups) & known)


def _absent(
    questionnaire: Questionnaire, answers: dict[str, int], ticks: dict[str, dict[str, int]]
) -> tuple[str, ...]:
    absent = []
    for question in questionnaire:
        if question.name in answers:
            continue
        columns = ticks.get(question.name)
        if columns is None:
            absent.append(question.name)
        else:
            absent += [f"{question.name}/{c}" for c in question.choice_names if c not in columns]
    return tuple(absent)
