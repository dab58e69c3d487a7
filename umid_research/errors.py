"""The errors of this package. Each names the problem, the place, what was found, what is possible.

UmidError
├── StudyError           study.toml or another input of the study folder is missing or malformed
├── QuestionnaireError   the form cannot be read, or its scoring columns contradict each other
├── ExportError          an export has the wrong structure: encoding, columns, no rows
├── ParameterError       a command or notebook parameter names something the study does not have
├── FrameError           a derived frame is missing or belongs to another study
├── RunError             another run uses the same folder, or a process of this run was stopped
├── ServerError          a survey server refuses, does not answer, or answers incompletely
└── ReportError          a notebook failed, or a report cannot be made from it

DataWarning              legal but surprising data, which may mislead a reader
"""

from collections.abc import Iterable


class UmidError(Exception):
    """An error with a one-line message: the problem, its place, what was found, what is possible.

    The parts are also attributes, so that tests and callers need not parse the message. `details`
    are further findings, each added on a line of its own. `to_copy` are lines for study.toml of
    which one solves the problem; they are never cut.
    """

    def __init__(
        self,
        problem: str,
        *,
        where: str | None = None,
        found: object = None,
        possible: Iterable[object] | None = None,
        details: Iterable[str] = (),
        to_copy: Iterable[str] = (),
    ) -> None:
        self.problem = problem
        self.where = where
        self.found = found
        self.possible = None if possible is None else tuple(str(value) for value in possible)
        self.details = tuple(details)
        self.to_copy = tuple(to_copy)
        super().__init__("\n  ".join([self._line(), *(_short(line) for line in self.details)]))

    def _render_traceback_(self) -> list[str]:
        """Show only the message in a notebook, without a traceback of this package."""
        return [f"{type(self).__name__}: {self}"]

    def _line(self) -> str:
        place = f"{_short(self.where)}: " if self.where else ""
        found = "" if self.found is None else f"; found {_short(repr(self.found))}"
        possible = "" if self.possible is None else f"; possible: {_listed(self.possible)}"
        copied = f"; to copy: {' or '.join(self.to_copy)}" if self.to_copy else ""
        return f"{place}{_short(self.problem)}{found}{possible}{copied}"


def _short(text: str, most: int = 300) -> str:
    """Return one line of limited length, as the value found may be a whole file."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 100]} … {line[-90:]}"


def _listed(values: tuple[str, ...], most: int = 20) -> str:
    shown = ", ".join(_short(value, 160) for value in values[:most]) or "nothing"
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"


class StudyError(UmidError):
    """study.toml or another input of the study folder is missing or malformed."""


class QuestionnaireError(UmidError):
    """The form cannot be read, or its scoring columns contradict each other."""


class ExportError(UmidError):
    """An export has the wrong structure; wrong answers become rows of `issues` instead."""


class ParameterError(UmidError):
    """A command or notebook parameter names something the study does not have."""


class FrameError(UmidError):
    """A derived frame is missing or belongs to another study."""


class RunError(UmidError):
    """Another run uses the same folder, or a process of this run was stopped."""


class ServerError(UmidError):
    """A survey server refuses, does not answer, or answers incompletely."""


class ReportError(UmidError):
    """A notebook failed, or a report cannot be made from it."""


class DataWarning(UserWarning):
    """The data are legal but may mislead a reader."""
