"""Draw a timeline of the project: a lane per activity and kind, a marker per event."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from umid_research.indicators.definitions import Period
from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    Figure,
    nothing_to_show,
    with_notes,
    with_phone_version,
)
from umid_research.report.chart.labels import Label, label_of, marks_from
from umid_research.report.chart.style import INK, QUIET, RULE, SMALL, TEXT, Scale, Series

KINDS = ("page", "consultation", "cards", "terminal", "workshop", "press", "platform")
IN_PERSON = "in_person"
_LABEL, _COUNT, _LEAST = 138.0, 34.0, 2 * TEXT * style.LEADING
_MARK, _RADIUS, _PAD = 9.0, 3.4, 6.0


@dataclass(frozen=True)
class _Lane:
    """Events of one activity and kind, and the row of each within the lane."""

    name: str
    label: Label
    rows: pd.DataFrame
    places: list[int]

    @property
    def depth(self) -> float:
        """Return the height of the lane."""
        marks = _MARK * (max(self.places) + 1) + 2 * _PAD
        return self.label.depth(max(marks, _LEAST))


@with_phone_version
def plot_timeline(canvas: Canvas, report: ActivityReport) -> Figure:
    """Draw a lane per activity and kind with its number of events.

    Hollow markers are events held in person. Events outside the project period, such as a page
    founded earlier, are only counted in a note.
    """
    period = report.definitions.period
    events, outside = _inside(report.frame("events"), period)
    if events.empty:
        return nothing_to_show(report, canvas)
    series = style.series_of(report.study.districts)
    series[""] = Series(INK, "cross")
    present = [key for key in series if (events["district"] == key).any()]
    names = [(series[key], _place(report, key)) for key in present]
    top = canvas.legend(0, 0, canvas.width, names)
    scale = _scale(canvas, period)
    first = y = _heads(canvas, report, scale, top)
    lanes = list(_lanes(canvas, report, events, scale))
    bottom = first + sum(lane.depth for lane in lanes)
    for month in _months(period.start, period.end):
        x = scale.at(month.toordinal())
        canvas.line((x, first), (x, bottom), RULE)
    for lane in lanes:
        _draw_lane(canvas, report, lane, scale, series, y)
        y += lane.depth
    canvas.line((0, bottom), (canvas.width, bottom), RULE)
    caption = report.text(
        "figure.timeline.caption", n=len(events), start=period.start, end=period.end
    )
    alt = [_sentence(report, lane) for lane in lanes]
    notes = [report.text("figure.timeline.outside", n=outside)] if outside else []
    alt += notes
    if (events["mode"] == IN_PERSON).any():
        notes = [report.text("figure.timeline.in_person"), *notes]
    return with_notes(report, canvas, bottom, caption=caption, alt=alt, notes=notes)


def _inside(events: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, int]:
    """Return the events in the project period, and the number of events outside it."""
    days = pd.Timestamp(period.start), pd.Timestamp(period.end)
    inside = events[events["date"].between(*days)]
    return inside, len(events) - len(inside)


def _scale(canvas: Canvas, period: Period) -> Scale:
    """Return the scale of the project's days; on paper the numbers are to its right."""
    edge = _RADIUS + 2 if canvas.is_narrow else 12
    right = canvas.width - (0 if canvas.is_narrow else _COUNT) - edge
    left = marks_from(canvas, _LABEL) + edge
    return Scale(period.start.toordinal(), period.end.toordinal(), left, right)


def _lanes(
    canvas: Canvas, report: ActivityReport, events: pd.DataFrame, scale: Scale
) -> Iterator[_Lane]:
    """Yield a lane per activity and kind, in the order of both."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    for (activity, _), rows in events.groupby(["activity", events["kind"].map(order)]):
        rows = rows.sort_values(["date", "district"], kind="stable")
        days = rows["date"].map(lambda day: scale.at(day.toordinal()))
        kind = report.text(f"activities.kind.{rows['kind'].iloc[0]}")
        name = report.text("figure.timeline.lane", activity=activity, kind=kind)
        label = label_of(canvas, name, _LABEL, size=TEXT, reserved=_COUNT)
        yield _Lane(name, label, rows, _places(days.tolist()))


def _places(days: Iterable[float]) -> list[int]:
    """Return for each marker, from left to right, the highest row in which it covers no other."""
    ends: list[float] = []
    places = []
    for x in days:
        place = next((number for number, end in enumerate(ends) if x - end >= _MARK), len(ends))
        ends[place : place + 1] = [x]
        places.append(place)
    return places


def _heads(canvas: Canvas, report: ActivityReport, scale: Scale, top: float) -> float:
    """Draw the names of the months that fit; return the top of the lanes."""
    y, free = top + SMALL, scale.left
    for month in _months(report.definitions.period.start, report.definitions.period.end):
        name = f"{report.text.month(month)}"
        x = scale.at(month.toordinal())
        if x >= free and x + style.text_width(name) <= scale.right:
            canvas.text(x + 2, y, name, colour=QUIET)
            free = x + style.text_width(name) + 6
    return top + 2 * SMALL


def _months(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    """Yield the project's first day, then the first day of every later month."""
    yield start
    for month in pd.date_range(start, end, freq="MS"):
        if month.date() != start:
            yield month.date()


def _draw_lane(
    canvas: Canvas,
    report: ActivityReport,
    lane: _Lane,
    scale: Scale,
    series: dict[str, Series],
    y: float,
) -> None:
    """Draw the name, the number of events and the markers of a lane."""
    canvas.line((0, y), (canvas.width, y), RULE)
    middle = lane.label.draw(canvas, y, lane.depth)
    count = report.text.number(len(lane.rows))
    canvas.text(canvas.width, lane.label.first_line(y, middle), count, size=TEXT, align="right")
    first = middle - _MARK * max(lane.places) / 2
    for row, place in zip(lane.rows.itertuples(), lane.places, strict=True):
        drawn = replace(series[str(row.district)], hollow=row.mode == IN_PERSON)
        spot = first + _MARK * place
        canvas.mark(scale.at(row.date.toordinal()), spot, drawn, radius=_RADIUS)


def _place(report: ActivityReport, district: str) -> str:
    return report.district_name(district) if district else report.text("activities.project")


def _sentence(report: ActivityReport, lane: _Lane) -> str:
    """Return the number, dates and places of a lane's events in words."""
    rows = lane.rows
    keys = [*report.study.districts, ""]
    counts = rows["district"].value_counts()
    places = [
        report.text("figure.timeline.place", name=_place(report, key), k=int(counts[key]))
        for key in keys
        if key in counts
    ]
    start, end = rows["date"].min().date(), rows["date"].max().date()
    sentence = report.text(
        f"figure.timeline.sentence{'_day' if start == end else ''}",
        lane=lane.name,
        n=len(rows),
        start=start,
        **({} if start == end else {"end": end}),
        places=report.text.listed(places),
    )
    in_person = int((rows["mode"] == IN_PERSON).sum())
    if not in_person:
        return sentence
    return f"{sentence} {report.text('figure.timeline.of_them_in_person', n=in_person)}"
