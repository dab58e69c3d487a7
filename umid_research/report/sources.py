"""The source of a statement: its tables, and their rows in the frame `published`.

    Source: Table 3 (published: scores_by_group)

The number is a link to the table, in this report or in another one. The name of the rows is a link
to their CSV file and is left out on paper.
"""

from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report
from umid_research.report.topics import Reference, link_to, relative_url, tables_named

_ANSWERS = "answers"
# Of a table in more parts, one per district, only the first and the last are named.
_MAX_PARTS = 12


def source(report: Report, *names: str) -> Prose:
    """Return the source line with those of the named tables that the study publishes; else "".

    The answers to one question have the name `answers-<question>`.
    """
    entries = [entry for name in names for entry in _entries(report, name)]
    if not entries:
        return Prose("")
    return Prose(f"[{report.text('source', tables='; '.join(entries))}]{{.source}}")


def table_link(report: Report, reference: Reference, *, question: str = "") -> str:
    """Return the number of a published table, or of its part on a question, as a link."""
    number, target = str(reference.number), link_to(report, reference)
    if question:
        number += f".{report.questionnaire.names.index(question) + 1}"
        target += f"-{question}"
    name = report.text("table.number", number=number).replace(" ", "\N{NO-BREAK SPACE}")
    return f"[{name}]({target})"


def _entries(report: Report, name: str) -> list[str]:
    """Return each table with its rows; for the answers to one question, the rows of everybody."""
    head, _, question = name.partition("-")
    name, question = (_ANSWERS, question) if head == _ANSWERS else (name, "")
    entries = []
    references = tables_named(report, name)
    if len(references) > _MAX_PARTS:
        first, last = (table_link(report, references[place]) for place in (0, -1))
        return [report.text("table.range", low=first, high=last)]
    for reference in references:
        rows = reference.rows[:1] if question else reference.rows
        text = plain(f"published: {', '.join(rows)}")
        link = table_link(report, reference, question=question)
        entries.append(f"{link} [([{text}]({relative_url(report, reference.file)}))]{{.frame}}")
    return entries
