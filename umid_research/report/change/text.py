"""What has changed between two rounds, in words: what may be stated, and what is not clear."""

from typing import Any

import pandas as pd

from umid_research.analysis.change import FAMILY
from umid_research.report.change.change_report import ChangeReport
from umid_research.report.differences.comparisons import is_clear
from umid_research.report.prose import Prose, plain


def change_text(report: ChangeReport) -> Prose:
    """State each change that may be stated, the largest first; then how many are not clear."""
    family = report.changes[report.changes["family"] == FAMILY]
    shown = family[family["shown"]]
    items = [f"1. {line}" for line in _stated(report, shown)]
    unclear, withheld = len(shown) - len(items), len(family) - len(shown)
    rest = [
        *([report.text("change.unclear", n=unclear)] if unclear else []),
        *([report.text("change.withheld", n=withheld)] if withheld else []),
    ]
    opening = report.text("change.opening" if items else "change.none", **report.rounds)
    return Prose(
        "\n\n".join([f"**{plain(opening)}**", *items, *([" ".join(rest)] if rest else [])])
    )


def leads_text(report: ChangeReport) -> Prose:
    """Name the clear changes of single groups, as leads to follow."""
    others = report.changes[report.changes["family"] != FAMILY]
    lines = _stated(report, others[others["shown"]])
    if others.empty or not lines:
        return Prose("" if others.empty else report.text("change.no_leads"))
    return Prose("\n".join([report.text("change.leads"), "", *(f"- {line}" for line in lines)]))


def basis_text(report: ChangeReport) -> Prose:
    """Say what is compared: places, groups and shared items, and what was left out."""
    shown = report.changes[report.changes["shown"]]
    items = report.items
    used = int(items["used"].sum())
    groups = [report.group(key) for key in dict.fromkeys(report.changes["group"]) if key]
    sentences = [
        report.text(
            "change.basis",
            n=int(shown["places"].max()) if len(shown) else 0,
            groups=report.text.listed(groups),
            used=used,
            of=len(items),
            **report.rounds,
        )
    ]
    if bridged := int((items["used"] & items["bridged"]).sum()):
        sentences.append(report.text("change.bridged", n=bridged))
    return Prose(plain(" ".join(sentences)))


def change_limits(report: ChangeReport) -> Prose:
    """Say what the comparison cannot tell."""
    keys = ("people", "chosen", "cause", "family")
    return Prose("\n".join(f"- {report.text(f'change.limit.{key}')}" for key in keys))


def _stated(report: ChangeReport, shown: pd.DataFrame) -> list[str]:
    """Return a sentence for each clear change among the shown ones, the largest first."""
    clear = shown[is_clear(shown)]
    order = clear["change"].abs().sort_values(ascending=False, kind="stable").index
    return [_sentence(report, row) for row in clear.loc[order].itertuples()]


def _sentence(report: ChangeReport, row: Any) -> str:
    return plain(
        report.text(
            f"change.stated.{row.verdict}",
            dimension=report.dimension(row.dimension),
            group=report.group_name(row.group),
            points=report.text.number(abs(row.change)),
            earlier=report.text.number(row.earlier),
            later=report.text.number(row.later),
            low=report.text.signed(row.low),
            high=report.text.signed(row.high),
        )
    )
