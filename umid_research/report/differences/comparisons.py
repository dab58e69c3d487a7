"""The comparisons of one family, sorted by what may be stated; each is computed here once.

    table                 rows  shown  clear  unclear  without a number: impossible, withheld
    differences_by_group  27    27     2      25       0, 0

For example, of the 27 comparisons of groups all are shown; two may be stated as differences. The
long texts, the page in everyday words, the lines of the slides and the findings differ in their
words only.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from umid_research.analysis.verdicts import STATED, Reason
from umid_research.report.names import compared_name
from umid_research.report.prose import plain
from umid_research.report.study_report import Report

# Scores are points of 0 to 100.
FULL_SCALE = 100
# Only this family states differences, so that a report of a study in which nothing differs states
# one in at most 5 % of cases (analysis plan, section 3). The others name leads to follow.
CONFIRMATORY = "differences_by_group"


@dataclass(frozen=True)
class Comparisons:
    """The published comparisons of one family; `by` is the column of the first side."""

    table: str
    by: str
    rows: pd.DataFrame

    @property
    def is_confirmatory(self) -> bool:
        """Return whether a clear comparison is a finding; in other families it is only a lead."""
        return self.table == CONFIRMATORY

    @property
    def shown(self) -> pd.DataFrame:
        """Return the comparisons with a published number."""
        return self.rows[self.rows["shown"]]

    @property
    def clear(self) -> pd.DataFrame:
        """Return the comparisons that may be stated as a difference."""
        return self.shown[is_clear(self.shown)]

    @property
    def unclear(self) -> pd.DataFrame:
        """Return the shown comparisons that may not be stated as a difference."""
        return self.shown[~is_clear(self.shown)]

    @property
    def withheld(self) -> int:
        """Return how many comparisons are withheld."""
        return int((~self.rows["shown"] & (self.rows["reason"] == "")).sum())

    @property
    def impossible(self) -> int:
        """Return how many cannot be estimated, apart from pairs without a common stratum."""
        reason = self.rows["reason"]
        return int(((reason != "") & (reason != Reason.NO_SHARED_STRATUM)).sum())

    @property
    def never_met(self) -> list[tuple[str, str]]:
        """Return the pairs of groups without a common stratum."""
        apart = self.rows[self.rows["reason"] == Reason.NO_SHARED_STRATUM]
        return list(dict.fromkeys(zip(apart[self.by], apart["versus"], strict=True)))


def comparisons(report: Report, by: str, **keys: str) -> Comparisons:
    """Return the comparisons by group, district or side, or the exploratory ones of groups."""
    table = f"differences_{by}" if by == "exploratory" else f"differences_by_{by}"
    return Comparisons(table, "group" if by == "exploratory" else by, report.rows(table, **keys))


def is_clear(differences: pd.DataFrame) -> pd.Series:
    """Return which differences may be stated, by their verdicts."""
    return differences["verdict"].isin(STATED)


def touches_zero(differences: pd.DataFrame) -> pd.Series:
    """Return which stated differences have a printed limit of zero.

    Limits are rounded outward, and the verdict was decided before the rounding.
    """
    zero = (differences["low"] == 0) | (differences["high"] == 0)
    return is_clear(differences) & zero


def largest_first(differences: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons sorted by the size of the difference."""
    return differences.reindex(differences["value"].abs().sort_values(ascending=False).index)


def positive(row: Any) -> dict[str, int]:
    """Return a difference and its limits as the texts print them: n is not negative."""
    if row.value < 0:
        return {"n": int(-row.value), "low": int(-row.high), "high": int(-row.low)}
    return {"n": int(row.value), "low": int(row.low), "high": int(row.high)}


def contrast(report: Report, row: Any, by: str) -> dict[str, Any]:
    """Return the fields of a sentence that states a difference, the higher side first."""
    first, second = getattr(row, by), row.versus
    if row.value < 0:
        first, second = second, first
    return {
        "dimension": plain(report.dimension(row.dimension)),
        "first": plain(compared_name(report, by, first)),
        "second": plain(compared_name(report, by, second)),
        **positive(row),
        "units": int(row.units),
    }
