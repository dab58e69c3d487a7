"""How long a build of the bundled study takes, and rebuilds after typical changes.

Seconds of this machine say little; what counts are the ratios to the full build of the same run.
The naive way is what papermill and nbconvert do by themselves: each notebook in a process and a
kernel of its own, as HTML only. Everything is made below a temporary folder. Run it by
`make bench`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from umid_research.output.publish.plan import planned_runs
from umid_research.report.study_report import PROCESSED_VARIABLE, report_languages
from umid_research.study import read_study

ROOT = Path(__file__).resolve().parents[1]
# What a change may cost at most, and the naive way at least, as a multiple of a full build.
AIMS = {"naive, HTML only": 5.0, "one answer of a district": 0.15, "nothing": 0.01}


def main() -> int:
    """Print one line per build with its ratio to the full one; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-naive", action="store_true", help="leave the naive way out")
    options = parser.parse_args()
    print(f"{'build':<26} {'seconds':>8} {'ratio':>7} {'aim':>6}")
    with tempfile.TemporaryDirectory(prefix="umid-bench-") as folder:
        home = Path(folder)
        whole = None
        for name, took in _builds(home, naive=not options.without_naive):
            whole = whole or took
            aim = AIMS.get(name, "")
            print(f"{name:<26} {took:>8.1f} {took / whole:>7.2f} {aim:>6}", flush=True)
    return 0


def _builds(home: Path, *, naive: bool) -> Iterator[tuple[str, float]]:
    raw, code = home / "raw", home / "code"
    shutil.copytree(ROOT / "data/raw", raw)
    shutil.copytree(ROOT / "umid_research", code / "umid_research")
    shutil.copytree(ROOT / "notebooks", code / "notebooks")
    shutil.copy(ROOT / "requirements.lock", code)

    def build() -> float:
        folders = [f"--{name}={home / name}" for name in ("raw", "processed", "reports")]
        return _took([sys.executable, "-m", "umid_research", "report", *folders], cwd=code)

    yield "full", build()
    yield "nothing", build()
    export = raw / "responses" / "kobo_export.csv"
    _replace(export, ';"not";', ';"partly";')
    yield "one answer of a district", build()
    _replace(code / "umid_research/templates/report.css", "color: var(--ink);", "color: #111;")
    yield "a style", build()
    _replace(
        code / "umid_research/messages/en.toml", 'contents = "Contents"', 'contents = "Inside"'
    )
    yield "a word of the catalogue", build()
    _replace(raw / "study.toml", 'name = { en = "Guba"', 'name = { en = "Quba"')
    yield "the name of a district", build()
    if naive:
        yield "naive, HTML only", _naive(home)


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
    raise SystemExit(main())
