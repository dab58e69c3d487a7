"""Typst source -> PDF/UA-1 bytes: tagged, in our typeface, equal for equal input."""

import os
import tempfile
from importlib import resources
from pathlib import Path

import typst

from umid_research.errors import ReportError

# 2 March 2022, the project's first day: the date of every file, unless SOURCE_DATE_EPOCH says one.
EPOCH = 1646179200
TEMPLATES = resources.files(__package__) / "templates"
FONTS = resources.files("fontpkg_fira_sans") / "files"


def moment() -> int:
    """The date that every file carries, in seconds."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH))


def typeset(source: Path, *, name: str) -> bytes:
    """The PDF of a Typst file, which may read what lies in its folder.

    Raises ReportError with the typesetter's complaint, naming the document as `name`; Typst
    itself refuses what PDF/UA-1 does not allow.
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


def drawn(svg: str, *, width: float, ppi: float) -> bytes:
    """An SVG as PNG, `width` points wide with `ppi` dots to the inch; equal input, equal bytes."""
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
