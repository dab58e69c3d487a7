"""What is kept of each report and other output, to make it again only when it is out of date.

The folder `.cache/reports` beside the frames has for each what it was made of (`runs.facts`) and
the files that came of it, and for a report its executed notebook. If only a template or a style
changes, the report is rendered from the notebook without executing it. The cache is as confidential
as the frames; git ignores it, it is never delivered, and `make clean` removes it.
"""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umid_research.output.publish.plan import Artefact, Run
from umid_research.runs.facts import State
from umid_research.runs.processes import UNFINISHED
from umid_research.runs.stamp import digest, read_json, sha256, write_json

FOLDER = ".cache/reports"
# pandoc and Typst open these files, which Python does not see.
TEMPLATES = "templates"
# The fact which frames there are: a report asks whether one exists.
NAMES = "frames"


@dataclass(frozen=True)
class Todo:
    """A job, and what is still up to date of its last run.

    `executed` is its executed notebook if that is up to date. `unchanged` is the hash of the
    executed notebook whose files are all up to date: if a new run gives the same notebook, nothing
    else is to be done.
    """

    job: Run | Artefact
    executed: Path | None = None
    unchanged: str = ""


@dataclass(frozen=True)
class Made:
    """What a job read, and its executed notebook if it was executed.

    `executed_from` and `made_from` are None where nothing was noted. `files` is false if the files
    of the last run are those that would have been made.
    """

    executed_from: list[str] | None = None
    made_from: list[str] | None = None
    notebook: str | None = None
    files: bool = True


class Cache:
    """The cache of a folder of frames, as compared with the state of all files."""

    def __init__(self, processed: Path, state: State) -> None:
        """Use the cache in the folder `processed`."""
        self._folder, self._state = Path(processed) / FOLDER, state

    def is_current(self, job: Run | Artefact, reports: Path) -> bool:
        """Return whether the files of a job are what would be made of it now."""
        record = self._record(job)
        executed = isinstance(job, Artefact) or self._state.holds(record.get("executed_from"))
        return executed and self._files_hold(record, reports)

    def files(self, job: Run | Artefact) -> dict[str, str]:
        """Return the files of a job with their hashes, as of its last run."""
        return dict(self._record(job).get("files", {}))

    def todo(self, job: Run | Artefact, reports: Path) -> Todo:
        """Return the job with what need not be done again."""
        record = self._record(job)
        notebook = self._notebook(job)
        if self._state.holds(record.get("executed_from")) and self._is_whole(notebook, record):
            return Todo(job, executed=notebook.resolve())
        holds = isinstance(job, Run) and self._files_hold(record, reports)
        return Todo(job, unchanged=record["notebook"] if holds else "")

    def keep(self, job: Run | Artefact, made: Made, files: Mapping[str, str]) -> None:
        """Keep what a job was made of; remove what is known of it if nothing was noted."""
        path, notebook, before = self._path(job), self._notebook(job), self._record(job)
        if made.made_from is None:
            path.unlink(missing_ok=True)
            notebook.unlink(missing_ok=True)
            return
        record: dict[str, Any] = {**before, "job": digest(repr(job))}
        if made.notebook is not None and made.executed_from is not None:
            record["executed_from"] = self._state.values([*made.executed_from, NAMES])
            record["notebook"] = hash_of(made.notebook)
            notebook.parent.mkdir(parents=True, exist_ok=True)
            unfinished = notebook.with_name(f"{UNFINISHED}{notebook.name}")
            unfinished.write_text(made.notebook, encoding="utf-8")
            unfinished.replace(notebook)
        if made.files:
            templates = self._state.code(TEMPLATES)
            record["made_from"] = self._state.values([*made.made_from, *templates, NAMES])
            record["files"] = dict(files)
        write_json(path, record)

    def remove_outdated(self) -> None:
        """Remove executed notebooks that are not up to date, so that no withdrawn answer stays."""
        for notebook in sorted(self._folder.rglob("*.ipynb")):
            record = read_json(notebook.with_suffix(".json"))
            known = self._state.holds(record.get("executed_from"))
            if not (known and self._is_whole(notebook, record)):
                notebook.unlink()

    def remove_others(self, jobs: list[Run | Artefact], languages: tuple[str, ...]) -> None:
        """Remove what is kept of jobs and languages that the study no longer has."""
        kept = {self._path(job) for job in jobs}
        folders = [path for path in self._folder.glob("*") if path.is_dir()]
        for folder in folders:
            if folder.name not in languages:
                shutil.rmtree(folder)
        mine = {path.relative_to(self._folder).parts[0] for path in kept}
        for path in sorted(self._folder.rglob("*.json")):
            if path.relative_to(self._folder).parts[0] in mine and path not in kept:
                path.unlink()
                path.with_suffix(".ipynb").unlink(missing_ok=True)

    def _files_hold(self, record: Mapping[str, Any], reports: Path) -> bool:
        files = record.get("files")
        return (
            isinstance(files, dict)
            and bool(files)
            and self._state.holds(record.get("made_from"))
            and all(_has(reports / name, expected) for name, expected in files.items())
        )

    def _is_whole(self, notebook: Path, record: Mapping[str, Any]) -> bool:
        return _has(notebook, str(record.get("notebook")))

    def _record(self, job: Run | Artefact) -> dict[str, Any]:
        """Return what is kept of a job with the same parameters."""
        record = read_json(self._path(job))
        return record if record.get("job") == digest(repr(job)) else {}

    def _path(self, job: Run | Artefact) -> Path:
        return self._folder / f"{job.key}.json"

    def _notebook(self, job: Run | Artefact) -> Path:
        return self._path(job).with_suffix(".ipynb")


def _has(path: Path, expected: str) -> bool:
    """Return whether a file exists and has the expected hash."""
    return path.is_file() and sha256(path) == expected


def hash_of(text: str) -> str:
    """Return the hash that a file with this text has."""
    return hashlib.sha256(text.encode()).hexdigest()
