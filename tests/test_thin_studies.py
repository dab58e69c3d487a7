"""Too little of everything, the whole way: reports that say so, and never a number from nothing.

What the reports show is taken from the notebooks' own cells.
"""

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from thin_studies import CASES

from umid_research.__main__ import FRAME_STAGES, main
from umid_research.publish import planned_runs
from umid_research.report import DESCRIPTION, PROCESSED_VARIABLE, Report
from umid_research.robustness import robustness_of
from umid_research.study import read_study

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
# How Python and its libraries write a number that is none.
_NO_NUMBER = re.compile(r"(?<!\w)(?:nan|-?inf|NaT|<NA>|&lt;NA&gt;)(?!\w)", re.IGNORECASE)


def derive(raw: Path, processed: Path) -> None:
    """Every frame, from cleaning to what is published."""
    for stage in FRAME_STAGES:
        arguments = [stage.__name__, "--raw", str(raw), "--processed", str(processed)]
        assert 0 == main(arguments), stage.__name__


def shown(notebook: str, **parameters: str) -> list[Any]:
    """What the cells of a notebook show, run in order with these parameters."""
    found: list[Any] = []
    names = {**parameters, "display": lambda *given: found.extend(given)}
    for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            tree = ast.parse(cell.source)
            if isinstance(tree.body[-1], ast.Expr):
                last = tree.body[-1].value
                tree.body[-1] = ast.Expr(ast.Call(ast.Name("display", ast.Load()), [last], []))
            exec(compile(ast.fix_missing_locations(tree), notebook, "exec"), names)  # noqa: S102
    return [one for one in found if one is not None]


def words(one: Any) -> str:
    """What a reader is told by a sentence, a table or a figure."""
    if hasattr(one, "svg"):
        return f"{one.alt} {one.caption} {re.sub('<[^>]*>', ' ', one.svg)}"
    if hasattr(one, "_repr_html_"):
        return re.sub("<[^>]*>", " ", one._repr_html_())
    return one._repr_mimebundle_()["text/plain"] if isinstance(one, Report) else one.markdown


@pytest.mark.parametrize("case", CASES)
def test_a_thin_study_is_told_whole_and_without_a_number_from_nothing(
    case, write_study, tmp_path, monkeypatch
) -> None:
    """All stages and all reports in both languages; no cell is left without a text."""
    monkeypatch.setitem(robustness_of.__kwdefaults__, "weights", 20)
    raw, processed = write_study(**CASES[case].parts()), tmp_path / "processed"
    derive(raw, processed)
    monkeypatch.setenv(PROCESSED_VARIABLE, str(processed))
    study = read_study(processed / DESCRIPTION)

    said: dict[str, list[str]] = {}
    for language in study.languages:
        for run in planned_runs(study, language):
            told = [words(one) for one in shown(run.notebook, **run.parameters)]
            assert [] == [text for text in told if _NO_NUMBER.search(text)]
            said.setdefault(language, []).extend(told)
    assert len(said["en"]) == len(said["az"])
    assert any(CASES[case].says in text for text in said["en"])
    assert not any("none of 0" in text for text in said["en"])
