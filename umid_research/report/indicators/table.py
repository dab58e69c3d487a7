"""Tables of the activities: indicators, terminals, knowledge test and register quality."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from umid_research.report.activities.text import project_rows, target_text
from umid_research.report.activity_report import ActivityReport
from umid_research.report.chart.figure import WITHHELD, signed, withheld_note
from umid_research.report.differences.text import limit_notes
from umid_research.report.names import indicator_name, register_name
from umid_research.report.table import Cell, Table, make_table, number_cell

_MISSING = "missing"


def activity_heads(report: ActivityReport, *names: str) -> list[str]:
    """Return column heads of the tables of the activities."""
    return [report.text(f"table.activities.{name}") for name in names]


def table_indicators(report: ActivityReport) -> Table:
    """Return the indicators: target, actual, share achieved, status and deviation explained."""
    rows = project_rows(report)
    percent = report.definitions.threshold
    return make_table(
        report,
        report.text("table.activities.indicators_caption"),
        activity_heads(report, "indicator", "target", "actual", "achieved", "status", "deviation"),
        [
            (
                _named(report, row.indicator),
                _target(report, row),
                _number(report, row.actual, "no_data"),
                _share(report, row.achieved),
                _status(report, row.status),
                _deviation(report, row),
            )
            for row in rows.itertuples()
        ],
        numeric=[1, 2, 3],
        notes=[
            report.text("table.activities.indicators_note", percent=percent),
            report.text("table.activities.status_note"),
            *_explanation_note(report, rows),
        ],
        anchor="indicators",
    )


def _explanation_note(report: ActivityReport, rows: pd.DataFrame) -> list[str]:
    """Return a note that explanations are untranslated, if one is."""
    given = rows[~rows["explanation"].isin(["", _MISSING])]
    any_untranslated = any(
        _explanation(report, row) == row.explanation for row in given.itertuples()
    )
    return [report.text("table.activities.explanation_note")] if any_untranslated else []


def _named(report: ActivityReport, key: str) -> str:
    return report.text(
        "table.activities.named",
        activity=report.indicator(key).activity,
        indicator=indicator_name(report, key),
    )


def _target(report: ActivityReport, row: Any) -> Cell:
    """Return the target: a number, a range, or a text that there is none."""
    ends = {"low": row.target, "high": row.target_high}
    parts = {name: end for name, end in ends.items() if pd.notna(end)}
    return Cell(target_text(report, row.target, row.target_high), parts)


def _number(report: ActivityReport, value: float, otherwise: str) -> Cell:
    if pd.isna(value):
        return Cell(report.text(f"table.activities.{otherwise}"))
    return number_cell(report, value)


def _share(report: ActivityReport, share: float) -> Cell:
    if pd.isna(share):
        return Cell("")
    percent = math.floor(round(100 * share, 2))  # 100 % is never short of the target
    return Cell(report.text("table.activities.percent", percent=percent), {"percent": percent})


def _status(report: ActivityReport, status: str) -> Cell:
    return Cell(report.text(f"table.activities.status_{status}"), light=status.replace("_", "-"))


def _deviation(report: ActivityReport, row: Any) -> str:
    """Return the deviation from the target in percent, with its explanation or its absence."""
    if pd.isna(row.deviation):
        return _explanation(report, row)
    percent = signed(report, round(row.deviation))
    if row.explanation == _MISSING:
        return report.text("table.activities.unexplained", percent=percent)
    if row.explanation:
        text = _explanation(report, row)
        return report.text("table.activities.explained", percent=percent, explanation=text)
    return report.text("table.activities.signed_percent", percent=percent) if row.deviation else ""


def _explanation(report: ActivityReport, row: Any) -> str:
    """Return the explanation in the report's language, else the original."""
    return getattr(row, f"explanation_{report.language}", "") or str(row.explanation)


def table_indicators_by_part(report: ActivityReport) -> Table:
    """Return the indicators by district, and by sex where people are counted."""
    rows = report.frame("indicators")
    parts = rows[(rows["district"] != "") | (rows["sex"] != "")]
    sexes = [sex for sex in ("f", "m") if (parts["sex"] == sex).any()]
    columns = [("district", key) for key in report.study.districts]
    columns += [("sex", sex) for sex in sexes]
    heads = [report.district_name(key) for key in report.study.districts]
    heads += activity_heads(report, *sexes, "project")
    whole = project_rows(report).set_index("indicator")
    body: list[Sequence[Cell | str]] = [
        (
            _named(report, key),
            *(_part(report, parts, key, by, value) for by, value in columns),
            _number(report, whole.loc[key, "actual"], "no_data"),
        )
        for key in dict.fromkeys(parts["indicator"])
    ]
    return make_table(
        report,
        report.text("table.activities.shares_caption"),
        [*activity_heads(report, "indicator"), *heads],
        body,
        notes=[
            report.text("table.activities.shares_note"),
            *withheld_note(report, any_withheld=not parts["shown"].all()),
        ],
        anchor="indicators-by-part",
    )


def _part(report: ActivityReport, parts: pd.DataFrame, key: str, by: str, value: str) -> Cell:
    rows = parts[(parts["indicator"] == key) & (parts[by] == value)]
    if rows.empty:
        return Cell("")
    row = rows.iloc[0]
    return _number(report, row["actual"], "no_data") if row["shown"] else Cell(WITHHELD)


def table_indicators_published(report: ActivityReport) -> Table:
    """Return figures published elsewhere next to those of this report, without comparing them."""
    whole = project_rows(report).set_index("indicator")
    simulated = report.study.provenance == "simulated"
    here = "here_simulated" if simulated else "here"
    body = [
        (
            _named(report, key),
            _number(report, whole.loc[key, "actual"], "no_data"),
            number_cell(report, sheet.published.actual),
            report.name(sheet.published.note) if sheet.published.note else "",
            sheet.published.source,
        )
        for key, sheet in report.definitions.indicators.items()
        if sheet.published is not None
    ]
    return make_table(
        report,
        report.text("table.activities.published_caption"),
        activity_heads(report, "indicator", here, "published", "said", "source"),
        body,
        numeric=[1, 2],
        notes=[report.text("table.activities.published_note")],
        anchor="indicators-published",
    )


def table_terminals(report: ActivityReport) -> Table:
    """Return the requests for terminals: date of request, reply and installation."""
    rows = report.frame("terminals")
    body = [
        (
            row.request,
            report.text(
                "table.activities.place",
                locality=row.locality,
                district=report.district_name(row.district),
            ),
            _date(report, row.requested),
            _reply(report, row),
            _date(report, row.installed, "not_installed"),
        )
        for row in rows.itertuples()
    ]
    return make_table(
        report,
        report.text("table.activities.terminals_caption"),
        activity_heads(report, "request", "place_of", "requested", "reply", "installed"),
        body,
        numeric=[],
        anchor="terminals",
    )


def _reply(report: ActivityReport, row: Any) -> str:
    if not row.reply:
        return report.text("table.activities.no_reply")
    reply = report.text(f"table.activities.{row.reply}")
    if pd.isna(row.reply_date):
        return reply
    return report.text("table.activities.replied", reply=reply, date=row.reply_date)


def _date(report: ActivityReport, day: Any, otherwise: str = "") -> str:
    if pd.isna(day):
        return report.text(f"table.activities.{otherwise}") if otherwise else ""
    return report.text.date(day)


def table_knowledge(report: ActivityReport) -> Table:
    """Return the share of correct answers before and after, by question, with tests."""
    rows = report.frame("knowledge")
    return make_table(
        report,
        report.text("table.activities.knowledge_caption"),
        activity_heads(
            report, "question", "people", "before", "after", "change", "interval", "p_adjusted"
        ),
        [_knowledge(report, row) for row in rows.itertuples()],
        notes=[
            report.text("table.activities.knowledge_note"),
            *limit_notes(report, rows),
            *withheld_note(report, any_withheld=not rows["shown"].all()),
        ],
        anchor="knowledge",
    )


def _knowledge(report: ActivityReport, row: Any) -> Sequence[Cell | str]:
    question = report.text("activities.all_questions")
    if row.question:
        question = report.name(report.definitions.questions[row.question].text)
    if not row.shown:
        return (question, *[WITHHELD] * 6)
    low, high = signed(report, row.low), signed(report, row.high)
    return (
        question,
        number_cell(report, row.n, "people"),
        *(number_cell(report, getattr(row, name), "percent") for name in ("before", "after")),
        Cell(signed(report, row.change), {"difference": row.change}),
        report.text("table.range", low=low, high=high) if low else "",
        _p(report, row.p_adjusted),
    )


def _p(report: ActivityReport, p: float) -> str:
    if pd.isna(p):
        return ""
    return report.text("table.less_than", value=0.001) if p < 0.001 else report.text.number(p)


def table_activity_registers(report: ActivityReport) -> Table:
    """Return the rows read, kept and excluded of each register, or that it is missing."""
    return make_table(
        report,
        report.text("table.activities.registers_caption"),
        activity_heads(report, "register", "read", "kept", "set_aside"),
        list(_registers(report)),
        notes=[report.text("table.activities.registers_note")],
        anchor="activity-registers",
    )


def _registers(report: ActivityReport) -> Iterator[Sequence[Cell | str]]:
    for row in report.frame("registers").itertuples():
        cells = [_number(report, getattr(row, n), "no_data") for n in ("read", "kept", "set_aside")]
        yield register_name(report, row.register), *cells


def table_activity_issues(report: ActivityReport) -> Table:
    """Return the errors found in the registers, their number and the action taken."""
    return make_table(
        report,
        report.text("table.implementation.issues_caption"),
        [report.text(f"table.implementation.{name}") for name in _ISSUE_HEADS],
        [
            (
                row.file,
                report.text(f"register_rule.{row.rule}"),
                report.text(f"register_action.{row.action.replace(' ', '_')}"),
                number_cell(report, row.times),
            )
            for row in report.frame("issues").itertuples()
        ],
        numeric=[3],
        anchor="activity-issues",
    )


_ISSUE_HEADS = ("file", "rule", "action", "times")
