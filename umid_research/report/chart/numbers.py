"""Draw a few large numbers side by side, each with a line of words below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.style import LEADING, POSITIVE, TEXT

_GAP = 24.0


@dataclass(frozen=True)
class BigNumbers:
    """Numbers with their words; `size` is the height of the numbers in points."""

    numbers: Sequence[tuple[str, str]]
    size: float = 64.0

    def draw(self, canvas: Canvas) -> float:
        """Draw each number above its words, in columns of equal width; return the lower edge."""
        count = len(self.numbers)
        width = (canvas.width - (count - 1) * _GAP) / count
        bottom = 0.0
        for place, (number, words) in enumerate(self.numbers):
            left = place * (width + _GAP)
            size = min(self.size, self.size * width / style.text_width(number, size=self.size))
            canvas.text(left, size * LEADING / 2, number, size=size, colour=POSITIVE[0])
            lines = style.wrapped(words, width, size=1.4 * TEXT)
            end = canvas.lines(left, self.size * LEADING, lines, size=1.4 * TEXT)
            bottom = max(bottom, end)
        return bottom
