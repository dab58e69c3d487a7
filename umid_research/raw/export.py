"""One file of submissions: its table, and which column holds what."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from umid_research.raw.columns import Columns
from umid_research.raw.review import review_states
from umid_research.raw.table import Table
from umid_research.study import Study


@dataclass(frozen=True)
class Export:
    """One table of submissions, the positions of its columns, and the study that it belongs to."""

    table: Table
    columns: Columns
    study: Study

    @property
    def file(self) -> str:
        """The file's name."""
        return self.table.path.name

    @cached_property
    def version(self) -> pd.Series:
        """The form version of each row, "" if the file has none."""
        version = pd.Series("", index=self.table.cells.index)
        for position in self.columns.versions:
            version = version.mask(version == "", self.table.cells[position])
        return version

    @cached_property
    def uuid(self) -> pd.Series:
        """The id that the platform gave each submission, "" without one."""
        return self._column(self.columns.uuid).str.removeprefix("uuid:")

    @cached_property
    def keys(self) -> pd.DataFrame:
        """The columns of `raw` that are not questions."""
        cells = self.table.cells
        return pd.DataFrame(
            {
                "file": self.file,
                "row": cells.index,
                "version": self.version,
                "uuid": self.uuid,
                "started": self._column(self.columns.started),
                "ended": self._column(self.columns.ended),
                "submitted_at": self._column(self.columns.submitted),
                "review_state": review_states(self.table, self.columns.review, self.study),
            },
            index=cells.index,
        )

    def _column(self, position: int | None) -> pd.Series:
        """Return the cells of a column, all "" if the file does not have it."""
        if position is None:
            return pd.Series("", index=self.table.cells.index)
        return self.table.cells[position]
