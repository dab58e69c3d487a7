"""Each job has a process of its own, and what goes wrong in it is told in words."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from umid_research.errors import ReportError, RunError
from umid_research.runs import jobs
from umid_research.runs.jobs import results_of, run_jobs, warm_up

SEEN: list[str] = []
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only there jobs are forked")


def _note(job: str) -> tuple[list[str], str, int]:
    SEEN.append(job)
    return SEEN, os.environ["UMID_TEST"], os.getpid()


def _fork_a_child() -> None:
    assert 1 == len(list(Path("/proc/self/task").iterdir()))
    SEEN.append("before")


def _work(job: str) -> str:
    if job == "refused":
        raise ReportError("cannot be made", where="here")
    if job == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return job.upper()


def test_each_job_has_a_process_of_its_own_with_the_variables() -> None:
    """None sees what another left in memory, and the run sees nothing of it either."""
    done = dict(run_jobs(_note, ["a", "b", "c"], {"UMID_TEST": "given"}))

    assert {"a": ["a"], "b": ["b"], "c": ["c"]} == {job: seen for job, (seen, *_) in done.items()}
    assert {"given"} == {variable for _, variable, _ in done.values()}
    assert 4 == len({os.getpid(), *(process for *_, process in done.values())})
    assert [] == SEEN


@LINUX
def test_what_comes_before_a_job_finds_a_process_without_threads() -> None:
    """So that it may fork."""
    ((_, (seen, *_)),) = run_jobs(_note, ["a"], {"UMID_TEST": ""}, before=_fork_a_child)

    assert ["before", "a"] == seen


@LINUX
def test_a_ctrl_c_while_the_process_for_the_jobs_starts_is_not_lost(monkeypatch) -> None:
    """It comes when the run handles it again; jobs and their kernels can get one as well."""
    starts, struck = jobs.forkserver.ensure_running, []
    before = signal.signal(signal.SIGINT, lambda *_: struck.append(len(struck)))

    def interrupted() -> None:
        # To this thread, where it is blocked: others, such as those of the tests, do not block it.
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        starts()
        assert [] == struck

    monkeypatch.setattr(jobs.forkserver, "ensure_running", interrupted)
    try:
        warm_up("umid_research.errors")
    finally:
        signal.signal(signal.SIGINT, before)

    assert [0] == struck
    assert [("a", set())] == list(run_jobs(_blocked, ["a"], {}))


def _blocked(_: str) -> set[int]:
    return signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_job_that_is_refused_does_not_stop_the_others() -> None:
    """Its error comes in the place of its result."""
    done = dict(run_jobs(_work, ["a", "refused", "b"], {}, side_by_side=2))

    assert ("A", "B") == (done["a"], done["b"])
    assert isinstance(done["refused"], ReportError)
    assert "here: cannot be made" == str(done["refused"])


def test_a_killed_job_ends_the_run_in_words() -> None:
    """As when memory runs out."""
    with pytest.raises(RunError, match=r"was killed, perhaps because memory ran out; run it again"):
        list(run_jobs(_work, ["killed", "a"], {}, side_by_side=1))


_KILLS_WHAT_FORKS = """
import os, signal, threading
from multiprocessing import forkserver
from umid_research.errors import RunError
from umid_research.runs.jobs import results_of, run_jobs, warm_up
warm_up("sleeps")
pid = forkserver._forkserver._forkserver_pid
threading.Timer(1, os.kill, (pid, signal.SIGKILL)).start()
try:
    list(run_jobs(len, ["a"], {}))
except RunError as error:
    print(error)
"""


@LINUX
def test_a_killed_process_for_the_jobs_ends_the_run_in_words(tmp_path) -> None:
    """While the first job waits for it to have loaded the libraries."""
    (tmp_path / "sleeps.py").write_text("import time; time.sleep(60)")
    variables = {**os.environ, "PYTHONPATH": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, "-c", _KILLS_WHAT_FORKS],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == ended.stderr
    assert ended.stdout.startswith("a process of this run was killed, perhaps because")


def test_a_defect_of_the_program_is_not_called_a_lack_of_memory() -> None:
    """Its traceback is printed."""
    imports = "from umid_research.runs.jobs import run_jobs; from math import sqrt"
    run = [sys.executable, "-c", f"{imports}; list(run_jobs(sqrt, [4, -1, 9], {{}}))"]

    ended = subprocess.run(run, capture_output=True, text=True, check=False)

    assert 1 == ended.returncode
    assert "math domain error" in ended.stderr
    assert ended.stderr.endswith("RuntimeError: a job failed, see above\n")


def test_jobs_run_side_by_side_but_no_more_than_asked(tmp_path) -> None:
    """Two that wait for each other end; the third begins when one of them is done."""
    folder = {"UMID_TEST": str(tmp_path)}

    assert {1: 2, 2: 2, 3: 1} == dict(run_jobs(_wait, [1, 2, 3], folder, side_by_side=2))


def test_by_default_one_job_more_than_processors_runs(tmp_path, monkeypatch) -> None:
    """Two on one processor; the third begins when one of them is done."""
    monkeypatch.setattr(jobs.os, "cpu_count", lambda: 1)

    assert {1: 2, 2: 2, 3: 1} == dict(run_jobs(_wait, [1, 2, 3], {"UMID_TEST": str(tmp_path)}))


def test_results_come_in_the_order_of_the_jobs_whichever_process_made_them(monkeypatch) -> None:
    """Of sizes 1, 1 and 2, one of two processes gets the last, the other the rest."""
    monkeypatch.setattr(jobs.os, "cpu_count", lambda: 2)

    made = results_of(_named, ["a", "b", "c"], [1, 1, 2])

    assert ["A", "B", "C"] == [name for name, _ in made]
    assert made[0][1] == made[1][1] != made[2][1]
    assert [] == results_of(_named, [], [])


def test_the_error_of_one_of_the_jobs_is_raised() -> None:
    with pytest.raises(ReportError, match="here: cannot be made"):
        results_of(_work, ["a", "refused", "b"], [1, 1, 1])


def _named(job: str) -> tuple[str, int]:
    return job.upper(), os.getpid()


def _wait(number: int) -> int:
    """Return how many were seen at work at the same time, waiting for two at most."""
    folder = Path(os.environ["UMID_TEST"])
    (folder / f"{number}.begun").touch()
    if number == 3:
        return 3 - len(list(folder.glob("*.ended")))
    while len(list(folder.glob("*.begun"))) < 2:
        pass
    (folder / f"{number}.ended").touch()
    return 2
