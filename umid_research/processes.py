"""One run at a time in a folder; its workers, kernels and temporary files end with it.

A run locks the folders that it writes to, and a temporary folder of its own. The operating system
frees a lock when the processes that hold it have ended, in whatever manner. So what is found
unfinished in a folder that could be locked belongs to a dead run, and is removed.
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
# Loaded before a kernel is forked, since its half of the fork must not load anything.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@contextmanager
def only_run(*folders: Path) -> Iterator[None]:
    """Keep other runs out of these folders, and remove what dead ones left unfinished in them.

    A folder that had to be made and is empty at the end is removed again. Raises RunError when
    another run is still at work there after a few seconds.
    """
    with ExitStack() as locks:
        for folder in dict.fromkeys(folder.resolve() for folder in folders):
            locks.callback(_remove_empty, [f for f in (folder, *folder.parents) if not f.exists()])
            folder.mkdir(parents=True, exist_ok=True)
            if not _lock(folder, locks, wait=_WAIT):
                raise RunError("another run is at work here; wait for its end", where=str(folder))
            for path in folder.glob(f"{UNFINISHED}*"):
                _remove(path)
        yield


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Put every temporary file of this run and its children into one folder, removed at its end.

    Those of dead runs are removed first. The folder gets its name only when it is locked, so that
    no other run takes it for a dead one's.
    """
    _remove_temporary_folders()
    variable, folder_before = os.environ.get("TMPDIR"), tempfile.tempdir
    folder = Path(tempfile.mkdtemp(prefix=f".{_TEMPORARY}"))
    with ExitStack() as locks:
        _lock(folder, locks)
        folder = folder.rename(folder.with_name(folder.name.removeprefix(".")))
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir = folder_before
            del os.environ["TMPDIR"]
            if variable is not None:
                os.environ["TMPDIR"] = variable
            _remove_for_good(folder)


def _remove_temporary_folders() -> None:
    """Remove the temporary folders of dead runs; one that is not ours or is in use stays."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        with ExitStack() as locks:
            if _lock(folder, locks, unknown=False):
                _remove(folder)


def _lock(folder: Path, locks: ExitStack, *, wait: float = 0, unknown: bool = True) -> bool:
    """Lock a folder until `locks` is closed; False if others hold it or it cannot be opened.

    Where the system or the disk has no locks, nothing is locked and `unknown` is returned.
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
    """Remove a folder to which kernels that are being ended may still write for a moment."""
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
    """Give a worker its environment, and see to it that it ends when its run does.

    A worker that waits for work notices nothing by itself. It would live on, and so would its
    kernel, which looks only after the worker. Ctrl-C is left to the run, which ends its workers.
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
    """End the workers of this process at once, whatever they do."""
    for worker in multiprocessing.active_children():
        worker.kill()


def end_with_parent(parent: int) -> None:
    """Have Linux end this process when `parent`, which started it, ends; elsewhere do nothing.

    A kernel looks after its parent too, but only once it has started. One that is orphaned in its
    first second lives on, unless orphans go to process 1.
    """
    if _LIBC is not None:
        _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and the end of the terminal or of make into an exit that cleans up."""
    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup does
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
    """Ask this process to end when its parent, make, has ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
