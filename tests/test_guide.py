"""The guide for studies of one's own names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_each_line_of_the_tables_names_a_test_that_exists() -> None:
    """What is read, kept or refused is proven by it."""
    guide = (ROOT / "docs" / "your-data.md").read_text(encoding="utf-8")
    _, tables = guide.split("## What is read of a form and an export")
    lines = [line for line in tables.split("\n## ")[0].splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line.endswith("| outcome | test |")]

    assert 2 == len(heads)
    for line in lines:
        named = _NAMED.findall(line)
        assert named or line in heads or line.endswith("| the same |"), line
        for file, test in named:
            path = ROOT / file
            assert path.is_file(), line
            assert f"def {test}" in path.read_text(encoding="utf-8") or not test, line
