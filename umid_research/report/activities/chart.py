"""The charts of the activities: all events, what was published where, and pictures of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart import style
from umid_research.report.chart.figure import Figure, figure_of, nothing_to_show
from umid_research.report.chart.gallery import Gallery, Piece
from umid_research.report.chart.heat import HeatMap
from umid_research.report.chart.style import INK, Series
from umid_research.report.chart.timeline import Lane, Timeline
from umid_research.report.names import category_name

KINDS = ("page", "consultation", "cards", "terminal", "workshop", "press", "platform")
IN_PERSON = "in_person"
PAGE = "page:"


def plot_timeline(report: ActivityReport) -> Figure:
    """Draw a lane per activity and kind with its number of events.

    Hollow markers are events held in person. Events outside the project period, such as a page
    founded earlier, are only counted in a note.
    """
    period, every = report.definitions.period, report.frame("events")
    events = every[every["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
    if events.empty:
        return nothing_to_show(report)
    series = {**style.series_of(report.study.districts), "": Series(INK, "cross")}
    present = [key for key in series if (events["district"] == key).any()]
    lanes, alt = [], []
    for (activity, place), rows in events.groupby(["activity", events["kind"].map(KINDS.index)]):
        kind = report.text(f"activities.kind.{KINDS[place]}")
        name = report.text("figure.timeline.lane", activity=activity, kind=kind)
        rows = rows.sort_values(["date", "district"], kind="stable")
        markers = [
            (row.date.date(), replace(series[row.district], hollow=row.mode == IN_PERSON))
            for row in rows.itertuples()
        ]
        lanes.append(Lane(name, markers))
        alt.append(_lane_sentence(report, name, rows))
    outside = len(every) - len(events)
    notes = [report.text("figure.timeline.outside", n=outside)] if outside else []
    in_person = (events["mode"] == IN_PERSON).any()
    return figure_of(
        report,
        Timeline(
            period.start,
            period.end,
            lanes,
            legend=[(series[key], _place(report, key)) for key in present],
            month=report.text.month,
            number=report.text.number,
        ),
        caption=report.text(
            "figure.timeline.caption", n=len(events), start=period.start, end=period.end
        ),
        alt=[*alt, *notes],
        notes=[*([report.text("figure.timeline.in_person")] if in_person else []), *notes],
    )


def plot_coverage(report: ActivityReport) -> Figure:
    """Draw a row per municipality and a column per category; page columns are at the right."""
    cells = report.frame("coverage")
    if cells.empty:
        return nothing_to_show(report)
    keys = sorted(dict.fromkeys(cells["category"]), key=lambda key: key.startswith(PAGE))
    wide = cells.pivot(index=["district", "locality"], columns="category", values="pieces")
    wide = wide[keys].astype(int)
    topics = [key for key in keys if not key.startswith(PAGE)]
    groups = [
        (report.district_name(key), [(str(n), list(row)) for n, row in wide.loc[key].iterrows()])
        for key in report.study.districts
        if key in wide.index.get_level_values("district")
    ]
    chart = HeatMap(
        columns=[category_name(report, key) for key in keys],
        summed=len(topics),
        groups=groups,
        total=report.text("table.total"),
        zero=report.text("figure.coverage.gap"),
        more=lambda count: report.text("figure.coverage.more", n=count),
        number=report.text.number,
    )
    caption = report.text("figure.coverage.caption_pages", n=len(wide))
    if topics:
        promised = wide[[topic for topic in topics if topic != "other"]]  # nobody promised others
        caption = report.text(
            "figure.coverage.caption",
            pieces=int(wide[topics].to_numpy().sum()),
            n=len(wide),
            gaps=int((promised == 0).to_numpy().sum()),
            cells=promised.size,
        )
    alt = [_row_sentence(report, place, row, topics) for place, row in wide.iterrows()]
    return figure_of(report, chart, caption=caption, alt=alt)


def plot_gallery(report: ActivityReport) -> Figure:
    """Draw the pictures of posts that may be shown, each with its place, topic and date."""
    rows = report.frame("gallery")
    if rows.empty:
        return nothing_to_show(report)
    pieces, alt = [], []
    for row in rows.itertuples():
        day, topic = report.text.date(row.date), category_name(report, row.category)
        pieces.append(Piece(row.picture, [row.locality, topic, day]))
        named = {"place": row.locality, "topic": topic, "date": day}
        alt.append(report.text("figure.gallery.sentence", **named))
    caption = report.text("figure.gallery.caption", n=len(rows))
    return figure_of(report, Gallery(pieces), caption=caption, alt=alt)


def _place(report: ActivityReport, district: str) -> str:
    return report.district_name(district) if district else report.text("activities.project")


def _lane_sentence(report: ActivityReport, name: str, rows: pd.DataFrame) -> str:
    """Return the number, dates and places of a lane's events in words."""
    counts = rows["district"].value_counts()
    places = [
        report.text("figure.timeline.place", name=_place(report, key), k=int(counts[key]))
        for key in [*report.study.districts, ""]
        if key in counts
    ]
    start, end = rows["date"].min().date(), rows["date"].max().date()
    sentence = report.text(
        f"figure.timeline.sentence{'_day' if start == end else ''}",
        lane=name,
        n=len(rows),
        start=start,
        **({} if start == end else {"end": end}),
        places=report.text.listed(places),
    )
    in_person = int((rows["mode"] == IN_PERSON).sum())
    if not in_person:
        return sentence
    return f"{sentence} {report.text('figure.timeline.of_them_in_person', n=in_person)}"


def _row_sentence(report: ActivityReport, place: Any, row: pd.Series, topics: Sequence[str]) -> str:
    """Return the numbers of a municipality in words."""
    counts = report.text.listed(
        report.text("figure.coverage.count", name=category_name(report, key), k=int(pieces))
        for key, pieces in row.items()
    )
    name = f"{report.district_name(place[0])}, {place[1]}"
    if not topics:
        return report.text("figure.dimension", dimension=name, values=counts)
    total = int(row[list(topics)].sum())
    return report.text("figure.coverage.sentence", name=name, counts=counts, n=total)
