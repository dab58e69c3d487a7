"""Draw bars as a chart of PowerPoint, whose numbers and look can be edited there.

    figure of a slide ─► bars, all numbers shown ─► chart with its numbers in a small workbook
                      └► everything else         ─► picture (`slides_pptx`)

PowerPoint leaves out a bar without number and its label, so bars of which some are withheld stay a
picture, which has the mark.
"""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.util import Pt

from umid_research.output.office import with_fixed_timestamps
from umid_research.report.chart.figure import Figure
from umid_research.report.chart.stacked import Bars, Column
from umid_research.report.text_safety import one_line

# The dark colour of bars in the reports, then one that differs from it in lightness, too.
_COLOURS = ("00558C", "8FBBD9", "52606B")
_INK, _SIZE = "1D2730", 16
_GAP_WIDTH = 60  # percent of a bar's width


def native_bars(figure: Figure) -> Bars | None:
    """Return the bars of a figure if PowerPoint can show all of them."""
    form = figure.form
    if not isinstance(form, Bars) or len(form.columns) > len(_COLOURS):
        return None
    counts = [count for column in form.columns for count in column.counts]
    return form if None not in counts else None


def add_bars(page: Any, bars: Bars, box: Sequence[float], *, language: str) -> Any:
    """Add the bars to a slide; `box` is left, top, width and height in points.

    Return the shape. Equal bars give equal bytes.
    """
    names = [one_line(name) for name in bars.names]
    data = CategoryChartData()
    data.categories = names
    for column in bars.columns:
        data.add_series(one_line(column.head), column.counts)
    shape = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *map(Pt, box), data)
    chart = shape.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(names, bars.columns))
    chart.font.size, chart.font.color.rgb = Pt(_SIZE), RGBColor.from_string(_INK)
    chart.font._rPr.set("lang", language)
    chart.has_title, chart.has_legend = False, len(bars.columns) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
    _set_axes(chart, max(column.total for column in bars.columns))
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = _GAP_WIDTH, 0
    for series, column, colour in zip(plot.series, bars.columns, _COLOURS, strict=False):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(colour)
        series.invert_if_negative = False
        for place, text in enumerate(column.texts):
            label = series.points[place].data_label
            label.text_frame.text = one_line(text)
            label.text_frame.paragraphs[0].runs[0].font._element.set("lang", language)
            label.position = XL_LABEL_POSITION.OUTSIDE_END
    return shape


def _set_axes(chart: Any, total: float) -> None:
    """Begin with the first name at the top; the numbers stand at the bars, not at an axis."""
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order, names.major_tick_mark = True, XL_TICK_MARK.NONE
    names.has_major_gridlines = values.has_major_gridlines = False
    values.minimum_scale, values.maximum_scale, values.visible = 0, total, False


def _workbook(names: Sequence[str], columns: Sequence[Column]) -> bytes:
    """Return the numbers as PowerPoint expects them, with every text declared as text."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    cells = {(row, 1): name for row, name in enumerate(names, start=2)}
    cells |= {(1, place): one_line(c.head) for place, c in enumerate(columns, start=2)}
    for (row, place), text in cells.items():
        cell = sheet.cell(row, place, text)
        cell.data_type = "s"
    for place, column in enumerate(columns, start=2):
        for row, count in enumerate(column.counts, start=2):
            sheet.cell(row, place, count)
    written = io.BytesIO()
    book.save(written)
    return with_fixed_timestamps(written.getvalue())
