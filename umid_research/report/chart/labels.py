"""Row names: in a column at the left of the marks, or above the marks on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.style import (
    LEADING,
    PAPER,
    QUIET,
    SMALL,
    WITHHELD,
    Series,
    Weight,
)

# Points between the line above a row and the name below it; width of the withheld mark and of
# each marker behind it.
_FREE, _MARK = 3.0, 12.0


@dataclass(frozen=True)
class Label:
    """The name of a row in lines, its withheld series, and whether it is above the marks."""

    lines: list[str]
    size: float
    weight: Weight
    room: float
    withheld: Sequence[Series]
    is_above: bool

    @property
    def height(self) -> float:
        """Return the height of the name and of the lines of withheld series."""
        return len(self.lines) * self.size * LEADING + len(self._rows()) * _MARK

    def depth(self, marks: float) -> float:
        """Return the height of a row with marks of height `marks`."""
        return _FREE + self.height + marks if self.is_above else max(marks, self.height)

    def below(self, top: float) -> float:
        """Return the upper edge of the marks of a row that begins at `top`."""
        return top + _FREE + self.height if self.is_above else top

    def first_line(self, top: float, middle: float) -> float:
        """Return the middle of the name's first line above the marks, else `middle`."""
        return top + _FREE + self.size * LEADING / 2 if self.is_above else middle

    def draw(self, canvas: Canvas, top: float, depth: float, *, at_top: bool = False) -> float:
        """Draw the name of a row, centred or `at_top`; return the middle of its marks.

        A name above the marks gets a white background, so that no grid line crosses it.
        """
        middle = (self.below(top) + top + depth) / 2
        start = top + _FREE if self.is_above else top if at_top else middle - self.height / 2
        if self.is_above:
            canvas.bar(0, start + self.height / 2, canvas.width, self.height, PAPER)
        y = canvas.lines(0, start, self.lines, size=self.size, weight=self.weight)
        for row in self._rows():
            y += _MARK / 2
            canvas.text(0, y, WITHHELD, colour=QUIET)
            for place, series in enumerate(row):
                x = _MARK * (place + 1.2)
                canvas.mark(x, y, replace(series, hollow=True), radius=3.2)
            y += _MARK / 2
        return middle

    def _rows(self) -> list[Sequence[Series]]:
        """Return the withheld series in rows as wide as the name."""
        count = max(int(self.room / _MARK - 1.2), 1)
        return [self.withheld[n : n + count] for n in range(0, len(self.withheld), count)]


def label_of(
    canvas: Canvas,
    text: str,
    column: float,
    *,
    size: float = SMALL,
    weight: Weight = "normal",
    reserved: float = 0.0,
    withheld: Sequence[Series] = (),
) -> Label:
    """Wrap a row's name for its column; on a phone, for the width less `reserved`.

    An empty name takes no room.
    """
    room = canvas.width - reserved if canvas.is_narrow else column
    lines = style.wrapped(text, room, size=size, weight=weight) if text else []
    return Label(lines, size, weight, room, withheld, canvas.is_narrow and bool(text))


def marks_from(canvas: Canvas, column: float) -> float:
    """Return the left edge of the marks: right of the column of names, 0 on a phone."""
    return 0.0 if canvas.is_narrow else column
