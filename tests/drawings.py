"""Measure the texts of a drawing as boxes, with the font of the drawing."""

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas

# Height of letters above and below the baseline, as shares of the font size.
_ABOVE, _BELOW = 0.72, 0.2
_SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Box:
    """A line of text and its box in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Return the middle between left and right."""
        return (self.left + self.right) / 2

    def meets(self, other: "Box") -> bool:
        """Return whether two boxes overlap by more than 0.3 points."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return min(across, down) > 0.3


def boxes(svg: str) -> list[Box]:
    """Return the text lines of a drawing in drawing order."""
    nodes = ElementTree.fromstring(svg).iter()  # noqa: S314
    return [_box(node) for node in nodes if node.tag.endswith("}text") and node.text.strip()]


def cut_off(svg: str) -> list[str]:
    """Return the texts that extend beyond an edge of the drawing."""
    size = ElementTree.fromstring(svg).get("viewBox").split()[2:]  # noqa: S314
    right, bottom = (float(number) for number in size)
    return [
        box.text
        for box in boxes(svg)
        if box.left < 0 or box.right > right or box.top < 0 or box.bottom > bottom
    ]


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Return the pairs of texts that overlap."""
    pairs = combinations(boxes(svg), 2)
    return [(one.text, other.text) for one, other in pairs if one.meets(other)]


def drawn(form) -> list[str]:
    """Return the drawings of a chart for paper and for a phone."""
    found = []
    for width in (style.WIDTH, style.NARROW):
        canvas = Canvas(width)
        found.append(canvas.svg(form.draw(canvas)))
    return found


def texts(svg: str) -> list[str]:
    """Return the text lines of a drawing."""
    return [box.text for box in boxes(svg)]


def shapes(svg: str, colour: str) -> list[Box]:
    """Return the boxes of the filled shapes of a colour in drawing order."""
    found = []
    for node in ElementTree.fromstring(svg).iter():  # noqa: S314
        if f"fill: {colour}" in node.get("style", ""):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", node.get("d", ""))]
            xs, ys = numbers[::2], numbers[1::2]
            found.append(Box("", min(xs), max(xs), min(ys), max(ys)))
    return found


def smallest(svg: str) -> float:
    """Return the font size of the smallest text."""
    return min(float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg))


def _box(node: ElementTree.Element) -> Box:
    look = node.get("style")
    size = float(re.search(r"font-size: ([\d.]+)px", look).group(1))
    weight = "bold" if "font-weight: 700" in look else "normal"
    width = style.text_width(node.text, size=size, weight=weight)
    anchor = re.search(r"text-anchor: (\w+)", look).group(1)
    left, line = float(node.get("x")) - _SHIFT[anchor] * width, float(node.get("y"))
    return Box(node.text, left, left + width, line - _ABOVE * size, line + _BELOW * size)
