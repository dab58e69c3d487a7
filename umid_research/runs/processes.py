"""Allow one run at a time in a folder, and end its workers, kernels and temporary files with it.

A run locks the folders that it writes to, and its own temporary folder. The operating system
releases a lock when the processes that hold it have ended, even after a crash. So an unfinished
file in a folder that can be locked belongs to a dead run, and is removed.
"""

import ctypes
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from umid_research.errors import RunError

if sys.platform != "win32":
    import fcntl

UNFINISHED = ".writing-"
_TEMPORARY = "umid-run-"
_WAIT = 5.0  # seconds; the workers of a killed run hold its locks until they have ended
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
# Loaded here because a forked child must not load libraries before it starts its kernel.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@contextmanager
def only_run(*folders: Path) -> Iterator[None]:
    """Lock these folders against other runs, and remove unfinished files of dead runs.

    A folder that was created here and is empty at the end is removed again. Raises RunError if
    another run still holds the lock after a few seconds.
    """
    with ExitStack() as locks:
        # Unlike `resolve`, realpath leaves it to mkdir to refuse a link that leads to itself.
        for folder in dict.fromkeys(Path(os.path.realpath(folder)) for folder in folders):
            locks.callback(_remove_empty, [f for f in (folder, *folder.parents) if not f.exists()])
            folder.mkdir(parents=True, exist_ok=True)
            if not _lock(folder, locks, wait=_WAIT):
                raise RunError("another run is at work here; wait for its end", where=str(folder))
            for path in folder.glob(f"{UNFINISHED}*"):
                _remove(path)
        yield


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Keep all temporary files of this run and its children in one folder, removed at the end.

    Temporary folders of dead runs are removed first. The folder gets its final name only after it
    is locked, so that no other run mistakes it for the folder of a dead run.
    """
    _remove_temporary_folders()
    variable, folder_before = os.environ.get("TMPDIR"), tempfile.tempdir
    folder = Path(tempfile.mkdtemp(prefix=f".{_TEMPORARY}"))
    with ExitStack() as locks:
        _lock(folder, locks)
        folder = folder.rename(folder.with_name(folder.name.removeprefix(".")))
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        # multiprocessing would remove a folder of its own at the very end, when this one is gone.
        own = vars(multiprocessing.current_process())["_config"]
        sockets_before, own["tempdir"] = own.get("tempdir"), str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir, own["tempdir"] = folder_before, sockets_before
            del os.environ["TMPDIR"]
            if variable is not None:
                os.environ["TMPDIR"] = variable
            _remove_for_good(folder)


def _remove_temporary_folders() -> None:
    """Remove the temporary folders of dead runs, except those in use or of other users."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        with ExitStack() as locks:
            if _lock(folder, locks, unknown=False):
                _remove(folder)


def _lock(folder: Path, locks: ExitStack, *, wait: float = 0, unknown: bool = True) -> bool:
    """Lock a folder until `locks` is closed, and return whether this succeeded.

    If the system or the disk does not support locks, return `unknown`.
    """
    if sys.platform == "win32":
        return unknown
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    locks.callback(os.close, opened)
    last = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= last:
                return False
            time.sleep(0.1)
        except OSError:
            return unknown
        else:
            return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_for_good(folder: Path) -> None:
    """Remove a folder; retry, because kernels that are ending may still write to it."""
    last = time.monotonic() + _WAIT
    _remove(folder)
    while folder.exists() and time.monotonic() < last:
        time.sleep(0.1)
        _remove(folder)


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def prepare_worker(environment: dict[str, str]) -> None:
    """Set a worker's environment, and make it end when its run ends.

    Without this, a waiting worker would not notice that the run has ended, and it would keep its
    kernel alive, which watches only the worker. Ctrl-C is handled by the run, which ends its
    workers.
    """
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    run = multiprocessing.parent_process()
    if run is not None:
        threading.Thread(target=_end_after, args=(run.join,), daemon=True).start()


def _end_after(wait: Callable[[], None]) -> None:
    wait()
    os._exit(1)


def end_workers() -> None:
    """Kill the workers of this process immediately."""
    for worker in multiprocessing.active_children():
        worker.kill()


def end_with_parent(parent: int) -> None:
    """On Linux, make the system kill this process when `parent` ends; elsewhere do nothing.

    A kernel watches its parent too, but only once it has started. Without this call, a kernel whose
    parent ends in the first second could stay alive.
    """
    if _LIBC is not None:
        _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Clean up on Ctrl-C, on SIGTERM, and when the terminal or make ends."""
    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if (
            number is not None and signal.getsignal(number) is not signal.SIG_IGN
        ):  # ignored signals stay ignored, as under nohup
            before[number] = signal.signal(number, _leave)
    if "MAKELEVEL" in os.environ and sys.platform != "win32":
        threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(f"umid_research: stopped by {signal.Signals(number).name}")


def _follow(parent: int) -> None:
    """Send SIGTERM to this process when its parent, make, has ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
