"""Write the slides as a tagged PDF of 16:9 pages with vector figures."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from umid_research.output.typesetting import TEMPLATES, typeset
from umid_research.report.slides import fit
from umid_research.report.slides.slide import Slide
from umid_research.report.study_report import Report
from umid_research.report.text_safety import without_control_characters

# Positions on a page, in points.
_PLACE = {
    "width": fit.WIDTH,
    "height": fit.HEIGHT,
    "edge": fit.EDGE,
    "title_top": fit.TITLE_TOP,
    "title_height": fit.TITLE_HEIGHT,
    "rule": fit.RULE,
    "top": fit.TOP,
    "bottom": fit.BOTTOM,
    "gap": fit.GAP,
    "between": fit.BETWEEN,
    "row_pad": fit.ROW_PAD,
}


def to_pdf(slides: Sequence[Slide], report: Report) -> bytes:
    """Return the slides as PDF/UA-1; equal input gives equal bytes.

    Raise ReportError if the content of a slide does not fit, or with the error message of Typst.
    """
    with tempfile.TemporaryDirectory(prefix="umid-slides-") as folder:
        source = Path(folder, "slides.typ")
        source.write_bytes((TEMPLATES / "slides.typ").read_bytes())
        content = {
            **report.record,
            "place": _PLACE,
            "slides": [_content(slide, Path(folder)) for slide in slides],
        }
        text = json.dumps(content, ensure_ascii=False)
        Path(folder, "deck.json").write_text(text, encoding="utf-8")
        return typeset(source, name="slides")


def _content(slide: Slide, folder: Path) -> dict[str, Any]:
    """Return a slide's content for the template as plain texts, which cannot become markup."""
    content: dict[str, Any] = {
        "key": slide.key,
        "drop": fit.DROP.get(slide.key, 0.0),
        "title": without_control_characters(slide.title),
        "title_size": fit.title_size(slide.title, key=slide.key),
        "size": fit.points_size(slide),
        "points": [[{"text": run.text, "bold": run.bold} for run in one] for one in slide.points],
    }
    if slide.figure is not None:
        name = f"{slide.key}.svg"
        (folder / name).write_text(without_control_characters(slide.figure.svg), encoding="utf-8")
        wide, high = fit.figure_box(slide)
        content["figure"] = {"file": name, "alt": slide.figure.alt, "width": wide, "height": high}
    if slide.table is not None:
        layout = fit.table_layout(slide)
        content["table"] = {
            "title": slide.table.title,
            "size": layout.size,
            "columns": layout.widths,
            "heights": layout.heights,
            "head": slide.table.head,
            "rows": slide.table.rows,
            "numeric": sorted(slide.table.numeric),
        }
    return content
