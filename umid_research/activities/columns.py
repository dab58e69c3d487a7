"""The kinds of columns a register can have, each with the checks that its kind brings along.

A column is pandera's, over text as it was read and cleaned; what it is for (`kind`, whether a value
is `needed`, its `choices`, the register it `refers` to, what it lies `between`) stands in its
metadata, from which the templates and their documentation are made. A check is named for its rule,
and lets a blank pass: that is for `missing_value` to say.
"""

import datetime
from collections.abc import Callable, Iterable

import pandas as pd
from pandera.pandas import Check, Column, DataFrameSchema

from umid_research.activities.dates import AMBIGUOUS, NOT_A_DATE, read_dates
from umid_research.privacy import Content

MISSING, TWICE, ROW_TWICE = "missing_value", "id_twice", "row_twice"
UNKNOWN, OUTSIDE = "unknown_value", "outside_period"
UNKNOWN_REFERENCE, LOST_REFERENCE = "unknown_reference", "refers_to_set_aside"
SCREENSHOTS = "screenshots"
# The kinds whose text may tell of a person, and is never repeated.
PERSONAL = ("text", "name", "link", "screenshot")

# Lists of the study whose unknown codes have a rule of their own.
_TOLD_APART = ("locality", "district", "question", "indicator")

_Holds = Callable[[pd.Series], pd.Series]
RowCheck = tuple[str, str, Callable[[pd.DataFrame], pd.Series]]


def key(name: str) -> Column:
    """The id of a row: a short code with a digit in it, so that nobody's name becomes one."""
    twice = Check(lambda texts: ~texts.duplicated() | (texts == ""), error=TWICE)
    return _column(name, "id", _matching(_CODE, "not_a_code"), twice)


def code(name: str) -> Column:
    """The id of something without a register of its own, such as a family: many rows, one code."""
    return _column(name, "id", _matching(_CODE, "not_a_code"))


def reference(name: str, register: str, known: "Known", *, needed: bool = True) -> Column:
    """The id of a row of another register."""
    read = _check(lambda ids: known.was_read(register, ids), UNKNOWN_REFERENCE)
    kept = _check(lambda ids: known.was_kept(register, ids), LOST_REFERENCE)
    return _column(name, "reference", read, kept, needed=needed, refers=register)


def choice(name: str, choices: Iterable[str], *, needed: bool = True, kind: str = "") -> Column:
    """One code of a list; `kind` says which part of the study gives the list, if one does."""
    codes = tuple(choices)
    rule = f"unknown_{kind}" if kind in _TOLD_APART else UNKNOWN
    known = _check(lambda texts: texts.isin(codes), rule)
    return _column(name, kind or "choice", known, needed=needed, choices=codes)


def date(
    name: str,
    *,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    needed: bool = True,
) -> Column:
    """A day, written in any order that can be read in one way only."""
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
    """A whole number above 0."""
    return _column(name, "number", _matching(r"0*[1-9]\d{0,6}", "not_a_number"))


def year(name: str, *, first: int, last: int) -> Column:
    """A year of birth, if it was told."""
    known = _check(lambda texts: texts.isin([str(y) for y in range(first, last + 1)]), "not_a_year")
    return _column(name, "year", known, needed=False, between=(first, last))


def text(name: str, content: Content, *, needed: bool = True) -> Column:
    """Text that nothing checks; `content` says whether it may be shown once it is masked."""
    return _column(name, "text", needed=needed, content=content)


def person(name: str) -> Column:
    """The name of a person, which never leaves the register."""
    return _column(name, "name", content=Content.INTERNAL)


def link(name: str) -> Column:
    """The address of a page."""
    return _column(
        name,
        "link",
        _matching(r"(?i)https?://[^\s/]+\.\S+", "not_a_link"),
        content=Content.INTERNAL,
    )


def screenshot(known: "Known") -> Column:
    """The name of a file in the folder `screenshots`."""
    there = _check(lambda names: known.was_read(SCREENSHOTS, names), "screenshot_absent")
    return _column("screenshot", "screenshot", there, needed=False, content=Content.INTERNAL)


def register(
    *columns: Column, unique: Iterable[str] = (), checks: Iterable[RowCheck] = ()
) -> DataFrameSchema:
    """The schema of a register.

    No two rows may agree in all the columns of `unique`; `checks` compare the cells of a row: the
    column to blame, the rule, and whether the rows hold to it.
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
    """What a column holds, which decides how its text is treated; see `privacy.gate`."""
    content: Content = column.metadata["content"]
    return content


class Known:
    """The ids read so far, by register; of a register that is not there nothing is known."""

    def __init__(self) -> None:
        self._read: dict[str, frozenset[str]] = {}
        self._kept: dict[str, frozenset[str]] = {}

    def add(self, register: str, read: Iterable[str], kept: Iterable[str]) -> None:
        """Takes up the ids of a register, and those of them whose rows were kept."""
        self._read[register] = self._read.get(register, frozenset()) | set(read)
        self._kept[register] = self._kept.get(register, frozenset()) | set(kept)

    def has(self, register: str, ids: pd.Series) -> pd.Series:
        """Whether an id stands in the register; False for all where there is no register."""
        return ids.isin(list(self._read.get(register, ())))

    def was_read(self, register: str, ids: pd.Series) -> pd.Series:
        """Whether an id stands in the register; True for all where there is no register."""
        return ids.isin(list(self._read.get(register, ids)))

    def was_kept(self, register: str, ids: pd.Series) -> pd.Series:
        """Whether the row of an id that was read can be used."""
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
    """A check of all texts that are not blank."""
    return Check(lambda texts: (texts == "") | holds(texts), error=rule)


def _matching(pattern: str, rule: str) -> Check:
    return _check(lambda texts: texts.str.fullmatch(pattern), rule)
