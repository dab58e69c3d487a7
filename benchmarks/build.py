"""How long a build of the bundled study takes, and rebuilds after typical changes.

Seconds of this machine say little; what counts are the ratios to the full build of the same run.
The floor is what a build cannot do without: Python and its libraries, and half of what the steps
and the cells of the notebooks take one after the other, as there are two cores (`floor.py`). The
naive way is what papermill and nbconvert do by themselves: each notebook in a process and a kernel
of its own, as HTML only. Everything is made below a temporary folder. Run it by `make bench`.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measured import Measured, print_table

from umid_research.output.publish.plan import planned_runs
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages
from umid_research.study import read_study

ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 35
_FLOORS = 1.6


def measured() -> Iterator[Measured]:
    """Yield the full build, its ratio to its floor, rebuilds, and the naive way."""
    with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
        home = Path(folder)
        raw, code = home / "raw", home / "code"
        shutil.copytree(ROOT / "data/raw", raw)
        shutil.copytree(ROOT / "umid_research", code / "umid_research")
        shutil.copytree(ROOT / "notebooks", code / "notebooks")
        shutil.copy(ROOT / "requirements.lock", code)
        full = _build(home)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        yield Measured.at_most("a full build, seconds", full, _SECONDS)
        yield Measured("a full build, memory of its largest process, GB", peak)
        yield Measured.at_most("a full build / its floor", full / _floor(home), _FLOORS)
        yield Measured.at_most("nothing has changed, seconds", _build(home), 0.3)
        _replace(raw / "responses" / "kobo_export.csv", ';"not";', ';"partly";')
        yield Measured.at_most("one answer of a district / full", _build(home) / full, 0.15)
        style = code / "umid_research/templates/report.css"
        _replace(style, "color: var(--ink);", "color: #111;")
        yield Measured("a style of the pages / full", _build(home) / full)
        words = code / "umid_research/messages/en.toml"
        _replace(words, 'contents = "Contents"', 'contents = "Inside"')
        yield Measured("a word of the catalogue / full", _build(home) / full)
        _replace(raw / "study.toml", 'name = { en = "Guba"', 'name = { en = "Quba"')
        yield Measured("the name of a district / full", _build(home) / full)
        yield Measured.at_least("papermill and nbconvert, HTML only / full", _naive(home) / full, 5)


def _build(home: Path) -> float:
    folders = [f"--{name}={home / name}" for name in ("raw", "processed", "reports")]
    return _took([sys.executable, "-m", "umid_research", "report", *folders], cwd=home / "code")


def _floor(home: Path) -> float:
    """Return the seconds of loading, and half of those of the work, as there are two cores."""
    program = Path(__file__).with_name("floor.py")
    command = [sys.executable, program, home / "raw", home / "floor"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True)
    return time.perf_counter() - start - float(done.stdout) / 2


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise SystemExit(f"{path.name} has no {old!r} any more; change benchmarks/build.py")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _naive(home: Path) -> float:
    study = read_study(home / "raw")
    environment = {**os.environ, PROCESSED_VARIABLE: str(home / "processed")}
    total = 0.0
    for language in report_languages(study):
        for number, run in enumerate(planned_runs(study, language, activities=True)):
            made = home / f"{language}-{number}.ipynb"
            given = [part for name, value in run.parameters.items() for part in ("-p", name, value)]
            notebook = ROOT / "notebooks" / f"{run.notebook}.ipynb"
            for command in (
                ["papermill", "--no-progress-bar", notebook, made, *given],
                ["jupyter", "nbconvert", "--to", "html", "--log-level", "WARN", made],
            ):
                tool = [sys.executable, "-m", *map(str, command)]
                total += _took(tool, cwd=home, environment=environment)
    return total


def _took(command: list[str], *, cwd: Path, environment: dict[str, str] | None = None) -> float:
    """Run a command and return the seconds that it took on the clock."""
    environment = {**(environment or os.environ)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return time.perf_counter() - start


if __name__ == "__main__":
    print_table(measured())
