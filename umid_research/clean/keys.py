"""The columns that say whose answers these are: respondent, unit, district, locality, group."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from umid_research.clean.column import Column, combined
from umid_research.privacy import keyed_ids
from umid_research.study import District, Group, Study


def respondent_keys(
    respondent: pd.Series, columns: dict[str, Column], study: Study, *, key: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Respondent, unit, district, locality, group and weight; and who names no unit.

    The unit is the matched group in its locality, otherwise the answer to the role `unit` within
    group and district. Who names no unit is a unit of one.
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
    """The keyed id of what the parts say together, and for who is alone of the respondent."""

    def identity(rows: np.ndarray) -> pd.Series:
        group, district, locality, member = (part.rows(rows) for part in parts)
        there = pd.RangeIndex(len(rows))
        told = group.series(there) + "\n" + district.series(there) + "\n" + locality.series(there)
        return told + "\n" + member.series(there)

    codes, rows = combined(parts)
    ids = keyed_ids(identity(rows), key).to_numpy()[codes]
    single = np.flatnonzero(alone)
    own = identity(single) + respondent.iloc[single].reset_index(drop=True)
    ids[single] = keyed_ids(own, key)
    return pd.Series(ids, index=respondent.index, dtype="str")


def _organisation(text: str) -> str:
    """One organisation whatever the capitals and spaces; nothing more is taken for a slip."""
    return " ".join(text.replace("İ", "i").casefold().split())


def _read_by_code(column: Column, entries: Mapping[str, District] | Mapping[str, Group]) -> Column:
    keys = {entry.code: key for key, entry in entries.items()}
    return column.read_as(np.array([keys.get(text, "") for text in column.texts], dtype=object))


def numbers(column: Column, index: pd.Index) -> pd.Series:
    """The answers as numbers; no answer is NaN."""
    values = pd.to_numeric(pd.Series(column.texts, dtype="str"), errors="coerce").to_numpy(float)
    return pd.Series(values[column.codes], index=index)
