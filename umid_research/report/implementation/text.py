"""Text about the implementation: documents, views, disagreements, missing registers."""

from collections.abc import Iterable

import pandas as pd

from umid_research.analysis.implementation import CODES, NO_EVIDENCE
from umid_research.analysis.score import INDEX
from umid_research.analysis.verdicts import Reason
from umid_research.report.differences.comparisons import is_clear, positive
from umid_research.report.differences.text import limit_note, skew_warning
from umid_research.report.names import area_name, irm_code
from umid_research.report.prose import Prose, place, plain
from umid_research.report.study_report import Report


def implementation_text(report: Report) -> Prose:
    """Say what documents show, for all districts or the report's district, and the gap in views.

    If a register is missing, the text says so instead.
    """
    parts = [documents(report).markdown, view_gap_text(report).markdown]
    return Prose(
        "\n\n".join([" ".join(filter(None, parts)), placeholders(report).markdown]).strip()
    )


def documents(report: Report) -> Prose:
    """Say what documents show, and name the areas with most and least; or the missing register."""
    counts = codes(report).markdown
    if "measures" in absent_registers(report):
        return Prose(counts)
    return Prose(" ".join([counts, *_most_and_least(report)]))


def codes(report: Report) -> Prose:
    """Count the measures per documentary status; or name the missing register."""
    missing = missing_registers(report, "measures", "evidence").markdown
    return Prose(missing or _documents(report))


def brief_documents(report: Report) -> Prose:
    """Name the areas in which documents show most and least, with a warning if unverified."""
    missing = missing_registers(report, "measures", "evidence").markdown
    if missing:
        return Prose(missing)
    sentences = [*_most_and_least(report)]
    if sentences:
        sentences.append(brief_placeholders(report).markdown)
    return Prose(" ".join(filter(None, sentences)))


def brief_placeholders(report: Report) -> Prose:
    """Warn in brief that unverified measures allow no conclusion; "" if all are verified."""
    unverified = _unverified(report)
    if not unverified:
        return Prose("")
    return Prose(report.text("implementation.placeholders_brief", n=unverified))


def view_gap_text(report: Report) -> Prose:
    """Say how much more of the plan local government sees carried out than the people it serves."""
    return Prose(" ".join(_area_gap(report)))


def missing_registers(report: Report, *names: str) -> Prose:
    """Name the registers that the study does not have, and what the report lacks without them.

    Evidence and codes belong to measures: without measures, only measures are named as missing.
    """
    missing = absent_registers(report)
    if "measures" in missing:
        missing -= {"evidence", "analyst_codes"}
    texts = [report.text(f"implementation.missing.{name}") for name in names if name in missing]
    return Prose(" ".join(texts))


def placeholders(report: Report) -> Prose:
    """Say how many measures are not verified; "" if all are."""
    unverified = _unverified(report)
    if not unverified:
        return Prose("")
    return Prose(report.text("implementation.placeholders", n=unverified))


def _unverified(report: Report) -> int:
    rows = report.rows("measures", language=report.language)
    return int((rows["verified"] == "no").sum())


def absent_registers(report: Report) -> set[str]:
    """Return the names of the registers that the study does not have."""
    rows = report.rows("registers")
    return set(rows.loc[rows["reason"] == Reason.NO_REGISTER, "register"])


def _of_place(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the report's district, or all rows in the report of the study."""
    return rows if report.district is None else rows[rows["district"] == report.district]


def documentary_codes(report: Report) -> pd.DataFrame:
    """Return the documentary code of each measure and district; no rows without documents."""
    rows = report.rows("status", source="documentary")
    return rows if report.is_documented else rows.head(0)


def _documents(report: Report) -> str:
    rows = _of_place(report, documentary_codes(report))
    counts = rows["code"].value_counts()
    listed = [
        report.text("implementation.count", n=int(counts[code]), code=irm_code(report, code))
        for code in CODES
        if code in counts
    ]
    key = "documents" if report.district is None else "documents_district"
    return report.text(
        f"implementation.{key}",
        measures=rows["measure"].nunique(),
        districts=rows["district"].nunique(),
        n=len(rows),
        codes=report.text.listed(listed),
        **place(report),
    )


def _most_and_least(report: Report) -> Iterable[str]:
    rows = report.rows("documentary_by_area")
    here = rows["district"].isna() if report.district is None else rows["district"].notna()
    rows = _of_place(report, rows[here & (rows["dimension"] != INDEX)]).dropna(subset=["value"])
    if rows["value"].nunique() < 2:
        return
    best, worst = rows.loc[rows["value"].idxmax()], rows.loc[rows["value"].idxmin()]
    yield report.text(
        "implementation.range",
        best=plain(area_name(report, best["dimension"])),
        best_value=int(best["value"]),
        best_n=int(best["checks"]),
        worst=plain(area_name(report, worst["dimension"])),
        worst_value=int(worst["value"]),
        worst_n=int(worst["checks"]),
    )


def _area_gap(report: Report) -> Iterable[str]:
    """Describe the gap over all areas; not in a district, which has too few units."""
    rows = report.rows("gap_by_area", dimension=INDEX)
    if report.district is not None or rows.empty or not rows["shown"].all():
        return
    row = rows.iloc[0]
    if pd.isna(row["low"]):
        return
    units = int(row["units"])
    if not is_clear(rows).all():
        limits = {key: report.text.signed(row[key]) for key in ("low", "high")}
        n = int(row["value"])
        yield report.text("implementation.gap_unclear", n=n, **limits, units=units)
        return
    key = "gap_clear" if row["value"] > 0 else "gap_clear_less"
    text = report.text(f"implementation.{key}", **positive(row), units=units)
    yield text + limit_note(report, row) + skew_warning(report, row)


def disagreements_text(report: Report) -> Prose:
    """Say how often views, documents and analyst codes disagree; "" without measures.

    A code without evidence is counted separately from a code that the evidence contradicts.
    """
    if report.rows("status").empty:
        return Prose("")
    rows = _of_place(report, report.rows("disagreements"))
    unseen = int((rows["first"] == NO_EVIDENCE).sum())
    n = len(rows) - unseen
    text = report.text("implementation.disagree.none")
    if n:
        text = report.text("implementation.disagree.some", n=n)
    if unseen:
        text += " " + report.text("implementation.disagree.unseen", n=unseen)
    return Prose(text)


def checker_agreement_text(report: Report) -> Prose:
    """Say how far two checkers of the same item agree."""
    rows = report.rows("checking").set_index("statistic")
    if rows.empty:
        return Prose(report.text("implementation.checking.none"))
    n, differ = int(rows.loc["alpha", "checks"]), int(rows.loc["differ", "value"])
    if not differ:
        return Prose(report.text("implementation.checking.agree", n=n))
    numbers = {name: round(rows.loc["alpha", name], 2) for name in ("value", "low", "high")}
    return Prose(
        report.text(
            "implementation.checking.sentence",
            n=n,
            differ=differ,
            alpha=numbers["value"],
            low=numbers["low"],
            high=numbers["high"],
        )
    )
