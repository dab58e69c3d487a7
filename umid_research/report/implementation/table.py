"""Tables of the plan's measures: perception, documentary evidence and the analyst's code."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from umid_research.analysis.implementation import NO_EVIDENCE
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.implementation.many_places import MANY_PLACES, found_counted
from umid_research.report.implementation.measures import measure_text, unverified_note
from umid_research.report.names import area_name, irm_code
from umid_research.report.study_report import Report
from umid_research.report.table import (
    Cell,
    Foreign,
    Table,
    count_cell,
    implementation_heads,
    make_table,
    parts_of,
)


def table_status(report: Report) -> Table:
    """Return perception, documents and the analyst's code of each measure in the report's district.

    The three are shown side by side and never combined.
    """
    district = str(report.district)
    rows = report.rows("status", district=district)
    cells = {(row.measure, row.source): row for row in rows.itertuples()}
    reasons = report.rows("reasons", district=district)
    body = [
        (
            measure_text(report, measure),
            _perceived(report, measure.measure, cells),
            _documentary(report, cells.get((measure.measure, "documentary"))),
            _coded(report, cells.get((measure.measure, "analyst")), reasons),
        )
        for measure in report.rows("measures", language=report.language).itertuples()
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
            *unverified_note(report),
            *withheld_note(report, any_withheld=hidden),
        ],
    )


def table_disagreements(report: Report) -> Table:
    """Return measures with codes more than one step apart, and how to resolve each."""
    measures = {row.measure: row for row in report.rows("measures").itertuples()}
    body = []
    for row in report.rows("disagreements").itertuples():
        first, second = row.pair.split("_")
        text = report.text(
            "table.implementation.pair",
            first=report.text(f"table.implementation.column.{first}"),
            first_code=irm_code(report, row.first),
            second=report.text(f"table.implementation.column.{second}"),
            second_code=irm_code(report, row.second),
        )
        key = "no_evidence" if row.first == NO_EVIDENCE else row.pair
        settle = report.text(f"implementation.settle.{key}")
        area = area_name(report, measures[row.measure].area)
        body.append((f"{row.measure} {area}", report.district_name(row.district), text, settle))
    return make_table(
        report,
        report.text("table.implementation.disagreements_caption"),
        implementation_heads(report, "measure", "district", "said", "settle"),
        body,
        anchor="disagreements",
        numeric=[],
    )


def table_evidence(report: Report) -> Table:
    """Return the evidence found in each locality of the report's district: public facts."""
    district = str(report.district)
    rows = report.rows("evidence", district=district)
    places = list(report.study.districts[district].localities)
    cells = {
        (row.measure, row.item, row.locality): report.text(f"evidence_result.{row.result}")
        for row in rows.itertuples()
    }
    keys = dict.fromkeys(zip(rows["measure"], rows["item"], strict=True))
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


def table_places(report: Report, district: str) -> Table:
    """Return what was found in each locality of a district, a row per required document.

    An item that several measures require stands once. Many localities are counted.
    """
    places = list(report.study.districts[district].localities)
    if len(places) > MANY_PLACES:
        return found_counted(report, district)
    rows = report.rows("evidence", district=district).drop_duplicates(["item", "locality"])
    cells = {
        (row.item, row.locality): report.text(f"evidence_result.{row.result}")
        for row in rows.itertuples()
    }
    name = report.district_name(district)
    return make_table(
        report,
        report.text("table.implementation.places_caption", district=name),
        [*implementation_heads(report, "item"), *map(report.locality, places)],
        [
            (
                report.name(item.name),
                *(
                    cells.get((key, place), report.text("evidence_result.no_check"))
                    for place in places
                ),
            )
            for key, item in report.study.evidence_items.items()
            if (rows["item"] == key).any()
        ],
        numeric=[],
    )


def table_evidence_items(report: Report) -> Table:
    """Return the source of each evidence item, with a flag if nobody has verified it."""
    flag = report.text("implementation.unverified")
    body = []
    for item in report.study.evidence_items.values():
        source = item.source if isinstance(item.source, dict) else {"": item.source}
        key = "stated" if item.verified else "evidence_unverified"
        body.append((report.name(item.name), _localised_cell(report, key, source, flag=flag)))
    heads = implementation_heads(report, "item", "source")
    return make_table(report, heads[0], heads, body, anchor="evidence-items", numeric=[])


def table_register_issues(report: Report) -> Table:
    """Return the errors found in the registers, their number and the action taken."""
    return make_table(
        report,
        report.text("table.implementation.issues_caption"),
        implementation_heads(report, "file", "rule", "action", "times"),
        [
            (
                str(row.file),
                report.text(f"register_rule.{row.rule}"),
                report.text(f"register_action.{str(row.action).replace(' ', '_')}"),
                count_cell(report, row),
            )
            for row in report.rows("register_issues").itertuples()
        ],
        anchor="register-issues",
        numeric=[3],
    )


def _perceived(report: Report, measure: str, cells: dict[Any, Any]) -> Cell:
    """Return the code of the area and the number of people who could not judge."""
    row, unable = cells.get((measure, "perceived")), cells.get((measure, "cannot_judge"))
    if row is None or unable is None:
        return Cell(report.text("implementation.not_asked"))
    if not row.shown:
        return Cell(WITHHELD)
    code = irm_code(report, row.code)
    text = report.text("implementation.share", code=code, k=unable.value, n=unable.respondents)
    return Cell(text, {"code": code, **parts_of(unable, value="unable", respondents="of")})


def _documentary(report: Report, row: Any) -> Cell:
    """Return the code of the documents and the number of checks."""
    if row is None:
        return Cell("")
    code = irm_code(report, row.code)
    if not row.checks:
        return Cell(code, {"code": code, "checks": 0})
    text = report.text("implementation.checked", code=code, value=row.value, n=int(row.checks))
    return Cell(text, {"code": code, **parts_of(row, value="percent", checks="checks")})


def _coded(report: Report, row: Any, reasons: pd.DataFrame) -> Cell:
    """Return the analyst's code and the reason."""
    if row is None:
        return Cell(report.text("implementation.not_coded"))
    own = reasons[reasons["measure"] == row.measure]
    code = irm_code(report, row.code)
    texts = dict(zip(own["language"].fillna(""), own["text"], strict=True))
    cell = _localised_cell(report, "coded", texts, code=code)
    return replace(cell, parts={"code": code, "reason": report.localised(texts)[0]})


def _localised_cell(report: Report, key: str, texts: Mapping[str, str], **places: str) -> Cell:
    """Fill in a text in the report's language, or in another one that is then named."""
    words, language = report.localised(texts)
    text = report.text(f"table.implementation.{key}", text=words, **places)
    if language in ("", report.language):
        return Cell(text)
    named = report.text.language_name(language)
    text = report.text("table.foreign", text=text, language=named)
    return Cell(text, foreign=Foreign(words, language))
