"""What slides have in common: a title that says the finding, plain points, the speaker's notes."""

from umid_research import sentences
from umid_research.figures.figure import base
from umid_research.report import Report
from umid_research.sentences import Prose, in_a_line
from umid_research.slides.fit import is_short
from umid_research.slides.slide import Point, plain, point, points


def title_of(report: Report, finding: str, topic: str) -> str:
    """The finding in a line where it may be said and can be read from afar, else the topic."""
    said = plain(point(in_a_line(report, finding).markdown))
    return said if said and is_short(said) else topic


def literal(*texts: str) -> tuple[Point, ...]:
    """Points of plain words, in which nothing is markup."""
    return tuple(point(sentences.plain(text)) for text in texts)


def in_words(prose: Prose) -> str:
    """All of the prose as plain words, for notes and alternative texts."""
    return " ".join(map(plain, points(prose)))


def notes_of(report: Report, *texts: str) -> tuple[str, ...]:
    """What the speaker says besides: the words, the base, and what nobody may conclude."""
    said = in_words(sentences.sample_limit(report))
    closing = [report.text("slides.base", **base(report)), said]
    return tuple(text for text in (*texts, *closing) if text)


def asked_of_all(report: Report) -> list[str]:
    """The dimensions that everybody was asked about: those with district scores or in contrasts."""
    scored = set(report.rows("scores_by_district")["dimension"])
    scored |= set(report.rows("differences_by_group")["dimension"])
    return [key for key in report.study.dimensions if key in scored]
