"""The answer to the question in the title: one sentence from people and from documents.

    part of the plan   mostly or fully   could judge   documents show
    services           34                59            76 %

For example, 34 of the 59 people who could judge state services said "mostly" or "fully carried
out", and documents show 76 % of what was looked for there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from umid_research.analysis.implementation import CODES
from umid_research.analysis.score import INDEX
from umid_research.report.answers.bars import poles_of
from umid_research.report.implementation.text import brief_placeholders, documentary_codes
from umid_research.report.prose import Prose, place
from umid_research.report.sample.text import brief_headline
from umid_research.report.study_report import Report

# The words for a share: each holds below its limit; the last one holds up to 1.
_LEVELS = ((0.2, "little"), (0.4, "less_than_half"), (0.6, "half"), (0.8, "more_than_half"))
_MOST = "most"


@dataclass(frozen=True)
class Judgement:
    """The answers of people on one part of the plan, and the share that documents show.

    `positive` of the `judged` answers say "mostly" or "fully"; both are 0 if answers are withheld.
    `documents` is a percentage of `checks`, or None where nothing was checked.
    """

    part: str
    positive: int
    judged: int
    documents: int | None
    checks: int

    @property
    def share(self) -> float:
        """Return the share of positive answers, from 0 to 1; 0 if nobody could judge."""
        return self.positive / self.judged if self.judged else 0.0


def judgements(report: Report) -> list[Judgement]:
    """Return the judgement on each part of the plan, the furthest by people first.

    The report of a district has the answers and documents of that district.
    """
    rows = _documents(report)
    shown = {row.dimension: row for row in rows.itertuples()}
    found = []
    for part in report.study.areas:
        positive, judged = _judged(report, part)
        row = shown.get(part)
        value, checks = (int(row.value), int(row.checks)) if row else (None, 0)
        if judged or value is not None:
            found.append(Judgement(part, positive, judged, value, checks))
    return sorted(found, key=lambda one: -one.share)


def _judged(report: Report, part: str) -> tuple[int, int]:
    """Return positive and scored answers of a part's questions; (0, 0) if any is withheld."""
    positive = judged = 0
    for name in report.study.areas[part].items:
        poles = poles_of(report.questionnaire[name])
        rows = _answers(report, name)
        scored = [*poles.negative, *poles.middle, *poles.positive]
        rows = rows[rows.index.isin(scored)]
        if not rows["shown"].all():
            return 0, 0
        judged += int(rows["value"].sum())
        positive += int(rows["value"].reindex(poles.positive).sum())
    return positive, judged


def _answers(report: Report, question: str) -> pd.DataFrame:
    """Return the counts of a question by answer, of everybody or of the report's district."""
    if report.district is None:
        return report.rows("answers", question=question).set_index("answer")
    rows = report.rows("answers_by_district", question=question, district=report.district)
    return rows.set_index("answer")


def _documents(report: Report) -> pd.DataFrame:
    """Return what documents show per part, over all districts or in the report's district."""
    rows = report.rows("documentary_by_area").dropna(subset=["value"])
    here = rows["district"].isna() if report.district is None else rows["district"]
    return rows[here if report.district is None else here == report.district]


def answer(report: Report) -> Prose:
    """Answer the question in the title in one bold sentence, then say what it rests on.

    A study without a plan answers with its headline question, or says that it has none.
    """
    parts = list(_answer(report)) if report.study.areas else []
    if not parts:
        headline = brief_headline(report).markdown
        text = f"**{headline}**" if headline else report.text("answer.none")
        return Prose(text)
    return Prose(" ".join(parts))


def people_counts(report: Report) -> tuple[int, int]:
    """Return how many answers say "mostly" or "fully", and how many could judge, over all parts."""
    found = judgements(report)
    return sum(one.positive for one in found), sum(one.judged for one in found)


def _answer(report: Report) -> Iterator[str]:
    positive, judged = people_counts(report)
    value = documents_share(report)
    if judged:
        people = level(positive / judged)
        numbers = {"level": report.text(f"answer.level.{people}"), "n": positive, "of": judged}
        numbers["where"] = report.text("answer.where", **place(report)) if report.district else ""
        if value is None:
            yield f"**{report.text('answer.people', **numbers)}**"
        elif level(value / 100) == people:
            yield f"**{report.text('answer.both', **numbers, value=value)}**"
        else:
            other = report.text(f"answer.level.{level(value / 100)}")
            yield f"**{report.text('answer.apart', **numbers, value=value, other=other)}**"
    elif value is not None:
        known = report.text(f"answer.level.{level(value / 100)}")
        yield f"**{report.text('answer.documents', level=known, value=value)}**"
    yield from _measures(report)


def documents_share(report: Report) -> int | None:
    """Return the percentage of what was looked for that documents show; None if unknown."""
    rows = _documents(report)
    rows = rows[rows["dimension"] == INDEX]
    return int(rows["value"].iloc[0]) if len(rows) else None


def _measures(report: Report) -> Iterator[str]:
    """Yield how many measures documents show as substantial or complete, and the placeholders."""
    rows = documentary_codes(report)
    if report.district is not None:
        rows = rows[rows["district"] == report.district]
    if rows.empty:
        return
    far = int(rows["code"].isin(CODES[-2:]).sum())
    numbers = {"measures": rows["measure"].nunique(), "districts": rows["district"].nunique()}
    key = "answer.measures" if report.district is None else "answer.measures_here"
    yield report.text(key, n=far, of=len(rows), **numbers, **place(report))
    placeholders = brief_placeholders(report).markdown
    if placeholders:
        yield placeholders


def level(share: float) -> str:
    """Return the key of the words for a share from 0 to 1, such as "half" for 0.4 to 0.6."""
    return next((key for limit, key in _LEVELS if share < limit), _MOST)
