"""Change one comparison, number or Boolean operator at a time, and see whether a test turns red.

    make mutate                        a sample of 60 of the mutants of four packages
    make mutate MUTANTS=200 SEED=2     a larger or another one
    python benchmarks/mutate.py --file umid_research/analysis/score.py --mutants 1000

The tree is copied to a temporary folder, where the tests of the package run on the changed file,
those that fit it best first. Ctrl-C ends a run with the figures so far.
"""

import argparse
import ast
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("analysis", "clean", "disclosure", "indicators")
# What cannot change any result, each with the reason.
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "build", "reports", "processed", "__pycache__")
# The numbers of the analysis plan, for every package.
PLAN = "tests/test_plan_constants.py"
PATIENCE = 900  # seconds; a mutant that runs longer is noticed
QUICK = 4  # test files that `--quick` runs for a mutant: those that fit best
LIBRARIES = ("hypothesis", "matplotlib.pyplot", "pandera.pandas", "pydantic", "scipy.stats")
LIBRARIES += ("statsmodels.formula.api", "openpyxl", "lark", "rapidfuzz", "babel", "scipy.optimize")
_OPERATORS = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}


@dataclass(frozen=True)
class Mutant:
    """One change: the bytes from `start` to `end` of a file become `new`.

    `code` is the line where it begins, and `changed` that line afterwards.
    """

    file: str
    line: int
    start: int
    end: int
    old: str
    new: str
    code: str
    changed: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} -> {self.changed}"


def mutants(file: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of the syntax tree."""
    source = file.read_bytes()
    lines = source.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))

    def place(node: ast.AST, *, end: bool = False) -> int:
        line, column = (
            (node.end_lineno, node.end_col_offset) if end else (node.lineno, node.col_offset)
        )
        return offsets[line - 1] + column

    def mutant(start: int, end: int, old: str, new: str) -> Mutant:
        number = source.count(b"\n", 0, start) + 1
        line, first = lines[number - 1], offsets[number - 1]
        changed = line[: start - first] + new.encode() + line[end - first :]
        code = line.decode().strip(), changed.decode().strip()
        return Mutant(str(file.relative_to(ROOT)), number, start, end, old, new, *code)

    def between(left: ast.AST, right: ast.AST, operator: ast.AST) -> Iterator[Mutant]:
        start, end = place(left, end=True), place(right)
        old, new = _OPERATORS[type(operator)]
        words = re.escape(old).replace(r"\ ", r"\s+").encode()
        if found := re.search(rb"(?<![\w<>=!])" + words + rb"(?![\w=])", source[start:end]):
            yield mutant(start + found.start(), start + found.end(), old, new)

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, right, operator in zip(sides, sides[1:], node.ops, strict=False):
                yield from between(left, right, operator)
        elif isinstance(node, ast.BoolOp):
            yield from between(node.values[0], node.values[1], node.op)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield mutant(place(node), place(node.operand), "not", "")
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            start, end = place(node), place(node, end=True)
            yield mutant(start, end, source[start:end].decode(), repr(node.value + 1))


def tests_of(file: str, tree: Path) -> list[str]:
    """Return the test files of the file's package, those that name it or are named like it first.

    The others come in the order of their size, as larger ones take longer.
    """
    package = file.split("/")[1]
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    words = set(re.findall(r"[a-z]+", module.split(f"{package}.")[-1])) or {package}

    def distance(path: Path) -> tuple[int, bool, int]:
        text = path.read_text(encoding="utf-8")
        return -len(words & set(path.stem.split("_"))), module not in text, len(text)

    found = sorted((tree / "tests" / package).glob("test_*.py"), key=distance)
    return [PLAN, *(str(path.relative_to(tree)) for path in found)]


def is_noticed(mutant: Mutant, tree: Path, *, quick: bool = False) -> bool:
    """Return whether a test of the package fails in the copied tree with the mutant.

    The tests run in a process forked from this one, which has loaded the libraries.
    """
    file = tree / mutant.file
    source = file.read_bytes()
    file.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.end :])
    tests = tests_of(mutant.file, tree)
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)  # ends the process, so that the mutant counts as noticed
        os._exit(_tested(tree, tests[:QUICK] if quick else tests))
    try:
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        file.write_bytes(source)
        for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
            compiled.unlink()  # it may look as old as the next mutant
    result = os.waitstatus_to_exitcode(status)
    if result > pytest.ExitCode.INTERRUPTED:
        sys.exit(f"the tests did not run for {mutant}")
    return result != 0


def _tested(tree: Path, tests: list[str]) -> int:
    """Run tests in a tree, without a word, and return how it ended."""
    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path.insert(0, str(tree))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])


def main() -> None:
    """Try a sample of mutants and print those that no test noticed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="only the test files that fit best")
    parser.add_argument("--file", type=Path, action="append")
    options = parser.parse_args()
    folders = [ROOT / "umid_research" / name for name in PACKAGES]
    files = [ROOT / file for file in options.file or []]
    files = files or sorted(file for folder in folders for file in folder.rglob("*.py"))
    every = [mutant for file in files for mutant in mutants(file)]
    equivalent = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    known = {(one["file"], one["code"], one["changed"]) for one in equivalent}
    sample = random.Random(options.seed).sample(every, min(options.mutants, len(every)))  # noqa: S311
    for name in LIBRARIES:
        import_module(name)
    noticed, survived, skipped = [], [], []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="umid-mutants-") as folder:
        tree = shutil.copytree(ROOT, Path(folder) / "tree", ignore=LEFT_OUT)
        try:
            for number, mutant in enumerate(sample, 1):
                print(
                    f"{number}/{len(sample)} {mutant.file}", end="\r", file=sys.stderr, flush=True
                )
                if (mutant.file, mutant.code, mutant.changed) in known:
                    skipped.append(mutant)
                elif is_noticed(mutant, tree, quick=options.quick):
                    noticed.append(mutant)
                else:
                    survived.append(mutant)
                    print(f"survived {mutant}", flush=True)
        except KeyboardInterrupt:  # the figures so far
            pass
    tried = len(noticed) + len(survived)
    print(
        f"{len(noticed)} of {tried} mutants noticed ({len(noticed) / max(tried, 1):.0%}), "
        f"{len(skipped)} equivalent; sampled from {len(every)} in {len(files)} files with seed "
        f"{options.seed}; {time.monotonic() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
