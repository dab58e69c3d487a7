"""nbval runs the notebooks on a freshly simulated study, never on whatever data a user has here.

With several processes, the one that hands out the tests prepares the study for all. Figures are
compared as numbers in tests/test_notebook_runs.py, not here as text.
"""

import os
import tempfile
from pathlib import Path

import pytest

from umid_research.__main__ import main
from umid_research.bench.folders import RAW_VARIABLE
from umid_research.output.typesetting import EPOCH
from umid_research.pipeline import FRAME_STAGES
from umid_research.report.study_report import PROCESSED_VARIABLE

_FIGURES = ("image/svg+xml", "image/vnd.umid.narrow+svg")
ROOT = Path(__file__).resolve().parents[1]
_FOLDER = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config: pytest.Config) -> None:
    """Simulates, cleans, scores and compares before the first kernel starts."""
    if not config.getoption("--nbval") or hasattr(config, "workerinput"):
        return
    config.stash[_FOLDER] = tempfile.TemporaryDirectory(prefix="umid-nbval-")
    folder = Path(config.stash[_FOLDER].name)
    raw, processed = folder / "raw", folder / "processed"
    stages = [["simulate", "--raw", str(ROOT / "data" / "raw"), "--to", str(raw)]]
    folders = ["--raw", str(raw), "--processed", str(processed)]
    stages += [[stage.__name__, *folders] for stage in FRAME_STAGES]
    for stage in stages:
        if main(stage):
            pytest.exit(f"stage failed: {' '.join(stage)}", returncode=1)
    os.environ.update({PROCESSED_VARIABLE: str(processed), RAW_VARIABLE: str(raw)})
    os.environ["SOURCE_DATE_EPOCH"] = str(EPOCH)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Has nbval leave out the drawings, as its documentation does it."""
    if collector.path.suffix == ".ipynb":
        collector.skip_compare += _FIGURES


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the simulated study."""
    if (folder := config.stash.get(_FOLDER, None)) is not None:
        folder.cleanup()
