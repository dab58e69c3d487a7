"""Values that are no answers: hidden and calculated fields, the day of the interview."""

import numpy as np
import pandas as pd

from umid_research.raw.export import Export
from umid_research.study.conditions import TODAY


def field_values(export: Export, name: str) -> pd.Series:
    """Return the cells of a field, or for `today()` the days of the interviews (2022-03-02).

    The day is that on which the device opened the form, else that on which it closed it; "" for
    times in another format than the device's.
    """
    if name == TODAY:
        started, ended = (_days(export.keys[key]) for key in ("started", "ended"))
        return started.where(started != "", ended)
    position = export.columns.fields.get(name)
    if position is None:
        return pd.Series("", index=export.table.cells.index)
    return export.table.cells[position]


def unknown_values(export: Export, name: str, values: pd.Series) -> np.ndarray:
    """Return the rows in which nobody knows the value: no column, or no day."""
    if name != TODAY and name in export.columns.fields:
        return np.zeros(len(values), dtype=bool)
    return (values == "").to_numpy()


def _days(times: pd.Series) -> pd.Series:
    return times.str.extract(r"^(\d{4}-\d\d-\d\d)(?:$|[T ])", expand=False).fillna("")
