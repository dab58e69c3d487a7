"""Folders that take long to make: once in a run, whichever of its processes needs them first."""

import fcntl
import hashlib
from collections.abc import Callable
from pathlib import Path

Make = Callable[[Path], object]


class MadeOnce:
    """Makes folders below one that all processes of a run share; tests only read them.

    Parameters
    ----------
    shared
        A folder that every process of the run has and no other run.
    """

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._digests: dict[Path, str] = {}

    def __call__(self, name: str, make: Make) -> Path:
        """Return the folder `name`, after `make` has filled it; the others wait until then.

        What `make` raises is raised in the process that calls it. The next one that needs the
        folder makes it anew.
        """
        folder = self._shared / name
        with (self._shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = self._unused(f"{name}-unfinished")
                make(unfinished)
                unfinished.rename(folder)
        self._digests.setdefault(folder, digest(folder))
        return folder

    def _unused(self, name: str) -> Path:
        number = 0
        while (folder := self._shared / f"{name}-{number}").exists():
            number += 1
        folder.mkdir()
        return folder

    def changed(self) -> list[str]:
        """Return the names of the folders that are not as they were when this process got them."""
        return [path.name for path, known in self._digests.items() if digest(path) != known]


def digest(folder: Path) -> str:
    """Return a hash of the names and contents of all files."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        found.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
