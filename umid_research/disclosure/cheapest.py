"""The loop of secondary suppression: withhold the cheapest cell until an audit finds nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from umid_research.disclosure.audit.scores import Attack
from umid_research.disclosure.derived import withhold, withhold_spread

Found = TypeVar("Found")


@dataclass(frozen=True)
class Cell:
    """Rows that are withheld together; among several cells, the one with the lowest cost goes."""

    rows: tuple[int, ...]
    cost: tuple[float, ...]
    interval_only: bool = False

    def withhold(self, published: pd.DataFrame) -> None:
        """Withhold the rows, or only their intervals, in place."""
        if self.interval_only:
            withhold_spread(published, published.index.isin(self.rows))
        else:
            withhold(published, list(self.rows))


def suppress(
    published: pd.DataFrame,
    audit: Callable[[], Sequence[Found]],
    cells: Callable[[Sequence[Found]], Iterable[Cell]],
    attack: Attack | None = None,
) -> list[Cell]:
    """Withhold the cheapest cell, in place, until the audit finds nothing or no cell is left.

    Return the cells in the order in which they were withheld.

    Parameters
    ----------
    audit
        Returns what the published numbers reveal.
    cells
        Returns the cells that may protect what was found. Of equal cost, the first one goes, so
        ties are broken in the study's order.
    attack : Attack, optional
        What the audit knows of `published`, if it keeps a copy.
    """
    withheld: list[Cell] = []
    while found := audit():
        cell = min(cells(found), key=lambda cell: cell.cost, default=None)
        if cell is None:
            break
        if attack is not None:
            attack.withhold(set(cell.rows), interval_only=cell.interval_only)
        cell.withhold(published)
        withheld.append(cell)
    return withheld


def cells_of(rows: pd.DataFrame, keys: list[str]) -> list[list[int]]:
    """Return the index of the rows of each cell, in the order in which the cells come."""
    numbers = rows.groupby(keys, dropna=False, sort=False).ngroup()
    return [list(cell) for cell in rows.index.groupby(numbers).values()]
