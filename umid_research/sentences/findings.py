"""What a reader must know who reads nothing else: a line per finding, numbered and labelled.

Each is brief, since the report has all of it below, and ends with the table it rests on.
"""

from collections.abc import Iterable

from umid_research.report import Report
from umid_research.sentences.differences import brief_differences
from umid_research.sentences.implementation import brief_documents, views_apart
from umid_research.sentences.meetings import most_spoken
from umid_research.sentences.prose import Prose, finding
from umid_research.sentences.quality import not_knowing
from umid_research.sentences.scores import levels
from umid_research.sentences.sources import source
from umid_research.sentences.study import headline


def findings(report: Report) -> Prose:
    """The findings of the study in one box; what a study does not have is left out or said."""
    items = [
        [
            f"1. **{report.text(f'findings.{key}')}**",
            prose.markdown,
            source(report, *rests_on).markdown,
        ]
        for key, prose, rests_on in _findings(report)
        if prose.markdown
    ]
    return finding(Prose("\n\n".join(" ".join(filter(None, item)) for item in items)))


def _findings(report: Report) -> Iterable[tuple[str, Prose, tuple[str, ...]]]:
    """Each with its label's key and the tables it rests on."""
    yield "headline", headline(report), (f"answers-{report.study.headline}",)
    yield "levels", levels(report), ("scores-by-group",)
    yield "differences", brief_differences(report), ("differences-by-group",)
    yield "documents", brief_documents(report), ("supply-demand",)
    yield "views", views_apart(report), ("supply-demand",)
    yield "spoken", most_spoken(report), ("themes-by-group", "proposals-by-group")
    yield "not_knowing", not_knowing(report), ("not-knowing",)
