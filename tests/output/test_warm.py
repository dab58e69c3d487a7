"""What a job finds in memory: the libraries of a report, so that no job loads them again."""

import sys
from pathlib import Path

import pytest
from cells import derive
from small_activities import write_activities
from small_plan import PLAN_QUESTIONNAIRE, plan_export, write_plan
from small_study import small_export, write_small

from umid_research.output import WARM
from umid_research.report.study_report import open_report
from umid_research.runs import records
from umid_research.runs.jobs import run_jobs, warm_up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="jobs are forked on Linux only")


def _loaded_by_a_report(processed: Path) -> tuple[set[str], list[str]]:
    """Return of which libraries a report loads a module, and which files it opens.

    Left out are the modules that its process has, the frames, and modules of Python.
    """
    before = set(sys.modules)
    records._opened.clear()
    open_report("07-study", language="en", processed=processed)
    opened = [path for path in records._opened if not path.startswith(str(processed))]
    loaded = {name.split(".")[0] for name in set(sys.modules) - before}
    return loaded, [path for path in opened if not path.endswith(".pyc")]


def test_a_report_loads_no_library_and_no_catalogue(tmp_path) -> None:
    """Those that check a frame, read a condition and know a language are there."""
    export = plan_export(small_export())
    raw = write_small(tmp_path / "raw", questionnaire=PLAN_QUESTIONNAIRE, export=export)
    write_activities(raw)
    write_plan(raw)
    derive(raw, tmp_path / "processed")
    warm_up(WARM)

    ((_, (loaded, opened)),) = run_jobs(_loaded_by_a_report, [tmp_path / "processed"], {})

    assert loaded <= {"umid_research", "encodings"}
    assert [] == opened
