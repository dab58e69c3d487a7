"""The table of `make bench`: a figure at its aim reaches it, one beyond it misses it."""

import runpy
from pathlib import Path

import pytest

DRIVER = runpy.run_path(str(Path(__file__).resolve().parents[1] / "benchmarks" / "measured.py"))


@pytest.mark.parametrize(
    ("way", "figure", "row"),
    [
        ("at_most", 0.15, "| a build | 0.15 | at most 0.15 | reached |"),
        ("at_most", 0.151, "| a build | 0.151 | at most 0.15 | missed |"),
        ("at_least", 5.0, "| a build | 5 | at least 5 | reached |"),
        ("at_least", 4.08, "| a build | 4.08 | at least 5 | missed |"),
    ],
)
def test_a_row_has_a_figure_its_aim_and_a_verdict(capsys, way, figure, row) -> None:
    """A row of a Markdown table, as in the docs."""
    aim = 5 if way == "at_least" else 0.15

    DRIVER["print_table"]([getattr(DRIVER["Measured"], way)("a build", figure, aim)])

    assert ["| measured | figure | aim | |", "|---|---|---|---|", row] == (
        capsys.readouterr().out.splitlines()
    )


def test_a_figure_without_an_aim_has_no_verdict(capsys) -> None:
    """It is shown all the same."""
    DRIVER["print_table"]([DRIVER["Measured"]("memory, GB", 1.234)])

    assert "| memory, GB | 1.23 |  |  |" in capsys.readouterr().out
