"""Derived frames -> executed notebooks -> reports, each run checked before and moved after.

Parameters are checked against the study before a kernel starts, since papermill itself only logs
a mistyped one and reports the default. Kernels talk over IPC, each in a private folder: over TCP
parallel starts sometimes take each other's port. Nothing half-made reaches `reports/`.
"""

import ast
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umid_research.activity_report import NOTEBOOK, ActivityReport, has_activities, open_activities
from umid_research.appendix.provenance import software
from umid_research.errors import ParameterError, ReportError
from umid_research.references import FILES, page
from umid_research.report import PROCESSED_VARIABLE, Report, check_parameters, open_report
from umid_research.stamp import MANIFEST, sha256, stamped_inputs, write_json
from umid_research.study import Study
from umid_research.typesetting import EPOCH

# jsonschema imports this if it can, and builds a grammar for a second in every process; nothing
# here needs what it checks.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

KERNEL_TIMEOUT = 600
_WIDGETS = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Run:
    """One notebook with its parameters, and the files made from it, relative to the reports."""

    notebook: str
    parameters: dict[str, Any]
    html: str
    pdf: str | None = None

    @property
    def title(self) -> str:
        """What progress shows: the notebook and its parameters."""
        return " ".join([self.notebook, *(str(value) for value in self.parameters.values())])


@dataclass(frozen=True)
class Piece:
    """What is made once a language, straight from what is published, such as the slides.

    `activities` says whether the study has any to tell.
    """

    name: str
    language: str
    activities: bool

    @property
    def title(self) -> str:
        """What progress shows."""
        return f"{self.name} {self.language}"


def planned_runs(study: Study, language: str, *, activities: bool = False) -> list[Run]:
    """Every run of a study's reports in one language, the longest first.

    That of the activities is planned where the study has `activities`.
    """
    base = {"language": language}
    runs = [Run("07-study", base, f"{language}/{page('07-study')}", f"{language}/study.pdf")]
    for notebook in ("02-implementation", "04-stakeholders", "05-robustness", "01-data-quality"):
        runs.append(Run(notebook, base, f"{language}/{page(notebook)}"))
    if activities:
        html = f"{language}/{page(NOTEBOOK)}"
        runs.append(Run(NOTEBOOK, base, html, f"{html.removesuffix('html')}pdf"))
    for district in study.districts:
        html = f"{language}/{page('03-district', district)}"
        parameters = {**base, "district": district}
        runs.append(Run("03-district", parameters, html, f"{html.removesuffix('html')}pdf"))
    return runs


def planned(study: Study, language: str, *, activities: bool) -> list[Run | Piece]:
    """Everything that is made in one language."""
    runs = planned_runs(study, language, activities=activities)
    names = [name for name in _PIECES if activities or name not in _OF_ACTIVITIES]
    return [*runs, *(Piece(name, language, activities=activities) for name in names)]


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


def check_run(run: Run, study: Study, notebooks: Path) -> None:
    """Refuses parameters that the notebook does not declare or the study does not have."""
    path = Path(notebooks) / f"{run.notebook}.ipynb"
    declared = declared_parameters(path)
    unknown = sorted(set(run.parameters) - set(declared))
    if unknown:
        raise ParameterError(
            "the notebook has no such parameter",
            where=str(path),
            found=", ".join(unknown),
            possible=declared,
        )
    values = {**declared, **run.parameters}
    check_parameters(study, language=values["language"], district=values.get("district"))


def declared_parameters(path: Path) -> dict[str, Any]:
    """The names and default values in a notebook's one cell tagged `parameters`."""
    import nbformat

    if not path.is_file():
        known = sorted(file.stem for file in path.parent.glob("*.ipynb"))
        raise ParameterError("no such notebook", where=str(path), possible=known)
    notebook = nbformat.read(path, as_version=4)
    cells = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ReportError(
            "a notebook needs one cell tagged `parameters`", where=str(path), found=len(cells)
        )
    declared = {}
    for statement in ast.parse(cells[0].source).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            declared[statement.target.id] = ast.literal_eval(statement.value or ast.Constant(None))
        else:
            raise ReportError(
                "a parameter is written `name: type = value`",
                where=str(path),
                found=ast.unparse(statement),
            )
    return declared


def _make(job: Run | Piece, notebooks: Path, target: Path) -> None:
    if isinstance(job, Run):
        make_report(job, notebooks, target)
        return
    folder = target / job.language
    folder.mkdir(parents=True, exist_ok=True)
    if job.activities and job.name in _TELLING_ACTIVITIES:
        _PIECES[job.name](open_activities(language=job.language), folder)
    else:
        _PIECES[job.name](open_report("07-study", language=job.language), folder)


def _make_slides(report: Report, folder: Path) -> None:
    """Writes the slides as PDF and as PPTX."""
    from umid_research.slides import deck, to_pdf, to_pptx

    slides = deck(report)
    (folder / "slides.pdf").write_bytes(to_pdf(slides, report))
    (folder / "slides.pptx").write_bytes(to_pptx(slides, report))


def _make_tables(report: Report, folder: Path) -> None:
    """Writes every published table as CSV and all of them in one workbook."""
    from umid_research.sheets import write_tables

    write_tables(report, folder)


def _make_information(report: Report, folder: Path) -> None:
    """Writes the page that people are given before they are asked."""
    from umid_research.information import to_html, to_pdf

    (folder / "information.html").write_text(to_html(report), encoding="utf-8")
    (folder / "information.pdf").write_bytes(to_pdf(report))


def _make_annexes(report: ActivityReport, folder: Path) -> None:
    """Writes the annexes of the report on the activities: to print, and to send."""
    from umid_research.annexes import write_annexes

    write_annexes(report, folder)


_PIECES: dict[str, Callable[[Any, Path], None]] = {
    "slides": _make_slides,
    "tables": _make_tables,
    "information": _make_information,
    "annexes": _make_annexes,
}
_OF_ACTIVITIES = {"annexes"}
_TELLING_ACTIVITIES = {"annexes", "tables"}


def make_report(run: Run, notebooks: Path, target: Path) -> None:
    """Executes one notebook and writes its HTML, and its PDF where planned, below `target`."""
    from umid_research.exporters import to_html, to_pdf

    executed = execute(notebooks / f"{run.notebook}.ipynb", run.parameters)
    html = target / run.html
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(to_html(executed, name=run.notebook), encoding="utf-8")
    if run.pdf:
        (target / run.pdf).write_bytes(to_pdf(executed, name=run.notebook))


def execute(path: Path, parameters: dict[str, Any]) -> Any:
    """The executed notebook, without the marks that papermill and the kernel leave in it.

    Raises ReportError naming the cell that failed; the half-run notebook is kept nowhere.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    with tempfile.TemporaryDirectory(prefix="umid-kernel-") as private:
        config = Config()
        if os.name == "posix":
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(Path(private) / "kernel")
        config.NotebookClient.shutdown_kernel = "immediate"
        try:
            executed = papermill.execute_notebook(
                path,
                Path(private) / path.name,
                parameters=parameters,
                cwd=path.parent,
                progress_bar=False,
                record_timing=False,
                kernel_name="python3",
                execution_timeout=KERNEL_TIMEOUT,
                config=config,
            )
        except PapermillExecutionError as error:
            raise ReportError(
                f"the notebook failed in cell {error.exec_count}: {error.ename}: {error.evalue}",
                where=path.name,
            ) from None
    return without_traces(executed)


def without_traces(notebook: Any) -> Any:
    """The notebook without timings, paths and random ids, so that equal runs give equal bytes.

    Of widgets their words stay: the rest lives only as long as the kernel that made them.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{number}"
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_WIDGETS, None)
    return notebook


def store_outputs(notebooks: Path, processed: Path) -> Iterator[str]:
    """Runs every notebook with its own parameters and keeps the outputs in it, yielding its name.

    This is how the committed notebooks come by their outputs; run it on the bundled study.
    """
    import nbformat

    os.environ.update(
        {PROCESSED_VARIABLE: str(processed.resolve()), "SOURCE_DATE_EPOCH": str(EPOCH)}
    )
    for path in sorted(notebooks.glob("*.ipynb")):
        executed = execute(path.resolve(), {})
        beside = path.with_suffix(".writing")
        nbformat.write(executed, beside)
        beside.replace(path)
        yield path.stem


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
