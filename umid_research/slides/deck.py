"""Published numbers -> the slides of a talk: what was asked, what was found, how sure it is.

What a study does not have, such as evidence or meetings, has no slide, and the slide on what the
study cannot tell says so. Every number is one of the reports', told by `sentences` and `tables`;
a title is the finding in a line where `sentences` may say one, else its topic.
"""

import re
from collections.abc import Iterator

from umid_research import sentences
from umid_research.references import WORKBOOK, page
from umid_research.report import Report
from umid_research.sentences import Prose, brief_differences, in_a_line
from umid_research.slides.in_figures import districts, groups, headline, supply_demand
from umid_research.slides.in_tables import documents, not_knowing, reached, spoken
from umid_research.slides.slide import Slide, plain, point, points
from umid_research.slides.wording import asked_of_all, in_words, literal, notes_of, title_of

# The lines of findings that stand among those in short.
_IN_SHORT = ("differences", "survives", "documents", "spoken", "not_knowing")
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
        "opening", title, literal(*told), notes=notes_of(report, in_words(sentences.sample(report)))
    )


def _in_short(report: Report) -> Iterator[Slide]:
    """The study on one slide: each finding with its number; scores where there is room."""
    line = {key: in_a_line(report, key).markdown for key in _IN_SHORT}
    differences, views = brief_differences(report, most=1), sentences.views_apart(report)
    placeholders = sentences.brief_placeholders(report)
    # Differences between sides are stated as well, but not among these findings.
    told_alone = [by for by, _, _ in sentences.standings(report)] == ["group"]
    stands = line["survives"] if told_alone else ""
    found = [
        sentences.brief_headline(report).markdown,
        _sentences(differences.markdown, stands) if line["differences"] else "",
        _sentences(line["documents"], placeholders.markdown) if line["documents"] else "",
        views.markdown,
        _sentences(line["spoken"]),
        _sentences(line["not_knowing"]),
    ]
    if not all(found):
        found.insert(1, sentences.levels(report).markdown)
    title = report.text("section.in_short.heading")
    told = tuple(point(text) for text in found if text)
    yield Slide("in_short", title, told, notes=notes_of(report, in_words(sentences.sample(report))))


def _sentences(*texts: str) -> str:
    """The texts that are not empty, each ended as a sentence is."""
    return " ".join(text if text.endswith(".") else f"{text}." for text in texts if text)


def _asked(report: Report) -> Iterator[Slide]:
    names = [report.dimension(key) for key in asked_of_all(report)]
    told = [
        report.text("slides.asked.about", dimensions=report.text.listed(names)),
        report.text("slides.asked.score"),
        report.name(report.study.field_work.recruitment),
    ]
    yield Slide("asked", report.text("slides.asked.title"), literal(*told), notes=notes_of(report))


def _differences(report: Report) -> Iterator[Slide]:
    found = points(sentences.group_differences(report))
    if found:
        yield Slide(
            "differences",
            title_of(report, "differences", report.text("section.differences.heading")),
            found[:6],
            notes=notes_of(report, *map(plain, found[6:]), report.text("table.differences.note")),
        )


def _sure(report: Report) -> Iterator[Slide]:
    said = points(sentences.what_survives(report))
    title = title_of(report, "survives", report.text("section.survives.heading"))
    notes = notes_of(report, report.text("section.survives.why"))
    yield Slide("sure", title, said[:5], notes=notes)


def _limits(report: Report) -> Iterator[Slide]:
    """What the study cannot tell, and where the whole of it stands."""
    title = report.text("section.limits.heading")
    missing = sentences.missing_registers(report, "measures", "evidence", "meetings")
    said = points(missing, sentences.limits(report))
    whole = report.text("slides.more", page=page(report.notebook), workbook=WORKBOOK)
    reports = Prose(_LINKED.sub(r"- \1 (\2)", sentences.reports(report).markdown))
    others = map(plain, points(reports))
    notes = notes_of(report, report.text("section.more.heading") + ":", *others)
    yield Slide("limits", title, (*said, *literal(whole)), notes=notes)


_MAKERS = (
    *(_opening, _in_short, _asked, reached, headline, groups, _differences, supply_demand),
    *(documents, districts, spoken, not_knowing, _sure, _limits),
)
