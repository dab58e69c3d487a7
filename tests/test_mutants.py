"""The driver of `make mutate`: which changes it makes, and that its list of equivalents is true."""

import random
import runpy
from pathlib import Path

import pytest

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
