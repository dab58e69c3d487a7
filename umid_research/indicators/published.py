"""Withhold the small numbers of `indicators`; the result is the frame `activities_published`.

Organisations, events and municipalities are public facts. If people or families are counted:

1. The number for the whole project is always shown, because it was promised to the donor.
2. Sexes are shown for the whole project only. If one sex has between 1 person and the study's
   threshold for answers, both are withheld.
3. A district with so few people is withheld, together with the next smallest one: otherwise the
   small number could be computed from the project's number and the other districts.
4. Proposals are counted by district only if the district may be named (see `privacy.origin`).

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
    least = study.thresholds.answers
    hidden = pd.Series(False, index=indicators.index)
    for key, indicator in definitions.indicators.items():
        if COUNTS[indicator.count].people:
            rows = indicators[indicators["indicator"] == key]
            hidden |= _hidden(rows, least).reindex(indicators.index, fill_value=False)
        if COUNTS[indicator.count].proposals:
            of_proposals = indicators["indicator"] == key
            hidden |= of_proposals & indicators["district"].isin(list(unnamed))
    published = indicators.assign(shown=~hidden)
    published.loc[hidden, _NUMBERS] = np.nan
    published.loc[hidden, [*_TEXTS, *translations(study, EXPLANATION)]] = ""
    return published


def _hidden(rows: pd.DataFrame, least: int) -> pd.Series:
    """Return whether each district or sex row of one indicator is withheld."""
    districts, sexes = rows[rows["district"] != ""], rows[rows["sex"] != ""]
    few = sexes["actual"].between(1, least - 1).any()
    return pd.concat(
        [
            with_secondary_suppression(districts["actual"], least),
            pd.Series(few, index=sexes.index, dtype=bool),
        ]
    )
