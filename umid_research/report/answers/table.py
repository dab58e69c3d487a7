"""Tables of the answer counts to one question and to all published questions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from umid_research.report.answers.bars import By, counted_note, published_question
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.sample.text import weighting
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, k_of_n, make_table, number_cell
from umid_research.study.questionnaire import Question

_ANSWERS = "answers"
_ALL: tuple[By | None, ...] = (None, "group", "district")


def table_question_answers(report: Report, question: str, *, by: By | None = None) -> Table:
    """Return the number of people per answer, over everybody or per group or district.

    Raise ParameterError for a question without choices or one that is not published by `by`.
    """
    asked = published_question(report, question, by)
    columns = _columns(report, question, by).values()
    rows = [row for column in columns for row in column.answers.values()]
    heads = [column.name for column in columns] if by else [report.text("table.head.people")]
    return make_table(
        report,
        report.question(question),
        [report.text("table.head.answer"), *heads],
        [
            (report.answer(question, code), *(column.cell(report, code) for column in columns))
            for code in asked.answers
        ],
        notes=[
            report.text("table.answers.note"),
            *counted_note(report, [asked]),
            *([report.text("table.answers.as_if")] if _any_percent(rows) else []),
            *weighting(report, any_percent=_any_percent(rows)),
            *_several(report, asked),
            *withheld_note(report, any_withheld=not all(row.shown for row in rows)),
        ],
    )


def tables_of_answers(report: Report) -> Iterator[Table]:
    """Yield a table per published question; together they are one numbered table.

    The columns are everybody, the groups and the districts; the last row is how many answered.
    """
    for question in _published(report):
        columns = _columns(report, question.name, *_ALL).values()
        number = report.questionnaire.names.index(question.name) + 1
        body: list[tuple[Cell | str, ...]] = [
            (
                report.answer(question.name, code),
                *(column.count(report, code) for column in columns),
            )
            for code in question.answers
        ]
        body.append(
            (report.text("table.answers.answered"), *(column.base(report) for column in columns))
        )
        yield make_table(
            report,
            report.question(question.name),
            [report.text("table.head.answer"), *(column.name for column in columns)],
            body,
            anchor=_ANSWERS,
            part=(str(number), question.name),
            notes=_several(report, question),
        )


def table_answers(report: Report) -> Table:
    """Return all answer counts as one table for the files, a row per question and answer."""
    names = {f"{by} {key}": name for by in _ALL for key, name in _names(report, by).items()}
    body: list[tuple[Cell | str, ...]] = []
    for question in _published(report):
        columns = _columns(report, question.name, *_ALL)
        number = report.questionnaire.names.index(question.name) + 1
        ids = (number_cell(report, number), report.question(question.name))
        body += [
            (
                *ids,
                report.answer(question.name, code),
                *(columns[key].cell(report, code) if key in columns else "" for key in names),
            )
            for code in question.answers
        ]
    heads = [report.text(f"table.head.{name}") for name in ("number", "question", "answer")]
    return make_table(
        report,
        report.text("table.answers.caption"),
        [*heads, *names.values()],
        body,
        anchor=_ANSWERS,
        notes=[
            *counted_note(report, _published(report)),
            report.text("table.answers.as_if"),
            *weighting(report, any_percent=bool(report.rows("answers")["percent"].notna().any())),
            *withheld_note(report, any_withheld=True),
        ],
        ids=3,
        spread_over=report.text("table.head.among"),
    )


@dataclass(frozen=True)
class _Column:
    """The published answers to one question, of everybody or of one group or district."""

    name: str
    answers: dict[str, Any]

    def cell(self, report: Report, code: str) -> Cell | str:
        """Return the count as 'k of n', or an empty cell without a row."""
        row = self.answers.get(code)
        return "" if row is None else k_of_n(report, row)

    def count(self, report: Report, code: str) -> str:
        """Return the count, with its percentage if published.

        An answer that nobody gave has no row for a group or district and counts as zero.
        """
        row = self.answers.get(code)
        if row is None:
            return report.text.number(0)
        if not row.shown:
            return WITHHELD
        counted = report.text.number(row.value)
        if pd.isna(getattr(row, "percent", np.nan)):
            return counted
        limits = {"low": row.low, "high": row.high}
        return report.text("table.answers.percent", counted=counted, percent=row.percent, **limits)

    def base(self, report: Report) -> str:
        """Return how many people answered the question."""
        known = [row.respondents for row in self.answers.values() if row.shown]
        return report.text.number(max(known)) if known else WITHHELD


def _columns(report: Report, question: str, *breakdowns: By | None) -> dict[str, _Column]:
    """Return the columns with published rows; their keys are breakdown and code."""
    columns = {}
    for by in breakdowns:
        answers: dict[str, dict[str, Any]] = defaultdict(dict)
        rows = report.rows(f"answers_by_{by}" if by else "answers", question=question)
        for row in rows.itertuples():
            answers[getattr(row, by) if by else ""][row.answer] = row
        for key, name in _names(report, by).items():
            if key in answers:
                columns[f"{by} {key}"] = _Column(name, answers[key])
    return columns


def _names(report: Report, by: By | None) -> dict[str, str]:
    if by is None:
        return {"": report.text("table.answers.everybody")}
    if by == "group":
        return {key: report.group(key) for key in report.study.groups}
    return {key: report.district_name(key) for key in report.study.districts}


def _any_percent(rows: Iterable[Any]) -> bool:
    return any(pd.notna(getattr(row, "percent", np.nan)) for row in rows)


def _published(report: Report) -> Iterator[Question]:
    """Yield the questions with published answers, in the order of the form."""
    known = set(report.rows("answers")["question"])
    return (question for question in report.questionnaire if question.name in known)


def _several(report: Report, question: Question) -> list[str]:
    several = question.kind == "select_multiple"
    return [report.text("table.answers.several")] if several else []
