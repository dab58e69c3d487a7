"""The work that a build cannot do without: that of the steps, and of the cells of the notebooks.

    python benchmarks/floor.py RAW PROCESSED

makes the frames of a study and runs the cells of all its notebooks, one after the other in this
process: without kernels, pages, or files of reports. It prints how many seconds this takes, without
the loading of the libraries. `benchmarks/build.py` compares a build with it.
"""

import os
import sys
import time
from argparse import Namespace
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from umid_research.output.publish.plan import planned_runs
from umid_research.pipeline.steps import FRAME_STAGES
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages
from umid_research.study import Study, read_study

_NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def main() -> None:
    """Make the frames, run the cells, and print the seconds."""
    raw, processed = map(Path, sys.argv[1:])
    options = Namespace(raw=raw, processed=processed)
    begun = time.perf_counter()
    for stage in FRAME_STAGES:
        list(stage(options))
    os.environ[PROCESSED_VARIABLE] = str(processed)
    _run_cells(read_study(raw))
    print(time.perf_counter() - begun)


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
