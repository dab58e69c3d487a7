"""Decide what needs attention today: which group falls behind, which interviewer to call.

    interviewer  check     cases  of  others  of   new
    07           speeding      4  20       1   80    2   -> call: 20 % against 1 %, two of them new

An interviewer is to be called about a check if it found at least three of their submissions (one,
if the answers repeat those of another submission), at least one of them new; and if its share is
at least 10 % and twice that of the other interviewers. Shares of answers ("don't know", missing)
follow the same rule, counted in answers, from three submissions on. Back-checks: fewer than 80 % of
at least five answers agree. The limits are ours; they are meant for a few calls an evening, not as
a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from umid_research.fieldwork.monitor.state import SHARES, State

MIN_CASES, MIN_SHARE, TIMES = 3, 0.1, 2
MIN_BACK_CHECKS, MIN_AGREEMENT = 5, 0.8


@dataclass(frozen=True)
class Call:
    """A reason to call an interviewer: cases of theirs, and of the others."""

    interviewer: str
    check: str
    cases: int
    of: int
    other_cases: int
    other_of: int


@dataclass(frozen=True)
class Progress:
    """The units of a group, planned and reached; `pace` and `needed` are units a day.

    `needed` is None without days left, `pace` before the first day.
    """

    group: str
    units: int
    quota: int
    pace: float | None
    needed: float | None

    @property
    def left(self) -> int:
        """Return how many units are still to be reached."""
        return max(self.quota - self.units, 0)

    @property
    def is_behind(self) -> bool:
        """Return whether the quota is missed at the pace so far."""
        if not self.left:
            return False
        return self.needed is None or (self.pace is not None and self.needed > self.pace)


def progress(state: State) -> list[Progress]:
    """Return the progress of every group with a quota, in the study's order."""
    reached = state.accepted.groupby("group")["unit"].nunique()
    found = []
    for key, group in state.study.groups.items():
        if group.quota is not None:
            units = int(reached.get(key, 0))
            left = max(group.quota - units, 0)
            pace = units / state.days_gone if state.days_gone > 0 else None
            needed = left / state.days_left if state.days_left > 0 else None
            found.append(Progress(key, units, group.quota, pace, needed))
    return found


def calls(state: State) -> list[Call]:
    """Return the reasons to call interviewers, by interviewer and in the order of the checks."""
    accepted = state.accepted.dropna(subset="interviewer")
    if accepted.empty:
        return []
    by_interviewer = accepted.groupby("interviewer", sort=True)
    found = [call for name, own in by_interviewer for call in _calls(name, own, accepted, state)]
    return [*found, *_disagreements(state)]


def _calls(name: str, own: pd.DataFrame, accepted: pd.DataFrame, state: State) -> Iterator[Call]:
    others = accepted[accepted["interviewer"] != name]
    for check in state.checks:
        cases, other_cases = int(own[check].sum()), int(others[check].sum())
        fewest = 1 if check == "repeated" else MIN_CASES
        call = Call(name, check, cases, len(own), other_cases, len(others))
        if cases >= fewest and (own[check] & own["new"]).any() and _stands_out(call):
            yield call
    for share in SHARES:
        if share not in state.not_made and len(own) >= MIN_CASES and own["new"].any():
            counted = (own[share], own["asked"], others[share], others["asked"])
            call = Call(name, share, *(int(some.sum()) for some in counted))
            if _stands_out(call):
                yield call


def _stands_out(call: Call) -> bool:
    """Return whether the share is large, and twice that of the others."""
    share = call.cases / call.of if call.of else 0.0
    others = call.other_cases / call.other_of if call.other_of else 0.0
    return share >= max(MIN_SHARE, TIMES * others)


def agreement(state: State, by: str) -> pd.DataFrame:
    """Return per interviewer or per question how many back-checks there are and how many agree.

    `by` is `interviewer` or `question`; the columns are that key, `same` and `of`.
    """
    if state.back_checks is None:
        return pd.DataFrame(columns=[by, "same", "of"])
    names = state.accepted.set_index("respondent")["interviewer"]
    rows = state.back_checks.assign(interviewer=state.back_checks["respondent"].map(names))
    counted = rows.groupby(by, sort=by == "interviewer")["same"].agg(["sum", "count"])
    return counted.set_axis(["same", "of"], axis=1).astype(int).reset_index()


def is_poor(same: int, of: int) -> bool:
    """Return whether too few of enough back-checks agree."""
    return of >= MIN_BACK_CHECKS and same < MIN_AGREEMENT * of


def _disagreements(state: State) -> Iterator[Call]:
    table = agreement(state, "interviewer")
    for row in table.itertuples():
        if is_poor(row.same, row.of):
            others = table[table["interviewer"] != row.interviewer]
            differ = int((others["of"] - others["same"]).sum())
            yield Call(
                row.interviewer,
                "back_checks",
                row.of - row.same,
                row.of,
                differ,
                int(others["of"].sum()),
            )
