"""Text about the scores of groups and districts."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report.differences.text import district_differences
from umid_research.report.names import has_many_districts
from umid_research.report.prose import Prose, no_result_reason, place, plain
from umid_research.report.robustness.text import bands_in_short
from umid_research.report.study_report import Report
from umid_research.report.topics import page

_MAX_LEADS = 10


def group_scores_text(report: Report) -> Prose:
    """State each group's mean on the index; name the groups whose score is withheld."""
    rows = report.rows("scores_by_group", dimension=INDEX)
    shown = rows[rows["shown"]].set_index("group")
    texts = [
        _level(report, key, shown.loc[key]) for key in report.study.groups if key in shown.index
    ]
    if not texts:
        return Prose(no_result_reason(report, rows))
    sentences = [report.text("levels.sentence", groups=report.text.listed(texts))]
    withheld = [plain(report.group(key)) for key in rows.loc[~rows["shown"], "group"]]
    if withheld:
        sentences.append(report.text("levels.withheld", groups=report.text.listed(withheld)))
    if shown["low"].notna().any():
        sentences.append(report.text("levels.as_if"))
    return Prose(" ".join(sentences))


def _level(report: Report, key: str, row: pd.Series) -> str:
    """State a group's mean with its base, and with its interval if it has enough units."""
    numbers = {
        "group": plain(report.group(key)),
        "value": int(row["value"]),
        "units": int(row["units"]),
    }
    if pd.isna(row["low"]):
        return report.text("levels.group", **numbers)
    return report.text(
        "levels.group_interval", **numbers, low=int(row["low"]), high=int(row["high"])
    )


def district_profile(report: Report) -> Prose:
    """Name the district's highest and lowest dimensions."""
    return Prose(_profile(report))


def district_profiles(report: Report) -> Prose:
    """Return the profile of each district with the link to its report, in the study's order.

    Of many districts: in which range their scores lie, which pairs can be distinguished, which may
    be worth a closer look. No district is named for its place in the range.
    """
    if has_many_districts(report):
        parts = [
            *_ranges(report),
            bands_in_short(report).markdown,
            district_differences(report, most=_MAX_LEADS).markdown,
        ]
        return Prose("\n\n".join(part for part in parts if part))
    lines = []
    for key in report.study.districts:
        here = replace(report, district=key)
        name = plain(report.district_name(key))
        link = f"[{report.text('district.report', district=name)}]({page('03-district', key)})"
        lines.append(f"- {' '.join([_profile(here), *_documents(here), link])}\n")
    return Prose("".join(lines))


def district_links(report: Report) -> str:
    """Return the names of all districts as links to their reports, in one line."""
    names = {key: plain(report.district_name(key)) for key in report.study.districts}
    return " · ".join(f"[{name}]({page('03-district', key)})" for key, name in names.items())


def _ranges(report: Report) -> Iterable[str]:
    """Yield a line per topic with the range of the districts' scores, the index last."""
    rows = report.rows("scores_by_district")
    shown = rows[rows["shown"]]
    if shown.empty:
        yield no_result_reason(report, rows)
        return
    yield report.text("many_districts.ranges", n=shown["district"].nunique())
    lines = []
    for key, scores in shown.groupby("dimension", sort=False)["value"]:
        low, first, third, high = scores.quantile([0, 0.25, 0.75, 1]).round().astype(int)
        numbers = {"low": low, "first": first, "third": third, "high": high}
        name = plain(report.dimension(str(key)))
        lines.append(f"- {report.text('many_districts.range', dimension=name, **numbers)}\n")
    yield "".join(lines)


def _profile(report: Report) -> str:
    rows = report.rows("scores_by_district", district=str(report.district))
    scores = rows[rows["shown"] & (rows["dimension"] != INDEX)]
    if scores.empty:
        name = plain(report.district_name(str(report.district)))
        return report.text("district.untold", district=name, reason=no_result_reason(report, rows))
    best, worst = scores.loc[scores["value"].idxmax()], scores.loc[scores["value"].idxmin()]
    sentences = [
        report.text(
            "district.single" if len(scores) == 1 else "district.range",
            district=plain(report.district_name(str(report.district))),
            best=plain(report.dimension(best["dimension"])),
            best_value=int(best["value"]),
            worst=plain(report.dimension(worst["dimension"])),
            worst_value=int(worst["value"]),
            respondents=int(scores["respondents"].max()),
            units=int(scores["units"].max()),
        )
    ]
    return " ".join(sentences)


def _documents(report: Report) -> Iterable[str]:
    """Yield the share of what was looked for that documents show in the district."""
    rows = report.rows("documentary_by_area", district=str(report.district), dimension=INDEX)
    for row in rows.dropna(subset=["value"]).itertuples():
        numbers = {"value": int(row.value), "n": int(row.checks)}
        yield report.text("district.documents", **numbers, **place(report))
