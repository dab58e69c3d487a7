"""Measures and documents of many districts or places: counted, with every table folded below."""

from collections.abc import Iterator

import pandas as pd

from umid_research.analysis.implementation import CODES
from umid_research.report.chart.figure import WITHHELD, withheld_note
from umid_research.report.implementation.measures import measure_text, unverified_note
from umid_research.report.names import has_many_districts, irm_code
from umid_research.report.prose import Prose
from umid_research.report.study_report import Report
from umid_research.report.table import Table, implementation_heads, make_table
from umid_research.report.topics import table

# A table has a column for each of so many places at most.
MANY_PLACES = 8
_RESULTS = ("found", "partly", "not_found", "not_accessible")
_SOURCES = ("perceived", "documentary", "analyst")


def by_district(report: Report, name: str) -> Iterator[Table | Prose]:
    """Yield a table of each district; of many, a table that counts, and the others folded.

    `name` is `status` or `evidence`, as in the register of tables.
    """
    tables = [table(report, name, district) for district in report.study.districts]
    if not has_many_districts(report):
        yield from tables
        return
    yield status_counted(report) if name == "status" else found_counted(report)
    title = report.text("many_districts.every_table", n=len(tables))
    yield Prose(f'::: {{#every-{name} .annex title="{title}"}}\n\n')
    yield from tables
    yield Prose(":::")


def status_counted(report: Report) -> Table:
    """Return in how many districts each measure has which code, by source."""
    rows = report.rows("status")
    rows = rows[rows["source"].isin(_SOURCES)]
    codes = {key: _codes(report, own) for key, own in rows.groupby(["measure", "source"])}
    hidden = not rows["shown"].all()
    return make_table(
        report,
        report.text("table.implementation.status_counted", n=len(report.study.districts)),
        implementation_heads(report, "measure", *_SOURCES),
        [
            (
                measure_text(report, measure),
                *(codes.get((measure.measure, source), "") for source in _SOURCES),
            )
            for measure in report.rows("measures", language=report.language).itertuples()
        ],
        numeric=[],
        notes=[
            report.text("table.implementation.status_note"),
            *unverified_note(report),
            *withheld_note(report, any_withheld=hidden),
        ],
    )


def _codes(report: Report, rows: pd.DataFrame) -> str:
    """Return each code with its number of districts, the furthest first."""
    numbers = rows.loc[rows["shown"], "code"].value_counts()
    found = [
        report.text("implementation.count", code=irm_code(report, code), n=int(numbers[code]))
        for code in reversed(CODES)
        if numbers.get(code)
    ]
    if hidden := int((~rows["shown"]).sum()):
        found.append(report.text("implementation.count", code=WITHHELD, n=hidden))
    return " · ".join(found)


def found_counted(report: Report, district: str | None = None) -> Table:
    """Return in how many places of a district, or of all, each required document was found.

    An item that several measures require stands once.
    """
    keys = {} if district is None else {"district": district}
    rows = report.rows("evidence", **keys)
    rows = rows.drop_duplicates(["item", "district", "locality"])
    numbers = rows.groupby(["item", "result"]).size()
    items = [key for key in report.study.evidence_items if (rows["item"] == key).any()]
    name = report.district_name(district) if district else report.text("implementation.everywhere")
    return make_table(
        report,
        report.text("table.implementation.found_caption", district=name),
        [
            *implementation_heads(report, "item"),
            *(report.text(f"evidence_result.{result}") for result in _RESULTS),
        ],
        [
            (
                report.name(report.study.evidence_items[item].name),
                *(str(numbers.get((item, result), 0)) for result in _RESULTS),
            )
            for item in items
        ],
        notes=[report.text("table.implementation.found_note")],
    )
