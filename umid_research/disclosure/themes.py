"""Themes of meetings and proposals, and quotes -> rows of `published`."""

import numpy as np
import pandas as pd

from umid_research.disclosure.frame import row_frame
from umid_research.meetings import NAME, SURVEY, Meetings
from umid_research.study import Study
from umid_research.verdicts import Reason


def theme_rows(themes: pd.DataFrame, study: Study) -> list[pd.DataFrame]:
    """How many meetings, or proposals, a theme came up in: over all, by group, by district."""
    parts = []
    for source in (NAME, SURVEY):
        rows = themes[themes["source"] == source]
        for by in ("", "group", "district"):
            other = ["group", "district"] if by == "" else [by]
            cells = rows[rows[other].isna().all(axis=1) if by == "" else rows[by].notna()]
            if cells.empty:
                continue
            shown = _with_secondary_suppression(cells, study.thresholds.answers, whole=by == "")
            cells = cells.rename(columns={"theme": "dimension"})
            cells = cells.assign(value=cells["meetings"], respondents=cells["of"], shown=shown)
            cells = cells[["dimension", "group", "district", "value", "respondents", "shown"]]
            parts.append(
                row_frame(f"themes_{source}", cells, statistic="meetings", shown=cells["shown"])
            )
    return parts


def _with_secondary_suppression(cells: pd.DataFrame, least: int, *, whole: bool) -> pd.Series:
    """Whether a count may be shown: enough people, neither nobody nor all, and no lonely cell.

    What is withheld can be worked out as the total less what is shown; that difference must itself
    be two cells and `least` people, or more is withheld.
    """
    count, of = cells["meetings"], cells["of"]
    shown = (of >= least) & (count > 0) & (count < of)
    if whole:
        return shown
    parts = []
    for _, rows in cells.assign(shown=shown).groupby("theme", sort=False):
        rows = rows.sort_values("of", kind="stable")
        hidden, bases = ~rows["shown"].to_numpy(), rows["of"].to_numpy()
        while hidden.any() and not hidden.all():
            if hidden.sum() >= 2 and bases[hidden].sum() >= least:
                break
            hidden[np.flatnonzero(~hidden)[0]] = True
        parts.append(pd.Series(~hidden, index=rows.index))
    return pd.concat(parts).reindex(cells.index)


def agreement_rows(table: str, agreement: pd.DataFrame) -> pd.DataFrame:
    """Krippendorff's alpha with its interval, and how many of those read twice differ."""
    rows = agreement.rename(columns={"double": "units"})
    alpha = rows.assign(statistic="alpha", value=rows["alpha"])
    reason = np.where(alpha["value"].isna(), Reason.NO_DISAGREEMENT.value, "")
    differ = rows.assign(statistic="differ", value=rows["differ"], low=np.nan, high=np.nan)
    parts = [row_frame(table, alpha, reason=reason), row_frame(table, differ)]
    return pd.concat(parts).drop(columns=["alpha", "differ"])


def quote_rows(spoken: Meetings, study: Study) -> pd.DataFrame:
    """Screened texts with one attribution, where enough people share it."""
    quotes = spoken.quotes
    people = spoken.themes.drop_duplicates(["source", "group", "district"])
    base = quotes.merge(people, how="left", on=["source", "group", "district"])["of"]
    enough = (base >= study.thresholds.answers).to_numpy()
    names = {"theme": "dimension", "source": "statistic", "language": "answer"}
    rows = quotes[enough].rename(columns=names)
    return row_frame("quotes", rows.drop(columns="text"), note=rows["text"])
