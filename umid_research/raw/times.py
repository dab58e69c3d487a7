"""Compute durations from the times at which a device opened and closed the form.

KoboToolbox and ODK write both times with their UTC offset. Google Forms keeps only the time of
sending, and a sheet typed from paper has no times or only days: these durations are unknown.
"""

import numpy as np
import pandas as pd


def seconds_between(started: pd.Series, ended: pd.Series) -> np.ndarray:
    """Return the seconds from start to end, NaN if a time is missing or the end comes first."""
    seconds = (_times(ended) - _times(started)).dt.total_seconds()
    return seconds.where(seconds >= 0).to_numpy(dtype=float)


def _times(texts: pd.Series) -> pd.Series:
    """Parse the times as UTC; a day without a time of day is missing."""
    timed = texts.where(texts.str.contains(":", regex=False), "")
    return pd.to_datetime(timed, format="ISO8601", utc=True, errors="coerce")
