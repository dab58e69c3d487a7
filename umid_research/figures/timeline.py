"""What happened when: a lane per kind of event, a marker per event, in the project's months."""

import datetime
from collections.abc import Iterable, Iterator

import pandas as pd

from umid_research import style
from umid_research.activities.definitions import Period
from umid_research.activity_report import ActivityReport
from umid_research.canvas import Canvas
from umid_research.figures.figure import Figure, finished, nothing_to_show
from umid_research.style import INK, QUIET, RULE, SMALL, TEXT, WIDTH, Scale, Series

KINDS = ("page", "consultation", "cards", "terminal", "workshop", "press", "platform")
IN_PERSON = "in_person"
_LABEL, _COUNT = 138.0, 34.0
_MARK, _RADIUS, _PAD = 9.0, 3.4, 6.0


def plot_timeline(report: ActivityReport) -> Figure:
    """A lane an activity and kind, its number to the right; hollow is what was held in person.

    What lies outside the project, such as a page founded before it, is counted in words.
    """
    period = report.definitions.period
    events, outside = _inside(report.frame("events"), period)
    if events.empty:
        return nothing_to_show(report)
    series = style.series_of(report.study.districts)
    series[""] = Series(INK, "cross")
    canvas = Canvas()
    present = [key for key in series if (events["district"] == key).any()]
    names = [(series[key], _place(report, key)) for key in present]
    top = canvas.key(0, 0, WIDTH, names)
    left, right = _LABEL + 12, WIDTH - _COUNT - 12
    scale = Scale(period.start.toordinal(), period.end.toordinal(), left, right)
    first = y = _heads(canvas, report, scale, top)
    lanes = list(_lanes(events, scale))
    bottom = first + sum(depth for *_, depth in lanes)
    for month in _months(period.start, period.end):
        x = scale.at(month.toordinal())
        canvas.line((x, first), (x, bottom), RULE)
    for activity, kind, rows, places, depth in lanes:
        _draw_lane(canvas, report, (activity, kind), len(rows), y, depth)
        for row, place in zip(rows.itertuples(), places, strict=True):
            drawn = series[str(row.district)]
            drawn = Series(drawn.colour, drawn.marker, hollow=row.mode == IN_PERSON)
            spot = y + (depth - _MARK * max(places)) / 2 + _MARK * place
            canvas.mark(scale.at(row.date.toordinal()), spot, drawn, radius=_RADIUS)
        y += depth
    canvas.line((0, bottom), (WIDTH, bottom), RULE)
    told = {"n": len(events), "start": period.start, "end": period.end}
    caption = report.text("figure.timeline.caption", **told)
    alt = [_sentence(report, activity, kind, rows) for activity, kind, rows, *_ in lanes]
    notes = [report.text("figure.timeline.outside", n=outside)] if outside else []
    alt += notes
    if (events["mode"] == IN_PERSON).any():
        notes = [report.text("figure.timeline.in_person"), *notes]
    return finished(report, canvas, bottom, caption=caption, alt=alt, notes=notes)


def _inside(events: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, int]:
    """The events of the project's days, and how many there are besides."""
    days = pd.Timestamp(period.start), pd.Timestamp(period.end)
    inside = events[events["date"].between(*days)]
    return inside, len(events) - len(inside)


def _lanes(
    events: pd.DataFrame, scale: Scale
) -> Iterator[tuple[str, str, pd.DataFrame, list[int], float]]:
    """Activity, kind, its events, the place of each in its lane, and how deep the lane is."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    for (activity, _), rows in events.groupby(["activity", events["kind"].map(order)]):
        rows = rows.sort_values(["date", "district"], kind="stable")
        days = rows["date"].map(lambda day: scale.at(day.toordinal()))
        places = _places(days.tolist())
        depth = max(_MARK * (max(places) + 1) + 2 * _PAD, 2 * TEXT * style.LEADING)
        yield activity, rows["kind"].iloc[0], rows, places, depth


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
    name: tuple[str, str],
    count: int,
    y: float,
    depth: float,
) -> None:
    canvas.line((0, y), (WIDTH, y), RULE)
    lines = style.wrapped(_lane(report, *name), _LABEL, size=TEXT)
    middle = y + depth / 2
    canvas.lines(0, middle - len(lines) * TEXT * style.LEADING / 2, lines, size=TEXT)
    canvas.text(WIDTH, middle, report.text.number(count), size=TEXT, align="right")


def _lane(report: ActivityReport, activity: str, kind: str) -> str:
    return report.text("figure.timeline.lane", activity=activity, kind=_kind(report, kind))


def _kind(report: ActivityReport, kind: str) -> str:
    return report.text(f"activities.kind.{kind}")


def _place(report: ActivityReport, district: str) -> str:
    return report.district_name(district) if district else report.text("activities.project")


def _sentence(report: ActivityReport, activity: str, kind: str, rows: pd.DataFrame) -> str:
    """A lane in words: how many, between which days, where."""
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
        lane=_lane(report, activity, kind),
        n=len(rows),
        start=start,
        **({} if start == end else {"end": end}),
        places=report.text.listed(places),
    )
    in_person = int((rows["mode"] == IN_PERSON).sum())
    if not in_person:
        return sentence
    return f"{sentence} {report.text('figure.timeline.of_them_in_person', n=in_person)}"
