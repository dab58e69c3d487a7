"""Make the roster of accepted respondents from the design.

One row per respondent; respondents with the same `place` or `unit` share a latent component:

    group             district  locality  place   unit                    local_body    organisation
    community         quba      Guba 1    Guba 1  community Guba 1
    local_government  quba      Guba 1    Guba 1  local_government Guba 1  municipality
    ngo               quba                ngo 1   ngo 1                                  QHT 1

For example, a resident and a municipality of Guba 1 share the place but not the unit; the first NGO
belongs to no locality and shares neither.
"""

import pandas as pd

from umid_research.simulate.design import Design, Entry
from umid_research.study import Study

_NUMBER = "{number}"


def roster(design: Design, study: Study) -> pd.DataFrame:
    """Return the respondents of the design; answers that it fixes are columns by question."""
    people = pd.concat([_members(entry, study) for entry in design.roster], ignore_index=True)
    number = (people.groupby("group").cumcount() + 1).astype(str)
    placed = people["locality"] != ""
    alone = people["group"] + " " + number
    keys = people[["group", "district", "locality"]].assign(
        place=people["locality"].where(placed, alone),
        unit=(people["group"] + " " + people["locality"]).where(placed, alone),
    )
    fixed = people.drop(columns=["group", "district", "locality"]).fillna("")
    return keys.join(fixed.apply(_numbered, number=number))


def _members(entry: Entry, study: Study) -> pd.DataFrame:
    """Return the district, locality ("" for none), group and fixed answers of one entry."""
    if entry.districts:
        places = [(key, "") for key, count in entry.districts.items() for _ in range(count)]
    else:
        places = [
            (key, district.localities[position - 1])
            for key, district in study.districts.items()
            for position in entry.localities
            for _ in range(entry.each)
        ]
    members = pd.DataFrame(places, columns=["district", "locality"])
    return members.assign(group=entry.group, **entry.answers)


def _numbered(texts: pd.Series, *, number: pd.Series) -> pd.Series:
    """Replace `{number}` in the texts by the respondent's number within the group."""
    parts = texts.str.partition(_NUMBER)
    return parts[0] + number.where(parts[1] != "", "") + parts[2]
