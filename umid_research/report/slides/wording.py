"""Texts that all slides share: titles, plain points and the speaker's notes."""

from umid_research.report import texts as sentences
from umid_research.report.chart.figure import base
from umid_research.report.findings.headlines import in_a_line
from umid_research.report.prose import Prose
from umid_research.report.slides.fit import is_short
from umid_research.report.slides.slide import Point, plain, point, points
from umid_research.report.study_report import Report


def title_of(report: Report, finding: str, topic: str) -> str:
    """Return the finding in one line if there is one and it is short enough, else the topic."""
    line = plain(point(in_a_line(report, finding).markdown))
    return line if line and is_short(line) else topic


def literal(*texts: str) -> tuple[Point, ...]:
    """Return texts as points without interpreting markup."""
    return tuple(point(sentences.plain(text)) for text in texts)


def in_words(prose: Prose) -> str:
    """Return prose as plain text, for notes and alternative texts."""
    return " ".join(map(plain, points(prose)))


def notes_of(report: Report, *texts: str) -> tuple[str, ...]:
    """Return the speaker's notes: the texts, the sample size and the limit of the sample."""
    limit = in_words(sentences.sample_limit(report))
    closing = [report.text("slides.base", **base(report)), limit]
    return tuple(text for text in (*texts, *closing) if text)


def asked_of_all(report: Report) -> list[str]:
    """Return the dimensions asked of everybody: those with district scores or differences."""
    scored = set(report.rows("scores_by_district")["dimension"])
    scored |= set(report.rows("differences_by_group")["dimension"])
    return [key for key in report.study.dimensions if key in scored]
