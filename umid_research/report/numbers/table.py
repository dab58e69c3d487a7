"""The table of all questions that are answered with a number."""

from collections.abc import Iterator

import pandas as pd

from umid_research.analysis.numbers import STATISTICS, codes_left_out
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.study_report import Report
from umid_research.report.table import Cell, Table, count_cell, make_table, number_cell


def table_numbers(report: Report) -> Table:
    """Return the number, quartiles, median and mean of the answers, of everybody and by group."""
    rows = report.rows("numbers")
    heads = ("question", "group", "answers", *STATISTICS)
    return make_table(
        report,
        report.text("table.numbers.caption"),
        [report.text(f"table.head.{head}") for head in heads],
        [
            line
            for question in dict.fromkeys(rows["question"])
            for line in _lines(report, question, rows[rows["question"] == question])
        ],
        anchor="numbers",
        numeric=range(2, len(heads)),
        notes=list(_notes(report, rows)),
        ids=2,
        row_groups=True,
    )


def _lines(report: Report, question: str, rows: pd.DataFrame) -> Iterator[tuple[Cell | str, ...]]:
    """Yield a row over everybody, and one per group in the study's order."""
    names = {"": report.text("table.answers.everybody")}
    names |= {key: report.group(key) for key in report.study.groups}
    for key, name in names.items():
        of_key = rows[rows["group"].fillna("") == key]
        known = {row.statistic: row for row in of_key.itertuples()}
        if known:
            answers = of_key["respondents"].max()
            yield (
                report.question(question),
                name,
                Cell(WITHHELD) if pd.isna(answers) else number_cell(report, answers),
                *(count_cell(report, known[statistic]) for statistic in STATISTICS),
            )


def _notes(report: Report, rows: pd.DataFrame) -> Iterator[str]:
    yield report.text("table.numbers.note", exact=1234, rounded=1200)
    if report.is_weighted:
        yield report.text("table.numbers.weighted")
    if codes := codes_left_out(report.study):
        yield report.text(
            "table.numbers.left_out", codes=report.text.listed(map(report.text.number, codes))
        )
    yield from withheld_note(report, any_withheld=not rows["shown"].all())
