"""How many gave which answer to one question."""

from umid_research.figures.bars import By, published_question
from umid_research.figures.figure import withheld_note
from umid_research.report import Report
from umid_research.tables.table import Table, grid, k_of_n


def table_answers(report: Report, question: str, *, by: By | None = None) -> Table:
    """How many gave which answer, of those who answered: everybody, or each group or district.

    Raises ParameterError for a question that has no choices, or that is not published by `by`.
    """
    asked = published_question(report, question, by)
    rows = report.rows("answers" if by is None else f"answers_by_{by}", question=question)
    if by is None:
        columns, heads = [""], [report.text("table.head.people")]
        rows = rows.assign(column="")
    else:
        keys = report.study.groups if by == "group" else report.study.districts
        name = report.group if by == "group" else report.district_name
        columns = [key for key in keys if (rows[by] == key).any()]
        heads = [name(key) for key in columns]
        rows = rows.assign(column=rows[by])
    cells = {(row.answer, row.column): k_of_n(report, row) for row in rows.itertuples()}
    several = asked.kind == "select_multiple"
    return grid(
        report,
        report.question(question),
        [report.text("table.head.answer"), *heads],
        [
            (report.answer(question, code), *(cells.get((code, key), "") for key in columns))
            for code in asked.choice_names
        ],
        notes=[
            report.text("table.answers.note"),
            *([report.text("table.answers.as_if")] if rows["percent"].notna().any() else []),
            *([report.text("table.answers.several")] if several else []),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
    )
