"""Write frames as SPSS (.sav) and Stata (.dta) files with labels of variables and of values.

    scores_by_group.csv   dimension  group      value  shown
                          trust      community     32  True
    scores_by_group.sav   7 = Trust  1 = Communities  32  1 = Yes

Stata labels numbers only, so codes become whole numbers: the codes themselves if they are some,
else their places in the study's order, from 1. Kinds of missing answers are declared as such:
user-missing values in SPSS, `.a` to `.c` in Stata. A question with several answers becomes a column
of 0 and 1 per choice. Names and labels that are longer than a program allows are cut, and each is
counted.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from umid_research.messages import Messages
from umid_research.output.archive.variables import CATALOGUE, Code, Variable
from umid_research.output.typesetting import moment
from umid_research.study.entries import KINDS

# IBM SPSS Statistics 29, Command Syntax Reference; Stata 18, Data Management Reference, `limits`.
_NAME = {"sav": 64, "dta": 32}
_LABEL = {"sav": 256, "dta": 80}
_VALUE_LABEL = {"sav": 120, "dta": 32_000}
_TEXT = {"sav": 32_767, "dta": 2_045}
_RESERVED = {
    *("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"),
    *("byte", "double", "float", "if", "in", "int", "long", "using"),
}
_DAY_ZERO = pd.Timestamp("1960-01-01")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,4})")
_LETTERS = "abc"  # Stata's extended missing values, for the kinds of missing answers


@dataclass
class Changes:
    """What had to be changed for the programs: names, and texts that were cut."""

    renamed: dict[str, str] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Column:
    """A column of a statistics file: numbers or texts, and the labels of the numbers."""

    name: str
    label: str
    cells: pd.Series
    labels: Mapping[Any, str] = field(default_factory=dict)
    missing: Mapping[Any, str] = field(default_factory=dict)  # number -> Stata's letter
    is_date: bool = False


def write_statistics(
    folder: Path,
    name: str,
    frame: pd.DataFrame,
    variables: Iterable[Variable],
    language: str,
    changes: Changes,
) -> None:
    """Write `name.sav` and `name.dta` with labels in one language; note what had to be changed.

    Columns of the frame that are no variables are left out.
    """
    words = Messages(language, catalogue=CATALOGUE)
    columns = [
        column
        for variable in variables
        if variable.name in frame
        for column in _columns(variable, frame[variable.name], words)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    _write_sav(folder / f"{name}.sav", columns, changes)
    _write_dta(folder / f"{name}.dta", columns, changes)


def numbers_of(codes: Iterable[Code]) -> dict[str, int]:
    """Return the whole number of each code: itself if all codes are whole numbers, else its place.

    Codes of missing answers need not be numbers; those that are none come after the largest.
    """
    kinds = {code.value: code.missing for code in codes}
    whole = {code: int(code) for code in kinds if _WHOLE.fullmatch(code)}
    rest = [code for code in kinds if code not in whole]
    if whole and all(kinds[code] for code in rest):
        return whole | dict(zip(rest, count(max(whole.values()) + 1)))
    return dict(zip(kinds, count(1)))


def _columns(variable: Variable, cells: pd.Series, words: Messages) -> Iterator[_Column]:
    label = _in(variable.labels, words.language, variable.name)
    if variable.kind == "several":
        given = cells.fillna("").str.split(" ")
        for code in variable.codes:
            chosen = given.map(lambda codes, one=code.value: one in codes).astype("float")
            text = f"{label}: {_in(code.labels, words.language, code.value)}"
            yes_no = {0: words("no"), 1: words("yes")}
            name = f"{variable.name}_{code.value}"
            yield _Column(name, text, chosen.mask(cells.isna()), yes_no)
    elif variable.codes:
        known = {code.value: code for code in variable.codes}
        unknown = [Code(one, {}) for one in cells.dropna().unique() if one and one not in known]
        numbers = numbers_of([*variable.codes, *unknown])
        labels = {
            number: _in(known[code].labels, words.language, code) if code in known else code
            for code, number in numbers.items()
        }
        letters = dict(zip(KINDS, _LETTERS, strict=False))
        missing = {
            numbers[code.value]: letters[code.missing]
            for code in variable.codes
            if code.missing in letters
        }
        yield _Column(variable.name, label, cells.map(numbers).astype("float"), labels, missing)
    elif variable.kind == "flag":
        yes_no = {0: words("no"), 1: words("yes")}
        yield _Column(variable.name, label, cells.astype("float"), yes_no)
    elif variable.kind == "number" and pd.api.types.is_numeric_dtype(cells):
        yield _Column(variable.name, label, cells.astype("float"))
    elif variable.kind == "date":
        yield _Column(variable.name, label, pd.to_datetime(cells), is_date=True)
    else:
        yield _Column(variable.name, label, cells.astype("object").fillna("").map(str))


def _in(labels: Mapping[str, str], language: str, otherwise: str) -> str:
    return " ".join((labels.get(language) or next(iter(labels.values()), otherwise)).split())


def _write_sav(path: Path, columns: list[_Column], changes: Changes) -> None:
    named = _named(columns, "sav", changes)
    data = {name: _texts(column, "sav", changes) for name, column in named.items()}
    pyreadstat.write_sav(
        pd.DataFrame(data),
        str(path),
        column_labels=_labels(named, "sav", changes),
        variable_value_labels=_value_labels(named, "sav", changes),
        missing_ranges={n: _ranges(one) for n, one in named.items() if one.missing},
        variable_format={name: "DATE10" for name, one in named.items() if one.is_date},
        variable_measure={name: "nominal" for name, one in named.items() if one.labels},
    )
    date, hour = time.gmtime(moment()), "%H:%M:%S"
    _put(path, 92, time.strftime(f"%d %b %y{hour}", date).encode())


def _write_dta(path: Path, columns: list[_Column], changes: Changes) -> None:
    named = _named(columns, "dta", changes)
    data = {}
    for name, column in named.items():
        values = _texts(column, "dta", changes)
        if column.is_date:
            values = (values - _DAY_ZERO).dt.days.astype("float")
        elif column.missing:  # numbers and letters in one column
            values = values.astype("object").map(lambda one, of=column.missing: of.get(one, one))
        elif column.labels:  # Stata labels whole numbers only
            values = values.astype("Int32")
        data[name] = values
    labels = {
        name: {named[name].missing.get(number, number): text for number, text in texts.items()}
        for name, texts in _value_labels(named, "dta", changes).items()
    }
    pyreadstat.write_dta(
        pd.DataFrame(data),
        str(path),
        version=14,
        column_labels=_labels(named, "dta", changes),
        variable_value_labels=labels,
        missing_user_values={
            name: sorted(set(one.missing.values())) for name, one in named.items() if one.missing
        },
        variable_format={name: "%td" for name, one in named.items() if one.is_date},
    )
    mark = b"<timestamp>\x11"
    stamp = time.strftime("%d %b %Y %H:%M", time.gmtime(moment())).encode()
    _put(path, path.read_bytes().index(mark) + len(mark), stamp)


def _ranges(column: _Column) -> list[Any]:
    """Return the missing values for SPSS, which takes three values, or a range and one value."""
    missing = sorted(column.missing)
    if len(missing) <= 3:
        return [*map(float, missing)]
    largest = max(
        (one for one in column.labels if one not in column.missing), default=-float("inf")
    )
    above = [one for one in missing if one > largest]
    below = [float(one) for one in missing if one <= largest][:1]
    return [*below, *([{"lo": float(above[0]), "hi": float(above[-1])}] if above else [])]


def _put(path: Path, place: int, content: bytes) -> None:
    """Replace the time at which a file was written, so that equal content gives equal bytes."""
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


def _named(columns: list[_Column], form: str, changes: Changes) -> dict[str, _Column]:
    """Return the columns by names that both programs accept and that differ without case."""
    named: dict[str, _Column] = {}
    taken: set[str] = set()
    for column in columns:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", column.name)
        if not plain[:1].isalpha() or plain.casefold() in _RESERVED:
            plain = f"v_{plain}"
        name, again = plain[: _NAME[form]], 1
        while name.casefold() in taken:
            again += 1
            name = f"{plain[: _NAME[form] - len(str(again)) - 1]}_{again}"
        taken.add(name.casefold())
        named[name] = column
        if name != column.name:
            changes.renamed[f"{form}:{column.name}"] = name
    return named


def _labels(named: Mapping[str, _Column], form: str, changes: Changes) -> dict[str, str | None]:
    return {name: _cut(one.label, _LABEL[form], form, name, changes) for name, one in named.items()}


def _value_labels(
    named: Mapping[str, _Column], form: str, changes: Changes
) -> dict[str, dict[Any, str]]:
    return {
        name: {
            number: _cut(text, _VALUE_LABEL[form], form, f"{name} = {number}", changes)
            for number, text in one.labels.items()
        }
        for name, one in named.items()
        if one.labels
    }


def _texts(column: _Column, form: str, changes: Changes) -> pd.Series:
    if column.cells.dtype != object:
        return column.cells
    longest = _TEXT[form]
    return column.cells.map(lambda text: _cut(text, longest, form, column.name, changes))


def _cut(text: str, longest: int, form: str, what: str, changes: Changes) -> str:
    """Return a text within the limit, of characters for Stata's labels, else of bytes in UTF-8."""
    in_characters = form == "dta" and longest == _LABEL["dta"]
    size = len(text) if in_characters else len(text.encode())
    if size <= longest:
        return text
    changes.cut.append(f"{form}:{what}")
    if in_characters:
        return f"{text[: longest - 1]}…"
    return f"{text.encode()[: longest - 3].decode(errors='ignore')}…"
