"""Published numbers -> prose in the report's language; the only place that says what they mean.

A difference is stated only where its adjusted p is below 0.05 and its interval excludes zero;
otherwise the text says that no clear difference was found, with the interval, and never that
there is none (analysis plan, section 3). Every sentence carries its base.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from umid_research.report import Report
from umid_research.score import INDEX

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#$|~^@])")


@dataclass(frozen=True)
class Prose:
    """Markdown that a notebook shows as text and an exporter takes over word by word."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return self.markdown


def section(report: Report, key: str) -> Prose:
    """A heading and the sentence below it that says why the reader should look."""
    heading = report.text(f"section.{key}.heading", **_place(report))
    why = report.text(f"section.{key}.why", **_place(report))
    return Prose(f"## {heading}\n\n{why}")


def finding(*prose: Prose) -> Prose:
    """The given prose as one highlighted box."""
    body = "\n\n".join(part.markdown for part in prose if part.markdown)
    return Prose(f"::: {{.finding}}\n\n{body}\n\n:::")


def reports(report: Report) -> Prose:
    """Where the other reports of the study are, as links beside this one."""
    lines = [
        f"- [{report.text(f'title.{notebook}')}]({file})"
        for notebook, file in (
            ("04-stakeholders", "stakeholders.html"),
            ("01-data-quality", "quality.html"),
        )
    ]
    lines += [
        f"- [{report.text('title.03-district', district=_plain(report.district_name(key)))}]"
        f"(districts/{key}.html)"
        for key in report.study.districts
    ]
    return Prose("\n".join(lines))


def is_clear(differences: pd.DataFrame) -> pd.Series:
    """Whether a difference may be stated: adjusted p < 0.05 and the interval excludes zero."""
    excludes_zero = (differences["low"] > 0) | (differences["high"] < 0)
    return differences["shown"] & (differences["p_adjusted"] < 0.05) & excludes_zero


def headline(report: Report) -> Prose:
    """How many gave which answer to the study's headline question."""
    name = report.study.headline
    if name is None:
        return Prose("")
    answers = report.rows("answers", question=name)
    if not answers["shown"].all():
        return Prose(report.text("withheld_reason"))
    counts = [
        report.text(
            "headline.answer",
            n=int(row.value),
            answer=_plain(report.answer(name, str(row.answer))),
        )
        for row in answers[answers["value"] > 0].itertuples()
    ]
    return Prose(
        report.text(
            "headline.sentence",
            question=_plain(report.question(name)),
            answers=report.text.listed(counts),
            n=int(answers["respondents"].iloc[0]),
        )
    )


def sample(report: Report) -> Prose:
    """Who was asked, when, how and by whom."""
    work, study = report.study.field_work, report.study
    total = _everybody(report.rows("field_work"))
    groups = report.rows("field_work")
    groups = groups[groups["group"].notna() & groups["district"].isna()]
    by_group = groups.set_index("group").reindex(list(study.groups)).fillna(0)
    listed = [
        report.text(
            "sample.group",
            group=_plain(report.group(key)),
            n=int(row["respondents"]),
            units=int(row["units"]),
        )
        for key, row in by_group.iterrows()
    ]
    return Prose(
        report.text(
            "sample.sentence",
            start=work.start,
            end=work.end,
            conducted_by=_plain(report.name(work.conducted_by)),
            sponsor=_plain(report.name(work.sponsor)),
            recruitment=_plain(report.name(work.recruitment)),
            n=int(total["respondents"].iloc[0]),
            units=int(total["units"].iloc[0]),
            districts=report.text.listed(_plain(report.district_name(d)) for d in study.districts),
            groups=report.text.listed(listed),
        )
    )


def group_differences(report: Report) -> Prose:
    """What differs between the groups, by how much and how sure; then what is not clear."""
    if not report.study.is_matched:
        return Prose(report.text("differences.not_computed"))
    return _differences(report, "group")


def district_differences(report: Report) -> Prose:
    """What differs between the districts; an exploratory family."""
    if not report.study.is_matched:
        return Prose(report.text("differences.not_computed"))
    return _differences(report, "district")


def _differences(report: Report, by: str) -> Prose:
    rows = report.rows(f"differences_by_{by}")
    estimable = rows[rows["note"] == ""]
    shown = estimable[estimable["shown"]]
    clear = shown[is_clear(shown)]
    lines = [_difference(report, row, by) for row in _largest_first(clear).itertuples()]
    unclear = len(shown) - len(clear)
    bullets = "".join(f"- {line}\n" for line in lines)
    verdict = "clear" if lines else "none"
    opening = report.text(f"differences.{by}.{verdict}", n=len(clear), of=len(shown))
    closing = report.text("differences.unclear", n=unclear) if unclear else ""
    hidden = len(rows) - len(shown)
    rest = report.text("differences.hidden", n=hidden) if hidden else ""
    return Prose("\n\n".join(part for part in (opening, bullets, closing, rest) if part))


def _largest_first(differences: pd.DataFrame) -> pd.DataFrame:
    return differences.reindex(differences["value"].abs().sort_values(ascending=False).index)


def _difference(report: Report, row: object, by: str) -> str:
    """One stated difference, the higher side first."""
    first, second = getattr(row, by), row.versus  # type: ignore[attr-defined]
    value, low, high = row.value, row.low, row.high  # type: ignore[attr-defined]
    if value < 0:
        first, second, value, low, high = second, first, -value, -high, -low
    name = report.group if by == "group" else report.district_name
    return report.text(
        "differences.line",
        dimension=_plain(report.dimension(row.dimension)),  # type: ignore[attr-defined]
        first=_plain(name(first)),
        second=_plain(name(second)),
        n=int(value),
        low=int(low),
        high=int(high),
        units=int(row.units),  # type: ignore[attr-defined]
    )


def levels(report: Report) -> Prose:
    """Where each group stands on the index."""
    rows = report.rows("scores_by_group", dimension=INDEX)
    shown = rows[rows["shown"]].set_index("group")
    texts = [
        report.text(
            "levels.group",
            group=_plain(report.group(key)),
            value=int(shown.loc[key, "value"]),
            units=int(shown.loc[key, "units"]),
        )
        for key in report.study.groups
        if key in shown.index
    ]
    if not texts:
        return Prose(report.text("withheld_reason"))
    return Prose(report.text("levels.sentence", groups=report.text.listed(texts)))


def not_knowing(report: Report) -> Prose:
    """Where most people could not judge: the dimension with the largest share of don't know."""
    rows = report.rows("not_knowing")
    wide = rows[rows["shown"]].pivot(index="dimension", columns="statistic", values="value")
    if wide.empty or "dont_know" not in wide:
        return Prose("")
    most = (wide["dont_know"] / wide["answered"]).idxmax()
    return Prose(
        report.text(
            "not_knowing.sentence",
            dimension=_plain(report.dimension(most)),
            n=int(wide.loc[most, "dont_know"]),
            of=int(wide.loc[most, "answered"]),
        )
    )


def district_profile(report: Report) -> Prose:
    """The district's highest and lowest dimensions, and how far its two sides stand apart."""
    scores = report.rows("scores_by_district", district=str(report.district))
    scores = scores[scores["shown"] & (scores["dimension"] != INDEX)]
    if scores.empty:
        return Prose(report.text("withheld_reason"))
    best, worst = scores.loc[scores["value"].idxmax()], scores.loc[scores["value"].idxmin()]
    sentences = [
        report.text(
            "district.range",
            district=_plain(report.district_name(str(report.district))),
            best=_plain(report.dimension(best["dimension"])),
            best_value=int(best["value"]),
            worst=_plain(report.dimension(worst["dimension"])),
            worst_value=int(worst["value"]),
            respondents=int(scores["respondents"].max()),
            units=int(scores["units"].max()),
        )
    ]
    return Prose(" ".join([*sentences, *_sides_apart(report)]))


def _sides_apart(report: Report) -> Iterable[str]:
    rows = report.rows("scores_by_side", district=str(report.district))
    rows = rows[rows["shown"]]
    wide = rows.pivot(index="dimension", columns="side", values="value")
    if not {"supply", "demand"} <= set(wide.columns) or wide.dropna().empty:
        return
    gap = (wide["supply"] - wide["demand"]).dropna()
    widest = gap.abs().idxmax()
    yield report.text(
        "district.gap",
        dimension=_plain(report.dimension(widest)),
        supply=int(wide.loc[widest, "supply"]),
        demand=int(wide.loc[widest, "demand"]),
    )


def intake(report: Report) -> Prose:
    """How many submissions came in, were kept and were set aside, and how many answers changed."""
    totals = report.rows("intake").set_index("statistic")["value"]
    changed = report.rows("issues")["value"].sum()
    return Prose(
        report.text(
            "intake.sentence",
            n=int(totals["read"]),
            kept=int(totals["kept"]),
            set_aside=int(totals["set_aside"]),
            issues=int(changed),
        )
    )


def quota(report: Report) -> Prose:
    """Which planned units were reached, group by group."""
    rows = report.rows("field_work")
    rows = rows[rows["group"].notna() & rows["district"].isna()].set_index("group")
    short = [
        report.text(
            "quota.short",
            group=_plain(report.group(key)),
            units=int(rows["units"].get(key, 0)),
            n=group.quota,
        )
        for key, group in report.study.groups.items()
        if group.quota is not None and rows["units"].get(key, 0) < group.quota
    ]
    if all(group.quota is None for group in report.study.groups.values()):
        return Prose("")
    if not short:
        return Prose(report.text("quota.reached"))
    return Prose(report.text("quota.sentence", groups=report.text.listed(short)))


def limits(report: Report) -> Prose:
    """What the study cannot tell, in the study's own numbers."""
    matched = "matched" if report.study.is_matched else "unmatched"
    keys = ["limits.opinion", "limits.sample", f"limits.{matched}", "limits.withheld"]
    thresholds = report.study.thresholds
    return Prose(
        "".join(
            "- "
            + report.text(
                key,
                units=thresholds.units,
                respondents=thresholds.respondents,
                answers=thresholds.answers,
            )
            + "\n"
            for key in keys
        )
    )


def _place(report: Report) -> dict[str, str]:
    return {"district": _plain(report.district_name(report.district)) if report.district else ""}


def _everybody(field_work: pd.DataFrame) -> pd.DataFrame:
    return field_work[field_work[["group", "district", "locality"]].isna().all(axis=1)]


def _plain(text: str) -> str:
    """The text with every character that Markdown would read as markup made literal."""
    return _MARKUP.sub(r"\\\1", text)
