"""The table of all questions with choices that were asked of each member of a repeated group."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, make_table, number_cell
from umid_research.study.questionnaire import Question


def table_members(report: Report) -> Table:
    """Return the percentage of members who gave each answer, and of how many submissions."""
    rows = report.rows("members")
    heads = ("question", "answer", "of_members", "of_submissions")
    precise = rows["percent"].notna() | ~rows["shown"]
    return make_table(
        report,
        report.text("table.members.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        [
            line
            for repeat in report.questionnaire.repeats
            for question in repeat.members
            for line in _lines(report, question, rows[rows["question"] == question.name])
        ],
        anchor="members",
        numeric=(2, 3),
        notes=[
            report.text("table.members.note"),
            *([] if precise.all() else [report.text("table.members.imprecise")]),
            *([report.text("table.members.weighted")] if report.is_weighted else []),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
        ids=2,
        row_groups=True,
    )


def _lines(
    report: Report, question: Question, rows: pd.DataFrame
) -> Iterator[tuple[Cell | str, ...]]:
    """Yield a row per answer of a question."""
    labels = {choice.name: choice.labels for choice in question.choices}
    for row in rows.itertuples():
        yield (
            _label(report, question.labels, question.name),
            _label(report, labels[str(row.answer)], str(row.answer)),
            _percent(report, row),
            number_cell(report, row.submissions) if row.shown else Cell(WITHHELD),
        )


def _label(report: Report, labels: Mapping[str, str], name: str) -> str:
    """Return the label in the report's language, else in another one, else the name."""
    return labels.get(report.language) or next((text for text in labels.values() if text), name)


def _percent(report: Report, row: Any) -> Cell:
    if not row.shown:
        return Cell(WITHHELD)
    if pd.isna(row.percent):
        return Cell("–")
    if pd.isna(row.low):
        return number_cell(report, row.percent, "percent")
    parts = {"percent": row.percent, "low": row.low, "high": row.high}
    return Cell(report.text("table.members.percent", **parts), parts)
