"""Notebooks tell; they do not define. And what nbval cannot see is seen here."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from notebook_rules import PARAMETERS, broken_rules

from umid_research.disclosure.tables import PUBLISHED
from umid_research.output.publish import declared_parameters, planned_runs
from umid_research.study import read_study

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REPORTS = [path for path in NOTEBOOKS if path.stem[:2].isdigit()]


def _code(path: Path) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_notebooks_numbered_once() -> None:
    """The number is the order; `explore` and `walkthrough` have none."""
    numbers = [path.stem[:2] for path in NOTEBOOKS if path.stem[:2].isdigit()]

    assert numbers
    assert sorted(set(numbers)) == numbers


def test_every_planned_run_has_its_notebook() -> None:
    """And every numbered notebook is run."""
    study = read_study(ROOT / "data" / "raw")
    planned = {run.notebook for run in planned_runs(study, "en", activities=True)}

    assert {path.stem for path in NOTEBOOKS if path.stem[:2].isdigit()} == planned


def test_every_parameter_is_covered() -> None:
    """The runs of the reports give a notebook exactly what it can be asked."""
    study = read_study(ROOT / "data" / "raw")
    given = {run.notebook: (*run.parameters,) for run in planned_runs(study, "en", activities=True)}

    assert given == {name: PARAMETERS.get(name, ("language",)) for name in given}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_keeps_the_rules(path) -> None:
    """Tags, parameters and order are as expected, outputs stored, no trace of a computer in it."""
    assert [] == broken_rules(path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing_and_is_short(path) -> None:
    """No def, no class, no path, no cell of more than 15 lines; what computes has a test."""
    declared_parameters(path)
    for cell in _code(path):
        tree = ast.parse(cell.source)
        assert not [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        assert len(cell.source.splitlines()) <= 15, cell.source
        assert not re.search(r"""["'](/|\.\.?/|[A-Z]:\\)""", cell.source), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_first_cell_tells_what_is_asked(path) -> None:
    """In words, with a heading."""
    first = nbformat.read(path, as_version=4).cells[0]

    assert "markdown" == first.cell_type
    assert first.source.startswith("# ")


def _sources(path: Path) -> list[str]:
    """Return the last lines of cells that say where results come from."""
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    return [line for text in texts for line in text.splitlines() if line.startswith("From ")]


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_notebook_says_where_its_results_come_from(path) -> None:
    """The tables, frames and functions that its cells' text names exist; the text is no report."""
    files = (ROOT / "umid_research").rglob("*.py")
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    functions = set(re.findall(r"^def ([a-z]\w+)", code, re.MULTILINE))
    frames = set(re.findall(r'Schema\(\s*"(\w+)"', code))
    known = functions | frames | set(PUBLISHED)
    lines = _sources(path)

    assert lines
    for line in lines:
        assert set() == set(re.findall(r"`(\w+)`", line)) - known, line
