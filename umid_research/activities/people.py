"""The register of attendance -> unique people: across events, and across spellings once decided.

    attendance_id  event_id  person  sex  district  locality
    A017           C01            4  f    quba      Guba 1
    A112           C07            4  f    quba      Guba 1

read aloud: person 4 attended two events. Rows with one folded name, sex, year of birth and locality
are one person; names that are near, of which nothing else says that they are two people, are
proposed to a person who knows. The number of a person stays inside the computation.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from umid_research.activities.decisions import Resolved, resolve
from umid_research.activities.similarity import same_numbers, similarities
from umid_research.spelling import folded

KIND = "person"
_SAID = ["sex", "birth_year", "locality"]


@dataclass(frozen=True)
class People:
    """Attendance with a `person` in each row, and what was resolved about who is who."""

    attendance: pd.DataFrame
    resolved: Resolved

    @property
    def unique(self) -> pd.DataFrame:
        """A row a person: person, sex; blank where it was not told, or told in two ways."""
        told = self.attendance[self.attendance["sex"] != ""].groupby("person")["sex"]
        sex = told.first()[told.nunique() < 2]
        people = pd.DataFrame({"person": self.attendance["person"].unique()})
        return people.assign(sex=people["person"].map(sex).astype("str").fillna(""))


def unique_people(attendance: pd.DataFrame, decisions: pd.DataFrame) -> People:
    """Who attended; `decisions` are those about people."""
    said = attendance[_SAID].astype("string").fillna("")
    said.insert(0, "name", attendance["name"].map(folded))
    said.index = pd.Index(attendance["attendance_id"])
    keys = said["name"].str.cat([said[column] for column in _SAID], sep="\t")
    resolved = resolve(keys, _near(said.assign(key=keys), attendance), decisions)
    person = resolved.entity_ids[attendance["attendance_id"]].to_numpy()
    return People(attendance.assign(person=person), resolved)


def no_attendance() -> pd.DataFrame:
    """An attendance of nobody."""
    return pd.DataFrame(columns=["attendance_id", "event_id", "name", *_SAID], dtype=object)


def _near(said: pd.DataFrame, attendance: pd.DataFrame) -> pd.DataFrame:
    """Pairs of ids whose names are near, and of which nothing says that they are two people.

    Who is said to live elsewhere may have moved, or it was heard wrong: then the years of birth
    have to be told, and be the same.
    """
    first = ~said["key"].duplicated().to_numpy()
    people, names = said[first], attendance.loc[first, "name"].tolist()
    similarity = similarities(names)
    sex, year, place = (_agreement(people[column].to_numpy(dtype=object)) for column in _SAID)
    may = (sex >= 0) & (year >= 0) & ((place >= 0) | (year > 0)) & same_numbers(names)
    one, other = np.nonzero(np.triu(similarity * may, 1))
    return pd.DataFrame(
        {
            "first": people.index[one],
            "second": people.index[other],
            "similarity": similarity[one, other],
        }
    )


def _agreement(told: np.ndarray) -> np.ndarray:
    """Of each two: 1 if both were told the same, -1 if told different things, else 0."""
    both = (told != "") & (told != "")[:, np.newaxis]
    return np.where(both, np.where(told == told[:, np.newaxis], 1, -1), 0)
