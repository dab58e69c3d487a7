"""Make the slides of a talk: the questions asked, the findings and their uncertainty.

There is no slide on data that the study does not have, such as evidence or meetings; the slide of
limits says so. Every number is also in the reports. A title is the finding in one line if
`sentences` has one, else the topic.
"""

import re
from collections.abc import Iterator

from umid_research.report import texts as sentences
from umid_research.report.differences.text import brief_differences
from umid_research.report.findings.headlines import in_a_line
from umid_research.report.prose import Prose
from umid_research.report.slides.in_figures import districts, groups, headline, supply_demand
from umid_research.report.slides.in_tables import documents, not_knowing, reached, themes
from umid_research.report.slides.slide import Slide, plain, point, points
from umid_research.report.slides.wording import asked_of_all, in_words, literal, notes_of, title_of
from umid_research.report.study_report import Report
from umid_research.report.topics import WORKBOOK, page

# The findings in one line that are on the summary slide.
_IN_SHORT = ("differences", "survives", "documents", "spoken", "not_knowing")
# An entry in the list of reports: title and address.
_LINKED = re.compile(r"^- \[(.*)\]\((.*)\)$", re.MULTILINE)


def deck(report: Report) -> tuple[Slide, ...]:
    """Return the slides of a study's talk, 10 to 14 for a complete study."""
    return tuple(slide for make in _MAKERS for slide in make(report))


def _opening(report: Report) -> Iterator[Slide]:
    work = report.study.field_work
    texts = [
        report.name(report.study.title),
        report.name(work.conducted_by),
        report.text("slides.dates", start=work.start, end=work.end),
    ]
    title = report.text(f"title.{report.notebook}")
    yield Slide(
        "opening",
        title,
        literal(*texts),
        notes=notes_of(report, in_words(sentences.sample(report))),
    )


def _in_short(report: Report) -> Iterator[Slide]:
    """Yield the summary slide: the findings with their numbers, scores if there is space."""
    line = {key: in_a_line(report, key).markdown for key in _IN_SHORT}
    differences, views = brief_differences(report, most=1), sentences.view_gap_text(report)
    placeholders = sentences.brief_placeholders(report)
    # The sentence also covers differences between sides, which this slide does not show. So it is
    # used only if it is about differences between groups alone.
    only_groups = [by for by, _, _ in sentences.robustness_levels(report)] == ["group"]
    robust = line["survives"] if only_groups else ""
    findings = [
        sentences.brief_headline(report).markdown,
        _sentences(differences.markdown, robust) if line["differences"] else "",
        _sentences(line["documents"], placeholders.markdown) if line["documents"] else "",
        views.markdown,
        _sentences(line["spoken"]),
        _sentences(line["not_knowing"]),
    ]
    if not all(findings):
        findings.insert(1, sentences.group_scores_text(report).markdown)
    title = report.text("section.in_short.heading")
    texts = tuple(point(text) for text in findings if text)
    yield Slide(
        "in_short", title, texts, notes=notes_of(report, in_words(sentences.sample(report)))
    )


def _sentences(*texts: str) -> str:
    """Join the texts that are not empty, each with a full stop."""
    return " ".join(text if text.endswith(".") else f"{text}." for text in texts if text)


def _asked(report: Report) -> Iterator[Slide]:
    names = [report.dimension(key) for key in asked_of_all(report)]
    texts = [
        report.text("slides.asked.about", dimensions=report.text.listed(names)),
        report.text("slides.asked.score"),
        report.name(report.study.field_work.recruitment),
    ]
    yield Slide("asked", report.text("slides.asked.title"), literal(*texts), notes=notes_of(report))


def _differences(report: Report) -> Iterator[Slide]:
    findings = points(sentences.group_differences(report))
    if findings:
        yield Slide(
            "differences",
            title_of(report, "differences", report.text("section.differences.heading")),
            findings[:6],
            notes=notes_of(
                report, *map(plain, findings[6:]), report.text("table.differences.note")
            ),
        )


def _sure(report: Report) -> Iterator[Slide]:
    findings = points(sentences.robustness_text(report))
    title = title_of(report, "survives", report.text("section.survives.heading"))
    notes = notes_of(report, report.text("section.survives.why"))
    yield Slide("sure", title, findings[:5], notes=notes)


def _limits(report: Report) -> Iterator[Slide]:
    """Yield the slide on the limits of the study and where its full results are."""
    title = report.text("section.limits.heading")
    missing = sentences.missing_registers(report, "measures", "evidence", "meetings")
    limits = points(missing, sentences.limits(report))
    full = report.text("slides.more", page=page(report.notebook), workbook=WORKBOOK)
    reports = Prose(_LINKED.sub(r"- \1 (\2)", sentences.reports(report).markdown))
    others = map(plain, points(reports))
    notes = notes_of(report, report.text("section.more.heading") + ":", *others)
    yield Slide("limits", title, (*limits, *literal(full)), notes=notes)


_MAKERS = (
    *(_opening, _in_short, _asked, reached, headline, groups, _differences, supply_demand),
    *(documents, districts, themes, not_knowing, _sure, _limits),
)
