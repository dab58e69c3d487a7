"""Render a document as one HTML file or as a tagged PDF; `word` renders it as a Word file.

    document ─► one Markdown text  ─► pandoc ─► HTML
                figures, tables               ├─ Typst ─► PDF/UA-1
                                              └─ DOCX

Pandoc reads figures and tables from separate files, and HTML in Markdown is disabled, so that a
respondent's words cannot become markup. `templates/report.lua` makes figures and tables accessible
in each format.
"""

import re
import subprocess
import tempfile
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import pypandoc

from umid_research.errors import ReportError
from umid_research.output.document import Block, Document, FigureBlock, TableBlock, escaped
from umid_research.output.typeface import font_faces
from umid_research.output.typesetting import TEMPLATES, typeset
from umid_research.report.text_safety import without_control_characters

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
LINK_NAMESPACE = "http://www.w3.org/1999/xlink"
# Jupyter's Markdown plus footnotes, boxes and formulas. Extensions that accept raw HTML or TeX are
# off, and so are those that read a table into lines of dashes.
MARKDOWN = (
    "markdown+lists_without_preceding_blankline"
    "-blank_before_header-blank_before_blockquote-implicit_figures-fancy_lists-example_lists"
    "-citations-smart-latex_macros-raw_html-raw_tex-raw_attribute-native_divs-native_spans"
    "-markdown_in_html_blocks-yaml_metadata_block-pandoc_title_block"
    "-simple_tables-multiline_tables-grid_tables"
)


def to_html(document: Document) -> str:
    """Return one HTML page that loads no other file, with the language and title of its record.

    Raise ReportError with the document's name if it cannot be rendered.
    """
    with tempfile.TemporaryDirectory(prefix="umid-html-") as folder:
        style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
        Path(folder, "style.html").write_text(
            f"<style>\n{font_faces()}{style}</style>\n", encoding="utf-8"
        )
        options = ["--mathml", "--toc", "--toc-depth=3", "--include-in-header=style.html"]
        return convert(document, "html5", options, Path(folder), template="report.html").decode()


def to_pdf(document: Document) -> bytes:
    """Return an A4 PDF/UA-1 with the language and title of its record.

    Equal input gives equal bytes. Raise ReportError with the document's name if it cannot be
    rendered.
    """
    with tempfile.TemporaryDirectory(prefix="umid-pdf-") as folder:
        source = Path(folder, "report.typ")
        source.write_bytes(
            convert(document, "typst-smart", [], Path(folder), template="report.typ")
        )
        return typeset(source, name=document.name)


def convert(
    document: Document, target: str, options: list[str], folder: Path, *, template: str = ""
) -> bytes:
    """Convert a document to pandoc's format `target`; write figures and tables to `folder`.

    `template` is the name of a file in `templates/`. Raise ReportError with pandoc's message.
    """
    record = document.record
    # Typst numbers figures by itself; the other formats have the number in the caption.
    number = "" if target.startswith("typst") else record.get("figure_label", "")
    markdown, files = _markdown_and_files(document.blocks, number)
    for file, content in files.items():
        (folder / file).write_text(without_control_characters(content), encoding="utf-8")
    metadata = {
        "lang": record["language"],
        "title": record["title"],
        "subtitle": record.get("subtitle"),
        "mark": record.get("mark"),
        "contents-title": record["contents_title"],
        "page-label": record["page_label"],
        "skip-label": record.get("skip_label"),
        "description": record.get("description"),
    }
    with resources.as_file(TEMPLATES) as templates:
        command = [
            pypandoc.get_pandoc_path(),
            f"--from={MARKDOWN}",
            f"--to={target}",
            "--output=-",
            f"--lua-filter={templates / 'report.lua'}",
            "--fail-if-warnings",
            "--wrap=none",
            "--columns=10000",  # pipe tables of any length keep their natural widths
            *(f"--metadata={key}={value}" for key, value in metadata.items() if value),
            *([f"--template={templates / template}"] if template else []),
            *options,
        ]
        done = subprocess.run(
            command,
            input=without_control_characters(markdown).encode(),
            cwd=folder,
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise ReportError(
            f"the report cannot be made: {_error_message(done.stderr)}", where=document.name
        )
    return done.stdout


def _error_message(stderr: bytes) -> str:
    """Return the error message of pandoc or of our filter, without stack traces."""
    lines = stderr.decode(errors="replace").split("stack traceback:")[0].splitlines()
    messages = [
        line.strip() for line in lines if line.strip() and "Error running filter" not in line
    ]
    return re.sub(r"^\S*report\.lua:\d+: ", "", " ".join(messages)) or "pandoc gave no reason"


def _markdown_and_files(blocks: tuple[Block, ...], number: str) -> tuple[str, dict[str, str]]:
    """Return the Markdown of all blocks, and the files that it refers to: name -> content."""
    parts: list[str] = []
    files: dict[str, str] = {}
    figures = tables = 0
    for block in blocks:
        if isinstance(block, TableBlock):
            tables += 1
            files[f"table-{tables}.html"] = block.html
            name = f"#{block.anchor} " if block.anchor else ""
            parts.append(f"::: {{{name}.umid-table file=table-{tables}.html}}\n:::")
        elif isinstance(block, FigureBlock):
            figures += 1
            drawn = _drawings(block, figures)
            files |= drawn
            places = " ".join(
                f"{key}={file}" for key, file in zip(("file", "narrow"), drawn, strict=False)
            )
            shown = f'{places} alt="{escaped(block.alt)}"'
            before = number.format(n=figures) if number else ""
            parts.append(f"::: {{.umid-figure {shown}}}\n{escaped(before + block.caption)}\n:::")
        else:
            parts.append(block.markdown)
    return "\n\n".join(parts), files


def _drawings(figure: FigureBlock, number: int) -> dict[str, str]:
    """Return the file for wide screens and paper, then that for phones if there is one."""
    kinds = {"figure": figure.svg, "narrow": figure.narrow}
    return {
        f"{kind}-{number}.svg": _drawing(svg, figure.alt, prefix=f"{kind}-{number}-")
        for kind, svg in kinds.items()
        if svg
    }


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
