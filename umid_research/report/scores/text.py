"""Text about the scores of groups and districts."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from umid_research.analysis.score import INDEX
from umid_research.report.prose import Prose, no_result_reason, plain
from umid_research.report.study_report import Report


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
    """Name the district's highest and lowest dimensions, and the largest gap between its sides."""
    return Prose(" ".join([_profile(report), *_untested(report)]))


def district_profiles(report: Report) -> Prose:
    """Return the profile of each district, in the order of the study."""
    within = [replace(report, district=key) for key in report.study.districts]
    profiles = "".join(f"- {_profile(district)}\n" for district in within)
    untested = dict.fromkeys(text for district in within for text in _untested(district))
    return Prose("\n".join([profiles, *untested]))


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
    return " ".join([*sentences, *_sides_apart(report)])


def _untested(report: Report) -> Iterable[str]:
    if len(_both_sides(report)):
        yield report.text("district.untested")


def _both_sides(report: Report) -> pd.DataFrame:
    """Return dimension × supply and demand, for dimensions of the district that have both."""
    rows = report.rows("scores_by_side", district=str(report.district))
    wide = rows[rows["shown"]].pivot(index="dimension", columns="side", values="value")
    return wide.reindex(columns=["supply", "demand"]).dropna()


def _sides_apart(report: Report) -> Iterable[str]:
    wide = _both_sides(report)
    if wide.empty:
        return
    gap = wide["supply"] - wide["demand"]
    widest = gap.abs().idxmax()
    yield report.text(
        "district.gap",
        dimension=plain(report.dimension(widest)),
        supply=int(wide.loc[widest, "supply"]),
        demand=int(wide.loc[widest, "demand"]),
    )
