"""Render a document as a Word file: native tables, pictures with alternative texts, styles.

    document ─► Markdown, figures as PNG, tables ─► pandoc ─► DOCX ─► completed (see `_completed`)

The drawings are the wide ones of HTML and PDF. Word reads SVG only in recent versions, so the file
has pictures that every version shows.
"""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from umid_research.output.document import Document, FigureBlock
from umid_research.output.office import with_fixed_timestamps
from umid_research.output.rendering import convert
from umid_research.output.typesetting import to_pngs
from umid_research.output.word_reference import reference_document
from umid_research.report.text_safety import one_line

# Points and pixels per inch of a picture: as wide as the text.
_POINTS, _SHARPNESS = 470, 200
_TAGS = {"en": "en-GB", "az": "az-Latn-AZ"}
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}cNvPr"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PANDOC_WIDTH = 7920  # twentieths of a point: the text width on which pandoc shares the columns
_MAX_ROWS = 16  # the longest table that is kept on one page, as in the PDF
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    "<cp:coreProperties "
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}'
    '<dcterms:created xsi:type="dcterms:W3CDTF"></dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF"></dcterms:modified></cp:coreProperties>'
)


def to_docx(document: Document, *, author: str) -> bytes:
    """Return an A4 DOCX with the language, title and mark of its record.

    Equal input gives equal bytes. Raise ReportError with the document's name if it cannot be
    rendered.
    """
    record = document.record
    mark = record.get("mark") or ""
    with tempfile.TemporaryDirectory(prefix="umid-word-") as folder:
        figures = [block for block in document.blocks if isinstance(block, FigureBlock)]
        pngs = to_pngs([figure.svg for figure in figures], width=_POINTS, ppi=_SHARPNESS)
        for number, png in enumerate(pngs, start=1):
            Path(folder, f"figure-{number}.png").write_bytes(png)
        language = language_tag(record["language"])
        reference = reference_document(
            title=one_line(record["title"]),
            mark=one_line(mark),
            page_label=one_line(record["page_label"]),
            language=language,
        )
        Path(folder, "reference.docx").write_bytes(reference)
        options = [
            "--reference-doc=reference.docx",
            "--syntax-highlighting=none",
            f"--metadata=lang={language}",
        ]
        docx = convert(document, "docx", options, Path(folder))
    title = record["title"]
    properties = {
        "dc:title": title if not mark or mark in title else f"{title} – {mark}",
        "dc:subject": record.get("subtitle") or "",
        "dc:creator": author,
        "dc:description": mark,
        "dc:language": language,
    }
    return with_fixed_timestamps(_completed(docx, properties))


def language_tag(language: str) -> str:
    """Return the language as Word knows it, with script and region where it needs them."""
    return _TAGS.get(language, language)


def _completed(docx: bytes, properties: dict[str, str]) -> bytes:
    """Return pandoc's file with its properties, and with what pandoc does not write.

    No row is split between pages, the first column of a table holds its row heads, each section
    has the header and the footer of the document. The first page has no header, because its text
    begins with title and mark.
    """
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = _document(content)
            elif name == "docProps/core.xml":
                listed = "".join(
                    f"<{key}>{escape(one_line(text))}</{key}>" for key, text in properties.items()
                )
                content = _CORE.format(listed).encode()
            target.writestr(name, content)
    return written.getvalue()


def _document(content: bytes) -> bytes:
    """Complete the text of the document; see `_completed`."""
    document = etree.fromstring(content)
    tables: list[Any] = []
    for block in document[0]:
        section = block if block.tag == f"{_W}sectPr" else block.find(f"{_W}pPr/{_W}sectPr")
        if block.tag == f"{_W}tbl":
            _complete_table(block)
            tables.append(block)
        elif section is not None:
            _fit(tables, section)
            tables = []
    for picture in document.iter(_PICTURE):
        picture.attrib.pop("descr", None)  # the name of a file; the text is in wp:docPr
    _complete_sections(list(document.iter(f"{_W}sectPr")))
    return bytes(etree.tostring(document, encoding="UTF-8", xml_declaration=True, standalone=True))


def _complete_table(table: Any) -> None:
    """Mark the row heads, and keep rows, and the rows of a short table, on one page."""
    for look in table.iter(f"{_W}tblLook"):
        look.set(f"{_W}firstColumn", "1")
    rows = table.findall(f"{_W}tr")
    for row in rows:
        properties = row.find(f"{_W}trPr")
        if properties is None:
            properties = etree.Element(f"{_W}trPr")
            row.insert(0, properties)
        properties.insert(0, etree.Element(f"{_W}cantSplit"))
    for row in rows[:-1] if len(rows) <= _MAX_ROWS else []:
        for properties in row.iter(f"{_W}pPr"):
            properties.insert(1, etree.Element(f"{_W}keepNext"))


def _fit(tables: Sequence[Any], section: Any) -> None:
    """Scale the columns of the tables of a section to the width of its text."""
    page, margins = section.find(f"{_W}pgSz"), section.find(f"{_W}pgMar")
    sides = sum(int(margins.get(f"{_W}{side}")) for side in ("left", "right"))
    scale = (int(page.get(f"{_W}w")) - sides) / _PANDOC_WIDTH
    for table in tables:
        for column in table.iter(f"{_W}gridCol"):
            column.set(f"{_W}w", str(round(int(column.get(f"{_W}w")) * scale)))


def _complete_sections(sections: Sequence[Any]) -> None:
    """Move header and footer to the first section, from which the others inherit them."""
    first, last = sections[0], sections[-1]
    header, footer = last.find(f"{_W}headerReference"), last.find(f"{_W}footerReference")
    on_first_page = deepcopy(footer)
    on_first_page.set(f"{_W}type", "first")
    for reference in (on_first_page, footer, header):
        first.insert(0, reference)
    first.append(etree.Element(f"{_W}titlePg"))
