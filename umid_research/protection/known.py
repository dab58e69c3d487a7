"""What is published about a scope, as linear limits on the answers of its people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from umid_research.protection.counts import TABLES, people_of
from umid_research.protection.linked_scores import MEANS, SCORES, LinkedScores, ScoreDefinition

ROUNDING = 0.5


@dataclass(frozen=True)
class RoundedMean:
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
class PublishedCount:
    """A count, shown or withheld: whom it is about, the item and the answer."""

    row: int
    people: np.ndarray
    item: int
    answer: int


def known_means(linked: LinkedScores, shown: pd.DataFrame) -> Iterator[RoundedMean]:
    """The published means, and the bounds on single units that an interval implies."""
    rows = shown[shown["table"].isin(MEANS)]
    for part in linked.parts:
        of_part = rows["table"].isin(part.tables) & (rows["dimension"] == part.name)
        for row in rows[of_part].itertuples():
            weights, exact = part.means[_row_keys(row)]
            below, above = exact - row.value + ROUNDING, row.value + ROUNDING - exact
            yield RoundedMean(
                row.Index,
                weights[:, np.newaxis] * part.scale,
                max(below, 0) * part.share,
                max(above, 0) * part.share,
                share=part.share,
            )
            if np.isfinite(row.low) and np.isfinite(row.high):
                half = max(exact - row.low, row.high - exact)
                if row.low <= 0 or row.high >= 100:
                    half = max(half, 100.0)  # a limit cut off at the scale's end tells no length
                error = half / stats.t.ppf(0.975, int(row.units) - 1)
                yield from _bounds(part, row, f"group {row.group}", exact, error)
        if part.tables == SCORES:
            yield from _bounds_of_localities(part, shown)


def _bounds_of_localities(part: ScoreDefinition, shown: pd.DataFrame) -> Iterator[RoundedMean]:
    """What the limits of districts' differences imply: neither mean's error is above theirs.

    t is that of the most degrees of freedom there can be, so that no bound is too tight.
    """
    rows = shown[(shown["table"] == "differences_by_district") & (shown["dimension"] == part.name)]
    for row in rows.dropna(subset=["low", "high"]).itertuples():
        names = [name for name in (row.district, row.versus) if f"district {name}" in part.members]
        number = sum(len(part.members[f"district {name}"]) for name in names)
        error = (row.high - row.low) / 2 / stats.t.ppf(0.975, number - 2)
        for name in names:
            _, exact = part.means["scores_by_district", name]
            yield from _bounds(part, row, f"district {name}", exact, error)


def _row_keys(row: Any) -> tuple[str, ...]:
    """A mean's row as `Part.means` names it."""
    named = {
        "scores_by_district": (row.district,),
        "scores_by_side": (row.district, row.side),
    }
    return (row.table, *named.get(row.table, (row.group,)))


def _bounds(
    part: ScoreDefinition, row: Any, key: str, mean: float, error: float
) -> Iterator[RoundedMean]:
    """Of n members with standard deviation s none lies farther from the mean than s·(n - 1)/√n.

    (Samuelson 1968.) s/√n is the mean's error, at most `error`.
    """
    farthest = error * (len(part.members[key]) - 1)
    if mean - farthest <= 0 and mean + farthest >= 100:
        return
    for vector, exact in part.members[key]:
        yield RoundedMean(
            row.Index,
            vector[:, np.newaxis] * part.scale,
            (farthest + exact - mean) * part.share,
            (farthest - exact + mean) * part.share,
            from_interval=True,
            share=part.share,
        )


def known_counts(linked: LinkedScores, published: pd.DataFrame) -> Iterator[PublishedCount]:
    """The counts of scored answers among rows of `published`."""
    names = {name: place for place, name in enumerate(linked.items)}
    rows = published[published["table"].isin(TABLES) & published["question"].isin(names)]
    for row in rows.itertuples():
        item = names[row.question]
        if row.answer in linked.codes[item]:
            answer = linked.codes[item].index(row.answer)
            yield PublishedCount(row.Index, people_of(row, linked.people), item, answer)
