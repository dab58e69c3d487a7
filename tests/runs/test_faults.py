"""Builds that are killed leave nothing half-written, and the next gives the undisturbed bytes.

The short form of `make faults`: four builds in a row, killed at fixed places, and one undisturbed.
Of the bundled study's frames and reports only some are missing, so that a build takes seconds.
"""

import runpy
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVER = runpy.run_path(str(ROOT / "benchmarks" / "killed_builds.py"))
Kill, Faults, hashes = DRIVER["Kill"], DRIVER["Faults"], DRIVER["hashes"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="jobs are forked on Linux only")
GONE = ("en/quality", "az/quality", "az/robustness")


@pytest.fixture
def faults(built) -> object:
    """Builds of the bundled study, in a folder with a short name, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="uf-", dir="/tmp") as folder:
        expected = hashes(built)
        made = Faults(Path(folder), built / "raw", ROOT, expected, expected)
        for name in ("processed", "reports"):
            shutil.copytree(built / name, made.killed / name)
        (made.killed / "processed/comparisons.csv").unlink()
        (made.killed / "reports/manifest.json").unlink()
        for name in GONE:
            (made.killed / f"reports/{name}.html").unlink()
            (made.killed / f"processed/.cache/reports/{name}.ipynb").unlink()
        yield made
        made.end()


def test_after_four_kills_the_next_build_gives_the_undisturbed_bytes(faults) -> None:
    """The build as it compares, a worker, the build as it publishes, the process that forks."""
    killed = faults.killed
    places: list[tuple[str, Callable[[], object]]] = [
        ("build", lambda: not (killed / "processed/.cache/steps/compare.json").exists()),
        ("worker", lambda: (killed / "processed/comparisons.csv").exists()),
        ("build", lambda: [*killed.glob("reports/.writing-*/**/*.html")]),
        ("forks", lambda: True),
    ]
    ended = []
    for victim, due in places:
        outcome = faults.kill(Kill(0, victim, "SIGKILL", True), lambda _, due=due: due())
        assert outcome is not None, victim
        assert [] == outcome.wrong
        ended.append(outcome.ended.split(" was killed")[0])

    # Without the process that forks, a build starts another one, or ends if it was just asked.
    assert ["by SIGKILL", "1: a process of this run", "by SIGKILL"] == ended[:-1]
    assert ended[-1] in ("0: everything made", "1: a process of this run")
    assert [] == list(faults.recovered())


def test_a_file_that_no_undisturbed_build_has_made_is_named(tmp_path) -> None:
    """A frame that is cut off, a record that is; not what has no final name yet."""
    for name in ("a.csv", "b.csv", ".writing-x/a.csv", ".cache/steps/score.json"):
        (tmp_path / "processed" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "processed" / name).write_text("whole")
    (tmp_path / "processed/.cache/steps/score.json").write_text("{}")
    whole = hashes(tmp_path)
    faults = Faults(tmp_path, tmp_path / "raw", ROOT, whole, whole)
    assert [] == list(faults._half_written(tmp_path))

    for name in ("a.csv", ".writing-x/a.csv"):
        (tmp_path / "processed" / name).write_text("who")
    (tmp_path / "processed/.cache/steps/score.json").write_text("{")

    assert {
        "after the kill processed/a.csv was in no undisturbed build",
        "after the kill processed/.cache/steps/score.json was in no undisturbed build",
    } == set(faults._half_written(tmp_path))


def test_kills_are_spread_over_the_build_and_the_same_for_a_seed() -> None:
    """One in each fiftieth of it; everybody is hit, with and without earlier files."""
    kills = DRIVER["planned"](50, 1)

    assert list(range(50)) == sorted(int(kill.share * 50) for kill in kills)
    assert {"build", "worker", "kernel", "forks"} == {kill.victim for kill in kills}
    assert 25 == sum(kill.from_earlier for kill in kills)
    assert kills == DRIVER["planned"](50, 1) != DRIVER["planned"](50, 2)
