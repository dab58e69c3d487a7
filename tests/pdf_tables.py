"""Read the cells of the tables of a tagged PDF, as a screen reader finds them by the tags.

PDFium reads the tags; no part of the program that made the file does.
"""

import ctypes
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_CELLS = {"TH", "TD"}
# PDFium gives the second one for a hyphen at the end of a line.
_HYPHENS = dict.fromkeys(map(ord, "-\x02\N{SOFT HYPHEN}\N{WORD JOINER}\N{NON-BREAKING HYPHEN}"))


def cells_of(path: Path) -> list[str]:
    """Return the text of every cell of every table, without spaces and hyphens."""
    with pypdfium2.PdfDocument(path) as document:
        return [cell for page in document for cell in _cells_of_page(page)]


def _cells_of_page(page: Any) -> Iterator[str]:
    written = _texts(page)
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    try:
        for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from _cells(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number), written)
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _texts(page: Any) -> dict[int, str]:
    """Return the text of each marked part of a page by its number."""
    texts: dict[int, str] = defaultdict(str)
    reader = page.get_textpage()
    for part in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        number = pdfium.FPDFPageObj_GetMarkedContentID(part)
        length = pdfium.FPDFTextObj_GetText(part, reader, None, 0)
        buffer = (ctypes.c_ushort * (length // 2))()
        pdfium.FPDFTextObj_GetText(part, reader, buffer, length)
        texts[number] += bytes(buffer).decode("utf-16-le").rstrip("\0")
    return texts


def _cells(element: Any, texts: dict[int, str]) -> Iterator[str]:
    if _kind(element) in _CELLS:
        yield squeezed("".join(texts.get(number, "") for number in _marked(element)))
        return
    for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, number)
        if child:
            yield from _cells(child, texts)


def _kind(element: Any) -> str:
    length = pdfium.FPDF_StructElement_GetType(element, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDF_StructElement_GetType(element, buffer, length)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


def _marked(element: Any) -> Iterator[int]:
    """Yield the numbers of the marked parts in an element, in reading order."""
    for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, number)
        if child:
            yield from _marked(child)
            continue
        marked = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, number)
        if marked >= 0:  # a link has a child that is no text
            yield marked


def squeezed(text: str) -> str:
    """Return a text without spaces and hyphens, which depend on where its lines end."""
    return "".join(text.split()).translate(_HYPHENS)
