"""The annexes of the study, and the technical parts of the other reports.

Each has a heading, a sentence that says why it matters, and a part that is folded on a web page and
printed in full on paper. A notebook displays them like any text or table.

    display(*annex.questionnaire(report))
"""

from collections.abc import Iterable

from umid_research.report.annex.disclosed import disclosed_items
from umid_research.report.annex.plan import departures, plan_paragraphs
from umid_research.report.annex.provenance import origins
from umid_research.report.annex.questionnaire import questions_asked
from umid_research.report.answers.table import table_answers, tables_of_answers
from umid_research.report.prose import Prose
from umid_research.report.sample.text import weighting
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.topics import published_tables, table

__all__ = [
    "answers",
    "cleaning",
    "comparisons",
    "disclosure",
    "opening",
    "plan",
    "provenance",
    "questionnaire",
    "runs",
]

Part = Prose | Table


def opening(report: Report) -> Prose:
    """Return the heading above the folded parts."""
    heading, why = (report.text(f"section.annexes.{name}") for name in ("heading", "why"))
    return Prose(f"## {heading}\n\n{why}")


def comparisons(report: Report) -> tuple[Part, ...]:
    """Return the tables of all comparisons, clear or not, and of the groups' means."""
    matched = ("differences-by-side", "differences-exploratory") if report.study.is_matched else ()
    names = ("differences-by-group", *matched, "scores-by-group")
    return _folded(report, "comparisons", [table(report, name) for name in names], level=2)


def runs(report: Report) -> tuple[Part, ...]:
    """Return the tables of robustness and reliability."""
    names = ("robustness", "reliability") if report.study.is_matched else ("reliability",)
    return _folded(report, "runs", [table(report, name) for name in names], level=2)


def questionnaire(report: Report) -> tuple[Part, ...]:
    """Return every question as it was asked, with its answers and its dimension."""
    return _folded(
        report, "questionnaire", questions_asked(report), n=len(report.questionnaire.names)
    )


def answers(report: Report) -> tuple[Part, ...]:
    """Return the tables of all published answers, question by question."""
    tables = tuple(tables_of_answers(report))
    numbers = published_tables(report, "numbers", "members")
    title = table_answers(report).title
    weighted = " ".join(weighting(report, any_percent=True))
    parts = (*tables, *numbers)
    return _folded(report, "answers", parts, n=len(tables), close=title, more=weighted)


def plan(report: Report) -> tuple[Part, ...]:
    """Return the analysis plan with the numbers of the study's design, and the departures."""
    return _folded(report, "plan", [*plan_paragraphs(report), *departures(report)])


def disclosure(report: Report) -> tuple[Part, ...]:
    """Return the items that the AAPOR Code asks a survey to disclose about its methods."""
    return _folded(report, "disclosure", disclosed_items(report))


def cleaning(report: Report) -> tuple[Part, ...]:
    """Return every rule that set aside, changed or flagged something, with its count."""
    names = ("intake", "reading", "set-aside", "issues")
    return _folded(report, "cleaning", [table(report, name) for name in names])


def provenance(report: Report) -> tuple[Part, ...]:
    """Return the inputs with their hashes, the software with its versions, and the commands."""
    return _folded(report, "provenance", origins(report))


def _folded(
    report: Report,
    key: str,
    parts: Iterable[Part],
    *,
    level: int = 3,
    close: str = "",
    more: str = "",
    **places: int,
) -> tuple[Part, ...]:
    """Return a heading with its reason, and the parts under a line that unfolds them.

    With `close`, tables with equal heads are printed on paper as one table with that caption.
    """
    heading, why = (report.text(f"annex.{key}.{name}") for name in ("heading", "why"))
    why = " ".join(filter(None, [why, more]))
    line = report.text(f"annex.{key}.open", **places)
    kind = f'.annex .close caption="{close}"' if close else ".annex"
    opened = f'::: {{#{key} {kind} title="{line}"}}\n\n'
    return (Prose(f"{'#' * level} {heading}\n\n{why}\n\n{opened}"), *parts, Prose(":::"))
