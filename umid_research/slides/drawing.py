"""Figures for a wall: a line a row, large markers, and the numbers beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from umid_research import style
from umid_research.canvas import Canvas
from umid_research.figures.figure import (
    WITHHELD,
    Figure,
    draw_interval,
    finished,
    withheld_note,
)
from umid_research.report import Report
from umid_research.style import INK, QUIET, RULE, SMALL, TEXT, Scale, Series

_LABEL, _NUMBER, _ROW = 150.0, 30.0, 22.0
_RADIUS = 5.0
_BAR = "#b9b9b9"


@dataclass(frozen=True)
class Row:
    """A row's name, and of each key the published row with its value and interval."""

    name: str
    marks: Mapping[str, Any]


def plot_rows(
    report: Report,
    rows: Sequence[Row],
    names: Mapping[str, str],
    series: dict[str, Series],
    *,
    caption: str,
    alt: Sequence[str],
    bar: str | None = None,
) -> Figure:
    """Rows from 0 to 100, a marker a key; to the right the numbers, each below its marker.

    The key `bar` is drawn as a bar behind the markers: it is measured in another way.
    """
    if bar is not None:
        series = {**series, bar: Series(_BAR, "swatch")}
    canvas = Canvas()
    top = canvas.key(0, 0, canvas.width, [(series[key], name) for key, name in names.items()])
    scale = Scale(0, 100, _LABEL, canvas.width - _NUMBER * len(names) - 10)
    y = top + SMALL
    for value in range(0, 101, 25):
        text = report.text.number(value)
        canvas.text(scale.at(value), y, text, colour=QUIET, align="center")
    columns = {
        key: canvas.width - _NUMBER * (len(names) - place - 0.5) for place, key in enumerate(names)
    }
    for key, x in columns.items():
        canvas.mark(x, y, series[key], radius=4)
    first = y + SMALL
    bottom = first + sum(_height(row) for row in rows)
    for value in range(0, 101, 25):
        canvas.line((scale.at(value), first), (scale.at(value), bottom), RULE)
    y = first
    for row in rows:
        _row(canvas, report, row, y, scale, series, columns, bar)
        y += _height(row)
    hidden = any(not value.shown for row in rows for value in row.marks.values())
    notes = withheld_note(report, any_withheld=hidden)
    return finished(report, canvas, bottom + 2, caption=caption, alt=alt, notes=notes)


def _height(row: Row) -> float:
    return max(_ROW, len(_label(row)) * TEXT * style.LEADING + 4)


def _label(row: Row) -> list[str]:
    return style.wrapped(row.name, _LABEL - 12, size=TEXT)


def _row(
    canvas: Canvas,
    report: Report,
    row: Row,
    top: float,
    scale: Scale,
    series: Mapping[str, Series],
    columns: Mapping[str, float],
    bar: str | None,
) -> None:
    middle = top + _height(row) / 2
    lines = _label(row)
    canvas.line((0, top), (canvas.width, top), RULE)
    canvas.lines(0, middle - len(lines) * TEXT * style.LEADING / 2, lines, size=TEXT)
    if bar is not None and bar in row.marks and row.marks[bar].value > 0:
        end = scale.at(row.marks[bar].value)
        canvas.bar(scale.left, middle, end - scale.left, 13, _BAR)
    for key, value in row.marks.items():
        if value.shown:
            draw_interval(canvas, scale, value, middle, series[key].colour)
    for key, value in row.marks.items():
        shown = bool(value.shown) and pd.notna(value.value)
        if shown and key != bar:
            canvas.mark(scale.at(value.value), middle, series[key], radius=_RADIUS)
        text = report.text.number(value.value) if shown else WITHHELD
        canvas.text(columns[key], middle, text, size=TEXT, colour=INK, align="center")


def plot_answer_bars(
    report: Report, counts: Sequence[Any], names: Sequence[str], *, caption: str, alt: Sequence[str]
) -> Figure:
    """A bar an answer, as long as its share of those who answered, with the number of people."""
    canvas = Canvas()
    told = [report.text("table.answers.of", k=row.value, n=row.respondents) for row in counts]
    beside = max(style.text_width(text, size=TEXT) for text in told) + 8
    scale = Scale(0, max(row.respondents for row in counts), _LABEL, canvas.width - beside)
    y = 6.0
    for row, name, text in zip(counts, names, told, strict=True):
        lines = style.wrapped(name, _LABEL - 12, size=TEXT)
        height = max(1.6 * _ROW, len(lines) * TEXT * style.LEADING + 8)
        middle = y + height / 2
        canvas.lines(0, middle - len(lines) * TEXT * style.LEADING / 2, lines, size=TEXT)
        canvas.bar(scale.left, middle, scale.right - scale.left, 16, style.FAINT)
        canvas.bar(scale.left, middle, max(scale.at(row.value) - scale.left, 1), 16, "#00568c")
        canvas.text(scale.right + 6, middle, text, size=TEXT)
        y += height
    return finished(report, canvas, y, caption=caption, alt=alt)
