"""`indicators` -> `activities_published`, the same with what a reader may see marked as `shown`.

Organisations, events and municipalities are public facts. Where people or families are counted:

1. The number of the whole project is always shown: it is what was promised to the donor.
2. Sexes are told of the whole project only, and neither of them where one is fewer than the
   study's threshold for answers, but more than none.
3. A district with so few people is withheld, together with the next smallest one: with the
   project's number and the others a reader could work it out.
4. Proposals are counted by district where their district may be named: see `privacy.origin`.

What is withheld keeps no number, status or explanation. What it does not claim: where a single
district has people, their number is the project's; and who knows the people may know more.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from umid_research.activities.counts import COUNTS
from umid_research.activities.definitions import Definitions
from umid_research.activities.indicators import COLUMNS, EXPLANATION
from umid_research.activities.schema import translations
from umid_research.activities.withholding import with_secondary_suppression
from umid_research.study import Study

PUBLISHED_COLUMNS = (*COLUMNS, "shown")
_NUMBERS = ["actual", "achieved", "deviation"]
_TEXTS = ["status", EXPLANATION]


def publish_indicators(
    indicators: pd.DataFrame,
    definitions: Definitions,
    study: Study,
    *,
    unnamed: Collection[str] = (),
) -> pd.DataFrame:
    """The frame `activities_published`; `unnamed` are the districts that proposals may not name."""
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


def no_published() -> pd.DataFrame:
    """The frame `activities_published` without a row."""
    return pd.DataFrame(columns=list(PUBLISHED_COLUMNS))


def _hidden(rows: pd.DataFrame, least: int) -> pd.Series:
    """Which of one indicator's rows are withheld."""
    districts, sexes = rows[rows["district"] != ""], rows[rows["sex"] != ""]
    few = sexes["actual"].between(1, least - 1).any()
    return pd.concat(
        [
            with_secondary_suppression(districts["actual"], least),
            pd.Series(few, index=sexes.index, dtype=bool),
        ]
    )
