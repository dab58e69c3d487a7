"""The names of rows: in a column beside their marks, or above them where the canvas is narrow."""

from dataclasses import dataclass

from umid_research import style
from umid_research.canvas import Canvas
from umid_research.style import LEADING, PAPER, SMALL, Weight

# What stands free between the rule above a row and a name below it.
_FREE = 3.0


@dataclass(frozen=True)
class Label:
    """A row's name in lines, and whether these stand above the row's marks."""

    lines: list[str]
    size: float
    weight: Weight
    is_above: bool

    @property
    def height(self) -> float:
        """How high the lines are."""
        return len(self.lines) * self.size * LEADING

    def depth(self, marks: float, spare: float = 0.0) -> float:
        """How high a row is whose marks are `marks` high; `spare` stands free around a name
        beside them."""
        if self.is_above:
            return _FREE + self.height + marks
        return max(marks, self.height + spare)

    def below(self, top: float) -> float:
        """Where the marks of a row begin that begins at `top`."""
        return top + _FREE + self.height if self.is_above else top

    def beside(self, top: float, middle: float) -> float:
        """The height of what is told beside the name: its first line, or the marks' middle."""
        return top + _FREE + self.size * LEADING / 2 if self.is_above else middle

    def draw(self, canvas: Canvas, top: float, depth: float) -> float:
        """Draws the name of a row; returns the middle of its marks.

        Above the marks it stands on paper of its own, so that no line of a scale runs through it.
        """
        middle = (self.below(top) + top + depth) / 2
        start = top + _FREE if self.is_above else middle - self.height / 2
        if self.is_above:
            canvas.bar(0, start + self.height / 2, canvas.width, self.height, PAPER)
        canvas.lines(0, start, self.lines, size=self.size, weight=self.weight)
        return middle


def label_of(
    canvas: Canvas,
    text: str,
    column: float,
    *,
    size: float = SMALL,
    weight: Weight = "normal",
    beside: float = 0.0,
) -> Label:
    """A row's name, wrapped for its column; above the marks for all but `beside` of the width."""
    room = canvas.width - beside if canvas.is_narrow else column
    lines = style.wrapped(text, room, size=size, weight=weight)
    return Label(lines, size, weight, canvas.is_narrow)


def marks_from(canvas: Canvas, column: float) -> float:
    """Where marks may begin, to the right of a column of names if there is one."""
    return 0.0 if canvas.is_narrow else column
