"""Measures of the plan by name, each with a flag if nobody has verified its text."""

from typing import Any

from umid_research.report.study_report import Report


def measure_text(report: Report, row: Any) -> str:
    """Return a measure's number and text, with a flag if nobody has verified it."""
    if row.verified == "yes":
        return report.text("table.implementation.named", id=row.measure, text=row.text)
    flag = report.text("implementation.unverified")
    return report.text("table.implementation.flagged", id=row.measure, text=row.text, flag=flag)


def unverified_note(report: Report) -> list[str]:
    """Return what the flag means, if a measure has it."""
    if (report.rows("measures")["verified"] == "yes").all():
        return []
    flag = report.text("implementation.unverified")
    return [report.text("table.implementation.unverified_note", flag=flag)]
