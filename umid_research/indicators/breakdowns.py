"""Count cards, families and workshop participants by kind, as frame `breakdowns`.

    kind          key           district  number  shown
    cards         school        quba         120  True
    families      telephone                   15  True
    families      fine                            False
    portals       gpp                         21  True
    participants  municipality                14  True

For example, schools in Guba got 120 cards, 15 families paid a telephone bill, 21 families paid
through the portal that `indicators.toml` calls gpp, and 14 people of municipalities took part in
workshops. Cards are counted per district. Families and participants are people: they are counted
for the whole project only, a number from 1 to the study's threshold less one is withheld, and so is
the next smallest one, as everywhere (see `withholding`). A family with two kinds of bills, or two
portals, counts in both; somebody who took part in two workshops counts once. A portal that is not
declared counts as `other`, a participant without a kind of body as `not_recorded`. A register
without usable rows has no rows here, because its numbers are unknown, not zero.
"""

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.definitions import Definitions
from umid_research.indicators.people import People
from umid_research.indicators.schema import BILLS, BODIES, PLACES
from umid_research.indicators.withholding import with_secondary_suppression
from umid_research.study import Study
from umid_research.study.spelling import folded

COLUMNS = ("kind", "key", "district", "number", "shown")
CARDS, FAMILIES, PORTALS, PARTICIPANTS = "cards", "families", "portals", "participants"
OTHER, NOT_RECORDED = "other", "not_recorded"


def count_breakdowns(
    frames: dict[str, pd.DataFrame], people: People, definitions: Definitions, study: Study
) -> pd.DataFrame:
    """Return the frame `breakdowns` from the registers that have usable rows."""
    least = study.thresholds.answers
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    if "cards" in frames:
        parts.append(_cards(frames["cards"], study))
    if "payments" in frames:
        paid = frames["payments"]
        parts.append(_people(FAMILIES, paid.groupby("bill")["family_id"].nunique(), BILLS, least))
        if definitions.portals:
            portals = portals_of(paid["portal"], definitions)
            families = paid["family_id"].groupby(portals).nunique()
            keys = (*definitions.portals, OTHER)
            parts.append(_people(PORTALS, families, keys, least))
    if "workshops" in frames and "attendance" in frames:
        bodies = _bodies(people.attendance, frames["workshops"]["event_id"])
        if (bodies != NOT_RECORDED).any():
            keys = (*BODIES, NOT_RECORDED)
            parts.append(_people(PARTICIPANTS, bodies.value_counts(), keys, least))
    return pd.concat(parts, ignore_index=True).astype({"number": "Int64", "shown": bool})


def _cards(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the number of cards per kind of place and district, zeros among them."""
    keys = pd.MultiIndex.from_product([PLACES, study.districts], names=["key", "district"])
    rows = rows.assign(key=rows["place"], district=rows["locality"].map(district_of(study)))
    copies = rows.groupby(["key", "district"])["copies"].sum().reindex(keys, fill_value=0)
    return copies.rename("number").reset_index().assign(kind=CARDS, shown=True)


def _people(kind: str, counts: pd.Series, keys: tuple[str, ...], least: int) -> pd.DataFrame:
    """Return the rows of a kind of which people are counted; small numbers are withheld."""
    every = counts.reindex(list(keys), fill_value=0)
    hidden = with_secondary_suppression(every, least)
    numbers = every.astype("Int64").mask(hidden)
    made = numbers.rename("number").rename_axis("key").reset_index()
    return made.assign(kind=kind, district="", shown=~hidden.to_numpy())


def portals_of(written: pd.Series, definitions: Definitions) -> pd.Series:
    """Return the key of each payment's portal: written as its key, or as its name in a language."""
    known = {
        folded(spelling): key
        for key, names in definitions.portals.items()
        for spelling in (key, *names.values())
    }
    return written.map(folded).map(known).fillna(OTHER)


def _bodies(attendance: pd.DataFrame, workshops: pd.Series) -> pd.Series:
    """Return the kind of body of each workshop participant: the first that is recorded."""
    present = attendance[attendance["event_id"].isin(workshops)]
    recorded = present["body"].mask(present["body"] == "")
    return recorded.groupby(present["person"]).first().fillna(NOT_RECORDED)
