"""Draw a map: outlines with a name in each, and lines of text below the names of our districts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path as Edge

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.style import LEADING, QUIET, SMALL, TEXT

Places = np.ndarray  # points × (x, y), in points of the drawing
_OURS, _NEIGHBOUR = "#bcd9ec", "#f2f2f2"


@dataclass(frozen=True)
class Area:
    """An area with its rings of (longitude, latitude) in degrees.

    The lines below its name are of one of our districts; a neighbour has none and is pale.
    """

    name: str
    rings: Sequence[Sequence[tuple[float, float]]]
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Map:
    """A map of areas, at most `height` points high.

    A crowded map has no lines below the names, and no name that is wider than its area.
    """

    areas: Sequence[Area]
    height: float = 210.0
    is_crowded: bool = False

    def draw(self, canvas: Canvas) -> float:
        """Draw the areas, then their names; return the lower edge."""
        drawn, bottom = self._on_paper(canvas.width)
        for area, rings in zip(self.areas, drawn, strict=True):
            for ring in rings:
                canvas.area(ring, _OURS if area.lines else _NEIGHBOUR)
        for area, rings in zip(self.areas, drawn, strict=True):
            ring = max(rings, key=_extent)
            is_ours = bool(area.lines) and not self.is_crowded
            size, colour = (TEXT, style.INK) if is_ours else (SMALL, QUIET)
            weight: style.Weight = "bold" if is_ours else "normal"
            lines = area.lines if is_ours else ()
            widest = style.text_width(area.name, size=size, weight=weight)
            if self.is_crowded and widest > np.ptp(ring[:, 0]):
                continue
            half = max([widest, *map(style.text_width, lines)]) / 2
            x, y = _roomiest(ring)
            west, east = 0.0, canvas.width
            if self.is_crowded:
                west, east = float(ring[:, 0].min()), float(ring[:, 0].max())
            x = min(max(x, west + half), east - half)
            top = y - (size + len(lines) * SMALL) * LEADING / 2
            top = canvas.lines(
                x, top, [area.name], size=size, colour=colour, weight=weight, align="center"
            )
            canvas.lines(x, top, lines, align="center")
        return bottom

    def _on_paper(self, width: float) -> tuple[list[list[Places]], float]:
        """Return the rings of each area in points, and the lower edge of the map.

        A degree of longitude is shortened by the cosine of the middle latitude. This is accurate
        enough for an area of a few districts.
        """
        places = np.array([place for area in self.areas for ring in area.rings for place in ring])
        (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
        narrowing = math.cos(math.radians((south + north) / 2))
        scale = min(self.height / (north - south), width / ((east - west) * narrowing))
        left = (width - (east - west) * narrowing * scale) / 2

        def drawn(ring: Sequence[tuple[float, float]]) -> Places:
            degrees = np.array(ring)
            x = left + (degrees[:, 0] - west) * narrowing * scale
            return np.column_stack([x, (north - degrees[:, 1]) * scale])

        rings = [[drawn(ring) for ring in area.rings] for area in self.areas]
        return rings, float(north - south) * scale


def _extent(ring: Places) -> float:
    """Return the area inside a ring (shoelace formula)."""
    x, y = ring.T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def _roomiest(ring: Places, steps: int = 40) -> tuple[float, float]:
    """Return the grid point inside a ring that is farthest from its edge."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    grid = np.stack(np.meshgrid(*np.linspace(low, high, steps).T), axis=-1).reshape(-1, 2)
    inside = grid[Edge(ring).contains_points(grid)]
    starts, ends = ring, np.roll(ring, -1, axis=0)
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-9)
    from_start = inside[:, None, :] - starts
    part = np.clip((from_start * along).sum(axis=2) / lengths, 0, 1)[..., None]
    distances = np.linalg.norm(from_start - part * along, axis=2).min(axis=1)
    x, y = inside[distances.argmax()]
    return float(x), float(y)
