"""List the tables, their columns, and the labels of machine names, as tables for the files.

contents     number, title, units, notes, page, origin and file of every table
dictionary   every column of every table: what it holds and what its numbers mean
codes        the label of every machine name, and the meaning of every status
notes        every note once, with the tables that it belongs to
"""

from collections.abc import Iterable, Sequence

from umid_research.output.sheets.formulas import cell_text
from umid_research.output.sheets.keys import KINDS, REASON
from umid_research.output.sheets.sheet import Sheet
from umid_research.output.sheets.tidy import STATUS, STATUSES, Value
from umid_research.report.study_report import Report

Listing = tuple[list[str], list[list[Value]]]


def contents(report: Report, sheets: Sequence[Sheet]) -> Listing:
    """Return heads and rows of the list of tables."""
    nothing = report.text("table.none")
    rows: list[list[Value]] = [
        [
            sheet.reference.number,
            sheet.title,
            sheet.units,
            cell_text(" ".join(sheet.notes), report.text("sheets.cut")) or nothing,
            address(sheet),
            sheet.origin,
            sheet.reference.file,
        ]
        for sheet in sheets
    ]
    return _heads(report, "number", "title", "units", "notes", "page", "origin", "file"), rows


def dictionary(report: Report, sheets: Sequence[Sheet]) -> Listing:
    """Return heads and rows of the list of columns."""
    kinds = {kind: report.text(f"sheets.column.{kind}") for kind in ("text", "number", "key")}
    meanings = {kind: report.text(f"sheets.meaning.{kind}") for kind in ("text", "key", STATUS)}
    rows: list[list[Value]] = [
        [
            sheet.name,
            column.head,
            kinds.get(column.kind, STATUS),
            meanings.get(column.kind, sheet.units),
        ]
        for sheet in sheets
        for column in sheet.columns
    ]
    return _heads(report, "table", "column", "holds", "meaning"), rows


def codes(report: Report, sheets: Sequence[Sheet]) -> Listing:
    """Return heads and rows of the labels of machine names: statuses first, then by kind.

    The codes of answers have other labels in other questions; their labels stand beside them.
    """
    cut = report.text("sheets.cut")
    found = {(key.kind, key.name): key.label for sheet in sheets for key in sheet.keys}
    rows: list[list[Value]] = [
        [STATUS, name, report.text(f"sheets.status.{name}")] for name in STATUSES
    ]
    for kind in (REASON, *(kind for kind in KINDS if kind != "answer")):
        rows += [
            [STATUS if kind == REASON else f"{kind}_key", name, cell_text(label, cut)]
            for (of_kind, name), label in found.items()
            if of_kind == kind
        ]
    return _heads(report, "column", "code", "label"), rows


def notes(report: Report, sheets: Sequence[Sheet]) -> Listing:
    """Return heads and rows of the numbered notes."""
    rows: list[list[Value]] = [
        [number, note, ", ".join(sheet.reference.number for sheet in sheets if note in sheet.notes)]
        for note, number in numbered_notes(sheets).items()
    ]
    return _heads(report, "note", "text", "tables"), rows


def numbered_notes(sheets: Iterable[Sheet]) -> dict[str, int]:
    """Return every note once with its number, in the order of the sheets."""
    every = dict.fromkeys(note for sheet in sheets for note in sheet.notes)
    return {note: number for number, note in enumerate(every, start=1)}


def address(sheet: Sheet) -> str:
    """Return the address of the table in the reports, relative to the language's folder."""
    return f"{sheet.reference.page}#{sheet.reference.anchor}"


def _heads(report: Report, *names: str) -> list[str]:
    return [report.text(f"sheets.head.{name}") for name in names]
