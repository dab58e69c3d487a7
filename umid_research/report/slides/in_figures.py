"""The slides with a figure: the answer, the parts of the plan, single questions, the groups."""

from collections.abc import Iterator, Sequence

from umid_research.report import texts as sentences
from umid_research.report.chart.figure import base, dimension_sentence
from umid_research.report.chart.style import series_of
from umid_research.report.findings.answer import (
    answer,
    documents_share,
    judgements,
    level,
    people_counts,
)
from umid_research.report.findings.declared import count_text, declared_counts, declared_name
from umid_research.report.findings.text import differences_text
from umid_research.report.names import area_name
from umid_research.report.sample.text import headline_answers
from umid_research.report.slides.drawing import (
    Row,
    plot_answer_bars,
    plot_bars,
    plot_numbers,
    plot_rows,
)
from umid_research.report.slides.fit import drawing_room
from umid_research.report.slides.slide import Slide, plain, point, points
from umid_research.report.slides.wording import asked_of_all, in_words, literal, notes_of, title_of
from umid_research.report.study_report import Report

_ON_A_SLIDE = 2  # declared findings side by side


def in_short(report: Report) -> Iterator[Slide]:
    """Yield the answer to the title, in two large numbers where there are people and documents."""
    title = _answer_title(report)
    sentence, *others = points(answer(report))
    notes = notes_of(report, *map(plain, others), in_words(sentences.sample(report)))
    numbers = list(_numbers(report))
    if not numbers:
        yield Slide("in_short", title, (sentence, *others), notes=notes)
        return
    above = point(sentences.brief_placeholders(report).markdown)
    shown = (above,) if above else ()
    room = drawing_room(shown, title=title)
    figure = plot_numbers(report, numbers, room=room, caption=plain(sentence))
    yield Slide("in_short", title, shown, figure=figure, notes=(plain(sentence), *notes))


def _answer_title(report: Report) -> str:
    """Return the answer in a few words where people and documents agree, else the topic."""
    (positive, judged), value = people_counts(report), documents_share(report)
    levels = {level(positive / judged)} if judged else set()
    levels |= {level(value / 100)} if value is not None else set()
    if len(levels) != 1:
        return report.text("slides.answer.title")
    return report.text(f"slides.answer.level.{levels.pop()}")


def _numbers(report: Report) -> Iterator[tuple[str, str]]:
    positive, judged = people_counts(report)
    if judged:
        number = report.text("slides.answer.of", n=positive, of=judged)
        yield number, report.text("slides.answer.people")
    value = documents_share(report)
    if value is not None:
        yield (
            report.text("slides.answer.percent", value=value),
            report.text("slides.answer.documents"),
        )


def people(report: Report) -> Iterator[Slide]:
    """Yield what people say of each part of the plan, the furthest first."""
    found = [one for one in judgements(report) if one.judged]
    if len(found) < 2:
        return
    texts = [report.text("figure.counts.of", k=one.positive, n=one.judged) for one in found]
    best = report.text("slides.parts.people", part=area_name(report, found[0].part), value=texts[0])
    names = [area_name(report, one.part) for one in found]
    shares = [round(100 * one.share) for one in found]
    head = report.text("figure.parts.people")
    yield _parts(report, "people", best, head, names, shares, texts)


def documents(report: Report) -> Iterator[Slide]:
    """Yield what documents show of each part of the plan, the furthest first."""
    found = [one for one in judgements(report) if one.documents is not None]
    found = sorted(found, key=lambda one: -(one.documents or 0))
    if len(found) < 2:
        return
    texts = [report.text("figure.parts.percent", value=one.documents) for one in found]
    names = [area_name(report, one.part) for one in found]
    best = report.text("slides.parts.documents", part=names[0], value=texts[0])
    head = report.text("figure.parts.documents")
    shares = [one.documents or 0 for one in found]
    yield _parts(report, "documents", best, head, names, shares, texts)


def _parts(
    report: Report,
    key: str,
    title: str,
    head: str,
    names: Sequence[str],
    shares: Sequence[int],
    texts: Sequence[str],
) -> Slide:
    above = literal(head)
    room = drawing_room(above, title=title)
    columns = {"": (shares, texts)}
    figure = plot_bars(report, names, columns, room=room, caption=head)
    notes = notes_of(report, report.text("figure.parts.caption"))
    return Slide(key, title, above, figure=figure, notes=notes)


def headline(report: Report) -> Iterator[Slide]:
    """Yield the answers to the headline question, in a study without declared findings."""
    name, rows = report.study.headline, headline_answers(report)
    if name is None or rows.empty or report.study.findings:
        return
    sentence = in_words(sentences.headline(report))
    names = [report.answer(name, str(code)) for code in rows["answer"]]
    question = report.question(name)
    title = title_of(report, "headline", question)
    above = literal(question) if title != question else ()
    counts, room = list(rows.itertuples()), drawing_room(above, title=title)
    figure = plot_answer_bars(report, counts, names, room=room, caption=sentence, alt=[])
    yield Slide("headline", title, above, figure=figure, notes=notes_of(report, sentence))


def declared_findings(report: Report) -> Iterator[Slide]:
    """Yield the declared findings group beside group: the first alone, then two on a slide."""
    shown = [name for name in report.study.findings if len(declared_counts(report, name)) > 1]
    rest = shown[1:]
    pairs = [rest[place : place + _ON_A_SLIDE] for place in range(0, len(rest), _ON_A_SLIDE)]
    for names in [shown[:1], *pairs] if shown else []:
        yield _declared(report, names)


def _declared(report: Report, names: Sequence[str]) -> Slide:
    counts = {name: {one.group: one for one in declared_counts(report, name)} for name in names}
    groups = [key for key in report.study.groups if any(key in found for found in counts.values())]
    columns = {}
    for name, found in counts.items():
        cells = [found.get(key) for key in groups]
        shares = [round(100 * one.n / one.of) if one else None for one in cells]
        texts = [report.text("figure.counts.of", k=c.n, n=c.of) if c else "" for c in cells]
        columns[declared_name(report, name) if len(names) > 1 else ""] = (shares, texts)
    lines = [
        f"{declared_name(report, name)}: "
        + report.text.listed(count_text(report, one) for one in found.values())
        for name, found in counts.items()
    ]
    single = len(names) == 1
    title = declared_name(report, names[0]) if single else report.text("section.declared.heading")
    above = literal(report.question(names[0])) if single else ()
    room = drawing_room(above, title=title)
    figure = plot_bars(
        report, list(map(report.group, groups)), columns, room=room, caption=". ".join(lines)
    )
    notes = notes_of(report, *lines, report.text("section.declared.why"))
    return Slide(f"declared_{names[0]}", title, above, figure=figure, notes=notes)


def differences(report: Report) -> Iterator[Slide]:
    """Yield the differences that may be stated with their caution, and the scores behind them."""
    above = points(differences_text(report))
    title = title_of(report, "differences", report.text("section.differences.heading"))
    study, table = report.study, report.rows("scores_by_group")
    groups = [key for key in study.matched_groups or study.groups if (table["group"] == key).any()]
    names = {key: report.group(key) for key in groups}
    rows = [
        Row(
            report.dimension(key),
            {row.group: row for row in block.itertuples() if row.group in names},
        )
        for key in asked_of_all(report)
        if len(block := table[table["dimension"] == key])
    ]
    caption = report.text("figure.topics.caption", **base(report))
    notes = notes_of(report, caption, in_words(sentences.group_differences(report)))
    if not rows or not names:
        if above:
            yield Slide("differences", title, above, notes=notes)
        return
    alt = [_row_sentence(report, row, names) for row in rows]
    room = drawing_room(above, title=title)
    figure = plot_rows(
        report, rows, names, series_of(study.groups), room=room, caption=caption, alt=alt
    )
    yield Slide("differences", title, above, figure=figure, notes=notes)


def _row_sentence(report: Report, row: Row, names: dict[str, str]) -> str:
    values = [
        report.text("slides.value", name=names[key], value=value.value)
        if value.shown
        else report.text("figure.withheld_value", name=names[key])
        for key, value in row.marks.items()
    ]
    return dimension_sentence(report, row.name, values)
