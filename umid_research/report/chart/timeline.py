"""Draw events on the days of a period: rows of markers below the names of the months."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.rows import Axis, Cell, Line, Row, Rows
from umid_research.report.chart.style import RULE, Series


@dataclass(frozen=True)
class Lane:
    """A named row of events, each with its day and its marker."""

    name: str
    events: Sequence[tuple[datetime.date, Series]]


@dataclass(frozen=True)
class Timeline:
    """A chart of lanes from `start` to `end`, with the number of events of each lane.

    `month` names the month of a day.
    """

    start: datetime.date
    end: datetime.date
    lanes: Sequence[Lane]
    legend: Sequence[tuple[Series, str]]
    month: Callable[[datetime.date], str]
    number: Callable[[float], str]

    def draw(self, canvas: Canvas) -> float:
        """Draw a marker per event; return the lower edge."""
        firsts = [day.date() for day in pd.date_range(self.start, self.end, freq="MS")]
        days = dict.fromkeys([self.start, *firsts])
        ticks = [(day.toordinal(), self.month(day), RULE) for day in days]
        rows = [
            Row(
                lane.name,
                [
                    Line(
                        [Mark(series, day.toordinal()) for day, series in lane.events],
                        [Cell(self.number(len(lane.events)))],
                    )
                ],
            )
            for lane in self.lanes
        ]
        axis = Axis(self.start.toordinal(), self.end.toordinal(), ticks, starts=True)
        return Rows(axis, rows, self.legend, heads=[""], radius=3.4).draw(canvas)
