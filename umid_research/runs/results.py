"""Copy finished reports to a store that a URL names, such as s3://bucket/folder, with fsspec.

At the store, a file gets its name when it is whole and as `manifest.json` says. The manifest is put
aside first and written last, so where there is one, all files are those that it lists.
"""

import hashlib
import json
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from umid_research.errors import ParameterError, RunError
from umid_research.runs.manifest import MANIFEST

_BEFORE = ".manifest-before.json"
_OTHER = "its content is not what was made; run the same command again"


def refuse_store(url: str, provenance: str, *, confidential: bool) -> None:
    """Raise an error if reports cannot be copied to the store, before minutes of work.

    Raises
    ------
    ParameterError
        The study is confidential, and this was not asked for.
    RunError
        fsspec, or the package for this kind of URL, is missing, or the store does not answer.
    """
    if provenance == "field" and not confidential:
        raise ParameterError(
            "the study is confidential; add --confidential (make: CONFIDENTIAL=1) if its reports "
            "may be there",
            where=_shown(url),
            found=provenance,
        )
    with _refusals(url):
        _opened(url)


def copy_results(reports: Path, url: str) -> str:
    """Copy what the manifest in `reports` lists to the store, and return a line about it.

    Files at the store that an earlier manifest of the study lists and this one does not are
    removed; all others stay.

    Raises
    ------
    RunError
        The store refuses, holds another study, or does not give back what was written; or a report
        has changed since it was made.
    """
    content = (reports / MANIFEST).read_bytes()
    manifest = json.loads(content)
    files: dict[str, str] = manifest["files"]
    with _refusals(url):
        store, folder = _opened(url)
        earlier = _withdrawn(store, folder, manifest["study"], url)
        for name, digest in files.items():
            _put(store, f"{folder}/{name}", (reports / name).read_bytes(), digest)
        for name in [*(earlier - files.keys()), _BEFORE]:
            if store.exists(f"{folder}/{name}"):
                store.rm_file(f"{folder}/{name}")
        _put(store, f"{folder}/{MANIFEST}", content, hashlib.sha256(content).hexdigest())
    return f"results  {len(files)} files, as the manifest says, in {_shown(url)}"


def _opened(url: str) -> tuple[Any, str]:
    """Return the file system of the store, and the folder there."""
    from fsspec.core import url_to_fs

    store, folder = url_to_fs(url)
    return store, folder.rstrip("/")


def _withdrawn(store: Any, folder: str, study: str, url: str) -> set[str]:
    """Put the manifest at the store aside; return the files below the folder that it lists."""
    listed: set[str] = set()
    for name in (MANIFEST, _BEFORE):
        if store.exists(f"{folder}/{name}"):
            earlier = json.loads(store.cat_file(f"{folder}/{name}"))
            if earlier["study"] != study:
                problem = "holds the reports of another study; choose another place"
                raise RunError(problem, where=_shown(url), found=earlier["study"])
            listed |= set(earlier["files"])
    if store.exists(f"{folder}/{MANIFEST}"):
        store.mv(f"{folder}/{MANIFEST}", f"{folder}/{_BEFORE}")
    return {name for name in listed if posixpath.normpath(name) == name and name[0] not in "/."}


def _put(store: Any, path: str, content: bytes, digest: str) -> None:
    """Write a file under another name, read it again, and give it its name if it is as listed."""
    folder, name = posixpath.split(path)
    unfinished = f"{folder}/.writing-{name}"
    store.makedirs(folder, exist_ok=True)
    store.pipe_file(unfinished, content)
    if hashlib.sha256(store.cat_file(unfinished)).hexdigest() != digest:
        store.rm_file(unfinished)
        raise RunError(_OTHER, where=path)
    store.mv(unfinished, path)


@contextmanager
def _refusals(url: str) -> Iterator[None]:
    """Say in one line what is missing or what the store refuses."""
    try:
        yield
    except RunError:
        raise
    except ImportError as error:
        problem = "needs a package: install umid_research[cluster], and what the store asks for"
        raise RunError(problem, where=_shown(url), found=str(error)) from None
    except Exception as error:  # noqa: BLE001 -- every kind of store has errors of its own
        problem = "the store cannot be used; check the URL and the right to write there"
        found = _shown(url, f"{type(error).__name__}: {error}")
        raise RunError(problem, where=_shown(url), found=found) from None


def _shown(url: str, text: str = "") -> str:
    """Return the URL, or a text about it, without the user and the password in the URL."""
    user, at, _ = urlsplit(url).netloc.rpartition("@")
    return (text or url).replace(user + at, "")
