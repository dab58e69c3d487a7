"""The frame `comparisons`: its columns, and rows of it from one family's arrays."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.verdicts import Reason, read_codes
from umid_research.frames import read_frame

_ESTIMATES = ("estimate", "low", "high", "effect", "p", "p_adjusted", "p_smallest", "mdd", "draws")
_TYPES = {
    **dict.fromkeys(("family", "dimension", "contrast", "group_a", "group_b"), "str"),
    **dict.fromkeys(("n_a", "n_b"), "int64"),
    **dict.fromkeys(("estimate", "low", "high", "effect"), "float64"),
    "effect_name": "str",
    **dict.fromkeys(("p", "p_adjusted", "p_smallest", "mdd"), "float64"),
    **dict.fromkeys(("verdict", "reason", "method"), "str"),
    "draws": "Int64",
    "skewness": "float64",
}
COLUMNS = tuple(_TYPES)


def no_comparisons() -> pd.DataFrame:
    """Return the frame without rows, with its columns and dtypes."""
    return pd.DataFrame(columns=list(COLUMNS)).astype(_TYPES)


def read_comparisons(folder: Path) -> pd.DataFrame:
    """Return the frame as `folder/comparisons.csv` holds it, with its original dtypes.

    Raises FrameError if it has not been made yet.
    """
    numbers = tuple(name for name, dtype in _TYPES.items() if dtype != "str")
    frame = read_frame(folder, "comparisons", numbers=numbers)
    return read_codes(frame, "comparisons").astype(_TYPES)


def contrasts(dimensions: Sequence[str], pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return every dimension × pair of groups: dimension, group_a, group_b; pairs vary fastest."""
    rows = [(dimension, a, b) for dimension, (a, b) in product(dimensions, pairs)]
    return pd.DataFrame(rows, columns=["dimension", "group_a", "group_b"])


def as_comparisons(
    family: str, rows: pd.DataFrame, *, reason: np.ndarray, **columns: object
) -> pd.DataFrame:
    """Return `rows` of `contrasts` with the family's columns and the verdict of each.

    `reason` is the code why a contrast cannot be estimated, or ""; where there is one, the numbers
    are blank. A contrast without limits has the reason for that.
    """
    frame = rows.assign(
        family=family, contrast=rows["group_a"] + " - " + rows["group_b"], **columns
    )
    missing = reason != ""
    frame = frame.reindex(columns=list(COLUMNS)).astype(_TYPES)
    frame.loc[missing, list(_ESTIMATES)] = np.nan
    without_limits = frame["estimate"].notna() & frame["low"].isna()
    numbers = (frame[name] for name in ("estimate", "low", "high", "p_adjusted"))
    return frame.assign(
        verdict=verdicts(*numbers),
        reason=np.where(without_limits, Reason.TOO_FEW_FOR_LIMITS.value, reason),
    ).astype(_TYPES)
