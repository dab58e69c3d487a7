"""Apply the lines of `corrections.csv` that change an answer of a member of a repeated group.

    submission                                   column  old  new  reason         by
    kobo.xlsx, members on sheet people, row 3    years   12   21   digits turned  field coordinator
    small-people.csv, row 3                      years   12   21   digits turned  field coordinator
    1cb5df98/people[2]                           years   12   21   digits turned  field coordinator
    typed.xlsx, row 2/people[2]                  years   12   21   digits turned  field coordinator

For example, the first two lines name the row as the issues print it; the others name the second
member of the group `people` of a submission, by its position in the frames. A member cannot be set
aside by itself, because the number of members would then differ from the one that was given.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from umid_research.clean.corrections import FILE, correct
from umid_research.clean.log import IssueLog
from umid_research.errors import StudyError
from umid_research.raw import Members
from umid_research.study.questionnaire import Questionnaire

_EXAMPLES = ("kobo.xlsx, members on sheet {0}, row 3", "1cb5df98/{0}[2]")


def check_groups_read(
    corrections: pd.DataFrame, questionnaire: Questionnaire, read: Iterable[Members]
) -> None:
    """Raise StudyError if a correction is about members of a group that is in no export."""
    found = {group.repeat.name for group in read}
    for repeat in questionnaire.repeats:
        lines = corrections[corrections["column"].isin(repeat.members.names)]
        if repeat.name not in found and len(lines):
            raise StudyError(
                f"corrects members of the repeated group {repeat.name!r}, which is in no export",
                where=f"{FILE}, line {lines['line'].iloc[0]}",
                found=lines["submission"].iloc[0],
            )


def corrected_members(
    group: Members, raw: pd.DataFrame, kept: np.ndarray, corrections: pd.DataFrame, log: IssueLog
) -> pd.DataFrame:
    """Return the members with the corrections applied in order; log each as an issue.

    `kept` are the members whose submission is kept. If a row belongs to several copies of a
    submission, it is corrected in all of them and logged once. Raises StudyError naming the line of
    a correction that does not match exactly one member and its old answer.
    """
    lines = corrections[corrections["column"].isin(group.repeat.members.names)]
    if lines.empty:
        return group.members
    members = group.members.copy()
    named = _named(group, raw, lines["submission"])
    for correction in lines.itertuples():
        found = named.get(correction.submission, [])
        rows = members.iloc[found].groupby(["file", "row"]).ngroups
        if rows != 1:
            raise StudyError(
                "the question is asked of each member; a correction must match one of them, by "
                "file and row, or by its submission and its position",
                where=f"{FILE}, line {correction.line}, submission {correction.submission}",
                found=f"{rows} members",
                possible=[text.format(group.repeat.name) for text in _EXAMPLES],
            )
        first_kept = sorted(found, key=lambda place: not kept[place])
        correct(members, first_kept, correction, log)
    log.withdraw(np.flatnonzero(~kept))
    return members


def _named(group: Members, raw: pd.DataFrame, wanted: pd.Series) -> dict[str, list[int]]:
    """Map each wanted name of a member to its places among the members."""
    members = group.members
    own = raw[["file", "row"]].iloc[members["submission"].to_numpy(dtype=int)]
    position = (members.groupby("submission").cumcount() + 1).astype(str).to_numpy()
    end = f"/{group.repeat.name}[" + pd.Series(position, index=members.index) + "]"
    by_row = pd.Series(own["file"].to_numpy() + ":" + own["row"].astype(str).to_numpy())
    names = [
        members["file"] + ":" + members["row"].astype(str),
        by_row.set_axis(members.index) + end,
        (members["uuid"] + end).where(members["uuid"] != "", ""),
    ]
    found: dict[str, list[int]] = {}
    for texts in names:
        for place in np.flatnonzero(texts.isin(wanted)):
            found.setdefault(texts.iloc[place], []).append(int(place))
    return found
