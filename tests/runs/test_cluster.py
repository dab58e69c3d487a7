"""Jobs on a Dask cluster of this machine: the same results, and nothing lost with a worker."""

import multiprocessing
import os
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import dask
import pytest
from distributed import LocalCluster
from small_study import write_small
from validation.null_studies import BOUND
from validation.pool import pool_of
from validation.rates import chunks, tally

from umid_research.__main__ import main
from umid_research.errors import RunError, StudyError
from umid_research.pipeline.responses import robustness
from umid_research.runs import cluster
from umid_research.runs.cluster import results_on, run_jobs_on
from umid_research.runs.jobs import run_jobs


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """End a test that waits for a cluster in vain, so that no other test waits for it."""

    def _stop(*_: object) -> None:
        raise TimeoutError("waited in vain for a cluster")

    before = signal.signal(signal.SIGALRM, _stop)
    signal.alarm(180)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[str]:
    """The address of the scheduler of two workers."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as here:
        yield here.scheduler_address


def _work(job: int) -> tuple[int, str | None]:
    if job == 3:
        raise StudyError("three is refused", where="job", found=job)
    return job * job, os.environ.get("UMID_SAID")


def _work_after_a_death(job: int, *, folder: Path) -> int:
    """Kill the worker of the first job that is begun; be a square otherwise."""
    worker = multiprocessing.parent_process()
    try:
        (folder / "died").mkdir()
    except FileExistsError:
        return job * job
    assert worker is not None and worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    signal.pause()
    return -1


def _work_until_received(job: int, *, folder: Path) -> int:
    """Note each begin; the first job 2 kills its worker once the others have been received."""
    (folder / f"begun-{job}-{uuid4()}").touch()
    if job == 2 and not (folder / "died").exists():
        (folder / "died").mkdir()
        while not (folder / "received").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        _end_the_worker(job)
    return job


def _by_job(results: Iterator[tuple[int, Any]]) -> dict[int, str]:
    return {job: repr(result) for job, result in results}


def test_a_cluster_does_what_this_machine_does(two_workers) -> None:
    jobs, environment = range(6), {"UMID_SAID": "so"}
    here = _by_job(run_jobs(_work, jobs, environment))

    assert "(16, 'so')" == here[4]
    assert "three is refused" in here[3]
    assert here == _by_job(run_jobs_on(two_workers, _work, jobs, environment))


def test_the_job_of_a_worker_that_died_is_done_again(two_workers, tmp_path) -> None:
    """Each job ends once, with its result."""
    work = partial(_work_after_a_death, folder=tmp_path)
    done = list(run_jobs_on(two_workers, work, range(5), {}))

    assert [(job, job * job) for job in range(5)] == sorted(done)
    assert (tmp_path / "died").exists()


def test_finished_jobs_of_a_worker_that_died_are_not_done_again(tmp_path) -> None:
    """What they wrote is in use by then."""
    received = []
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as here:
        work = partial(_work_until_received, folder=tmp_path)
        for job, _ in run_jobs_on(here.scheduler_address, work, range(3), {}):
            received.append(job)
            if len(received) == 2:
                (tmp_path / "received").touch()

    assert [0, 1, 2] == received
    begun = [path.name.split("-")[1] for path in tmp_path.glob("begun-*")]
    assert ["0", "1", "2", "2"] == sorted(begun)


def test_workers_import_from_a_folder_that_is_named(two_workers, tmp_path, monkeypatch) -> None:
    """The results are in the order of the jobs."""
    (tmp_path / "of_a_study.py").write_text("def doubled(job):\n    return 2 * job\n")
    monkeypatch.syspath_prepend(tmp_path)
    work = import_module("of_a_study").doubled

    assert [6, 2, 4] == results_on(two_workers, work, [3, 1, 2], modules=str(tmp_path))


def test_the_error_of_a_job_is_raised(two_workers) -> None:
    with pytest.raises(StudyError, match="three is refused"):
        results_on(two_workers, _work, [1, 3])


def test_robustness_on_a_cluster_has_the_same_bytes(two_workers, tmp_path) -> None:
    """It is worked out in parts; the random weights are those of one process."""
    raw, processed = write_small(tmp_path / "raw"), tmp_path / "processed"
    assert 0 == main(["clean", f"--raw={raw}", f"--processed={processed}"])
    made = []
    for scheduler in ("", two_workers):
        list(robustness(Namespace(processed=processed, scheduler=scheduler)))
        made.append([(processed / f"{name}.csv").read_bytes() for name in ("robustness", "bands")])

    assert b"weights" in made[0][0]
    assert made[0] == made[1]


def test_validation_on_a_cluster_counts_the_same(two_workers) -> None:
    """Every study has its own seed, wherever it is drawn."""
    work, seeds = partial(tally, BOUND[0]), chunks(20, 10)

    with pool_of(two_workers, None) as pool:
        found = list(pool.map(work, seeds))
    assert 2 == len(found)
    assert all(work(of).equals(counts) for of, counts in zip(seeds, found, strict=True))


def test_workers_with_other_code_are_refused(two_workers, monkeypatch) -> None:
    """They would make reports that differ from those of this machine."""
    monkeypatch.setattr(cluster, "code_now", lambda: {"frames.py": "another"})

    with pytest.raises(RunError, match="another version") as refused:
        list(run_jobs_on(two_workers, _work, [1], {}))
    assert 2 == str(refused.value.found).count("tcp://")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_a_scheduler_that_does_not_answer_is_named(address, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "_WAIT", 1)

    with pytest.raises(RunError, match="no scheduler with a worker answers") as refused:
        list(run_jobs_on(address, _work, [1], {}))
    assert address == refused.value.where


def test_a_scheduler_without_workers_is_named(monkeypatch) -> None:
    monkeypatch.setattr(cluster, "_WAIT", 1)

    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as nobody,
        pytest.raises(RunError, match="no scheduler with a worker answers"),
    ):
        list(run_jobs_on(nobody.scheduler_address, _work, [1], {}))


def _end_the_worker(job: int) -> int:
    worker = multiprocessing.parent_process()
    assert worker is not None and worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    signal.pause()
    return job


def test_a_job_that_loses_every_worker_ends_the_run() -> None:
    """It is not tried for ever; here one lost worker is enough."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as here,
        pytest.raises(RunError, match="several workers were killed with the same job"),
    ):
        list(run_jobs_on(here.scheduler_address, _end_the_worker, [1], {}))


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(RunError, match=r"install umid_research\[cluster\]"):
        list(run_jobs_on("tcp://127.0.0.1:9", _work, [1], {}))
