"""Markdown text with headings and boxes, shown by notebooks and kept for the exporters."""

import re
from dataclasses import dataclass

import pandas as pd

from umid_research.report.study_report import Report

_BOX_LINE = re.compile(r"^:::(?: \{[^}\n]*\})?$\n*", re.MULTILINE)
_FRAME = re.compile(r"\[([^\[\]]*\[[^\[\]]*\][^\[\]]*)\]\{\.frame\}")
_SOURCE = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\{\.source\}")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#$|~^@])")


@dataclass(frozen=True)
class Prose:
    """Markdown that a notebook shows as text and an exporter copies word by word.

    Jupyter supports neither boxes nor spans with a class: it shows only their content. The
    metadata `boxed` keeps the full Markdown for the exporter.
    """

    markdown: str

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        shown = _BOX_LINE.sub("", self.markdown).strip("\n")
        shown = _SOURCE.sub(r"\1", _FRAME.sub(r"\1", shown))
        metadata = {} if shown == self.markdown else {"text/markdown": {"boxed": self.markdown}}
        return {"text/markdown": shown, "text/plain": shown}, metadata

    def __repr__(self) -> str:
        return self.markdown


def section(report: Report, key: str) -> Prose:
    """Return a section's heading and the sentence that says why it matters.

    The catalogue may have other texts for a study without matched groups or without documents.
    """
    lacking = {"unmatched": not report.study.is_matched, "undocumented": not report.is_documented}
    for variant in (f"{key}_{what}" for what, lacks in lacking.items() if lacks):
        if f"section.{variant}.why" in report.text.keys:
            key = variant
    heading = report.text(f"section.{key}.heading", **place(report))
    why = report.text(f"section.{key}.why", **place(report))
    return Prose(f"## {heading}\n\n{why}")


def finding(*prose: Prose) -> Prose:
    """Return the given texts as one highlighted box."""
    body = "\n\n".join(part.markdown for part in prose if part.markdown)
    return Prose(f"::: {{.finding}}\n\n{body}\n\n:::")


def no_result_reason(report: Report, rows: pd.DataFrame) -> str:
    """Say why there is no result: all of `rows` are withheld, or nothing could be scored."""
    return report.text("withheld_reason" if len(rows) else "no_score")


def place(report: Report) -> dict[str, str]:
    """Return the report's district as a text field; "" in the report of the study."""
    return {"district": plain(report.district_name(report.district)) if report.district else ""}


def plain(text: str) -> str:
    """Escape all characters of the text that Markdown would read as markup."""
    return _MARKUP.sub(r"\\\1", text)
