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


def suppress(
    published: pd.DataFrame,
    audit: Callable[[], Sequence[Found]],
    cells: Callable[[Sequence[Found]], Iterable[Cell]],
    attack: Attack | None = None,
) -> None:
    """Withhold the cheapest cell, in place, until the audit finds nothing or no cell is left.

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
    while found := audit():
        cell = min(cells(found), key=lambda cell: cell.cost, default=None)
        if cell is None:
            return
        if attack is not None:
            attack.withhold(set(cell.rows), interval_only=cell.interval_only)
        if cell.interval_only:
            withhold_spread(published, published.index.isin(cell.rows))
        else:
            withhold(published, list(cell.rows))


def cells_of(rows: pd.DataFrame, keys: list[str]) -> list[list[int]]:
    """Return the index of the rows of each cell, in the order in which the cells come."""
    numbers = rows.groupby(keys, dropna=False, sort=False).ngroup()
    return [list(cell) for cell in rows.index.groupby(numbers).values()]
