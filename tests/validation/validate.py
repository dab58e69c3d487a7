"""Prints one table: method, reference or condition, figure, bound, verdict.

    python tests/validation/validate.py                  # 10,000 studies a condition
    python tests/validation/validate.py --studies 500    # in a minute or two
    python tests/validation/validate.py --write PATH     # the table as Markdown too
    python tests/validation/validate.py --scheduler URL  # the studies on a Dask cluster

Everything is seeded: the same numbers come out every time, but for seconds.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from validation.changes import STUDIES as CHANGE_STUDIES
from validation.changes import changes_between_rounds
from validation.line import Line
from validation.planted import STUDIES as PLANTED_STUDIES
from validation.planted import planted_truth
from validation.pool import pool_of
from validation.power import STUDIES as POWER_STUDIES
from validation.power import power
from validation.rates import SENTENCE_STUDIES, claims_in_prose, null_rates
from validation.references import references
from validation.speed import speed

FULL = 10_000
HEADS = ("method", "reference or condition", "figure", "bound", "verdict")
_SHORTER = 20


def parts(studies: int, pool: Executor) -> Iterator[tuple[str, Iterator[Line]]]:
    """The parts of the table with their headings; fewer than all studies shorten every part."""

    def at_most(most: int) -> int:
        return most if studies >= FULL else max(1, min(most, studies // _SHORTER * 2))

    yield "Against other sources", references()
    yield "Speed", speed()
    yield "Planted truth", planted_truth(at_most(PLANTED_STUDIES), pool)
    yield "Power", power(at_most(POWER_STUDIES), pool)
    yield "Two rounds", changes_between_rounds(at_most(CHANGE_STUDIES), pool)
    yield "Studies without a difference", null_rates(studies, pool)
    yield "Sentences about them", claims_in_prose(at_most(SENTENCE_STUDIES), pool)


def markdown(table: dict[str, list[Line]], studies: int) -> str:
    """The table as a page."""
    bound = [line for lines in table.values() for line in lines if line.holds is not None]
    failed = [line for line in bound if not line.holds]
    head = [
        "# Validation",
        "",
        "Written by `make validate`; do not edit. [Methods](methods.md) explains the methods and "
        "the conditions. A verdict `holds` means that the figure is within its bound; `shown` "
        "means that it has no bound. The bound `not > 5 %` allows chance: a share may be above "
        "5 % as long as a one-sided binomial test at 1 % does not show that it is.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {studies:,} studies a "
        f"condition: of {len(bound)} bounds {len(bound) - len(failed)} hold.",
    ]
    for heading, lines in table.items():
        head += ["", f"## {heading}", "", _row(HEADS), _row(["---"] * len(HEADS))]
        head += [_row(line.cells) for line in lines]
    return "\n".join(head) + "\n"


def _row(cells) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """The exit status: 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=FULL)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--scheduler", default="", help="of a Dask cluster, tcp://192.0.2.1:8786")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    table: dict[str, list[Line]] = {}
    with pool_of(options.scheduler, options.workers) as pool:
        for heading, lines in parts(options.studies, pool):
            sys.stdout.write(f"\n{heading}\n")
            for line in lines:
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
                table.setdefault(heading, []).append(line)
    failed = sum(line.holds is False for lines in table.values() for line in lines)
    sys.stdout.write(f"\n{failed} do not hold\n" if failed else "\nall that has a bound holds\n")
    if options.write:
        options.write.write_text(markdown(table, options.studies), encoding="utf-8")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
