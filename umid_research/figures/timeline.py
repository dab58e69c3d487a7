"""What happened when: a lane per kind of event, a marker per event, in the project's months."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from umid_research import style
from umid_research.activities.definitions import Period
from umid_research.activity_report import ActivityReport
from umid_research.canvas import Canvas
from umid_research.figures.figure import Figure, nothing_to_show, with_notes, with_phone_version
from umid_research.figures.labels import Label, label_of, marks_from
from umid_research.style import INK, QUIET, RULE, SMALL, TEXT, Scale, Series

KINDS = ("page", "consultation", "cards", "terminal", "workshop", "press", "platform")
IN_PERSON = "in_person"
_LABEL, _COUNT, _LEAST = 138.0, 34.0, 2 * TEXT * style.LEADING
_MARK, _RADIUS, _PAD = 9.0, 3.4, 6.0


@dataclass(frozen=True)
class _Lane:
    """Events of one activity and kind, and the place of each from the top of their lane."""

    name: str
    label: Label
    rows: pd.DataFrame
    places: list[int]

    @property
    def depth(self) -> float:
        """How high the lane is."""
        marks = _MARK * (max(self.places) + 1) + 2 * _PAD
        return self.label.depth(max(marks, _LEAST))


@with_phone_version
def plot_timeline(canvas: Canvas, report: ActivityReport) -> Figure:
    """A lane an activity and kind, its number to the right; hollow is what was held in person.

    What lies outside the project, such as a page founded before it, is counted in words.
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
    told = {"n": len(events), "start": period.start, "end": period.end}
    caption = report.text("figure.timeline.caption", **told)
    alt = [_sentence(report, lane) for lane in lanes]
    notes = [report.text("figure.timeline.outside", n=outside)] if outside else []
    alt += notes
    if (events["mode"] == IN_PERSON).any():
        notes = [report.text("figure.timeline.in_person"), *notes]
    return with_notes(report, canvas, bottom, caption=caption, alt=alt, notes=notes)


def _inside(events: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, int]:
    """The events of the project's days, and how many there are besides."""
    days = pd.Timestamp(period.start), pd.Timestamp(period.end)
    inside = events[events["date"].between(*days)]
    return inside, len(events) - len(inside)


def _scale(canvas: Canvas, period: Period) -> Scale:
    """The project's days; to the right of them stand the numbers, where names stand beside."""
    edge = _RADIUS + 2 if canvas.is_narrow else 12
    right = canvas.width - (0 if canvas.is_narrow else _COUNT) - edge
    left = marks_from(canvas, _LABEL) + edge
    return Scale(period.start.toordinal(), period.end.toordinal(), left, right)


def _lanes(
    canvas: Canvas, report: ActivityReport, events: pd.DataFrame, scale: Scale
) -> Iterator[_Lane]:
    """A lane an activity and kind, in the order of both."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    for (activity, _), rows in events.groupby(["activity", events["kind"].map(order)]):
        rows = rows.sort_values(["date", "district"], kind="stable")
        days = rows["date"].map(lambda day: scale.at(day.toordinal()))
        kind = report.text(f"activities.kind.{rows['kind'].iloc[0]}")
        name = report.text("figure.timeline.lane", activity=activity, kind=kind)
        label = label_of(canvas, name, _LABEL, size=TEXT, beside=_COUNT)
        yield _Lane(name, label, rows, _places(days.tolist()))


def _places(days: Iterable[float]) -> list[int]:
    """For each marker, from left to right, the highest free place in which it covers no other."""
    ends: list[float] = []
    places = []
    for x in days:
        place = next((number for number, end in enumerate(ends) if x - end >= _MARK), len(ends))
        ends[place : place + 1] = [x]
        places.append(place)
    return places


def _heads(canvas: Canvas, report: ActivityReport, scale: Scale, top: float) -> float:
    """The names of the months, those for which there is room."""
    y, free = top + SMALL, scale.left
    for month in _months(report.definitions.period.start, report.definitions.period.end):
        name = f"{report.text.month(month)}"
        x = scale.at(month.toordinal())
        if x >= free and x + style.text_width(name) <= scale.right:
            canvas.text(x + 2, y, name, colour=QUIET)
            free = x + style.text_width(name) + 6
    return top + 2 * SMALL


def _months(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    """The project's first day, and the first day of every month after it."""
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
    """A lane's name, its number to the right, and its markers."""
    canvas.line((0, y), (canvas.width, y), RULE)
    middle = lane.label.draw(canvas, y, lane.depth)
    count = report.text.number(len(lane.rows))
    canvas.text(canvas.width, lane.label.beside(y, middle), count, size=TEXT, align="right")
    first = middle - _MARK * max(lane.places) / 2
    for row, place in zip(lane.rows.itertuples(), lane.places, strict=True):
        drawn = replace(series[str(row.district)], hollow=row.mode == IN_PERSON)
        spot = first + _MARK * place
        canvas.mark(scale.at(row.date.toordinal()), spot, drawn, radius=_RADIUS)


def _place(report: ActivityReport, district: str) -> str:
    return report.district_name(district) if district else report.text("activities.project")


def _sentence(report: ActivityReport, lane: _Lane) -> str:
    """A lane in words: how many, between which days, where."""
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
