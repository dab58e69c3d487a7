"""A finding in one short line with its number, for the title of a slide.

A line is empty if the finding cannot be stated so briefly: a difference that is not clear, or that
needs a warning (very skewed scores, a limit rounded to zero), or a largest value if a number is
withheld or two are equal.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from umid_research.analysis.implementation import CODES
from umid_research.analysis.score import INDEX
from umid_research.report.differences.comparisons import (
    Comparisons,
    comparisons,
    contrast,
    is_clear,
    positive,
    touches_zero,
)
from umid_research.report.implementation.text import absent_registers, documentary_codes
from umid_research.report.meetings.text import themes_over_all
from umid_research.report.names import irm_code, theme_name
from umid_research.report.prose import Prose, plain
from umid_research.report.robustness.text import MOSTLY, STANDS, robustness_levels
from umid_research.report.sample.quality import dont_know_shares
from umid_research.report.sample.text import headline_answers
from umid_research.report.study_report import Report


def in_a_line(report: Report, finding: str) -> Prose:
    """Return the named finding with its number in bold; empty if the study cannot state it."""
    return Prose(_LINES[finding](report))


def _headline(report: Report) -> str:
    """Name the most frequent answer to the headline question."""
    name, most = report.study.headline, _most(headline_answers(report))
    if name is None or most is None:
        return ""
    answer = plain(report.answer(name, str(most["answer"])))
    key = "headline_unweighted" if report.is_weighted else "headline"
    return report.text(f"in_a_line.{key}", answer=answer, **_k_of_n(most))


def _groups(report: Report) -> str:
    """Say whether the groups differ on the index."""
    return _compared(report, comparisons(report, "group", dimension=INDEX), "index")


def _differences(report: Report) -> str:
    """State the only clear difference between groups, or say how many are clear."""
    return _compared(report, comparisons(report, "group"), "differences")


def _compared(report: Report, made: Comparisons, key: str) -> str:
    """Count the clear comparisons, or state the only one with its interval."""
    clear, of = made.clear, len(made.shown)
    if not of:
        return ""
    if clear.empty:
        return report.text(f"in_a_line.{key}.none", n=of)
    if len(clear) > 1 or _needs_warning(clear):
        return report.text(f"in_a_line.{key}.clear", n=len(clear), of=of)
    return report.text("in_a_line.stated", **contrast(report, next(clear.itertuples()), "group"))


def _needs_warning(clear: pd.DataFrame) -> bool:
    """Return whether a stated difference needs words that a line has no room for."""
    return bool(((clear["skewed"] == 1) | touches_zero(clear)).any())


def _views(report: Report) -> str:
    """Say whether local government sees more or less carried out than the people it serves."""
    rows = report.rows("gap_by_area", dimension=INDEX)
    if rows.empty or not rows["shown"].all() or rows["low"].isna().any():
        return ""
    row = rows.iloc[0]
    if not is_clear(rows).all():
        return report.text("in_a_line.views.none")
    if _needs_warning(rows):
        return ""
    return report.text(f"in_a_line.views.{'more' if row.value > 0 else 'less'}", **positive(row))


def _documents(report: Report) -> str:
    """Say how much of the plan is complete according to documents."""
    rows = documentary_codes(report)
    if rows.empty:
        return ""
    code = CODES[-1]
    n = int((rows["code"] == code).sum())
    return report.text("in_a_line.documents", n=n, of=len(rows), code=irm_code(report, code))


def _districts(report: Report) -> str:
    """Say how many district comparisons are clear; exploratory, so no single one is stated."""
    made = comparisons(report, "district")
    if made.shown.empty:
        return ""
    key = "in_a_line.districts.clear" if len(made.clear) else "in_a_line.districts.none"
    return report.text(key, n=len(made.clear) or len(made.shown), of=len(made.shown))


def _spoken(report: Report) -> str:
    """Name the most frequent theme of the proposals, or of the meetings without proposals."""
    if "meetings" in absent_registers(report):
        return ""
    for table, key in (("themes_survey", "proposed"), ("themes_meetings", "spoken")):
        rows = themes_over_all(report, table)
        if rows.empty:
            continue
        most = _most(rows)
        if most is None:
            return ""
        theme = plain(theme_name(report, most["theme"]))
        counts = {"n": int(most["value"]), "of": int(most["of"])}
        return report.text(f"in_a_line.{key}", theme=theme, **counts)
    return ""


def _not_knowing(report: Report) -> str:
    """Name the dimension with the largest share of "don't know"."""
    if not report.rows("not_knowing")["shown"].all():
        return ""
    most = _most(dont_know_shares(report).reset_index())
    if most is None:
        return ""
    counts = {"n": int(most["dont_know"]), "of": int(most["asked"])}
    dimension = plain(report.dimension(most["dimension"]))
    return report.text("in_a_line.not_knowing", dimension=dimension, **counts)


def _survives(report: Report) -> str:
    """Say how many of the stated differences hold when the choices behind them change."""
    found = [level for _, _, level in robustness_levels(report)] if report.study.is_matched else []
    if not found or not all(found):
        return ""
    if len(found) > 1:
        return report.text("in_a_line.survives.several", k=found.count(STANDS), n=len(found))
    key = found[0] if found[0] in (STANDS, MOSTLY) else "fragile"
    return report.text(f"in_a_line.survives.{key}")


def _most(rows: pd.DataFrame) -> pd.Series | None:
    """Return the row with the largest value; None if a row is withheld, or two are largest."""
    if len(rows) < 2 or ("shown" in rows and not rows["shown"].all()):
        return None
    largest = rows[rows["value"] == rows["value"].max()]
    return largest.iloc[0] if len(largest) == 1 and largest["value"].iloc[0] > 0 else None


def _k_of_n(row: Any) -> dict[str, int]:
    return {"n": int(row["value"]), "of": int(row["respondents"])}


_LINES: dict[str, Callable[[Report], str]] = {
    "headline": _headline,
    "groups": _groups,
    "differences": _differences,
    "views": _views,
    "documents": _documents,
    "districts": _districts,
    "spoken": _spoken,
    "not_knowing": _not_knowing,
    "survives": _survives,
}
