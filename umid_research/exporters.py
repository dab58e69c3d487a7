"""Executed notebook -> what people read: one HTML file, or a tagged PDF.

    notebook ─► readable cells ─► one Markdown text ─► pandoc ─► HTML
                                  figures, tables      └─ Typst ─► PDF/UA-1

Only prose and results are shown: no code, no parameters, no printed lines. Figures and tables
reach pandoc as files beside the text, and Markdown may hold no HTML, so that words of a
respondent stay words. `templates/report.lua` turns both into accessible elements of each format.

`to_html` and `to_pdf` do the work; the exporter classes offer them to `jupyter nbconvert` and
to JupyterLab's export menu.
"""

import base64
import io
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypandoc
import typst
from fontTools import subset
from fontTools.ttLib import TTFont
from nbconvert.exporters import Exporter
from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode

from umid_research.errors import ReportError

RECORD_TYPE = "application/vnd.umid.record+json"
RECORD_TEXTS = ("study", "title", "provenance", "language", "contents_title", "page_label")
REMOVED_CELLS = {"parameters", "injected-parameters", "remove-cell"}
EPOCH = 1646179200  # 2 March 2022; a file says this date unless SOURCE_DATE_EPOCH says another

SVG = "image/svg+xml"
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
LINK_NAMESPACE = "http://www.w3.org/1999/xlink"
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TEMPLATES = resources.files(__package__) / "templates"
FONTS = resources.files("fontpkg_fira_sans") / "files"

# Jupyter's dialect of Markdown plus footnotes, boxes and formulas; nothing that can carry markup
# of another language, or read structure into a line of dashes.
MARKDOWN = (
    "markdown+lists_without_preceding_blankline"
    "-blank_before_header-blank_before_blockquote-implicit_figures-fancy_lists-example_lists"
    "-citations-smart-latex_macros-raw_html-raw_tex-raw_attribute-native_divs-native_spans"
    "-markdown_in_html_blocks-yaml_metadata_block-pandoc_title_block"
    "-simple_tables-multiline_tables-grid_tables"
)


class HTMLReportExporter(Exporter):
    """The report as one HTML file: `jupyter nbconvert --to umid-html`."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **_: Any
    ) -> tuple[str, Any]:
        """The report's HTML, and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources)
        return to_html(nb, name=_name(resources)), resources


class PDFReportExporter(Exporter):
    """The report as a tagged PDF: `jupyter nbconvert --to umid-pdf`."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **_: Any
    ) -> tuple[bytes, Any]:
        """The report's PDF, and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources)
        return to_pdf(nb, name=_name(resources)), resources


def to_html(notebook: NotebookNode, *, name: str = "notebook") -> str:
    """One HTML page that loads nothing, in the language and under the title of its record.

    Raises ReportError, naming the notebook as `name`, when it failed or cannot be published.
    """
    with tempfile.TemporaryDirectory(prefix="umid-html-") as folder:
        style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        Path(folder, "style.html").write_text(
            f"<style>\n{_font_faces()}{style}</style>\n", encoding="utf-8"
        )
        options = ["--mathml", "--toc", "--toc-depth=3", "--include-in-header=style.html"]
        return _pandoc(notebook, "html5", "report.html", options, Path(folder), name)


def to_pdf(notebook: NotebookNode, *, name: str = "notebook") -> bytes:
    """An A4 PDF/UA-1 in the language and under the title of its record; equal input, equal bytes.

    Raises ReportError, naming the notebook as `name`, when it failed or cannot be published.
    """
    with tempfile.TemporaryDirectory(prefix="umid-pdf-") as folder:
        source = Path(folder, "report.typ")
        text = _pandoc(notebook, "typst-smart", "report.typ", [], Path(folder), name)
        source.write_text(text, encoding="utf-8")
        with resources.as_file(FONTS) as fonts:
            try:
                return typst.compile(
                    str(source),
                    root=folder,
                    font_paths=[str(fonts)],
                    ignore_system_fonts=True,
                    format="pdf",
                    pdf_standards=["ua-1"],
                    timestamp=int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)),
                )
            except typst.TypstError as error:
                raise ReportError(
                    f"the PDF cannot be made: {str(error).strip()}", where=name
                ) from None


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


def _name(nbconvert_resources: Any) -> str:
    return nbconvert_resources.get("metadata", {}).get("name") or "notebook"


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Every output with the number of its cell, from 1."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output


# --- notebook -> Markdown ------------------------------------------------------------------------


@dataclass
class _Draft:
    """Markdown, and the files it shows: name -> content."""

    name: str
    parts: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, output: NotebookNode, cell: int) -> None:
        """Adds the richest form of an output that a reader can be shown."""
        if output.output_type == "stream" or RECORD_TYPE in output.data:
            return
        data = output.data
        if SVG in data:
            self._add_figure(data[SVG], output.metadata.get(SVG, {}), cell)
        elif "text/markdown" in data:
            self.parts.append(data["text/markdown"])
        elif "<table" in data.get("text/html", ""):
            file = self._kept("table", "html", data["text/html"])
            self.parts.append(f"::: {{.umid-table file={file}}}\n:::")
        elif "text/plain" in data and len(data) == 1:
            self.parts.append("\\\n".join(map(_escaped, data["text/plain"].splitlines())))
        else:
            raise ReportError(
                f"cell {cell} shows something a report cannot hold",
                where=self.name,
                found=", ".join(data),
                possible=[SVG, "text/markdown", "text/html with a table", "text/plain"],
            )

    def _add_figure(self, svg: str, told: dict[str, str], cell: int) -> None:
        alt = " ".join(told.get("alt", "").split())
        if not alt:
            raise ReportError(f"the figure of cell {cell} has no alternative text", where=self.name)
        number = sum(file.startswith("figure") for file in self.files) + 1
        try:
            drawing = _drawing(svg, alt, prefix=f"figure-{number}-")
        except ElementTree.ParseError as error:
            raise ReportError(
                f"the figure of cell {cell} is broken: {error}", where=self.name
            ) from None
        file = self._kept("figure", "svg", drawing)
        caption = _escaped(" ".join(told.get("caption", "").split()))
        self.parts.append(f'::: {{.umid-figure file={file} alt="{_escaped(alt)}"}}\n{caption}\n:::')

    def _kept(self, kind: str, ending: str, content: str) -> str:
        number = sum(file.startswith(kind) for file in self.files) + 1
        file = f"{kind}-{number}.{ending}"
        self.files[file] = content
        return file


def _draft(notebook: NotebookNode, name: str) -> _Draft:
    """The prose and results a reader sees, in the notebook's order."""
    remover = TagRemovePreprocessor(enabled=True, remove_cell_tags=REMOVED_CELLS)
    readable, _ = remover.preprocess(deepcopy(notebook), {})
    draft = _Draft(name)
    for number, cell in enumerate(readable.cells, start=1):
        if cell.cell_type == "markdown":
            draft.parts.append(cell.source)
        for output in cell.get("outputs", []):
            draft.add(output, number)
    return draft


def _escaped(text: str) -> str:
    """Text whose every sign stands for itself in Markdown."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def _legible(text: str) -> str:
    """Text in which control signs, and those that turn the direction of writing, are visible."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _drawing(svg: str, alt: str, *, prefix: str) -> str:
    """The SVG as an image with a name, without size, metadata or ids that another figure has."""
    ElementTree.register_namespace("", SVG_NAMESPACE)
    ElementTree.register_namespace("xlink", LINK_NAMESPACE)
    root = ElementTree.fromstring(svg)  # noqa: S314 -- drawn by our own cell, not received
    for metadata in root.findall(f"{{{SVG_NAMESPACE}}}metadata"):
        root.remove(metadata)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, prefix + value)
            elif key.endswith("href") and value.startswith("#"):
                element.set(key, f"#{prefix}{value[1:]}")
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{prefix}"))
        if element.tag.endswith("}style") and element.text:
            # matplotlib's rule for `*` would reach every element of the page
            element.text = element.text.replace("*{", "svg *{")
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    return ElementTree.tostring(root, encoding="unicode")


# --- Markdown -> HTML, Typst ---------------------------------------------------------------------


def _pandoc(
    notebook: NotebookNode,
    target: str,
    template: str,
    options: list[str],
    folder: Path,
    name: str,
) -> str:
    """The notebook's report in pandoc's format `target`; figures and tables lie in `folder`."""
    record = record_of(notebook, name=name)
    draft = _draft(notebook, name)
    for file, content in draft.files.items():
        (folder / file).write_text(_legible(content), encoding="utf-8")
    told = {
        "lang": record["language"],
        "title": record["title"],
        "subtitle": record.get("subtitle"),
        "mark": record.get("mark"),
        "contents-title": record["contents_title"],
        "page-label": record["page_label"],
        "skip-label": record.get("skip_label"),
    }
    with resources.as_file(TEMPLATES) as templates:
        command = [
            pypandoc.get_pandoc_path(),
            f"--from={MARKDOWN}",
            f"--to={target}",
            f"--template={templates / template}",
            f"--lua-filter={templates / 'report.lua'}",
            "--fail-if-warnings",
            "--wrap=none",
            "--columns=10000",  # pipe tables of any length keep their natural widths
            *(f"--metadata={key}={value}" for key, value in told.items() if value),
            *options,
        ]
        done = subprocess.run(
            command,
            input=_legible("\n\n".join(draft.parts)).encode(),
            cwd=folder,
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise ReportError(f"the report cannot be made: {_complaint(done.stderr)}", where=name)
    return done.stdout.decode()


def _complaint(stderr: bytes) -> str:
    """What pandoc or our filter complains about, without their traces."""
    lines = stderr.decode(errors="replace").split("stack traceback:")[0].splitlines()
    told = [line.strip() for line in lines if line.strip() and "Error running filter" not in line]
    return re.sub(r"^\S*report\.lua:\d+: ", "", " ".join(told)) or "pandoc gave no reason"


# --- the page's typeface -------------------------------------------------------------------------

# Latin with Azerbaijani, Cyrillic, and the signs our texts use.
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x18F, 0x259),
    *range(0x400, 0x460),
    *range(0x2010, 0x2023),
    *map(ord, "…‰′‹›₼№←→−×≈≠≤≥"),
)
CUTS = {"Regular": 400, "SemiBold": 600}


@lru_cache(maxsize=1)
def _font_faces() -> str:
    """CSS that carries the typeface of text and figures in the page itself."""
    return "".join(
        f'@font-face{{font-family:"Fira Sans";font-weight:{weight};font-display:swap;'
        f"src:url(data:font/woff;base64,{_subset(cut)})}}\n"
        for cut, weight in CUTS.items()
    )


def _subset(cut: str) -> str:
    """The letters we use of one cut, as WOFF in base 64."""
    options = subset.Options(layout_features=["tnum"], hinting=False, name_IDs=[])
    with resources.as_file(FONTS / f"FiraSans-{cut}.ttf") as path:
        font = TTFont(path, lazy=True, recalcTimestamp=False)
        del font["GPOS"]  # kerning takes nine tenths of the time and a third of the bytes
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=LETTERS)
        subsetter.subset(font)
        written = io.BytesIO()
        font.flavor = "woff"
        font.save(written)
    return base64.b64encode(written.getvalue()).decode()
