"""The rows of a register, and its schema -> the rows that can be used, and the issues.

Rows that are no rows come out first: sums below the list, and rows in merged cells, of which nobody
can say to which row a value belongs. Then the schema is asked for every wrong cell at once. A row
is compared with others (an id twice, decisions that differ) only when it is right in itself, so
that a corrected row counts although the wrong one still stands above it.
"""

from collections import Counter
from collections.abc import Iterable

import pandas as pd
from pandera.errors import SchemaErrors
from pandera.pandas import DataFrameSchema

from umid_research.activities.columns import PERSONAL, ROW_TWICE, TWICE
from umid_research.activities.dates import READ, in_shape_of_date, read_dates
from umid_research.activities.schema import DIFFER, needs_value
from umid_research.registers import BLANKED, SET_ASIDE, Register
from umid_research.spelling import folded
from umid_research.study import Study

READ_AS = "read"
_AMONG_ROWS = (TWICE, ROW_TWICE, DIFFER)
_TOTALS = tuple(folded(word) for word in ("total", "subtotal", "cəmi", "yekun", "итого", "всего"))


def checked(
    rows: pd.DataFrame, schema: DataFrameSchema, study: Study, *, merged: Iterable[int] = ()
) -> Register:
    """The register of `rows`, all text, after everything that its schema says of it."""
    register = Register(rows, codes=_harmless(rows, schema))
    key = next(iter(schema.columns))
    register.set_aside(rows["row"].isin(list(merged)), key, "merged_cells")
    register.set_aside(_is_total(register.rows, schema), key, "total_row")
    _read_spellings(register, schema, study)
    failures = _failures(register.rows, schema)
    alone = ~failures["rule"].isin(_AMONG_ROWS)
    if alone.any():
        _apply(register, schema, failures[alone])
        failures = _failures(register.rows, schema)
    _apply(register, schema, failures)
    for column in _of_kind(schema, "date"):
        rules = read_dates(register.rows[column])["rule"]
        for rule in READ:
            register.note(rules == rule, column, rule, action=READ_AS)
    return register


def typed(rows: pd.DataFrame, schema: DataFrameSchema) -> pd.DataFrame:
    """The rows with dates as dates and numbers as numbers; other blanks stay ""."""
    dates = {column: read_dates(rows[column])["date"] for column in _of_kind(schema, "date")}
    numbers = {
        column: pd.to_numeric(rows[column], errors="coerce").astype("Int64")
        for column in (*_of_kind(schema, "number"), *_of_kind(schema, "year"))
    }
    return rows.assign(**dates, **numbers).reset_index(drop=True)


def _failures(rows: pd.DataFrame, schema: DataFrameSchema) -> pd.DataFrame:
    """Every wrong cell: the index of its row, its column and the rule; in the schema's order."""
    try:
        schema.validate(rows[list(schema.columns)], lazy=True)
    except SchemaErrors as errors:
        found = errors.failure_cases
    else:
        return pd.DataFrame(columns=["index", "column", "rule"])
    # What compares the cells of a row is listed once for each of them, and names column and rule.
    compared = found["schema_context"] == "DataFrameSchema"
    both = found["check"].str.partition(" ")
    found = found.assign(
        column=found["column"].mask(compared, both[0]),
        rule=found["check"].mask(compared, both[2]),
    )
    return found[["index", "column", "rule"]].drop_duplicates()


def _apply(register: Register, schema: DataFrameSchema, failures: pd.DataFrame) -> None:
    """Names every wrong cell; takes out its row where the value is needed, or blanks it."""
    rows = register.rows
    lost: set[int] = set()
    blank: dict[str, pd.Series] = {}
    for (column, rule), cells in failures.groupby(["column", "rule"], sort=False)["index"]:
        wrong = pd.Series(rows.index.isin(cells), index=rows.index)
        needed = needs_value(schema.columns[column])
        register.note(wrong, column, rule, action=SET_ASIDE if needed else BLANKED)
        if needed:
            lost |= set(cells)
        else:
            blank[column] = blank.get(column, rows[column]).mask(wrong, "")
    register.rows = rows.assign(**blank).drop(index=list(lost))


def _is_total(rows: pd.DataFrame, schema: DataFrameSchema) -> pd.Series:
    """Whether a row is a sum: its first cell begins with such a word, or a code's cell is one."""
    cells = rows[list(schema.columns)]
    first = cells.mask(cells == "").bfill(axis=1).iloc[:, 0].fillna("").astype("str")
    is_total = first.map(folded).str.split(" ").str[0].isin(_TOTALS)
    for name, column in schema.columns.items():
        if column.metadata["kind"] not in PERSONAL:
            is_total |= cells[name].map(folded).isin(_TOTALS)
    return is_total


def _read_spellings(register: Register, schema: DataFrameSchema, study: Study) -> None:
    """A code in capitals or with spaces becomes the code, a place as the study writes it."""
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
    """Folded spelling -> the choice that it can only mean."""
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


def _harmless(rows: pd.DataFrame, schema: DataFrameSchema) -> set[str]:
    """What an issue may repeat, since it tells of nobody: codes, dates and small numbers."""
    dates = [rows.loc[in_shape_of_date(rows[name]), name] for name in _of_kind(schema, "date")]
    numbers = [
        rows.loc[rows[name].str.fullmatch(r"-?[\d.,]{1,6}"), name]
        for name in (*_of_kind(schema, "number"), *_of_kind(schema, "year"))
    ]
    codes = [column.metadata["choices"] for column in schema.columns.values()]
    return {text for texts in (*dates, *numbers, *codes) for text in texts}
