"""A report of the later round, with what it shares with an earlier one."""

from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd

from umid_research.report.study_report import Report
from umid_research.study import Study
from umid_research.study.questionnaire import Questionnaire


@dataclass(frozen=True, kw_only=True)
class ChangeReport(Report):
    """A report with the published changes, the items of both rounds and the earlier round.

    `changes` has the columns of `disclosure.rules.changes`, `items` those of `analysis.change`.
    """

    earlier: Study
    earlier_form: Questionnaire
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    items: pd.DataFrame = field(default_factory=pd.DataFrame)

    def when(self, study: Study) -> str:
        """Return the time of a round's interviews: its year, or month and year if both share it."""
        start, years = study.field_work.start, {self.study.field_work.start.year}
        if self.earlier.field_work.start.year in years:
            return self.text("change.month", month=self.text.month(start), year=str(start.year))
        return str(start.year)

    @property
    def rounds(self) -> dict[str, str]:
        """Return the times of both rounds, for texts."""
        return {"before": self.when(self.earlier), "after": self.when(self.study)}

    def group_name(self, key: str) -> str:
        """Return a group's name; the blank key is all matched groups together."""
        return self.group(key) if key else self.text("change.all_groups")


def with_change(report: Report, **more: Any) -> ChangeReport:
    """Return the report with what is known of the change."""
    given = {one.name: getattr(report, one.name) for one in fields(Report)}
    return ChangeReport(**given, **more)
