"""Write parts of the report on activities as separate files to print, to edit and to send.

definitions   the reference sheet of every indicator, and the test's questions
proposals     a letter to each addressee about each district, with its list of proposals
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from umid_research.output.document import document_of
from umid_research.output.rendering import to_pdf
from umid_research.output.word import to_docx
from umid_research.report.activity_report import ActivityReport
from umid_research.report.indicators.definitions import table_definition, table_questions
from umid_research.report.names import addressee_name
from umid_research.report.proposals.table import letters_of, table_proposals_to
from umid_research.report.proposals.text import letter
from umid_research.report.prose import Prose, plain
from umid_research.report.table import Table


def write_annexes(report: ActivityReport, folder: Path) -> None:
    """Write the annexes for which the study has data, as PDF and DOCX, into their folder."""
    author = report.name(report.study.field_work.conducted_by)
    for name, parts in _annexes(report):
        document = document_of(report, name, parts)
        (folder / f"{name}.pdf").write_bytes(to_pdf(document))
        (folder / f"{name}.docx").write_bytes(to_docx(document, author=author))


def _annexes(report: ActivityReport) -> Iterator[tuple[str, Iterable[Prose | Table]]]:
    yield "definitions", _definitions(report)
    if len(report.frame("proposals")):
        yield "proposals", _proposals(report)


def _definitions(report: ActivityReport) -> Iterator[Prose | Table]:
    """Yield the reference sheets of the indicators by activity, then the test's questions."""
    for activity, names in report.definitions.activities.items():
        of_it = [
            key
            for key, sheet in report.definitions.indicators.items()
            if sheet.activity == activity
        ]
        if of_it:
            yield Prose(f"## {activity} {plain(report.name(names.name))}\n\n::: {{.close}}")
            yield from (table_definition(report, key) for key in of_it)
            yield Prose(":::")
    if report.definitions.questions:
        yield table_questions(report)


def _proposals(report: ActivityReport) -> Iterator[Prose | Table]:
    """Yield per addressee and district, on a new page, a letter and the list of proposals."""
    for place, (addressee, district) in enumerate(letters_of(report)):
        if place:
            yield Prose("::: {.new-page}\n:::")
        name = plain(addressee_name(report, addressee))
        withheld = report.text("activities.next.district_withheld")
        where = plain(report.district_name(district)) if district else withheld
        yield Prose(f"## {report.text('activities.annex.to', addressee=name)}. {where}")
        yield Prose(plain(report.text("activities.annex.sent")))
        yield letter(report, addressee, district)
        yield table_proposals_to(report, addressee, district)
