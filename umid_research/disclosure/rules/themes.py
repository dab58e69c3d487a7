"""Rows of `published` on themes of meetings and proposals, agreement of coders, and quotes."""

import numpy as np
import pandas as pd

from umid_research.analysis.meetings import NAME, SURVEY, Meetings, translations
from umid_research.analysis.verdicts import Reason
from umid_research.disclosure.frame import row_frame
from umid_research.disclosure.rules.answers import with_second_cell
from umid_research.disclosure.rules.small_counts import without_small_counts
from umid_research.study import Study


def theme_rows(themes: pd.DataFrame, study: Study) -> list[pd.DataFrame]:
    """Count the meetings or proposals with a theme: overall, by group, by district."""
    parts = []
    for source in (NAME, SURVEY):
        rows = themes[themes["source"] == source]
        for by in ("", "group", "district"):
            other = ["group", "district"] if by == "" else [by]
            cells = rows[rows[other].isna().all(axis=1) if by == "" else rows[by].notna()]
            if cells.empty:
                continue
            shown = _shown_themes(cells, study, by)
            cells = cells.rename(columns={"theme": "dimension"})
            cells = cells.assign(value=cells["meetings"], respondents=cells["of"], shown=shown)
            cells = cells[["dimension", "group", "district", "value", "respondents", "shown"]]
            parts.append(
                row_frame(f"themes_{source}", cells, statistic="meetings", shown=cells["shown"])
            )
    return parts


def _shown_themes(cells: pd.DataFrame, study: Study, by: str) -> np.ndarray:
    """Return whether each count may be shown.

    A count needs `thresholds.answers` people, and some but not all must have raised the theme. In a
    breakdown, further cells are withheld with it; see `with_second_cell` and `small_counts`.
    """
    least = study.thresholds.answers
    count, of = cells["meetings"], cells["of"]
    shown = (of >= least) & (count > 0) & (count < of)
    visible = with_second_cell(shown, of, cells["theme"], least) if by else shown.to_numpy()
    counts = cells.rename(columns={"theme": "answer", "meetings": "value", "of": "respondents"})
    return without_small_counts(
        visible, counts, study.thresholds.count, cell=by or None, several=True
    )


def agreement_rows(table: str, agreement: pd.DataFrame) -> pd.DataFrame:
    """Return Krippendorff's alpha with its interval, and how many units coded twice differ."""
    rows = agreement.rename(columns={"double": "units"})
    alpha = rows.assign(statistic="alpha", value=rows["alpha"])
    reason = np.where(alpha["value"].isna(), Reason.NO_DISAGREEMENT.value, "")
    differ = rows.assign(statistic="differ", value=rows["differ"], low=np.nan, high=np.nan)
    parts = [row_frame(table, alpha, reason=reason), row_frame(table, differ)]
    return pd.concat(parts).drop(columns=["alpha", "differ"])


def quote_rows(meetings: Meetings, study: Study) -> pd.DataFrame:
    """Return screened texts with one attribution, where enough people share it.

    Each translation is a row of its own below the text that it translates, which it repeats.
    """
    quotes = meetings.quotes
    people = meetings.themes.drop_duplicates(["source", "group", "district"])
    base = quotes.merge(people, how="left", on=["source", "group", "district"])["of"]
    enough = (base >= study.thresholds.answers).to_numpy()
    names = {"theme": "dimension", "source": "statistic", "language": "answer", "text": "note"}
    rows = quotes[enough].rename(columns=names).assign(versus="")
    translated = [
        rows[rows[name].fillna("") != ""].assign(
            answer=name.removeprefix("text_"), note=rows[name], versus=rows["note"]
        )
        for name in translations(study)
        if name in rows
    ]
    rows = pd.concat([rows, *translated]).sort_index(kind="stable")
    rows = rows.drop(columns=list(translations(study)), errors="ignore")
    return row_frame("quotes", rows, note=rows["note"])
