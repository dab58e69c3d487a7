"""Published numbers -> prose in the report's language; the only place that says what they mean.

A difference is stated only where its adjusted p is below 0.05 and its interval excludes zero;
otherwise the text says that no clear difference was found, with the interval, and never that
there is none (analysis plan, section 3). Every sentence carries its base.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from umid_research.implementation import CODES
from umid_research.report import Report
from umid_research.score import INDEX

NEVER_MET = "the groups share no stratum"
_CUSTOMARY_ALPHA = 0.7
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
    apart = f"{key}_unmatched"
    if not report.study.is_matched and f"section.{apart}.why" in report.text.keys:
        key = apart
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
            ("02-implementation", "implementation.html"),
            ("04-stakeholders", "stakeholders.html"),
            ("05-robustness", "robustness.html"),
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
    counts = [_answered(report, name, row) for row in answers[answers["value"] > 0].itertuples()]
    sentence = report.text(
        "headline.sentence",
        question=_plain(report.question(name)),
        answers=report.text.listed(counts),
        n=int(answers["respondents"].iloc[0]),
    )
    if answers["percent"].isna().all():
        return Prose(sentence)
    return Prose(f"{sentence} {report.text('headline.as_if')}")


def _answered(report: Report, question: str, row: Any) -> str:
    """How many gave an answer, and their percentage where that is precise enough."""
    answer = _plain(report.answer(question, str(row.answer)))
    if pd.isna(row.percent):
        return report.text("headline.answer", n=int(row.value), answer=answer)
    return report.text(
        "headline.answer_percent",
        n=int(row.value),
        answer=answer,
        percent=row.percent,
        low=row.low,
        high=row.high,
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
    opening = "group" if report.study.is_matched else "unmatched"
    return _differences(report, "differences_by_group", opening, "group")


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
        report.text(
            f"differences.{opening}.{'clear' if lines else 'none'}", n=len(clear), of=len(shown)
        ),
        "".join(f"- {line}\n" for line in lines),
        _unclear(report, unclear),
        *_never_met(report, rows),
    ]
    hidden = len(rows) - len(shown) - int(_is_never_met(rows).sum())
    if hidden:
        parts.append(report.text("differences.hidden", n=hidden))
    return Prose("\n\n".join(part for part in parts if part))


def _unclear(report: Report, unclear: pd.DataFrame) -> str:
    """How many differences are not clear, and how large a difference would have been found."""
    told = unclear["p_adjusted"].notna()
    sentences = []
    if told.any():
        sentences.append(report.text("differences.unclear", n=int(told.sum())))
    found = unclear["mdd"].dropna()
    if len(found):
        least, most = int(found.min()), int(found.max())
        key = "differences.detectable" if least == most else "differences.detectable_range"
        sentences.append(report.text(key, low=least, high=most))
    if not told.all():
        sentences.append(report.text("differences.no_interval", n=int((~told).sum())))
    return " ".join(sentences)


def _is_never_met(rows: pd.DataFrame) -> pd.Series:
    return rows["note"].str.endswith(NEVER_MET)


def _never_met(report: Report, rows: pd.DataFrame) -> Iterable[str]:
    """The pairs that no stratum holds both of, which no number of interviews would compare."""
    apart = rows[_is_never_met(rows)]
    pairs = dict.fromkeys(zip(apart["group"], apart["versus"], strict=True))
    if pairs:
        listed = [
            report.text(
                "differences.pair", first=_plain(report.group(a)), second=_plain(report.group(b))
            )
            for a, b in pairs
        ]
        yield report.text("differences.never_met", pairs=report.text.listed(listed))


def _largest_first(differences: pd.DataFrame) -> pd.DataFrame:
    return differences.reindex(differences["value"].abs().sort_values(ascending=False).index)


def _difference(report: Report, row: object, by: str) -> str:
    """One stated difference, the higher side first."""
    first, second = getattr(row, by), row.versus  # type: ignore[attr-defined]
    value, low, high = row.value, row.low, row.high  # type: ignore[attr-defined]
    if value < 0:
        first, second, value, low, high = second, first, -value, -high, -low
    return report.text(
        "differences.line",
        dimension=_plain(report.dimension(row.dimension)),  # type: ignore[attr-defined]
        first=_plain(compared_name(report, by, first)),
        second=_plain(compared_name(report, by, second)),
        n=int(value),
        low=int(low),
        high=int(high),
        units=int(row.units),  # type: ignore[attr-defined]
    )


def what_survives(report: Report) -> Prose:
    """How often each stated difference holds when the choices behind it change."""
    lines = [_survival(report, *stated) for stated in _stated(report)]
    others = _rarely_clear(report)
    if not lines:
        return Prose("\n\n".join([report.text("robustness.none"), *others]))
    bullets = "".join(f"- {line}\n" for line in lines)
    return Prose("\n\n".join([report.text("robustness.clear"), bullets, *others]))


def _stated(report: Report) -> Iterable[tuple[str, pd.Series]]:
    """The differences of A and D that may be stated, with what they compare."""
    for by in ("group", "side"):
        rows = report.rows(f"differences_by_{by}")
        rows = rows[rows["family"].isin(["A", "D"])]
        for _, row in rows[is_clear(rows)].iterrows():
            yield by, row


def _survival(report: Report, by: str, row: pd.Series) -> str:
    """One stated difference and, kind by kind, in how many runs it is the same."""
    keys = {name: row[name] for name in ("family", "dimension", by, "versus")}
    runs = report.rows("robustness", **keys)
    counts = [
        report.text(f"robustness.run.{run.statistic}", k=int(run.value), n=int(run.runs))
        for run in runs[runs["shown"]].itertuples()
    ]
    first, second = (compared_name(report, by, row[name]) for name in (by, "versus"))
    return report.text(
        "robustness.line",
        dimension=_plain(report.dimension(row["dimension"])),
        first=_plain(first if row["value"] > 0 else second),
        second=_plain(second if row["value"] > 0 else first),
        runs=report.text.listed(counts),
    )


def _rarely_clear(report: Report) -> Iterable[str]:
    """How many unclear comparisons some run makes clear: choices could have made them findings."""
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
    yield report.text("robustness.unclear", n=int(unclear.sum()), of=len(unclear))


def district_bands(report: Report) -> Prose:
    """Which districts can be told apart, and which cannot."""
    rows = report.rows("district_bands")
    shown = rows[rows["shown"]]
    if shown.empty:
        return Prose(report.text("withheld_reason"))
    names = shown["district"].map(lambda key: _plain(report.district_name(key)))
    bands = [
        report.text.listed(names[shown["value"] == band]) for band in sorted(set(shown["value"]))
    ]
    if len(bands) == 1:
        return Prose(report.text("bands.one", districts=bands[0]))
    lines = "".join(f"{place}. {band}\n" for place, band in enumerate(bands, start=1))
    return Prose(report.text("bands.several") + "\n\n" + lines)


def reliability(report: Report) -> Prose:
    """What the reliability of the dimensions can tell at this size."""
    rows = report.rows("reliability", statistic="alpha")
    shown = rows[rows["shown"]]
    if shown.empty:
        return Prose(report.text("reliability.none"))
    weak = shown[shown["low"] < _CUSTOMARY_ALPHA]
    return Prose(
        report.text(
            "reliability.sentence",
            n=len(weak),
            of=len(shown),
            least=int(shown["respondents"].min()),
            most=int(shown["respondents"].max()),
            alpha=_CUSTOMARY_ALPHA,
        )
    )


def compared_name(report: Report, by: str, key: str) -> str:
    """The name of what is compared: a group, a district, or a side."""
    if by == "side":
        return report.text(f"table.side.{key}")
    return report.group(key) if by == "group" else report.district_name(key)


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


# --- what has been implemented ------------------------------------------------------------------


def area_name(report: Report, key: str) -> str:
    """An area's name; that of all together is in the catalogue."""
    if key == INDEX:
        return report.text("implementation.all_areas")
    return report.name(report.study.areas[key].name)


def irm_code(report: Report, code: str) -> str:
    """A code of the IRM scale in the report's language."""
    return report.text(f"irm.{code.lower().replace(' ', '_')}")


def implemented(report: Report) -> Prose:
    """What documents show, over all districts or in the report's; where most and least; the gap.

    What is missing for that is said instead.
    """
    missing = missing_registers(report, "measures", "evidence").markdown
    if "measures" in _missing(report):
        return Prose(missing)
    parts = [missing or _documents(report), *_most_and_least(report), *_area_gap(report)]
    return Prose(
        "\n\n".join([" ".join(filter(None, parts)), placeholders(report).markdown]).strip()
    )


def missing_registers(report: Report, *names: str) -> Prose:
    """Which of the named registers the study does not have, and what the report lacks for it.

    Evidence and codes belong to measures: without these they are not missed.
    """
    missing = _missing(report)
    if "measures" in missing:
        missing -= {"evidence", "analyst_codes"}
    told = [report.text(f"implementation.missing.{name}") for name in names if name in missing]
    return Prose(" ".join(told))


def placeholders(report: Report) -> Prose:
    """How many measures nobody has verified."""
    rows = report.rows("measures", answer=report.language)
    unverified = int((rows["statistic"] == "no").sum())
    if not unverified:
        return Prose("")
    return Prose(report.text("implementation.placeholders", n=unverified))


def _missing(report: Report) -> set[str]:
    rows = report.rows("registers")
    return set(rows.loc[rows["note"] != "", "statistic"])


def _of_place(report: Report, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the report's district, or all of them."""
    return rows if report.district is None else rows[rows["district"] == report.district]


def _documents(report: Report) -> str:
    rows = _of_place(report, report.rows("status", statistic="documentary"))
    counts = rows["answer"].value_counts()
    listed = [
        report.text("implementation.count", n=int(counts[code]), code=irm_code(report, code))
        for code in CODES
        if code in counts
    ]
    key = "documents" if report.district is None else "documents_district"
    return report.text(
        f"implementation.{key}",
        measures=rows["question"].nunique(),
        districts=rows["district"].nunique(),
        n=len(rows),
        codes=report.text.listed(listed),
        **_place(report),
    )


def _most_and_least(report: Report) -> Iterable[str]:
    rows = report.rows("documentary_by_area")
    here = rows["district"].isna() if report.district is None else rows["district"].notna()
    rows = _of_place(report, rows[here & (rows["dimension"] != INDEX)]).dropna(subset=["value"])
    if rows["value"].nunique() < 2:
        return
    best, worst = rows.loc[rows["value"].idxmax()], rows.loc[rows["value"].idxmin()]
    yield report.text(
        "implementation.range",
        best=_plain(area_name(report, best["dimension"])),
        best_value=int(best["value"]),
        best_n=int(best["units"]),
        worst=_plain(area_name(report, worst["dimension"])),
        worst_value=int(worst["value"]),
        worst_n=int(worst["units"]),
    )


def _area_gap(report: Report) -> Iterable[str]:
    """The gap over all areas; a district has too few units for one."""
    rows = report.rows("gap_by_area", dimension=INDEX)
    if report.district is not None or rows.empty or not rows["shown"].all():
        return
    row = rows.iloc[0]
    if pd.isna(row["low"]):
        return
    value, low, high = row["value"], row["low"], row["high"]
    key = "gap_clear" if value > 0 else "gap_clear_less"
    if not is_clear(rows).all():
        key = "gap_unclear"
    elif value < 0:
        value, low, high = -value, -high, -low
    yield report.text(
        f"implementation.{key}",
        n=int(value),
        low=report.text.number(low) if key != "gap_unclear" else report.text.signed(low),
        high=report.text.number(high) if key != "gap_unclear" else report.text.signed(high),
        units=int(row["units"]),
    )


def apart(report: Report) -> Prose:
    """In how many cases views, documents and codes part; nothing in a study without measures."""
    if report.rows("status").empty:
        return Prose("")
    n = len(_of_place(report, report.rows("disagreements")))
    if not n:
        return Prose(report.text("implementation.disagree.none"))
    return Prose(report.text("implementation.disagree.some", n=n))


def checking(report: Report) -> Prose:
    """How far two checkers of the same thing agree."""
    rows = report.rows("checking").set_index("statistic")
    if rows.empty:
        return Prose(report.text("implementation.checking.none"))
    n, differ = int(rows.loc["alpha", "units"]), int(rows.loc["differ", "value"])
    if not differ:
        return Prose(report.text("implementation.checking.agree", n=n))
    numbers = {name: round(rows.loc["alpha", name], 2) for name in ("value", "low", "high")}
    return Prose(
        report.text(
            "implementation.checking.sentence",
            n=n,
            differ=differ,
            alpha=numbers["value"],
            low=numbers["low"],
            high=numbers["high"],
        )
    )


# --- meetings -----------------------------------------------------------------------------------


def spoken(report: Report) -> Prose:
    """What people spoke about most in meetings and proposals, and how far the coders agree."""
    if "meetings" in _missing(report):
        return missing_registers(report, "meetings")
    parts = [
        *_most_spoken(report, "themes_meetings", "meetings.sentence"),
        *_most_spoken(report, "themes_survey", "meetings.proposals"),
        *_coders(report),
    ]
    return Prose(" ".join(parts))


def _most_spoken(report: Report, table: str, key: str, most: int = 3) -> Iterable[str]:
    rows = report.rows(table)
    rows = rows[rows[["group", "district"]].isna().all(axis=1) & rows["shown"]]
    if rows.empty:
        return
    first = rows.sort_values("value", ascending=False, kind="stable").head(most)
    listed = [
        report.text("meetings.most", theme=_plain(theme_name(report, row.dimension)), k=row.value)
        for row in first.itertuples()
    ]
    yield report.text(key, n=int(rows["respondents"].iloc[0]), themes=report.text.listed(listed))


def _coders(report: Report) -> Iterable[str]:
    rows = report.rows("coding", statistic="alpha")
    known = rows.dropna(subset=["value"])
    if known.empty:
        yield report.text("meetings.one_coder")
        return
    low, high = known.loc[known["value"].idxmin()], known.loc[known["value"].idxmax()]
    yield report.text(
        "meetings.coders",
        n=int(known["units"].max()),
        low=round(low["value"], 2),
        worst=_plain(theme_name(report, low["dimension"])),
        high=round(high["value"], 2),
        best=_plain(theme_name(report, high["dimension"])),
    )


def quotes(report: Report) -> Prose:
    """Screened texts, each with its theme and its group or its district, never both."""
    rows = report.rows("quotes")
    rows = rows[rows["shown"]]
    if rows.empty:
        return Prose(report.text("meetings.no_quotes"))
    lines = [
        report.text(
            "meetings.quote",
            text=_plain(row.note),
            theme=_plain(theme_name(report, row.dimension)),
            who=_plain(
                report.group(row.group)
                if pd.notna(row.group)
                else report.district_name(row.district)
            ),
        )
        for row in rows.itertuples()
    ]
    return Prose("".join(f"- {line}\n" for line in lines))


def theme_name(report: Report, key: str) -> str:
    """A theme's name."""
    return report.name(report.study.themes[key].name)


def _place(report: Report) -> dict[str, str]:
    return {"district": _plain(report.district_name(report.district)) if report.district else ""}


def _everybody(field_work: pd.DataFrame) -> pd.DataFrame:
    return field_work[field_work[["group", "district", "locality"]].isna().all(axis=1)]


def _plain(text: str) -> str:
    """The text with every character that Markdown would read as markup made literal."""
    return _MARKUP.sub(r"\\\1", text)
