"""All ratios in one table, each with its aim: a build, a nation, a million responses, inference.

What took how long is written to the standard error on the way. Run it by `make bench`.
"""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import build
import intake
import nation
from measured import Measured, print_table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from validation.speed import against_scipy


def inference() -> Iterator[Measured]:
    """Yield how many times as fast the flips of families A and D are as those of scipy."""
    name = "scipy's permutation_test / families A and D"
    times, _, _ = against_scipy()
    yield Measured.at_least(name, times, 20)


if __name__ == "__main__":
    print_table(chain(build.measured(), inference(), nation.measured(), intake.measured()))
