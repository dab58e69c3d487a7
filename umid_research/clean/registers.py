"""Read registers that people keep by hand: their rows as text, and the issues of each row.

A register is an optional CSV or XLSX file in the study folder. A file that lacks a column is an
error. A row that cannot be used is set aside and logged, never dropped silently:

    file          row  column    rule              action     old
    evidence.csv   14  locality  unknown_locality  set aside  [text]
    evidence.csv   31  result    checks_differ     overruled  found

For example, row 14 of evidence.csv names a locality that the study does not have, so it does not
count. The cell is not shown, because it may hold personal data. Row 31 is valid, but another check
overrules it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from umid_research.clean.privacy.gate import Content, admit
from umid_research.errors import StudyError
from umid_research.raw.tables import SUFFIXES, read_tables
from umid_research.study import Study

ISSUE_COLUMNS = ("file", "row", "column", "rule", "action", "old")
SET_ASIDE, KEPT, BLANKED, NOT_READ = "set aside", "kept", "blanked", "not read"
NOT_SHOWN = "[text]"
_NOTHING: Mapping[str, Content] = MappingProxyType({})
_SAFE = re.compile(r"|\d{4}-\d\d-\d\d|[A-Z]{1,3}\d{1,5}")


class Register:
    """The usable rows of a register, and the issues of all its rows."""

    def __init__(self, rows: pd.DataFrame, *, codes: Iterable[str] = ()) -> None:
        self.rows = rows
        self._codes = frozenset(codes)
        self._issues: list[pd.DataFrame] = []

    def note(self, wrong: pd.Series, column: str, rule: str, *, action: str = KEPT) -> None:
        """Log an issue for each row where `wrong` is true; the rows stay."""
        found = self.rows.loc[wrong, ["file", "row"]]
        if found.empty:
            return
        old = self.rows.loc[wrong, column] if column in self.rows else ""
        issue = found.assign(column=column, rule=rule, action=action, old=old)
        issue["old"] = issue["old"].where(issue["old"].map(self._is_code), NOT_SHOWN)
        self._issues.append(issue)

    def set_aside(self, wrong: pd.Series, column: str, rule: str) -> None:
        """Log the rows where `wrong` is true, and remove them."""
        self.note(wrong, column, rule, action=SET_ASIDE)
        self.rows = self.rows[~wrong]

    def blank(self, wrong: pd.Series, column: str, rule: str) -> None:
        """Log the rows where `wrong` is true, and blank their cell in `column`."""
        self.note(wrong, column, rule, action=BLANKED)
        self.rows = self.rows.assign(**{column: self.rows[column].mask(wrong, "")})

    def set_aside_unknown(self, column: str, known: Iterable[str], rule: str) -> None:
        """Log and remove the rows whose `column` holds none of the known names."""
        self.set_aside(~self.rows[column].isin(list(known)), column, rule)

    def read_dates(self, study: Study) -> None:
        """Parse the column `date`.

        Rows with an invalid date or a date outside the field work are set aside.
        """
        dates = pd.to_datetime(self.rows["date"], format="%Y-%m-%d", errors="coerce")
        self.set_aside(dates.isna(), "date", "not_a_date")
        dates = dates[self.rows.index]
        first, last = pd.Timestamp(study.field_work.start), pd.Timestamp(study.field_work.end)
        self.set_aside(~dates.between(first, last), "date", "date_outside_field_work")
        self.rows = self.rows.assign(date=dates[self.rows.index])

    @property
    def issues(self) -> pd.DataFrame:
        """The issues, ordered by row: file, row, column, rule, action, old."""
        if not self._issues:
            return no_issues()
        found = pd.concat(self._issues)
        return found.sort_values("row", kind="stable", ignore_index=True)[list(ISSUE_COLUMNS)]

    def _is_code(self, text: str) -> bool:
        return text in self._codes or bool(_SAFE.fullmatch(text))


def no_issues() -> pd.DataFrame:
    """Return an empty frame of issues."""
    return pd.DataFrame(columns=list(ISSUE_COLUMNS)).astype({"row": int})


def unread(folder: Path, name: str, rule: str) -> pd.DataFrame:
    """Return the issue that a register exists but was not read; no issue if it does not exist."""
    path = _register_path(folder, name)
    if path is None:
        return no_issues()
    issue = {"file": path.name, "row": 1, "column": "", "rule": rule, "action": NOT_READ, "old": ""}
    return pd.DataFrame([issue])


def read_register(
    folder: Path,
    name: str,
    columns: Mapping[str, Content],
    *,
    optional: Mapping[str, Content] = _NOTHING,
    names: Iterable[str],
    beside: Collection[str] = (),
    merged: bool = False,
) -> pd.DataFrame | None:
    """Return the rows of `folder/<name>.csv` or `.xlsx` as text; None without such a file.

    Personal data and the `names` of people are masked in columns of people's words; see
    `privacy.gate`. The columns `file`, `row` and `personal` are added; `personal` is true if
    something was masked in the row.

    Parameters
    ----------
    columns, optional
        The columns that the file must have and may have, with the content of each.
    beside, merged
        As in `read_tables`.

    Raises
    ------
    StudyError
        If a column is missing, unknown or repeated, or if there are two such files.
    """
    path = _register_path(folder, name)
    if path is None:
        return None
    contents = {**columns, **optional}
    tables = read_tables(path, merged=merged, beside=beside)
    if len(tables) > 1:
        raise StudyError("has several sheets; keep one", where=str(path), found=len(tables))
    header = {place: text.strip().lower() for place, text in tables[0].header.items()}
    found = list(header.values())
    lacking = [column for column in columns if column not in found]
    unknown = [column for column in found if column not in contents]
    twice = sorted({column for column in found if found.count(column) > 1})
    for problem, what in (
        ("lacks a column", lacking),
        ("has an unknown column", unknown),
        ("has a column twice", twice),
    ):
        if what:
            raise StudyError(problem, where=str(path), found=what[0], possible=contents)
    cells = tables[0].cells[list(header)].rename(columns=header)
    cells = cells.apply(lambda column: column.str.strip())
    rows = admit(cells.reindex(columns=list(contents), fill_value=""), contents, names=names)
    return rows.assign(file=path.name, row=rows.index).reset_index(drop=True)


def _register_path(folder: Path, name: str) -> Path | None:
    """Return the register's file, None if it has none; raise StudyError if it has two."""
    found = [path for path in (Path(folder) / (name + end) for end in SUFFIXES) if path.is_file()]
    if len(found) > 1:
        raise StudyError(
            f"two files of the register {name}; keep one", where=str(folder), found=len(found)
        )
    return found[0] if found else None
