"""A published table as a sheet: title, columns, units, notes and origin."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from umid_research.output.sheets.formulas import cell_text
from umid_research.output.sheets.keys import Key, with_keys
from umid_research.output.sheets.tidy import Column, Value, tidy
from umid_research.report.chart.figure import WITHHELD
from umid_research.report.study_report import Report
from umid_research.report.table import Table
from umid_research.report.topics import PAGES, Reference, references, table_at


@dataclass(frozen=True)
class Sheet:
    """A table for the files.

    `units` describes its numbers, `origin` their source; `keys` are the things that it names.
    """

    reference: Reference
    name: str
    title: str
    columns: tuple[Column, ...]
    units: str
    notes: tuple[str, ...]
    origin: str
    keys: tuple[Key, ...]

    @property
    def head(self) -> tuple[str, ...]:
        """Return the heads of the columns."""
        return tuple(column.head for column in self.columns)

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """Return the rows; a number that is not there is None."""
        return rows_of(self.columns)


def sheets_of(report: Report) -> Iterator[Sheet]:
    """Yield a sheet for each published table, the most important reports first."""
    cut, marked = report.text("sheets.cut"), with_keys(report)
    order = list(PAGES)
    known = sorted(references(report).values(), key=lambda one: order.index(one.notebooks[0]))
    for reference in known:
        table = table_at(report, reference)
        columns, keys = file_columns(report, table, table_at(marked, reference))
        yield Sheet(
            reference=reference,
            name=table.number,
            title=cell_text(table.title, cut),
            columns=columns,
            units=report.text(f"unit.{reference.unit}"),
            # the note on the mark of withheld cells is left out: a status says it here
            notes=tuple(cell_text(n, cut) for n in table.notes if not n.startswith(WITHHELD)),
            origin=report.text("sheets.origin", tables=", ".join(reference.rows)),
            keys=keys,
        )


def file_columns(
    report: Report, table: Table, marked: Table | None = None
) -> tuple[tuple[Column, ...], tuple[Key, ...]]:
    """Return the columns of a table for the files, and what it names; see `tidy`."""
    cut = report.text("sheets.cut")
    columns, keys = tidy(table, report.text, marked)
    safe = (
        replace(
            column,
            head=cell_text(column.head, cut),
            values=tuple(
                cell_text(value, cut) if isinstance(value, str) else value
                for value in column.values
            ),
        )
        for column in columns
    )
    return tuple(safe), keys


def rows_of(columns: tuple[Column, ...]) -> tuple[tuple[Value, ...], ...]:
    """Return the rows of columns."""
    return tuple(zip(*(column.values for column in columns), strict=True))
