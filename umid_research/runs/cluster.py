"""Run jobs on the machines of a Dask cluster, as `runs.jobs` runs them on this one.

Every worker of the cluster needs the same package and the same folders, under the same paths: jobs
read and write files there. A job of a worker that has died is done again by another one.
"""

import multiprocessing
import pickle
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from umid_research.errors import RunError, UmidError
from umid_research.runs.jobs import run_jobs, warm_up
from umid_research.runs.records import code_now
from umid_research.runs.stamp import digest

Job = TypeVar("Job")
# Seconds for a scheduler that listens and a first worker, and for the talk with a scheduler.
_WAIT, _CONNECT = 30, 30
_NO_ANSWER = "no scheduler with a worker answers; start both, then run it again"


def run_jobs_on(
    scheduler: str,
    work: Callable[[Job], Any],
    jobs: Sequence[Job],
    environment: Mapping[str, str],
    *,
    before: Callable[[], None] | None = None,
    warm: str = "",
    modules: str = "",
) -> Iterator[tuple[Job, Any]]:
    """Yield each job when it ends, with what `work` returned; see `runs.jobs.run_jobs`.

    Parameters
    ----------
    scheduler
        The address of the cluster's scheduler, such as tcp://192.0.2.1:8786.
    work, jobs, environment, before
        As in `run_jobs`.
    warm
        The module that each worker loads once, before its first job.
    modules
        A folder of modules outside this package that `work` needs.

    Raises
    ------
    RunError
        `distributed` is not installed, the scheduler or its workers do not answer, a worker has
        another version of this package, or a job has lost several workers.
    """
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise RunError(
            "a scheduler needs the package distributed; install umid_research[cluster]"
        ) from None
    _refuse_no_answer(scheduler)
    with Client(scheduler, timeout=_CONNECT, set_as_default=False) as client:
        try:
            client.wait_for_workers(1, timeout=_WAIT)
        except TimeoutError:
            raise RunError(_NO_ANSWER, where=scheduler, found="no worker") from None
        _refuse_other_code(client.run(_own_code), scheduler)
        # As bytes: the scheduler, and a worker that has just begun, cannot import it themselves.
        asked = pickle.dumps((work, dict(environment), before))
        futures = {
            client.submit(_alone, asked, job, warm, modules, pure=False): job for job in jobs
        }
        for future in as_completed(futures, loop=client.loop):
            try:
                result = future.result()
            except KilledWorker:
                problem = "several workers were killed with the same job, perhaps for memory"
                raise RunError(problem, where=scheduler) from None
            # Otherwise a finished job of a worker that dies later would be done again, and write
            # its files while they are in use.
            future.release()
            yield futures[future], result


def results_on(
    scheduler: str,
    work: Callable[[Job], Any],
    jobs: Sequence[Job],
    *,
    warm: str = "",
    modules: str = "",
) -> list[Any]:
    """Return what `work` returned for each job, in the order of the jobs.

    Parameters
    ----------
    scheduler, work, jobs, warm, modules
        As in `run_jobs_on`; jobs must be hashable.

    Raises
    ------
    UmidError
        A job raised it, or the cluster failed; see `run_jobs_on`.
    """
    results = dict(run_jobs_on(scheduler, work, jobs, {}, warm=warm, modules=modules))
    for result in results.values():
        if isinstance(result, UmidError):
            raise result
    return [results[job] for job in jobs]


def _refuse_no_answer(scheduler: str) -> None:
    """Raise RunError if nothing listens at the address; a client would leave threads behind."""
    place = urlsplit(scheduler)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), timeout=_WAIT).close()
    except (OSError, ValueError) as error:
        raise RunError(_NO_ANSWER, where=scheduler, found=str(error)) from None


def _own_code() -> str:
    return digest(code_now())


def _refuse_other_code(workers: Mapping[str, str], scheduler: str) -> None:
    """Raise RunError if a worker would make other reports than this machine."""
    other = sorted(name for name, code in workers.items() if code != _own_code())
    if other:
        problem = "workers have another version of umid_research; update them"
        raise RunError(problem, where=scheduler, found=", ".join(other))


def _alone(asked: bytes, job: Any, warm: str, modules: str) -> Any:
    """Do one job in a process of its own on a worker, and return its result."""
    # A worker is the child of another process, which by default may have no children itself.
    vars(multiprocessing.current_process())["_config"]["daemon"] = False
    if modules and modules not in sys.path:
        sys.path.insert(0, modules)
    if warm:
        warm_up(warm)
    work, environment, before = pickle.loads(asked)  # noqa: S301 -- of our own client
    ((_, result),) = run_jobs(work, [job], environment, before=before)
    return result
