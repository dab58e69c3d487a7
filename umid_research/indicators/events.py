"""List everything that happened, from all registers, in the frame `events`.

    date        activity  kind          event  locality  district  mode    people  shown
    2022-04-12  2.1       consultation  C01    Guba 1    quba      online      11   True
    2022-04-20  2.2       terminal      T01    Guba 3    quba                       True

For example, on 12 April 11 different people attended a consultation in Guba 1. `people` is blank
where attendance was not counted (unknown, not zero) and where it is withheld: events with fewer
people than the study's threshold, and the next smallest event, because otherwise a reader could
subtract the shown numbers from the total.
"""

import pandas as pd

from umid_research.analysis.implementation.evidence import district_of
from umid_research.indicators.people import People
from umid_research.indicators.withholding import with_secondary_suppression
from umid_research.study import Study

COLUMNS = (
    *("date", "activity", "kind", "event", "locality", "district", "mode", "people", "shown"),
)
# Register -> the activity and kind of its rows, their id and their date.
_HAPPENED = {
    "pages": ("1.2", "page", "page_id", "created"),
    "consultations": ("", "consultation", "event_id", "date"),
    "cards": ("2.1", "cards", "batch_id", "date"),
    "terminals": ("2.2", "terminal", "request_id", "requested"),
    "workshops": ("2.3", "workshop", "event_id", "date"),
    "press": ("2.3", "press", "press_id", "date"),
    "platforms": ("2.3", "platform", "platform_id", "founded"),
}


def list_events(frames: dict[str, pd.DataFrame], people: People, study: Study) -> pd.DataFrame:
    """Return the frame `events` from the registers that exist, in order of date."""
    parts = [_part(frames[name], name, study) for name in _HAPPENED if name in frames]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    events = pd.concat(parts, ignore_index=True)
    attended = people.attendance.groupby("event_id")["person"].nunique().astype("Int64")
    meets = events["kind"].isin(["consultation", "workshop"])
    counts = events["event"].map(attended).where(meets).astype("Int64")
    hidden = with_secondary_suppression(counts, study.thresholds.answers)
    events = events.assign(people=counts.mask(hidden), shown=~hidden)
    return events.sort_values(["date", "activity", "event"], kind="stable", ignore_index=True)[
        list(COLUMNS)
    ]


def _part(rows: pd.DataFrame, name: str, study: Study) -> pd.DataFrame:
    activity, kind, key, day = _HAPPENED[name]
    rows = rows.drop_duplicates(key)
    locality = rows["locality"] if "locality" in rows else pd.Series("", index=rows.index)
    return pd.DataFrame(
        {
            "date": rows[day],
            "activity": activity or rows["activity"],
            "kind": kind,
            "event": rows[key],
            "locality": locality,
            "district": locality.map(district_of(study)).fillna(""),
            "mode": rows.get("mode", ""),
        }
    )
