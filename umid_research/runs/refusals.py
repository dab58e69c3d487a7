"""Say in one line that the system refused to read or write: a full disk, a read-only folder."""

import errno
from pathlib import Path

from umid_research.errors import RunError
from umid_research.runs.processes import UNFINISHED

_FULL = "the disk is full; make room, and run the same command again"
_FORBIDDEN = "may not be read or written; change its permissions, or choose another folder"
_IN_THE_WAY = "a file is where a folder is needed, or the other way round; move it"
_PROBLEMS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "a file would be larger than the system allows",
    errno.EROFS: "is on a disk that may only be read; choose another folder",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EISDIR: _IN_THE_WAY,
    errno.EIO: "the disk reports an error; nothing on it is safe",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENAMETOOLONG: "the name is longer than the system allows",
}


def refusal(error: OSError) -> RunError | None:
    """Return the error in one line, or None if it is no refusal that a user can do something about.

    What was written before is whole: files get their names only when all of a step are written.
    """
    problem = _PROBLEMS.get(error.errno or 0)
    if problem is None:
        return None
    # Of a file that is moved, the second name is the place that it was to take.
    where = error.filename2 or error.filename
    named = None if where is None else _as_finished(str(where))
    return RunError(problem, where=named, found=error.strerror)


def _as_finished(path: str) -> str:
    """Return a path as the user knows it: without the names that files have until all is written.

    A file has its own name after the mark of what is unfinished, a folder a random one.
    """
    parts = Path(path).parts
    named = (one.removeprefix(UNFINISHED) if "." in one[1:] else one for one in parts)
    return str(Path(*(one for one in named if not one.startswith(UNFINISHED))))
