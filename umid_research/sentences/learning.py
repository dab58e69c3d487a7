"""Who knows more after the consultations, by how much, how sure; and who was lost on the way."""

import pandas as pd

from umid_research.activity_report import ActivityReport
from umid_research.sentences.differences import is_clear, limit_note
from umid_research.sentences.prose import Prose, plain


def learned(report: ActivityReport) -> Prose:
    """How the share of right answers changed, as far as that may be said."""
    rows = report.frame("knowledge", question="")
    if rows.empty:
        return Prose(report.text("activities.knowledge.none"))
    row, said = rows.iloc[0], _certainty(rows)
    if not row["shown"]:
        return Prose(report.text("withheld_reason"))
    told = report.text(
        f"activities.knowledge.{said}",
        n=int(row["n"]),
        units=int(row["municipalities"]),
        before=int(row["before"]),
        after=int(row["after"]),
        **_change(report, row, said),
    )
    return Prose(told + limit_note(report, row) if said in ("more", "less") else told)


def _certainty(rows: pd.DataFrame) -> str:
    """Which sentence may be said of the one row."""
    row = rows.iloc[0]
    if pd.isna(row["low"]):
        return "no_interval"
    if not is_clear(rows).all():
        return "unclear"
    return "more" if row["change"] > 0 else "less"


def _change(report: ActivityReport, row: pd.Series, said: str) -> dict[str, str]:
    """The change with its limits: without a sign where the sentence says which way it goes."""
    change, low, high = row["change"], row["low"], row["high"]
    if said == "less":
        change, low, high = -change, -high, -low
    write = report.text.number if said in ("more", "less") else report.text.signed
    limits = {} if said == "no_interval" else {"low": write(low), "high": write(high)}
    return {"change": write(change), **limits}


def lost(report: ActivityReport) -> Prose:
    """How many came, took both tests and know more, by the definition of that."""
    people = report.frame("attrition").set_index("step")
    needed = ["attended", "took_both", "knows_more"]
    if people.empty or not people.loc[needed, "shown"].all():
        return Prose("")
    attended, both, more = (int(people.loc[step, "people"]) for step in needed)
    rule = report.definitions.knowledge
    parts = [report.text("activities.knowledge.lost", n=attended, both=both, more=more)]
    if rule is not None:
        definition = plain(report.name(rule.definition))
        parts.append(report.text("activities.knowledge.defined", definition=definition))
    return Prose(" ".join(parts))
