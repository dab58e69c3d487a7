"""Registers kept by hand -> their rows as text, and what is wrong with them, named by file and row.

A register is an optional CSV or XLSX file of the study folder. A file that lacks a column is an
error; a row that cannot be used is set aside and named, never dropped in silence:

    file          row  column    rule              action     old
    evidence.csv   14  locality  unknown_locality  set aside  [text]
    evidence.csv   31  result    checks_differ     overruled  found

read aloud: row 14 of evidence.csv names a locality that the study does not have, and does not
count; what stands there is not repeated, since it may be anything. Row 31 is usable, but another
check outweighs it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from umid_research.errors import StudyError
from umid_research.privacy.gate import Content, admit
from umid_research.raw.tables import SUFFIXES, read_tables
from umid_research.study import Study

ISSUE_COLUMNS = ("file", "row", "column", "rule", "action", "old")
SET_ASIDE, KEPT, BLANKED, NOT_READ = "set aside", "kept", "blanked", "not read"
NOT_SHOWN = "[text]"
_NOTHING: Mapping[str, Content] = MappingProxyType({})
_SAFE = re.compile(r"|\d{4}-\d\d-\d\d|[A-Z]{1,3}\d{1,5}")


class Register:
    """The usable rows of a register, and the issues found on the way to them."""

    def __init__(self, rows: pd.DataFrame, *, codes: Iterable[str] = ()) -> None:
        self.rows = rows
        self._codes = frozenset(codes)
        self._issues: list[pd.DataFrame] = []

    def note(self, wrong: pd.Series, column: str, rule: str, *, action: str = KEPT) -> None:
        """Names the rows where `wrong` holds, which stay."""
        found = self.rows.loc[wrong, ["file", "row"]]
        if found.empty:
            return
        old = self.rows.loc[wrong, column] if column in self.rows else ""
        issue = found.assign(column=column, rule=rule, action=action, old=old)
        issue["old"] = issue["old"].where(issue["old"].map(self._is_code), NOT_SHOWN)
        self._issues.append(issue)

    def set_aside(self, wrong: pd.Series, column: str, rule: str) -> None:
        """Names the rows where `wrong` holds, and takes them out."""
        self.note(wrong, column, rule, action=SET_ASIDE)
        self.rows = self.rows[~wrong]

    def blank(self, wrong: pd.Series, column: str, rule: str) -> None:
        """Names the rows where `wrong` holds, and empties their cell."""
        self.note(wrong, column, rule, action=BLANKED)
        self.rows = self.rows.assign(**{column: self.rows[column].mask(wrong, "")})

    def set_aside_unknown(self, column: str, known: Iterable[str], rule: str) -> None:
        """Takes out the rows whose `column` holds none of the known names."""
        self.set_aside(~self.rows[column].isin(list(known)), column, rule)

    def read_dates(self, study: Study) -> None:
        """Turns the column `date` into dates; those that are none, or lie outside the field work,
        are set aside.
        """
        dates = pd.to_datetime(self.rows["date"], format="%Y-%m-%d", errors="coerce")
        self.set_aside(dates.isna(), "date", "not_a_date")
        dates = dates[self.rows.index]
        first, last = pd.Timestamp(study.field_work.start), pd.Timestamp(study.field_work.end)
        self.set_aside(~dates.between(first, last), "date", "date_outside_field_work")
        self.rows = self.rows.assign(date=dates[self.rows.index])

    @property
    def issues(self) -> pd.DataFrame:
        """What was found: file, row, column, rule, action, old; in the order of the rows."""
        if not self._issues:
            return no_issues()
        found = pd.concat(self._issues)
        return found.sort_values("row", kind="stable", ignore_index=True)[list(ISSUE_COLUMNS)]

    def _is_code(self, text: str) -> bool:
        return text in self._codes or bool(_SAFE.fullmatch(text))


def no_issues() -> pd.DataFrame:
    """The frame of issues without a row."""
    return pd.DataFrame(columns=list(ISSUE_COLUMNS)).astype({"row": int})


def unread(folder: Path, name: str, rule: str) -> pd.DataFrame:
    """The issue that a register is there and was not read, under its first row; none without it."""
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

    People's words are masked, those in `names` too; see `privacy.gate`. Beside the columns stand
    `file`, `row` and `personal`, whether personal data was found in the words of the row.

    Parameters
    ----------
    columns, optional
        The columns that the file must and may have, each with what it holds.
    beside, merged
        Those of `read_tables`.

    Raises
    ------
    StudyError
        When a column is missing or unknown, or there are two such files.
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
    strange = [column for column in found if column not in contents]
    twice = sorted({column for column in found if found.count(column) > 1})
    for problem, what in (
        ("lacks a column", lacking),
        ("has an unknown column", strange),
        ("has a column twice", twice),
    ):
        if what:
            raise StudyError(problem, where=str(path), found=what[0], possible=contents)
    cells = tables[0].cells[list(header)].rename(columns=header)
    cells = cells.apply(lambda column: column.str.strip())
    rows = admit(cells.reindex(columns=list(contents), fill_value=""), contents, names=names)
    return rows.assign(file=path.name, row=rows.index).reset_index(drop=True)


def _register_path(folder: Path, name: str) -> Path | None:
    """The register's one file, if it has any."""
    found = [path for path in (Path(folder) / (name + end) for end in SUFFIXES) if path.is_file()]
    if len(found) > 1:
        raise StudyError(
            f"two files of the register {name}; keep one", where=str(folder), found=len(found)
        )
    return found[0] if found else None
