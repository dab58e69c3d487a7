"""What a choice shows: outputs of a notebook, a note on what is withheld, the tables' CSV files."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from umid_research.explore.views import VIEWS, Choice
from umid_research.figures import Figure
from umid_research.figures.figure import WITHHELD
from umid_research.report import Report
from umid_research.sentences import Prose
from umid_research.sheets import to_csv
from umid_research.tables import Table
from umid_research.typeface import font_faces


@dataclass(frozen=True)
class Shown:
    """Outputs as a notebook's file holds them, and what stands above them, as HTML."""

    outputs: tuple[dict[str, Any], ...]
    above: str


def shown(report: Report, choice: Choice) -> Shown:
    """What the reports show of it, told from the report where it is at home."""
    view = VIEWS[choice.view]
    district = choice.district if "district" in view.asks else None
    report = replace(report, notebook=view.notebook, district=district)
    tables = view.tables(report, choice)
    parts = [view.figure(report, choice), view.says(report, choice), *tables.values()]
    lines = [*_withheld(report, tables.values()), *_files(report, tables)]
    return Shown(tuple(_output(part) for part in parts if _tells(part)), "".join(lines))


def _tells(part: Figure | Prose | Table | None) -> bool:
    return part is not None and (not isinstance(part, Prose) or bool(part.markdown))


def _output(part: Any) -> dict[str, Any]:
    """As Jupyter would have it of a cell that displays the part."""
    if isinstance(part, Table):
        data, metadata = {"text/html": part._repr_html_(), "text/plain": repr(part)}, {}
    else:
        data, metadata = part._repr_mimebundle_()
    if isinstance(part, Figure):
        data = {**data, "image/svg+xml": _with_typeface(part.svg)}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def _with_typeface(svg: str) -> str:
    """The drawing with the letters that it was measured with.

    JupyterLab shows it as a picture, which knows no typeface but its own and the computer's.
    """
    head, end, rest = svg.partition("<defs>")
    return f"{head}{end}<style>{font_faces()}</style>{rest}"


def _withheld(report: Report, tables: Iterable[Table]) -> list[str]:
    """How many of the numbers in the tables bear the mark, and why."""
    cells = [cell for table in tables for row in table.cells for cell in row[table.ids :]]
    told = [cell for cell in cells if cell.text]
    hidden = sum(cell.text == WITHHELD for cell in told)
    if not hidden:
        return []
    key = "explore.withheld_all" if hidden == len(told) else "explore.withheld"
    text = report.text(key, mark=WITHHELD, n=hidden, of=len(told))
    return [_line(f"{escape(text)} {escape(report.text('withheld_reason'))}")]


def _files(report: Report, tables: dict[str, Table]) -> list[str]:
    """A link to each table's file, which is in the link itself; and where the reports have it."""
    if not tables:
        return []
    folders = {path.rpartition("/")[0] for path in tables} - {""}
    also = [
        report.text("explore.file_of_reports", path=f"{report.language}/{one}") for one in folders
    ]
    links = " · ".join(_link(report, path, table) for path, table in tables.items())
    return [_line(" ".join([escape(report.text("explore.file")), links, *map(escape, also)]))]


def _link(report: Report, path: str, table: Table) -> str:
    name = escape(path.rpartition("/")[2])
    content = b64encode(to_csv(report, table)).decode()
    address = f"data:text/csv;charset=utf-8;base64,{content}"
    return f'<a style="text-decoration: underline" href="{address}" download="{name}">{name}</a>'


def _line(html: str) -> str:
    return f"<p>{html}</p>"
