"""The frame `comparisons`: its columns, and rows of it from one family's arrays."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from umid_research.analysis.compare.verdicts import verdicts
from umid_research.analysis.verdicts import Reason, Verdict
from umid_research.frames import Schema, code, number, read_frame, text, whole

# In place of a district: the mean of all. No key of a district has a space.
ALL_DISTRICTS = "all districts"
_ESTIMATES = ("estimate", "low", "high", "effect", "p", "p_adjusted", "p_smallest", "mdd", "draws")
COLUMNS = {
    **{name: text() for name in ("family", "dimension", "contrast", "group_a", "group_b")},
    **{name: whole() for name in ("n_a", "n_b")},
    **{name: number(blank=True) for name in ("estimate", "low", "high", "effect")},
    "effect_name": text(),
    **{name: number(0, 1, blank=True) for name in ("p", "p_adjusted", "p_smallest")},
    "mdd": number(0, blank=True),
    "verdict": code(Verdict),
    "reason": code(Reason, default=""),
    "method": text(blank=True),
    "draws": whole(1, blank=True),
    "skewness": number(blank=True),
}
CONTRAST = ("family", "dimension", "contrast")
COMPARISONS = Schema("comparisons", COLUMNS, key=CONTRAST)


def read_comparisons(folder: Path) -> pd.DataFrame:
    """Return the frame as `folder/comparisons.csv` holds it, with its original dtypes.

    Raises FrameError if it has not been made yet.
    """
    return read_frame(folder, COMPARISONS)


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
    frame = COMPARISONS.of(frame)
    frame.loc[missing, list(_ESTIMATES)] = np.nan
    without_limits = frame["estimate"].notna() & frame["low"].isna()
    numbers = (frame[name] for name in ("estimate", "low", "high", "p_adjusted"))
    return COMPARISONS.of(
        frame.assign(
            verdict=verdicts(*numbers),
            reason=np.where(without_limits, Reason.TOO_FEW_FOR_LIMITS.value, reason),
        )
    )
