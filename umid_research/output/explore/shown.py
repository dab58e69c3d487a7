"""Make the result of a choice: outputs, a note on withheld numbers, and CSV files."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from umid_research.output.explore.views import VIEWS, Choice
from umid_research.output.sheets import to_csv
from umid_research.output.sheets.keys import with_keys
from umid_research.output.typeface import font_faces
from umid_research.report.chart.figure import WITHHELD, for_paper_alone
from umid_research.report.charts import Figure
from umid_research.report.prose import Prose
from umid_research.report.study_report import Report
from umid_research.report.table import Table


@dataclass(frozen=True)
class Result:
    """Outputs in the notebook format, and the HTML above them."""

    outputs: tuple[dict[str, Any], ...]
    above: str


def make_result(report: Report, choice: Choice) -> Result:
    """Return the result of a choice, made as in the report that has this view."""
    view = VIEWS[choice.view]
    district = choice.district if "district" in view.asks else None
    report = replace(report, notebook=view.notebook, district=district)
    tables = view.tables(report, choice)
    marked = view.tables(with_keys(report), choice)
    with for_paper_alone():  # JupyterLab shows no other version
        figure = view.figure(report, choice)
    parts = [figure, view.says(report, choice), *tables.values()]
    lines = [*_withheld(report, tables.values()), *_files(report, tables, marked)]
    return Result(tuple(_output(part) for part in parts if _has_content(part)), "".join(lines))


def _has_content(part: Figure | Prose | Table | None) -> bool:
    return part is not None and (not isinstance(part, Prose) or bool(part.markdown))


def _output(part: Any) -> dict[str, Any]:
    """Return the output of a cell that displays the part."""
    if isinstance(part, Table):
        data, metadata = {"text/html": part._repr_html_(), "text/plain": repr(part)}, {}
    else:
        data, metadata = part._repr_mimebundle_()
    if isinstance(part, Figure):
        data = {**data, "image/svg+xml": _with_font(part.svg)}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def _with_font(svg: str) -> str:
    """Embed the font with which the drawing was measured.

    JupyterLab shows the drawing as an image, which can only use embedded and installed fonts.
    """
    head, end, rest = svg.partition("<defs>")
    return f"{head}{end}<style>{font_faces()}</style>{rest}"


def _withheld(report: Report, tables: Iterable[Table]) -> list[str]:
    """Return a note with the number of withheld cells and the reason, if there are any."""
    cells = [cell for table in tables for row in table.cells for cell in row[table.ids :]]
    filled = [cell for cell in cells if cell.text]
    hidden = sum(cell.text == WITHHELD for cell in filled)
    if not hidden:
        return []
    key = "explore.withheld_all" if hidden == len(filled) else "explore.withheld"
    text = report.text(key, mark=WITHHELD, n=hidden, of=len(filled))
    return [_line(f"{escape(text)} {escape(report.text('withheld_reason'))}")]


def _files(report: Report, tables: dict[str, Table], marked: dict[str, Table]) -> list[str]:
    """Return download links that contain the CSV files, and the folder of the published files.

    `marked` has the same tables with marked names, for their machine names.
    """
    if not tables:
        return []
    folders = {path.rpartition("/")[0] for path in tables} - {""}
    also = [
        report.text("explore.file_of_reports", path=f"{report.language}/{one}") for one in folders
    ]
    links = " · ".join(_link(report, path, tables[path], marked[path]) for path in tables)
    return [_line(" ".join([escape(report.text("explore.file")), links, *map(escape, also)]))]


def _link(report: Report, path: str, table: Table, marked: Table) -> str:
    name = escape(path.rpartition("/")[2])
    content = b64encode(to_csv(report, table, marked)).decode()
    address = f"data:text/csv;charset=utf-8;base64,{content}"
    return f'<a style="text-decoration: underline" href="{address}" download="{name}">{name}</a>'


def _line(html: str) -> str:
    return f"<p>{html}</p>"
