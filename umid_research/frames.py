"""Frames: their schemas, and reading and writing them as CSV in UTF-8, one folder per study.

The module that makes a frame declares it once, as a `Schema`: its columns in order, their types and
ranges, and the key, which is the columns that together identify a row:

    UNITS = Schema(
        "units",
        {
            "unit": text(),
            "dimension": text(),
            "score": number(0, 100, blank=True),
            "respondents": whole(),
        },
        key=("unit", "dimension"),
    )

For example, a unit has at most one row per dimension, whose score is from 0 to 100 or missing.
Frames are checked when they are written and when they are read. An empty text is a missing value,
except in columns that have "" as their default.

Frames are written to a temporary folder first and moved when all are complete. Every frame of a
simulated study has a last column `provenance`. Floats are written without loss of precision.
"""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors
from pandera.pandas import Check, Column, DataFrameSchema

from umid_research.errors import FrameError
from umid_research.runs.processes import UNFINISHED
from umid_research.study import Study

PROVENANCE = "provenance"
_MAX_ROWS_NAMED = 5
# A mean of values at a bound may pass it by the error of floating-point numbers.
_ROUNDING = 1e-9
_PROBLEMS = {
    SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME: "column {} is missing",
    SchemaErrorReason.COLUMN_NOT_IN_SCHEMA: "column {} is not in the schema",
    SchemaErrorReason.COLUMN_NOT_ORDERED: "column {} is not where the schema has it",
    SchemaErrorReason.SERIES_CONTAINS_NULLS: "a value is missing",
    SchemaErrorReason.WRONG_DATATYPE: "a value has the wrong type",
    SchemaErrorReason.DUPLICATES: "the key is not unique",
}
# Both come with WRONG_DATATYPE.
_REPEATED = (SchemaErrorReason.DATATYPE_COERCION, SchemaErrorReason.CHECK_ERROR)


def text(*, blank: bool = False, default: str | None = None, **options: Any) -> Column:
    """Return a column of texts; with `blank`, values may be missing.

    `default` replaces missing values; `options` are those of a pandera column.
    """
    return Column("str", nullable=blank, default=default, metadata={"dtype": "str"}, **options)


def code(values: Iterable[str], *, blank: bool = False, default: str | None = None) -> Column:
    """Return a column of texts from a list; `blank` and `default` as in `text`."""
    known = [str(value) for value in values]
    allowed = known if default is None else [default, *known]
    check = Check.isin(allowed, error=f"a value is none of {', '.join(known)}")
    column = text(blank=blank, default=default, checks=check)
    column.metadata["among"] = allowed
    return column


def category(dtype: pd.CategoricalDtype, *, required: bool = True) -> Column:
    """Return a column of categories; no value may be missing."""
    return Column(dtype, coerce=True, required=required, metadata={"dtype": dtype})


def number(
    low: float = -np.inf,
    high: float = np.inf,
    *,
    dtype: str = "float64",
    blank: bool = False,
    required: bool = True,
) -> Column:
    """Return a column of numbers from `low` to `high`, both included."""
    bounds = f"below {low}" if high == np.inf else f"not from {low} to {high}"
    checks = [Check.in_range(low - _ROUNDING, high + _ROUNDING, error=f"a value is {bounds}")]
    if dtype != "float64":
        checks += [Check(lambda values: values % 1 == 0, error="a value is not a whole number")]
    # All numbers are checked as floats: a conversion to int64 would cut off decimals.
    return Column(
        "float64",
        checks,
        nullable=blank,
        coerce=True,
        required=required,
        metadata={"dtype": dtype, "from": low - _ROUNDING, "to": high + _ROUNDING},
    )


def whole(low: float = 0, *, blank: bool = False) -> Column:
    """Return a column of whole numbers of at least `low`."""
    return number(low, dtype="Int64" if blank else "int64", blank=blank)


def date(*, blank: bool = False) -> Column:
    """Return a column of days; with `blank`, values may be missing."""
    dtype = "datetime64[ns]"
    return Column(dtype, nullable=blank, coerce=True, metadata={"dtype": dtype})


def flag() -> Column:
    """Return a column of True and False, which stand in the file by these names."""
    return Column("bool", metadata={"dtype": "bool"})


@dataclass(frozen=True, eq=False)
class Schema:
    """The declaration of a frame: its name, its columns in order, and its key."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()

    def of(self, rows: object = ()) -> pd.DataFrame:
        """Return a DataFrame or a list of dicts with the schema's columns, in order, and dtypes.

        Columns that the rows do not have are blank or have their default. Other columns are left
        out, and so are those that the schema names by a regular expression. Values are not checked.
        """
        frame = pd.DataFrame(rows).reindex(columns=list(self._dtypes)).astype(self._dtypes)
        columns = self.columns.items()
        defaults = {name: one.default for name, one in columns if one.default is not None}
        return frame.fillna(defaults) if defaults else frame

    def empty(self) -> pd.DataFrame:
        """Return the frame without rows."""
        return self._empty.copy()

    def checked(self, frame: pd.DataFrame, where: str = "") -> pd.DataFrame:
        """Return the frame with the schema's dtypes.

        Raises
        ------
        FrameError
            The frame breaks its schema. The error names the place `where`, the column, the rows as
            rows of the CSV file (its header is row 1), and the first value found.
        """
        frame = frame.reset_index(drop=True)
        cells = {name: _without_empty_texts(frame[name]) for name in frame}
        for name, dtype in self._dtypes.items():
            if dtype == "bool" and name in cells:
                cells[name] = _as_flags(cells[name])
        if (sound := self._sound(cells, frame.index)) is not None:
            return sound
        frame = pd.DataFrame(cells, index=frame.index)
        try:
            valid = self._pandera.validate(frame, lazy=True)
        except SchemaErrors as errors:
            place = where or f"frame {self.name}"
            findings = (
                error for error in errors.schema_errors if error.reason_code not in _REPEATED
            )
            first, *others = (self._finding(error, place) for error in findings)
            raise FrameError(
                first.problem,
                where=first.where,
                found=first.found,
                details=[str(other) for other in others],
            ) from None
        return valid.astype({name: self._dtypes[name] for name in valid if name in self._dtypes})

    @cached_property
    def _dtypes(self) -> dict[str, Any]:
        return {
            name: column.metadata["dtype"]
            for name, column in self.columns.items()
            if not column.regex
        }

    @cached_property
    def _empty(self) -> pd.DataFrame:
        return self.of()

    @cached_property
    def _pandera(self) -> DataFrameSchema:
        unique = list(self.key) or None
        return DataFrameSchema(dict(self.columns), unique=unique, strict=True, ordered=True)

    def _sound(self, cells: dict[str, pd.Series], index: pd.Index) -> pd.DataFrame | None:
        """Return the frame with the schema's dtypes if it is plainly sound, else None.

        Nearly every frame is, and pandera takes ten times as long to find that out. It judges the
        others, and every schema with columns of other kinds than these.
        """
        expected = {n: one for n, one in self.columns.items() if one.required or n in cells}
        if list(cells) != list(expected) or any(one.regex for one in expected.values()):
            return None
        sound = {}
        for name, column in expected.items():
            own = _sound_cells(cells[name], column)
            if own is None:
                return None
            sound[name] = own
        whole = pd.DataFrame(sound, index=index)
        return None if self.key and whole.duplicated(list(self.key)).any() else whole

    def _finding(self, error: SchemaError, place: str) -> FrameError:
        problem = _PROBLEMS.get(error.reason_code, str(getattr(error.check, "error", "")))
        cases = error.failure_cases
        column = error.schema.name or ", ".join(self.key)
        if "{}" in problem:
            return FrameError(problem.format(cases), where=place)
        if isinstance(cases, str):  # the dtype of the whole column
            return FrameError(problem, where=f"{place}, column {column}", found=cases)
        rows = sorted(int(row) + 2 for row in cases["index"].unique())
        named = ", ".join(map(str, rows[:_MAX_ROWS_NAMED]))
        more = f" and {len(rows) - _MAX_ROWS_NAMED} more" if len(rows) > _MAX_ROWS_NAMED else ""
        first = cases[cases["index"] == cases["index"].iloc[0]]["failure_case"]
        return FrameError(
            problem,
            where=f"{place}, column {column}, row {named}{more}",
            found=None if first.isna().all() else ", ".join(map(str, first)),
        )


def write_frames(folder: Path, frames: Mapping[Schema, pd.DataFrame], study: Study) -> None:
    """Write each frame to `folder/<name>.csv`; move the files there only when all are written.

    Raises
    ------
    FrameError
        A frame breaks its schema; nothing is written.
    """
    checked = {schema.name: schema.checked(frame) for schema, frame in frames.items()}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as temporary:
        for name, frame in checked.items():
            marked = frame
            if study.provenance == "simulated":
                marked = frame.assign(**{PROVENANCE: study.provenance})
            marked.to_csv(Path(temporary) / f"{name}.csv", index=False, lineterminator="\n")
        for name in checked:
            (Path(temporary) / f"{name}.csv").replace(folder / f"{name}.csv")


def read_frame(folder: Path, schema: Schema) -> pd.DataFrame:
    """Return the frame of a folder, with the dtypes of its schema.

    Raises
    ------
    FrameError
        The file does not exist, or the frame breaks its schema.
    """
    path = Path(folder) / f"{schema.name}.csv"
    if not path.is_file():
        raise FrameError(
            f"frame {schema.name!r} has not been made yet; `make report` makes it", where=str(path)
        )
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    return schema.checked(frame.drop(columns=PROVENANCE, errors="ignore"), where=str(path))


def _sound_cells(cells: pd.Series, column: Column) -> pd.Series | None:
    """Return the cells with the column's dtype if all are sound, else None; see `Schema._sound`."""
    dtype, known = column.metadata["dtype"], column.metadata
    if dtype == "bool":
        return cells if cells.dtype == "bool" else None
    if isinstance(dtype, pd.CategoricalDtype):
        return cells.astype(dtype) if cells.isin(dtype.categories).all() else None
    if dtype == "str" and (known.keys() == {"dtype", "among"} or not column.checks):
        texts = cells if column.default is None else cells.fillna(column.default)
        if texts.dtype != "str" or (texts.hasnans and not column.nullable):
            return None
        given = {one for one in pd.unique(texts.to_numpy()) if isinstance(one, str)}
        return texts if given <= set(known.get("among", given)) else None
    if "from" not in known:
        return None
    try:
        numbers = cells.astype("float64")
    except (TypeError, ValueError):
        return None
    values = numbers.to_numpy()
    given = values[~np.isnan(values)]
    is_sound = (column.nullable or len(given) == len(values)) and bool(
        ((given >= known["from"]) & (given <= known["to"])).all()
    )
    if not is_sound or (dtype != "float64" and (given % 1 != 0).any()):
        return None
    return numbers.astype(dtype)


def _as_flags(cells: pd.Series) -> pd.Series:
    """Return True and False for their names in a file; a column with other texts is unchanged."""
    if cells.dtype == "bool":
        return cells
    known = cells.map({"True": True, "False": False, True: True, False: False})
    return cells if known.isna().any() else known.astype(bool)


def _without_empty_texts(cells: pd.Series) -> pd.Series:
    """Return a column of texts with missing values instead of empty texts; others unchanged."""
    if cells.dtype == "str":
        is_empty = cells.to_numpy() == ""
        return cells.mask(is_empty) if is_empty.any() else cells
    if cells.isna().all() or pd.api.types.infer_dtype(cells, skipna=True) == "string":
        texts = cells.astype("str")
        return texts.mask(texts == "")
    return cells
