"""What could be done, by whom: what most places lack, and what most people asked for.

    part     documents                           people                             addressee
    finance  Report on budget execution: 7 of 12 Post the execution of the budget   Municipality

For example, 7 of the 12 places have no report on the execution of the budget, and people proposed
to post it on the notice board. Each line is a count or a proposal from the registers; nothing is
advised by the program.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from umid_research.report.names import addressee_name, area_name
from umid_research.report.prose import Prose, plain
from umid_research.report.study_report import Report

_MISSING = ("not_found",)
_PROPOSALS = 1  # most proposals named per part of the plan and addressee


def could_be_done(report: Report) -> Prose:
    """List per part of the plan what most places lack and what people asked, with the reply.

    "" where the study has neither evidence nor a register of proposals.
    """
    parts = []
    for part in report.study.areas:
        lines = [*_lacking(report, part), *_asked(report, part)]
        if lines:
            items = "".join(f"- {line}\n" for line in lines)
            parts.append(f"**{plain(area_name(report, part))}**\n\n{items}")
    return Prose("\n\n".join(parts))


def _lacking(report: Report, part: str) -> Iterator[str]:
    """Yield the required document that most places lack; none where nothing was looked for."""
    yield from (text for text, _ in _lack(report, part))


def _lack(report: Report, part: str) -> Iterator[tuple[str, float]]:
    """Yield the sentence on the document that most places lack, and the share of places."""
    rows = report.rows("evidence", area=part)
    rows = rows[rows["shown"]].drop_duplicates(["item", "locality"])
    rows = rows[rows["result"] != "not_accessible"]
    if rows.empty:
        return
    lack = rows["result"].isin(_MISSING).groupby(rows["item"]).agg(["sum", "size"])
    lack = lack[lack["sum"] > 0].sort_values("sum", ascending=False, kind="stable")
    for item, counted in lack.head(1).iterrows():
        text = report.text(
            "actions.lacking",
            item=plain(report.name(report.study.evidence_items[str(item)].name)),
            n=int(counted["sum"]),
            of=int(counted["size"]),
        )
        yield text, counted["sum"] / counted["size"]


def _asked(report: Report, part: str) -> Iterator[str]:
    """Yield the proposal that people made most often, with its addressee and the reply."""
    rows = report.proposals
    rows = rows[rows["area"] == part].sort_values("mentions", ascending=False, kind="stable")
    for row in rows.head(_PROPOSALS).itertuples():
        yield _proposal(report, row)


def _proposal(report: Report, row: Any) -> str:
    """Return a proposal in the report's language, its addressee, and the reply if it was sent."""
    texts = {code: getattr(row, f"text_{code}", "") for code in report.study.languages}
    text, _ = report.localised({**texts, str(row.language): row.text_masked})
    sentences = [
        report.text(
            "actions.asked",
            text=plain(text.rstrip(".")),
            addressee=plain(addressee_name(report, row.addressee)),
            n=int(row.mentions),
        )
    ]
    if pd.notna(row.submitted):
        sentences.append(report.text(f"actions.reply.{row.reply or 'none'}"))
    return " ".join(sentences)


def most_lacking(report: Report, most: int) -> list[str]:
    """Return what most places lack over all parts of the plan, at most `most` lines."""
    lines = {text: share for part in report.study.areas for text, share in _lack(report, part)}
    return sorted(lines, key=lambda text: -lines[text])[:most]


def proposals_here(report: Report, most: int = 3) -> Prose:
    """List proposals of the report's district with addressee and reply; "" if there are none.

    Only proposals whose district may be shown have one.
    """
    rows = report.proposals
    here = rows["district"].str.split().map(lambda keys: report.district in keys).astype(bool)
    rows = rows[here].sort_values("mentions", ascending=False, kind="stable").head(most)
    return Prose("".join(f"- {_proposal(report, row)}\n" for row in rows.itertuples()))
