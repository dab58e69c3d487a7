"""Every notebook is executed in every language and district, and what is stored is what comes out.

nbval compares words and tables of the defaults exactly; figures are compared here, as numbers.
"""

import pytest
from notebook_outputs import changes, read
from notebook_rules import ROOT, not_executed

from umid_research.bench.folders import RAW_VARIABLE
from umid_research.output.publish import execute, planned_runs
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages
from umid_research.study import read_study

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CACHE = "processed/.cache/reports"


@pytest.fixture
def runs() -> list:
    """Return every run of the bundled study's reports."""
    study = read_study(ROOT / "data" / "raw")
    languages = report_languages(study)
    return [run for one in languages for run in planned_runs(study, one, activities=True)]


def test_every_language_and_district_is_executed(built, runs) -> None:
    """Each with its own parameters, its outputs stored, and no trace of a computer in them."""
    assert 20 == len(runs)
    assert [] == not_executed(runs, built / CACHE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_are_those_of_the_bundled_study(built, runs, monkeypatch, path) -> None:
    """Figures by the places of their marks, tables by their cells, and every caption."""
    executed = [
        built / CACHE / f"{run.key}.ipynb"
        for run in runs
        if path.stem == run.notebook and "en" == run.parameters["language"]
    ]
    if executed:
        fresh = read(next(one for one in executed if one.stem in {"quba", executed[0].stem}))
    else:
        monkeypatch.setenv(PROCESSED_VARIABLE, str(built / "processed"))
        monkeypatch.setenv(RAW_VARIABLE, str(built / "raw"))
        fresh = execute(path, {})

    assert [] == changes(path.name, read(path), fresh)
