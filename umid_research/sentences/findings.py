"""What a reader must know who reads nothing else: a line per finding, numbered and labelled."""

from collections.abc import Iterable

from umid_research.report import Report
from umid_research.sentences.differences import brief_differences
from umid_research.sentences.implementation import documents, placeholders, views_apart
from umid_research.sentences.meetings import spoken
from umid_research.sentences.prose import Prose, finding
from umid_research.sentences.quality import not_knowing
from umid_research.sentences.scores import levels
from umid_research.sentences.study import headline


def findings(report: Report) -> Prose:
    """The findings of the study in one box; what a study does not have is left out or said."""
    told = ((report.text(f"findings.{key}"), prose) for key, prose in _findings(report))
    items = [f"1. **{label}** {prose.markdown}" for label, prose in told if prose.markdown]
    return finding(Prose("\n\n".join(items)))


def _findings(report: Report) -> Iterable[tuple[str, Prose]]:
    yield "headline", headline(report)
    yield "levels", levels(report)
    yield "differences", brief_differences(report)
    yield "documents", _after(documents(report), placeholders(report))
    yield "views", views_apart(report)
    yield "spoken", spoken(report)
    yield "not_knowing", not_knowing(report)


def _after(*prose: Prose) -> Prose:
    return Prose(" ".join(part.markdown for part in prose if part.markdown))
