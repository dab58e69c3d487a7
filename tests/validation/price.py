"""The price of protection: how much is withheld, against the least that protects as well.

The least is exact, and found without code of the package: an integer program decides which counts
are withheld. Where its solution lets a withheld count be worked out, the dual prices name shown
counts of which at least one has to go too; with that as a constraint it is solved again (Benders
cuts; Fischetti and Salazar González 2001, doi:10.1287/mnsc.47.7.1008.9805).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from validation.count_tables import CountTable

_CLOSE = 1e-6


@dataclass(frozen=True)
class Price:
    """Numbers of withheld counts.

    `primary` were withheld before; `withheld` are those of the package, `whole` the fewest if the
    answers of a group or district are withheld together, as there, and `least` the fewest of all.
    """

    primary: int = 0
    withheld: int = 0
    whole: int = 0
    least: int = 0

    def __add__(self, other: "Price") -> "Price":
        own = zip(vars(self).values(), vars(other).values(), strict=True)
        return Price(*(one + two for one, two in own))


def price(table: CountTable, primary: np.ndarray, withheld: np.ndarray) -> Price:
    """Return what it costs to protect a table, and what it would cost at least.

    Parameters
    ----------
    primary, withheld : ndarray of bool
        Per row: what has to be withheld, and what the package withholds.
    """
    found = (int(table.is_secret(rows).sum()) for rows in (primary, withheld))
    alone = np.arange(len(primary))
    together = table.cells if len(table.bases) else alone
    return Price(*found, fewest(table, primary, together), fewest(table, primary, alone))


def fewest(table: CountTable, primary: np.ndarray, together: np.ndarray) -> int:
    """Return the fewest counts to withhold so that each of them has two possible whole numbers.

    Parameters
    ----------
    together : ndarray of int
        Per row: the number of its part; rows of one part are withheld together.
    """
    parts = together.max(initial=-1) + 1
    # Where nobody gave an answer and its total says so, a withheld part of it is no secret.
    nobody = (table.counts[table.whole] == 0) & ~primary[table.whole]
    nobody &= table.whole != np.arange(len(primary))
    cost = np.bincount(together, weights=~nobody, minlength=parts)
    fixed = np.zeros(parts)
    fixed[together[primary]] = 1
    cuts: list[np.ndarray] = []
    lows: list[float] = []
    while True:
        limits = [LinearConstraint(np.array(cuts), lows, np.inf)] if cuts else []
        solved = milp(cost, constraints=limits, bounds=Bounds(fixed, 1), integrality=1)
        withheld = solved.x[together] > 0.5
        before = len(cuts)
        for row in np.flatnonzero(table.is_secret(withheld)):
            revealed_by = revealing(table, row, withheld)
            if revealed_by is not None:
                cut = np.zeros(parts)
                cut[together[revealed_by]] = 1
                cut[together[row]] -= 1
                # A row of an answer that nobody gave is a secret only while its total is.
                cut[together[table.whole[row]]] -= nobody[row]
                cuts.append(cut)
                lows.append(-float(nobody[row]))
        if len(cuts) == before:
            return round(solved.fun)


def revealing(table: CountTable, row: int, withheld: np.ndarray) -> np.ndarray | None:
    """Return shown rows that leave a withheld count one whole number; None if it has two."""
    equal = np.vstack([table.sums[~withheld], table.bases])
    shown = np.flatnonzero(~withheld)
    named = np.zeros(len(withheld), dtype=bool)
    reached = []
    for sign in (1.0, -1.0):
        solved = linprog(
            sign * table.sums[row],
            A_eq=equal if len(equal) else None,
            b_eq=equal @ table.truth if len(equal) else None,
            bounds=np.column_stack([np.zeros(len(table.most)), table.most]),
        )
        reached.append(table.sums[row] @ solved.x)
        if len(equal):
            named[shown] |= np.abs(solved.eqlin.marginals[: len(shown)]) > _CLOSE
    low, high = reached
    if np.floor(high + _CLOSE) > np.ceil(low - _CLOSE):
        return None
    return np.flatnonzero(named)
