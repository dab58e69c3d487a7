"""Read a Word file: its texts, tables and pictures, and what a screen reader would miss in it."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

_NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_W = f"{{{_NAMES['w']}}}"
A4 = {"11906 16838", "16838 11906"}


class WordFile:
    """The parts of a DOCX; texts have single spaces."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
            self.dates = {entry.date_time[:3] for entry in archive.infolist()}
        self.body = etree.fromstring(self.parts["word/document.xml"])

    def find(self, path: str, inside: Any = None) -> list[Any]:
        """Return what an XPath finds in the document or in one of its elements."""
        return (self.body if inside is None else inside).xpath(path, namespaces=_NAMES)

    def text(self, element: Any = None) -> str:
        """Return the text of an element, or of the whole document."""
        return " ".join("".join(self.find(".//w:t/text()", element)).split())

    def lines(self, style: str = "") -> list[str]:
        """Return the texts of the paragraphs, or of those in one style."""
        wanted = f'[w:pPr/w:pStyle/@w:val="{style}"]' if style else ""
        return [self.text(line) for line in self.find(f"//w:p{wanted}")]

    def headings(self) -> Iterator[tuple[int, str]]:
        """Yield level and text of every heading."""
        for line in self.find('//w:p[starts-with(w:pPr/w:pStyle/@w:val, "Heading")]'):
            style = self.find("string(w:pPr/w:pStyle/@w:val)", line)
            yield int(style.removeprefix("Heading")), self.text(line)

    def tables(self) -> list[tuple[str, list[list[str]]]]:
        """Return caption and rows of every table."""
        return [
            (
                self.find("string(w:tblPr/w:tblCaption/@w:val)", table),
                [
                    [self.text(cell) for cell in row.iter(f"{_W}tc")]
                    for row in table.iter(f"{_W}tr")
                ],
            )
            for table in self.find("//w:tbl")
        ]

    def alternative_texts(self) -> list[str]:
        """Return the alternative text of every picture."""
        return [picture.get("descr", "") for picture in self.find("//wp:docPr")]

    def header(self) -> str:
        """Return the text of the header."""
        return self.text(etree.fromstring(self.parts["word/header1.xml"]))

    def properties(self) -> dict[str, str]:
        """Return the core properties by name."""
        core = etree.fromstring(self.parts["docProps/core.xml"])
        return {etree.QName(entry).localname: entry.text or "" for entry in core}

    def languages(self) -> set[str]:
        """Return the languages of the styles and of the properties."""
        styles = etree.fromstring(self.parts["word/styles.xml"])
        return {*self.find("//w:docDefaults//w:lang/@w:val", styles), self.properties()["language"]}

    def problems(self, language: str) -> list[str]:
        """Return what readers or screen readers would miss; empty if there is nothing."""
        found = [f"language is {known}, not {language}" for known in self.languages() - {language}]
        found += [] if self.properties()["title"] else ["no title"]
        found += [] if self.properties()["creator"] else ["no author"]
        found += ["no title in the text"] if self.lines("Title") in ([], [""]) else []
        before = 0
        for level, text in self.headings():
            found += [f"level {level} after {before}: {text}"] if level > before + 1 else []
            found += [] if text else ["an empty heading"]
            before = level
        found += ["a picture without text" for text in self.alternative_texts() if not text.strip()]
        for table in self.find("//w:tbl"):
            name = self.find("string(w:tblPr/w:tblCaption/@w:val)", table)
            repeated = self.find("count(w:tr[1]/w:trPr/w:tblHeader)", table)
            widths = {
                sum(int(span) for span in self.find("w:tc/w:tcPr/w:gridSpan/@w:val", row))
                + len(self.find("w:tc[not(w:tcPr/w:gridSpan)]", row))
                for row in self.find("w:tr", table)
            }
            found += [] if repeated else [f"a table without a head: {name}"]
            found += (
                []
                if widths == {len(self.find("w:tblGrid/w:gridCol", table))}
                else [f"rows of different length: {name}"]
            )
            found += [f"nested: {name}"] if self.find(".//w:tbl", table) else []
        pages = {f"{p.get(f'{_W}w')} {p.get(f'{_W}h')}" for p in self.find("//w:pgSz")}
        return found + [f"page of {size}" for size in pages - A4 or ({""} if not pages else set())]


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """Return an Office file of which one part was changed; the change must have an effect."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(written, "w") as target,
    ):
        for name in source.namelist():
            text = source.read(name)
            if re.fullmatch(part, name):
                text, before = change(text.decode()).encode(), text
                assert text != before
            target.writestr(name, text)
    return written.getvalue()
