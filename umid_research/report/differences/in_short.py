"""The differences in everyday words, for readers without statistics.

The numbers are the same as in the other sentences.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Any

import pandas as pd

from umid_research.report.differences.comparisons import FULL_SCALE, comparisons, contrast
from umid_research.report.differences.text import limit_note, skew_warning
from umid_research.report.prose import Prose, finding, plain
from umid_research.report.robustness.text import verdict
from umid_research.report.study_report import Report
from umid_research.report.topics import page

_ROBUSTNESS = "05-robustness"
_STUDIES = 1_000


def differences_in_short(report: Report) -> Prose:
    """Return a box on the differences between groups: which, how large, how sure, how robust."""
    made = comparisons(report, "group")
    if made.shown.empty:
        return finding(Prose(report.text("in_short.nothing")))
    clear = [(made.by, row) for _, row in made.clear.iterrows()]
    parts = [
        report.text("in_short.scale"),
        _how_many(report, len(clear), len(made.shown)),
        "".join(f"- {_difference(report, by, row)}\n" for by, row in clear),
        *_unclear(report, made.unclear),
        *_verdicts(report, clear),
    ]
    return finding(Prose("\n\n".join(part for part in parts if part)))


def _how_many(report: Report, clear: int, of: int) -> str:
    return report.text("in_short.clear" if clear else "in_short.none", n=clear, of=of)


def _difference(report: Report, by: str, row: Any) -> str:
    """State one difference, the higher side first, and how rarely chance alone produces it."""
    line = report.text("in_short.line", **contrast(report, row, by))
    chance = report.text("in_short.chance", n=ceil(row.p_adjusted * _STUDIES), of=_STUDIES)
    return f"{line} {chance}{limit_note(report, row)}{skew_warning(report, row)}"


def _unclear(report: Report, unclear: pd.DataFrame) -> Iterator[str]:
    """Count the comparisons without a clear result, with the smallest detectable difference."""
    if unclear.empty:
        return
    sentences = [report.text("in_short.open", n=len(unclear))]
    found = unclear["mdd"].min()
    if found <= FULL_SCALE:
        sentences.append(report.text("in_short.large", n=int(found)))
    yield " ".join(sentences)


def _verdicts(report: Report, clear: list[tuple[str, Any]]) -> Iterable[str]:
    """Say how each stated difference holds under other choices; without any, what would help."""
    verdicts = [(row.dimension, verdict(report, by, row)) for by, row in clear]
    lines = [
        report.text("in_short.verdict", dimension=plain(report.dimension(key)), verdict=text)
        for key, text in verdicts
        if text
    ]
    if not lines:
        yield report.text("in_short.more_units")
        return
    title = report.text(f"title.{_ROBUSTNESS}")
    yield report.text("in_short.mind")
    yield "".join(f"- {line}\n" for line in lines)
    yield report.text("in_short.more", title=title, page=page(_ROBUSTNESS))
