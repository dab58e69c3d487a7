"""Audit of the registers of the activities: a withheld number of people follows from no other one.

    attrition    attended  took_before  took_both  knows_more     activities_published   f  m
    people             30           18                     15     people_knowing_more    9  6

For example, 4 people took both tests, which is withheld. With the numbers of women and men among
those who know more, and of all of them, whoever is counted in several frames is found by the same
audit as the answers of the survey (rule 8 of the analysis plan, section 3; `audit.counts`), and the
same secondary suppression withholds more until each number has two possible values.

The number of the whole project is shown whatever it is, unless the study limits counts: it was
promised to the donor. So it is shown wherever it stands, and if all people are in one district, the
number of that district follows from it.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from umid_research.disclosure.audit.counts import (
    QuestionCounts,
    covered,
    determined_counts,
    people_counts,
)
from umid_research.disclosure.count_suppression import protect_counts
from umid_research.disclosure.frame import COLUMNS, row_frame
from umid_research.indicators import Activities
from umid_research.indicators.knowledge import without_shares
from umid_research.indicators.linked_counts import LinkedCounts
from umid_research.indicators.published import without_numbers
from umid_research.study import Study

# The column of each frame that holds the number of people.
_NUMBER = {"attrition": "people", "events": "people", "breakdowns": "number"}


def protect_registers(activities: Activities, study: Study) -> Activities:
    """Return the activities with more numbers withheld, until none that is withheld follows."""
    frames = activities.frames()
    for linked in activities.linked:
        _protect(linked, frames, study)
    return replace(activities, **frames)


def _protect(linked: LinkedCounts, frames: dict[str, pd.DataFrame], study: Study) -> None:
    """Put in place the frames in which more of the linked numbers are withheld."""
    rows, covers = _as_published(linked, frames)
    true, before = rows["value"].copy(), rows["shown"].copy()
    # Numbers of the same people are shown or withheld together; if one is promised, they are shown.
    same = np.unique(covers, axis=0, return_inverse=True)[1].ravel()
    promised = rows["promised"].groupby(same).transform("any")
    rows["shown"] = promised | before.groupby(same).transform("all")
    rows.loc[~rows["shown"], ["value", "respondents"]] = np.nan
    counts = people_counts(linked.cells, linked.numbers)
    at_first = rows["shown"].copy()
    protect_counts(rows, lambda: rows, counts, kept=list(rows.index[promised]))
    _show_again(rows, at_first, true, same, counts)
    for name, of_frame in rows.groupby("table"):
        hidden = of_frame.loc[before & ~rows["shown"], "place"]
        opened = of_frame.loc[~before & rows["shown"], "place"]
        frames[str(name)] = _withheld(str(name), frames[str(name)], hidden, study)
        if len(opened):
            frames[str(name)].loc[opened, "shown"] = True
            numbers = true[opened.index].astype(int).to_numpy()
            frames[str(name)].loc[opened, _NUMBER[str(name)]] = numbers


def _as_published(
    linked: LinkedCounts, frames: dict[str, pd.DataFrame]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the linked numbers as rows of `published` with more keys, and whom each covers."""
    rows, keys = linked.rows, tuple(linked.cells)
    if not frames["knowledge"]["shown"].any():
        # Its shares are withheld; how many people they are of is no secret of their own.
        rows = rows[rows["frame"] != "knowledge"].reset_index(drop=True)
    covers = covered(rows, linked.cells, keys)
    value = covers @ linked.numbers.to_numpy(dtype=int)
    shown = [
        bool(frames[name]["shown"].any() if name == "knowledge" else frames[name]["shown"][place])
        for name, place in zip(rows["frame"], rows["place"], strict=True)
    ]
    # A number may be larger than it is; of several, the smallest costs least.
    base = value + int(linked.numbers.sum()) + 1
    made = row_frame("", rows, answer="", value=value.astype(float), respondents=base.astype(float))
    columns = list(dict.fromkeys([*COLUMNS, *keys, "place", "promised"]))
    made = made.reindex(columns=columns).assign(table=rows["frame"], shown=shown)
    return made, covers


def _show_again(
    rows: pd.DataFrame,
    at_first: pd.Series,
    true: pd.Series,
    same: np.ndarray,
    counts: QuestionCounts,
) -> None:
    """Show what was withheld on the way but does not help: all of a frame, else one number."""
    left = set(determined_counts(rows, counts))
    withheld = rows[at_first & ~rows["shown"]]
    # The largest numbers are shown first.
    order = true[withheld.index].sort_values(ascending=False, kind="stable").index
    of_frames = [set(same[list(own.index)]) for _, own in withheld.groupby("table", sort=False)]
    for people in [*of_frames, *({same[place]} for place in order)]:
        own = np.isin(same, list(people)) & at_first.to_numpy()
        shown = rows.assign(shown=rows["shown"] | own, value=rows["value"].mask(own, true))
        if set(determined_counts(shown, counts)) <= left:
            rows["shown"], rows["value"] = shown["shown"], shown["value"]


def _withheld(name: str, frame: pd.DataFrame, places: pd.Series, study: Study) -> pd.DataFrame:
    """Return a copy of a frame with the numbers at these places blanked and marked."""
    hidden = pd.Series(frame.index.isin(places), index=frame.index)
    if name == "activities_published":
        return without_numbers(frame, hidden, study)
    if name == "knowledge":
        return without_shares(frame, hidden | hidden.any())
    number = frame[_NUMBER[name]].mask(hidden)
    return frame.assign(shown=frame["shown"] & ~hidden, **{_NUMBER[name]: number})
