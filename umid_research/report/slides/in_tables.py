"""The slides with a table: who was reached, and what people ask for."""

from collections.abc import Iterator

import pandas as pd

from umid_research.report import texts
from umid_research.report.actions.text import most_lacking
from umid_research.report.chart.figure import WITHHELD, Figure, base
from umid_research.report.meetings.table import theme_cell
from umid_research.report.meetings.text import themes_over_all
from umid_research.report.sample.chart import map_at
from umid_research.report.sample.table import table_field_work
from umid_research.report.slides.fit import FRAME, drawing_room, figure_size
from umid_research.report.slides.slide import Slide, point
from umid_research.report.slides.wording import in_words, notes_of, title_of
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, make_table, number_cell

# Height of a map that is drawn only to measure its notes.
_LOW = 20.0
# The most lines on what places lack, above the table of themes.
_LACKING = 3


def reached(report: Report) -> Iterator[Slide]:
    """Yield the map of the districts with a table of groups, or groups by district."""
    title = report.text("slides.reached.title", **base(report))
    table, figure = table_field_work(report), None
    notes = notes_of(report, *table.notes, in_words(texts.quota(report)))
    if report.outlines is not None:
        figure, table = _map(report), _by_group(report)
    yield Slide("reached", title, figure=figure, table=table, notes=notes)


def _map(report: Report) -> Figure:
    """Return the map at the largest height that leaves space for its notes."""
    width, height = drawing_room(beside_table=True)
    _, low = figure_size(map_at(report, width=width, height=_LOW).svg)
    return map_at(report, width=width, height=height + 2 * FRAME - (low - _LOW))


def _by_group(report: Report) -> Table:
    """Return the units and people of each group."""
    rows = report.rows("field_work")
    rows = rows[rows[["district", "locality"]].isna().all(axis=1)]
    columns = ["respondents"] if report.study.counts_people else ["units", "respondents"]
    reached = rows.fillna({"group": ""}).set_index("group")[columns]
    names = {
        **{key: report.group(key) for key in report.study.groups},
        "": report.text("table.total"),
    }
    reached = reached.reindex(list(names), fill_value=0)

    def cell(number: float) -> Cell:
        return Cell(WITHHELD) if pd.isna(number) else number_cell(report, int(number))

    heads = ["group", *(["units"] if "units" in columns else []), "people"]
    return make_table(
        report,
        report.text("slides.reached.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        [
            [name, *(cell(reached.loc[key, column]) for column in reached)]
            for key, name in names.items()
        ],
    )


def asked(report: Report) -> Iterator[Slide]:
    """Yield what people ask for, by theme, and what most places lack."""
    meetings, survey = (_themes(report, name) for name in ("themes_meetings", "themes_survey"))
    if not meetings and not survey:
        return
    heads = ("theme", "meetings", "proposals")
    rows = [
        [texts.theme_name(report, key), *(cells.get(key, "") for cells in (meetings, survey))]
        for key in report.study.themes
        if key in meetings or key in survey
    ]
    table = make_table(
        report,
        report.text("section.meetings.heading"),
        [report.text(f"slides.raised.{head}") for head in heads],
        rows,
    )
    notes = notes_of(report, in_words(texts.themes_text(report)))
    title = title_of(report, "raised", report.text("section.meetings.heading"))
    lacking = tuple(map(point, most_lacking(report, _LACKING)))
    yield Slide("raised", title, lacking, table=table, notes=notes)


def _themes(report: Report, name: str) -> dict[str, Cell]:
    rows = themes_over_all(report, name)
    return {row.theme: theme_cell(report, row) for row in rows.itertuples()}
