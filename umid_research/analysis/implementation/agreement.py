"""Agreement of two checkers of the same item."""

import pandas as pd

from umid_research.analysis.agreement import COLUMNS, nominal_agreement
from umid_research.frames import Schema

_CELL = ["measure", "item", "locality"]
AGREEMENT = Schema("agreement", COLUMNS)


def checkers_agreement(checks: pd.DataFrame | None, *, seed: int) -> pd.DataFrame:
    """Return Krippendorff's nominal alpha of the checkers' results; no row without double checks.

    One row: double (number of cells checked by two), differ (number on which they differ), alpha,
    low and high (limits of its interval).
    """
    if checks is None or not checks.duplicated(_CELL).any():
        return AGREEMENT.empty()
    # A checker can have two results for a cell only if one is not_accessible; the last counts.
    last = checks.sort_values(["date", "row"]).drop_duplicates([*_CELL, "checked_by"], keep="last")
    ratings = last.pivot(index=_CELL, columns="checked_by", values="result")
    return AGREEMENT.of([nominal_agreement(ratings.reset_index(drop=True), seed=seed)])
