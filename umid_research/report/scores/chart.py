"""Draw scores by group: a block per dimension, a line per group."""

from typing import Any

from umid_research.report.chart.canvas import Canvas
from umid_research.report.chart.figure import (
    WITHHELD,
    Figure,
    base,
    dimension_sentence,
    draw_interval,
    group_series,
    nothing_to_show,
    unscored_note,
    with_notes,
    with_phone_version,
    withheld_note,
)
from umid_research.report.chart.style import QUIET
from umid_research.report.scores.blocks import (
    HEADS,
    blocks_of,
    draw_blocks,
    score_heads,
    score_text,
)
from umid_research.report.study_report import Report


@with_phone_version
def plot_scores_by_group(canvas: Canvas, report: Report) -> Figure:
    """Draw every group's mean on every dimension, with its interval if published."""
    rows = report.rows("scores_by_group")
    if rows.empty:
        return nothing_to_show(report, canvas)
    present = [key for key in report.study.groups if (rows["group"] == key).any()]
    series = group_series(report)
    top = canvas.legend(0, 0, canvas.width, [(series[key], report.group(key)) for key in present])
    scale, columns = score_heads(canvas, report, top, "score", "units")

    def draw(row: Any, y: float) -> None:
        if not row.shown:
            canvas.text(columns["score"], y, WITHHELD, align="right")
            return
        draw_interval(canvas, scale, row, y, series[row.group].colour)
        canvas.mark(scale.at(row.value), y, series[row.group])
        canvas.text(columns["score"], y, report.text.number(row.value), align="right")
        canvas.text(columns["units"], y, report.text.number(row.units), colour=QUIET, align="right")

    blocks = blocks_of(report, rows, "group", present)
    bottom = draw_blocks(canvas, top + HEADS, blocks, draw, scale)
    alt = [
        dimension_sentence(report, label, [score_text(report, row) for row in block.itertuples()])
        for label, block in blocks
    ]
    caption = report.text("figure.scores_by_group.caption", **base(report))
    hidden = not rows["shown"].all()
    unscored = unscored_note(report, rows)
    notes = [*withheld_note(report, any_withheld=hidden), *unscored]
    return with_notes(report, canvas, bottom, caption=caption, alt=[*alt, *unscored], notes=notes)
