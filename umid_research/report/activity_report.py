"""A report with the activities: their definitions and the frames that may be published.

    frame          one row is
    indicators     an indicator for the project, a district or a sex: `activities_published`
    coverage       a locality × category of information or kind of page
    events         an event on a date
    knowledge      a question of the test; `attrition`: a step and the people who took it
    gallery        a post with its picture; `press`: a press item with its link
    breakdowns     a kind of place × district with cards; a kind of bill, a portal, a kind of body
    proposals      a distinct proposal, its texts masked; `terminals`, `memberships`
    registers      a possible register: rows read, kept and excluded
    issues         a file × rule × action: how often
    duplicates     a kind × decision: how many pairs

Issues and duplicates are reduced to counts, because their rows name ids of attendance lists.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from umid_research.analysis.verdicts import printed_verdicts
from umid_research.frames import read_frame
from umid_research.indicators.frames import SCHEMAS
from umid_research.report.study_report import (
    ACTIVITIES,
    DESCRIPTION,
    RECORD_TYPE,
    Report,
    open_report,
    processed_folder,
)

if TYPE_CHECKING:
    # The module imports libraries that no other notebook needs.
    from umid_research.indicators.definitions import Definitions, Indicator

NOTEBOOK = "06-activities"
DEFINED = "indicators.toml"
FILES = {
    "indicators": "activities_published",
    "registers": "activity_registers",
    "issues": "activity_issues",
    "duplicates": "activity_duplicates",
    **{name: name for name in ("coverage", "events", "knowledge", "attrition")},
    **{name: name for name in ("proposals", "terminals", "memberships", "breakdowns")},
    **{name: name for name in ("gallery", "press")},
}
_COUNTED = {"issues": ["file", "rule", "action"], "duplicates": ["kind", "decision"]}


@dataclass(frozen=True, kw_only=True)
class ActivityReport(Report):
    """A report with the definitions and the frames of the activities."""

    definitions: "Definitions"
    frames: dict[str, pd.DataFrame]

    @property
    def tables(self) -> set[str]:
        """Return the tables of `published` and the activities' frames that have rows."""
        with_rows = {FILES[name] for name, rows in self.frames.items() if len(rows)}
        return super().tables | with_rows | {DEFINED}

    def frame(self, name: str, **keys: str) -> pd.DataFrame:
        """Return the rows of one of the activities' frames whose columns equal the values."""
        rows = self.frames[name]
        for column, value in keys.items():
            rows = rows[rows[column] == value]
        return rows.reset_index(drop=True)

    def indicator(self, key: str) -> "Indicator":
        """Return the reference sheet of an indicator."""
        return self.definitions.indicators[key]

    def has(self, register: str) -> bool:
        """Return whether the study has this register with at least one usable row."""
        rows = self.frame("registers", register=register)
        return bool((rows["kept"] > 0).any())

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        loaded = self.text(
            "activities.loaded",
            title=self.name(self.study.title),
            indicators=len(self.definitions.indicators),
            registers=int(self.frame("registers")["read"].notna().sum()),
        )
        return {"text/plain": loaded, RECORD_TYPE: self.record}


def open_activities(*, language: str, processed: Path | None = None) -> ActivityReport:
    """Return the report of the activities; see `open_report`.

    Raise StudyError for a study without activities.
    """
    from umid_research.indicators.definitions import read_definitions

    folder = processed_folder(processed)
    report = open_report(NOTEBOOK, language=language, processed=folder)
    return ActivityReport(
        **{field.name: getattr(report, field.name) for field in fields(report)},
        definitions=read_definitions(folder / DESCRIPTION / ACTIVITIES),
        frames={name: _read(folder, name, file) for name, file in FILES.items()},
    )


def has_activities(processed: Path) -> bool:
    """Return whether the study of the derived frames has activities."""
    return (Path(processed) / DESCRIPTION / ACTIVITIES).is_dir()


def _read(folder: Path, name: str, file: str) -> pd.DataFrame:
    frame = read_frame(folder, SCHEMAS[file])
    if name in _COUNTED:
        return frame.groupby(_COUNTED[name], sort=False).size().rename("times").reset_index()
    return in_points(frame) if name == "knowledge" else frame


def in_points(knowledge: pd.DataFrame) -> pd.DataFrame:
    """Round to whole points: the change is that of the rounded shares, limits move outward."""
    before, after = knowledge["before"].round(), knowledge["after"].round()
    change = after - before
    return knowledge.assign(
        before=before,
        after=after,
        change=change,
        low=np.minimum(np.floor(knowledge["low"]), change),
        high=np.maximum(np.ceil(knowledge["high"]), change),
        verdict=printed_verdicts(knowledge["verdict"], change),
    )
