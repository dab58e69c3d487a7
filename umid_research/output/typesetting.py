"""Compile Typst source to PDF/UA-1 and draw SVG as PNG; equal input gives equal bytes."""

import os
import tempfile
from importlib import resources
from pathlib import Path

import typst

from umid_research.errors import ReportError

# 2 March 2022, the project's first day: the date in every file unless SOURCE_DATE_EPOCH is set.
EPOCH = 1646179200
TEMPLATES = resources.files("umid_research") / "templates"
FONTS = resources.files("fontpkg_fira_sans") / "files"


def moment() -> int:
    """Return the date in every file, in seconds since 1970."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH))


def typeset(source: Path, *, name: str) -> bytes:
    """Return the PDF of a Typst file, which may read the files in its folder.

    Raise ReportError with Typst's message and the document's `name`. Typst itself rejects
    documents that violate PDF/UA-1.
    """
    with resources.as_file(FONTS) as fonts:
        try:
            return typst.compile(
                str(source),
                root=str(source.parent),
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=["ua-1"],
                timestamp=moment(),
            )
        except typst.TypstError as error:
            raise ReportError(f"the PDF cannot be made: {str(error).strip()}", where=name) from None


def to_png(svg: str, *, width: float, ppi: float) -> bytes:
    """Return an SVG as PNG, `width` points wide with `ppi` pixels per inch."""
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#image("drawing.svg", width: {width}pt)'
    )
    with tempfile.TemporaryDirectory(prefix="umid-drawing-") as folder:
        Path(folder, "drawing.svg").write_text(svg, encoding="utf-8")
        page = Path(folder, "page.typ")
        page.write_text(source, encoding="utf-8")
        with resources.as_file(FONTS) as fonts:
            return typst.compile(
                str(page),
                root=folder,
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                format="png",
                ppi=ppi,
            )
