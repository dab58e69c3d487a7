"""What is still open in each district, derived from the registers; no advice is given."""

from collections.abc import Iterator

import pandas as pd

from umid_research.report.activity_report import ActivityReport
from umid_research.report.names import category_name, indicator_name, register_name
from umid_research.report.prose import Prose, plain

PAGE = "page:"
# Counting method of an indicator -> the activity whose online consultations it counts.
_CONSULTATIONS = {"consultations_held": "2.1", "egov_consultations": "2.2"}
# The registers from which open points are derived.
_REGISTERS = ("pages", "posts", "consultations", "terminals", "proposals")
_ONLINE = ("online", "hybrid")


def next_steps(report: ActivityReport) -> Prose:
    """List per district what was not posted, held or answered, one line each.

    Absent registers are named first, because nothing is known about them. Open proposals whose
    district is withheld come last.
    """
    absent = [key for key in _REGISTERS if not report.has(key)]
    names = report.text.listed(plain(register_name(report, key)) for key in absent)
    parts = [report.text("activities.next.unknown", registers=names)] if absent else []
    for district in report.study.districts:
        lines = list(_open(report, district)) or [report.text("activities.next.nothing")]
        heading = plain(report.district_name(district))
        parts.append(f"### {heading}\n\n" + "".join(f"- {line}\n" for line in lines))
    rows = report.frame("proposals")
    lines = list(_proposals(report, rows[rows["district"] == ""]))
    if lines:
        heading = report.text("activities.next.district_withheld")
        parts.append(f"### {heading}\n\n" + "".join(f"- {line}\n" for line in lines))
    return Prose("\n\n".join(parts))


def _open(report: ActivityReport, district: str) -> Iterator[str]:
    """List the open points of a district, in the order of the activities."""
    yield from _pages(report, district)
    yield from _pieces(report, district)
    yield from _consultations(report, district)
    yield from _terminals(report, district)
    rows = report.frame("proposals")
    here = rows["district"].str.split().map(lambda keys: district in keys).astype(bool)
    yield from _proposals(report, rows[here])
    yield from _explanations(report, district)


def _pages(report: ActivityReport, district: str) -> Iterator[str]:
    """Name the localities whose municipality or community organisation has no page."""
    cells = report.frame("coverage", district=district)
    gaps = cells[cells["category"].str.startswith(PAGE) & (cells["pieces"] == 0)]
    for category, rows in gaps.groupby("category", sort=False):
        owner = str(category).removeprefix(PAGE)
        yield report.text(f"activities.next.page_{owner}", places=_listed(report, rows["locality"]))


def _pieces(report: ActivityReport, district: str) -> Iterator[str]:
    """Name the categories without any post, and those with posts in some localities only."""
    cells = report.frame("coverage", district=district)
    cells = cells[~cells["category"].str.startswith(PAGE)]
    cells = cells[cells["category"] != "other"]  # no posts of other kinds were promised
    sums = cells.groupby("category", sort=False)["pieces"].sum()
    nobody = [str(key) for key in sums.index[sums == 0]]
    if nobody:
        names = [plain(category_name(report, key)) for key in nobody]
        yield report.text("activities.next.nobody_posted", categories=report.text.listed(names))
    for category in sums.index[sums > 0]:
        gaps = cells[(cells["category"] == category) & (cells["pieces"] == 0)]
        if len(gaps):
            yield report.text(
                "activities.next.not_posted",
                category=plain(category_name(report, str(category))),
                places=_listed(report, gaps["locality"]),
            )


def _consultations(report: ActivityReport, district: str) -> Iterator[str]:
    """Name the localities with fewer online consultations than the target per locality."""
    if not report.has("consultations"):
        return
    events = report.frame("events", kind="consultation", district=district)
    events = events[events["mode"].isin(_ONLINE)]
    for key, indicator in report.definitions.indicators.items():
        activity = _CONSULTATIONS.get(indicator.count)
        if activity is None or indicator.each is None:
            continue
        held = events.loc[events["activity"] == activity, "locality"].value_counts()
        short = [
            report.text("activities.next.place", place=plain(place), k=int(held.get(place, 0)))
            for place in report.study.districts[district].localities
            if held.get(place, 0) < indicator.each
        ]
        if short:
            yield report.text(
                "activities.next.not_held",
                activity=report.indicator(key).activity,
                n=indicator.each,
                places=report.text.listed(short),
            )


def _terminals(report: ActivityReport, district: str) -> Iterator[str]:
    """List requests without a reply, and approved terminals that are not installed yet."""
    rows = report.frame("terminals", district=district)
    for row in rows[rows["reply"] == ""].itertuples():
        yield report.text(
            "activities.next.no_reply_terminal", place=plain(row.locality), since=row.requested
        )
    waiting = rows[(rows["reply"] == "approved") & rows["installed"].isna()]
    for row in waiting.itertuples():
        yield report.text("activities.next.not_installed", place=plain(row.locality))


def _proposals(report: ActivityReport, rows: pd.DataFrame) -> Iterator[str]:
    """List proposals not submitted yet; count those without a reply, with the earliest date."""
    unsent = rows[rows["submitted"].isna()]
    if len(unsent):
        yield report.text(
            "activities.next.not_submitted", n=len(unsent), ids=_listed(report, unsent["proposal"])
        )
    waiting = rows[rows["submitted"].notna() & (rows["reply"] == "")]
    if len(waiting):
        since = waiting["submitted"].min()
        yield report.text("activities.next.no_reply", n=len(waiting), since=since)


def _explanations(report: ActivityReport, district: str) -> Iterator[str]:
    """Name the district's own targets with a deviation that nobody has explained."""
    rows = report.frame("indicators", district=district, explanation="missing")
    for key in rows["indicator"]:
        name = plain(indicator_name(report, key))
        yield report.text("activities.next.explain", indicator=name)


def _listed(report: ActivityReport, places: pd.Series) -> str:
    return report.text.listed(plain(place) for place in places)
