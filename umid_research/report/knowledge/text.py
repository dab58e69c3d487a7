"""Text about the knowledge tests: the gain, its certainty, and the attrition of people."""

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.differences.text import limit_note
from umid_research.report.prose import Prose, plain


def knowledge_gain_text(report: ActivityReport) -> Prose:
    """Say how the share of correct answers changed, as strongly as the evidence allows."""
    rows = report.frame("knowledge", question="")
    if rows.empty:
        return Prose(report.text("activities.knowledge.none"))
    row, certainty = rows.iloc[0], _certainty(rows)
    if not row["shown"]:
        return Prose(report.text("withheld_reason"))
    text = report.text(
        f"activities.knowledge.{certainty}",
        n=int(row["n"]),
        units=int(row["municipalities"]),
        before=int(row["before"]),
        after=int(row["after"]),
        **_change(report, row, certainty),
    )
    return Prose(text + limit_note(report, row) if certainty in ("more", "less") else text)


def _certainty(rows: pd.DataFrame) -> str:
    """Return the key of the sentence that the row allows: no_interval, unclear, more or less."""
    row = rows.iloc[0]
    if pd.isna(row["low"]):
        return "no_interval"
    if not is_clear(rows).all():
        return "unclear"
    return "more" if row["change"] > 0 else "less"


def _change(report: ActivityReport, row: pd.Series, certainty: str) -> dict[str, str]:
    """Return the change and its interval, without a sign if the sentence names the direction."""
    change, low, high = row["change"], row["low"], row["high"]
    if certainty == "less":
        change, low, high = -change, -high, -low
    write = report.text.number if certainty in ("more", "less") else report.text.signed
    limits = {} if certainty == "no_interval" else {"low": write(low), "high": write(high)}
    return {"change": write(change), **limits}


def attrition_text(report: ActivityReport) -> Prose:
    """Say how many people came, took both tests and know more; "" if a number is withheld."""
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
