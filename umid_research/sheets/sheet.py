"""One published table as a sheet: title, heads, rows, and what is said below them."""

from collections.abc import Iterator
from dataclasses import dataclass

from umid_research.references import Reference
from umid_research.report import Report
from umid_research.sheets.formulas import neutralise_formula
from umid_research.sheets.tidy import Value, tidy
from umid_research.tables import Table, published_tables


@dataclass(frozen=True)
class Sheet:
    """A table with inert text; `units` says what its numbers are, `origin` where they come from."""

    reference: Reference
    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    units: str
    notes: tuple[str, ...]
    origin: str


def sheets_of(report: Report) -> Iterator[Sheet]:
    """A sheet for each published table, in the order of their numbers."""
    cut = report.text("sheets.cut")
    for reference, table in published_tables(report):
        head, rows = inert_rows(report, table)
        yield Sheet(
            reference=reference,
            name=table.number,
            title=neutralise_formula(table.title, cut),
            head=head,
            rows=rows,
            units=report.text(f"unit.{reference.unit}"),
            notes=tuple(neutralise_formula(note, cut) for note in table.notes),
            origin=report.text("sheets.origin", tables=", ".join(reference.tables)),
        )


def inert_rows(
    report: Report, table: Table
) -> tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]:
    """Heads and rows of a table as files hold them, each text inert."""
    cut = report.text("sheets.cut")
    head, rows = tidy(table, report.text)
    return tuple(neutralise_formula(text, cut) for text in head), tuple(
        tuple(neutralise_formula(value, cut) if isinstance(value, str) else value for value in row)
        for row in rows
    )
