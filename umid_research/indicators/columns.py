"""Define the kinds of register columns with their checks.

A register is declared once, as a `RegisterSchema` of columns. The reader takes the checks and the
types from it, the templates and `docs/registers.md` the lists, ranges and required values, and the
masking of personal data the content of each column. A check is named after the rule that it tests.
It is not asked about blank cells, because only the rule `missing_value` reports them.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from umid_research.clean.privacy import Content
from umid_research.indicators.dates import AMBIGUOUS, NOT_A_DATE, read_dates
from umid_research.indicators.definitions import Definitions

MISSING, TWICE, ROW_TWICE = "missing_value", "id_twice", "row_twice"
UNKNOWN, OUTSIDE = "unknown_value", "outside_period"
UNKNOWN_REFERENCE, LOST_REFERENCE = "unknown_reference", "refers_to_set_aside"
SCREENSHOTS = "screenshots"
# Kinds of columns whose text may identify a person; issues never repeat such a text.
PERSONAL = ("text", "name", "link", "screenshot")

# Lists of the study for which an unknown code has a rule of its own, such as unknown_locality.
_OWN_RULE = ("locality", "district", "question", "indicator")
_CODE = r"(?=.*\d)[\w./-]{1,20}"

_Holds = Callable[[pd.Series], pd.Series]
_RowsHold = Callable[[pd.DataFrame], pd.Series]
RowCheck = tuple[str, str, _RowsHold]


@dataclass(frozen=True)
class Column:
    """A column of a register; its cells are texts until they have been checked.

    Attributes
    ----------
    name, kind : str
        The heading, and what the cells hold: "id", "reference", "choice" or the list of the study
        that the codes come from, "date", "number", "year", "text", "name", "link", "screenshot".
    checks : mapping of str to function
        The name of each rule, and the function that returns which texts keep it.
    needed : bool
        Whether a row without a valid value is set aside; otherwise only the cell is blanked.
    choices : tuple of str
        The codes that are possible, empty if the column has no list.
    refers : str
        The register that the ids belong to.
    between : (first, last)
        The range of a date or year; None is an open end.
    content : Content
        Decides how the text is treated (`privacy.gate`).
    """

    name: str
    kind: str
    checks: Mapping[str, _Holds]
    needed: bool = True
    choices: tuple[str, ...] = ()
    refers: str = ""
    between: tuple[object, object] = (None, None)
    content: Content = Content.CODE


@dataclass(frozen=True)
class RegisterSchema:
    """The columns of a register in the order of its file, and the checks of several cells.

    A check of several cells is (column to report, rule, function); the function takes all rows and
    returns True for valid ones.
    """

    columns: Mapping[str, Column]
    checks: tuple[RowCheck, ...]

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the names of the columns of these kinds."""
        return [name for name, column in self.columns.items() if column.kind in kinds]


def register(
    *columns: Column, unique: Iterable[str] = (), checks: Iterable[RowCheck] = ()
) -> RegisterSchema:
    """Return the schema of a register; the values of the columns `unique` together do not repeat.

    The first column is the key of the rows.
    """
    together = list(unique)
    if together:
        checks = [(together[0], ROW_TWICE, lambda rows: ~rows.duplicated(together)), *checks]
    return RegisterSchema({column.name: column for column in columns}, tuple(checks))


def key(name: str) -> Column:
    """Return a column of unique row ids.

    An id is a short code with at least one digit, so that a name can never be used as an id.
    """
    repeats_nothing = {TWICE: lambda texts: ~texts.duplicated()}
    return Column(name, "id", _matching(_CODE, "not_a_code") | repeats_nothing)


def code(name: str) -> Column:
    """Return a column of ids that may repeat, such as the id of a family with several payments."""
    return Column(name, "id", _matching(_CODE, "not_a_code"))


def reference(name: str, register: str, known: "Known", *, needed: bool = True) -> Column:
    """Return a column of ids of rows in another register."""
    checks = {
        UNKNOWN_REFERENCE: lambda ids: known.was_read(register, ids),
        LOST_REFERENCE: lambda ids: known.was_kept(register, ids),
    }
    return Column(name, "reference", checks, needed=needed, refers=register)


def choice(name: str, choices: Iterable[str], *, needed: bool = True, kind: str = "") -> Column:
    """Return a column of codes from a list; `kind` names the list of the study, if it is one."""
    codes = tuple(choices)
    rule = f"unknown_{kind}" if kind in _OWN_RULE else UNKNOWN
    checks = {rule: lambda texts: texts.isin(codes)}
    return Column(name, kind or "choice", checks, needed=needed, choices=codes)


def date(
    name: str,
    *,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    needed: bool = True,
) -> Column:
    """Return a column of dates in any unambiguous format, from `first` to `last` inclusive."""
    start, end = pd.Timestamp(first or "1900-01-01"), pd.Timestamp(last or "2199-12-31")

    def is_inside(texts: pd.Series) -> pd.Series:
        days = read_dates(texts)["date"]
        return days.isna() | days.between(start, end)

    checks = {
        NOT_A_DATE: lambda texts: read_dates(texts)["rule"] != NOT_A_DATE,
        AMBIGUOUS: lambda texts: read_dates(texts)["rule"] != AMBIGUOUS,
        OUTSIDE: is_inside,
    }
    return Column(name, "date", checks, needed=needed, between=(first, last))


def number(name: str) -> Column:
    """Return a column of positive whole numbers."""
    return Column(name, "number", _matching(r"0*[1-9]\d{0,6}", "not_a_number"))


def year(name: str, *, first: int, last: int) -> Column:
    """Return an optional column of years of birth, from `first` to `last` inclusive."""
    years = [str(year) for year in range(first, last + 1)]
    checks = {"not_a_year": lambda texts: texts.isin(years)}
    return Column(name, "year", checks, needed=False, between=(first, last))


def text(name: str, content: Content, *, needed: bool = True) -> Column:
    """Return a column of free text; `content` decides whether it may be shown after masking."""
    return Column(name, "text", {}, needed=needed, content=content)


def person(name: str) -> Column:
    """Return a column of personal names; they never leave the register."""
    return Column(name, "name", {}, content=Content.INTERNAL)


def link(name: str) -> Column:
    """Return a column of web addresses."""
    checks = _matching(r"(?i)https?://[^\s/]+\.\S+", "not_a_link")
    return Column(name, "link", checks, content=Content.INTERNAL)


def screenshot(known: "Known") -> Column:
    """Return an optional column of file names in the folder `screenshots`."""
    checks = {"screenshot_absent": lambda names: known.was_read(SCREENSHOTS, names)}
    return Column("screenshot", "screenshot", checks, needed=False, content=Content.INTERNAL)


def is_choice(definitions: Definitions) -> _RowsHold:
    """Return a check that an answer belongs to its question, not only to another question."""
    questions = definitions.questions
    possible = [f"{name} {answer}" for name, asked in questions.items() for answer in asked.choices]
    answers = [answer for asked in questions.values() for answer in asked.choices]

    def holds(rows: pd.DataFrame) -> pd.Series:
        is_known = rows["question"].isin(list(questions)) & rows["answer"].isin(answers)
        return ~is_known | (rows["question"] + " " + rows["answer"]).isin(possible)

    return holds


def in_order(earlier: str, later: str) -> RowCheck:
    """Return a check that date `later` is not before date `earlier`."""

    def holds(rows: pd.DataFrame) -> pd.Series:
        return ~(read_dates(rows[later])["date"] < read_dates(rows[earlier])["date"])

    return later, f"before_{earlier}", holds


def is_new(column: str, register: str, known: "Known") -> _RowsHold:
    """Return a check that an id is not used in another register with the same numbering."""
    return lambda rows: ~known.has(register, rows[column])


def is_subject(column: str, subjects: Mapping[str, str], known: "Known") -> _RowsHold:
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


class Known:
    """The ids read so far, by register. References to an absent register are not checked."""

    def __init__(self) -> None:
        self._read: dict[str, frozenset[str]] = {}
        self._kept: dict[str, frozenset[str]] = {}

    def add(self, register: str, read: Iterable[str], kept: Iterable[str]) -> None:
        """Add the ids that a register has (`read`), and the ids whose rows are usable (`kept`)."""
        self._read[register] = self._read.get(register, frozenset()) | set(read)
        self._kept[register] = self._kept.get(register, frozenset()) | set(kept)

    def has(self, register: str, ids: pd.Series) -> pd.Series:
        """Return whether each id is in the register; False for all ids without a register."""
        return ids.isin(list(self._read.get(register, ())))

    def was_read(self, register: str, ids: pd.Series) -> pd.Series:
        """Return whether each id is in the register; True for all ids without a register."""
        return ids.isin(list(self._read.get(register, ids)))

    def was_kept(self, register: str, ids: pd.Series) -> pd.Series:
        """Return False for ids that were read but whose rows were set aside, else True."""
        return ids.isin(list(self._kept.get(register, ids))) | ~self.was_read(register, ids)


def _matching(pattern: str, rule: str) -> dict[str, _Holds]:
    return {rule: lambda texts: texts.str.fullmatch(pattern)}
