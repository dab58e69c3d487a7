"""The slides with a table: sample, documentary evidence, themes and don't-know answers."""

from collections.abc import Iterator

import pandas as pd

from umid_research.analysis.implementation import CODES
from umid_research.report import texts
from umid_research.report.chart.figure import Figure, base
from umid_research.report.implementation.text import documentary_codes
from umid_research.report.meetings.table import theme_cell
from umid_research.report.meetings.text import themes_over_all
from umid_research.report.names import irm_code
from umid_research.report.sample.chart import map_at
from umid_research.report.sample.table import table_field_work
from umid_research.report.slides.fit import FRAME, drawing_room, figure_size
from umid_research.report.slides.slide import Slide, points
from umid_research.report.slides.wording import in_words, notes_of, title_of
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, count_cell, make_table, number_cell

# Height of a map that is drawn only to measure its notes.
_LOW = 20.0


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
    heads = ["group", *(["units"] if "units" in columns else []), "people"]
    return make_table(
        report,
        report.text("slides.reached.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        [
            [name, *(number_cell(report, int(reached.loc[key, column])) for column in reached)]
            for key, name in names.items()
        ],
    )


def documents(report: Report) -> Iterator[Slide]:
    """Yield the number of measures by documentary code and district."""
    rows = documentary_codes(report)
    if rows.empty:
        return
    counts = rows.groupby(["code", "district"]).size()
    districts = list(report.study.districts)
    table = make_table(
        report,
        report.text("slides.documents.caption"),
        [report.text("slides.documents.code"), *(report.district_name(key) for key in districts)],
        [
            [irm_code(report, code), *(_counted(report, counts, code, key) for key in districts)]
            for code in CODES
        ],
    )
    placeholders = points(texts.placeholders(report))
    notes = notes_of(report, in_words(texts.documents(report)))
    title = title_of(report, "documents", report.text("section.implemented.heading"))
    yield Slide("documents", title, placeholders, table=table, notes=notes)


def _counted(report: Report, counts: pd.Series, code: str, district: str) -> Cell:
    n = int(counts.get((code, district), 0))
    return Cell(report.text.number(n), {"count": n})


def themes(report: Report) -> Iterator[Slide]:
    """Yield the number of meetings and proposals per theme."""
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
        [report.text(f"slides.spoken.{head}") for head in heads],
        rows,
    )
    notes = notes_of(report, in_words(texts.themes_text(report)))
    title = title_of(report, "spoken", report.text("section.meetings.heading"))
    yield Slide("spoken", title, table=table, notes=notes)


def _themes(report: Report, name: str) -> dict[str, Cell]:
    rows = themes_over_all(report, name)
    return {row.theme: theme_cell(report, row) for row in rows.itertuples()}


def not_knowing(report: Report) -> Iterator[Slide]:
    """Yield the number of don't-know answers in each dimension."""
    rows = report.rows("not_knowing")
    prose = texts.dont_know_text(report)
    if rows.empty or not prose.markdown:
        return
    kinds = [
        kind for kind in ("asked", "answered", "dont_know") if (rows["statistic"] == kind).any()
    ]
    body = []
    for key, block in rows.groupby("dimension", sort=False):
        cells = {row.statistic: count_cell(report, row) for row in block.itertuples()}
        body.append([report.dimension(str(key)), *(cells.get(kind, "") for kind in kinds)])
    heads = [report.text(f"table.head.{kind}") for kind in ("dimension", *kinds)]
    table = make_table(report, report.text("section.judging.heading"), heads, body)
    title = title_of(report, "not_knowing", report.text("section.judging.heading"))
    notes = notes_of(report, in_words(prose), report.text("section.judging.why"))
    yield Slide("not_knowing", title, table=table, notes=notes)
