"""What readers get: the reports, by the last stage or by all at once, and the stored notebooks."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from umid_research.stages.description import read_description
from umid_research.stages.way import FRAME_STAGES
from umid_research.stamp import drop_broken_manifest, write_stamp


def publish(options: Namespace) -> Iterator[str]:
    """published -> executed notebooks -> reports."""
    from tqdm import tqdm

    from umid_research.activity_report import has_activities
    from umid_research.publish import planned, publish_reports
    from umid_research.report import report_languages

    study, _ = read_description(options.processed)
    languages = tuple(options.languages or report_languages(study))
    told = has_activities(options.processed)
    total = sum(len(planned(study, language, activities=told)) for language in languages)
    runs = publish_reports(
        study,
        notebooks=options.notebooks,
        processed=options.processed,
        reports=options.reports,
        spoken=languages,
    )
    bar = tqdm(runs, total=total, desc="publish ", unit="report", disable=None)
    for title in bar:
        bar.set_postfix_str(title)
    yield f"publish  {total} reports in {options.reports}"


def report(options: Namespace) -> Iterator[str]:
    """Everything that make would do, without make."""
    changed = write_stamp(options.raw, options.processed)
    drop_broken_manifest(options.reports)
    if not changed and (options.reports / "manifest.json").is_file():
        yield f"{options.reports} is up to date"
        return
    (options.reports / "manifest.json").unlink(missing_ok=True)
    for stage in (*FRAME_STAGES, publish):
        yield from stage(options)


def notebooks(options: Namespace) -> Iterator[str]:
    """Runs the notebooks and stores their outputs in them, as reviewers read them."""
    from umid_research.errors import ParameterError
    from umid_research.publish import store_outputs

    study, _ = read_description(options.processed)
    if study.provenance != "simulated":  # git tracks the notebooks
        raise ParameterError(
            "outputs are stored of a simulated study only; to work with notebooks on another "
            "study, use make lab",
            where=str(options.raw),
            found=study.provenance,
        )
    for title in store_outputs(options.notebooks, options.processed):
        yield f"notebook {title}"


def lab(options: Namespace) -> Iterator[str]:
    """Opens JupyterLab on copies of the notebooks, ready to run on the study."""
    from umid_research.publish.lab import copy_notebooks
    from umid_research.report import PROCESSED_VARIABLE

    study, _ = read_description(options.processed)
    folder = Path("build") / study.id / "notebooks"
    copies = copy_notebooks(
        study, notebooks=options.notebooks, processed=options.processed, target=folder
    )
    for changed in copies:
        yield f"lab      a copy that you had changed is now {changed}"
    yield f"lab      copies of the notebooks are in {folder}, your own notebooks in scratch"
    environment = {**os.environ, PROCESSED_VARIABLE: str(options.processed.resolve())}
    first = "--LabApp.default_url=/lab/tree/explore.ipynb"
    options_of_lab = [f"--ServerApp.root_dir={folder.resolve()}", first]
    command = [sys.executable, "-m", "jupyterlab", *options_of_lab]
    os.execve(sys.executable, command, environment)  # noqa: S606
