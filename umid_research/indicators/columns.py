"""Define the kinds of register columns with their checks.

Each function returns a pandera column over text. Its metadata (`kind`, `needed`, `choices`, the
register it `refers` to, the range it lies `between`, and its `content`) is also the source of the
templates and their documentation. The error of each check is the name of its rule. All checks
accept blank cells, because only the rule `missing_value` reports them.
"""

import datetime
from collections.abc import Callable, Iterable

import pandas as pd
from pandera.pandas import Check, Column, DataFrameSchema

from umid_research.clean.privacy import Content
from umid_research.indicators.dates import AMBIGUOUS, NOT_A_DATE, read_dates

MISSING, TWICE, ROW_TWICE = "missing_value", "id_twice", "row_twice"
UNKNOWN, OUTSIDE = "unknown_value", "outside_period"
UNKNOWN_REFERENCE, LOST_REFERENCE = "unknown_reference", "refers_to_set_aside"
SCREENSHOTS = "screenshots"
# Kinds of columns whose text may identify a person; issues never repeat such a text.
PERSONAL = ("text", "name", "link", "screenshot")

# Lists of the study for which an unknown code has a rule of its own, such as unknown_locality.
_OWN_RULE = ("locality", "district", "question", "indicator")

_Holds = Callable[[pd.Series], pd.Series]
RowCheck = tuple[str, str, Callable[[pd.DataFrame], pd.Series]]


def key(name: str) -> Column:
    """Return a column of unique row ids.

    An id is a short code with at least one digit, so that a name can never be used as an id.
    """
    twice = Check(lambda texts: ~texts.duplicated() | (texts == ""), error=TWICE)
    return _column(name, "id", _matching(_CODE, "not_a_code"), twice)


def code(name: str) -> Column:
    """Return a column of ids that may repeat, such as the id of a family with several payments."""
    return _column(name, "id", _matching(_CODE, "not_a_code"))


def reference(name: str, register: str, known: "Known", *, needed: bool = True) -> Column:
    """Return a column of ids of rows in another register."""
    read = _check(lambda ids: known.was_read(register, ids), UNKNOWN_REFERENCE)
    kept = _check(lambda ids: known.was_kept(register, ids), LOST_REFERENCE)
    return _column(name, "reference", read, kept, needed=needed, refers=register)


def choice(name: str, choices: Iterable[str], *, needed: bool = True, kind: str = "") -> Column:
    """Return a column of codes from a list; `kind` names the list of the study, if it is one."""
    codes = tuple(choices)
    rule = f"unknown_{kind}" if kind in _OWN_RULE else UNKNOWN
    known = _check(lambda texts: texts.isin(codes), rule)
    return _column(name, kind or "choice", known, needed=needed, choices=codes)


def date(
    name: str,
    *,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    needed: bool = True,
) -> Column:
    """Return a column of dates in any unambiguous format, from `first` to `last` inclusive."""
    checks = [
        Check(lambda texts, rule=rule: read_dates(texts)["rule"] != rule, error=rule)
        for rule in (NOT_A_DATE, AMBIGUOUS)
    ]
    start, end = pd.Timestamp(first or "1900-01-01"), pd.Timestamp(last or "2199-12-31")

    def inside(texts: pd.Series) -> pd.Series:
        days = read_dates(texts)["date"]
        return days.isna() | days.between(start, end)

    checks.append(Check(inside, error=OUTSIDE))
    return _column(name, "date", *checks, needed=needed, between=(first, last))


def number(name: str) -> Column:
    """Return a column of positive whole numbers."""
    return _column(name, "number", _matching(r"0*[1-9]\d{0,6}", "not_a_number"))


def year(name: str, *, first: int, last: int) -> Column:
    """Return an optional column of years of birth, from `first` to `last` inclusive."""
    known = _check(lambda texts: texts.isin([str(y) for y in range(first, last + 1)]), "not_a_year")
    return _column(name, "year", known, needed=False, between=(first, last))


def text(name: str, content: Content, *, needed: bool = True) -> Column:
    """Return a column of free text; `content` decides whether it may be shown after masking."""
    return _column(name, "text", needed=needed, content=content)


def person(name: str) -> Column:
    """Return a column of personal names; they never leave the register."""
    return _column(name, "name", content=Content.INTERNAL)


def link(name: str) -> Column:
    """Return a column of web addresses."""
    return _column(
        name,
        "link",
        _matching(r"(?i)https?://[^\s/]+\.\S+", "not_a_link"),
        content=Content.INTERNAL,
    )


def screenshot(known: "Known") -> Column:
    """Return an optional column of file names in the folder `screenshots`."""
    there = _check(lambda names: known.was_read(SCREENSHOTS, names), "screenshot_absent")
    return _column("screenshot", "screenshot", there, needed=False, content=Content.INTERNAL)


def register(
    *columns: Column, unique: Iterable[str] = (), checks: Iterable[RowCheck] = ()
) -> DataFrameSchema:
    """Return the schema of a register.

    Parameters
    ----------
    *columns : Column
        The columns, in the order of the file.
    unique : iterable of str
        Columns whose values together must not repeat.
    checks : iterable of (column, rule, function)
        Checks of several cells of a row: the column to report, the name of the rule, and a
        function from the rows to a boolean Series, True for valid rows.
    """
    together = list(unique)
    if together:
        checks = [(together[0], ROW_TWICE, lambda rows: ~rows.duplicated(together)), *checks]
    return DataFrameSchema(
        {column.name: column for column in columns},
        checks=[Check(holds, error=f"{column} {rule}") for column, rule, holds in checks],
        strict=True,
    )


def content_of(column: Column) -> Content:
    """Return the content type of a column; it decides how its text is treated (`privacy.gate`)."""
    content: Content = column.metadata["content"]
    return content


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


_CODE = r"(?=.*\d)[\w./-]{1,20}"


def _column(
    name: str,
    kind: str,
    *checks: Check,
    needed: bool = True,
    choices: tuple[str, ...] = (),
    refers: str = "",
    between: tuple[object, object] = (None, None),
    content: Content = Content.CODE,
) -> Column:
    filled = Check(lambda texts: texts != "", error=MISSING)
    metadata = {"kind": kind, "needed": needed, "choices": choices, "refers": refers}
    return Column(
        str,
        checks=[*([filled] if needed else []), *checks],
        name=name,
        metadata={**metadata, "between": between, "content": content},
    )


def _check(holds: _Holds, rule: str) -> Check:
    """Return a check that accepts blank texts and tests all others."""
    return Check(lambda texts: (texts == "") | holds(texts), error=rule)


def _matching(pattern: str, rule: str) -> Check:
    return _check(lambda texts: texts.str.fullmatch(pattern), rule)
