"""Draw the figures of slides: sized for the slide, with large letters and a column of numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from umid_research.report.answers.bars import unweighted_note
from umid_research.report.chart import style
from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    draw_interval,
    with_notes,
    withheld_note,
)
from umid_research.report.chart.style import INK, QUIET, RULE, SMALL, TEXT, Scale, Series
from umid_research.report.differences.gaps import MARK, lanes_of
from umid_research.report.slides.fit import FRAME, figure_size
from umid_research.report.study_report import Report

_NUMBER, _PAD = 34.0, 12.0
# The largest width of the row names, as a share of the figure's width.
_MAX_LABEL = 0.36
_MIN_SCALE = 0.3  # share of the width: with a narrower scale, the numbers are left out
# The smallest and the largest vertical space added to a row, in points.
_MIN_SPACE, _MAX_SPACE = 2.0, 34.0
_RADIUS = 5.0
_BAR, _GIVEN = "#b9b9b9", "#00568c"
_ANSWER = 14.0

Room = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A row's name, and for each key the published row with its value and interval."""

    name: str
    marks: Mapping[str, Any]


@dataclass(frozen=True)
class _Columns:
    """The width of the names, the scale, and the position of each key's numbers."""

    label: float
    scale: Scale
    numbers: Mapping[str, float]


def plot_rows(
    report: Report,
    rows: Sequence[Row],
    names: Mapping[str, str],
    series: Mapping[str, Series],
    *,
    room: Room,
    caption: str,
    alt: Sequence[str],
    bar: str | None = None,
) -> Figure:
    """Draw rows on a scale from 0 to 100 with a marker per key, and the numbers at the right.

    The key `bar` is drawn as a bar behind the markers, because it measures something else.
    """
    if bar is not None:
        series = {**series, bar: Series(_BAR, "swatch")}
    width, _ = room
    columns = _columns([row.name for row in rows], list(names), width)
    hidden = any(not value.shown for row in rows for value in row.marks.values())
    notes = withheld_note(report, any_withheld=hidden)

    def drawn(space: float) -> Figure:
        canvas = Canvas(width)
        top = canvas.legend(0, 0, width, [(series[key], name) for key, name in names.items()])
        first = _head(canvas, report, top, columns, series)
        heights = [_height(row, columns, series) + space for row in rows]
        bottom = first + sum(heights)
        for value in range(0, 101, 25):
            x = columns.scale.at(value)
            canvas.line((x, first), (x, bottom), RULE)
        y = first
        for row, height in zip(rows, heights, strict=True):
            canvas.line((0, y), (width, y), RULE)
            _row(canvas, report, row, y + height / 2, columns, series, bar)
            y += height
        return with_notes(report, canvas, bottom + 2, caption=caption, alt=alt, notes=notes)

    return _filling(drawn, room, len(rows))


def _filling(drawn: Callable[[float], Figure], room: Room, rows: int) -> Figure:
    """Return the figure with the row spacing that fills the room; draw it once to measure it."""
    _, high = figure_size(drawn(_MIN_SPACE).svg)
    spare = (room[1] + 2 * FRAME - high) / rows
    return drawn(min(_MIN_SPACE + max(spare, 0), _MAX_SPACE))


def _columns(labels: Sequence[str], keys: Sequence[str], width: float) -> _Columns:
    wanted = max(style.text_width(label, size=TEXT) for label in labels) + 1
    label = min(wanted, width * _MAX_LABEL)
    left, right = label + _PAD, width - _NUMBER * len(keys) - _PAD
    if right - left < _MIN_SCALE * width:  # so many numbers are unreadable
        return _Columns(label, Scale(0, 100, left, width - _PAD), {})
    places = (width - _NUMBER * (len(keys) - place - 0.5) for place in range(len(keys)))
    return _Columns(label, Scale(0, 100, left, right), dict(zip(keys, places, strict=True)))


def _head(
    canvas: Canvas, report: Report, top: float, columns: _Columns, series: Mapping[str, Series]
) -> float:
    """Draw the numbers of the scale and the marker of each column; return the lower edge."""
    middle = top + SMALL * 0.8
    for value in range(0, 101, 25):
        text = report.text.number(value)
        canvas.text(columns.scale.at(value), middle, text, colour=QUIET, align="center")
    for key, x in columns.numbers.items():
        canvas.mark(x, middle, series[key], radius=4)
    return top + SMALL * 1.6


def _height(row: Row, columns: _Columns, series: Mapping[str, Series]) -> float:
    """Return the height of a row's name and marks."""
    lines = len(style.wrapped(row.name, columns.label, size=TEXT))
    lanes = max(_lanes(row, columns, series).values(), default=0) + 1
    return max(lines * TEXT * style.LEADING, lanes * MARK)


def _lanes(row: Row, columns: _Columns, series: Mapping[str, Series]) -> dict[str, int]:
    """Return the lane of each mark; only marks with letters must not overlap."""
    shown = {key: value.value for key, value in row.marks.items() if value.shown}
    if not any(series[key].letter for key in shown):
        return dict.fromkeys(shown, 0)
    ordered = sorted(shown, key=lambda key: shown[key])
    lanes = lanes_of([columns.scale.at(shown[key]) for key in ordered])
    return dict(zip(ordered, lanes, strict=True))


def _row(
    canvas: Canvas,
    report: Report,
    row: Row,
    middle: float,
    columns: _Columns,
    series: Mapping[str, Series],
    bar: str | None,
) -> None:
    scale = columns.scale
    lines = style.wrapped(row.name, columns.label, size=TEXT)
    canvas.lines(0, middle - len(lines) * TEXT * style.LEADING / 2, lines, size=TEXT)
    lanes = _lanes(row, columns, series)
    first = middle - MARK * max(lanes.values(), default=0) / 2
    if bar is not None and bar in row.marks and row.marks[bar].value > 0:
        end = scale.at(row.marks[bar].value)
        canvas.bar(scale.left, middle, end - scale.left, 13, _BAR)
    for key, value in row.marks.items():
        if value.shown:
            y = first + MARK * lanes[key]
            draw_interval(canvas, scale, value, y, series[key].colour)
    for key, value in row.marks.items():
        shown = bool(value.shown) and pd.notna(value.value)
        if shown and key != bar:
            y = first + MARK * lanes[key]
            canvas.mark(scale.at(value.value), y, series[key], radius=_RADIUS)
        if key in columns.numbers:
            text = report.text.number(value.value) if shown else WITHHELD
            canvas.text(columns.numbers[key], middle, text, size=TEXT, colour=INK, align="center")


def plot_answer_bars(
    report: Report,
    counts: Sequence[Any],
    names: Sequence[str],
    *,
    room: Room,
    caption: str,
    alt: Sequence[str],
) -> Figure:
    """Draw a bar per answer, the share of those who answered, with the number of people."""
    width, _ = room
    labels = [report.text("table.answers.of", k=row.value, n=row.respondents) for row in counts]
    numbers = max(style.text_width(text, size=_ANSWER) for text in labels) + 6
    wanted = max(style.text_width(name, size=_ANSWER) for name in names) + 1
    label = min(wanted, width * _MAX_LABEL)
    most = max(row.respondents for row in counts)
    scale = Scale(0, most, label + _PAD, width - numbers)

    def drawn(space: float) -> Figure:
        canvas = Canvas(width)
        y = 0.0
        for row, name, text in zip(counts, names, labels, strict=True):
            lines = style.wrapped(name, label, size=_ANSWER)
            high = len(lines) * _ANSWER * style.LEADING
            middle = y + (high + space) / 2
            canvas.lines(0, middle - high / 2, lines, size=_ANSWER)
            thick = _ANSWER + space / 3
            canvas.bar(scale.left, middle, scale.right - scale.left, thick, style.FAINT)
            canvas.bar(scale.left, middle, max(scale.at(row.value) - scale.left, 1), thick, _GIVEN)
            canvas.text(scale.right + 6, middle, text, size=_ANSWER)
            y += high + space
        notes = unweighted_note(report)
        return with_notes(report, canvas, y, caption=caption, alt=alt, notes=notes)

    return _filling(drawn, room, len(counts))
