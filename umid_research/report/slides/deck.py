"""Make the slides of a talk: the answer, what it rests on, what could be done, the limits.

There is no slide on data that the study does not have, such as evidence or meetings; the slide of
limits says so. Every number is also in the reports. A title is the finding in one line if there is
one that may be stated, else the topic.
"""

import re
from collections.abc import Iterator

from umid_research.report import texts as sentences
from umid_research.report.prose import Prose
from umid_research.report.slides.in_figures import (
    declared_findings,
    differences,
    documents,
    headline,
    in_short,
    people,
)
from umid_research.report.slides.in_tables import asked, reached
from umid_research.report.slides.slide import Slide, plain, points
from umid_research.report.slides.wording import in_words, literal, notes_of
from umid_research.report.study_report import Report
from umid_research.report.topics import WORKBOOK, page

# An entry in the list of reports: title and address.
_LINKED = re.compile(r"^- \[(.*)\]\((.*)\)$", re.MULTILINE)


def deck(report: Report) -> tuple[Slide, ...]:
    """Return the slides of a study's talk, ten for a complete study."""
    return tuple(slide for make in _MAKERS for slide in make(report))


def _opening(report: Report) -> Iterator[Slide]:
    study = report.study
    texts = [report.name(study.title), report.name(study.field_work.conducted_by)]
    if study.publication.date:
        texts.append(report.text.date(study.publication.date))
    title = report.title(report.notebook)
    notes = notes_of(report, in_words(sentences.cover(report)))
    yield Slide("opening", title, literal(*texts), notes=notes)


def _limits(report: Report) -> Iterator[Slide]:
    """Yield the slide on the limits of the study, the contact and where its full results are."""
    title = report.text("section.limits.heading")
    missing = sentences.missing_registers(report, "measures", "evidence", "meetings")
    limits = points(missing, sentences.limits(report))
    contact = report.study.information.contact.get(report.language, ())
    full = report.text("slides.more", page=page(report.notebook), workbook=WORKBOOK)
    reports = Prose(_LINKED.sub(r"- \1 (\2)", sentences.reports(report).markdown))
    others = map(plain, points(reports))
    notes = notes_of(report, report.text("section.more.heading") + ":", *others)
    said = [full, *([", ".join(contact)] if contact else [])]
    yield Slide("limits", title, (*limits, *literal(*said)), notes=notes)


_MAKERS = (
    *(_opening, in_short, reached, people, documents, headline, declared_findings),
    *(differences, asked, _limits),
)
