"""Read the registers of the activities: usable rows with types, and issues for the others.

Each register is an optional CSV or XLSX file in the folder `activities` of a study; `schema`
declares it. The result has one frame per register, with `file` and `row`; dates and numbers are
typed, blanks in other columns are "". The issues have the columns of `clean.registers`:

    file           row  column    rule             action     old
    posts.csv       53  locality  unknown_locality set aside  [text]
    payments.xlsx   12  date      ambiguous_date   set aside  04/05/2022
    payments.xlsx   30  date      serial_date      read       44676
    attendance.csv   7  locality  unknown_locality blanked    [text]

For example, row 53 of posts.csv is set aside because its locality is not in the study; a date of
the payments is ambiguous, another one is read as a spreadsheet date; somebody attended from an
unknown locality, which is blanked. A row is set aside if a required value is invalid; an invalid
optional value is blanked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from umid_research.analysis.implementation.measures import read_measures
from umid_research.clean.registers import ISSUE_COLUMNS, Register, no_issues, read_register
from umid_research.errors import StudyError
from umid_research.indicators.checking import clean_register, convert_types
from umid_research.indicators.columns import SCREENSHOTS, Known, RegisterSchema
from umid_research.indicators.counts import COUNTS
from umid_research.indicators.definitions import (
    FILE,
    Definitions,
    check_definitions,
    read_definitions,
    zero_targets,
)
from umid_research.indicators.schema import EVENT_REGISTERS, EVENTS, MEASURES, schemas
from umid_research.raw.tables import SUFFIXES, merged_rows
from umid_research.study import Study

FOLDER = "activities"
# The sheets of a template that are not for data.
EXTRA_SHEETS = HELP, LISTS = ("help", "lists")
SIZES = ("register", "read", "kept", "set_aside")


@dataclass(frozen=True)
class Registers:
    """The usable rows of every existing register, the issues, and the definitions.

    `sizes` has a row for every possible register: the numbers of rows read, kept and set aside,
    blank without a file. `definitions` is None for a study without activities; `folder` has the
    files of the registers.
    """

    frames: dict[str, pd.DataFrame]
    issues: pd.DataFrame
    definitions: Definitions | None
    folder: Path = Path()
    sizes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SIZES)))


def read_checked_definitions(raw: Path, study: Study) -> Definitions | None:
    """Return the definitions of the indicators, None for a study without activities.

    Raises StudyError where they are missing or wrong, or do not fit the study, such as a target
    that is not a multiple of its localities.
    """
    folder = Path(raw) / FOLDER
    if not folder.is_dir():
        return None
    definitions = read_definitions(folder)
    check_definitions(definitions, study, folder / FILE)
    _check_counts(definitions, folder / FILE)
    return definitions


def _check_counts(definitions: Definitions, path: Path) -> None:
    """Check that each indicator names a counting method, and breakdowns that the method has."""
    for key, indicator in definitions.indicators.items():
        if indicator.count not in COUNTS:
            raise StudyError(
                "names no counting method",
                where=f"{path}, entry indicators.{key}.count",
                found=indicator.count,
                possible=COUNTS,
            )
        possible = COUNTS[indicator.count].by
        if unknown := sorted(set(indicator.by) - set(possible)):
            raise StudyError(
                "the counting method has no such breakdown",
                where=f"{path}, entry indicators.{key}.by",
                found=unknown[0],
                possible=possible,
            )


def read_registers(raw: Path, study: Study) -> Registers:
    """Return the registers in the folder `activities` of the study folder `raw`.

    Raises
    ------
    StudyError
        A file in the folder is no register, a register has a missing or an unknown column, or the
        definitions of the indicators are missing or invalid.
    """
    folder = Path(raw) / FOLDER
    definitions = read_checked_definitions(raw, study)
    if definitions is None:
        return Registers({}, no_issues(), None)
    known = _known(raw, folder, study)
    plan = schemas(study, definitions, known)
    _refuse_unknown_files(folder, plan)
    frames, issues, sizes = {}, [zero_targets(folder)], []
    for name, schema in plan.items():
        rows = _read(folder, name, schema, names=study.names)
        if rows is None:
            sizes.append((name, pd.NA, pd.NA, pd.NA))
            continue
        merged = merged_rows(folder / rows["file"].iloc[0]) if len(rows) else frozenset()
        register = clean_register(rows, schema, study, merged=merged)
        key = rows.columns[0]
        known.add(EVENTS if name in EVENT_REGISTERS else name, rows[key], register.rows[key])
        if name == "tests":
            _note_missing_first_tests(register.rows, register)
        frames[name] = convert_types(register.rows, schema)
        issues.append(register.issues)
        sizes.append((name, len(rows), len(register.rows), len(rows) - len(register.rows)))
    return Registers(
        frames,
        pd.concat(issues, ignore_index=True)[list(ISSUE_COLUMNS)],
        definitions,
        folder,
        pd.DataFrame(sizes, columns=list(SIZES)).astype(dict.fromkeys(SIZES[1:], "Int64")),
    )


def _known(raw: Path, folder: Path, study: Study) -> Known:
    """Return the ids that exist outside the registers: measures and screenshot files."""
    known = Known()
    measures = read_measures(raw, study)
    if measures is not None:
        known.add(MEASURES, measures["id"], measures["id"])
    pictures = folder / SCREENSHOTS
    names = [path.name for path in pictures.iterdir()] if pictures.is_dir() else []
    known.add(SCREENSHOTS, names, names)
    return known


def _refuse_unknown_files(folder: Path, plan: Iterable[str]) -> None:
    """Raise StudyError for an unknown file: a misspelt register would be ignored silently."""
    registers = [f"{name}{suffix}" for name in plan for suffix in SUFFIXES]
    expected = {*registers, FILE, SCREENSHOTS, "README.md"}
    for path in sorted(folder.iterdir()):
        if path.name not in expected and not path.name.startswith((".", "~$")):
            raise StudyError(
                "is not a register; a register is a CSV or XLSX file with one of these names",
                where=str(path),
                possible=plan,
            )


def _read(
    folder: Path, name: str, schema: RegisterSchema, *, names: Iterable[str]
) -> pd.DataFrame | None:
    needed, optional = (
        {name: column.content for name, column in schema.columns.items() if column.needed is needed}
        for needed in (True, False)
    )
    rows = read_register(
        folder, name, needed, optional=optional, names=names, beside=EXTRA_SHEETS, merged=True
    )
    return None if rows is None else rows[[*schema.columns, "file", "row"]]


def _note_missing_first_tests(tests: pd.DataFrame, register: Register) -> None:
    """Record tests after a consultation without a test before; the rows stay, for `attrition`."""
    before = tests.loc[tests["phase"] == "before", "attendance_id"]
    after = tests["phase"] == "after"
    first = ~tests["attendance_id"].where(after).duplicated()
    alone = after & first & ~tests["attendance_id"].isin(before)
    register.note(alone, "phase", "after_without_before")
