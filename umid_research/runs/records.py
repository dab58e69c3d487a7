"""Note what a process reads, so that what it makes is made again only when that changes.

Noted are, each as one text, a fact:

    code:report/texts.py                   a module of this package that is loaded, or a data file
                                           of it that was opened
    frame:study/study.toml                 a file in the folder of the frames that was opened
    rows:scores_by_side|["district","quba"]  rows of a published table
    tables                                 which published tables have rows

Files are noted by a hook of Python that sees each one that is opened, whoever opens it. Who hands
out only a part of a file opens it under `unnoted` and notes the part. Noting begins in the process
that jobs are forked from, so that what it has read counts for all of them. Where processes are not
forked nothing is noted, and everything is made again.

A module that is not loaded cannot matter: whether it is depends on modules and data that are noted.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from umid_research.runs import stamp

Value = TypeVar("Value")
_facts: set[str] = set()
_opened: set[str] = set()
_state = {"noting": False, "silent": 0}


def start_noting() -> None:
    """Note from now on, in this process and in those that are forked from it."""
    if not _state["noting"]:
        _state["noting"] = True
        sys.addaudithook(_hook)


def note(fact: str) -> None:
    """Note a fact."""
    _facts.add(fact)


def note_rows(table: str, keys: Mapping[str, Any]) -> None:
    """Note the rows of a published table whose columns have these values; all if there are none."""
    texts = {column: value for column, value in keys.items() if isinstance(value, str)}
    if not texts:
        note(f"frame:published/{table}.csv")
        return
    # One column is enough to tell that other rows do not matter; the first one is the same always.
    column = "district" if "district" in texts else next(iter(texts))
    note(f"rows:{table}|{json.dumps([column, texts[column]], ensure_ascii=False)}")


@contextmanager
def unnoted() -> Iterator[None]:
    """Do not note files that are opened in this block."""
    _state["silent"] += 1
    try:
        yield
    finally:
        _state["silent"] -= 1


def code_now() -> dict[str, str]:
    """Return the hashes of this package's files; to read them for that is not noted."""
    with unnoted():
        return stamp.code_files()


class Noted(Mapping[str, Value]):
    """A mapping that notes a fact for each value that is asked for; `fact` names it.

    If its keys are not always the same, asking for them is asking for `keys`, which is a fact too.
    """

    def __init__(
        self, content: Mapping[str, Value], fact: Callable[[str], str], *, keys: str = ""
    ) -> None:
        """Wrap the content."""
        self.content, self._fact, self._keys = content, fact, keys

    def __getitem__(self, key: str) -> Value:
        """Note the fact and return the value."""
        value = self.content[key]
        note(self._fact(key))
        return value

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        self._note_keys()
        return iter(self.content)

    def __len__(self) -> int:
        """Return the number of keys."""
        self._note_keys()
        return len(self.content)

    def _note_keys(self) -> None:
        if self._keys:
            note(self._keys)


def facts(processed: Path) -> list[str] | None:
    """Return what was noted of this package and of a folder of frames; None if nothing is noted."""
    if not _state["noting"]:
        return None
    loaded = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    paths = _real({path for path in [*loaded, *_opened] if path})
    found = set(_facts)
    for kind, folder in (("code", stamp.code_folder()), ("frame", processed)):
        root = os.path.realpath(folder) + os.sep
        found |= {
            f"{kind}:{path[len(root) :]}"
            for path in paths
            if path.startswith(root) and not path.endswith(".pyc")
        }
    return sorted(found)


def _real(paths: Iterable[str]) -> set[str]:
    """Return the paths without links, as realpath does, which looks at every folder of each.

    For the files of all libraries that takes a fifth of a second, and each report asks twice.
    """
    folders: dict[str, str] = {}
    found = set()
    for path in paths:
        folder, name = os.path.split(path)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        real = f"{folders[folder]}{os.sep}{name}"
        is_other = os.path.islink(real) or not name.strip(".")  # noqa: PTH114 -- as fast as it is
        found.add(os.path.realpath(path) if is_other else real)
    return found


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and not _state["silent"] and isinstance(arguments[0], str | bytes):
        _opened.add(str(Path(os.fsdecode(arguments[0])).absolute()))
