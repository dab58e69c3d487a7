"""Whether two checkers of the same thing found the same."""

import pandas as pd

from umid_research.agreement import nominal_agreement

_CELL = ["measure", "item", "locality"]
COLUMNS = ("double", "differ", "alpha", "low", "high")


def checkers_agreement(checks: pd.DataFrame | None, *, seed: int) -> pd.DataFrame:
    """One row: double (cells checked by two), differ, alpha, low, high; none without double checks.

    Alpha is Krippendorff's, nominal, over the results as they were given.
    """
    if checks is None or not checks.duplicated(_CELL).any():
        return pd.DataFrame(columns=list(COLUMNS))
    # Only a checker who could see something and one who could not may have come twice.
    last = checks.sort_values(["date", "row"]).drop_duplicates([*_CELL, "checked_by"], keep="last")
    ratings = last.pivot(index=_CELL, columns="checked_by", values="result")
    found = nominal_agreement(ratings.reset_index(drop=True), seed=seed)
    return pd.DataFrame([{name: getattr(found, name) for name in COLUMNS}])
