"""Published numbers -> the slides of a talk: what was asked, what was found, how sure it is.

What a study does not have, such as evidence or meetings, has no slide, and the slide on what the
study cannot tell says so. Every number is one of the reports', told by `sentences` and `tables`;
a title is the finding in a line where `sentences` may say one, else its topic.
"""

import re
from collections.abc import Iterator

import pandas as pd

from umid_research import sentences, tables
from umid_research.canvas import Canvas
from umid_research.figures.differences import difference_text
from umid_research.figures.figure import base, dimension_sentence, group_series
from umid_research.figures.map import draw_map
from umid_research.implementation import CODES
from umid_research.references import WORKBOOK, page
from umid_research.report import Report
from umid_research.score import INDEX
from umid_research.sentences import Prose, area_name, brief_differences, in_a_line, irm_code
from umid_research.slides.drawing import Row, plot_answer_bars, plot_rows
from umid_research.slides.fit import drawing_room, is_short
from umid_research.slides.slide import Point, Slide, plain, point, points
from umid_research.style import series_of
from umid_research.tables.table import Cell, Table, count_cell, grid, k_of_n, number_cell

# The lines of findings that stand among those in short.
_IN_SHORT = ("differences", "survives", "documents", "spoken", "not_knowing")
# How much of the height beside a table is the map's; the rest is its notes'.
_MAP = 0.7
# A line of the list of reports: what it is called and where it lies.
_LINKED = re.compile(r"^- \[(.*)\]\((.*)\)$", re.MULTILINE)


def deck(report: Report) -> tuple[Slide, ...]:
    """The slides of a study's talk, 10 to 14 where it has everything."""
    return tuple(slide for make in _MAKERS for slide in make(report))


def _opening(report: Report) -> Iterator[Slide]:
    work = report.study.field_work
    told = [
        report.name(report.study.title),
        report.name(work.conducted_by),
        report.text("slides.dates", start=work.start, end=work.end),
    ]
    title = report.text(f"title.{report.notebook}")
    yield Slide(
        "opening", title, _literal(*told), notes=_notes(report, _said(sentences.sample(report)))
    )


def _in_short(report: Report) -> Iterator[Slide]:
    """The study on one slide: each finding with its number; scores where there is room."""
    line = {key: in_a_line(report, key).markdown for key in _IN_SHORT}
    differences, views = brief_differences(report, most=1), sentences.views_apart(report)
    placeholders = sentences.brief_placeholders(report)
    found = [
        sentences.brief_headline(report).markdown,
        _sentences(differences.markdown, line["survives"]) if line["differences"] else "",
        _sentences(line["documents"], placeholders.markdown) if line["documents"] else "",
        views.markdown,
        _sentences(line["spoken"]),
        _sentences(line["not_knowing"]),
    ]
    if not all(found):
        found.insert(1, sentences.levels(report).markdown)
    title = report.text("section.in_short.heading")
    told = tuple(point(text) for text in found if text)
    yield Slide("in_short", title, told, notes=_notes(report, _said(sentences.sample(report))))


def _sentences(*texts: str) -> str:
    """The texts that are not empty, each ended as a sentence is."""
    return " ".join(text if text.endswith(".") else f"{text}." for text in texts if text)


def _asked(report: Report) -> Iterator[Slide]:
    names = [report.dimension(key) for key in _compared(report)]
    told = [
        report.text("slides.asked.about", dimensions=report.text.listed(names)),
        report.text("slides.asked.score"),
        report.name(report.study.field_work.recruitment),
    ]
    yield Slide("asked", report.text("slides.asked.title"), _literal(*told), notes=_notes(report))


def _reached(report: Report) -> Iterator[Slide]:
    """The districts on a map with the groups beside it; without a map, groups by district."""
    title = report.text("slides.reached.title", **base(report))
    table, figure = tables.table_field_work(report), None
    notes = _notes(report, *table.notes, _said(sentences.quota(report)))
    if report.outlines is not None:
        width, height = drawing_room(beside_table=True)
        figure = draw_map(Canvas(width), report, height=height * _MAP)
        table = _by_group(report)
    yield Slide("reached", title, figure=figure, table=table, notes=notes)


def _by_group(report: Report) -> Table:
    """Units planned and reached, and people, of each group."""
    rows = report.rows("field_work")
    rows = rows[rows[["district", "locality"]].isna().all(axis=1)]
    reached = rows.fillna({"group": ""}).set_index("group")[["units", "respondents"]]
    names = {
        **{key: report.group(key) for key in report.study.groups},
        "": report.text("table.total"),
    }
    reached = reached.reindex(list(names), fill_value=0)
    heads = ("group", "units", "people")
    return grid(
        report,
        report.text("slides.reached.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        [
            [name, *(number_cell(report, int(reached.loc[key, column])) for column in reached)]
            for key, name in names.items()
        ],
    )


def _headline(report: Report) -> Iterator[Slide]:
    name = report.study.headline
    rows = report.rows("answers", question=name) if name else pd.DataFrame()
    if name is None or rows.empty or not rows["shown"].all():
        return
    said = _said(sentences.headline(report))
    names = [report.answer(name, str(code)) for code in rows["answer"]]
    question = report.question(name)
    title = _title(report, "headline", question)
    told = _literal(question) if title != question else ()
    counts, room = list(rows.itertuples()), drawing_room(told, title=title)
    figure = plot_answer_bars(report, counts, names, room=room, caption=said, alt=[])
    yield Slide("headline", title, told, figure=figure, notes=_notes(report, said))


def _groups(report: Report) -> Iterator[Slide]:
    groups = {key: report.group(key) for key in report.study.groups}
    title = _title(report, "groups", report.text("section.groups.heading"))
    rows = report.rows("differences_by_group", dimension=INDEX)
    rows = rows[rows["shown"]].assign(clear=sentences.is_clear)
    compared = [difference_text(report, row) for row in rows.itertuples()]
    yield from _scores(report, "group", groups, title, _said(sentences.levels(report)), *compared)


def _districts(report: Report) -> Iterator[Slide]:
    districts = {key: report.district_name(key) for key in report.study.districts}
    title = _title(report, "districts", report.text("section.districts.heading"))
    said = _said(sentences.district_bands(report))
    yield from _scores(report, "district", districts, title, said)


def _scores(
    report: Report, by: str, names: dict[str, str], title: str, *said: str
) -> Iterator[Slide]:
    """Dimensions asked of everybody × groups or districts."""
    table = report.rows(f"scores_by_{by}")
    present = {key: name for key, name in names.items() if (table[by] == key).any()}
    rows = [
        Row(report.dimension(key), {getattr(row, by): row for row in block.itertuples()})
        for key in (*_compared(report), INDEX)
        if len(block := table[table["dimension"] == key])
    ]
    if rows and present:
        caption = report.text("slides.scores", **base(report))
        alt = [_row_sentence(report, row, present) for row in rows]
        series = series_of(names)
        room = drawing_room()
        figure = plot_rows(report, rows, present, series, room=room, caption=caption, alt=alt)
        yield Slide(by, title, figure=figure, notes=_notes(report, *said))


def _differences(report: Report) -> Iterator[Slide]:
    found = points(sentences.group_differences(report))
    if found:
        yield Slide(
            "differences",
            _title(report, "differences", report.text("section.differences.heading")),
            found[:6],
            notes=_notes(report, *map(plain, found[6:]), report.text("table.differences.note")),
        )


def _supply_demand(report: Report) -> Iterator[Slide]:
    views = report.rows("views_by_area")
    documents = report.rows("documentary_by_area")
    documents = documents[documents["district"].isna()]
    if views.empty:
        return
    names = {key: report.group(key) for key in report.study.groups}
    names = {key: name for key, name in names.items() if (views["group"] == key).any()}
    if report.is_documented:
        names["documents"] = report.text("figure.supply_demand.documents")
    rows = [
        Row(area_name(report, key), _area(views, documents, key))
        for key in (*report.study.areas, INDEX)
        if (views["dimension"] == key).any()
    ]
    keys = ("caption", "note_documents") if report.is_documented else ("caption_views",)
    told = [report.text(f"figure.supply_demand.{key}", **base(report)) for key in keys]
    alt = [_row_sentence(report, row, names) for row in rows]
    bar = "documents" if report.is_documented else None
    said = points(sentences.views_apart(report))
    title = _title(report, "views", report.text("section.supply_demand.heading"))
    room = drawing_room(said, title=title)
    series = group_series(report)
    figure = plot_rows(report, rows, names, series, room=room, caption=told[0], alt=alt, bar=bar)
    notes = _notes(report, *told)
    yield Slide("supply_demand", title, said, figure=figure, notes=notes)


def _area(views: pd.DataFrame, documents: pd.DataFrame, area: str) -> dict[str, object]:
    found = {row.group: row for row in views[views["dimension"] == area].itertuples()}
    checked = documents[documents["dimension"] == area].dropna(subset=["value"])
    return {**found, **dict(zip(["documents"], checked.itertuples(), strict=False))}


def _documents(report: Report) -> Iterator[Slide]:
    rows = report.rows("status", statistic="documentary")
    if rows.empty or not report.is_documented:
        return
    counts = rows.groupby(["answer", "district"]).size()
    districts = list(report.study.districts)
    table = grid(
        report,
        report.text("slides.documents.caption"),
        [report.text("slides.documents.code"), *(report.district_name(key) for key in districts)],
        [
            [irm_code(report, code), *(_counted(report, counts, code, key) for key in districts)]
            for code in CODES
        ],
    )
    said = points(sentences.placeholders(report))
    notes = _notes(report, _said(sentences.documents(report)))
    title = _title(report, "documents", report.text("section.implemented.heading"))
    yield Slide("documents", title, said, table=table, notes=notes)


def _counted(report: Report, counts: pd.Series, code: str, district: str) -> Cell:
    n = int(counts.get((code, district), 0))
    return Cell(report.text.number(n), {"count": n})


def _spoken(report: Report) -> Iterator[Slide]:
    meetings, survey = (_themes(report, name) for name in ("themes_meetings", "themes_survey"))
    if not meetings and not survey:
        return
    heads = ("theme", "meetings", "proposals")
    rows = [
        [sentences.theme_name(report, key), *(found.get(key, "") for found in (meetings, survey))]
        for key in report.study.themes
        if key in meetings or key in survey
    ]
    table = grid(
        report,
        report.text("section.meetings.heading"),
        [report.text(f"slides.spoken.{head}") for head in heads],
        rows,
    )
    notes = _notes(report, _said(sentences.spoken(report)))
    title = _title(report, "spoken", report.text("section.meetings.heading"))
    yield Slide("spoken", title, table=table, notes=notes)


def _themes(report: Report, name: str) -> dict[str, Cell]:
    rows = report.rows(name)
    rows = rows[rows[["group", "district"]].isna().all(axis=1)]
    return {row.dimension: k_of_n(report, row) for row in rows.itertuples()}


def _not_knowing(report: Report) -> Iterator[Slide]:
    rows = report.rows("not_knowing")
    said = sentences.not_knowing(report)
    if rows.empty or not said.markdown:
        return
    kinds = [kind for kind in ("answered", "dont_know") if (rows["statistic"] == kind).any()]
    body = []
    for key, block in rows.groupby("dimension", sort=False):
        found = {row.statistic: count_cell(report, row) for row in block.itertuples()}
        body.append([report.dimension(str(key)), *(found.get(kind, "") for kind in kinds)])
    heads = [report.text(f"table.head.{kind}") for kind in ("dimension", *kinds)]
    table = grid(report, report.text("section.judging.heading"), heads, body)
    title = _title(report, "not_knowing", report.text("section.judging.heading"))
    notes = _notes(report, _said(said), report.text("section.judging.why"))
    yield Slide("not_knowing", title, table=table, notes=notes)


def _sure(report: Report) -> Iterator[Slide]:
    said = points(sentences.what_survives(report))
    title = _title(report, "survives", report.text("section.survives.heading"))
    notes = _notes(report, report.text("section.survives.why"))
    yield Slide("sure", title, said[:5], notes=notes)


def _limits(report: Report) -> Iterator[Slide]:
    """What the study cannot tell, and where the whole of it stands."""
    title = report.text("section.limits.heading")
    missing = sentences.missing_registers(report, "measures", "evidence", "meetings")
    said = points(missing, sentences.limits(report))
    whole = report.text("slides.more", page=page(report.notebook), workbook=WORKBOOK)
    reports = Prose(_LINKED.sub(r"- \1 (\2)", sentences.reports(report).markdown))
    others = map(plain, points(reports))
    notes = _notes(report, report.text("section.more.heading") + ":", *others)
    yield Slide("limits", title, (*said, *_literal(whole)), notes=notes)


def _title(report: Report, finding: str, topic: str) -> str:
    """The finding in a line where it may be said and can be read from afar, else the topic."""
    said = plain(point(in_a_line(report, finding).markdown))
    return said if said and is_short(said) else topic


def _compared(report: Report) -> list[str]:
    """The dimensions that everybody was asked about: those with district scores or in contrasts."""
    scored = set(report.rows("scores_by_district")["dimension"])
    scored |= set(report.rows("differences_by_group")["dimension"])
    return [key for key in report.study.dimensions if key in scored]


def _row_sentence(report: Report, row: Row, names: dict[str, str]) -> str:
    values = [
        report.text("slides.value", name=names[key], value=value.value)
        if value.shown
        else report.text("figure.withheld_value", name=names[key])
        for key, value in row.marks.items()
    ]
    return dimension_sentence(report, row.name, values)


def _literal(*texts: str) -> tuple[Point, ...]:
    """Points of plain words, in which nothing is markup."""
    return tuple(point(sentences.plain(text)) for text in texts)


def _said(prose: Prose) -> str:
    return " ".join(map(plain, points(prose)))


def _notes(report: Report, *texts: str) -> tuple[str, ...]:
    """What the speaker says besides: the words, the base, and what nobody may conclude."""
    said = _said(sentences.sample_limit(report))
    closing = [report.text("slides.base", **base(report)), said]
    return tuple(text for text in (*texts, *closing) if text)


_MAKERS = (
    *(
        _opening,
        _in_short,
        _asked,
        _reached,
        _headline,
        _groups,
        _differences,
        _supply_demand,
        _documents,
    ),
    *(_districts, _spoken, _not_knowing, _sure, _limits),
)
