"""Check a register against its schema and keep the usable rows.

Total rows and rows with merged cells are set aside first: in merged cells nobody can say which row
a value belongs to. Then the schema finds all invalid cells at once. Rows are compared with each
other (duplicate ids, differing decisions) only if they are valid on their own, so that a corrected
row counts although the invalid one is still above it.
"""

from collections import Counter
from collections.abc import Iterable

import pandas as pd
from pandera.errors import SchemaErrors
from pandera.pandas import DataFrameSchema

from umid_research.clean.registers import BLANKED, SET_ASIDE, Register
from umid_research.indicators.columns import PERSONAL, ROW_TWICE, TWICE
from umid_research.indicators.dates import READ, in_shape_of_date, read_dates
from umid_research.indicators.schema import DIFFER, needs_value
from umid_research.study import Study
from umid_research.study.spelling import folded

READ_AS = "read"
_AMONG_ROWS = (TWICE, ROW_TWICE, DIFFER)
_TOTALS = tuple(folded(word) for word in ("total", "subtotal", "cəmi", "yekun", "итого", "всего"))


def clean_register(
    rows: pd.DataFrame, schema: DataFrameSchema, study: Study, *, merged: Iterable[int] = ()
) -> Register:
    """Return the register with invalid rows set aside and invalid optional values blanked.

    Parameters
    ----------
    rows : DataFrame
        All columns are text; `file` and `row` say where each row comes from.
    schema : DataFrameSchema
        The register's schema from `schema.schemas`.
    merged : iterable of int
        Row numbers that lie in merged cells; these rows are set aside.
    """
    register = Register(rows, codes=_safe_values(rows, schema))
    key = next(iter(schema.columns))
    register.set_aside(rows["row"].isin(list(merged)), key, "merged_cells")
    register.set_aside(_is_total(register.rows, schema), key, "total_row")
    _read_spellings(register, schema, study)
    failures = _failures(register.rows, schema)
    is_single = ~failures["rule"].isin(_AMONG_ROWS)
    if is_single.any():
        _apply_failures(register, schema, failures[is_single])
        failures = _failures(register.rows, schema)
    _apply_failures(register, schema, failures)
    for column in _of_kind(schema, "date"):
        rules = read_dates(register.rows[column])["rule"]
        for rule in READ:
            register.note(rules == rule, column, rule, action=READ_AS)
    return register


def convert_types(rows: pd.DataFrame, schema: DataFrameSchema) -> pd.DataFrame:
    """Convert date columns to dates and number columns to Int64; other blanks stay ""."""
    dates = {column: read_dates(rows[column])["date"] for column in _of_kind(schema, "date")}
    numbers = {
        column: pd.to_numeric(rows[column], errors="coerce").astype("Int64")
        for column in (*_of_kind(schema, "number"), *_of_kind(schema, "year"))
    }
    return rows.assign(**dates, **numbers).reset_index(drop=True)


def _failures(rows: pd.DataFrame, schema: DataFrameSchema) -> pd.DataFrame:
    """Return the row index, column and rule of every invalid cell, in the schema's order."""
    try:
        schema.validate(rows[list(schema.columns)], lazy=True)
    except SchemaErrors as errors:
        found = errors.failure_cases
    else:
        return pd.DataFrame(columns=["index", "column", "rule"])
    # pandera lists a check that compares several cells once for each cell of the row; its name
    # holds the column to report and the rule.
    compared = found["schema_context"] == "DataFrameSchema"
    both = found["check"].str.partition(" ")
    found = found.assign(
        column=found["column"].mask(compared, both[0]),
        rule=found["check"].mask(compared, both[2]),
    )
    return found[["index", "column", "rule"]].drop_duplicates()


def _apply_failures(register: Register, schema: DataFrameSchema, failures: pd.DataFrame) -> None:
    """Record every invalid cell; drop its row if the value is required, else blank the cell."""
    rows = register.rows
    dropped: set[int] = set()
    blank: dict[str, pd.Series] = {}
    for (column, rule), cells in failures.groupby(["column", "rule"], sort=False)["index"]:
        wrong = pd.Series(rows.index.isin(cells), index=rows.index)
        needed = needs_value(schema.columns[column])
        register.note(wrong, column, rule, action=SET_ASIDE if needed else BLANKED)
        if needed:
            dropped |= set(cells)
        else:
            blank[column] = blank.get(column, rows[column]).mask(wrong, "")
    register.rows = rows.assign(**blank).drop(index=list(dropped))


def _is_total(rows: pd.DataFrame, schema: DataFrameSchema) -> pd.Series:
    """Flag total rows: the first cell begins with a word for "total", or a code cell is one."""
    cells = rows[list(schema.columns)]
    first = cells.mask(cells == "").bfill(axis=1).iloc[:, 0].fillna("").astype("str")
    is_total = first.map(folded).str.split(" ").str[0].isin(_TOTALS)
    for name, column in schema.columns.items():
        if column.metadata["kind"] not in PERSONAL:
            is_total |= cells[name].map(folded).isin(_TOTALS)
    return is_total


def _read_spellings(register: Register, schema: DataFrameSchema, study: Study) -> None:
    """Replace other spellings of codes (capitals, spaces) and of places by the study's own."""
    for name, column in schema.columns.items():
        kind = column.metadata["kind"]
        known = _spellings(kind, column.metadata["choices"], study)
        if not known:
            continue
        texts = register.rows[name]
        read = texts.map(lambda text, known=known: known.get(folded(text), text)).astype("str")
        if kind in ("locality", "district"):
            register.note(read != texts, name, "place_spelling", action=READ_AS)
        register.rows = register.rows.assign(**{name: read})


def _spellings(kind: str, choices: Iterable[str], study: Study) -> dict[str, str]:
    """Map each folded spelling to its choice; leave out spellings that fit two choices."""
    names = {choice: {folded(choice)} for choice in choices}
    for key, district in study.districts.items():
        if kind == "district":
            names[key] |= {folded(name) for name in (*district.name.values(), *district.aliases)}
        for locality, aliases in district.locality_aliases.items():
            if kind == "locality":
                names[locality] |= {folded(alias) for alias in aliases}
    meanings = [(form, choice) for choice, forms in names.items() for form in forms]
    counts = Counter(form for form, _ in meanings)
    return {form: choice for form, choice in meanings if counts[form] == 1}


def _of_kind(schema: DataFrameSchema, kind: str) -> list[str]:
    return [name for name, column in schema.columns.items() if column.metadata["kind"] == kind]


def _safe_values(rows: pd.DataFrame, schema: DataFrameSchema) -> set[str]:
    """Return the values that an issue may repeat: codes, dates and short numbers.

    Any other text could name a person, so an issue shows only that it was a text.
    """
    dates = [rows.loc[in_shape_of_date(rows[name]), name] for name in _of_kind(schema, "date")]
    numbers = [
        rows.loc[rows[name].str.fullmatch(r"-?[\d.,]{1,6}"), name]
        for name in (*_of_kind(schema, "number"), *_of_kind(schema, "year"))
    ]
    codes = [column.metadata["choices"] for column in schema.columns.values()]
    return {text for texts in (*dates, *numbers, *codes) for text in texts}
