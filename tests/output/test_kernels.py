"""A forked kernel is a kernel like any other, and many of them start side by side."""

import os
import signal
import sys
from functools import partial
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from umid_research.output import WARM
from umid_research.output.publish import kernels
from umid_research.output.publish.kernels import fork_kernel
from umid_research.output.publish.running import execute
from umid_research.runs.jobs import run_jobs, warm_up

# 200 in a row, which take some minutes: UMID_KERNELS=200 pytest tests/output/test_kernels.py
KERNELS = int(os.environ.get("UMID_KERNELS", "8"))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
CELLS = (
    "import os; os.getcwd() in ('', '/')",
    "print('to', 'the', 'stream')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "from umid_research.messages import Messages\nMessages(language)('mark')",
    "import random, numpy\nlen({random.random(), numpy.random.default_rng().random()})",
    "import sys; sys.stdin.read()",
)


@pytest.fixture
def notebook(tmp_path) -> Path:
    parameters = new_code_cell('language: str = "en"', metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [parameters, *map(new_code_cell, CELLS)]
    path = tmp_path / "x.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def _execute(path: Path) -> str:
    return nbformat.writes(execute(path, {"language": "az"}))


def _said(source: str, path: Path) -> str:
    """Return what a cell prints, in a notebook that is written to the path."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": kernel}), path
    )
    return execute(path, {}).cells[-1].outputs[0].text


def _family(path: Path) -> tuple[int, str]:
    """Return the process of the job, and what its kernel says about its own parent."""
    source = "import os, psutil\nprint(os.getppid(), *psutil.Process().cmdline())"
    return os.getpid(), _said(source, path)


def test_a_forked_kernel_gives_the_same_bytes_as_one_started_as_a_program(notebook) -> None:
    """Streams, pictures, frames and texts; the plain one is what other systems have."""
    warm_up(WARM)
    plain = _execute(notebook)

    ((_, forked),) = run_jobs(_execute, [notebook], {}, before=fork_kernel)

    assert plain == forked
    assert "image/png" in forked


def test_the_kernel_of_a_job_is_its_child_and_was_not_started_as_a_program(tmp_path) -> None:
    """It ends with the job, and has the libraries at once; without the fork it is a program."""
    warm_up(WARM)
    ((_, (job, says)),) = run_jobs(_family, [tmp_path / "a.ipynb"], {}, before=fork_kernel)
    assert says.startswith(f"{job} ")
    assert "ipykernel_launcher" not in says

    ((_, (job, says)),) = run_jobs(_family, [tmp_path / "b.ipynb"], {})
    assert says.startswith(f"{job} ")
    assert "ipykernel_launcher" in says


def test_a_kernel_of_a_report_has_no_debugger(tmp_path) -> None:
    """It would load one, which takes a tenth of a second."""
    warm_up(WARM)
    source = "import sys\nprint([name for name in sys.modules if name.startswith('pydevd')])"

    ((_, says),) = run_jobs(partial(_said, source), [tmp_path / "a.ipynb"], {}, before=fork_kernel)

    assert "[]\n" == says


def _leads_a_session(process: psutil.Process) -> bool:
    """Return whether a process lives and is a kernel; one that has ended may await its parent."""
    try:
        lives = process.status() != psutil.STATUS_ZOMBIE
        return lives and os.getsid(process.pid) == process.pid
    except (psutil.NoSuchProcess, ProcessLookupError):
        return False


def test_many_kernels_start_one_after_another_and_side_by_side(notebook) -> None:
    """Without a failed start, to the same bytes, and none is left."""
    warm_up(WARM)
    names = [notebook.with_name(f"{number}.ipynb") for number in range(KERNELS)]
    for name in names:
        name.write_bytes(notebook.read_bytes())

    made = dict(run_jobs(_execute, names, {}, before=fork_kernel, side_by_side=4))

    assert names == sorted(made, key=names.index)
    assert 1 == len(set(made.values()))
    left = [one for one in psutil.Process().children(recursive=True) if _leads_a_session(one)]
    _, alive = psutil.wait_procs(left, timeout=10)
    assert [] == alive


def _execute_killed(path: Path) -> str:
    """Execute a notebook whose kernel is killed while it waits, or as soon as it has its order."""
    kernel = kernels._waiting
    if path.stem == "waiting":
        os.kill(kernel.pid, signal.SIGKILL)
        os.waitid(os.P_PID, kernel.pid, os.WEXITED | os.WNOWAIT)
    else:
        start = kernel.start
        kernel.start = lambda *order: (start(*order), os.kill(kernel.pid, signal.SIGKILL))
    return _execute(path)


@pytest.mark.parametrize("moment", ["waiting", "started"])
def test_a_kernel_that_is_killed_before_its_first_cell_is_told_in_words(notebook, moment) -> None:
    """As one that is killed later."""
    warm_up(WARM)
    path = notebook.rename(notebook.with_stem(moment))

    ((_, error),) = run_jobs(_execute_killed, [path], {}, before=fork_kernel)

    assert str(error).startswith(f"{moment}.ipynb: the notebook's kernel was killed")
