"""Markdown that a notebook shows as text, and its headings and boxes."""

import re
from dataclasses import dataclass

import pandas as pd

from umid_research.report import Report

_BOX_LINE = re.compile(r"^:::(?: \{[^}\n]*\})?$\n*", re.MULTILINE)
_FRAME = re.compile(r"\[([^\[\]]*\[[^\[\]]*\][^\[\]]*)\]\{\.frame\}")
_SOURCE = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\{\.source\}")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#$|~^@])")


@dataclass(frozen=True)
class Prose:
    """Markdown that a notebook shows as text and an exporter takes over word by word.

    Jupyter knows neither boxes nor spans of a class: it shows what is in them, and `boxed` keeps
    them for the exporter.
    """

    markdown: str

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        shown = _BOX_LINE.sub("", self.markdown).strip("\n")
        shown = _SOURCE.sub(r"\1", _FRAME.sub(r"\1", shown))
        told = {} if shown == self.markdown else {"text/markdown": {"boxed": self.markdown}}
        return {"text/markdown": shown, "text/plain": shown}, told

    def __repr__(self) -> str:
        return self.markdown


def section(report: Report, key: str) -> Prose:
    """A heading and the sentence below it that says why the reader should look.

    A study without matched groups, or without documents, may have words of its own for it.
    """
    lacking = {"unmatched": not report.study.is_matched, "undocumented": not report.is_documented}
    for apart in (f"{key}_{what}" for what, lacks in lacking.items() if lacks):
        if f"section.{apart}.why" in report.text.keys:
            key = apart
    heading = report.text(f"section.{key}.heading", **place(report))
    why = report.text(f"section.{key}.why", **place(report))
    return Prose(f"## {heading}\n\n{why}")


def finding(*prose: Prose) -> Prose:
    """The given prose as one highlighted box."""
    body = "\n\n".join(part.markdown for part in prose if part.markdown)
    return Prose(f"::: {{.finding}}\n\n{body}\n\n:::")


def untold(report: Report, rows: pd.DataFrame) -> str:
    """Why none of `rows` is told: all are withheld, or there are none since nothing was scored."""
    return report.text("withheld_reason" if len(rows) else "no_score")


def place(report: Report) -> dict[str, str]:
    """The report's district as the word that a text may need; blank in the study."""
    return {"district": plain(report.district_name(report.district)) if report.district else ""}


def plain(text: str) -> str:
    """The text with every character that Markdown would read as markup made literal."""
    return _MARKUP.sub(r"\\\1", text)
