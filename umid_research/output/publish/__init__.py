"""Execute the notebooks on the derived frames and publish the reports.

All parameters are checked against the study before the first kernel starts. Files are made in a
temporary folder and moved to `reports/` when all are finished; outdated files there are removed.
"""

import platform
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from umid_research.clean.privacy import respondent_key
from umid_research.errors import ReportError, UmidError
from umid_research.output import WARM
from umid_research.output.publish.artefacts import make_artefact
from umid_research.output.publish.kept import Cache, Made, Todo, hash_of
from umid_research.output.publish.kernels import fork_kernel
from umid_research.output.publish.plan import (
    Artefact,
    Run,
    check_run,
    declared_parameters,
    planned,
    planned_runs,
)
from umid_research.output.publish.running import (
    execute,
    execute_and_note,
    store_outputs,
    without_traces,
)
from umid_research.output.typesetting import EPOCH
from umid_research.report.activity_report import has_activities
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages
from umid_research.runs.cluster import run_jobs_on
from umid_research.runs.facts import State
from umid_research.runs.input_names import keyed_digests, neutral_inputs
from umid_research.runs.jobs import run_jobs, warm_up
from umid_research.runs.manifest import (
    complete_manifest,
    of_language,
    read_manifest,
    remove_earlier_files,
    source_digest,
    withdraw_manifest,
)
from umid_research.runs.processes import UNFINISHED
from umid_research.runs.records import facts
from umid_research.runs.stamp import sha256, software, stamped_inputs
from umid_research.study import Study

__all__ = [
    "Run",
    "check_run",
    "declared_parameters",
    "execute",
    "planned",
    "planned_runs",
    "publish_reports",
    "store_outputs",
    "without_traces",
]


def publish_reports(
    study: Study,
    *,
    notebooks: Path,
    processed: Path,
    reports: Path,
    languages: tuple[str, ...],
    code: Mapping[str, str] | None = None,
    scheduler: str = "",
) -> Iterator[tuple[str, int]]:
    """Make the reports in the given languages that are out of date.

    Yield for each that is made, when it ends, its title and how many are made in all. `code` are
    the hashes of this package's files when the run began, by default those of now. With the address
    of a `scheduler`, the workers of its Dask cluster make them; see `runs.cluster`.

    Reports in other languages are kept if they were made from the same input, else removed. If a
    report fails, the others are still published, earlier files of the failed report are removed
    because their numbers may be outdated, and no manifest is written. If all fail, the earlier
    files stay.

    Raises
    ------
    ParameterError
        If a notebook or a parameter is unknown; raised before any kernel starts.
    UmidError
        If a report could not be made; raised after all others were made.
    """
    with_activities = has_activities(processed)
    jobs = [
        job
        for language in languages
        for job in planned(study, language, activities=with_activities)
    ]
    for job in jobs:
        if isinstance(job, Run):
            check_run(job, study, notebooks)
    reports.mkdir(parents=True, exist_ok=True)
    source = source_digest(processed, notebooks)
    earlier = read_manifest(reports, source).get("files", {})
    remade = {name for language in languages for name in of_language(earlier, language)}
    kept = {name: known for name, known in earlier.items() if name not in remade}
    cache = Cache(processed, State(processed, notebooks, code))
    cache.remove_outdated()
    cache.remove_others(jobs, report_languages(study))
    for job in (current := [job for job in jobs if cache.is_current(job, reports)]):
        kept |= cache.files(job)
    todo = [cache.todo(job, reports) for job in jobs if job not in current]
    withdraw_manifest(reports, study.id)
    failed: list[UmidError] = []
    with tempfile.TemporaryDirectory(dir=reports, prefix=UNFINISHED) as folder:
        made = Path(folder).resolve()
        folders = (notebooks.resolve(), processed.resolve(), made)
        for job, read in _make_all(todo, *folders, failed, scheduler):
            if not read.files:
                kept |= cache.files(job)
            cache.keep(job, read, _files(made / job.key))
            yield job.title, len(todo)
        if failed and len(failed) == len(jobs):
            raise _all_in_one(failed, len(jobs))
        for one in todo:
            kept |= _moved_into_place(made / one.job.key, reports)
    if failed:
        remove_earlier_files(reports, kept)
        raise _all_in_one(failed, len(jobs))
    manifest = {
        "study": study.id,
        "provenance": study.provenance,
        "languages": report_languages(study),
        **_inputs(study, processed),
        "software": {"python": platform.python_version(), **software()},
        "files": dict(sorted(kept.items())),
    }
    complete_manifest(reports, source, manifest)


def _inputs(study: Study, processed: Path) -> dict[str, Any]:
    """Return the manifest's entries on the inputs; the hashes of a confidential study are keyed."""
    inputs = neutral_inputs(stamped_inputs(processed))
    if study.provenance != "field":
        return {"inputs": inputs}
    return {"inputs": keyed_digests(inputs, respondent_key(study)), "inputs_keyed": True}


def _all_in_one(failed: list[UmidError], jobs: int) -> UmidError:
    """Combine the errors of all reports that could not be made into one."""
    if len(failed) == 1:
        return failed[0]
    return ReportError(
        f"{len(failed)} of {jobs} reports could not be made", details=sorted(map(str, failed))
    )


def _make_all(
    todo: list[Todo],
    notebooks: Path,
    processed: Path,
    target: Path,
    failed: list[UmidError],
    scheduler: str = "",
) -> Iterator[tuple[Run | Artefact, Made]]:
    """Run each job in a process of its own; yield those that are finished and what they read.

    A job writes its files to a folder of its own in `target`. The errors of failed jobs are
    appended to `failed`. All processes end with this one.
    """
    work = partial(_make, notebooks=notebooks, processed=processed, target=target)
    environment = {PROCESSED_VARIABLE: str(processed), "SOURCE_DATE_EPOCH": str(EPOCH)}
    if scheduler:
        done = run_jobs_on(scheduler, work, todo, environment, before=fork_kernel, warm=WARM)
    else:
        warm_up(WARM)
        done = run_jobs(work, todo, environment, before=fork_kernel)
    for one, made in done:
        if isinstance(made, UmidError):
            failed.append(made)
            continue
        yield one.job, made


def _make(todo: Todo, notebooks: Path, processed: Path, target: Path) -> Made:
    job, own = todo.job, target / todo.job.key
    if isinstance(job, Artefact):
        make_artefact(job.name, job.language, own, activities=job.activities)
        return Made(made_from=facts(processed))
    made = _make_report(todo, job, notebooks, own)
    return replace(made, made_from=facts(processed))


def _make_report(todo: Todo, run: Run, notebooks: Path, target: Path) -> Made:
    """Execute one notebook; write its HTML, its Word file, and its PDF if planned, to `target`."""
    import nbformat

    executed_from, text = None, None
    if todo.executed is None:
        path = notebooks / f"{run.notebook}.ipynb"
        executed, executed_from = execute_and_note(path, run.parameters)
        text = nbformat.writes(executed)
        if executed_from is not None:
            executed_from.append(f"notebook:{path.name}")
            if hash_of(text) == todo.unchanged:
                return Made(executed_from, notebook=text, files=False)
    else:
        executed = nbformat.read(todo.executed, as_version=4)
    from umid_research.output.document import read_notebook
    from umid_research.output.rendering import to_html, to_pdf
    from umid_research.output.word import to_docx

    document = read_notebook(executed, name=run.notebook)
    made = {
        run.html: to_html(document).encode(),
        run.docx: to_docx(document, author=run.author),
    }
    if run.pdf:
        made[run.pdf] = to_pdf(document)
    for name, content in made.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    return Made(executed_from, notebook=text)


def _moved_into_place(made: Path, reports: Path) -> dict[str, str]:
    """Move all files of a job to the reports; return path -> SHA-256."""
    files = _files(made)
    for name in files:
        (reports / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).replace(reports / name)
    return files


def _files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(found)}
