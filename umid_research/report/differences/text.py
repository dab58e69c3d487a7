"""Who differs from whom, by how much, how sure; and what is not clear."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from umid_research.report.differences.comparisons import (
    FULL_SCALE,
    Comparisons,
    comparisons,
    contrast,
    largest_first,
    touches_zero,
)
from umid_research.report.prose import Prose, plain
from umid_research.report.sources import table_link
from umid_research.report.study_report import Report
from umid_research.report.topics import tables_named


def skew_warning(report: Report, row: Any) -> str:
    """Return the warning for a stated difference of scores so skewed that it may be none."""
    return " " + report.text("differences.skewed") if row.skewed == 1 else ""


def limit_note(report: Report, row: Any) -> str:
    """Return what to add to a stated difference with a printed limit of zero."""
    return " " + report.text("differences.touches_zero") if 0 in (row.low, row.high) else ""


def limit_notes(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return the note below a table or a figure that has a stated difference of that kind."""
    touching = len(rows) and touches_zero(rows).any()
    return [report.text("differences.touches_zero")] if touching else []


def group_differences(report: Report) -> Prose:
    """State what differs between the groups, by how much and how sure; then what is not clear."""
    return _differences(report, comparisons(report, "group"), _family(report))


def exploratory_differences(report: Report) -> Prose:
    """Name the leads among comparisons of groups that are not matched with the matched ones."""
    return _differences(report, comparisons(report, "exploratory"), "exploratory")


def district_differences(report: Report, *, most: int = 50) -> Prose:
    """Name the leads among comparisons of districts, of more than `most` the largest.

    They are made in matched studies only.
    """
    if not report.study.is_matched:
        return Prose(report.text("differences.districts_not_compared"))
    return _differences(report, comparisons(report, "district"), "district", most)


def side_differences(report: Report) -> Prose:
    """Name the leads among comparisons of local government with the people it serves."""
    return _differences(report, comparisons(report, "side"), "side")


def brief_differences(report: Report, *, most: int = 3) -> Prose:
    """State the largest differences between the groups, at most `most`, in a sentence or two."""
    made = comparisons(report, "group")
    if made.rows.empty:
        return group_differences(report)
    unclear = len(made.unclear)
    rest = "differences.brief.rest" if len(made.clear) else "differences.brief.open"
    parts = [
        *(_in_brief(report, made, most) or _opening(report, _family(report), made)),
        *([report.text(rest, n=unclear)] if unclear else []),
        *(_not_shown(report, made) if made.shown.empty else []),
    ]
    return Prose(" ".join(parts))


def _family(report: Report) -> str:
    return "group" if report.study.is_matched else "unmatched"


def _in_brief(report: Report, made: Comparisons, most: int) -> list[str]:
    """Say how many comparisons are clear, and state the largest; nothing where none is."""
    if made.clear.empty:
        return []
    largest = largest_first(made.clear).head(most)
    lines = [
        report.text("differences.brief.line", **contrast(report, row, made.by))
        for row in largest.itertuples()
    ]
    text = report.text(
        "differences.brief.clear", n=len(made.clear), of=len(made.shown), lines="; ".join(lines)
    )
    warned = (largest["skewed"] == 1).any()
    return [
        text,
        *limit_notes(report, largest),
        *([report.text("differences.skewed")] if warned else []),
    ]


def _opening(report: Report, family: str, made: Comparisons) -> Iterable[str]:
    """Say how many comparisons show a difference; nothing if no comparison is shown."""
    if len(made.shown):
        known = "clear" if len(made.clear) else "none"
        yield report.text(f"differences.{family}.{known}", n=len(made.clear), of=len(made.shown))


def _differences(report: Report, made: Comparisons, opening: str, most: int | None = None) -> Prose:
    """State the clear differences, or name the leads, the largest first; at most `most`."""
    if made.rows.empty:
        return Prose(report.text("differences.none_made"))
    clear = largest_first(made.clear)
    shown = len(clear) if most is None else min(most, len(clear))
    parts = [
        *_opening(report, opening, made),
        "".join(f"- {_difference(report, row, made)}\n" for row in clear.head(shown).itertuples()),
        *([report.text("differences.more", n=len(clear) - shown)] if shown < len(clear) else []),
        _unclear(report, made),
        *_opposed(report, made.unclear),
        *_never_met(report, made),
        " ".join(_not_shown(report, made)),
    ]
    return Prose("\n\n".join(part for part in parts if part))


def _difference(report: Report, row: Any, made: Comparisons) -> str:
    """State one difference, or name a lead, with its warning if it needs one."""
    key = "differences.line" if made.is_confirmatory else "differences.lead"
    line = report.text(key, **contrast(report, row, made.by))
    return line + limit_note(report, row) + skew_warning(report, row)


def _not_shown(report: Report, made: Comparisons) -> Iterable[str]:
    """Say how many comparisons cannot be estimated, and how many are withheld."""
    for key, n in (("impossible", made.impossible), ("hidden", made.withheld)):
        if n:
            yield report.text(f"differences.{key}", n=n)


def _unclear(report: Report, made: Comparisons) -> str:
    """Say what is not clear, and how large a difference would have been found."""
    rows = made.unclear
    with_interval = int((rows["low"].notna() & rows["high"].notna()).sum())
    sentences = []
    if with_interval:
        (where,) = tables_named(report, made.table.replace("_", "-"))
        table = table_link(report, where)
        sentences.append(report.text("differences.unclear", n=with_interval, table=table))
    sentences += _detectable(report, rows["mdd"].dropna())
    if with_interval < len(rows):
        sentences.append(report.text("differences.no_interval", n=len(rows) - with_interval))
    return " ".join(sentences)


def _opposed(report: Report, unclear: pd.DataFrame) -> Iterable[str]:
    """Return how many printed differences have another sign than the tested ones, if any."""
    opposed = int((unclear["opposed"] == 1).sum())
    if opposed:
        yield report.text("differences.opposed", n=opposed)


def _detectable(report: Report, found: pd.Series) -> Iterable[str]:
    """Say how large a difference would have been found, where the scale has room for it."""
    possible = found[found <= FULL_SCALE].astype(int)
    if len(possible):
        least, most = possible.min(), possible.max()
        key = "differences.detectable" if least == most else "differences.detectable_range"
        yield report.text(key, low=int(least), high=int(most))
    if len(possible) < len(found):
        yield report.text("differences.undetectable", n=len(found) - len(possible))


def _never_met(report: Report, made: Comparisons) -> Iterable[str]:
    """Name the pairs of groups without a common stratum: more interviews would not help."""
    listed = [
        report.text("differences.pair", first=plain(report.group(a)), second=plain(report.group(b)))
        for a, b in made.never_met
    ]
    if listed:
        yield report.text("differences.never_met", pairs=report.text.listed(listed))
