"""Find unique people in the register of attendance.

    attendance_id  event_id  person  sex  district  locality
    A017           C01            4  f    quba      Guba 1
    A112           C07            4  f    quba      Guba 1

For example, person 4 attended two events. Rows with the same folded name, sex, year of birth and
locality are one person. Similar names are proposed as a pair, to be decided by somebody who knows
the people, unless other columns show that they are two people. The number of a person is never
written to a frame.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.indicators.decisions import Resolved, resolve
from umid_research.indicators.similarity import same_numbers, similarities
from umid_research.study.spelling import folded

KIND = "person"
_ATTRIBUTES = ["sex", "birth_year", "locality"]


@dataclass(frozen=True)
class People:
    """The register of attendance with a column `person`, and the resolved pairs."""

    attendance: pd.DataFrame
    resolved: Resolved

    @property
    def unique(self) -> pd.DataFrame:
        """Return one row per person: person, sex; sex is blank if unknown or contradictory."""
        known = self.attendance[self.attendance["sex"] != ""].groupby("person")["sex"]
        sex = known.first()[known.nunique() < 2]
        people = pd.DataFrame({"person": self.attendance["person"].unique()})
        return people.assign(sex=people["person"].map(sex).astype("str").fillna(""))


def unique_people(attendance: pd.DataFrame, decisions: pd.DataFrame) -> People:
    """Return the unique people of the attendance; `decisions` are the decisions about people."""
    attributes = attendance[_ATTRIBUTES].astype("string").fillna("")
    attributes.insert(0, "name", attendance["name"].map(folded))
    attributes.index = pd.Index(attendance["attendance_id"])
    keys = attributes["name"].str.cat([attributes[column] for column in _ATTRIBUTES], sep="\t")
    resolved = resolve(keys, _similar_pairs(attributes.assign(key=keys), attendance), decisions)
    person = resolved.entity_ids[attendance["attendance_id"]].to_numpy()
    return People(attendance.assign(person=person), resolved)


def _similar_pairs(attributes: pd.DataFrame, attendance: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of ids with similar names that may be one person by the other columns.

    People with different localities may be one person who moved, or an entry may be wrong, so
    such a pair is proposed only if the years of birth are known and equal.
    """
    first = ~attributes["key"].duplicated().to_numpy()
    people, names = attributes[first], attendance.loc[first, "name"].tolist()
    similarity = similarities(names)
    sex, year, place = (_agreement(people[column].to_numpy(dtype=object)) for column in _ATTRIBUTES)
    is_possible = (sex >= 0) & (year >= 0) & ((place >= 0) | (year > 0)) & same_numbers(names)
    one, other = np.nonzero(np.triu(similarity * is_possible, 1))
    return pd.DataFrame(
        {
            "first": people.index[one],
            "second": people.index[other],
            "similarity": similarity[one, other],
        }
    )


def _agreement(values: np.ndarray) -> np.ndarray:
    """Return for each pair 1 if both values are equal, -1 if they differ, 0 if one is blank."""
    both = (values != "") & (values != "")[:, np.newaxis]
    return np.where(both, np.where(values == values[:, np.newaxis], 1, -1), 0)
