"""Text about meetings and open proposals: themes, agreement of the coders, quotes."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from umid_research.report.implementation.text import absent_registers, missing_registers
from umid_research.report.names import theme_name
from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report


def themes_text(report: Report) -> Prose:
    """Name the most frequent themes of meetings and proposals, and the coders' agreement."""
    if "meetings" in absent_registers(report):
        return missing_registers(report, "meetings")
    return Prose(
        " ".join(
            [frequent_themes_text(report).markdown, coder_agreement_text(report).markdown]
        ).strip()
    )


def frequent_themes_text(report: Report) -> Prose:
    """Name the most frequent themes of meetings and proposals."""
    if "meetings" in absent_registers(report):
        return missing_registers(report, "meetings")
    parts = [
        *_most_of(report, "themes_meetings", "meetings.sentence"),
        *_most_of(report, "themes_survey", "meetings.proposals"),
    ]
    return Prose(" ".join(parts))


def themes_over_all(report: Report, table: str) -> pd.DataFrame:
    """Return the rows of a table of themes that cover all groups and districts."""
    rows = report.rows(table)
    return rows[rows[["group", "district"]].isna().all(axis=1)]


def _most_of(report: Report, table: str, key: str, most: int = 3) -> Iterable[str]:
    rows = themes_over_all(report, table)
    rows = rows[rows["shown"]]
    if rows.empty:
        return
    first = rows.sort_values("value", ascending=False, kind="stable").head(most)
    listed = [
        report.text("meetings.most", theme=plain(theme_name(report, row.theme)), k=row.value)
        for row in first.itertuples()
    ]
    yield report.text(key, n=int(rows["of"].iloc[0]), themes=report.text.listed(listed))


def coder_agreement_text(report: Report) -> Prose:
    """Say how far the two coders agree; or name the missing register."""
    if "meetings" in absent_registers(report):
        return missing_registers(report, "meetings")
    rows = report.rows("coding", statistic="alpha")
    known = rows.dropna(subset=["value"])
    if known.empty:
        return Prose(report.text("meetings.one_coder"))
    low, high = known.loc[known["value"].idxmin()], known.loc[known["value"].idxmax()]
    return Prose(
        report.text(
            "meetings.coders",
            n=int(known["segments"].max()),
            low=round(low["value"], 2),
            worst=plain(theme_name(report, low["theme"])),
            high=round(high["value"], 2),
            best=plain(theme_name(report, high["theme"])),
        )
    )


def quotes(report: Report, *, most: int | None = None) -> Prose:
    """List the screened quotes, each with its theme and its group or district, never both.

    Group and district together could identify the speaker. A translation into the report's
    language comes first, the original beside it. With `most`, at most that many are listed, of as
    many themes as possible.
    """
    rows = report.rows("quotes")
    rows = rows[rows["shown"]]
    if rows.empty:
        return Prose(report.text("meetings.no_quotes"))
    readable = rows[rows["original"].notna() & (rows["language"] == report.language)]
    translated = readable.set_index("original")["text"]
    rows = rows[rows["original"].isna()]
    rows = rows.assign(translation=rows["text"].map(translated))
    if most is not None:
        turn = rows.groupby("theme", sort=False).cumcount()
        rows = rows.loc[turn.sort_values(kind="stable").index].head(most)
    return Prose("".join(f"- {_quote(report, row)}\n" for row in rows.itertuples()))


def _quote(report: Report, row: Any) -> str:
    """Return one quote, translated if it can be, with its language if that is not the report's."""
    by_group = pd.notna(row.group)
    who = plain(report.group(row.group) if by_group else report.district_name(row.district))
    names = {"theme": plain(theme_name(report, row.theme)), "who": who}
    text = plain(row.text)
    if row.language == report.language or (pd.isna(row.language) and pd.isna(row.translation)):
        return report.text("meetings.quote", text=text, **names)
    if pd.isna(row.language):
        return report.text(
            "meetings.translated_alone", text=plain(row.translation), original=text, **names
        )
    language = report.text.language_name(row.language)
    marked = f"[{text}]{{lang={row.language}}}"
    if pd.isna(row.translation):
        return report.text("meetings.foreign_quote", text=marked, language=language, **names)
    return report.text(
        "meetings.translated_quote",
        text=plain(row.translation),
        original=marked,
        language=language,
        **names,
    )
