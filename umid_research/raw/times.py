"""When a device opened and closed the form.

KoboToolbox and ODK write both moments with their distance from Greenwich. Google Forms keeps only
the moment of sending, and a sheet typed from paper none or days: nothing can be said of those.
"""

import numpy as np
import pandas as pd


def seconds_between(started: pd.Series, ended: pd.Series) -> np.ndarray:
    """Seconds from the one moment to the other; NaN unless both are told, in this order."""
    seconds = (_moments(ended) - _moments(started)).dt.total_seconds()
    return seconds.where(seconds >= 0).to_numpy(dtype=float)


def _moments(texts: pd.Series) -> pd.Series:
    """The moments; a day without its time of day is none."""
    timed = texts.where(texts.str.contains(":", regex=False), "")
    return pd.to_datetime(timed, format="ISO8601", utc=True, errors="coerce")
