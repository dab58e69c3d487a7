"""Export an executed notebook as one HTML file or as a tagged PDF.

    notebook ─► readable cells ─► one Markdown text ─► pandoc ─► HTML
                                  figures, tables      └─ Typst ─► PDF/UA-1

Only prose and results are exported: no code, parameters or printed lines. Pandoc reads figures and
tables from separate files, and HTML in Markdown is disabled, so that a respondent's words cannot
become markup. `templates/report.lua` makes figures and tables accessible in each format.

`to_html` and `to_pdf` do the work. The exporter classes make them available to `jupyter nbconvert`
and in the export menu of JupyterLab.
"""

import re
import subprocess
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import pypandoc
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from umid_research.errors import ReportError
from umid_research.output.exporters.draft import SVG, make_draft
from umid_research.output.exporters.record import RECORD_TYPE, record_of
from umid_research.output.typeface import font_faces
from umid_research.output.typesetting import TEMPLATES, typeset
from umid_research.report.text_safety import without_control_characters

__all__ = [
    "RECORD_TYPE",
    "SVG",
    "HTMLReportExporter",
    "PDFReportExporter",
    "record_of",
    "to_html",
    "to_pdf",
]

# Jupyter's Markdown plus footnotes, boxes and formulas. Extensions that accept raw HTML or TeX are
# off, and so are those that read a table into lines of dashes.
MARKDOWN = (
    "markdown+lists_without_preceding_blankline"
    "-blank_before_header-blank_before_blockquote-implicit_figures-fancy_lists-example_lists"
    "-citations-smart-latex_macros-raw_html-raw_tex-raw_attribute-native_divs-native_spans"
    "-markdown_in_html_blocks-yaml_metadata_block-pandoc_title_block"
    "-simple_tables-multiline_tables-grid_tables"
)


class HTMLReportExporter(Exporter):
    """Export the report as one HTML file: `jupyter nbconvert --to umid-html`."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **_: Any
    ) -> tuple[str, Any]:
        """Return the report's HTML and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources)
        return to_html(nb, name=_name(resources)), resources


class PDFReportExporter(Exporter):
    """Export the report as a tagged PDF: `jupyter nbconvert --to umid-pdf`."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **_: Any
    ) -> tuple[bytes, Any]:
        """Return the report's PDF and nbconvert's resources."""
        nb, resources = super().from_notebook_node(nb, resources)
        return to_pdf(nb, name=_name(resources)), resources


def to_html(notebook: NotebookNode, *, name: str = "notebook") -> str:
    """Return one HTML page that loads no other file, with the language and title of its record.

    Raise ReportError with the notebook's `name` if a cell failed or it cannot be published.
    """
    with tempfile.TemporaryDirectory(prefix="umid-html-") as folder:
        style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        Path(folder, "style.html").write_text(
            f"<style>\n{font_faces()}{style}</style>\n", encoding="utf-8"
        )
        options = ["--mathml", "--toc", "--toc-depth=3", "--include-in-header=style.html"]
        return _pandoc(notebook, "html5", "report.html", options, Path(folder), name)


def to_pdf(notebook: NotebookNode, *, name: str = "notebook") -> bytes:
    """Return an A4 PDF/UA-1 with the language and title of its record.

    Equal input gives equal bytes. Raise ReportError with the notebook's `name` if a cell failed or
    it cannot be published.
    """
    with tempfile.TemporaryDirectory(prefix="umid-pdf-") as folder:
        source = Path(folder, "report.typ")
        text = _pandoc(notebook, "typst-smart", "report.typ", [], Path(folder), name)
        source.write_text(text, encoding="utf-8")
        return typeset(source, name=name)


def _name(nbconvert_resources: Any) -> str:
    return nbconvert_resources.get("metadata", {}).get("name") or "notebook"


def _pandoc(
    notebook: NotebookNode,
    target: str,
    template: str,
    options: list[str],
    folder: Path,
    name: str,
) -> str:
    """Convert the notebook to pandoc's format `target`; write figures and tables to `folder`."""
    record = record_of(notebook, name=name)
    draft = make_draft(notebook, name)
    for file, content in draft.files.items():
        (folder / file).write_text(without_control_characters(content), encoding="utf-8")
    metadata = {
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
            *(f"--metadata={key}={value}" for key, value in metadata.items() if value),
            *options,
        ]
        done = subprocess.run(
            command,
            input=without_control_characters("\n\n".join(draft.parts)).encode(),
            cwd=folder,
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise ReportError(f"the report cannot be made: {_error_message(done.stderr)}", where=name)
    return done.stdout.decode()


def _error_message(stderr: bytes) -> str:
    """Return the error message of pandoc or of our filter, without stack traces."""
    lines = stderr.decode(errors="replace").split("stack traceback:")[0].splitlines()
    messages = [
        line.strip() for line in lines if line.strip() and "Error running filter" not in line
    ]
    return re.sub(r"^\S*report\.lua:\d+: ", "", " ".join(messages)) or "pandoc gave no reason"
