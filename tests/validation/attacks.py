"""Attacks random small studies of every kind, and prints what attackers found out, in one line.

    python tests/validation/attacks.py                  # 200 studies
    python tests/validation/attacks.py --studies 12     # one of each kind, in a minute

Study number n is always the same one.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from attacked import Case
from random_studies import write_random

STUDIES = 200


@dataclass(frozen=True)
class Attacked:
    """A study's rows of `published`, those withheld, those by rule 5 alone, and all leaks.

    `is_needed` says whether there are leaks without rule 5.
    """

    number: int
    shown: int
    withheld: int
    by_rule_5: int
    is_needed: bool
    leaks: list[tuple]


def attack(number: int) -> Attacked:
    """A random study made, protected and attacked."""
    with TemporaryDirectory() as folder:
        case = Case(write_random(number, Path(folder)))
        before = case.publish()
        after = case.protect(before)
        shown, shown_before = int(after["shown"].sum()), int(before["shown"].sum())
        needed = bool(case.counts(before) or case.attack(before))
        counted = (shown, len(before) - shown, shown_before - shown, needed)
        return Attacked(number, *counted, case.leaks(after))


def summary(attacked: list[Attacked]) -> str:
    """The line of counts."""
    shown, withheld, further = (
        sum(getattr(one, name) for one in attacked) for name in ("shown", "withheld", "by_rule_5")
    )
    needed = sum(one.is_needed for one in attacked)
    return (
        f"{len(attacked)} random studies attacked: {shown:,} numbers published, {withheld:,} "
        f"withheld, {further:,} of them by rule 5, without which {needed} studies leak; "
        f"{sum(len(one.leaks) for one in attacked)} leaks"
    )


def _leaks(attacked: list[Attacked]) -> Iterator[str]:
    return (f"study {one.number}: {leak}" for one in attacked for leak in one.leaks)


def main() -> int:
    """The exit status: 1 where something leaks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=STUDIES)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with ProcessPoolExecutor(options.workers) as pool:
        attacked = list(pool.map(attack, range(options.studies)))
    leaks = [f"{leak}\n" for leak in _leaks(attacked)]
    sys.stdout.writelines([*leaks, summary(attacked), "\n"])
    return int(bool(leaks))


if __name__ == "__main__":
    sys.exit(main())
