"""Typst source -> PDF/UA-1 bytes: tagged, in our typeface, equal for equal input."""

import os
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
