"""Tables of the indicator definitions: what is counted, source, method and target."""

from collections.abc import Iterator

from umid_research.report.activities.text import target_text
from umid_research.report.activity_report import ActivityReport
from umid_research.report.table import Table, make_table

_TEXTS = ("definition", "unit", "source", "method", "frequency", "responsible")
_OPTIONAL = ("rationale", "limitations")


def table_definitions(report: ActivityReport) -> Table:
    """Return the definition and the method of every indicator."""
    names = ("definition", "method")
    return make_table(
        report,
        report.text("table.activities.definitions_caption"),
        [
            report.text("table.activities.indicator"),
            *(report.text(f"table.activities.sheet.{name}") for name in names),
        ],
        [
            (
                report.text(
                    "table.activities.named",
                    activity=sheet.activity,
                    indicator=report.name(sheet.name),
                ),
                *(report.name(getattr(sheet, name)) for name in names),
            )
            for sheet in report.definitions.indicators.values()
        ],
        numeric=[],
        anchor="definitions",
    )


def table_definition(report: ActivityReport, key: str) -> Table:
    """Return the reference sheet of one indicator, rows in the order of the donor's form."""
    sheet = report.indicator(key)
    return make_table(
        report,
        report.text(
            "table.activities.sheet_caption",
            activity=sheet.activity,
            indicator=report.name(sheet.name),
        ),
        [report.text(f"table.activities.sheet.{name}") for name in ("entry", "content")],
        list(_entries(report, key)),
        numeric=[],
    )


def _entries(report: ActivityReport, key: str) -> Iterator[tuple[str, str]]:
    sheet = report.indicator(key)
    activity = report.name(report.definitions.activities[sheet.activity].name)
    entries = {
        "activity": report.text(
            "table.activities.named", activity=sheet.activity, indicator=activity
        ),
        "level": report.text(f"activities.level.{sheet.level}"),
        **{name: report.name(getattr(sheet, name)) for name in _TEXTS},
        "by": _breakdowns(report, sheet.by),
        "baseline": report.text.number(sheet.baseline),
        "target": _target(report, key),
        **{name: report.name(getattr(sheet, name)) for name in _OPTIONAL if getattr(sheet, name)},
    }
    for name, text in entries.items():
        yield report.text(f"table.activities.sheet.{name}"), text


def _breakdowns(report: ActivityReport, by: tuple[str, ...]) -> str:
    if not by:
        return report.text("table.activities.sheet.by_none")
    return report.text.listed(report.text(f"table.activities.sheet.by_{name}") for name in by)


def _target(report: ActivityReport, key: str) -> str:
    target = report.indicator(key).target
    low, high = target if isinstance(target, tuple) else (target, None)
    return target_text(report, low, high)


def table_questions(report: ActivityReport) -> Table:
    """Return the questions of the knowledge test with the correct answers."""
    return make_table(
        report,
        report.text("table.activities.questions_caption"),
        [report.text(f"table.activities.{name}") for name in ("question", "right")],
        [
            (report.name(question.text), report.name(question.choices[question.right]))
            for question in report.definitions.questions.values()
        ],
        numeric=[],
        anchor="questions",
    )
