"""A slide as data, from which the PDF and the PowerPoint file are made.

All texts are plain; none of them is markup for Typst or PowerPoint.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from umid_research.report.chart.figure import Figure
from umid_research.report.prose import Prose
from umid_research.report.table import Table
from umid_research.report.text_safety import one_line, shortened

# The largest number of characters in a point; texts from the study can have any length.
MAX_CHARACTERS = 420
CUT = "…"
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((?:\\.|[^)\\])*\)")
_BOLD = re.compile(r"(?<!\\)\*\*")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Run:
    """A text in one font weight."""

    text: str
    bold: bool = False


Point = tuple[Run, ...]


@dataclass(frozen=True)
class Slide:
    """A title, points, perhaps a figure or a table or both, and notes for the speaker."""

    key: str
    title: str
    points: tuple[Point, ...] = ()
    figure: Figure | None = None
    table: Table | None = None
    notes: tuple[str, ...] = ()

    def texts(self) -> Iterable[str]:
        """Yield all texts of the slide in reading order."""
        yield self.title
        for point in self.points:
            yield plain(point)
        if self.figure:
            yield self.figure.alt
        if self.table:
            yield from (self.table.title, *self.table.head)
            yield from (text for row in self.table.rows for text in row)
        yield from self.notes


def point(text: str) -> Point:
    """Convert Markdown to runs: bold is kept, links and escapes become plain text."""
    parts = _BOLD.split(_LINK.sub(r"\1", text))
    runs = (Run(_shown(part), bold=bool(place % 2)) for place, part in enumerate(parts) if part)
    return tuple(run for run in runs if run.text.strip())


def points(*prose: Prose) -> tuple[Point, ...]:
    """Return a point for each paragraph and each item of a list."""
    blocks = (block for part in prose for block in re.split(r"\n\n|\n(?=- |\d+\. )", part.markdown))
    made = (point(re.sub(r"^(- |\d+\. )", "", block.strip())) for block in blocks)
    return tuple(one for one in made if one)


def plain(point: Point) -> str:
    """Return the text of a point."""
    return "".join(run.text for run in point)


def _shown(text: str) -> str:
    """Return readable text of limited length, keeping the spaces at its ends."""
    inner = one_line(_ESCAPE.sub(r"\1", text))
    before, after = (" " if text[place].isspace() else "" for place in (0, -1))
    return f"{before}{shortened(inner, MAX_CHARACTERS, CUT)}{after}"
