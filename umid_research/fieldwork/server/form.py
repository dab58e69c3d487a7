"""A form, its versions and its submissions, whichever platform they come from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

# The answers of a submission or of one repetition: path of a question -> text, path of a repeated
# group -> its repetitions.
Answers = dict[str, Any]


class Kind(Enum):
    """What a field of a form holds."""

    ANSWER = "answer"
    FILE = "file"
    REPEAT = "repeat"


@dataclass(frozen=True)
class Field:
    """A field of a form by its path, such as `interview/trust_1`."""

    path: str
    kind: Kind


@dataclass(frozen=True)
class Version:
    """A published version of a form; `number` counts them from 1."""

    id: str
    number: int
    published: str


@dataclass(frozen=True)
class Form:
    """A form as it is published now.

    `workbook` is its XLSForm; without one, `lacking` says why, and what to do.
    """

    versions: tuple[Version, ...]
    current: str
    workbook: bytes | None
    lacking: str = ""


@dataclass(frozen=True)
class Submission:
    """A submission as the server has it now.

    `id` stays the same for ever, `stamp` changes when the submission is edited, `key` is its uuid,
    `order` the text by which submissions are sorted, `platform` the platform's own columns.
    """

    id: str
    stamp: str
    key: str
    order: str
    version: str
    platform: Mapping[str, str]
    answers: Answers = field(default_factory=dict)


class Platform(Protocol):
    """A form on a survey server. Its methods ask the server and raise ServerError.

    `columns` are those that the platform adds to the answers; one of them holds the review.
    """

    columns: tuple[str, ...]
    review_column: str
    version_column: str

    def form(self) -> Form:
        """Return the form as it is published now, and all its versions."""

    def fields(self, version: str) -> tuple[Field, ...]:
        """Return the fields of one version of the form, in the form's order."""

    def submissions(self, known: Mapping[str, Submission]) -> Iterable[Submission]:
        """Return all submissions; those in `known` that have not changed are not asked for."""


def as_text(value: object) -> str:
    """Return an answer as an export has it: nothing as "", true and false as words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
