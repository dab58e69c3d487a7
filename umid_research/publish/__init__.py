"""Derived frames -> executed notebooks -> reports, each run checked before and moved after.

All parameters are checked against the study before the first kernel starts. Nothing half-made
reaches `reports/`.
"""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from umid_research.activity_report import has_activities
from umid_research.appendix.provenance import software
from umid_research.publish.pieces import make_piece
from umid_research.publish.plan import (
    Piece,
    Run,
    check_run,
    declared_parameters,
    planned,
    planned_runs,
)
from umid_research.publish.running import execute, store_outputs, without_traces
from umid_research.references import FILES
from umid_research.report import PROCESSED_VARIABLE
from umid_research.stamp import MANIFEST, sha256, stamped_inputs, write_json
from umid_research.study import Study
from umid_research.typesetting import EPOCH

__all__ = [
    "Run",
    "check_run",
    "declared_parameters",
    "execute",
    "moved_into_place",
    "planned",
    "planned_runs",
    "publish_reports",
    "store_outputs",
    "without_traces",
]


def publish_reports(
    study: Study, *, notebooks: Path, processed: Path, reports: Path, spoken: tuple[str, ...]
) -> Iterator[str]:
    """Makes all reports, yielding the title of each run as it ends.

    Raises ParameterError before any kernel starts, ReportError when a notebook fails; then the
    reports that were there before are still there, without their manifest.
    """
    told = has_activities(processed)
    jobs = [job for language in spoken for job in planned(study, language, activities=told)]
    for job in jobs:
        if isinstance(job, Run):
            check_run(job, study, notebooks)
    reports.mkdir(parents=True, exist_ok=True)
    (reports / MANIFEST).unlink(missing_ok=True)
    environment = {PROCESSED_VARIABLE: str(processed.resolve()), "SOURCE_DATE_EPOCH": str(EPOCH)}
    with tempfile.TemporaryDirectory(dir=reports, prefix=".writing-") as beside:
        workers = min(os.cpu_count() or 1, len(jobs))
        with ProcessPoolExecutor(
            workers, initializer=os.environ.update, initargs=(environment,)
        ) as pool:
            futures = {
                pool.submit(_make, job, notebooks.resolve(), Path(beside).resolve()): job
                for job in jobs
            }
            try:
                for future in as_completed(futures):
                    future.result()
                    yield futures[future].title
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        files = moved_into_place(Path(beside), reports)
    manifest = {
        "study": study.id,
        "provenance": study.provenance,
        "inputs": stamped_inputs(processed),
        "software": {"python": platform.python_version(), **software()},
        "files": files,
    }
    write_json(reports / MANIFEST, manifest)


def _make(job: Run | Piece, notebooks: Path, target: Path) -> None:
    if isinstance(job, Run):
        _make_report(job, notebooks, target)
        return
    make_piece(job.name, job.language, target, activities=job.activities)


def _make_report(run: Run, notebooks: Path, target: Path) -> None:
    """Executes one notebook and writes its HTML, and its PDF where planned, below `target`."""
    from umid_research.exporters import to_html, to_pdf

    executed = execute(notebooks / f"{run.notebook}.ipynb", run.parameters)
    html = target / run.html
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(to_html(executed, name=run.notebook), encoding="utf-8")
    if run.pdf:
        (target / run.pdf).write_bytes(to_pdf(executed, name=run.notebook))


def moved_into_place(made: Path, reports: Path) -> dict[str, str]:
    """Moves every file made to the reports; path -> SHA-256 of each, sorted.

    The folders of tables are replaced whole: their files bear numbers, which can change.
    """
    for folder in made.glob(f"*/{FILES}"):
        shutil.rmtree(reports / folder.relative_to(made), ignore_errors=True)
    files = {}
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        name = path.relative_to(made).as_posix()
        files[name] = sha256(path)
        (reports / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, reports / name)
    return files
