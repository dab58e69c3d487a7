"""Read the record of an executed notebook and check that it may be published."""

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from umid_research.errors import ReportError

RECORD_TYPE = "application/vnd.umid.record+json"
RECORD_TEXTS = ("study", "title", "provenance", "language", "contents_title", "page_label")


def record_of(notebook: NotebookNode, *, name: str = "notebook") -> dict[str, Any]:
    """Return the record of the report that the notebook's load cell wrote.

    Its keys are `study`, `title`, `subtitle`, `provenance`, `mark`, `language`, `district`,
    `contents_title` and `page_label`. It is under "umid" in the notebook's metadata or in the
    output of a cell. Raise ReportError if there is no record, if an entry is missing, if a
    simulated study has no mark, or if a cell failed: a failed notebook is never published.
    """
    outputs = list(_outputs(notebook))
    for number, output in outputs:
        if output.output_type == "error":
            raise ReportError(f"cell {number} failed: {output.ename}: {output.evalue}", where=name)
    records = [o.data[RECORD_TYPE] for _, o in outputs if RECORD_TYPE in o.get("data", {})]
    record = notebook.metadata.get("umid") or (records[0] if records else None)
    if record is None:
        raise ReportError(
            "no cell shows the record of its study; run the notebook first", where=name
        )
    missing = [key for key in RECORD_TEXTS if not record.get(key)]
    if record.get("provenance") == "simulated" and not record.get("mark"):
        missing.append("mark")
    if missing:
        raise ReportError("the record of the study has missing entries", where=name, found=missing)
    return dict(record)


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Yield every output with the number of its cell, from 1."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output
