"""Who differs from whom, by how much, how sure; and what is not clear."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from umid_research.analysis.verdicts import STATED, Reason
from umid_research.report.names import compared_name
from umid_research.report.prose import Prose, plain
from umid_research.report.references import tables_named
from umid_research.report.sources import table_link
from umid_research.report.study_report import Report

# Scores are points of 0 to 100.
FULL_SCALE = 100


def is_clear(differences: pd.DataFrame) -> pd.Series:
    """Return which differences may be stated, by their verdicts."""
    return differences["verdict"].isin(STATED)


def touches_zero(differences: pd.DataFrame) -> pd.Series:
    """Return which stated differences have a printed limit of zero.

    Limits are rounded outward, and the verdict is older than the rounding.
    """
    zero = (differences["low"] == 0) | (differences["high"] == 0)
    return is_clear(differences) & zero


def skew_warning(report: Report, row: Any) -> str:
    """What to add to a stated difference where the scores are so skewed that it may be none."""
    return " " + report.text("differences.skewed") if row.skewed == 1 else ""


def limit_note(report: Report, row: Any) -> str:
    """Return what to add to a stated difference with a printed limit of zero."""
    return " " + report.text("differences.touches_zero") if 0 in (row.low, row.high) else ""


def limit_notes(report: Report, rows: pd.DataFrame) -> list[str]:
    """Return the note below a table or a figure that has a stated difference of that kind."""
    touching = len(rows) and touches_zero(rows).any()
    return [report.text("differences.touches_zero")] if touching else []


def group_differences(report: Report) -> Prose:
    """What differs between the groups, by how much and how sure; then what is not clear."""
    opening = "group" if report.study.is_matched else "unmatched"
    return _differences(report, "differences_by_group", opening, "group")


def brief_differences(report: Report, *, most: int = 3) -> Prose:
    """The largest of what differs between the groups, in a sentence or two."""
    rows = report.rows("differences_by_group")
    if rows.empty:
        return group_differences(report)
    shown = rows[rows["shown"]]
    clear = _largest_first(shown[is_clear(shown)])
    family = "group" if report.study.is_matched else "unmatched"
    unclear = len(shown) - len(clear)
    rest = "differences.brief.rest" if len(clear) else "differences.brief.open"
    parts = [
        *(_in_brief(report, clear, shown, most) or _opening(report, family, clear, shown)),
        *([report.text(rest, n=unclear)] if unclear else []),
        *(_not_told(report, rows) if shown.empty else []),
    ]
    return Prose(" ".join(parts))


def _in_brief(report: Report, clear: pd.DataFrame, shown: pd.DataFrame, most: int) -> list[str]:
    """How many comparisons are clear, and the largest of them; nothing where none is."""
    if clear.empty:
        return []
    largest = clear.head(most)
    key = "differences.brief.line"
    lines = [_stated(report, row, "group", key) for row in largest.itertuples()]
    told = report.text(
        "differences.brief.clear", n=len(clear), of=len(shown), lines="; ".join(lines)
    )
    warned = (largest["skewed"] == 1).any()
    return [
        told,
        *limit_notes(report, largest),
        *([report.text("differences.skewed")] if warned else []),
    ]


def _opening(
    report: Report, family: str, clear: pd.DataFrame, shown: pd.DataFrame
) -> Iterable[str]:
    """How many comparisons show a difference; where none is shown there is nothing to count."""
    if len(shown):
        known = "clear" if len(clear) else "none"
        yield report.text(f"differences.{family}.{known}", n=len(clear), of=len(shown))


def exploratory_differences(report: Report) -> Prose:
    """How the groups that are not matched differ from the matched ones; an exploratory family."""
    return _differences(report, "differences_exploratory", "exploratory", "group")


def district_differences(report: Report) -> Prose:
    """What differs between the districts; an exploratory family of matched studies."""
    if not report.study.is_matched:
        return Prose(report.text("differences.districts_not_compared"))
    return _differences(report, "differences_by_district", "district", "district")


def side_differences(report: Report) -> Prose:
    """Whether those who govern see more than those who are governed; an exploratory family."""
    return _differences(report, "differences_by_side", "side", "side")


def _differences(report: Report, table: str, opening: str, by: str) -> Prose:
    rows = report.rows(table)
    if rows.empty:
        return Prose(report.text("differences.none_made"))
    shown = rows[rows["shown"]]
    clear, unclear = shown[is_clear(shown)], shown[~is_clear(shown)]
    lines = [_difference(report, row, by) for row in _largest_first(clear).itertuples()]
    parts = [
        *_opening(report, opening, clear, shown),
        "".join(f"- {line}\n" for line in lines),
        _unclear(report, table, unclear),
        *_opposed(report, unclear),
        *_never_met(report, rows),
        " ".join(_not_told(report, rows)),
    ]
    return Prose("\n\n".join(part for part in parts if part))


def _not_told(report: Report, rows: pd.DataFrame) -> Iterable[str]:
    """How many comparisons cannot be estimated, and how many are withheld."""
    hidden = ~rows["shown"]
    impossible = (rows["reason"] != "") & ~_is_never_met(rows)
    for key, which in (("impossible", impossible), ("hidden", hidden & (rows["reason"] == ""))):
        if which.any():
            yield report.text(f"differences.{key}", n=int(which.sum()))


def _has_interval(rows: pd.DataFrame) -> pd.Series:
    return rows["low"].notna() & rows["high"].notna()


def _no_clear(report: Report, table: str, unclear: pd.DataFrame) -> Iterable[str]:
    """How many differences are not clear, and the table that has their intervals."""
    told = int(_has_interval(unclear).sum())
    if told:
        (where,) = tables_named(report, table.replace("_", "-"))
        yield report.text("differences.unclear", n=told, table=table_link(report, where))


def _unclear(report: Report, table: str, unclear: pd.DataFrame) -> str:
    """What is not clear, and how large a difference would have been found."""
    told = _has_interval(unclear)
    sentences = [*_no_clear(report, table, unclear)]
    sentences += _detectable(report, unclear["mdd"].dropna())
    if not told.all():
        sentences.append(report.text("differences.no_interval", n=int((~told).sum())))
    return " ".join(sentences)


def _opposed(report: Report, unclear: pd.DataFrame) -> Iterable[str]:
    """Return how many printed differences have another sign than the tested ones, if any."""
    opposed = int((unclear["opposed"] == 1).sum())
    if opposed:
        yield report.text("differences.opposed", n=opposed)


def _detectable(report: Report, found: pd.Series) -> Iterable[str]:
    """How large a difference would have been found, where the scale has room for it."""
    possible = found[found <= FULL_SCALE].astype(int)
    if len(possible):
        least, most = possible.min(), possible.max()
        key = "differences.detectable" if least == most else "differences.detectable_range"
        yield report.text(key, low=int(least), high=int(most))
    if len(possible) < len(found):
        yield report.text("differences.undetectable", n=len(found) - len(possible))


def _is_never_met(rows: pd.DataFrame) -> pd.Series:
    return rows["reason"] == Reason.NO_SHARED_STRATUM


def _never_met(report: Report, rows: pd.DataFrame) -> Iterable[str]:
    """The pairs that no stratum holds both of, which no number of interviews would compare."""
    apart = rows[_is_never_met(rows)]
    pairs = dict.fromkeys(zip(apart["group"], apart["versus"], strict=True))
    if pairs:
        listed = [
            report.text(
                "differences.pair", first=plain(report.group(a)), second=plain(report.group(b))
            )
            for a, b in pairs
        ]
        yield report.text("differences.never_met", pairs=report.text.listed(listed))


def _largest_first(differences: pd.DataFrame) -> pd.DataFrame:
    return differences.reindex(differences["value"].abs().sort_values(ascending=False).index)


def _difference(report: Report, row: Any, by: str) -> str:
    """One stated difference with its warning, if it needs one."""
    line = _stated(report, row, by, "differences.line")
    return line + limit_note(report, row) + skew_warning(report, row)


def _stated(report: Report, row: Any, by: str, key: str) -> str:
    """One stated difference in the words of `key`, the higher side first."""
    first, second = getattr(row, by), row.versus
    value, low, high = row.value, row.low, row.high
    if value < 0:
        first, second, value, low, high = second, first, -value, -high, -low
    return report.text(
        key,
        dimension=plain(report.dimension(row.dimension)),
        first=plain(compared_name(report, by, first)),
        second=plain(compared_name(report, by, second)),
        n=int(value),
        low=int(low),
        high=int(high),
        units=int(row.units),
    )
