"""Text about proposals: their number, the replies, and the letter to each addressee."""

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.cover.text import contact
from umid_research.report.names import area_name
from umid_research.report.proposals.table import proposals_to
from umid_research.report.prose import Prose, plain
from umid_research.report.topics import link_to, references

REPLIES = ("accepted", "partly", "refused")


def proposals_text(report: ActivityReport) -> Prose:
    """Say how many distinct proposals there are, how many were submitted, and the replies."""
    rows = report.frame("proposals")
    if not report.has("proposals"):
        return Prose(report.text("activities.proposals.none"))
    sent = rows[rows["submitted"].notna()]
    counts = sent["reply"].value_counts()
    replies = [
        report.text(f"activities.reply_count.{reply or 'none'}", n=int(counts[reply]))
        for reply in (*REPLIES, "")
        if reply in counts
    ]
    parts = [
        report.text(
            "activities.proposals.sentence",
            n=len(rows),
            mentions=int(rows["mentions"].sum()),
            submitted=len(sent),
        )
    ]
    if replies:
        parts.append(
            report.text("activities.proposals.replies", replies=report.text.listed(replies))
        )
    return Prose(" ".join([*parts, _most(report, rows)]))


def _most(report: ActivityReport, rows: pd.DataFrame) -> str:
    """Name the areas of the plan with the most proposals."""
    counts = rows.loc[rows["area"] != "", "area"].value_counts().head(3)
    listed = [
        report.text("meetings.most", theme=plain(area_name(report, str(key))), k=int(count))
        for key, count in counts.items()
    ]
    return report.text("activities.proposals.most", areas=report.text.listed(listed))


def survey_tables_text(report: ActivityReport) -> Prose:
    """Link to the tables from which the survey's numbers in the table of proposals come."""
    found = references(report)
    shown = [found[anchor] for anchor in ("supply-demand", "scores-by-group") if anchor in found]
    links = [
        f"[{report.text('table.number', number=table.number)}]({link_to(report, table)})"
        for table in shown
    ]
    if not links:
        return Prose("")
    return Prose(report.text("activities.proposals.survey", tables=report.text.listed(links)))


def letter(report: ActivityReport, addressee: str, district: str) -> Prose:
    """Return the covering letter of the list of proposals to one addressee from one district.

    Without a district that may be named, it names all districts of the study.
    """
    work, period = report.study.field_work, report.definitions.period
    places = [district] if district else report.study.districts
    names = [plain(report.district_name(key)) for key in places]
    text = report.text(
        "activities.letter",
        by=plain(report.name(work.conducted_by)),
        sponsor=plain(report.name(work.sponsor)),
        start=period.start,
        end=period.end,
        districts=report.text.listed(names),
        n=len(proposals_to(report, addressee, district)),
    )
    return Prose("\n\n".join(filter(None, [text, contact(report).markdown])))
