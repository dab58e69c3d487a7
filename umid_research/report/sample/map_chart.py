"""Draw a map of the study's districts with the people and units reached in each.

The map shows no scores: readers take a coloured map for a ranking, and a large district looks
important. Neighbouring districts are pale, for orientation.
"""

import math
from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.path import Path as Edge

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import Figure, base, with_notes, with_phone_version
from umid_research.report.chart.style import LEADING, QUIET, SMALL, TEXT, WIDTH
from umid_research.report.study_report import Report
from umid_research.study.outlines import Outline

Places = np.ndarray  # points × (x, y), in points of the drawing
_HEIGHT = 210.0
_OURS, _NEIGHBOUR = "#bcd9ec", "#f2f2f2"


@with_phone_version
def plot_map(canvas: Canvas, report: Report) -> Figure:
    """Draw the outlines of the districts with the people and units reached there.

    Neighbouring districts only have a name. Raise ValueError if the study has no outlines; check
    `report.outlines` before the call.
    """
    return draw_map(canvas, report)


def draw_map(canvas: Canvas, report: Report, *, height: float = _HEIGHT) -> Figure:
    """Draw the map on one canvas, at most `height` points high without its notes."""
    if report.outlines is None:
        raise ValueError("the study has no outlines of its districts")
    shapes, bottom = _on_paper(report.outlines.shapes, canvas.width, height)
    ours = {d.iso: key for key, d in report.study.districts.items() if d.iso}
    order = [*ours, *shapes]
    neighbours, alt = [], []
    for outline in report.outlines.shapes:
        for ring in shapes[outline.iso]:
            canvas.area(ring, _OURS if outline.iso in ours else _NEIGHBOUR)
    for outline in sorted(report.outlines.shapes, key=lambda shape: order.index(shape.iso)):
        spot = _roomiest(max(shapes[outline.iso], key=_extent))
        if outline.iso in ours:
            name, counts = _district(report, ours[outline.iso])
            _label(canvas, spot, name, counts)
            told = report.text.listed(counts)
            alt.append(report.text("figure.map.sentence", name=name, told=told))
        else:
            name, _ = report.localised(outline.names)
            x = _within(canvas, spot[0], style.text_width(name))
            canvas.text(x, spot[1], name, align="center", colour=QUIET)
            neighbours.append(name)
    return with_notes(
        report,
        canvas,
        bottom,
        caption=report.text("figure.map.caption", **base(report)),
        alt=[*alt, *_neighbours(report, neighbours)],
        notes=[*_missing(report, shapes), *_thanks(report, report.outlines.attribution)],
    )


def _on_paper(
    shapes: Sequence[Outline], width: float = WIDTH, height: float = _HEIGHT
) -> tuple[dict[str, list[Places]], float]:
    """Return the rings of each outline in points, and the lower edge of the map.

    A degree of longitude is shortened by the cosine of the middle latitude. This is accurate
    enough for an area of a few districts.
    """
    places = np.array([place for shape in shapes for ring in shape.rings for place in ring])
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = min(height / (north - south), width / ((east - west) * narrowing))
    left = (width - (east - west) * narrowing * scale) / 2

    def drawn(ring: Sequence[tuple[float, float]]) -> Places:
        degrees = np.array(ring)
        x = left + (degrees[:, 0] - west) * narrowing * scale
        return np.column_stack([x, (north - degrees[:, 1]) * scale])

    on_paper = {shape.iso: [drawn(ring) for ring in shape.rings] for shape in shapes}
    return on_paper, (north - south) * scale


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


def _district(report: Report, key: str) -> tuple[str, list[str]]:
    """Return a district's name and the texts on people and units reached there."""
    rows = report.rows("field_work", district=key)
    rows = rows[rows["group"].isna() & rows["locality"].isna()]
    people, units = (int(rows[column].sum()) for column in ("respondents", "units"))
    counts = [report.text("figure.map.people", n=people)]
    if not report.study.counts_people:
        counts.append(report.text("figure.map.units", n=units))
    return report.district_name(key), counts


def _label(canvas: Canvas, spot: tuple[float, float], name: str, counts: Sequence[str]) -> None:
    """Draw the name with the counts below it, centred on the spot."""
    widest = max(map(style.text_width, counts))
    widest = max(widest, style.text_width(name, size=TEXT, weight="bold"))
    x, y = _within(canvas, spot[0], widest), spot[1]
    top = y - (TEXT + len(counts) * SMALL) * LEADING / 2
    top = canvas.lines(x, top, [name], size=TEXT, weight="bold", align="center")
    canvas.lines(x, top, counts, align="center")


def _within(canvas: Canvas, x: float, width: float) -> float:
    """Return the centre nearest to `x` at which a text of this width fits the canvas."""
    return min(max(x, width / 2), canvas.width - width / 2)


def _neighbours(report: Report, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return [report.text("figure.map.neighbours", names=report.text.listed(names))]


def _thanks(report: Report, source: str) -> list[str]:
    return [report.text("figure.map.source", source=source)] if source else []


def _missing(report: Report, shown: Collection[str]) -> list[str]:
    """Return a note that lists the districts of the study without an outline."""
    districts = report.study.districts.items()
    lacking = [report.district_name(key) for key, place in districts if place.iso not in shown]
    if not lacking:
        return []
    return [report.text("figure.map.missing", names=report.text.listed(lacking))]
