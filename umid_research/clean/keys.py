"""Build the key columns of `responses`: respondent, unit, district, locality, group, weight."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from umid_research.clean.column import Column, combined
from umid_research.clean.privacy import keyed_ids
from umid_research.study import District, Group, Study


def respondent_keys(
    respondent: pd.Series, columns: dict[str, Column], study: Study, *, key: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the key columns, and which respondents named no unit.

    The unit is the whole group in a locality for matched groups, and the organisation (the answer
    to the role `unit`, within group and district) for the others. A respondent who names no
    organisation is a unit of one. Unit ids are keyed hashes, so that no name can be read from them.
    """
    roles, index = study.roles, respondent.index
    nothing = Column(np.array([""], dtype=object), np.zeros(len(index), dtype=np.intp))
    district = _read_by_code(columns[roles.district], study.districts)
    group = _read_by_code(columns[roles.group], study.groups)
    locality = columns[roles.locality] if roles.locality else nothing
    named = columns[roles.unit] if roles.unit else nothing
    named = named.read_as(np.array([_organisation(text) for text in named.texts], dtype=object))
    matched = np.isin(group.texts.astype(str), study.matched_groups)[group.codes]
    matched &= locality.answered()
    alone = ~matched & ~named.answered()
    unit = _units([group, district, locality, named.where(~matched)], respondent, alone, key=key)
    place = locality.series(index)
    keys = pd.DataFrame(
        {
            "respondent": respondent,
            "unit": unit,
            "district": district.series(index),
            "locality": place.mask(~locality.answered()),
            "group": group.series(index),
            "weight": numbers(columns[roles.weight], index) if roles.weight else 1.0,
        }
    )
    return keys, alone if roles.unit else np.zeros(len(index), dtype=bool)


def _units(parts: list[Column], respondent: pd.Series, alone: np.ndarray, *, key: str) -> pd.Series:
    """Return a keyed id per unit; where `alone` is true, the respondent is part of the id."""

    def identity(rows: np.ndarray) -> pd.Series:
        group, district, locality, member = (part.rows(rows) for part in parts)
        index = pd.RangeIndex(len(rows))
        text = group.series(index) + "\n" + district.series(index) + "\n" + locality.series(index)
        return text + "\n" + member.series(index)

    codes, rows = combined(parts)
    ids = keyed_ids(identity(rows), key).to_numpy()[codes]
    single = np.flatnonzero(alone)
    own = identity(single) + respondent.iloc[single].reset_index(drop=True)
    ids[single] = keyed_ids(own, key)
    return pd.Series(ids, index=respondent.index, dtype="str")


def _organisation(text: str) -> str:
    """Ignore capitals and spaces in an organisation's name; other differences may be real."""
    return " ".join(text.replace("İ", "i").casefold().split())


def _read_by_code(column: Column, entries: Mapping[str, District] | Mapping[str, Group]) -> Column:
    keys = {entry.code: key for key, entry in entries.items()}
    return column.read_as(np.array([keys.get(text, "") for text in column.texts], dtype=object))


def numbers(column: Column, index: pd.Index) -> pd.Series:
    """Return the answers as numbers; no answer is NaN."""
    values = pd.to_numeric(pd.Series(column.texts, dtype="str"), errors="coerce").to_numpy(float)
    return pd.Series(values[column.codes], index=index)
