"""Find the days of the first and the last interview among the submissions that are analysed.

    first       last        dated  undated
    2022-03-14  2022-07-08     58        7

For example, 58 of the 65 submissions say on which day they were made. The others come from a
Google sheet, whose times are in the order of the owner's country and so can be read in two ways.
"""

import pandas as pd

from umid_research.frames import Schema, text, whole

INTERVIEWS = Schema(
    "interviews",
    {"first": text(blank=True), "last": text(blank=True), "dated": whole(), "undated": whole()},
)


def interview_days(raw: pd.DataFrame, set_aside: pd.DataFrame) -> pd.DataFrame:
    """Return the frame `interviews`: one row, without days if no submission has one.

    Parameters
    ----------
    raw : one row per submission, all text (see `umid_research.raw`).
    set_aside : the rows of `raw` that are not analysed, by `file` and `row`.
    """
    rows = pd.MultiIndex.from_frame(raw[["file", "row"]])
    kept = ~rows.isin(pd.MultiIndex.from_frame(set_aside[["file", "row"]]))
    received = raw.loc[kept, ["started", "ended", "submitted_at"]]
    days = _days(received["started"])
    for name in ("ended", "submitted_at"):
        days = days.fillna(_days(received[name]))
    known = days.dropna()
    return INTERVIEWS.of(
        [
            {
                "first": f"{known.min():%Y-%m-%d}" if len(known) else None,
                "last": f"{known.max():%Y-%m-%d}" if len(known) else None,
                "dated": len(known),
                "undated": len(days) - len(known),
            }
        ]
    )


def _days(times: pd.Series) -> pd.Series:
    """Return the days of times that start with year, month and day, NaT for any other text."""
    return pd.to_datetime(times.str[:10], format="%Y-%m-%d", errors="coerce")
