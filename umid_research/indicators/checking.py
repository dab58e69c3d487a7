"""Check a register against its schema and keep the usable rows.

Total rows and rows with merged cells are set aside first: in merged cells nobody can say which row
a value belongs to. Then the schema finds all invalid cells at once. Rows are compared with each
other (duplicate ids, differing decisions) only if they are valid on their own, so that a corrected
row counts although the invalid one is still above it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import pandas as pd

from umid_research.clean.registers import BLANKED, SET_ASIDE, Register
from umid_research.indicators.columns import MISSING, PERSONAL, ROW_TWICE, TWICE, RegisterSchema
from umid_research.indicators.dates import READ, in_shape_of_date, read_dates
from umid_research.indicators.schema import DIFFER
from umid_research.study import Study
from umid_research.study.spelling import folded

READ_AS = "read"
_AMONG_ROWS = (TWICE, ROW_TWICE, DIFFER)
_TOTALS = tuple(folded(word) for word in ("total", "subtotal", "cəmi", "yekun", "итого", "всего"))


def clean_register(
    rows: pd.DataFrame, schema: RegisterSchema, study: Study, *, merged: Iterable[int] = ()
) -> Register:
    """Return the register with invalid rows set aside and invalid optional values blanked.

    Parameters
    ----------
    rows : DataFrame
        All columns are text; `file` and `row` say where each row comes from.
    schema : RegisterSchema
        The register's schema from `schema.schemas`.
    merged : iterable of int
        Row numbers that lie in merged cells; these rows are set aside.
    """
    register = Register(rows, codes=_safe_values(rows, schema))
    key = next(iter(schema.columns))
    register.set_aside(rows["row"].isin(list(merged)), key, "merged_cells")
    register.set_aside(_is_total(register.rows, schema), key, "total_row")
    _read_spellings(register, schema, study)
    for among_rows in (False, True):
        _apply_checks(register, schema, among_rows=among_rows)
    for column in schema.of_kind("date"):
        rules = read_dates(register.rows[column])["rule"]
        for rule in READ:
            register.note(rules == rule, column, rule, action=READ_AS)
    return register


def empty_register(schema: RegisterSchema) -> pd.DataFrame:
    """Return a register without rows, with the types of `convert_types`."""
    rows = pd.DataFrame(columns=[*schema.columns, "file", "row"], dtype="str")
    return convert_types(rows, schema)


def convert_types(rows: pd.DataFrame, schema: RegisterSchema) -> pd.DataFrame:
    """Convert date columns to dates and number columns to Int64; other blanks stay ""."""
    dates = {column: read_dates(rows[column])["date"] for column in schema.of_kind("date")}
    numbers = {
        column: pd.to_numeric(rows[column], errors="coerce").astype("Int64")
        for column in schema.of_kind("number", "year")
    }
    return rows.assign(**dates, **numbers).reset_index(drop=True)


def _apply_checks(register: Register, schema: RegisterSchema, *, among_rows: bool) -> None:
    """Log every invalid cell; drop its row if the value is required, else blank the cell.

    `among_rows` selects the checks that compare rows with each other, or all others.
    """
    rows = register.rows
    dropped = pd.Series(False, index=rows.index)
    blank: dict[str, pd.Series] = {}
    for column, rule, wrong in _failures(rows, schema, among_rows=among_rows):
        if not wrong.any():
            continue
        needed = schema.columns[column].needed
        register.note(wrong, column, rule, action=SET_ASIDE if needed else BLANKED)
        if needed:
            dropped |= wrong
        else:
            blank[column] = blank.get(column, rows[column]).mask(wrong, "")
    register.rows = rows.assign(**blank)[~dropped]


def _failures(
    rows: pd.DataFrame, schema: RegisterSchema, *, among_rows: bool
) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield each column and rule with the rows that break it, in the order of the schema."""
    for name, column in schema.columns.items():
        texts = rows[name]
        if column.needed and not among_rows:
            yield name, MISSING, texts == ""
        for rule, holds in column.checks.items():
            if (rule in _AMONG_ROWS) is among_rows:
                yield name, rule, (texts != "") & ~holds(texts)
    for name, rule, rows_hold in schema.checks:
        if (rule in _AMONG_ROWS) is among_rows:
            yield name, rule, ~rows_hold(rows)


def _is_total(rows: pd.DataFrame, schema: RegisterSchema) -> pd.Series:
    """Flag total rows: the first cell begins with a word for "total", or a code cell is one."""
    cells = rows[list(schema.columns)]
    first = cells.mask(cells == "").bfill(axis=1).iloc[:, 0].fillna("").astype("str")
    is_total = first.map(folded).str.split(" ").str[0].isin(_TOTALS)
    for name, column in schema.columns.items():
        if column.kind not in PERSONAL:
            is_total |= cells[name].map(folded).isin(_TOTALS)
    return is_total


def _read_spellings(register: Register, schema: RegisterSchema, study: Study) -> None:
    """Replace other spellings of codes (capitals, spaces) and of places by the study's own."""
    for name, column in schema.columns.items():
        kind = column.kind
        known = _spellings(kind, column.choices, study)
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


def _safe_values(rows: pd.DataFrame, schema: RegisterSchema) -> set[str]:
    """Return the values that an issue may repeat: codes, dates and short numbers.

    Any other text could name a person, so an issue shows only that it was a text.
    """
    dates = [rows.loc[in_shape_of_date(rows[name]), name] for name in schema.of_kind("date")]
    numbers = [
        rows.loc[rows[name].str.fullmatch(r"-?[\d.,]{1,6}"), name]
        for name in schema.of_kind("number", "year")
    ]
    codes = [column.choices for column in schema.columns.values()]
    return {text for texts in (*dates, *numbers, *codes) for text in texts}
