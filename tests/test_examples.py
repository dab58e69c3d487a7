"""Every example in the documentation is run: in docstrings, in the README and in docs/."""

import doctest
import re
import tomllib
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

from umid_research.bench.folders import RAW_VARIABLE
from umid_research.indicators.definitions import Iati, PeriodResult
from umid_research.output.publish import execute
from umid_research.report.study_report import PROCESSED_VARIABLE
from umid_research.study.presentation import Finding, Publication, Term, Words

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "umid_research").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_give_what_they_say(name) -> None:
    """As Python itself would try them."""
    done = doctest.testmod(import_module(name), extraglobs={"np": import_module("numpy")})

    assert done.attempted
    assert 0 == done.failed


@pytest.mark.parametrize(
    "page", [page for page in PAGES if _blocks(page, "python")], ids=lambda page: page.name
)
def test_the_examples_for_researchers_run(built, monkeypatch, tmp_path, page) -> None:
    """One after the other, as a reader would type them; each shows something."""
    monkeypatch.setenv(PROCESSED_VARIABLE, str(built / "processed"))
    monkeypatch.setenv(RAW_VARIABLE, str(built / "raw"))
    monkeypatch.chdir(tmp_path)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(one) for one in _blocks(page, "python")]
    )
    parameters = nbformat.v4.new_code_cell("a: int = 1", metadata={"tags": ["parameters"]})
    notebook.cells.insert(0, parameters)
    nbformat.write(notebook, tmp_path / "examples.ipynb")
    done = execute(tmp_path / "examples.ipynb", {})

    assert all(cell.outputs for cell in done.cells[1:])


def test_there_are_examples() -> None:
    """In docstrings, and on the pages for researchers."""
    with_examples = [page.name for page in PAGES if _blocks(page, "python")]

    assert ["README.md", "own-questions.md"] == with_examples
    assert "umid_research.analysis.percentages" in MODULES


def test_the_example_of_a_study_file_is_valid() -> None:
    """Each part is one that `study.toml` may have."""
    block, of_indicators = _blocks(ROOT / "docs" / "reports.md", "toml")
    described = tomllib.loads(block)
    results = tomllib.loads(of_indicators)

    Words.model_validate(described["words"])
    Publication.model_validate(described["publication"])
    Term.model_validate(described["glossary"]["council"])
    Finding.model_validate(described["findings"]["feels_safe"])
    Iati.model_validate(results["iati"])
    for period in results["indicators"]["consultations_held"]["periods"]:
        PeriodResult.model_validate(period)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_the_documentation_exists(page) -> None:
    """Each `make …` names a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)(?:\w+=\S+ )*make ([a-z][a-z-]*)", text, re.MULTILINE))

    assert named <= targets
