"""Where the numbers of a statement stand: its tables, and their rows in the frame `published`.

    Source: Table 3 (published: scores_by_group)

The number leads to the table, in the report or in one beside it; the rows lead to their file, and
are left out on paper.
"""

from umid_research.references import Reference, link_to, relative_url, tables_named
from umid_research.report import Report
from umid_research.sentences.prose import Prose, plain

_ANSWERS = "answers"


def source(report: Report, *names: str) -> Prose:
    """The tables that a statement rests on, as far as the study publishes them.

    The answers to one question are called `answers-` and its name, as their table is.
    """
    told = [entry for name in names for entry in _entries(report, name)]
    if not told:
        return Prose("")
    return Prose(f"[{report.text('source', tables='; '.join(told))}]{{.source}}")


def table_link(report: Report, reference: Reference, *, question: str = "") -> str:
    """The number of a published table, or of its part on a question, leading to it."""
    number, way = str(reference.number), link_to(report, reference)
    if question:
        number += f".{report.questionnaire.names.index(question) + 1}"
        way += f"-{question}"
    name = report.text("table.number", number=number).replace(" ", "\N{NO-BREAK SPACE}")
    return f"[{name}]({way})"


def _entries(report: Report, name: str) -> list[str]:
    """Each table with the rows it is made of; of one question's answers, those of everybody."""
    head, _, question = name.partition("-")
    name, question = (_ANSWERS, question) if head == _ANSWERS else (name, "")
    entries = []
    for reference in tables_named(report, name):
        rows = reference.tables[:1] if question else reference.tables
        told = plain(f"published: {', '.join(rows)}")
        link = table_link(report, reference, question=question)
        entries.append(f"{link} [([{told}]({relative_url(report, reference.file)}))]{{.frame}}")
    return entries
