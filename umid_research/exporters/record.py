"""What an executed notebook says about the report it is, and whether it may become one."""

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from umid_research.errors import ReportError

RECORD_TYPE = "application/vnd.umid.record+json"
RECORD_TEXTS = ("study", "title", "provenance", "language", "contents_title", "page_label")


def record_of(notebook: NotebookNode, *, name: str = "notebook") -> dict[str, Any]:
    """What a report must know about its study, as its load cell left it.

    It holds `study`, `title`, `subtitle`, `provenance`, `mark`, `language`, `district`,
    `contents_title` and `page_label`, and stands under "umid" in the notebook's metadata or
    in a cell's output. Raises ReportError when there is none, when it lacks an entry, when a
    simulated study has no mark, and when a cell failed: a failed notebook is never published.
    """
    outputs = list(_outputs(notebook))
    for number, output in outputs:
        if output.output_type == "error":
            raise ReportError(f"cell {number} failed: {output.ename}: {output.evalue}", where=name)
    records = [o.data[RECORD_TYPE] for _, o in outputs if RECORD_TYPE in o.get("data", {})]
    record = notebook.metadata.get("umid") or (records[0] if records else None)
    if record is None:
        raise ReportError(
            "no cell shows the record of its study; was the notebook run?", where=name
        )
    lacking = [key for key in RECORD_TEXTS if not record.get(key)]
    if record.get("provenance") == "simulated" and not record.get("mark"):
        lacking.append("mark")
    if lacking:
        raise ReportError("the record of the study lacks entries", where=name, found=lacking)
    return dict(record)


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Every output with the number of its cell, from 1."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output
