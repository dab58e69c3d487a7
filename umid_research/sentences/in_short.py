"""What differs, by how much, how sure, what would change our mind: for who knows no statistics.

The numbers are those of the other sentences; only the words are everyday ones.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Any

import pandas as pd

from umid_research.references import page
from umid_research.report import Report
from umid_research.sentences.differences import FULL_SCALE, is_clear, limit_note, skew_warning
from umid_research.sentences.names import compared_name
from umid_research.sentences.prose import Prose, finding, plain
from umid_research.sentences.robustness import verdict

_ROBUSTNESS = "05-robustness"
_STUDIES = 1_000


def differences_in_short(report: Report) -> Prose:
    """What differs between the groups, in a box: a paragraph per question that a reader has."""
    tables = {by: report.rows(f"differences_by_{by}") for by in ("group", "side")}
    shown = {by: rows[rows["shown"]] for by, rows in tables.items() if len(rows)}
    told = {by: rows for by, rows in shown.items() if len(rows)}
    if not told:
        return finding(Prose(report.text("in_short.nothing")))
    clear = [(by, row) for by, rows in told.items() for _, row in rows[is_clear(rows)].iterrows()]
    parts = [
        report.text("in_short.scale"),
        _how_many(report, len(clear), sum(map(len, told.values()))),
        "".join(f"- {_difference(report, by, row)}\n" for by, row in clear),
        *_open(report, pd.concat([rows[~is_clear(rows)] for rows in told.values()])),
        *_mind(report, clear),
    ]
    return finding(Prose("\n\n".join(part for part in parts if part)))


def _how_many(report: Report, clear: int, of: int) -> str:
    return report.text("in_short.clear" if clear else "in_short.none", n=clear, of=of)


def _difference(report: Report, by: str, row: Any) -> str:
    """One stated difference, the higher side first, and how seldom chance makes as much."""
    first, second = (compared_name(report, by, row[name]) for name in (by, "versus"))
    value, low, high = row["value"], row["low"], row["high"]
    if value < 0:
        first, second, value, low, high = second, first, -value, -high, -low
    line = report.text(
        "in_short.line",
        dimension=plain(report.dimension(row["dimension"])),
        first=plain(first),
        second=plain(second),
        n=int(value),
        low=int(low),
        high=int(high),
    )
    chance = report.text("in_short.chance", n=ceil(row["p_adjusted"] * _STUDIES), of=_STUDIES)
    return f"{line} {chance}{limit_note(report, row)}{skew_warning(report, row)}"


def _open(report: Report, unclear: pd.DataFrame) -> Iterator[str]:
    """How many comparisons tell nothing, and from what size on a difference would have shown."""
    if unclear.empty:
        return
    sentences = [report.text("in_short.open", n=len(unclear))]
    found = unclear["mdd"].min()
    if found <= FULL_SCALE:
        sentences.append(report.text("in_short.large", n=int(found)))
    yield " ".join(sentences)


def _mind(report: Report, clear: list[tuple[str, Any]]) -> Iterable[str]:
    """What became of the stated differences under other choices; without any, what is lacking."""
    verdicts = [(row["dimension"], verdict(report, by, row)) for by, row in clear]
    lines = [
        report.text("in_short.verdict", dimension=plain(report.dimension(key)), verdict=told)
        for key, told in verdicts
        if told
    ]
    if not lines:
        yield report.text("in_short.more_units")
        return
    title = report.text(f"title.{_ROBUSTNESS}")
    yield report.text("in_short.mind")
    yield "".join(f"- {line}\n" for line in lines)
    yield report.text("in_short.more", title=title, page=page(_ROBUSTNESS))
