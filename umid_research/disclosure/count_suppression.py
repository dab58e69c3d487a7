"""Secondary suppression of counts: until two whole numbers are possible for each withheld one."""

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import pandas as pd

from umid_research.clean import Cleaned
from umid_research.disclosure.audit.counts import (
    TABLES,
    QuestionCounts,
    determined_counts,
    people_counts,
)
from umid_research.disclosure.cheapest import Cell, cells_of, suppress


def protect_answers(published: pd.DataFrame, counts: QuestionCounts, question: str) -> None:
    """Withhold cells of a question until two whole numbers are possible for each withheld count."""
    own = published["table"].isin(TABLES) & (published["question"] == question)
    protect_counts(published, lambda: published[own], counts)


def protect_themes(published: pd.DataFrame, counts: QuestionCounts, source: str) -> None:
    """Withhold counts of themes until two whole numbers are possible for each withheld count.

    A theme counts as one of several possible answers to "what was this meeting (or proposal)
    about?".
    """
    own = published["table"] == f"themes_{source}"

    def as_answers() -> pd.DataFrame:
        rows = published[own]
        tables = np.select([rows["group"].notna(), rows["district"].notna()], TABLES[1:], TABLES[0])
        return rows.assign(table=tables, answer=rows["dimension"])

    protect_counts(published, as_answers, counts)


def protect_field_work(published: pd.DataFrame, cleaned: Cleaned) -> None:
    """Withhold numbers of people asked until each that is withheld has two possible values."""
    own = (published["table"] == "field_work") & published["locality"].isna()
    numbers = cleaned.responses.groupby(["group", "district"]).size()
    counts = people_counts(numbers.index.to_frame(), numbers)

    def as_answers() -> pd.DataFrame:
        rows = published[own]
        parts = [rows["group"].notna() & rows["district"].notna(), rows["group"].notna()]
        tables = np.select([*parts, rows["district"].notna()], ["cells", *TABLES[1:]], TABLES[0])
        # More than the largest number, and more where the number is: the smallest costs least.
        base = rows["respondents"] + len(cleaned.responses)
        rows = rows.assign(value=rows["respondents"], respondents=base)
        return rows.assign(table=tables, answer="")

    protect_counts(published, as_answers, counts)


def protect_counts(
    published: pd.DataFrame,
    rows: Callable[[], pd.DataFrame],
    counts: QuestionCounts,
    *,
    kept: Collection[int] = (),
) -> None:
    """Withhold counts until two whole numbers are possible for each withheld one, in place.

    `rows` gives the rows of `published` in the form that `determined_counts` reads. Those in `kept`
    are never withheld; what they reveal by themselves stays as it is.
    """
    lost: set[int] = set()
    if kept:
        only_kept = rows().assign(shown=rows().index.isin(list(kept)))
        lost = set(determined_counts(only_kept, counts))

    def cells(determined: Sequence[int]) -> Iterator[Cell]:
        found = _protecting_cells(rows(), determined, counts)
        return (cell for cell in found if not set(cell.rows) & set(kept))

    def audit() -> list[int]:
        determined = determined_counts(_without_zero_totals(rows()), counts)
        return [row for row in determined if row not in lost]

    suppress(published, audit, cells)


def _without_zero_totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out withheld rows of an answer whose total is 0: it is 0 everywhere, no secret."""
    nobody = rows["shown"] & (rows["table"] == TABLES[0]) & (rows["value"] == 0)
    return rows[rows["shown"] | ~rows["answer"].isin(rows.loc[nobody, "answer"])]


def _protecting_cells(
    rows: pd.DataFrame, determined: Sequence[int], counts: QuestionCounts
) -> Iterator[Cell]:
    """Yield the shown cells; the cell that protects most counts costs least, then the smallest.

    A cell protects a count of its own table if some, but not all, of its people gave the answer:
    its own count then varies too. If one person may give several answers, each answer is a question
    of its own, and its cells are withheld by themselves.
    """
    revealed = rows.loc[list(determined)]
    shown = rows[rows["shown"]]
    keys = ["table", *counts.keys]
    if counts.several:
        shown, keys = shown[shown["answer"].isin(revealed["answer"])], [*keys, "answer"]
    varies = (shown["value"] > 0) & (shown["value"] < shown["respondents"])
    needed = revealed.groupby(["table", "answer"]).size()
    key = pd.MultiIndex.from_frame(shown[["table", "answer"]])
    protects = needed.reindex(key).fillna(0).to_numpy() * varies
    for cell in cells_of(shown, keys):
        respondents = float(shown.loc[cell, "respondents"].max())
        yield Cell(tuple(cell), (-float(protects[cell].sum()), respondents))
