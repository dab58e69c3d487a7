"""Tables of data intake: submissions received, excluded and changed."""

from textwrap import shorten
from typing import Any

from umid_research.report.study_report import Report
from umid_research.report.table import Table, count_cell, table_from_catalogue

_LONGEST_WORDING = 140
_READ = (
    *("files", "versions", "read_from_label", "no_times"),
    *("not_read", "repeat_set_aside", "sheet_passed_over", "kept_as_text", "not_in_version"),
)


def table_intake(report: Report) -> Table:
    """Return the number of submissions received, kept and excluded."""
    rows = {row.statistic: row for row in report.rows("intake").itertuples()}
    return table_from_catalogue(
        report,
        "intake",
        ["what", "submissions"],
        [
            (report.text(f"table.intake.{name}"), count_cell(report, rows[name]))
            for name in ("read", "kept", "set_aside")
        ],
        anchor="intake",
    )


def table_reading(report: Report) -> Table:
    """Return the files and versions read, the conversions made, and questions a version lacked."""
    rows = sorted(report.rows("account").itertuples(), key=lambda row: _READ.index(row.step))
    return table_from_catalogue(
        report,
        "reading",
        ["read", "submissions"],
        [(_reading_text(report, row), count_cell(report, row)) for row in rows],
        anchor="reading",
    )


def _reading_text(report: Report, row: Any) -> str:
    """Return the text of one step of reading."""
    key = f"table.reading.{row.step}"
    if not isinstance(row.question, str):
        return report.text(key)
    question = _shortened(report, row.question)
    if not isinstance(row.choice, str):
        return report.text(key, question=question)
    return report.text(
        f"{key}_choice", question=question, answer=report.answer(row.question, row.choice)
    )


def table_set_aside(report: Report) -> Table:
    """Return the number of submissions excluded by each rule."""
    rows = report.rows("set_aside")
    return table_from_catalogue(
        report,
        "set_aside",
        ["rule", "submissions"],
        [(report.text(f"rule.{row.rule}"), count_cell(report, row)) for row in rows.itertuples()],
        anchor="set-aside",
    )


def table_issues(report: Report) -> Table:
    """Return the problems found in each question, the action taken and their number."""
    rows = report.rows("issues")
    return table_from_catalogue(
        report,
        "issues",
        ["question", "rule", "action", "times"],
        [
            (
                _where(report, row),
                report.text(f"rule.{row.rule}"),
                report.text(f"action.{str(row.action).replace(' ', '_')}"),
                count_cell(report, row),
            )
            for row in rows.itertuples()
        ],
        anchor="issues",
        numeric=[3],
    )


def _where(report: Report, row: Any) -> str:
    """Return the question's wording, or the text for a whole submission."""
    if not isinstance(row.column, str):
        return report.text("table.issues.whole")
    return _shortened(report, row.column)


def _shortened(report: Report, question: str) -> str:
    fields = {field.name for field in report.questionnaire.calculated}
    wording = question if question in fields else report.question(question)
    return shorten(wording, _LONGEST_WORDING, placeholder=" …")
