"""Withhold the small numbers of `indicators`; the result is the frame `activities_published`.

Organisations, events and municipalities are public facts. If people or families are counted:

1. The number for the whole project is always shown, because it was promised to the donor.
2. Sexes are shown for the whole project only. If one sex has between 1 person and the study's
   threshold for answers, both are withheld.
3. A district with so few people is withheld, together with the next smallest one: otherwise the
   small number could be computed from the project's number and the other districts.
4. Proposals are counted by district only if the district may be named (see `privacy.origin`).
5. If the study limits counts (`thresholds.count`), rule 1 no longer holds for a number below the
   limit, and where districts or sexes leave so few people, the smallest of them is withheld.

A withheld row keeps no number, status or explanation. Two things are not protected: if only one
district has people, its number is the project's number; and somebody who knows the people may know
more than is published.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from umid_research.indicators.counts import COUNTS
from umid_research.indicators.definitions import Definitions
from umid_research.indicators.indicators import EXPLANATION
from umid_research.indicators.schema import translations
from umid_research.indicators.withholding import with_secondary_suppression
from umid_research.study import Study

_NUMBERS = ["actual", "achieved", "deviation"]
_TEXTS = ["status", EXPLANATION]


def publish_indicators(
    indicators: pd.DataFrame,
    definitions: Definitions,
    study: Study,
    *,
    unnamed: Collection[str] = (),
) -> pd.DataFrame:
    """Return the frame `activities_published`.

    `unnamed` are the districts that may not be named as the origin of a proposal.
    """
    hidden = pd.Series(False, index=indicators.index)
    for key, indicator in definitions.indicators.items():
        if COUNTS[indicator.count].people:
            rows = indicators[indicators["indicator"] == key]
            hidden |= _hidden(rows, study).reindex(indicators.index, fill_value=False)
        if COUNTS[indicator.count].proposals:
            of_proposals = indicators["indicator"] == key
            hidden |= of_proposals & indicators["district"].isin(list(unnamed))
    return without_numbers(indicators.assign(shown=True), hidden, study)


def without_numbers(published: pd.DataFrame, hidden: pd.Series, study: Study) -> pd.DataFrame:
    """Return a copy with the hidden rows blanked and marked.

    The source of a hidden number of the project counts the rows, so it is blanked, too.
    """
    published = published.assign(shown=published["shown"] & ~hidden)
    published.loc[hidden, _NUMBERS] = np.nan
    published.loc[hidden, [*_TEXTS, *translations(study, EXPLANATION)]] = ""
    whole = hidden & (published["district"] == "") & (published["sex"] == "")
    if whole.any():
        of_whole = published["indicator"].isin(published.loc[whole, "indicator"])
        published.loc[of_whole, "source"] = ""
    return published


def _hidden(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Return whether each row of one indicator of people is withheld."""
    least, count = study.thresholds.answers, study.thresholds.count
    districts, sexes = rows[rows["district"] != ""], rows[rows["sex"] != ""]
    whole = rows.drop(index=[*districts.index, *sexes.index])["actual"]
    few = sexes["actual"].between(1, least - 1).any()
    hidden = pd.concat(
        [
            whole.between(1, count - 1),
            with_secondary_suppression(districts["actual"], least),
            pd.Series(few, index=sexes.index, dtype=bool),
        ]
    )
    for part in (districts["actual"].dropna(), sexes["actual"].dropna()):
        rest = whole.sum() - part.sum()
        if len(part) and not hidden[part.index].any() and 0 < rest < count:
            # Those of no known district or sex would be known.
            hidden[part.index[part == part[part > 0].min()]] = True
    return hidden
