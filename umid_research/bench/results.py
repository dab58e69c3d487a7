"""Results of the bench: internal until disclosure control has passed them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pandas as pd

from umid_research.report.workbook import write_workbook

INTERNAL = "INTERNAL, not to be published: call publishable() first"
OF_THE_REPORTS = "may be published: these are numbers of the reports"
BY_ITSELF = (
    "passed rules 1 to 4 of disclosure control by itself; what it tells together with the reports "
    "(rule 5) is not checked, so have a second person look at it first"
)
NOTHING = (
    "not to be published: beside the reports it would tell the answers of those who were left out "
    "or weighed otherwise"
)
NOT_BY_PLACE = "not to be published: it tells where or with whom somebody was asked (rule 2)"


@dataclass(frozen=True, eq=False)
class Result:
    """A table with its standing: `status` says whether it may be published.

    `withheld` lists the rows that disclosure control took out, with the reason in `why`.
    """

    frame: pd.DataFrame
    title: str
    status: str = INTERNAL
    withheld: pd.DataFrame = field(default_factory=pd.DataFrame)
    check: Callable[[], "Result"] | None = None

    def publishable(self) -> "Result":
        """Return what the rules of disclosure control leave of it; `withheld` says what is gone."""
        return self.check() if self.check else self

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a new DataFrame."""
        return self.frame.copy()

    def to_excel(self, path: str | Path) -> Path:
        """Write a workbook, the standing of the table in its first sheet; return the path."""
        about = pd.DataFrame({"about": [self.title, self.status]})
        sheets = {"about": about, "table": self.frame, "withheld": self.withheld}
        return write_workbook(path, {name: one for name, one in sheets.items() if len(one)})

    def _tables(self) -> list[tuple[list[str], pd.DataFrame]]:
        """Return the table, and the rows withheld if there are some, each after some lines."""
        number = len(self.withheld)
        reasons = f"withheld, with the reason: {number} {'row' if number == 1 else 'rows'}"
        hidden = [([reasons], self.withheld)] if number else []
        return [([self.title, self.status], self.frame), *hidden]

    def _repr_html_(self) -> str:
        parts = []
        with pd.option_context("display.max_colwidth", None):  # a reason cut short is none
            for lines, rows in self._tables():
                parts += [f"<p><strong>{escape(line)}</strong></p>" for line in lines]
                parts.append(rows.to_html(index=False, na_rep=""))
        return "".join(parts)

    def __repr__(self) -> str:
        parts = []
        for lines, rows in self._tables():
            parts += [*lines, rows.to_string(index=False, na_rep="")]
        return "\n".join(parts)
