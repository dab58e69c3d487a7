"""Text about data quality: submissions, days, quotas, and answers of "don't know"."""

from datetime import date

import pandas as pd

from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report

_READ = (
    *("files", "versions", "not_in_version", "read_from_label"),
    *("no_times", "not_read", "repeat_set_aside"),
)


def intake(report: Report) -> Prose:
    """Say how many submissions were read, kept and set aside, and how many answers changed."""
    totals = report.rows("intake").set_index("statistic")["value"]
    if not (report.rows("intake")["shown"].all() and report.rows("issues")["shown"].all()):
        return Prose(report.text("intake.kept", n=int(totals["kept"])))
    changed = report.rows("issues")["value"].sum()
    return Prose(
        report.text(
            "intake.sentence",
            n=int(totals["read"]),
            kept=int(totals["kept"]),
            set_aside=int(totals["set_aside"]),
            issues=int(changed),
        )
    )


def file_reading_text(report: Report) -> Prose:
    """Say what was done to combine the files; steps that did not occur are left out."""
    rows = report.rows("account")
    rows = rows[rows["shown"]]
    counts = rows[rows["question"].isna()].set_index("step")["value"]
    lacking = rows[rows["step"] == "not_in_version"]["question"].nunique()
    counts = {**counts, "not_in_version": lacking}
    return Prose(
        " ".join(
            report.text(f"reading.{did}", n=int(counts[did])) for did in _READ if counts.get(did)
        )
    )


def interview_days(report: Report) -> tuple[date, date] | None:
    """Return the days of the first and last interview, None if no submission has a day."""
    rows = report.rows("interviews").dropna(subset=["first"])
    if rows.empty:
        return None
    first, last = rows.iloc[0][["first", "last"]]
    return date.fromisoformat(first), date.fromisoformat(last)


def quota(report: Report) -> Prose:
    """Name the groups with fewer units than their quota; "" for a study without quotas."""
    rows = report.rows("field_work")
    rows = rows[rows["group"].notna() & rows["district"].isna()].set_index("group")
    if not rows["shown"].all():
        return Prose("")
    short = [
        report.text(
            "quota.short",
            group=plain(report.group(key)),
            units=int(rows["units"].get(key, 0)),
            n=group.quota,
        )
        for key, group in report.study.groups.items()
        if group.quota is not None and rows["units"].get(key, 0) < group.quota
    ]
    if all(group.quota is None for group in report.study.groups.values()):
        return Prose("")
    if not short:
        return Prose(report.text("quota.reached"))
    return Prose(report.text("quota.sentence", groups=report.text.listed(short)))


def dont_know_shares(report: Report) -> pd.DataFrame:
    """Return per dimension `asked`, `dont_know` and their share `value`, where shown.

    Dimensions without any other answer are left out.
    """
    rows = report.rows("not_knowing")
    wide = rows[rows["shown"]].pivot(index="dimension", columns="statistic", values="value")
    if "answered" in wide:
        wide = wide[wide["answered"] > 0]
    if "dont_know" not in wide:
        return wide.head(0).assign(value=[])
    return wide.assign(value=wide["dont_know"] / wide["asked"])


def dont_know_text(report: Report) -> Prose:
    """Name the dimension with the largest share of "don't know"; "" if there is none."""
    wide = dont_know_shares(report)
    if wide.empty:
        return Prose("")
    most = wide["value"].idxmax()
    return Prose(
        report.text(
            "not_knowing.sentence",
            dimension=plain(report.dimension(most)),
            n=int(wide.loc[most, "dont_know"]),
            of=int(wide.loc[most, "asked"]),
        )
    )
