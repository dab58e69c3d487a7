"""Execute the notebooks on the derived frames and publish the reports.

All parameters are checked against the study before the first kernel starts. Files are made in a
temporary folder and moved to `reports/` when all are finished; outdated files there are removed.
"""

import platform
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from umid_research.errors import ReportError, UmidError
from umid_research.output.publish.artefacts import make_artefact
from umid_research.output.publish.kernels import fork_kernel
from umid_research.output.publish.plan import (
    Artefact,
    Run,
    check_run,
    declared_parameters,
    planned,
    planned_runs,
)
from umid_research.output.publish.running import execute, store_outputs, without_traces
from umid_research.output.typesetting import EPOCH
from umid_research.report.activity_report import has_activities
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages
from umid_research.runs.input_names import neutral_inputs
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

# The module with what reports and kernels need, which is loaded once.
WARM = "umid_research.output.warm"


def publish_reports(
    study: Study, *, notebooks: Path, processed: Path, reports: Path, languages: tuple[str, ...]
) -> Iterator[str]:
    """Make all reports in the given languages; yield the title of each run when it ends.

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
    withdraw_manifest(reports, study.id)
    failed: list[UmidError] = []
    with tempfile.TemporaryDirectory(dir=reports, prefix=UNFINISHED) as folder:
        made = Path(folder).resolve()
        yield from _make_all(jobs, notebooks.resolve(), processed.resolve(), made, failed)
        if len(failed) == len(jobs):
            raise _all_in_one(failed, len(jobs))
        files = {**kept, **_moved_into_place(made, reports)}
    if failed:
        remove_earlier_files(reports, files)
        raise _all_in_one(failed, len(jobs))
    manifest = {
        "study": study.id,
        "provenance": study.provenance,
        "languages": report_languages(study),
        "inputs": neutral_inputs(stamped_inputs(processed)),
        "software": {"python": platform.python_version(), **software()},
        "files": dict(sorted(files.items())),
    }
    complete_manifest(reports, source, manifest)


def _all_in_one(failed: list[UmidError], jobs: int) -> UmidError:
    """Combine the errors of all reports that could not be made into one."""
    if len(failed) == 1:
        return failed[0]
    return ReportError(
        f"{len(failed)} of {jobs} reports could not be made", details=sorted(map(str, failed))
    )


def _make_all(
    jobs: list[Run | Artefact],
    notebooks: Path,
    processed: Path,
    target: Path,
    failed: list[UmidError],
) -> Iterator[str]:
    """Run each job in a process of its own, writing to `target`; yield titles of finished jobs.

    The errors of failed jobs are appended to `failed`. All processes end with this one.
    """
    environment = {PROCESSED_VARIABLE: str(processed), "SOURCE_DATE_EPOCH": str(EPOCH)}
    warm_up(WARM)
    work = partial(_make, notebooks=notebooks, target=target)
    for job, error in run_jobs(work, jobs, environment, before=fork_kernel):
        if error is not None:
            failed.append(error)
            continue
        yield job.title


def _make(job: Run | Artefact, notebooks: Path, target: Path) -> None:
    if isinstance(job, Run):
        _make_report(job, notebooks, target)
        return
    make_artefact(job.name, job.language, target, activities=job.activities)


def _make_report(run: Run, notebooks: Path, target: Path) -> None:
    """Execute one notebook; write its HTML, its Word file, and its PDF if planned, to `target`."""
    from umid_research.output.document import read_notebook
    from umid_research.output.rendering import to_html, to_pdf
    from umid_research.output.word import to_docx

    executed = execute(notebooks / f"{run.notebook}.ipynb", run.parameters)
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


def _moved_into_place(made: Path, reports: Path) -> dict[str, str]:
    """Move all new files to the reports; return path -> SHA-256, sorted by path."""
    files = {}
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        name = path.relative_to(made).as_posix()
        files[name] = sha256(path)
        (reports / name).parent.mkdir(parents=True, exist_ok=True)
        path.replace(reports / name)
    return files
