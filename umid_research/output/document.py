"""A document: the record of its study and a list of blocks, which all formats render.

    executed notebook ─┐
    annex, letter     ─┼─►  Document(record, blocks)  ─►  HTML, PDF, DOCX
    information page  ─┘

A block is text, a table or a figure. Only prose and results of a notebook become blocks: no code,
parameters or printed lines.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode

from umid_research.errors import ReportError
from umid_research.report.chart.figure import NARROW_TYPE, Figure
from umid_research.report.prose import Prose
from umid_research.report.study_report import RECORD_TYPE, Report
from umid_research.report.table import Table

REMOVED_CELLS = {"parameters", "injected-parameters", "remove-cell"}
SVG = "image/svg+xml"
RECORD_TEXTS = ("study", "title", "provenance", "language", "contents_title", "page_label")
_ANCHOR = re.compile(r'<table id="([A-Za-z0-9_.-]+)">')


@dataclass(frozen=True)
class Text:
    """Markdown with headings, boxes and links."""

    markdown: str


@dataclass(frozen=True)
class TableBlock:
    """A table as HTML with its notes; `anchor` is the target of links, "" for none."""

    html: str
    anchor: str = ""


@dataclass(frozen=True)
class FigureBlock:
    """A figure as SVG for paper and wide screens, and as SVG for phones if there is one."""

    svg: str
    narrow: str | None
    alt: str
    caption: str


Block = Text | TableBlock | FigureBlock


@dataclass(frozen=True)
class Document:
    """Something to render; `name` stands in error messages, `record` has title and language."""

    name: str
    record: Mapping[str, Any]
    blocks: tuple[Block, ...]


def document_of(report: Report, name: str, parts: Iterable[Prose | Table | Figure]) -> Document:
    """Return a document of such parts; its title is the catalogue's `title.<name>`."""
    blocks = map(_block, parts)
    return Document(name, {**report.record, "title": report.text(f"title.{name}")}, tuple(blocks))


def _block(part: Prose | Table | Figure) -> Block:
    if isinstance(part, Prose):
        return Text(part.markdown)
    if isinstance(part, Figure):
        return FigureBlock(part.svg, part.narrow, part.short or part.alt, part.caption)
    return _table(part._repr_html_())


def read_notebook(notebook: NotebookNode, *, name: str = "notebook") -> Document:
    """Return the prose and results of an executed notebook in their order.

    Raises
    ------
    ReportError
        If the notebook may not be published (see `record_of`), an output has no format that a
        report shows, or a figure is broken or has no alternative text.
    """
    record = record_of(notebook, name=name)
    remover = TagRemovePreprocessor(enabled=True, remove_cell_tags=REMOVED_CELLS)
    readable, _ = remover.preprocess(deepcopy(notebook), {})
    blocks: list[Block] = []
    for number, cell in enumerate(readable.cells, start=1):
        if cell.cell_type == "markdown":
            blocks.append(Text(cell.source))
        for output in cell.get("outputs", []):
            blocks += _blocks(output, number, name)
    return Document(name, record, tuple(blocks))


def record_of(notebook: NotebookNode, *, name: str = "notebook") -> dict[str, Any]:
    """Return the record of the report that the notebook's load cell wrote.

    Its keys are `study`, `title`, `subtitle`, `provenance`, `mark`, `language`, `district`,
    `contents_title` and `page_label`. Raise ReportError if there is no record, if an entry is
    missing, if a simulated study has no mark, or if a cell failed: a failed notebook is never
    published.
    """
    outputs = list(_outputs(notebook))
    for number, output in outputs:
        if output.output_type == "error":
            raise ReportError(f"cell {number} failed: {output.ename}: {output.evalue}", where=name)
    records = [o.data[RECORD_TYPE] for _, o in outputs if RECORD_TYPE in o.get("data", {})]
    if not records:
        raise ReportError(
            "no cell shows the record of its study; run the notebook first", where=name
        )
    record = records[0]
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


def _blocks(output: NotebookNode, cell: int, name: str) -> Iterator[Block]:
    """Yield an output in its richest supported format; skip printed lines and the record."""
    if output.output_type == "stream" or RECORD_TYPE in output.data:
        return
    data = output.data
    if SVG in data:
        yield _figure(data[SVG], data.get(NARROW_TYPE), output.metadata.get(SVG, {}), cell, name)
    elif "text/markdown" in data:
        metadata = output.metadata.get("text/markdown", {})
        yield Text(metadata.get("boxed", data["text/markdown"]))
    elif "<table" in data.get("text/html", ""):
        yield _table(data["text/html"])
    elif "text/plain" in data and len(data) == 1:
        yield Text("\\\n".join(map(escaped, data["text/plain"].splitlines())))
    else:
        raise ReportError(
            f"cell {cell} has an output that a report cannot show",
            where=name,
            found=", ".join(data),
            possible=[SVG, "text/markdown", "text/html with a table", "text/plain"],
        )


def _figure(
    svg: str, narrow: str | None, metadata: Mapping[str, str], cell: int, name: str
) -> FigureBlock:
    alt = " ".join(metadata.get("alt", "").split())
    if not alt:
        raise ReportError(f"the figure of cell {cell} has no alternative text", where=name)
    for drawing in filter(None, (svg, narrow)):
        try:
            ElementTree.fromstring(drawing)  # noqa: S314 -- drawn by our own cell, not received
        except ElementTree.ParseError as error:
            raise ReportError(f"the figure of cell {cell} is broken: {error}", where=name) from None
    return FigureBlock(svg, narrow, alt, " ".join(metadata.get("caption", "").split()))


def _table(html: str) -> TableBlock:
    anchor = _ANCHOR.search(html)
    return TableBlock(html, anchor.group(1) if anchor else "")


def escaped(text: str) -> str:
    """Escape all Markdown punctuation."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
