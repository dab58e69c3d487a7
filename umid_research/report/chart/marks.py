"""Place the markers of a line on a scale, and a number beside each, so that nothing overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from umid_research.report.chart import style
from umid_research.report.chart.canvas import LETTERED, Canvas
from umid_research.report.chart.style import PAPER, RULE, SMALL, Align, Scale, Series, Weight

Box = tuple[float, float, float, float]  # left, top, right, bottom
Spot = tuple[float, float, Align]  # where a text stands, and how it is aligned
_HALF, _ABOVE = 0.46 * SMALL, 11.0  # half the height of a number; its distance above a marker
_OUTSIDE = 14.0  # how far a number may stand outside the scale


@dataclass(frozen=True)
class Mark:
    """A marker with its value, its interval if published, and the number beside it.

    A mark without a value is withheld; if it has a text, the text takes its place.
    """

    series: Series
    value: float | None
    interval: tuple[float, float] | None = None
    text: str = ""
    is_bold: bool = False


@dataclass(frozen=True)
class Placed:
    """A mark at its position, and its number; heights are relative to the middle of the line."""

    mark: Mark
    x: float
    y: float
    radius: float
    interval: tuple[float, float] | None
    spot: Spot

    @property
    def boxes(self) -> list[Box]:
        """Return the boxes of the marker and of its interval."""
        reach = 1.3 * self.radius
        boxes = [(self.x - reach, self.y - reach, self.x + reach, self.y + reach)]
        if self.interval:
            boxes.append((self.interval[0], self.y - 1, self.interval[1], self.y + 1))
        return boxes

    @property
    def weight(self) -> Weight:
        """Return the weight of the number."""
        return "bold" if self.mark.is_bold else "normal"

    def box(self, spot: Spot) -> Box:
        """Return the box of the number at a spot."""
        x, y, align = spot
        wide = style.text_width(self.mark.text, weight=self.weight) if self.mark.text else 0.0
        left = x - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        return left, y - _HALF, left + wide, y + _HALF

    def spots(self, *, is_first: bool, is_last: bool) -> list[Spot]:
        """Return the possible spots of the number, the best first: outside, else above."""
        gap = self.radius + 4
        right: Spot = (self.x + gap, self.y, "left")
        left: Spot = (self.x - gap, self.y, "right")
        above: Spot = (self.x, self.y - _ABOVE, "center")
        below: Spot = (self.x, self.y + _ABOVE, "center")
        if self.interval:
            return [above, below, right, left]
        if is_last:
            return [right, above, below, left] if not is_first else [right, left, above, below]
        return [left, above, below, right] if is_first else [above, right, below, left]

    def draw(self, canvas: Canvas, y: float) -> None:
        """Draw the marker and its number, which hides the grid behind it."""
        if self.mark.text:
            left, top, right, bottom = self.box(self.spot)
            canvas.bar(left, y + (top + bottom) / 2, right - left, bottom - top, PAPER)
            x, height, align = self.spot
            canvas.text(x, y + height, self.mark.text, weight=self.weight, align=align)
        canvas.mark(self.x, y + self.y, self.mark.series, radius=self.radius)


def place_marks(
    marks: Sequence[Mark],
    scale: Scale,
    radius: float,
    *,
    tick: Mark | None = None,
    may_overlap: bool = False,
) -> list[Placed]:
    """Return the shown marks from left to right, moved up or down where they would overlap.

    No number covers the `tick`. Markers with letters never overlap, whatever
    `may_overlap` says. If a number has no free spot, all numbers get lanes of their own.
    """
    if any(mark.series.letter for mark in marks):
        radius, may_overlap = max(radius, LETTERED), False
    found = []
    shown = [mark for mark in marks if mark.value is not None]
    for mark in sorted(shown, key=lambda mark: mark.value or 0.0):
        interval = (
            (scale.at(mark.interval[0]), scale.at(mark.interval[1])) if mark.interval else None
        )
        x = scale.at(mark.value or 0.0)
        found.append(Placed(mark, x, 0.0, radius, interval, (x, 0.0, "left")))
    if not may_overlap:
        found = _in_lanes(found, [one.boxes[0] for one in found])
    taken = [box for one in found for box in one.boxes]
    if tick and tick.value is not None:
        x = scale.at(tick.value)
        taken.append((x - 4, -8.0, x + 4, 8.0))
    last = len(found) - 1
    for place, one in enumerate(found):
        spots = one.spots(is_first=place == 0, is_last=place == last)
        if one.mark.text:
            spots = [spot for spot in spots if _is_free(one.box(spot), taken, scale)]
        if not spots:
            return _with_numbers(found, scale)
        found[place] = replace(one, spot=spots[0])
        taken.append(one.box(spots[0]))
    return found


def _in_lanes(found: Sequence[Placed], boxes: Sequence[Box]) -> list[Placed]:
    """Return the marks so that no boxes meet: on the line, below it, above it, and so on."""
    ends: list[float] = []
    moved = []
    for one, (left, _, right, _) in zip(found, boxes, strict=True):
        lane = next((n for n, end in enumerate(ends) if left >= end), len(ends))
        ends[lane : lane + 1] = [right]
        side = 1 if lane % 2 else -1
        moved.append(replace(one, y=side * ((lane + 1) // 2) * 2.6 * one.radius))
    return moved


def _with_numbers(found: Sequence[Placed], scale: Scale) -> list[Placed]:
    """Return the marks in lanes that are wide enough for a number beside each marker."""
    sides = []
    for one in found:
        right, left, *_ = one.spots(is_first=True, is_last=True)
        sides.append(right if one.box(right)[2] <= scale.right + _OUTSIDE else left)
    boxes = [_around([one.boxes[0], one.box(s)]) for one, s in zip(found, sides, strict=True)]
    moved = _in_lanes(found, boxes)
    return [
        replace(one, spot=(x, one.y, align))
        for one, (x, _, align) in zip(moved, sides, strict=True)
    ]


def draw_marks(
    canvas: Canvas,
    found: Sequence[Placed],
    scale: Scale,
    middle: float,
    *,
    link: str = "",
    tick: Mark | None = None,
) -> None:
    """Draw placed marks around the middle of their line; the tick is drawn over them.

    `link` is the colour of a line between the first and the last.
    """
    y = middle - sum(extent(found)) / 2
    if link and len(found) > 1:
        canvas.line((found[0].x, y), (found[-1].x, y), link, 3.0 if link == RULE else 1.6)
    for one in found:
        if one.interval:
            start, end = ((x, y + one.y) for x in one.interval)
            canvas.line(start, end, one.mark.series.colour, 1.6)
    for one in found:
        one.draw(canvas, y)
    if tick and tick.value is not None:
        canvas.mark(scale.at(tick.value), middle, tick.series, radius=5)


def extent(found: Sequence[Placed]) -> tuple[float, float]:
    """Return the upper and lower edge of marks and numbers, or of one line of text."""
    boxes = [box for one in found for box in one.boxes]
    boxes += [one.box(one.spot) for one in found if one.mark.text]
    _, top, _, bottom = _around(boxes or [(0, -_HALF, 0, _HALF)])
    return top, bottom


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _is_free(box: Box, taken: Sequence[Box], scale: Scale) -> bool:
    if box[0] < scale.left - _OUTSIDE or box[2] > scale.right + _OUTSIDE:
        return False
    return not any(
        min(box[2], other[2]) > max(box[0], other[0])
        and min(box[3], other[3]) > max(box[1], other[1])
        for other in taken
    )
