"""What may be shown of the change between two rounds (rules 1, 3, 4 and 9).

The first round's report is published: what it withheld must not follow from the second one. So the
two rounds are taken together:

- Rule 1 holds in both rounds, for those behind the two means.
- A reader has two means: of the places that both rounds visited, and of the whole group. Their
  difference is that of the people at the other places. So nobody may be at other places, or as many
  units and people as rule 1 asks for.
- A mean that one of the rounds withholds is withheld here as well, and with it the mean of all
  groups. Where only a part of the items is compared, the index of its group is withheld too: it is
  not the index that the audit of either round has seen.
- Rule 3: no mean within one point of an end of the scale. Rule 4: means have no decimals, the
  change is the difference of the two printed ones, and limits are rounded outward; they need twice
  as many places as a mean.

Where the two rounds have different thresholds, the higher one counts. All rows that are withheld
look alike.
"""

import numpy as np
import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import Reason, Verdict, printed_verdicts
from umid_research.disclosure.frame import STEP
from umid_research.disclosure.rules.scores import UNITS_FOR_INTERVAL
from umid_research.frames import Schema, code, flag, number, text, whole
from umid_research.study import Thresholds

_NUMBERS = ("earlier", "later", "change", "low", "high", "p_adjusted", "mdd")
PUBLISHED = Schema(
    "change",
    {
        "family": text(),
        "dimension": text(),
        "group": text(default=""),
        **{name: whole(blank=True) for name in ("items", "places")},
        **{name: number(blank=True) for name in _NUMBERS},
        "verdict": code(Verdict),
        "reason": code(Reason, default=""),
        "shown": flag(),
    },
    key=("dimension", "group"),
)


def publish_changes(
    changes: pd.DataFrame,
    scores: tuple[pd.DataFrame, pd.DataFrame],
    thresholds: tuple[Thresholds, Thresholds],
) -> pd.DataFrame:
    """Return the rows of `changes` as they may be published; hidden ones have no numbers.

    Parameters
    ----------
    changes : DataFrame
        The frame `changes`.
    scores : (DataFrame, DataFrame)
        The published table `scores_by_group` of the earlier and of the later round.
    thresholds : (Thresholds, Thresholds)
        The thresholds of the two rounds.
    """
    units, people = (
        max(getattr(one, name) for one in thresholds) for name in ("units", "respondents")
    )
    estimable = changes["change"].notna()
    earlier, later = (changes[name].astype(float).round() for name in ("earlier", "later"))
    shown = estimable & (changes["places"] >= units)
    for of, mean in (("earlier", earlier), ("later", later)):
        shown &= changes[f"people_{of}"] >= people
        left, left_units = changes[f"left_people_{of}"], changes[f"left_units_{of}"]
        shown &= (left == 0) | ((left >= people) & (left_units >= units))
        shown &= mean.between(STEP, 100 - STEP, inclusive="neither")
    for table in scores:
        shown &= _shown_in(table, changes)
    shown = _with_what_follows(changes, shown)
    change = later - earlier
    numbers = pd.DataFrame(
        {
            "earlier": earlier,
            "later": later,
            "change": change,
            "low": np.minimum(np.floor(changes["low"].astype(float)), change),
            "high": np.maximum(np.ceil(changes["high"].astype(float)), change),
            "p_adjusted": changes["p_adjusted"],
            "mdd": np.ceil(changes["mdd"].astype(float)),
        }
    )
    precise = changes["places"] >= UNITS_FOR_INTERVAL * units
    numbers.loc[~precise, ["low", "high", "p_adjusted", "mdd"]] = np.nan
    verdict = printed_verdicts(changes["verdict"], change)
    verdict = verdict.mask(~shown | ~precise, Verdict.WITHHELD.value)
    rows = changes[["family", "dimension", "group", "items", "places"]].assign(
        **{name: numbers[name].where(shown) for name in _NUMBERS},
        verdict=verdict,
        reason="",
        shown=shown,
    )
    rows["places"] = rows["places"].astype("Int64").mask(~shown)
    return PUBLISHED.of(rows)


def _shown_in(table: pd.DataFrame, changes: pd.DataFrame) -> pd.Series:
    """Return whether a round shows the mean of each row; of all groups together, every mean."""
    shown = table.set_index(["dimension", "group"])["shown"]
    keys = pd.MultiIndex.from_frame(changes[["dimension", "group"]])
    own = pd.Series(keys.map(shown).fillna(False), index=changes.index).astype(bool)
    return own | (changes["group"] == "")


def _with_what_follows(changes: pd.DataFrame, shown: pd.Series) -> pd.Series:
    """Withhold what would reveal a mean that is withheld: see the module."""
    of_group = changes["group"] != ""
    is_index = changes["dimension"] == INDEX
    whole = shown.where(~is_index, True).groupby(changes["group"]).transform("all")
    shown = shown & (~is_index | changes["whole"] | whole)
    every = shown.where(of_group, True).groupby(changes["dimension"]).transform("all")
    return shown & (of_group | every)
