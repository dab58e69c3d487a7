"""The driver of `make mutate`: which changes it makes, and that its list of equivalents is true."""

import json
import os
import random
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from umid_research.analysis.score import is_answered_enough
from umid_research.runs.input_names import neutral_inputs

ROOT = Path(__file__).resolve().parents[1]
DRIVER = runpy.run_path(str(ROOT / "benchmarks" / "mutate.py"))
FILES = sorted(
    file for name in DRIVER["PACKAGES"] for file in (ROOT / "umid_research" / name).rglob("*.py")
)
EVERY = [mutant for file in FILES for mutant in DRIVER["mutants"](file)]


def _changed(mutant) -> bytes:
    source = (ROOT / mutant.file).read_bytes()
    return source[: mutant.start] + mutant.new.encode() + source[mutant.end :]


@pytest.mark.parametrize("mutant", random.Random(1).sample(EVERY, 100), ids=str)
def test_a_mutant_is_another_program(mutant) -> None:
    """It changes what it says, on the line that it names, and is valid Python."""
    source = (ROOT / mutant.file).read_bytes()
    line = source.splitlines()[mutant.line - 1].decode()

    assert source[mutant.start : mutant.end].decode().split() == mutant.old.split() or (
        "not" == mutant.old
    )
    assert mutant.code == line.strip()
    compile(_changed(mutant), mutant.file, "exec")


def test_what_is_changed() -> None:
    """In the rule of two thirds: both comparisons, and the number 0."""
    rule = [one for one in EVERY if "share.denominator * answered >=" in one.code]

    assert [(">", ">="), (">=", ">"), ("0", "1")] == [(one.old, one.new) for one in rule]


def test_every_equivalent_mutant_is_one_and_has_a_reason() -> None:
    """A line that was changed since has to be looked at again."""
    known = {(one.file, one.code, one.changed) for one in EVERY}
    listed = DRIVER["tomllib"].loads(DRIVER["EQUIVALENT"].read_text(encoding="utf-8"))["mutant"]

    for one in listed:
        assert (one["file"], one["code"], one["changed"]) in known, one
        assert one["reason"]


def test_the_tests_that_fit_best_come_first() -> None:
    """After the numbers of the plan, the file named like the module, then those that import it."""
    found = DRIVER["tests_of"]("umid_research/analysis/score.py", ROOT)

    assert ["tests/test_plan_constants.py", "tests/analysis/test_score.py"] == found[:2]
    assert set(found[1:]) == {
        str(path.relative_to(ROOT)) for path in (ROOT / "tests/analysis").glob("test_*.py")
    }


def test_the_tests_that_call_the_changed_function_are_run() -> None:
    """Those of its own file first, then the fastest, then all of their files, with the plan's."""
    mutant = next(one for one in EVERY if "share.denominator * answered >=" in one.code)
    line = is_answered_enough.__code__.co_firstlineno
    seconds = {"test_score.py::slow": 29, "test_score.py::fast": 1, "test_change.py::other": 0.5}
    seconds |= {"test_change.py::too_slow": 100, "test_members.py::none": 0.1}
    calls = {name: [f"{mutant.file}:{line}"] for name in seconds if "none" not in name}
    called = {
        f"tests/analysis/{name}": {"seconds": took, "calls": calls.get(name, [])}
        for name, took in seconds.items()
    }

    rounds = DRIVER["rounds_of_tests"](mutant, ROOT, called)

    own = ["test_score.py::fast", "test_score.py::slow"]
    all_files = ["tests/analysis/test_change.py", "tests/analysis/test_score.py"]
    assert [f"tests/analysis/{name}" for name in own] == rounds[0]
    assert ["tests/analysis/test_change.py::other", *rounds[0]] == rounds[1]
    assert ["tests/test_plan_constants.py", *all_files] == rounds[2]


def test_what_a_test_calls_is_noted(tmp_path) -> None:
    """Functions of the package, by the line where they begin, and the seconds of the test."""
    (tmp_path / "test_x.py").write_text(
        "from umid_research.runs.input_names import neutral_inputs as named\n"
        "def test_one(): named({})\ndef test_none(): pass\n"
    )
    variables = {"UMID_CALLED": str(tmp_path / "called.json")}
    variables["PYTHONPATH"] = str(ROOT / "benchmarks")
    run = [sys.executable, "-m", "pytest", "-q", "-p", "mutants_called", f"--rootdir={ROOT}"]
    subprocess.run(
        [*run, "-c", str(ROOT / "pyproject.toml"), str(tmp_path / "test_x.py")],
        env={**os.environ, **variables},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    found = json.loads((tmp_path / "called.json").read_text())
    named = neutral_inputs.__code__.co_firstlineno
    assert [f"umid_research/runs/input_names.py:{named}"] in [
        one["calls"] for one in found.values()
    ]
    assert 2 == len(found)
    assert any(not one["calls"] for one in found.values())


@pytest.mark.parametrize(("new", "noticed"), [("3", True), ("1", False)])
def test_a_change_that_python_cannot_load_is_noticed(tmp_path, new, noticed) -> None:
    """No test would run; the list has no third number."""
    file = tmp_path / "changed_package" / "analysis" / "one.py"
    file.parent.mkdir(parents=True)
    file.write_text("LAST = [10, 20][2 - 1]\n", encoding="utf-8")
    name = str(file.relative_to(tmp_path))
    mutant = DRIVER["Mutant"](name, 1, 16, 17, "2", new, "", "")

    assert noticed == DRIVER["is_noticed"](mutant, tmp_path, {}, quick=True)
