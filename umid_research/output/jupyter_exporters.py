"""Offer the reports' HTML and PDF to `jupyter nbconvert` and the export menu of JupyterLab."""

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from umid_research.output.document import read_notebook
from umid_research.output.rendering import to_html, to_pdf


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
        return to_html(read_notebook(nb, name=_name(resources))), resources


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
        return to_pdf(read_notebook(nb, name=_name(resources))), resources


def _name(nbconvert_resources: Any) -> str:
    return nbconvert_resources.get("metadata", {}).get("name") or "notebook"
