"""The notebook that follows an answer to a sentence holds for other topics and groups too.

nbval runs it as it is stored. Its exercises change the parameters: each number made by hand with
pandas must still be that of the library, or the notebook stops.
"""

from pathlib import Path

import nbformat
import pytest

from umid_research.bench.folders import RAW_VARIABLE
from umid_research.errors import ReportError
from umid_research.output.publish import execute
from umid_research.report.study_report import PROCESSED_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "walkthrough.ipynb"


@pytest.fixture
def walk(built, monkeypatch):
    """Return a function that runs the notebook with other parameters."""
    monkeypatch.setenv(PROCESSED_VARIABLE, str(built / "processed"))
    monkeypatch.setenv(RAW_VARIABLE, str(built / "raw"))
    return lambda path=NOTEBOOK, **parameters: execute(path, parameters)


@pytest.mark.parametrize(
    ("dimension", "first", "second", "places"),
    [("e_services", "community", "cdc", 11), ("corruption", "local_government", "cdc", 11)],
)
def test_the_exercises_can_be_done(walk, dimension, first, second, places) -> None:
    """A place without a score of either group is left out; the verdict may be another."""
    done = walk(dimension=dimension, first=first, second=second, language="az")

    texts = "".join(
        output.get("data", {}).get("text/plain", "")
        for cell in done.cells
        for output in cell.get("outputs", [])
    )
    assert f"{2**places}" in texts
    assert "unclear" in texts


def test_a_wrong_number_stops_the_notebook(walk, tmp_path) -> None:
    """If one step were another, by hand and library would differ: here the two-thirds rule."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    (cell,) = [cell for cell in notebook.cells if "answered > 0" in cell.source]
    cell.source = cell.source.replace("3 * answered >= 2 * asked", "answered >= asked")
    changed = tmp_path / "walkthrough.ipynb"
    nbformat.write(notebook, changed)

    with pytest.raises(ReportError, match="AssertionError"):
        walk(changed)


def test_it_is_no_report() -> None:
    """Its frames are internal: no page of the reports may be made of it."""
    from umid_research.report.topics import PAGES

    assert NOTEBOOK.stem not in PAGES
