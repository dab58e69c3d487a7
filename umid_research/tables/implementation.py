"""What people see, documents show and the analyst codes, measure by measure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from umid_research.figures.figure import WITHHELD, withheld_note
from umid_research.implementation import NO_EVIDENCE
from umid_research.report import Report
from umid_research.sentences import area_name, irm_code
from umid_research.tables.table import (
    Cell,
    Foreign,
    Table,
    count_cell,
    implementation_heads,
    make_table,
    parts_of,
)


def table_status(report: Report, district: str) -> Table:
    """Every measure of a district: what people see in its area, documents show, the analyst codes.

    The three stand beside each other and are never merged.
    """
    rows = report.rows("status", district=district)
    cells = {(row.question, row.statistic): row for row in rows.itertuples()}
    reasons = report.rows("reasons", district=district)
    body = [
        (
            _measure(report, measure),
            _perceived(report, measure.question, cells),
            _documentary(report, cells.get((measure.question, "documentary"))),
            _coded(report, cells.get((measure.question, "analyst")), reasons),
        )
        for measure in report.rows("measures", answer=report.language).itertuples()
    ]
    hidden = not rows["shown"].all()
    return make_table(
        report,
        report.text("table.implementation.status_caption", district=report.district_name(district)),
        implementation_heads(report, "measure", "perceived", "documentary", "analyst"),
        body,
        anchor=f"status-{district}",
        numeric=[],
        notes=[
            report.text("table.implementation.status_note"),
            *_unverified_note(report),
            *withheld_note(report, any_withheld=hidden),
        ],
    )


def table_disagreements(report: Report) -> Table:
    """Where two of the three columns stand more than one step apart, and what would settle it."""
    measures = {row.question: row for row in report.rows("measures").itertuples()}
    body = []
    for row in report.rows("disagreements").itertuples():
        first, second = row.statistic.split("_")
        text = report.text(
            "table.implementation.pair",
            first=report.text(f"table.implementation.column.{first}"),
            first_code=irm_code(report, row.answer),
            second=report.text(f"table.implementation.column.{second}"),
            second_code=irm_code(report, row.versus),
        )
        key = "no_evidence" if row.answer == NO_EVIDENCE else row.statistic
        settle = report.text(f"implementation.settle.{key}")
        area = area_name(report, measures[row.question].dimension)
        body.append((f"{row.question} {area}", report.district_name(row.district), text, settle))
    return make_table(
        report,
        report.text("table.implementation.disagreements_caption"),
        implementation_heads(report, "measure", "district", "said", "settle"),
        body,
        anchor="disagreements",
        numeric=[],
    )


def table_evidence(report: Report, district: str) -> Table:
    """What was found of what was looked for, locality by locality: public facts."""
    rows = report.rows("evidence", district=district)
    places = list(report.study.districts[district].localities)
    cells = {
        (row.question, row.answer, row.locality): report.text(f"evidence_result.{row.statistic}")
        for row in rows.itertuples()
    }
    keys = dict.fromkeys(zip(rows["question"], rows["answer"], strict=True))
    items = report.study.evidence_items
    return make_table(
        report,
        report.text(
            "table.implementation.evidence_caption", district=report.district_name(district)
        ),
        [*implementation_heads(report, "item"), *map(report.locality, places)],
        [
            (
                report.text(
                    "table.implementation.named", id=measure, text=report.name(items[item].name)
                ),
                *(cells.get((measure, item, place), "") for place in places),
            )
            for measure, item in keys
        ],
        anchor=f"evidence-{district}",
        numeric=[],
    )


def table_evidence_items(report: Report) -> Table:
    """What each thing looked for rests on, with a flag where nobody has read the source."""
    flag = report.text("implementation.unverified")
    body = []
    for item in report.study.evidence_items.values():
        source = item.source if isinstance(item.source, dict) else {"": item.source}
        key = "stated" if item.verified else "evidence_unverified"
        body.append((report.name(item.name), _told(report, key, source, flag=flag)))
    heads = implementation_heads(report, "item", "source")
    return make_table(report, heads[0], heads, body, anchor="evidence-items", numeric=[])


def table_register_issues(report: Report) -> Table:
    """What was wrong in the registers, how often, and what was done."""
    return make_table(
        report,
        report.text("table.implementation.issues_caption"),
        implementation_heads(report, "file", "rule", "action", "times"),
        [
            (
                str(row.question),
                report.text(f"register_rule.{row.statistic}"),
                report.text(f"register_action.{str(row.answer).replace(' ', '_')}"),
                count_cell(report, row),
            )
            for row in report.rows("register_issues").itertuples()
        ],
        anchor="register-issues",
        numeric=[3],
    )


def _measure(report: Report, row: Any) -> str:
    """A measure's number and text, flagged where nobody has verified it."""
    if row.statistic == "yes":
        return report.text("table.implementation.named", id=row.question, text=row.note)
    flag = report.text("implementation.unverified")
    return report.text("table.implementation.flagged", id=row.question, text=row.note, flag=flag)


def _unverified_note(report: Report) -> list[str]:
    if (report.rows("measures")["statistic"] == "yes").all():
        return []
    flag = report.text("implementation.unverified")
    return [report.text("table.implementation.unverified_note", flag=flag)]


def _perceived(report: Report, measure: str, cells: dict[Any, Any]) -> Cell:
    """The area's code, with those who could not judge."""
    row, unable = cells.get((measure, "perceived")), cells.get((measure, "cannot_judge"))
    if row is None or unable is None:
        return Cell(report.text("implementation.not_asked"))
    if not row.shown:
        return Cell(WITHHELD)
    code = irm_code(report, row.answer)
    text = report.text("implementation.share", code=code, k=unable.value, n=unable.respondents)
    return Cell(text, {"code": code, **parts_of(unable, value="unable", respondents="of")})


def _documentary(report: Report, row: Any) -> Cell:
    """The code of the documents, with the number of checks behind it."""
    if row is None:
        return Cell("")
    code = irm_code(report, row.answer)
    if not row.units:
        return Cell(code, {"code": code, "checks": 0})
    text = report.text("implementation.checked", code=code, value=row.value, n=int(row.units))
    return Cell(text, {"code": code, **parts_of(row, value="percent", units="checks")})


def _coded(report: Report, row: Any, reasons: pd.DataFrame) -> Cell:
    """The analyst's code, and why."""
    if row is None:
        return Cell(report.text("implementation.not_coded"))
    own = reasons[reasons["question"] == row.question]
    code = irm_code(report, row.answer)
    texts = dict(zip(own["answer"].fillna(""), own["note"], strict=True))
    cell = _told(report, "coded", texts, code=code)
    return replace(cell, parts={"code": code, "reason": report.localised(texts)[0]})


def _told(report: Report, key: str, texts: Mapping[str, str], **places: str) -> Cell:
    """A text that may exist in some languages only; if not in the report's, it is said in which."""
    words, language = report.localised(texts)
    text = report.text(f"table.implementation.{key}", text=words, **places)
    if language in ("", report.language):
        return Cell(text)
    named = report.text.language_name(language)
    text = report.text("table.foreign", text=text, language=named)
    return Cell(text, foreign=Foreign(words, language))
