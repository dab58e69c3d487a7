"""A finding in one short line with its number, for the title of a slide.

A line is empty if the finding cannot be stated so briefly: a difference that is not clear, or that
needs a warning (very skewed scores, a limit rounded to zero), or a largest value if a number is
withheld or two are equal. Leads of exploratory families stand in no title.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from umid_research.report.differences.comparisons import comparisons, contrast, touches_zero
from umid_research.report.implementation.text import absent_registers
from umid_research.report.meetings.text import themes_over_all
from umid_research.report.names import theme_name
from umid_research.report.prose import Prose, plain
from umid_research.report.sample.text import headline_answers
from umid_research.report.study_report import Report


def in_a_line(report: Report, finding: str) -> Prose:
    """Return the named finding with its number in bold; empty if the study cannot state it."""
    return Prose(_LINES[finding](report))


def _headline(report: Report) -> str:
    """Name the most frequent answer to the headline question."""
    name, most = report.study.headline, only_largest(headline_answers(report))
    if name is None or most is None:
        return ""
    answer = plain(report.answer(name, str(most["answer"])))
    key = "headline_unweighted" if report.is_weighted else "headline"
    return report.text(f"in_a_line.{key}", answer=answer, **_k_of_n(most))


def _differences(report: Report) -> str:
    """State the only clear difference between groups, or say how many are clear."""
    made = comparisons(report, "group")
    clear, of = made.clear, len(made.shown)
    if not of:
        return ""
    if clear.empty:
        return report.text("in_a_line.differences.none", n=of)
    if len(clear) > 1 or ((clear["skewed"] == 1) | touches_zero(clear)).any():
        return report.text("in_a_line.differences.clear", n=len(clear), of=of)
    return report.text("in_a_line.stated", **contrast(report, next(clear.itertuples()), "group"))


def _most_raised(report: Report) -> str:
    """Name the most frequent theme of the proposals, or of the meetings without proposals."""
    if "meetings" in absent_registers(report):
        return ""
    for table, key in (("themes_survey", "proposed"), ("themes_meetings", "raised")):
        rows = themes_over_all(report, table)
        if rows.empty:
            continue
        most = only_largest(rows)
        if most is None:
            return ""
        theme = plain(theme_name(report, most["theme"]))
        counts = {"n": int(most["value"]), "of": int(most["of"])}
        return report.text(f"in_a_line.{key}", theme=theme, **counts)
    return ""


def only_largest(rows: pd.DataFrame) -> pd.Series | None:
    """Return the row with the largest value; None if a row is withheld, or two are largest."""
    if len(rows) < 2 or ("shown" in rows and not rows["shown"].all()):
        return None
    largest = rows[rows["value"] == rows["value"].max()]
    return largest.iloc[0] if len(largest) == 1 and largest["value"].iloc[0] > 0 else None


def _k_of_n(row: Any) -> dict[str, int]:
    return {"n": int(row["value"]), "of": int(row["respondents"])}


_LINES: dict[str, Callable[[Report], str]] = {
    "headline": _headline,
    "differences": _differences,
    "raised": _most_raised,
}
