"""The box of findings at the top of the study, for readers who read nothing else.

Each finding is one numbered line with a label, and ends with its source tables.
"""

from collections.abc import Iterable

from umid_research.report.differences.text import brief_differences
from umid_research.report.implementation.text import brief_documents, view_gap_text
from umid_research.report.meetings.text import frequent_themes_text
from umid_research.report.prose import Prose, finding
from umid_research.report.sample.quality import dont_know_text
from umid_research.report.sample.text import headline
from umid_research.report.scores.text import group_scores_text
from umid_research.report.sources import source
from umid_research.report.study_report import Report


def findings(report: Report) -> Prose:
    """Return the findings in one box; a finding without text is left out."""
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
    """Return each finding: the key of its label, its text, and its source tables."""
    yield "headline", headline(report), (f"answers-{report.study.headline}",)
    yield "levels", group_scores_text(report), ("scores-by-group",)
    yield "differences", brief_differences(report), ("differences-by-group",)
    yield "documents", brief_documents(report), ("supply-demand",)
    yield "views", view_gap_text(report), ("supply-demand",)
    yield "spoken", frequent_themes_text(report), ("themes-by-group", "proposals-by-group")
    yield "not_knowing", dont_know_text(report), ("not-knowing",)
