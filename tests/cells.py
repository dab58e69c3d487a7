"""Run the cells of the notebooks without a kernel and collect what they show."""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat

from umid_research.__main__ import main
from umid_research.pipeline import FRAME_STAGES
from umid_research.report.study_report import Report

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def derive(raw: Path, processed: Path) -> None:
    """Write every frame, from cleaning to publication."""
    for stage in FRAME_STAGES:
        arguments = [stage.__name__, "--raw", str(raw), "--processed", str(processed)]
        assert 0 == main(arguments), stage.__name__


def shown(notebook: str, **parameters: str) -> list[Any]:
    """Run the cells of a notebook with these parameters; return what they show."""
    outputs: list[Any] = []
    names = {**parameters, "display": lambda *given: outputs.extend(given)}
    for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            tree = ast.parse(cell.source)
            if isinstance(tree.body[-1], ast.Expr):
                last = tree.body[-1].value
                tree.body[-1] = ast.Expr(ast.Call(ast.Name("display", ast.Load()), [last], []))
            exec(compile(ast.fix_missing_locations(tree), notebook, "exec"), names)  # noqa: S102
    return [one for one in outputs if one is not None]


def words(one: Any) -> str:
    """Return the text of a sentence, a table or a figure."""
    if hasattr(one, "svg"):
        return f"{one.alt} {one.caption} {re.sub('<[^>]*>', ' ', one.svg)}"
    if hasattr(one, "_repr_html_"):
        return re.sub("<[^>]*>", " ", one._repr_html_())
    return one._repr_mimebundle_()["text/plain"] if isinstance(one, Report) else one.markdown
