"""Count cards by kind of place and families by kind of bill, as frame `breakdowns`.

    kind      key        district  number  shown
    cards     school     quba         120  True
    families  telephone                15  True
    families  fine                         False

For example, schools in Guba got 120 cards, and 15 families paid a telephone bill. Cards are counted
per district. Families are people: they are counted for the whole project only, a number from 1 to
the study's threshold less one is withheld, and so is the next smallest one, as everywhere (see
`withholding`). A family with two kinds of bills counts in both. A register without usable rows has
no rows here, because its numbers are unknown, not zero.
"""

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.schema import BILLS, PLACES
from umid_research.indicators.withholding import with_secondary_suppression
from umid_research.study import Study

COLUMNS = ("kind", "key", "district", "number", "shown")
CARDS, FAMILIES = "cards", "families"


def count_breakdowns(frames: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
    """Return the frame `breakdowns` from the registers that have usable rows."""
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    if "cards" in frames:
        parts.append(_cards(frames["cards"], study))
    if "payments" in frames:
        parts.append(_families(frames["payments"], study))
    return pd.concat(parts, ignore_index=True).astype({"number": "Int64", "shown": bool})


def _cards(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the number of cards per kind of place and district, zeros among them."""
    keys = pd.MultiIndex.from_product([PLACES, study.districts], names=["key", "district"])
    rows = rows.assign(key=rows["place"], district=rows["locality"].map(district_of(study)))
    copies = rows.groupby(["key", "district"])["copies"].sum().reindex(keys, fill_value=0)
    return copies.rename("number").reset_index().assign(kind=CARDS, shown=True)


def _families(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the number of families per kind of bill; small ones are withheld."""
    families = rows.groupby("bill")["family_id"].nunique().reindex(list(BILLS), fill_value=0)
    hidden = with_secondary_suppression(families, study.thresholds.answers)
    counts = families.astype("Int64").mask(hidden)
    made = counts.rename("number").rename_axis("key").reset_index()
    return made.assign(kind=FAMILIES, district="", shown=~hidden.to_numpy())
