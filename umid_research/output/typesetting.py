"""Compile Typst source to PDF/UA-1 and draw SVG as PNG; equal input gives equal bytes."""

import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import typst

from umid_research.errors import ReportError
from umid_research.report.chart.files import FONTS, drawn

__all__ = ["EPOCH", "FONTS", "TEMPLATES", "moment", "to_png", "to_pngs", "typeset"]

# 2 March 2022, the project's first day: the date in every file unless SOURCE_DATE_EPOCH is set.
EPOCH = 1646179200
TEMPLATES = resources.files("umid_research") / "templates"


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
    (png,) = to_pngs([svg], width=width, ppi=ppi)
    return png


def to_pngs(svgs: Sequence[str], *, width: float, ppi: float) -> list[bytes]:
    """Return each SVG as PNG, all `width` points wide with `ppi` pixels per inch."""
    return drawn(svgs, width=width, form="png", ppi=ppi) if svgs else []
