"""The charts of slides: the forms of the reports, as wide as a slide and filling its height."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from umid_research.report.answers.bars import unweighted_note
from umid_research.report.chart import style
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    figure_of,
    height_of,
    score_axis,
    withheld_note,
)
from umid_research.report.chart.marks import Mark
from umid_research.report.chart.numbers import BigNumbers
from umid_research.report.chart.rows import Cell, Line, Rows
from umid_research.report.chart.rows import Row as ChartRow
from umid_research.report.chart.stacked import Bars, Column
from umid_research.report.chart.style import TEXT, Series
from umid_research.report.study_report import Report

# The largest width of the row names, as a share of the figure's width.
_MAX_LABEL = 0.36
# The smallest and the largest vertical space added to a row, in points.
_MIN_SPACE, _MAX_SPACE = -5.0, 29.0
_ANSWER = 14.0

Room = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A row's name, and for each key the published row with its value."""

    name: str
    marks: Mapping[str, Any]


def plot_rows(
    report: Report,
    rows: Sequence[Row],
    names: Mapping[str, str],
    series: Mapping[str, Series],
    *,
    room: Room,
    caption: str,
    alt: Sequence[str],
) -> Figure:
    """Draw rows on a scale from 0 to 100 with a marker per key, and the numbers at the right."""

    def row(given: Row) -> ChartRow:
        shown = {key: each for key, each in given.marks.items() if each.shown}
        cells = [
            Cell(report.text.number(shown[key].value) if key in shown else WITHHELD)
            for key in names
        ]
        marks = [Mark(series[key], each.value) for key, each in shown.items()]
        return ChartRow(given.name, [Line(marks, cells)])

    form = Rows(
        score_axis(report),
        [row(given) for given in rows],
        legend=[(series[key], name) for key, name in names.items()],
        heads=[series[key] for key in names],
        names=_label_width([given.name for given in rows], room, TEXT),
        radius=5,
        may_overlap=True,
    )
    hidden = any(not each.shown for given in rows for each in given.marks.values())
    notes = withheld_note(report, any_withheld=hidden)
    return _filling(report, form, room, len(rows), caption=caption, alt=alt, notes=notes)


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
    most = max(row.respondents for row in counts)
    texts = [report.text("table.answers.of", k=row.value, n=row.respondents) for row in counts]
    column = Column(int(most), [int(row.value) for row in counts], texts)
    width = _label_width(names, room, _ANSWER)
    colours = [style.POSITIVE[0]] * len(names)
    form = Bars(names, colours, [column], width=width, size=_ANSWER)
    notes = unweighted_note(report)
    return _filling(report, form, room, len(counts), caption=caption, alt=alt, notes=notes)


def plot_bars(
    report: Report,
    names: Sequence[str],
    columns: Mapping[str, tuple[Sequence[int | None], Sequence[str]]],
    *,
    room: Room,
    caption: str,
) -> Figure:
    """Draw bars of shares (0 to 100) with their texts, a column per head; None is withheld."""
    made = [Column(100, shares, texts, head) for head, (shares, texts) in columns.items()]
    width = _label_width(names, room, _ANSWER)
    colours = [style.POSITIVE[0]] * len(names)
    form = Bars(names, colours, made, width=width, size=_ANSWER)
    notes = unweighted_note(report)
    if any(share is None for shares, _ in columns.values() for share in shares):
        notes += withheld_note(report, any_withheld=True)
    return _filling(report, form, room, len(names), caption=caption, alt=[], notes=notes)


def plot_numbers(
    report: Report, numbers: Sequence[tuple[str, str]], *, room: Room, caption: str
) -> Figure:
    """Draw large numbers, each with its words."""
    alt = [f"{number} {words}" for number, words in numbers]
    return figure_of(report, BigNumbers(numbers), caption=caption, alt=alt, width=room[0])


def _label_width(names: Sequence[str], room: Room, size: float) -> float:
    widest = max(style.text_width(name, size=size) for name in names) + 6
    return min(widest, room[0] * _MAX_LABEL)


def _filling(report: Report, form: Rows | Bars, room: Room, rows: int, **texts: Any) -> Figure:
    """Return the figure with the row spacing that fills the room."""
    notes, closest = texts.get("notes", ()), replace(form, space=_MIN_SPACE)
    spare = (room[1] - height_of(report, closest, width=room[0], notes=notes)) / rows
    space = min(_MIN_SPACE + max(spare, 0), _MAX_SPACE)
    figure = figure_of(report, replace(form, space=space), width=room[0], **texts)
    return replace(figure, form=form, notes=tuple(notes))
