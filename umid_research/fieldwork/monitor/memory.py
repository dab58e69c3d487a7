"""Remember which submissions were there on which evening, by their keyed ids.

    {"days": {"2022-03-13": ["777564f2…", "90b3a1c5…"], "2022-03-14": ["3e0c…"]}}

A day has the submissions that were seen then for the first time. For example, on 14 March one was
new. A second run on the same day compares with the evening before, not with the first run.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from umid_research.runs.stamp import read_json, write_json

FILE = "known.json"


@dataclass(frozen=True)
class Memory:
    """What earlier evenings knew; `since` is the last of them, None if there was none."""

    days: dict[str, list[str]]
    day: datetime.date

    @property
    def since(self) -> datetime.date | None:
        """Return the last day before this one on which the page was made."""
        before = [day for day in self.days if day < self.day.isoformat()]
        return datetime.date.fromisoformat(max(before)) if before else None

    def known(self) -> set[str]:
        """Return the submissions that were known before this day."""
        today = self.day.isoformat()
        return {one for day, some in self.days.items() if day < today for one in some}

    def gone(self, now: Collection[str]) -> int:
        """Return how many submissions were known before and are not among those of now."""
        return len(self.known() - set(now))

    def write(self, folder: Path, now: Collection[str]) -> None:
        """Add the submissions of this day to the file."""
        new = sorted(set(now) - self.known())
        write_json(folder / FILE, {"days": {**self.days, self.day.isoformat(): new}})


def read_memory(folder: Path, day: datetime.date) -> Memory:
    """Return what the file in the folder knows; nothing if there is none or it is damaged."""
    days = read_json(folder / FILE).get("days")
    if not isinstance(days, dict) or not all(isinstance(some, list) for some in days.values()):
        days = {}
    return Memory(days, day)
