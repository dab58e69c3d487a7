"""The slides with a figure: headline question, scores of groups and districts, the plan."""

from collections.abc import Iterator

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report import texts as sentences
from umid_research.report.chart.figure import base, dimension_sentence, group_series
from umid_research.report.chart.style import series_of
from umid_research.report.differences.chart import difference_text
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.names import area_name
from umid_research.report.sample.text import headline_answers
from umid_research.report.slides.drawing import Row, plot_answer_bars, plot_rows
from umid_research.report.slides.fit import drawing_room
from umid_research.report.slides.slide import Slide, points
from umid_research.report.slides.wording import asked_of_all, in_words, literal, notes_of, title_of
from umid_research.report.study_report import Report


def headline(report: Report) -> Iterator[Slide]:
    """Yield the answers to the headline question, unless any of them is withheld."""
    name, rows = report.study.headline, headline_answers(report)
    if name is None or rows.empty:
        return
    sentence = in_words(sentences.headline(report))
    names = [report.answer(name, str(code)) for code in rows["answer"]]
    question = report.question(name)
    title = title_of(report, "headline", question)
    above = literal(question) if title != question else ()
    counts, room = list(rows.itertuples()), drawing_room(above, title=title)
    figure = plot_answer_bars(report, counts, names, room=room, caption=sentence, alt=[])
    yield Slide("headline", title, above, figure=figure, notes=notes_of(report, sentence))


def groups(report: Report) -> Iterator[Slide]:
    """Yield the scores of the groups, with differences on the index in the notes."""
    names = {key: report.group(key) for key in report.study.groups}
    title = title_of(report, "groups", report.text("section.groups.heading"))
    rows = report.rows("differences_by_group", dimension=INDEX)
    rows = rows[rows["shown"]].assign(clear=is_clear)
    compared = [difference_text(report, row) for row in rows.itertuples()]
    yield from _scores(
        report, "group", names, title, in_words(sentences.group_scores_text(report)), *compared
    )


def districts(report: Report) -> Iterator[Slide]:
    """Yield the scores of the districts, in the order of the study."""
    names = {key: report.district_name(key) for key in report.study.districts}
    title = title_of(report, "districts", report.text("section.districts.heading"))
    bands = in_words(sentences.district_bands(report))
    yield from _scores(report, "district", names, title, bands)


def _scores(
    report: Report, by: str, names: dict[str, str], title: str, *texts: str
) -> Iterator[Slide]:
    """Yield scores of the dimensions that everybody was asked about, by group or district."""
    table = report.rows(f"scores_by_{by}")
    present = {key: name for key, name in names.items() if (table[by] == key).any()}
    rows = [
        Row(report.dimension(key), {getattr(row, by): row for row in block.itertuples()})
        for key in (*asked_of_all(report), INDEX)
        if len(block := table[table["dimension"] == key])
    ]
    if rows and present:
        caption = report.text("slides.scores", **base(report))
        alt = [_row_sentence(report, row, present) for row in rows]
        series = series_of(names)
        room = drawing_room()
        figure = plot_rows(report, rows, present, series, room=room, caption=caption, alt=alt)
        yield Slide(by, title, figure=figure, notes=notes_of(report, *texts))


def supply_demand(report: Report) -> Iterator[Slide]:
    """Yield the groups' views of each area of the plan, with what documents show."""
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
    captions = [report.text(f"figure.supply_demand.{key}", **base(report)) for key in keys]
    alt = [_row_sentence(report, row, names) for row in rows]
    bar = "documents" if report.is_documented else None
    findings = points(sentences.view_gap_text(report))
    title = title_of(report, "views", report.text("section.supply_demand.heading"))
    room = drawing_room(findings, title=title)
    series = group_series(report)
    figure = plot_rows(
        report, rows, names, series, room=room, caption=captions[0], alt=alt, bar=bar
    )
    notes = notes_of(report, *captions)
    yield Slide("supply_demand", title, findings, figure=figure, notes=notes)


def _area(views: pd.DataFrame, documents: pd.DataFrame, area: str) -> dict[str, object]:
    by_group = {row.group: row for row in views[views["dimension"] == area].itertuples()}
    checked = documents[documents["dimension"] == area].dropna(subset=["value"])
    return {**by_group, **dict(zip(["documents"], checked.itertuples(), strict=False))}


def _row_sentence(report: Report, row: Row, names: dict[str, str]) -> str:
    values = [
        report.text("slides.value", name=names[key], value=value.value)
        if value.shown
        else report.text("figure.withheld_value", name=names[key])
        for key, value in row.marks.items()
    ]
    return dimension_sentence(report, row.name, values)
