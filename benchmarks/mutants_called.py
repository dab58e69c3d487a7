"""Which functions of the package each test calls, and how long it takes: a plugin of pytest.

    python -m pytest -p mutants_called tests/analysis    (with benchmarks on the path)

writes what it has found to the file that the variable UMID_CALLED names. What a fixture calls that
several tests share is noted for the first of them, so of a file all tests are to be run.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

VARIABLE = "UMID_CALLED"
_called: dict[str, dict[str, Any]] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note the functions that a test and its fixtures call."""
    seen: dict[int, CodeType] = {}

    def note(frame: FrameType, *_: object) -> None:
        code = frame.f_code
        seen.setdefault(id(code), code)

    root = f"{item.config.rootpath}{os.sep}umid_research{os.sep}"
    began = time.perf_counter()
    sys.settrace(note)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        found = {
            f"umid_research/{code.co_filename[len(root) :]}:{code.co_firstlineno}"
            for code in seen.values()
            if code.co_filename.startswith(root)
        }
        took = round(time.perf_counter() - began, 3)
        _called[item.nodeid] = {"seconds": took, "calls": sorted(found)}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the file."""
    Path(os.environ[VARIABLE]).write_text(json.dumps(_called), encoding="utf-8")
