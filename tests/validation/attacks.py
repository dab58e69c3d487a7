"""Attacks random small studies of every kind, and says what attackers found out.

    python tests/validation/attacks.py                  # 200 studies
    python tests/validation/attacks.py --studies 12     # one of each kind, in a minute
    python tests/validation/attacks.py --scheduler URL  # on the workers of a Dask cluster

Study number n is always the same one. Three kinds of attackers try each: those of the tests, which
share no code with the package, the audit of τ-ARGUS, and an integer program that looks for less to
withhold.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from attacked import Case
from random_studies import write_random

from validation.count_tables import count_tables
from validation.line import Line, at_most
from validation.pool import pool_of
from validation.price import Price, price
from validation.tau_argus import audited, is_there

STUDIES = 200
_MAX_PRICE = 1.2
_CONDITION = "random small studies"
_NOTHING = Price()


@dataclass(frozen=True)
class Attacked:
    """A study's rows of `published`, those withheld, those by rule 5 alone, and all leaks.

    `is_needed` says whether there are leaks without rule 5. `audited` and `closed` are the withheld
    counts that τ-ARGUS audits, and those with one possible number; `closed_before` are the latter
    without rule 5.
    """

    number: int
    shown: int
    withheld: int
    by_rule_5: int
    is_needed: bool
    leaks: list[tuple]
    audited: int = 0
    closed: int = 0
    closed_before: int = 0
    price: Price = _NOTHING


def attack(number: int) -> Attacked:
    """A random study made, protected and attacked."""
    with TemporaryDirectory() as folder:
        case = Case(write_random(number, Path(folder)))
        before = case.publish()
        after = case.protect(before)
        shown, shown_before = int(after["shown"].sum()), int(before["shown"].sum())
        needed = bool(case.counts(before) or case.attack(before))
        counted = (shown, len(before) - shown, shown_before - shown, needed)
        found, found_before = (possible_numbers(case, rows) for rows in (after, before))
        closed, closed_before = (sum(n < 2 for n in each) for each in (found, found_before))
        audits = (len(found), closed, closed_before)
        return Attacked(number, *counted, case.leaks(after), *audits, price_of_counts(case, before))


def leaks_of(number: int) -> list[tuple]:
    """What the attackers of the tests find in a random study that is protected."""
    with TemporaryDirectory() as folder:
        case = Case(write_random(number, Path(folder)))
        return case.leaks(case.protect(case.publish()))


def possible_numbers(case: Case, published: pd.DataFrame) -> list[int]:
    """How many numbers τ-ARGUS leaves possible for each withheld count; none if it is not there."""
    if not is_there():
        return []
    tables = count_tables(published, case.cleaned.responses, case.several)
    return [int(n) for table in tables for n in audited(table, table.withheld)]


def price_of_counts(case: Case, before: pd.DataFrame) -> Price:
    """What it costs to protect the counts of all questions, and what it would cost at least."""
    after = case.protect_counts(before)
    prices = (
        price(table, table.withheld, ~after.loc[table.rows.index, "shown"].to_numpy(dtype=bool))
        for table in count_tables(before, case.cleaned.responses, case.several)
    )
    return sum(prices, _NOTHING)


def lines(attacked: list[Attacked]) -> Iterator[Line]:
    """What the attackers found, and the price."""

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in attacked)

    withheld, leaks = total("withheld"), sum(len(one.leaks) for one in attacked)
    yield at_most("the tests' attackers: leaks", _CONDITION, leaks, withheld, 0.0)
    needed = sum(one.is_needed for one in attacked)
    yield at_most("without rule 5: studies that leak", _CONDITION, needed, len(attacked), None)
    yield from _audited(*(total(name) for name in ("audited", "closed", "closed_before")))
    paid = sum((one.price for one in attacked), _NOTHING)
    yield _ratio("withheld counts, by the fewest", paid.withheld, paid.least)
    yield _ratio("the same, whole cells withheld", paid.withheld, paid.whole)
    own = paid.withheld - paid.primary
    yield _ratio("by rule 5 alone, whole cells", own, paid.whole - paid.primary)
    rest = _ratio("by rule 5 alone, by the fewest", own, paid.least - paid.primary)
    yield Line(rest.method, rest.condition, rest.figure)


def _audited(audits: int, closed: int, closed_before: int) -> Iterator[Line]:
    methods = ("τ-ARGUS: counts worked out", "τ-ARGUS: the same without rule 5")
    if audits:
        yield at_most(methods[0], _CONDITION, closed, audits, 0.0)
        yield at_most(methods[1], _CONDITION, closed_before, audits, None)
    else:
        yield from (Line(method, _CONDITION, "not installed here") for method in methods)


def _ratio(method: str, counts: int, fewest: int) -> Line:
    found = counts / max(fewest, 1)
    figure, bound = f"{found:.3f} of {fewest:,}", f"<= {_MAX_PRICE:g}"
    return Line(method, _CONDITION, figure, bound, found <= _MAX_PRICE)


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
    parser.add_argument("--scheduler", default="", help="of a Dask cluster, tcp://192.0.2.1:8786")
    options = parser.parse_args()
    with pool_of(options.scheduler, options.workers) as pool:
        attacked = list(pool.map(attack, range(options.studies)))
    found = [*_leaks(attacked), *map(str, lines(attacked)), summary(attacked)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return int(any(line.holds is False for line in lines(attacked)))


if __name__ == "__main__":
    from validation import attacks as importable  # workers cannot import what is in __main__

    sys.exit(importable.main())
