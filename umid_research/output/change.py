"""Write the report of change between two rounds: HTML, PDF, Word, and its numbers as CSV."""

from collections.abc import Iterator
from pathlib import Path

from umid_research.disclosure.rules.changes import PUBLISHED
from umid_research.frames import write_frames
from umid_research.output.document import Document, document_of
from umid_research.output.rendering import to_html, to_pdf
from umid_research.output.word import to_docx
from umid_research.report.change.change_report import ChangeReport
from umid_research.report.change.chart import plot_change
from umid_research.report.change.table import table_changes, table_items
from umid_research.report.change.text import basis_text, change_limits, change_text, leads_text
from umid_research.report.chart.figure import Figure
from umid_research.report.prose import Prose, finding, section
from umid_research.report.table import Table

NAME = "change"


def write_change(report: ChangeReport, folder: Path) -> Iterator[Path]:
    """Write the report in one language into the folder; yield the path of each file."""
    document = change_document(report)
    author = report.name(report.study.field_work.conducted_by)
    write_frames(folder, {PUBLISHED: report.changes}, report.study)
    yield folder / f"{PUBLISHED.name}.csv"
    made = {
        "html": to_html(document).encode(),
        "pdf": to_pdf(document),
        "docx": to_docx(document, author=author),
    }
    for ending, content in made.items():
        path = folder / f"{NAME}.{ending}"
        path.write_bytes(content)
        yield path


def change_document(report: ChangeReport) -> Document:
    """Return the document that all formats render."""
    return document_of(report, NAME, _parts(report))


def _parts(report: ChangeReport) -> Iterator[Prose | Table | Figure]:
    yield finding(change_text(report))
    yield basis_text(report)
    yield section(report, "change_by_group")
    for group in dict.fromkeys(report.changes["group"]):
        yield plot_change(report, group)
    yield leads_text(report)
    yield section(report, "change_numbers")
    yield table_changes(report)
    yield section(report, "change_items")
    if (report.items["state"] == "same").all():
        yield Prose(report.text("change.all_same", n=len(report.items)))
    else:
        yield table_items(report)
    yield section(report, "change_limits")
    yield change_limits(report)
