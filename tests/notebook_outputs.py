"""Compare what two notebooks show: figures by their marks as numbers, tables by their cells."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zlib import crc32

import lxml.html
from drawings import Box, boxes

MEANT = "if the change is meant, run `make notebooks` and look at it with `make review`"
# In points. A score of one point more is three points of paper to the right.
TOLERANCE = 0.05
SVG, NARROW = "image/svg+xml", "image/vnd.umid.narrow+svg"
_LONGEST = 70


def place(name: str, cell: Mapping[str, Any]) -> str:
    """Return notebook and cell, with the figures and tables that the cell shows."""
    what = ", ".join(shown(cell))
    return f"{name}, {cell['id']}" + (f" ({what})" if what else "")


def shown(cell: Mapping[str, Any]) -> list[str]:
    """Return the names of the figures and tables that a cell shows, or else of its first text."""
    names = [label(output) for output in cell.get("outputs", [])]
    return [name for name in names if not name.startswith("text")] or names[:1]


def is_figure_or_table(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell shows one."""
    return any(not name.startswith("text") for name in shown(cell))


def label(output: Mapping[str, Any]) -> str:
    """Return what an output is, with the beginning of its caption."""
    data = output.get("data", {})
    if SVG in data:
        caption = output["metadata"].get(SVG, {}).get("caption") or _joined(data["text/plain"])
        return f'figure "{_short(caption)}"'
    if "text/html" in data:
        table = lxml.html.fromstring(_joined(data["text/html"]))
        caption = table.findtext(".//caption") or ", ".join(
            head.text_content().strip() for head in table.findall(".//th")[:6]
        )
        return f'table "{_short(caption)}"'
    text = _joined(data.get("text/markdown") or data.get("text/plain") or "")
    return f'text "{_short(text.lstrip("# "))}"'


def changes(name: str, stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[str]:
    """Return in which cells of notebook `name` stored outputs are others than the fresh ones.

    Cells of injected parameters are left out, as are those tagged `nbval-ignore-output`.
    """
    before, now = _cells(stored), _cells(fresh)
    if [cell["source"] for cell in before] != [cell["source"] for cell in now]:
        return [f"{name}: the cells are not those that were run; {MEANT}"]
    return [
        f"{place(name, one)}: {message}; {MEANT}"
        for one, other in zip(before, now, strict=True)
        if "nbval-ignore-output" not in one["metadata"]["tags"]
        for message in _in_cell(one, other)
    ]


def read(path: Path) -> dict[str, Any]:
    """Return a notebook as it stands in the file."""
    return json.loads(path.read_text(encoding="utf-8"))


def _cells(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cells with sources and texts joined, without injected parameters."""
    return [
        {**cell, "source": _joined(cell["source"])}
        for cell in notebook["cells"]
        if "injected-parameters" not in cell["metadata"].get("tags", [])
    ]


def _in_cell(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> Iterator[str]:
    before, now = stored.get("outputs", []), fresh.get("outputs", [])
    if len(before) != len(now):
        had, has = [label(one) for one in before], [label(one) for one in now]
        missing = [one for one in has if one not in had]
        more = [one for one in had if one not in has]
        yield f"not stored: {missing}; stored but not shown any more: {more}"
        return
    for one, other in zip(before, now, strict=True):
        what = label(other)
        if set(one.get("data", {})) != set(other.get("data", {})):
            yield f"{what} is stored as {sorted(one.get('data', {}))}"
            continue
        captions = one.get("metadata"), other.get("metadata")
        if captions[0] != captions[1]:
            yield f"the caption or description of {what} is {_first_difference(*captions)}"
        for kind, content in one.get("data", {}).items():
            new = other["data"][kind]
            for message in _in_data(kind, _joined(content), _joined(new)):
                yield f"{what}: {message}"


def _in_data(kind: str, stored: Any, fresh: Any) -> Iterator[str]:
    if stored == fresh:
        return
    if kind in {SVG, NARROW}:
        yield from _in_drawing(stored, fresh)
    elif kind == "text/html":
        yield from _in_table(stored, fresh)
    else:
        yield f"{kind} is {_first_difference(stored, fresh)}"


def _in_table(stored: str, fresh: str) -> Iterator[str]:
    one, other = _rows(stored), _rows(fresh)
    if [len(row) for row in one] != [len(row) for row in other]:
        yield f"{len(one)} rows of cells are stored, now {len(other)}, or of other lengths"
        return
    for number, (row, new) in enumerate(zip(one, other, strict=True)):
        for column, (cell, now) in enumerate(zip(row, new, strict=True)):
            if cell != now:
                head = one[1][column] if column < len(one[1]) else column + 1
                yield f"row {number} ({row[0]}), column {head}: {cell!r} is stored, now {now!r}"
    if one == other:
        yield f"the HTML is {_first_difference(stored, fresh)}"


def _rows(html: str) -> list[list[str]]:
    """Return the caption and the rows of a table as texts."""
    table = lxml.html.fromstring(html)
    rows = [[cell.text_content().strip() for cell in row] for row in table.iter("tr")]
    return [[table.findtext(".//caption") or ""], *rows]


@dataclass(frozen=True)
class Shape:
    """A filled or stroked shape of a drawing and its box in points."""

    look: str
    box: tuple[float, float, float, float]

    def is_at(self, other: "Shape") -> bool:
        """Return whether it looks the same and lies at the same place."""
        pairs = zip(self.box, other.box, strict=True)
        return self.look == other.look and all(abs(a - b) <= TOLERANCE for a, b in pairs)


def _in_drawing(stored: str, fresh: str) -> Iterator[str]:
    texts, now = boxes(stored), boxes(fresh)
    if [one.text for one in texts] != [one.text for one in now]:
        had, has = [one.text for one in texts], [one.text for one in now]
        yield f"its words are {_first_difference(had, has)}"
        return
    for text, new in zip(texts, now, strict=True):
        if max(abs(text.left - new.left), abs(text.top - new.top)) > TOLERANCE:
            yield f"the word {text.text!r} stands elsewhere"
    marks, new_marks = shapes(stored), shapes(fresh)
    if len(marks) != len(new_marks):
        yield f"{len(marks)} marks and lines are stored, now {len(new_marks)}"
        return
    for number, (mark, other) in enumerate(zip(marks, new_marks, strict=True)):
        if not mark.is_at(other):
            yield (
                f"mark {number + 1} ({_series(number, marks, texts)}, row {_row(other, texts)!r}) "
                f"is stored at {_value(mark, texts)}, now {_value(other, texts)}"
            )


def shapes(svg: str) -> list[Shape]:
    """Return the shapes of a drawing in drawing order, without the definitions of symbols."""
    found = []
    root = ElementTree.fromstring(_without_prologue(svg))  # noqa: S314
    for group in root:
        if group.tag.endswith("}g"):
            found += [one for node in group.iter() if (one := _shape(node)) is not None]
    return found


def _shape(node: ElementTree.Element) -> Shape | None:
    look = node.get("style", "")
    if node.tag.endswith("}use"):
        x, y = float(node.get("x", 0)), float(node.get("y", 0))
        return Shape(look, (x, y, x, y))
    if node.tag.endswith("}image"):
        x, y, width, height = (float(node.get(one, 0)) for one in ("x", "y", "width", "height"))
        content = crc32("".join(node.attrib.values()).encode())
        return Shape(f"picture {content:x}", (x, y, x + width, y + height))
    if not node.tag.endswith("}path") or not look:
        return None
    numbers = [float(word) for word in node.get("d", "").split() if not word.isalpha()]
    xs, ys = numbers[::2], numbers[1::2]
    return Shape(look, (min(xs), min(ys), max(xs), max(ys)))


def _series(number: int, marks: list[Shape], texts: list[Box]) -> str:
    """Return the text right of the first mark that looks like this one: its entry in the legend."""
    first = next(one for one in marks if one.look == marks[number].look)
    middle = (first.box[1] + first.box[3]) / 2
    beside = [
        one
        for one in texts
        if one.left >= first.box[2] - 1 and abs((one.top + one.bottom) / 2 - middle) < 6
    ]
    return min(beside, key=lambda one: one.left).text if beside else marks[number].look


def _row(mark: Shape, texts: list[Box]) -> str:
    """Return the text at the left edge that is nearest in height."""
    middle = (mark.box[1] + mark.box[3]) / 2
    edge = min((one.left for one in texts), default=0)
    rows = [one for one in texts if one.left < edge + 20]
    return min(rows, key=lambda one: abs((one.top + one.bottom) / 2 - middle)).text if rows else ""


def _value(mark: Shape, texts: list[Box]) -> str:
    """Return where a mark begins and ends, on the axis above if there is one, else in points."""
    left, right = mark.box[0], mark.box[2]
    ticks = _ticks(mark, texts)
    if ticks:
        (zero, low), (other, high) = ticks[0], ticks[-1]
        left, right = (low + (x - zero) / (other - zero) * (high - low) for x in (left, right))
    middle = f"{(left + right) / 2:.1f} (from {left:.1f} to {right:.1f})"
    return middle if ticks else f"{middle} of the paper, height {mark.box[1]:.1f}"


def _ticks(mark: Shape, texts: list[Box]) -> list[tuple[float, float]]:
    """Return place and number of the ticks of the axis nearest to a mark."""
    numbers = [one for one in texts if one.text.replace("−", "").isdecimal()]
    numbers.sort(key=lambda one: (one.top, one.middle))
    lines = [list(line) for _, line in groupby(numbers, key=lambda one: round(one.top, 1))]
    found = []
    for line in lines:
        values = [float(one.text.replace("−", "-")) for one in line]
        steps = {b - a for a, b in pairwise(values)}
        if len(line) > 2 and len(steps) == 1 and steps != {0.0}:
            found.append(
                (line[0].top, list(zip([one.middle for one in line], values, strict=True)))
            )
    return min(found, key=lambda one: abs(one[0] - mark.box[1]))[1] if found else []


def _without_prologue(svg: str) -> str:
    return svg[svg.index("<svg") :]


def _first_difference(stored: Any, fresh: Any) -> str:
    """Return both around the first difference."""
    one, other = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in (stored, fresh)
    )
    first = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    start = max(first - 25, 0)
    return f"…{one[start : first + 45]!r} as stored, now …{other[start : first + 45]!r}"


def _joined(text: Any) -> Any:
    return "".join(text) if isinstance(text, list) else text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
