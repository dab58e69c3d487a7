"""Run jobs side by side, each in a process of its own.

On Linux these processes are forked from one that has loaded the libraries already: starting a job
takes hundredths of a second, and no job sees what another one left in memory. That process has no
threads and does nothing else, so a fork copies no lock that somebody holds. Elsewhere every process
starts anew.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from umid_research.errors import RunError, UmidError
from umid_research.runs.processes import end_workers, prepare_worker

Job = TypeVar("Job")
FORKS = sys.platform == "linux"
_KILLED = "a process of this run was killed, perhaps because memory ran out; run it again"


def warm_up(module: str) -> None:
    """Start the process that jobs are forked from, which loads `module`; return at once."""
    if FORKS:
        forkserver.set_forkserver_preload([module])
        resource_tracker.ensure_running()  # it would unblock Ctrl-C
        # Ctrl-C is handled by the run; while it loads libraries, the process would print how far.
        # So it inherits that the signal is blocked; here a Ctrl-C waits a moment at most.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def run_jobs(
    work: Callable[[Job], Any],
    jobs: Sequence[Job],
    environment: Mapping[str, str],
    *,
    before: Callable[[], None] | None = None,
    side_by_side: int | None = None,
) -> Iterator[tuple[Job, Any]]:
    """Yield each job when it ends, with what `work` returned, or with the UmidError that it raised.

    Parameters
    ----------
    work
        The function of a module, which is called with a job.
    environment
        Variables that are set in each process before it works.
    before
        A function of a module that each process calls while it has no threads.
    side_by_side
        How many jobs run at the same time; by default, one more than there are processors, since
        a kernel that starts or ends waits for a third of a second.

    Raises
    ------
    RunError
        A process was killed; the others are ended.
    """
    context: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    waiting, running = list(reversed(jobs)), dict[Connection, tuple[BaseProcess, Job]]()
    most = side_by_side or (os.cpu_count() or 1) + 1
    try:
        while waiting or running:
            while waiting and len(running) < most:
                job = waiting.pop()
                results, sends = context.Pipe(duplex=False)
                process = context.Process(
                    target=_do, args=(sends, dict(environment), before, work, job), daemon=True
                )
                try:
                    process.start()
                except (EOFError, ConnectionError):  # what it is forked from does not answer
                    raise RunError(_KILLED) from None
                sends.close()
                running[results] = process, job
            for results in _finished(running):
                process, job = running.pop(results)
                yield job, _received(results, process)
    except BaseException:
        end_workers()
        raise


def results_of(
    work: Callable[[Job], Any], jobs: Sequence[Job], sizes: Sequence[float]
) -> list[Any]:
    """Return what `work` returned for each job, in order; one process per processor shares them.

    Parameters
    ----------
    work
        The function of a module, which is called with a job.
    sizes
        How long each job takes, in any unit. The longest are given away first, each to the process
        that has least to do.

    Raises
    ------
    UmidError
        A job raised it, or a process was killed.
    """
    shares: list[list[int]] = [[] for _ in range(os.cpu_count() or 1)]
    for place in sorted(range(len(jobs)), key=lambda place: -sizes[place]):
        min(shares, key=lambda share: sum(sizes[one] for one in share)).append(place)
    numbered = [[(place, jobs[place]) for place in share] for share in shares if share]
    results: dict[int, Any] = {}
    for _, found in run_jobs(partial(_in_turn, work), numbered, {}):
        if isinstance(found, UmidError):
            raise found
        results |= found
    return [results[place] for place in range(len(jobs))]


def _in_turn(work: Callable[[Job], Any], numbered: list[tuple[int, Job]]) -> dict[int, Any]:
    return {place: work(job) for place, job in numbered}


def _finished(running: Mapping[Connection, tuple[BaseProcess, Any]]) -> list[Connection]:
    """Wait until a process has sent its result or has ended; return those connections."""
    wait([*running, *(process.sentinel for process, _ in running.values())])
    return [
        results
        for results, (process, _) in running.items()
        if results.poll() or not process.is_alive()
    ]


def _received(results: Connection, process: BaseProcess) -> Any:
    """Return what a job has sent, a tuple of one."""
    with results:
        try:
            (result,) = results.recv()
        except EOFError:
            process.join()
            if process.exitcode == 1:  # multiprocessing has printed the traceback
                raise RuntimeError("a job failed, see above") from None
            raise RunError(_KILLED) from None
    process.join()
    return result


def _do(
    sends: Connection,
    environment: dict[str, str],
    before: Callable[[], None] | None,
    work: Callable[[Any], Any],
    job: Any,
) -> None:
    """Do one job in a process of its own and send its result, in a tuple of one."""
    if FORKS:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # blocked by `warm_up`
    os.environ.update(environment)
    if before is not None:
        before()
    prepare_worker(environment)
    try:
        sends.send((work(job),))
    except UmidError as error:
        sends.send((error,))
