"""Test which tests are slow and in which order and process they run."""

import pytest
from order import SPLIT, TESTS, Scheduling, pytest_collection_modifyitems, slow_files

ROOT = TESTS.parent


def test_every_slow_file_exists_and_is_listed_once() -> None:
    """A renamed file would silently be fast."""
    listed = slow_files()

    assert [] == [name for name in listed if not (TESTS / name).is_file()]
    assert len(listed) == len(set(listed)) > 40
    assert {f"tests/{name}" for name in listed} >= SPLIT


class Item:
    """What the order reads of a test."""

    def __init__(self, name: str) -> None:
        self.path, self.marks = ROOT / name, []

    def add_marker(self, mark: pytest.MarkDecorator) -> None:
        """Keep the mark."""
        self.marks.append(mark.name)


def test_slow_tests_begin_then_notebooks_then_the_rest_in_their_order() -> None:
    """So that no process waits at the end for one that has just begun a slow one."""
    names = ("tests/raw/test_raw.py", "notebooks/07-study.ipynb", "tests/test_fuzz.py")
    items = [Item(name) for name in (*names, "tests/raw/test_grids.py", "tests/test_flow.py")]

    pytest_collection_modifyitems(items)

    assert [
        ("test_flow.py", ["slow"]),
        ("test_fuzz.py", ["slow"]),
        ("07-study.ipynb", []),
        ("test_raw.py", []),
        ("test_grids.py", []),
    ] == [(item.path.name, item.marks) for item in items]


def test_tests_of_a_file_stay_together_except_those_that_share_nothing() -> None:
    """A notebook has one kernel, and a module's fixtures are made once."""
    split = Scheduling._split_scope
    one = object.__new__(Scheduling)

    for file in ("tests/test_flow.py", "notebooks/07-study.ipynb"):
        assert file == split(one, f"{file}::first") == split(one, f"{file}::second")
    for file in SPLIT:
        assert split(one, f"{file}::test[a]") != split(one, f"{file}::test[b]")
