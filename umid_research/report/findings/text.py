"""Page one of the study: the answer to its title, then its findings.

Each finding is one numbered line with a label and its base, and ends with its source tables. No
line has an interval or a p; they are in the tables.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from umid_research.report.differences.comparisons import (
    comparisons,
    contrast,
    largest_first,
)
from umid_research.report.findings.answer import Judgement, answer, judgements
from umid_research.report.findings.declared import declared, declared_name
from umid_research.report.findings.headlines import only_largest
from umid_research.report.meetings.text import themes_over_all
from umid_research.report.names import area_name, theme_name
from umid_research.report.prose import Prose, finding, plain
from umid_research.report.robustness.text import FRAGILE, robustness_levels
from umid_research.report.sample.quality import dont_know_shares
from umid_research.report.sources import source
from umid_research.report.study_report import Report

_MAX_DIFFERENCES = 2
Item = tuple[str, Prose, tuple[str, ...]]


def findings(report: Report) -> Prose:
    """Return the answer and the findings in one box; a finding without text is left out.

    The answer of a study without a plan is its headline, and has its source.
    """
    headline = "" if report.study.areas else report.study.headline
    rests_on = source(report, f"answers-{headline}") if headline else Prose("")
    first = [answer(report).markdown, rests_on.markdown]
    items = [
        [f"1. **{label}:**", prose.markdown, source(report, *rests_on).markdown]
        for label, prose, rests_on in _findings(report)
        if prose.markdown
    ]
    lines = [" ".join(filter(None, item)) for item in items]
    return finding(Prose(" ".join(filter(None, first))), Prose("\n\n".join(lines)))


def _findings(report: Report) -> Iterable[Item]:
    """Return each finding: its label, its text, and its source tables."""
    study = report.study
    if report.study.areas:
        yield report.text("findings.parts"), parts_text(report), ("supply-demand", "answers")
    for name in study.findings:
        label = plain(declared_name(report, name))
        yield label, declared(report, name), (f"answers-{name}",)
    yield report.text("findings.differences"), differences_text(report), ("differences-by-group",)
    yield report.text("findings.asked"), asked_text(report), ("proposals-by-group",)
    yield report.text("findings.not_knowing"), not_known_text(report), ("not-knowing",)


def parts_text(report: Report) -> Prose:
    """Name the part of the plan that is furthest and the one that is least far, by each source."""
    found = judgements(report)
    people = _at_the_ends([one for one in found if one.judged], lambda one: one.share)
    documents = _at_the_ends(
        [one for one in found if one.documents is not None], lambda one: one.documents or 0
    )
    if people and people == documents:
        return Prose(report.text("findings.parts_alike", **_ends(report, *people)))
    sources = {"people": people, "documents": documents}
    texts = [
        report.text(f"findings.parts_by_{key}", **_ends(report, *ends))
        for key, ends in sources.items()
        if ends
    ]
    return Prose(" ".join(texts))


def _at_the_ends(
    found: list[Judgement], size: Callable[[Judgement], float]
) -> tuple[Judgement, Judgement] | None:
    """Return the parts with the largest and the smallest size; None if one of them is tied."""
    ordered = sorted(found, key=size, reverse=True)
    sizes = [size(one) for one in ordered]
    if len(found) < 2 or sizes.count(sizes[0]) != 1 or sizes.count(sizes[-1]) != 1:
        return None
    return ordered[0], ordered[-1]


def _ends(report: Report, best: Judgement, worst: Judgement) -> dict[str, Any]:
    """Return the fields of a sentence on the parts at both ends."""
    return {
        "best": plain(area_name(report, best.part)),
        "worst": plain(area_name(report, worst.part)),
        "best_n": best.positive,
        "best_of": best.judged,
        "worst_n": worst.positive,
        "worst_of": worst.judged,
        "best_value": best.documents,
        "worst_value": worst.documents,
    }


def differences_text(report: Report) -> Prose:
    """State the clear differences between groups, at most two, with their caution."""
    made = comparisons(report, "group")
    if made.shown.empty:
        return Prose("")
    if made.clear.empty:
        return Prose(report.text("findings.difference.none", n=len(made.shown)))
    largest = largest_first(made.clear).head(_MAX_DIFFERENCES)
    lines = [_difference(report, row) for row in largest.itertuples()]
    counts = {"n": len(made.clear), "of": len(made.shown)}
    key = "only" if len(made.shown) == 1 else "clear"
    texts = [report.text(f"findings.difference.{key}", **counts), *lines]
    levels = [level for _, _, level in robustness_levels(report)]
    if FRAGILE in levels:
        texts.append(report.text("findings.difference.fragile"))
    elif report.study.counts_people:
        texts.append(report.text("findings.difference.people"))
    if (largest["skewed"] == 1).any():
        texts.append(report.text("differences.skewed"))
    by_district = comparisons(report, "district")
    if len(by_district.shown) and by_district.clear.empty:
        texts.append(report.text("findings.difference.districts"))
    return Prose(" ".join(texts))


def _difference(report: Report, row: Any) -> str:
    """State one difference, with both means where they are published and give that difference."""
    fields = contrast(report, row, "group")
    scores = report.rows("scores_by_group", dimension=row.dimension)
    means = scores[scores["shown"]].set_index("group")["value"]
    pair = [means.get(key) for key in (row.group, row.versus)]
    if any(pd.isna(mean) for mean in pair) or pair[0] - pair[1] != row.value:
        return report.text("findings.difference.points", **fields)
    high, low = max(pair), min(pair)
    return report.text("findings.difference.means", **fields | {"high": high, "low": low})


def asked_text(report: Report) -> Prose:
    """Name the most frequent theme of the proposals, or of the meetings without proposals.

    "" if a theme is withheld, or two are equally frequent.
    """
    for table, key in (("themes_survey", "proposals"), ("themes_meetings", "meetings")):
        rows = themes_over_all(report, table)
        if rows.empty:
            continue
        first = only_largest(rows)
        if first is None:
            return Prose("")
        theme = plain(theme_name(report, first["theme"]))
        numbers = {"n": int(first["value"]), "of": int(first["of"])}
        return Prose(report.text(f"findings.asked_in.{key}", theme=theme, **numbers))
    return Prose("")


def not_known_text(report: Report) -> Prose:
    """Name the topic with the largest share of "don't know", and the one with most refusals.

    Nothing is said where a number is withheld, or two topics are equal.
    """
    texts = []
    shares = dont_know_shares(report).reset_index()
    least = only_largest(shares) if report.rows("not_knowing")["shown"].all() else None
    if least is not None:
        numbers = {"n": int(least["dont_know"]), "of": int(least["asked"])}
        name = plain(report.dimension(least["dimension"]))
        texts.append(report.text("findings.unknown", dimension=name, **numbers))
    refusals = report.rows("not_knowing", statistic="refused")
    most = only_largest(refusals)
    if most is not None:
        numbers = {"n": int(most["value"]), "of": int(refusals["value"].sum())}
        name = plain(report.dimension(most["dimension"]))
        texts.append(report.text("findings.refused", dimension=name, **numbers))
    return Prose(" ".join(texts))
