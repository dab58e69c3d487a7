"""A slide as data, from which both files of a deck are made: what it says, shows and keeps back.

All of it is plain text; nothing in it is markup for Typst or PowerPoint.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from umid_research.figures.figure import Figure
from umid_research.sentences import Prose
from umid_research.tables import Table
from umid_research.text_safety import one_line, shortened

# The longest point a slide takes; what people write can have any length.
MOST_SIGNS = 420
CUT = "…"
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((?:\\.|[^)\\])*\)")
_BOLD = re.compile(r"(?<!\\)\*\*")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Run:
    """Words in one weight."""

    text: str
    bold: bool = False


Point = tuple[Run, ...]


@dataclass(frozen=True)
class Slide:
    """A title, at most one figure or table, a few points, and notes for the one who speaks."""

    key: str
    title: str
    points: tuple[Point, ...] = ()
    figure: Figure | None = None
    table: Table | None = None
    notes: tuple[str, ...] = ()

    def texts(self) -> Iterable[str]:
        """Everything that the slide tells, in reading order."""
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
    """Prose in the reports' Markdown as runs: bold stays, links and escapes become their text."""
    pieces = _BOLD.split(_LINK.sub(r"\1", text))
    runs = (Run(_shown(piece), bold=bool(place % 2)) for place, piece in enumerate(pieces) if piece)
    return tuple(run for run in runs if run.text.strip())


def points(*prose: Prose) -> tuple[Point, ...]:
    """A point for each paragraph and each item of a list."""
    blocks = (block for part in prose for block in re.split(r"\n\n|\n(?=- |\d+\. )", part.markdown))
    found = (point(re.sub(r"^(- |\d+\. )", "", block.strip())) for block in blocks)
    return tuple(one for one in found if one)


def plain(point: Point) -> str:
    """The words of a point."""
    return "".join(run.text for run in point)


def _shown(text: str) -> str:
    """Legible words of a bounded length, with the spaces at their ends."""
    inner = one_line(_ESCAPE.sub(r"\1", text))
    before, after = (" " if text[place].isspace() else "" for place in (0, -1))
    return f"{before}{shortened(inner, MOST_SIGNS, CUT)}{after}"
