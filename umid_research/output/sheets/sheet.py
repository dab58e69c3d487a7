"""A published table as a sheet: title, heads, rows, units, notes and origin."""

from collections.abc import Iterator
from dataclasses import dataclass

from umid_research.output.sheets.formulas import cell_text
from umid_research.output.sheets.tidy import Value, tidy
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.topics import Reference, references, table_at


@dataclass(frozen=True)
class Sheet:
    """A table for the files; `units` describes its numbers, `origin` their source."""

    reference: Reference
    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    units: str
    notes: tuple[str, ...]
    origin: str


def sheets_of(report: Report) -> Iterator[Sheet]:
    """Yield a sheet for each published table, in the order of their numbers."""
    cut = report.text("sheets.cut")
    for reference in references(report).values():
        table = table_at(report, reference)
        head, rows = file_rows(report, table)
        yield Sheet(
            reference=reference,
            name=table.number,
            title=cell_text(table.title, cut),
            head=head,
            rows=rows,
            units=report.text(f"unit.{reference.unit}"),
            notes=tuple(cell_text(note, cut) for note in table.notes),
            origin=report.text("sheets.origin", tables=", ".join(reference.rows)),
        )


def file_rows(
    report: Report, table: Table
) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    """Return the heads and rows of a table for the files."""
    cut = report.text("sheets.cut")
    head, rows = tidy(table, report.text)
    return tuple(cell_text(text, cut) for text in head), tuple(
        tuple(cell_text(value, cut) if isinstance(value, str) else value for value in row)
        for row in rows
    )
