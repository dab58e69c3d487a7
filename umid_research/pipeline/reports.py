"""Stages that make frames and reports if they are out of date, and run the notebooks."""

import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from umid_research.errors import ParameterError
from umid_research.output import WARM
from umid_research.pipeline.description import read_description
from umid_research.pipeline.stale import run_stale
from umid_research.pipeline.steps import FRAME_STAGES
from umid_research.runs.jobs import FORKS, warm_up
from umid_research.runs.manifest import (
    MANIFEST,
    earlier_files,
    languages_to_make,
    read_manifest,
    refuse_another_study,
    source_digest,
    unlisted_files,
)
from umid_research.runs.records import code_now
from umid_research.runs.results import copy_results, refuse_store
from umid_research.runs.stamp import (
    frames_are_current,
    made_from,
    read_json,
    study_id,
)

# What only an archive has.
_CRATE = "ro-crate-metadata.json"


def frames(options: Namespace) -> Iterator[str]:
    """Make the frames from exports and registers that are not up to date."""
    code = getattr(options, "code", None) or code_now()
    source = made_from(options.raw, code)
    if not frames_are_current(options.processed, source):
        warm_up(WARM)
        yield from run_stale(
            Namespace(**{**vars(options), "warm": FORKS}), FRAME_STAGES, source, code
        )


def publish(options: Namespace) -> Iterator[str]:
    """Run the notebooks on the published numbers and make the reports."""
    from tqdm import tqdm

    from umid_research.output.publish import planned, publish_reports
    from umid_research.report.activity_report import has_activities
    from umid_research.report.study_report import report_languages

    study, _ = read_description(options.processed)
    refuse_another_study(options.reports, study.id)
    languages = _chosen(options.languages, report_languages(study))
    before = [name for name in earlier_files(options.reports) if (options.reports / name).exists()]
    with_activities = has_activities(options.processed)
    total = sum(len(planned(study, language, activities=with_activities)) for language in languages)
    runs = publish_reports(
        study,
        notebooks=options.notebooks,
        processed=options.processed,
        reports=options.reports,
        languages=languages,
        code=getattr(options, "code", None),
        scheduler=options.scheduler,
    )
    made = 0
    with tqdm(desc="publish ", unit="report", disable=None) as bar:
        for title, due in runs:
            made, bar.total = made + 1, due
            bar.set_postfix_str(title, refresh=False)
            bar.update()
    if removed := [name for name in before if not (options.reports / name).exists()]:
        yield f"removed  {_named(removed)} of an earlier run from {options.reports}"
    rest = f", {total - made} were up to date" if made < total else ""
    yield f"publish  {made} reports in {options.reports}{rest}"


def report(options: Namespace) -> Iterator[str]:
    """Make everything from the exports to the reports, unless it is up to date."""
    refuse_another_study(options.reports, study_id(options.raw))
    _refuse_unknown_languages(options)
    results = getattr(options, "results", "")
    if results:
        from umid_research.study import read_study

        provenance = read_study(options.raw).provenance
        refuse_store(results, provenance, confidential=options.confidential)
    options.code = code_now()
    yield from frames(options)
    manifest = read_manifest(options.reports, source_digest(options.processed, options.notebooks))
    missing = options.languages
    if manifest:
        asked = _chosen(options.languages, tuple(manifest["languages"]))
        missing = languages_to_make(options.reports, manifest, asked)
    if missing == []:
        yield f"everything in {options.reports} is up to date"
    else:
        yield from publish(Namespace(**{**vars(options), "languages": missing}))
    if unlisted := unlisted_files(options.reports):
        yield f"left     {_named(unlisted)}, which no run made, in {options.reports}"
    if results:
        yield copy_results(options.reports, results)
    yield f"open     {_first_page(options)}"


def _refuse_unknown_languages(options: Namespace) -> None:
    """Raise ParameterError before the frames are made, which takes minutes."""
    if options.languages and not frames_are_current(options.processed, made_from(options.raw)):
        from umid_research.report.study_report import report_languages
        from umid_research.study import read_study

        _chosen(options.languages, report_languages(read_study(options.raw)))


def _chosen(asked: list[str] | None, possible: tuple[str, ...]) -> tuple[str, ...]:
    """Return the requested languages, each once, in the order of the study."""
    unknown = sorted(set(asked or ()) - set(possible))
    if unknown:
        raise ParameterError(
            "the study has no reports in this language",
            found=", ".join(unknown),
            possible=possible,
        )
    return tuple(language for language in possible if not asked or language in asked)


def _first_page(options: Namespace) -> Path:
    """Return the page to open first, in a requested language."""
    languages = options.languages or read_json(options.reports / MANIFEST)["languages"]
    pages = [options.reports / language / "study.html" for language in languages]
    return next(page for page in [*pages, options.reports] if page.exists())


def _named(files: list[str], most: int = 5) -> str:
    """Return the number of files and the names of the first ones."""
    number = "1 file" if len(files) == 1 else f"{len(files)} files"
    more = [f"and {len(files) - most} more"] if len(files) > most else []
    return f"{number} ({', '.join([*files[:most], *more])})"


def verify(options: Namespace) -> Iterator[str]:
    """Check that an archive or delivered reports, and with --raw their inputs, are as made."""
    from umid_research.clean.privacy import known_key
    from umid_research.runs.verify import verify_archive, verify_reports

    folder = options.folder
    if (folder / _CRATE).is_file():
        yield verify_archive(folder)
        folder = folder / "reports"
    yield from verify_reports(folder, options.raw, known_key)


def notebooks(options: Namespace) -> Iterator[str]:
    """Run the notebooks and store their outputs in them, for reviewers."""
    from umid_research.errors import ParameterError
    from umid_research.output.publish import store_outputs

    study, _ = read_description(options.processed)
    if study.provenance != "simulated":  # git tracks the notebooks
        raise ParameterError(
            "outputs are stored for a simulated study only; to work with notebooks on another "
            "study, use make lab",
            where=str(options.raw),
            found=study.provenance,
        )
    for title in store_outputs(options.notebooks, options.processed):
        yield f"notebook {title}"


def lab(options: Namespace) -> Iterator[str]:
    """Open JupyterLab with copies of the notebooks that run on the study."""
    from umid_research.bench.folders import RAW_VARIABLE
    from umid_research.output.publish.lab import copy_notebooks, keep_own
    from umid_research.output.publish.lab_start import server_options
    from umid_research.report.study_report import PROCESSED_VARIABLE

    study, _ = read_description(options.processed)
    home = Path("build") / study.id
    folder = home / "notebooks"
    start = server_options(folder, home / "lab-settings")
    docs, studies = options.notebooks.resolve().parent / "docs", Path("studies")
    folders = {"docs": docs, "frames": options.processed, "reports": options.reports}
    kept = copy_notebooks(
        study,
        notebooks=options.notebooks,
        processed=options.processed,
        target=folder,
        folders={**folders, "studies": studies},
    )
    for changed in kept:
        yield f"lab      what you had made or changed is now {changed}"
    yield f"lab      copies of the notebooks are in {folder}, your own notebooks in scratch"
    places = {PROCESSED_VARIABLE: options.processed, RAW_VARIABLE: options.raw}
    environment = {**os.environ, **{name: str(path.resolve()) for name, path in places.items()}}
    command = [sys.executable, "-m", "jupyterlab", *start]
    with subprocess.Popen(command, env=environment) as server:
        try:
            server.wait()
        finally:
            server.terminate()  # it ends its kernels
            server.wait()
            own = list(keep_own(study, notebooks=options.notebooks, target=folder))
    for path in own:
        yield f"lab      what you made or changed is now {path}"
