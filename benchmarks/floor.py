"""The floor of a build: loading Python and its libraries, the steps, and the work of the cells.

    python benchmarks/floor.py RAW PROCESSED

makes the frames of a study and runs the cells of all its notebooks, one after the other in this
process: without kernels, pages, or files of reports. It prints the seconds of each part as JSON.
`benchmarks/build.py` compares a build with them.
"""

import time

_BEGUN = time.perf_counter()

import json  # noqa: E402 -- loading the libraries is measured
import os  # noqa: E402
import sys  # noqa: E402
from argparse import Namespace  # noqa: E402
from pathlib import Path  # noqa: E402

import nbformat  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from IPython.utils.capture import capture_output  # noqa: E402

import umid_research  # noqa: E402, F401
from umid_research.output.publish.plan import planned_runs  # noqa: E402
from umid_research.pipeline.steps import FRAME_STAGES  # noqa: E402
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages  # noqa: E402
from umid_research.study import Study, read_study  # noqa: E402

_NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def main() -> None:
    """Print the seconds of loading, of the steps and of the cells."""
    loaded = time.perf_counter()
    raw, processed = map(Path, sys.argv[1:])
    options = Namespace(raw=raw, processed=processed)
    for stage in FRAME_STAGES:
        list(stage(options))
    stepped = time.perf_counter()
    os.environ[PROCESSED_VARIABLE] = str(processed)
    _run_cells(read_study(raw))
    ended = time.perf_counter()
    parts = {"loading": loaded - _BEGUN, "steps": stepped - loaded, "cells": ended - stepped}
    print(json.dumps(parts))


def _run_cells(study: Study) -> None:
    for language in report_languages(study):
        for run in planned_runs(study, language, activities=True):
            shell = InteractiveShell()
            notebook = nbformat.read(_NOTEBOOKS / f"{run.notebook}.ipynb", as_version=4)
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    continue
                given = run.parameters if "parameters" in cell.metadata.get("tags", []) else {}
                added = [f"{name} = {value!r}" for name, value in given.items()]
                with capture_output():
                    result = shell.run_cell("\n".join([cell.source, *added]))
                result.raise_error()


if __name__ == "__main__":
    main()
