"""Change one comparison, number or Boolean operator at a time, and see whether a test turns red.

    make mutate                        a sample of 60 of the mutants of four packages
    make mutate MUTANTS=200 SEED=2     a larger or another one
    python benchmarks/mutate.py --file umid_research/analysis/score.py --mutants 1000

The tree is copied to a temporary folder, where tests of the package run on the changed file: those
that call the changed function, or any function of the file if none was changed. Those of the test
files that fit it best come first, then the fastest, then all tests of their files. Which test calls
what is found out by running the package's tests once (`mutants_called.py`), and kept in
`build/mutants` until the package or a test changes. Ctrl-C ends a run with the figures so far.
"""

import argparse
import ast
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("analysis", "clean", "disclosure", "indicators")
# What cannot change any result, each with the reason.
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "build", "reports", "processed", "__pycache__")
# The numbers of the analysis plan, for every package.
PLAN = "tests/test_plan_constants.py"
PATIENCE = 900  # seconds; a mutant that runs longer is noticed
# Seconds that the tests take at most which are run before the others of their files; they were
# measured while calls were noted, which takes a few times as long.
FIRST = 90
FITTING = 2  # test files whose tests come before those
CALLED = ROOT / "build" / "mutants"
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
            start = place(node)  # without the blank or parenthesis that follows
            yield mutant(start, start + len("not"), "not", "")
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


def called_in(package: str) -> dict[str, dict[str, Any]]:
    """Return for each test of a package its seconds and the functions that it calls.

    Only the test files are run that have changed since they were run last, or all, if the package
    has changed.
    """
    code = [file.read_bytes() for file in sorted((ROOT / "umid_research" / package).rglob("*.py"))]
    kept = {}
    for file in sorted((ROOT / "tests" / package).glob("test_*.py")):
        state = hashlib.sha256(b"\0".join([file.read_bytes(), *code])).hexdigest()
        kept[f"tests/{package}/{file.name}"] = CALLED / package / f"{file.stem}-{state[:16]}.json"
    if missing := [name for name, path in kept.items() if not path.exists()]:
        print(f"what {len(missing)} test files of {package} call ...", file=sys.stderr, flush=True)
        (CALLED / package).mkdir(parents=True, exist_ok=True)
        found = CALLED / f"{package}.json"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "mutants_called", *missing],
            env={**os.environ, "UMID_CALLED": str(found), "PYTHONPATH": str(Path(__file__).parent)},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        tests = json.loads(found.read_text(encoding="utf-8"))
        for name in missing:
            own = {test: tests[test] for test in tests if test.startswith(f"{name}::")}
            kept[name].write_text(json.dumps(own), encoding="utf-8")
    files = [json.loads(path.read_text(encoding="utf-8")) for path in kept.values()]
    return {test: of for tests in files for test, of in tests.items()}


def rounds_of_tests(
    mutant: Mutant, tree: Path, called: dict[str, dict[str, Any]]
) -> list[list[str]]:
    """Return lists of tests to run on a mutant, each if those before have noticed nothing.

    `called` is as `called_in` returns it. A function that no test calls has the plan's tests only.
    """
    function = _function(tree / mutant.file, mutant.line)
    fitting = tests_of(mutant.file, tree)[1 : 1 + FITTING]
    if function is None:
        found = [test for test in called if any(map(_of(mutant.file), called[test]["calls"]))]
    else:
        calls = f"{mutant.file}:{function}"
        found = [test for test in called if calls in called[test]["calls"]]
    found.sort(key=lambda test: called[test]["seconds"])
    of_files = [test for test in found if test.split("::")[0] in fitting]
    files = list(dict.fromkeys(test.split("::")[0] for test in found))
    return [_within(FIRST / 3, of_files, called), _within(FIRST, found, called), [PLAN, *files]]


def _of(file: str) -> Callable[[str], bool]:
    """Return whether a function is one of the file; not the file itself, whose line is 1."""
    return lambda called: called.startswith(f"{file}:") and not called.endswith(":1")


def _within(most: float, tests: list[str], called: dict[str, dict[str, Any]]) -> list[str]:
    """Return the first tests that take this many seconds together."""
    seconds = accumulate(called[test]["seconds"] for test in tests)
    return [test for test, until in zip(tests, seconds, strict=True) if until <= most]


def _function(file: Path, line: int) -> int | None:
    """Return the first line of the innermost function around a line, None outside of all."""
    lines = [
        min([node.lineno, *(one.lineno for one in node.decorator_list)])
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(lines, default=None)


def is_noticed(
    mutant: Mutant, tree: Path, called: dict[str, dict[str, Any]], *, quick: bool = False
) -> bool:
    """Return whether a test of the package fails in the copied tree with the mutant.

    The tests run in a process forked from this one, which has loaded the libraries.
    """
    file = tree / mutant.file
    source = file.read_bytes()
    file.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.end :])
    rounds = rounds_of_tests(mutant, tree, called)[: 2 if quick else None]
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)  # ends the process, so that the mutant counts as noticed
        is_whole = _loads(tree, mutant.file)
        ended = (_tested(tests) for tests in rounds if tests)
        os._exit(next(filter(None, ended), 0) if is_whole else 1)
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


def _loads(tree: Path, file: str) -> bool:
    """Return whether Python can load the changed module; without it no test would run."""
    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path.insert(0, str(tree))
    try:
        import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    except Exception:  # noqa: BLE001 -- whatever the change has broken
        return False
    return True


def _tested(tests: list[str]) -> int:
    """Run tests in the working folder, without a word, and return how it ended."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    # A machine at work is slow; a test that takes long has noticed nothing.
    settings.register_profile("mutants", deadline=None)
    settings.load_profile("mutants")
    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])


def main() -> None:
    """Try a sample of mutants and print those that no test noticed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="without the last round of tests")
    parser.add_argument("--package", choices=PACKAGES, action="append")
    parser.add_argument("--file", type=Path, action="append")
    options = parser.parse_args()
    folders = [ROOT / "umid_research" / name for name in options.package or PACKAGES]
    files = [ROOT / file for file in options.file or []]
    files = files or sorted(file for folder in folders for file in folder.rglob("*.py"))
    every = [mutant for file in files for mutant in mutants(file)]
    equivalent = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    known = {(one["file"], one["code"], one["changed"]) for one in equivalent}
    sample = random.Random(options.seed).sample(every, min(options.mutants, len(every)))  # noqa: S311
    for name in LIBRARIES:
        import_module(name)
    called = {name: called_in(name) for name in sorted({one.file.split("/")[1] for one in sample})}
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
                elif is_noticed(
                    mutant, tree, called[mutant.file.split("/")[1]], quick=options.quick
                ):
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
