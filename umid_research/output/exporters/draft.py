"""Convert an executed notebook to Markdown, with its figures and tables as files."""

import re
from copy import deepcopy
from dataclasses import dataclass, field
from xml.etree import ElementTree

from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode

from umid_research.errors import ReportError
from umid_research.output.exporters.record import RECORD_TYPE
from umid_research.report.chart.figure import NARROW_TYPE

REMOVED_CELLS = {"parameters", "injected-parameters", "remove-cell"}
SVG = "image/svg+xml"
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
LINK_NAMESPACE = "http://www.w3.org/1999/xlink"
ANCHOR = re.compile(r'<table id="([A-Za-z0-9_.-]+)">')


@dataclass
class Draft:
    """Markdown parts, and the files that they refer to: name -> content."""

    name: str
    parts: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, output: NotebookNode, cell: int) -> None:
        """Add an output in its richest supported format; skip printed lines and the record."""
        if output.output_type == "stream" or RECORD_TYPE in output.data:
            return
        data = output.data
        if SVG in data:
            self._add_figure(data[SVG], data.get(NARROW_TYPE), output.metadata.get(SVG, {}), cell)
        elif "text/markdown" in data:
            metadata = output.metadata.get("text/markdown", {})
            self.parts.append(metadata.get("boxed", data["text/markdown"]))
        elif "<table" in data.get("text/html", ""):
            file = self._kept("table", "html", data["text/html"])
            anchor = ANCHOR.search(data["text/html"])
            name = f"#{anchor.group(1)} " if anchor else ""
            self.parts.append(f"::: {{{name}.umid-table file={file}}}\n:::")
        elif "text/plain" in data and len(data) == 1:
            self.parts.append("\\\n".join(map(_escaped, data["text/plain"].splitlines())))
        else:
            raise ReportError(
                f"cell {cell} has an output that a report cannot show",
                where=self.name,
                found=", ".join(data),
                possible=[SVG, "text/markdown", "text/html with a table", "text/plain"],
            )

    def _add_figure(
        self, svg: str, narrow: str | None, metadata: dict[str, str], cell: int
    ) -> None:
        """Add a drawing and its version for narrow screens, if there is one."""
        alt = " ".join(metadata.get("alt", "").split())
        if not alt:
            raise ReportError(f"the figure of cell {cell} has no alternative text", where=self.name)
        number = sum(file.startswith("figure") for file in self.files) + 1
        given = {"figure": svg, "narrow": narrow}
        try:
            drawings = {
                kind: _drawing(drawing, alt, prefix=f"{kind}-{number}-")
                for kind, drawing in given.items()
                if drawing
            }
        except ElementTree.ParseError as error:
            raise ReportError(
                f"the figure of cell {cell} is broken: {error}", where=self.name
            ) from None
        files = {kind: f"{kind}-{number}.svg" for kind in drawings}
        self.files |= {file: drawings[kind] for kind, file in files.items()}
        shown = f"file={files['figure']}"
        shown += f" narrow={files['narrow']}" if narrow else ""
        caption = _escaped(" ".join(metadata.get("caption", "").split()))
        self.parts.append(f'::: {{.umid-figure {shown} alt="{_escaped(alt)}"}}\n{caption}\n:::')

    def _kept(self, kind: str, ending: str, content: str) -> str:
        number = sum(file.startswith(kind) for file in self.files) + 1
        file = f"{kind}-{number}.{ending}"
        self.files[file] = content
        return file


def make_draft(notebook: NotebookNode, name: str) -> Draft:
    """Return the prose and results of a notebook in their order."""
    remover = TagRemovePreprocessor(enabled=True, remove_cell_tags=REMOVED_CELLS)
    readable, _ = remover.preprocess(deepcopy(notebook), {})
    draft = Draft(name)
    for number, cell in enumerate(readable.cells, start=1):
        if cell.cell_type == "markdown":
            draft.parts.append(cell.source)
        for output in cell.get("outputs", []):
            draft.add(output, number)
    return draft


def _escaped(text: str) -> str:
    """Escape all Markdown punctuation."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def _drawing(svg: str, alt: str, *, prefix: str) -> str:
    """Return the SVG as a labelled image, without size or metadata and with unique ids."""
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
            # matplotlib's rule for `*` would apply to every element of the page
            element.text = element.text.replace("*{", "svg *{")
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    return ElementTree.tostring(root, encoding="unicode")
