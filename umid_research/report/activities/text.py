"""Text about the activities: targets met, deviations without explanation, missing data."""

from collections.abc import Iterable

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.names import indicator_name, members_counted, register_name
from umid_research.report.prose import Prose, plain

_STATUSES = ("met", "exceeded", "nearly_met", "below", "no_data")


def targets_met_text(report: ActivityReport) -> Prose:
    """Say how many indicators with a target met it, and list those short of their target."""
    rows = project_rows(report)
    due = rows[rows["target"].notna()]
    counts = due["status"].value_counts()
    listed = [
        report.text(f"activities.reached.{status}", n=int(counts[status]))
        for status in _STATUSES
        if status in counts
    ]
    if not listed:
        return Prose(report.text("activities.reached.no_target"))
    sentence = report.text(
        "activities.reached.sentence", n=len(due), counts=report.text.listed(listed)
    )
    lines = "".join(f"- {line}\n" for line in _short(report, due))
    return Prose("\n\n".join(filter(None, [sentence, lines])))


def project_rows(report: ActivityReport) -> pd.DataFrame:
    """Return the rows of `indicators` for the whole project."""
    rows = report.frame("indicators")
    return rows[(rows["district"] == "") & (rows["sex"] == "")].reset_index(drop=True)


def _short(report: ActivityReport, rows: pd.DataFrame) -> Iterable[str]:
    """Yield a line per indicator short of its target, the nearly met ones first."""
    short = rows[rows["status"].isin(["nearly_met", "below"])]
    for row in short.sort_values("status", ascending=False, kind="stable").itertuples():
        yield report.text(
            f"activities.reached.{row.status}_line",
            indicator=plain(indicator_name(report, row.indicator)),
            actual=row.actual,
            target=target_text(report, row.target, row.target_high),
        )


def target_text(report: ActivityReport, low: float | None, high: float | None) -> str:
    """Return a target as a number or a range, or the text for "no target"."""
    if low is None or pd.isna(low):
        return report.text("table.activities.no_target")
    if high is None or pd.isna(high):
        return report.text.number(low)
    return report.text("table.range", low=low, high=high)


def unexplained_deviations_text(report: ActivityReport) -> Prose:
    """Name the indicators whose deviation from the target has no explanation; else ""."""
    rows = project_rows(report)
    missing = rows[rows["explanation"] == "missing"]
    if missing.empty:
        return Prose("")
    names = [plain(indicator_name(report, key)) for key in missing["indicator"]]
    return Prose(
        report.text(
            "activities.unexplained",
            n=len(names),
            percent=report.definitions.threshold,
            indicators=report.text.listed(names),
        )
    )


def missing_data_text(report: ActivityReport) -> Prose:
    """Name the absent registers and the indicators that cannot be counted without them."""
    registers = report.frame("registers")
    absent = registers.loc[registers["read"].isna(), "register"]
    parts = []
    if len(absent):
        names = [plain(register_name(report, key)) for key in absent]
        text = report.text("activities.absent", n=len(names), registers=report.text.listed(names))
        parts.append(text)
    rows = project_rows(report)
    uncounted = rows.loc[rows["status"] == "no_data", "indicator"]
    if len(uncounted):
        names = [plain(indicator_name(report, key)) for key in uncounted]
        text = report.text(
            "activities.uncounted", n=len(names), indicators=report.text.listed(names)
        )
        parts.append(text)
    return Prose(" ".join(parts))


def terminals(report: ActivityReport) -> Prose:
    """Say how many terminals were requested, approved, refused, unanswered and installed."""
    rows = report.frame("terminals")
    if not report.has("terminals"):
        return Prose(report.text("activities.terminals.none"))
    return Prose(
        report.text(
            "activities.terminals.sentence",
            requested=len(rows),
            approved=int((rows["reply"] == "approved").sum()),
            refused=int((rows["reply"] == "refused").sum()),
            unanswered=int((rows["reply"] == "").sum()),
            installed=int(rows["installed"].notna().sum()),
        )
    )


def platforms(report: ActivityReport) -> Prose:
    """Describe each platform once, with its districts and members."""
    rows = report.frame("memberships")
    lines = []
    for platform, members in rows.groupby("platform", sort=False):
        districts = [
            plain(report.district_name(key))
            for key in report.study.districts
            if (members["district"] == key).any()
        ]
        kinds = members.groupby("member_type", sort=False)["members"].sum()
        listed = [members_counted(report, str(kind), int(count)) for kind, count in kinds.items()]
        lines.append(
            report.text(
                "activities.platform",
                platform=plain(str(platform)),
                founded=members["founded"].iloc[0].date(),
                n=int(members["members"].sum()),
                members=report.text.listed(listed),
                districts=report.text.listed(districts),
            )
        )
    return Prose("\n\n".join(lines))


def possible_duplicates(report: ActivityReport) -> Prose:
    """Say how many pairs of rows may be duplicates, and how many are still undecided."""
    rows = report.frame("duplicates")
    lines = []
    for kind in ("person", "proposal"):
        times = rows[rows["kind"] == kind].set_index("decision")["times"]
        if times.empty:
            continue
        lines.append(
            report.text(
                f"activities.duplicates.{kind}",
                n=int(times.sum()),
                same=int(times.get("same", 0)),
                different=int(times.get("different", 0)),
                open=int(times.get("", 0) + times.get("contradiction", 0)),
            )
        )
    return Prose(" ".join(lines) or report.text("activities.duplicates.none"))


def register_rows(report: ActivityReport) -> Prose:
    """Say how many rows the registers have, and how many of them were set aside."""
    rows = report.frame("registers").dropna(subset=["read"])
    return Prose(
        report.text(
            "activities.register_rows",
            n=int(rows["read"].sum()),
            registers=len(rows),
            kept=int(rows["kept"].sum()),
            set_aside=int(rows["set_aside"].sum()),
        )
    )


def activity_limits(report: ActivityReport) -> Prose:
    """List the limits of the numbers about activities."""
    keys = ("registers", "people", "knowledge", "proposals", "withheld", "published")
    answers = report.study.thresholds.answers
    has_published = any(i.published for i in report.definitions.indicators.values())
    return Prose(
        "".join(
            "- " + report.text(f"activities.limits.{key}", answers=answers) + "\n"
            for key in keys
            if key != "published" or has_published
        )
    )
