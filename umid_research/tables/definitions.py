"""The reference sheet of an indicator: what exactly it counts, from where, up to which target."""

from collections.abc import Iterator

from umid_research.activity_report import ActivityReport
from umid_research.sentences import target_text
from umid_research.tables.table import Table, make_table

_TEXTS = ("definition", "unit", "source", "method", "frequency", "responsible")
_OPTIONAL = ("rationale", "limitations")


def table_definitions(report: ActivityReport) -> Table:
    """What every indicator counts, and how."""
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
    """The sheet of one indicator, a row an entry, in the order of the donor's form."""
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
    told = {
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
    for name, text in told.items():
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
    """The questions of the test and the answer that is right."""
    return make_table(
        report,
        report.text("table.activities.questions_caption"),
        [report.text(f"table.activities.{name}") for name in ("question", "right")],
        [
            (report.name(asked.text), report.name(asked.choices[asked.right]))
            for asked in report.definitions.questions.values()
        ],
        numeric=[],
        anchor="questions",
    )
