"""Text about robustness: results under other choices, bands of districts, reliability."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from umid_research.analysis.robustness.bands import bands_of
from umid_research.analysis.score import INDEX
from umid_research.report.differences.comparisons import CONFIRMATORY, is_clear
from umid_research.report.differences.text import skew_warning
from umid_research.report.names import (
    MANY_DISTRICTS,
    compared_name,
    has_many_districts,
    study_districts,
)
from umid_research.report.prose import Prose, no_result_reason, plain
from umid_research.report.study_report import Report

STANDS, MOSTLY, FRAGILE = "stands", "mostly", "fragile"
_CUSTOMARY_ALPHA = 0.7
_MOST = 0.5


def robustness_text(report: Report) -> Prose:
    """Say how often each stated difference holds when the choices behind it change.

    The runs compare matched groups; a study without matched groups has no runs and says so.
    """
    if not report.study.is_matched:
        return Prose(report.text("robustness.unmatched"))
    lines = [_survival(report, *stated) for stated in _stated(report)]
    others = _rarely_clear(report)
    if not lines:
        return Prose("\n\n".join([report.text("robustness.none"), *others]))
    bullets = "".join(f"- {line}\n" for line in lines)
    return Prose("\n\n".join([report.text("robustness.clear"), bullets, *others]))


def _stated(report: Report) -> Iterable[tuple[str, pd.Series]]:
    """Return the stated differences, those of family A, with what they compare: groups."""
    rows = report.rows(CONFIRMATORY, family="A")
    for _, row in rows[is_clear(rows)].iterrows():
        yield "group", row


def _survival(report: Report, by: str, row: pd.Series) -> str:
    """State one difference, its verdict, and in how many runs of each kind it is the same."""
    counts = report.text.listed(_run(report, run) for run in _runs(report, by, row).itertuples())
    first, second = (compared_name(report, by, row[name]) for name in (by, "versus"))
    line = report.text(
        "robustness.line",
        dimension=plain(report.dimension(row["dimension"])),
        first=plain(first if row["value"] > 0 else second),
        second=plain(second if row["value"] > 0 else first),
    )
    tried = (
        [verdict(report, by, row), report.text("robustness.same", runs=counts)] if counts else []
    )
    return " ".join([line, *tried]) + skew_warning(report, row)


def verdict(report: Report, by: str, row: pd.Series) -> str:
    """Return the verdict on a stated difference; "" if no run tried it.

    The difference holds in all runs, in most, or is fragile: then less than half of the runs of
    some kind give the same result.
    """
    runs = _runs(report, by, row)
    if runs.empty:
        return ""
    key, weakest = _standing(runs)
    places: dict[str, dict[str, str]] = {
        STANDS: {},
        MOSTLY: {"run": _run(report, weakest)},
        FRAGILE: {"weakest": report.text(f"robustness.weakest.{weakest['run']}")},
    }
    return report.text(f"robustness.verdict.{key}", **places[key])


def robustness_levels(report: Report) -> list[tuple[str, pd.Series, str]]:
    """Return (by, row, level) for each stated difference.

    The level is "stands", "mostly", "fragile", or "" if no run tried the difference.
    """
    found = [(by, row, _runs(report, by, row)) for by, row in _stated(report)]
    return [(by, row, "" if runs.empty else _standing(runs)[0]) for by, row, runs in found]


def _standing(runs: pd.DataFrame) -> tuple[str, pd.Series]:
    """Return the level of a difference, and the kind of run with the smallest share of support."""
    share = runs["value"] / runs["runs"]
    weakest = runs.loc[share.idxmin()]
    if share.min() == 1:
        return STANDS, weakest
    return (MOSTLY if share.min() >= _MOST else FRAGILE), weakest


def _runs(report: Report, by: str, row: pd.Series) -> pd.DataFrame:
    """Return the published kinds of runs that tried a difference."""
    keys = {name: row[name] for name in ("family", "dimension", by, "versus")}
    runs = report.rows("robustness", **keys)
    return runs[runs["shown"] & (runs["runs"] > 0)]


def _run(report: Report, run: Any) -> str:
    """Say in how many runs of its kind a difference is the same."""
    return report.text(f"robustness.run.{run.run}", k=int(run.value), n=int(run.runs))


def _rarely_clear(report: Report) -> Iterable[str]:
    """Say how many unclear comparisons are clear in some run.

    They show how many findings another choice could have produced.
    """
    rows = report.rows("robustness")
    rows = rows[rows["shown"]].fillna({"group": "", "side": ""})
    if rows.empty:
        return
    keys = ["family", "dimension", "group", "side", "versus"]
    changed = (rows["value"] < rows["runs"]).groupby([rows[key] for key in keys]).any()
    clear = {
        (
            row["family"],
            row["dimension"],
            *((row[by], "") if by == "group" else ("", row[by])),
            row["versus"],
        )
        for by, row in _stated(report)
    }
    unclear = changed[[key not in clear for key in changed.index]]
    key = "unclear" if unclear.any() else "always_unclear"
    yield report.text(f"robustness.{key}", n=int(unclear.sum()), of=len(unclear))


def district_bands(report: Report) -> Prose:
    """Say which districts can be distinguished by their ranks, and which cannot.

    Districts form a band only if every two of them overlap.
    """
    scores = report.rows("scores_by_district", dimension=INDEX)
    rows = report.rows("district_bands")
    pairs = rows[rows["shown"]]
    compared = set(pairs["district"]) | set(pairs["versus"])
    known = [key for key in report.study.districts if key in compared]
    if not known:
        single = scores.loc[scores["shown"], "district"]
        if len(single) != 1:
            return Prose(no_result_reason(report, rows if len(rows) else scores))
        name = plain(report.district_name(single.iloc[0]))
        return Prose(report.text("bands.single", district=name))
    alike = pairs[pairs["value"] == 1]
    overlaps = {frozenset(pair) for pair in zip(alike["district"], alike["versus"], strict=True)}
    bands = bands_of(known, overlaps)
    if len(bands) == 1:
        whole = len(known) == len(report.study.districts)
        named = study_districts(report) if whole else _named(report, known)
        return Prose(report.text("bands.one", districts=named))
    lines = "".join(f"- {_band(report, band, known)}\n" for band in bands)
    return Prose("\n\n".join([report.text("bands.several"), *_pairs(report, pairs), lines]))


def bands_in_short(report: Report) -> Prose:
    """Say how many pairs of many districts can be distinguished by their ranks."""
    rows = report.rows("district_bands")
    return Prose(" ".join(_pairs(report, rows[rows["shown"]])))


def _pairs(report: Report, pairs: pd.DataFrame) -> Iterable[str]:
    """Count the pairs that overlap, where there are too many districts to see it in the bands."""
    if len(pairs) and has_many_districts(report):
        yield report.text("bands.pairs", n=int((pairs["value"] == 1).sum()), of=len(pairs))


def _band(report: Report, band: list[str], known: list[str]) -> str:
    """Return the names of a band; of one that holds most of many districts, the other names."""
    if len(band) == 1:
        return report.text("bands.alone", district=_named(report, band))
    others = [key for key in known if key not in band]
    if len(known) > MANY_DISTRICTS and len(others) < len(band):
        return report.text("bands.all_but", n=len(band), districts=_named(report, others))
    return _named(report, band)


def _named(report: Report, districts: list[str]) -> str:
    return report.text.listed(plain(report.district_name(key)) for key in districts)


def reliability(report: Report) -> Prose:
    """Say how many dimensions may have low reliability, with the number of respondents."""
    rows = report.rows("reliability", statistic="alpha")
    shown = rows[rows["shown"]]
    if shown.empty:
        return Prose(report.text("reliability.none"))
    weak = shown[shown["low"] < _CUSTOMARY_ALPHA]
    least, most = (report.text.number(of(shown["respondents"])) for of in (min, max))
    people = least if least == most else report.text("table.range", low=least, high=most)
    sentence = report.text(
        "reliability.sentence", n=len(weak), of=len(shown), people=people, alpha=_CUSTOMARY_ALPHA
    )
    withheld = int((~rows["shown"] & (rows["reason"] == "")).sum())
    hidden = [report.text("reliability.hidden", n=withheld)] if withheld else []
    return Prose(" ".join([sentence, *hidden]))
