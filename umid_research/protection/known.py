"""What is published about a scope, as linear limits on the answers of its people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.protection.counts import TABLES, people_of
from umid_research.protection.scope import MEANS, Part, Scope

ROUNDING = 0.5


@dataclass(frozen=True)
class Linear:
    """A published number as weights on answers, and how far it may lie from the truth.

    `weights` holds, person × item, what an answer's 0 to 100 weighs. Of the rounding of an index
    the scope has `share`.
    """

    row: int
    weights: np.ndarray
    below: float
    above: float
    from_interval: bool = False
    share: float = 1.0


@dataclass(frozen=True)
class Counted:
    """A count, shown or withheld: whom it is about, the item and the answer."""

    row: int
    people: np.ndarray
    item: int
    answer: int


def known_means(scope: Scope, shown: pd.DataFrame) -> Iterator[Linear]:
    """The published means, and the bounds on single units that an interval implies."""
    rows = shown[shown["table"].isin(MEANS)]
    for part in scope.parts:
        of_part = rows["table"].isin(part.tables) & (rows["dimension"] == part.name)
        for row in rows[of_part].itertuples():
            weights, exact = part.means[_row_keys(row)]
            below, above = exact - row.value + ROUNDING, row.value + ROUNDING - exact
            yield Linear(
                row.Index,
                weights[:, np.newaxis] * part.scale,
                max(below, 0) * part.share,
                max(above, 0) * part.share,
                share=part.share,
            )
            if np.isfinite(row.low) and np.isfinite(row.high):
                yield from _bounds_of_units(part, row, exact)


def _row_keys(row: Any) -> tuple[str, ...]:
    """A mean's row as `Part.means` names it."""
    named = {
        "scores_by_district": (row.district,),
        "scores_by_side": (row.district, row.side),
    }
    return (row.table, *named.get(row.table, (row.group,)))


def _bounds_of_units(part: Part, row: Any, mean: float) -> Iterator[Linear]:
    """Of n units with standard deviation s none lies farther from the mean than s·(n - 1)/√n.

    (Samuelson 1968.) s follows from the interval's length, a point and a half wider than published
    at most.
    """
    n = int(row.units)
    half = max(mean - row.low, row.high - mean)
    if row.low <= 0 or row.high >= 100:
        half = max(half, 100.0)  # a limit cut off at the scale's end tells no length
    farthest = half / stats.t.ppf(0.975, n - 1) * (n - 1)
    if mean - farthest <= 0 and mean + farthest >= 100:
        return
    for vector, exact in part.units[row.group]:
        yield Linear(
            row.Index,
            vector[:, np.newaxis] * part.scale,
            (farthest + exact - mean) * part.share,
            (farthest - exact + mean) * part.share,
            from_interval=True,
            share=part.share,
        )


def known_counts(scope: Scope, published: pd.DataFrame) -> Iterator[Counted]:
    """The counts of scored answers among rows of `published`."""
    names = {name: place for place, name in enumerate(scope.items)}
    rows = published[published["table"].isin(TABLES) & published["question"].isin(names)]
    for row in rows.itertuples():
        item = names[row.question]
        if row.answer in scope.codes[item]:
            answer = scope.codes[item].index(row.answer)
            yield Counted(row.Index, people_of(row, scope.people), item, answer)
