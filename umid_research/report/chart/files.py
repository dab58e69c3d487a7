"""Figures as files: PNG, SVG or PDF, for a talk, a web page or a paper."""

import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

import typst

from umid_research.errors import ParameterError
from umid_research.report.workbook import check_folder

FONTS = resources.files("fontpkg_fira_sans") / "files"
ENDINGS = (".png", ".svg", ".pdf")
# Of a PNG: sharp on a projector, and when it is printed as wide as a page.
SHARPNESS = 300


def save(svg: str, path: str | Path, *, width: float) -> Path:
    """Write a drawing to a file whose ending says in which format; return the path.

    `width` is in points. Fonts are part of a PNG and a PDF; an SVG names them.

    Raises
    ------
    ParameterError
        If the ending is another, or the folder does not exist.
    """
    path = Path(path)
    if path.suffix not in ENDINGS:
        possible = [f"{path.stem or 'figure'}{ending}" for ending in ENDINGS]
        raise ParameterError("a figure has another ending", found=path.name, possible=possible)
    check_folder(path)
    if path.suffix == ".svg":
        path.write_text(svg, encoding="utf-8")
    elif path.suffix == ".png":
        path.write_bytes(drawn([svg], width=width, form="png", ppi=SHARPNESS)[0])
    else:
        path.write_bytes(drawn([svg], width=width, form="pdf")[0])
    return path


def drawn(
    svgs: Sequence[str], *, width: float, form: Literal["png", "pdf"], ppi: float | None = None
) -> list[bytes]:
    """Return the drawings, all `width` points wide: a PNG of each, or one PDF with a page each."""
    with tempfile.TemporaryDirectory(prefix="umid-drawing-") as folder:
        pages = []
        for number, svg in enumerate(svgs):
            Path(folder, f"{number}.svg").write_text(svg, encoding="utf-8")
            pages.append(f'#image("{number}.svg", width: {width}pt)')
        page = Path(folder, "page.typ")
        page.write_text(
            "#set page(width: auto, height: auto, margin: 0pt)\n" + "\n#pagebreak()\n".join(pages)
        )
        with resources.as_file(FONTS) as fonts:
            made = typst.compile(
                str(page),
                root=folder,
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                format=form,
                ppi=ppi,
                timestamp=0,
            )
    return made if isinstance(made, list) else [made]
